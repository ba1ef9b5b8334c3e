"""The questions of a text, one by one."""

from __future__ import annotations

import re

from assistant.question import DEFINITION, SENTENCE, WH, is_asked, polite

ASKING_WORD = re.compile(rf"\b{WH}", re.I)
_DO = r"(?:is|are|can|could|do|does|did|will|would|should|must|may)"
_NEXT = (
    rf"(?=(?:(?:in|for|to|by|at|on|with) )?{ASKING_WORD.pattern}"
    rf"|{_DO} "
    r"(?:i|we|you|they|it|he|she|there|this|that|these|those|the|a|an|our|my|their|its|your)\b)"
)
_AND = re.compile(rf",? (?:and|plus|also)(?: also| then)?,? {_NEXT}|, {_NEXT}", re.I)
"""Between two questions in one sentence."""
_LINKS = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|also|then) +|"
    r"(?:and|but|so|also|plus|besides|next|then|further|furthermore|by the way|ok|okay), *)+",
    re.I,
)
_BE = rf"(?:{_DO}|was|were|has|have)"
_SOMEBODY = (
    r"(?:i|we|you|they|it|he|she|there|this|that|these|those|the|an?|any\w*|some\w*|every\w*|all|both|each|our|my|their|"
    r"its|your)"
)
_QUESTION = re.compile(
    r"(?:what(?! (?:about|if)\b)|which|who|whose|why|how(?! about\b))\b"
    rf"|(?:(?:when|where) )?(?:{_BE} {_SOMEBODY}\b|{_DO} (?:[\w-]+(?:[a-rt-z]s|ing)\b|(?-i:[A-Z]))"
    r"|(?:are|do|does) [\w-]+ [\w-]+[a-rt-z]s\b)",
    re.I,
)
"""“Does TUPE apply”, “when can providers leave”; not “Must admit I am nervous”, “Was thinking of one”."""
_INVERTED = re.compile(
    rf"(?:(?:in|for|to|by|at|on|with|from) )?(?:(?:what|which|whose|why|how|when|where)\b(?: [\w-]+){{0,3}}? )?{_BE} "
    rf"{_SOMEBODY}\b",
    re.I,
)
"""What asks even where it ends as a statement does: “How do we choose one.”"""
_STATES = re.compile(
    r"(?:what|which|who|whose|why|how) (?:i|we|you|they|it|he|she|the|our|my|this|that)\b|(?:what|how) an?\b"
    r"|who knows\b"
    rf"|(?:what|which|whose|how) (?!{_BE}\b)[\w-]+ (?:i|we|they|he|she)\b"
    r"|what [\w-]+s (?:[\w-]+ ){0,3}?is\b|what is \w+ is\b"
    r"|which (?:means|makes|is\b(?! (?:the|better|best|cheap\w*|safe\w*|right|worth|more|less|most|usual|normal)\b))"
    r"|which (?:[\w-]+ ){1,5}?is (?:open|undecided|unclear|not (?:yet |been )?(?:decided|clear|settled|known|sure))\b"
    r"|how (?:nice|kind|great)\b(?! (?:is|are|was|were)\b)"
    r"|may i\b|should you need\b|have (?:an?|fun|some|your)\b|do (?:it|this|that|the|an?|your)\b"
    r"|(?:can|could|will|would) you (?:please )?(?:let|send|get|come|reply|answer)\b",
    re.I,
)
"""“What we want is …”, “Which provider we take is …”, “Could you let me know” are no questions."""
_REQUEST = re.compile(
    rf"(?:please |kindly )?(?:(?:explain|describe|define|compare|list) (?!(?:it|this|that|them|your|briefly|simply)\b)"
    rf"|compare (?:it|this|that|them) (?:with|to|against)\b|(?:tell|show) (?:me|us) (?:about|whether|if|{WH})"
    r"|give (?:me|us) (?:an?|the|some) [\w ,-]+? (?:of|for|on) "
    rf"|(?:i|we) (?:(?:am|are) wondering|wonder|(?:want|need|would like) to know) (?:whether|if|{WH}))",
    re.I,
)
_WHY_NOT = re.compile(r"(?:(?:and|or|but) )?(?:(?:if (?:so|not|yes|no),? )why(?: not)?|why(?: or why)? not)\W*", re.I)
_IF_NOT = re.compile(r",? (?:(?:and|or|but),? )?if (?:so|not|yes|no),? why(?: not)?\W*$", re.I)
_NUMBERED = re.compile(r"(?<!\S)\(?(?P<mark>[1-9]|[a-h])[.)] +(?=[\"“'‘]?[A-Za-z])")
_NO_TERM = frozenset(
    """
    a about actually allowed an and answer any at average behind best better between biggest by called case cheaper
    common different exactly example fair for going good happening her hidden his idea important in it's its left
    legal likely main missing most my needed new next normal normally not number on or other our point possible
    proper question really reason reasonable required right rule some standard that the their these thing this those
    to typical usual usually way with worse worth wrong your
    """.split()
)
"""What is asked for with one of these is no term: “the catch”, “a fair price”."""
_QUOTED = 16
"""Words of a question that are quoted."""


def asks(text: str) -> list[str]:
    """The questions of a text, also where one sentence has two; the text where there is none."""
    found: list[str] = []
    asked = [one for one in SENTENCE.split(text) if _is_one(one)] or [text]
    for one in asked:
        start = 0
        for match in _AND.finditer(one):
            joined = match.group().strip(" ,")
            if _asks_by_itself(one[start : match.start()], one[match.end() :], bool(joined)):
                found.append(one[start : match.start()])
                start = match.end()
        found.append(one[start:])
    return [f"{_LINKS.sub('', ask).rstrip('?.,;:! ')}?" for ask in found]


def _unnumbered(text: str) -> str:
    """A text without the numbers or letters of a list: “1. Is it safe? 2. What does it cost?”."""
    marks = [match["mark"] for match in _NUMBERED.finditer(text)]
    listed = len(marks) > 1 and "".join(marks) in ("123456789", "abcdefgh")[marks[0].isalpha()]
    return _NUMBERED.sub("", text) if listed else text


def to_the_point(text: str) -> str:
    """A text without a list's numbers, without courtesies before what it asks, and without “If not, why not?” after."""
    sentences = SENTENCE.split(_unnumbered(text))
    if all(map(polite, sentences)):
        return text
    while polite(sentences[0]):
        del sentences[0]
    while len(sentences) > 1 and is_asked(sentences[-2]) and _WHY_NOT.fullmatch(sentences[-1]):
        del sentences[-1]
    return _IF_NOT.sub("?", " ".join(sentences))


def requested(ask: str) -> bool:
    """Whether it asks by telling what to do: “Explain what BPO is.”"""
    return bool(_REQUEST.match(ask))


def _is_one(sentence: str) -> bool:
    """Whether a sentence asks, by its mark or by its words."""
    bare = _LINKS.sub("", sentence)
    if is_asked(sentence) or requested(bare):
        return True
    return not _STATES.match(bare) and bool((_QUESTION if bare[-1:].isalnum() else _INVERTED).match(bare))


def _asks_by_itself(left: str, right: str, joined: bool) -> bool:
    """Not “Explain when (and how …)”, “Should we decide what to sell (and what to keep)”, “When it ends, (who …)”."""
    asked = list(ASKING_WORD.finditer(left))
    inside = [one for one in asked if one.start() and left[: one.start()].rstrip()[-1:] not in ",:"]
    cut = (inside and ASKING_WORD.match(right)) or (asked and asked[-1].end() == len(left))
    return not cut and (joined or bool(_QUESTION.match(_LINKS.sub("", left.strip()))))


def quoted(ask: str) -> str:
    """A question as an answer names it: not too long, without what would look like a citation."""
    said = re.sub(r"[\[\]]", "", f"{ask.rstrip('?')}." if requested(ask) else ask).split()
    plain = " ".join(said) if len(said) <= _QUOTED else f"{' '.join(said[:_QUOTED])} …?"
    return f"“{plain[:1].upper()}{plain[1:]}”"


def defined(ask: str) -> str:
    """The term, of two or three words, of which a question asks what it is; empty where it asks for something else."""
    match = DEFINITION.match(ask)
    term = next(filter(None, match.group("a", "b", "d", "e", "f")), "") if match else ""
    said = [word for word in term.lower().split() if word != "of"]
    plain = re.fullmatch(r"[\w&/'’ -]+", term)
    return term if plain and 2 <= len(said) <= 3 and _NO_TERM.isdisjoint(said) else ""
