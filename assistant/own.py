"""What the user's own documents say, beside the reference articles.

Thousands of known questions and a learned adapter lead to the articles' sentences, none to a user's: in one ranking a
company's own rule would hardly be seen. So the user's documents are searched by themselves, with the question's plain
vector, and what they say is measured by nearness, which is the same for every question, where a score only ranks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.choose import ALIKE, likeness
from assistant.evidence import Candidate, gather
from assistant.outcome import OWN
from assistant.question import Question
from assistant.retrieve import retrieve
from assistant.subjects import Subjects
from assistant.text import terms
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.types import Hit
from settings import Retrieval

_HITS = 6
"""Passages of the user's documents that are read for a question."""
_FOUND = 1000
"""Passages of them that keep their score where their whole document is read."""
_MOST = 3
"""Sentences that are shown."""
# Chosen on two invented companies' documents, tried on a third's (`python -m eval.own`, eval/LOG.md).
_SENTENCE, _WORDS, _PASSAGE = 0.6, 0.2, 0.2
"""Nearness: the cosine of question and sentence, the share of the question's words in it, the cosine of the passage."""
_PRIVATE, _NAMED = 0.8, 0.35
"""What is added to the nearest sentence's nearness: the probability that the question is about the user's own
organisation, and where it has a word that the user's documents say and no article does."""
_SHOWN = 0.38
"""The user's documents are quoted from this sum on,"""
_NEAR, _BEHIND = 0.25, 0.2
"""with sentences at least so near, and not further behind the nearest one."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the user's documents say on a question."""

    hits: tuple[Hit, ...] = ()
    """What was read, near or not."""
    chosen: tuple[Candidate, ...] = ()
    """In the order of their documents; the score is the nearness. Empty where nothing is near enough."""

    @property
    def answers(self) -> bool:
        """Whether one of them answers by itself, without the articles."""
        return any(one.bearing >= OWN for one in self.chosen)


def find(
    question: Question,
    vector: Sequence[float],
    private: float,
    library: Library,
    settings: Retrieval,
    subjects: Subjects,
    collections: Sequence[str],
) -> Own:
    """Searches the user's collections.

    Args:
        vector: the question's own, not moved by the adapter.
        private: the probability that the question is about the user's own organisation.
    """
    found = retrieve(question.text, vector, library, settings, collections, _FOUND)
    read = gather(question, found, _HITS, library, vector, subjects, collections)
    vectors = library.vectors.get([hit.passage.id for hit in read.hits])
    cosines = {id_: float(np.dot(vector, own)) for id_, own in vectors.items()}
    ranked = sorted(
        (replace(one, score=round(_nearness(one, cosines), 4)) for one in read.candidates),
        key=lambda one: (-one.score, one.key),
    )
    named = _NAMED if _named(question, library, collections) else 0.0
    if not ranked or ranked[0].score + _PRIVATE * private + named < _SHOWN:
        return Own(read.hits[:_HITS])
    chosen = tuple(_picked(ranked))
    cited = {one.passage.id for one in chosen}
    further = (hit for hit in read.hits[_HITS:] if hit.passage.id in cited)
    return Own((*read.hits[:_HITS], *further), chosen)


def _nearness(candidate: Candidate, cosines: dict[str, float]) -> float:
    passage = cosines.get(candidate.passage.id, 0.0)
    return _SENTENCE * candidate.cosine + _WORDS * candidate.covered + _PASSAGE * passage


def _named(question: Question, library: Library, collections: Sequence[str]) -> bool:
    """Whether the question has a word that the user's documents say and no article does."""
    words = [re.sub(r"['’]s?$", "", word) for word in terms(question.text)]
    return any(library.says(word, collections) and not library.says(word, [REFERENCE]) for word in words)


def _same(left: Candidate, right: Candidate) -> bool:
    """Whether two sentences say the same thing; with other figures they contradict each other, and both are shown."""
    figures = [sorted(re.findall(r"\d[\d.,]*", one.text)) for one in (left, right)]
    return likeness(left, right) >= ALIKE and figures[0] == figures[1]


def _picked(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences to show, in the order of their documents."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == _MOST or candidate.score < max(_NEAR, ranked[0].score - _BEHIND):
            break
        if not any(_same(candidate, other) for other in chosen):
            chosen.append(candidate)
    first = {one.document.id: rank for rank, one in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda one: (first[one.document.id], one.start))
