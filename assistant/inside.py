"""One's own staff or a provider: words that ask which, as “in-house or outsourced?” does."""

from __future__ import annotations

import re

_INSIDE = (
    r"(?:in[- ]?house|internal(?:ly)?|ourselves|(?:keep|do|run)(?:ing)? (?:it|this|that|them)|"
    r"(?:our|your|my) own (?:team|staff|people|employees|department|agents))"
)
_INSTEAD = re.compile(rf"\b{_INSIDE}\b(?:\W+\w+){{0,3}}?\W+or\b|\bor\b(?:\W+\w+){{0,4}}?\W+{_INSIDE}\b", re.I)
_STAFF = r"(?:teams?|staff|people|employees|departments?|units?|resources)"
_OWN = rf"(?:in[- ]?house|internally|internal {_STAFF}|ourselves|(?:our|your|my) own {_STAFF})"
_FIRMS = r"(?:providers?|vendors?|suppliers?|agenc(?:y|ies)|bureaus?|firms?|contractors?)"
_OUTSIDE = rf"(?:outsourc\w*|{_FIRMS}|externally|external (?:{_FIRMS}|{_STAFF}))"


def _sides(head: str, between: str, one: str, other: str) -> str:
    """An expression for two sides, a few words about each, with a word between them."""
    return rf"{head}\b{one}\b(?:\W+\w+){{0,3}}?\W+{between}\W+(?:\w+\W+){{0,3}}?{other}\b"


_AGAINST = re.compile(
    "|".join(
        _sides(head, between, *sides)
        for head, between in (
            ("", r"(?:vs\.?|versus|against|compared? (?:to|with|against))"),
            (r"\b(?:compare|between) (?:\w+\W+){0,2}?", "(?:with|to|and)"),
            (r"\bhow (?:do|does) (?:\w+\W+){0,2}?", r"and(?=.*\bcompare\b)"),
        )
        for sides in ((_OWN, _OUTSIDE), (_OUTSIDE, _OWN))
    ),
    re.I,
)
_OF_THEM = re.compile(
    r"^(?:(?:and|but|so|ok|okay),? )*(?:how(?! (?:do|does)\b[^.?!]* compare\b(?! costs?\b))|who|whose|where|when|why"
    r"|which(?! (?:one )?(?:is|are)\b)|what(?!['’]s\b| is\b| are\b))\b"
    r"|\b(?:costs?|prices?|salar(?:y|ies)|wages|fees|rates)\b[^.?!]* compared?\b",
    re.I,
)
"""“How many companies do payroll in-house versus outsourced?”, “How do in-house costs compare …?” ask for a fact."""


def own(text: str) -> bool:
    """Whether a text names one's own staff: no side of a comparison that any source would speak of."""
    return bool(re.search(rf"\b{_OWN}\b", text, re.I))


def instead(sentence: str) -> bool:
    """Whether a sentence asks for the one or the other: “Should we outsource it or keep it in-house?”."""
    return bool(_INSTEAD.search(sentence))


def against(text: str) -> bool:
    """Whether a text sets the one against the other: “in-house vs outsourced payroll” asks whether, too."""
    return any(_AGAINST.search(one) and not _OF_THEM.search(one) for one in re.split(r"(?<=[.!?])\s+", text))
