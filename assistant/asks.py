"""The questions of a text, one by one."""

from __future__ import annotations

import re

from assistant.question import SENTENCE, WH, asking

_WH = re.compile(rf"\b{WH}", re.I)
_TURNED = (
    r"(?:is|are|can|could|do|does|did|will|would|should|must|may) "
    r"(?:i|we|you|they|it|he|she|there|this|that|these|those|the|a|an|our|my|their|its|your)\b"
)
"""A verb before its subject."""
_NEXT = rf"(?=(?:(?:in|for|to|by|at|on|with) )?{_WH.pattern}|{_TURNED})"
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
_UNMARKED = re.compile(
    rf"(?:what|which|who|whose|why|how|when|where)(?: (?!{_WHOEVER}\b)[\w-]+){{0,2}}? "
    rf"(?:{_TURNED}|(?:is|are|was|were)\b(?! (?:why|how|what|where|when|exactly|precisely)\b))"
    r"|(?:who|what) (?!knows\b)[\w-]+s\b(?! is\b)"
    rf"|(?:what|which|who)(?: (?!{_WHOEVER}\b)[\w-]+)?? (?:can|could|should|must|would|will)\b|{_TURNED}",
    re.I,
)
"""“What is fair”, “How much do they cost”; not “What we want is …”, “Which is why …”, “May is our year end”."""
_QUOTED = 16
"""Words of a question that are quoted."""


def asks(text: str) -> list[str]:
    """The questions of a text, also where one sentence has two; the text where there is none."""
    found: list[str] = []
    asked, last = asking(text), SENTENCE.split(text)[-1]
    unmarked = asked != [text] and last not in asked and last[-1:].isalnum()
    if unmarked and _UNMARKED.match(_LINKS.sub("", last)):
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
    asked = list(_WH.finditer(left))
    inside = [one for one in asked if one.start() and left[: one.start()].rstrip()[-1:] != ","]
    cut = (inside and _WH.match(right)) or (asked and asked[-1].end() == len(left))
    return not cut and (joined or bool(_QUESTION.match(_LINKS.sub("", left.strip()))))


def quoted(ask: str) -> str:
    """A question as an answer names it: not too long, without what would look like a citation."""
    said = re.sub(r"[\[\]]", "", ask).split()
    plain = " ".join(said) if len(said) <= _QUOTED else f"{' '.join(said[:_QUOTED])} …?"
    return f"“{plain[:1].upper()}{plain[1:]}”"
