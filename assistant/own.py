"""What the user's own documents say, beside the reference articles.

Thousands of known questions and a learned adapter lead to the articles' sentences, none to a user's: in one ranking a
company's own rule would hardly be seen. So the user's documents are searched by themselves, with the question's plain
vector, and what they say is measured by nearness, which is the same for every question, where a score only ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.choose import ALIKE, likeness
from assistant.evidence import Candidate, Evidence, gather
from assistant.question import Question, Subjects
from assistant.retrieve import retrieve
from assistant.text import stem, terms
from ingest.library import Library
from ingest.load import REFERENCE
from settings import Retrieval

_HITS = 6
"""Passages of the user's documents that are read for a question."""
_MOST = 3
"""Sentences that are shown."""
# Chosen on two invented companies' documents, tried on a third's (`python -m eval.own`, eval/LOG.md).
_SENTENCE, _WORDS, _PASSAGE = 0.4, 0.3, 0.3
"""Nearness: the cosine of question and sentence, the share of the question's words in it, the cosine of the passage."""
_PRIVATE, _NAMED = 0.8, 0.35
"""What is added to the nearest sentence's nearness: the probability that the question is about the user's own
organisation or the present, and where it has a word that the user's documents say and no article does."""
_SHOWN = 0.38
"""The user's documents are quoted from this sum on,"""
_NEAR, _BEHIND = 0.25, 0.2
"""with sentences at least so near, and not further behind the nearest one."""
_RARE = 60
"""Passages: a word in more of them is surely said by the articles too."""


def beside(
    evidence: Evidence,
    question: Question,
    vector: Sequence[float],
    private: float,
    library: Library,
    settings: Retrieval,
    subjects: Subjects,
    scope: Sequence[str],
) -> Evidence:
    """The evidence with what the user's documents hold, where both they and the articles are searched.

    Args:
        vector: the question's own, not moved by the adapter.
        private: the probability that the question is about the user's own organisation.
    """
    collections = [collection for collection in scope if collection != REFERENCE]
    if not collections or REFERENCE not in scope:
        return evidence
    found = retrieve(question.text, vector, library, settings, collections, _HITS)
    mine = gather(question, found, _HITS, library, vector, subjects, collections)
    cosines = {hit.passage.id: hit.cosine or 0.0 for hit in mine.hits}
    ranked = sorted(
        (replace(one, score=round(_nearness(one, cosines[one.passage.id]), 4)) for one in mine.candidates),
        key=lambda one: (-one.score, one.key),
    )
    known = {hit.passage.id for hit in evidence.hits}
    hits = (*evidence.hits, *(hit for hit in mine.hits if hit.passage.id not in known))
    named = _NAMED if _named(question, library, collections) else 0.0
    shown = bool(ranked) and ranked[0].score + _PRIVATE * private + named >= _SHOWN
    return replace(evidence, hits=hits, mine=tuple(_picked(ranked)) if shown else ())


def _nearness(candidate: Candidate, cosine: float) -> float:
    return _SENTENCE * candidate.cosine + _WORDS * candidate.covered + _PASSAGE * cosine


def _named(question: Question, library: Library, collections: Sequence[str]) -> bool:
    """Whether the question has a word that the user's documents say and no article does."""
    words = {word: stem(word) for word in terms(question.text)}
    often = library.frequencies(words.values())
    return any(
        0 < often.get(word_stem, 0) <= _RARE
        and not library.lexical([word], [REFERENCE], 1)
        and library.lexical([word], collections, 1)
        for word, word_stem in words.items()
    )


def _picked(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences to show, in the order of their documents."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == _MOST or candidate.score < max(_NEAR, ranked[0].score - _BEHIND):
            break
        if all(likeness(candidate, other) < ALIKE for other in chosen):
            chosen.append(candidate)
    first = {one.document.id: rank for rank, one in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda one: (first[one.document.id], one.start))
