"""A comparison: both sides, row by row, in the sources' own sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.choose import diverse, in_order
from assistant.disputes import disputes
from assistant.evidence import Candidate, Evidence
from assistant.layout import Block, escape
from assistant.question import Question
from assistant.subjects import Subject, Subjects, in_a_row

_ROWS = 3
"""A table has at least so many rows; below that, two lists say it better."""
_OF_BOTH, _OF_EACH, _NEAR = 3, 2, 0.6
"""In one aspect: sentences on both, sentences on each, and what share of the best one's score they have."""
_LEADS, _CLOSE = 0.9, 0.8
"""So much of it has what leads, and what else is said of both."""


def comparison(
    question: Question, sides: tuple[Subject, Subject], evidence: Evidence, subjects: Subjects
) -> list[Block]:
    """What is said of both sides, then of each: a table, or two lists; empty where the sources have half of it."""
    names = [subjects.names(side) for side in sides]
    if not set(names[0]).isdisjoint(names[1]):  # one article defines both: its aliases are no synonyms
        names = [(side.stems,) for side in sides]
    naming = {c.key: (says(c, names[0]), says(c, names[1])) for c in evidence.candidates}
    usual = [c for c in evidence.candidates if c.section != "disagree"]
    if question.aspect:
        return _in_one_aspect(question, sides, evidence, usual, naming, subjects)
    verdict = _comparison_verdict(question, usual, naming)
    taken = list(verdict)
    only = [[c for c in usual if naming[c.key] == side] for side in ((True, False), (False, True))]
    if not verdict and not all(only):  # half a comparison misleads
        return []
    blocks = [Block(None, "prose", "verdict", verdict)]
    rows = _rows(evidence.candidates, naming, taken)
    if question.choice or len(rows) < _ROWS:
        of_each: list[list[Candidate]] = []
        for found in only:
            of_each.append(in_order(diverse(found, 3, taken=taken)))
            taken += of_each[-1]
        for side, picked in zip(sides, of_each, strict=True):
            label = None  # of two, one label says nothing
            if all(of_each):
                label = _label(side, question, subjects, evidence.unknown)
            blocks.append(Block(label, "list", "claim", picked))
        return [*blocks, *disputes(evidence).shown()]
    definitions = [_defining(side, found, taken) for side, found in zip(sides, only, strict=True)]
    taken += [c for found in definitions for c in found]
    blocks.append(Block(None, "list", "claim", [c for found in definitions for c in found]))
    used = {c.key for c in taken}
    rows = [row for row in rows if row[1].key not in used and row[2].key not in used]
    head = ("", *(_label(side, question, subjects, evidence.unknown) for side in sides))
    blocks.append(Block(None, "table", "claim", head=head, rows=rows))
    return [*blocks, *disputes(evidence).shown()]


def _in_one_aspect(
    question: Question,
    sides: tuple[Subject, Subject],
    evidence: Evidence,
    usual: Sequence[Candidate],
    naming: dict[tuple[str, int], tuple[bool, bool]],
    subjects: Subjects,
) -> list[Block]:
    """What comes nearest to it of both, then of each: the two that stand against each other in one section first."""
    near = [c for c in usual if c.score >= _NEAR * evidence.best]
    closest = (c for c in near if naming[c.key] == (True, True) and c.score >= _CLOSE * evidence.best)
    both = diverse(closest, _OF_BOTH)
    if not both or both[0].score < _LEADS * evidence.best:
        both = []
    pairs = [pair[1:] for rows in _pairs(usual, naming, both).values() for pair in rows]
    pairs = [pair for pair in pairs if any(c in near for c in pair)]
    first = max(pairs, key=lambda pair: max(c.score for c in pair), default=())
    taken, of_each = list(both), []
    for number, names in enumerate(((True, False), (False, True))):
        picked = list(first[number : number + 1])
        picked += diverse((c for c in near if naming[c.key] == names), _OF_EACH - len(picked), taken=taken + picked)
        taken += picked
        of_each.append(picked)
    if not both and not all(of_each):
        return []
    blocks = [Block(None, "prose", "verdict", both[:1]), Block(None, "list", "claim", both[1:])]
    for side, picked in zip(sides, of_each, strict=True):
        label = _label(side, question, subjects, evidence.unknown) if all(of_each) else None
        blocks.append(Block(label, "list", "claim", picked))
    return [*blocks, *disputes(evidence).shown()]


def _comparison_verdict(
    question: Question, usual: Sequence[Candidate], naming: dict[tuple[str, int], tuple[bool, bool]]
) -> list[Candidate]:
    """What is said of both sides at once, a summary's opening sentence before all others."""
    both = [c for c in usual if naming[c.key] == (True, True)]

    def merit(candidate: Candidate) -> float:
        opening = 0.15 if candidate.section == "summary" and candidate.first else 0.0
        return candidate.score + opening + (0.05 if candidate.section in ("summary", "verdict") else 0.0)

    ranked = sorted(both, key=lambda c: (-merit(c), c.key))
    if not ranked or not question.choice:
        return ranked[:1]
    same = [c for c in ranked if c.document.id == ranked[0].document.id and c.section == ranked[0].section]
    return [ranked[0], *diverse(same, 1, taken=ranked[:1])]


def _defining(side: Subject, only: Sequence[Candidate], taken: Sequence[Candidate]) -> list[Candidate]:
    """The sentence that says what one side is: the opening of the article about it, else the best that names it."""
    opening = [c for c in only if c.document.id in side.documents and c.section == "summary" and c.first]
    defining = [c for c in opening if c.document.kind == "definition"]
    return diverse(defining or opening or only, 1, taken=taken)


def _rows(
    candidates: Sequence[Candidate], naming: dict[tuple[str, int], tuple[bool, bool]], taken: Sequence[Candidate]
) -> list[tuple[str, Candidate, Candidate]]:
    """The rows of a table: the pairs of the document that has most."""
    return max(_pairs(candidates, naming, taken).values(), key=len, default=[])


def _pairs(
    candidates: Sequence[Candidate], naming: dict[tuple[str, int], tuple[bool, bool]], taken: Sequence[Candidate]
) -> dict[str, list[tuple[str, Candidate, Candidate]]]:
    """By document, the sections in which one sentence names the one side only and one the other."""
    sections: dict[tuple[str, tuple[str, ...]], dict[int, Candidate]] = {}
    used = {c.key for c in taken}
    for candidate in in_order(candidates):
        named = naming[candidate.key]
        if candidate.key in used or not candidate.passage.headings or named[0] == named[1]:
            continue
        if candidate.section in ("summary", "verdict", "disagree"):
            continue
        place = (candidate.document.id, candidate.passage.headings)
        sections.setdefault(place, {}).setdefault(0 if named[0] else 1, candidate)
    found: dict[str, list[tuple[str, Candidate, Candidate]]] = {}
    for (document, headings), pair in sections.items():
        if len(pair) == 2:
            found.setdefault(document, []).append((headings[-1], pair[0], pair[1]))
    return found


def says(candidate: Candidate, names: Sequence[tuple[str, ...]]) -> bool:
    """Whether a sentence has one of these names."""
    return any(in_a_row(name, candidate.text) for name in names)


def _label(side: Subject, question: Question, subjects: Subjects, unknown: frozenset[str]) -> str:
    """The side as the library writes it where that has capitals, else as the question does."""
    label = subjects.written_as(side)
    if label.islower():
        written = re.search(r"\W+".join(map(re.escape, side.phrase.split())), question.text, re.I)
        label = written.group() if written else side.phrase
    acronym = len(label) <= 4 and unknown.issuperset(side.stems)
    if not side.documents and acronym:  # that the library does not know
        label = label.upper()
    label = " ".join(word for word in re.split(r"[^\w&/'’.-]+", label) if word)
    return escape(label[:1].upper() + label[1:])
