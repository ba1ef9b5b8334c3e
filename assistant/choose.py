"""Choosing among sentences: those that say something new, and their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from assistant.evidence import Candidate
from assistant.text import content, stem_set

ALIKE = 0.86
"""Two sentences with a cosine above this say the same thing in other words,"""
_NEW = 0.1
"""unless they are of one document, and a larger share of the second one's words is new."""
_TELLING = re.compile(r"\d[\d.,]*|\b(?:not|no|never|without)\b|n[o'’]t\b")
"""Figures and negations, each of which makes another sentence of it."""


def diverse(
    candidates: Iterable[Candidate], count: int, *, taken: Sequence[Candidate] = (), floor: float = 0.0
) -> list[Candidate]:
    """The best `count` that say something new: maximal marginal relevance with a bar (Carbonell & Goldstein, 1998)."""
    picked: list[Candidate] = []
    for candidate in candidates:
        if len(picked) == count:
            break
        if candidate.score < floor:
            continue
        if not any(again(candidate, other) for other in (*taken, *picked)):
            picked.append(candidate)
    return picked


def again(candidate: Candidate, other: Candidate) -> bool:
    """Whether a sentence says what another says.

    The sides of a dispute are alike and say the opposite. One author's sentences are alike where they speak of one rule
    after the other: no repetition where a tenth of one's words, a figure or a negation is its own.
    """
    alike = likeness(candidate, other)
    if alike < ALIKE or alike == 1.0 or "disagree" in (candidate.section, other.section):
        return alike == 1.0
    if candidate.document.id != other.document.id:
        return True
    said = set(content(candidate.text))
    telling = _TELLING.findall(candidate.text.lower())
    return len(said - set(content(other.text))) <= _NEW * len(said) and telling == _TELLING.findall(other.text.lower())


def likeness(left: Candidate, right: Candidate) -> float:
    """The cosine of two sentences; 1 for the same one."""
    if left.key == right.key or left.text == right.text:
        return 1.0
    if not len(left.vector) or not len(right.vector):  # one has no vector: by shared words
        one, other = stem_set(left.text), stem_set(right.text)
        return len(one & other) / len(one | other)
    return float(np.dot(left.vector, right.vector))


def leading(candidates: Sequence[Candidate]) -> list[Candidate]:
    """By score, with an edge for what its author put first."""
    order = {c.key: index for index, c in enumerate(in_order(candidates))}
    return sorted(candidates, key=lambda c: (0.02 * order[c.key] - c.score, c.key))


def sourced(candidate: Candidate) -> bool:
    """Whether a footnote stands behind the sentence: a side of a dispute is somebody's."""
    return bool(candidate.document.sources_of(candidate.start, candidate.end))


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """As they stand in their documents."""
    return sorted(candidates, key=lambda c: c.key)


def by_document(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sentences of one document together; the documents, and the sentences of each, as they came."""
    order = {id_: index for index, id_ in enumerate(dict.fromkeys(c.document.id for c in candidates))}
    return sorted(candidates, key=lambda c: order[c.document.id])
