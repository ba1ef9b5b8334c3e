"""One's own staff or a provider: words that ask which, as “in-house or outsourced?” does."""

from __future__ import annotations

import re

_INSIDE = (
    r"(?:in[- ]?house|internal(?:ly)?|ourselves|(?:keep|do|run)(?:ing)? (?:it|this|that|them)|"
    r"(?:our|your|my) own (?:team|staff|people|employees|department|agents))"
)
_INSTEAD = re.compile(rf"\b{_INSIDE}\b(?:\W+\w+){{0,3}}?\W+or\b|\bor\b(?:\W+\w+){{0,4}}?\W+{_INSIDE}\b", re.I)
_OUTSIDE = r"(?:outsourc\w*|external\w*|providers?|vendors?|suppliers?|agenc(?:y|ies)|bureaus?)"


def _sides(head: str, between: str, one: str, other: str) -> str:
    """An expression for two sides, a few words about each, with a word between them."""
    return rf"{head}\b{one}\b(?:\W+\w+){{0,3}}?\W+{between}\W+(?:\w+\W+){{0,3}}?{other}\b"


_AGAINST = re.compile(
    "|".join(
        _sides(head, between, *sides)
        for head, between in (
            ("", r"(?:vs\.?|versus|against|compared (?:to|with))"),
            (r"\b(?:compare|between) (?:\w+\W+){0,2}?", "(?:with|to|and)"),
        )
        for sides in ((_INSIDE, _OUTSIDE), (_OUTSIDE, _INSIDE))
    ),
    re.I,
)


def instead(sentence: str) -> bool:
    """Whether a sentence asks for the one or the other: “Should we outsource it or keep it in-house?”."""
    return bool(_INSTEAD.search(sentence))


def against(text: str) -> bool:
    """Whether a text sets the one against the other: “in-house vs outsourced payroll” asks whether, too."""
    return bool(_AGAINST.search(text))
