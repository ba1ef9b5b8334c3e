"""The questions of a text, one by one."""

from __future__ import annotations

import re

from assistant.question import DEFINITION, SENTENCE, WH, asking

ASKING_WORD = re.compile(rf"\b{WH}", re.I)
_NEXT = (
    rf"(?=(?:(?:in|for|to|by|at|on|with) )?{ASKING_WORD.pattern}"
    r"|(?:is|are|can|could|do|does|did|will|would|should|must|may) "
    r"(?:i|we|you|they|it|he|she|there|this|that|these|those|the|a|an|our|my|their|its|your)\b)"
)
_AND = re.compile(rf",? (?:and|plus|also)(?: also| then)?,? {_NEXT}|, {_NEXT}", re.I)
"""Between two questions in one sentence."""
_LINKS = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|also|then) +|"
    r"(?:and|but|so|also|plus|besides|next|then|further|furthermore|by the way|ok|okay), *)+",
    re.I,
)
_WHOEVER = r"(?:i|we|you|they|it|he|she|the|our|my|this|that)"
_QUESTION = re.compile(
    r"(?:what(?! (?:about|if)\b)|which|who|whose|why|how(?! about\b))\b|(?:(?:when|where) )?"
    r"(?:is|are|was|were|can|could|do|does|did|will|would|should|must|may|has|have)\b",
    re.I,
)
_STATES = re.compile(
    rf"(?:what|which|who|whose|why|how) {_WHOEVER}\b|(?:what|how) an?\b|who knows\b"
    r"|what [\w-]+s (?:[\w-]+ ){0,3}?is\b|what is \w+ is\b"
    r"|which (?:means|makes|is\b(?! (?:the|better|best|cheap\w*|safe\w*|right|worth|more|less|most|usual|normal)\b))"
    r"|which (?:[\w-]+ ){1,5}?is (?:open|undecided|unclear|not (?:yet |been )?(?:decided|clear|settled|known|sure))\b"
    r"|how (?:nice|kind|great)\b(?! (?:is|are|was|were)\b)"
    r"|(?:may|will) (?:is|are|was|were|\w+ed)\b|may i\b|should you need\b|have (?:an?|fun)\b|do (?:let|not)\b"
    r"|(?:is|are|was|were|can|could|do|does|did|will|would|should|must|has|have) "
    r"(?:be|been|love|help|like|need|not|to|wait|decide|in|told|please|sign)\b"
    r"|(?:can|could|will|would) you (?:please )?(?:let|send|get|come|reply|answer)\b",
    re.I,
)
"""“What we want is …”, “Which is why …”, “May is our year end”, “Could you let me know” are no questions."""
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
    asked, last = asking(text), SENTENCE.split(text)[-1]
    unmarked = asked != [text] and last not in asked and last[-1:].isalnum()
    bare = _LINKS.sub("", last)
    some = ASKING_WORD.match(bare) or len(bare.split()) > 2  # “Is urgent” is none
    if unmarked and some and _QUESTION.match(bare) and not _STATES.match(bare):
        asked.append(last)
    for one in asked:
        start = 0
        for match in _AND.finditer(one):
            joined = match.group().strip(" ,")
            if _asks_by_itself(one[start : match.start()], one[match.end() :], bool(joined)):
                found.append(one[start : match.start()])
                start = match.end()
        found.append(one[start:])
    return [f"{_LINKS.sub('', ask).rstrip('?.,;! ')}?" for ask in found]


def _asks_by_itself(left: str, right: str, joined: bool) -> bool:
    """Not “Explain when (and how …)”, “Should we decide what to sell (and what to keep)”, “When it ends, (who …)”."""
    asked = list(ASKING_WORD.finditer(left))
    inside = [one for one in asked if one.start() and left[: one.start()].rstrip()[-1:] != ","]
    cut = (inside and ASKING_WORD.match(right)) or (asked and asked[-1].end() == len(left))
    return not cut and (joined or bool(_QUESTION.match(_LINKS.sub("", left.strip()))))


def quoted(ask: str) -> str:
    """A question as an answer names it: not too long, without what would look like a citation."""
    said = re.sub(r"[\[\]]", "", ask).split()
    plain = " ".join(said) if len(said) <= _QUOTED else f"{' '.join(said[:_QUOTED])} …?"
    return f"“{plain[:1].upper()}{plain[1:]}”"


def defined(ask: str) -> str:
    """The term, of two or three words, of which a question asks what it is; empty where it asks for something else."""
    match = DEFINITION.match(ask)
    term = next(filter(None, match.group("a", "b", "d", "e", "f")), "") if match else ""
    said = [word for word in term.lower().split() if word != "of"]
    plain = re.fullmatch(r"[\w&/'’ -]+", term)
    return term if plain and 2 <= len(said) <= 3 and _NO_TERM.isdisjoint(said) else ""
