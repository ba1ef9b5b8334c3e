"""Where sources disagree: the sides of a dispute, which are only quoted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.choose import in_order, sourced
from assistant.evidence import Candidate, Evidence
from assistant.layout import Block

DISAGREE = "Where sources disagree"
_NEAR = 0.8
"""A dispute is shown whose nearer side has so much of the best sentence's score,"""
_WANTED = 0.6
"""or so much where disputes are what is asked for;"""
_AT_MOST = 4
"""then, so many."""


@dataclass(frozen=True, slots=True)
class Disputes:
    """What is disputed in the evidence, and what is not."""

    settled: tuple[Candidate, ...]
    """The sentences that are no side of a dispute, best first."""
    pairs: tuple[tuple[Candidate, Candidate], ...]
    """Both sides as they stand in their document, the pair with the nearest side first."""
    best: float

    def shown(self, *, wanted: bool = False) -> list[Block]:
        """The pairs to show, each whole or not at all. Args: wanted: whether disputes are what is asked for."""
        bar = (_WANTED if wanted else _NEAR) * self.best
        near = [pair for pair in self.pairs if max(side.score for side in pair) >= bar]
        blocks = [Block(None, "list", "note", list(pair), together=True) for pair in near[: _AT_MOST if wanted else 1]]
        for first in blocks[:1]:
            first.label = DISAGREE
        return blocks


def disputes(evidence: Evidence) -> Disputes:
    """Parts sides from settled sentences.

    The sides of one dispute stand in one paragraph of a section on disagreement, each with a footnote, one after the
    other; a sentence alone in its paragraph disputes nothing.
    """
    partners = _partners(evidence.candidates)
    pairs: dict[frozenset[tuple[str, int]], tuple[Candidate, Candidate]] = {}
    for side in evidence.candidates:
        if (other := partners.get(side.key)) and not any({side.key, other.key} & known for known in pairs):
            first, second = in_order((side, other))
            pairs[frozenset((side.key, other.key))] = first, second
    settled = tuple(one for one in evidence.candidates if one.key not in partners)
    return Disputes(settled, tuple(pairs.values()), evidence.best)


def _partners(candidates: Sequence[Candidate]) -> dict[tuple[str, int], Candidate]:
    """Of each side the one to stand beside it: of another source if there is one, and the nearest."""
    paragraphs: dict[tuple[str, int], list[Candidate]] = {}
    for one in in_order(candidates):
        if one.section == "disagree" and sourced(one):
            begins = one.document.text.rfind("\n\n", 0, one.start)
            paragraphs.setdefault((one.document.id, begins), []).append(one)
    found = {}
    for sides in paragraphs.values():
        for at, side in enumerate(sides):
            others = [
                (_sources(other) == _sources(side), abs(n - at), n // 2 != at // 2, n)
                for n, other in enumerate(sides)
                if n != at
            ]
            if others:
                found[side.key] = sides[min(others)[-1]]
    return found


def _sources(candidate: Candidate) -> frozenset[str]:
    return frozenset(source.key for source in candidate.document.sources_of(candidate.start, candidate.end))
