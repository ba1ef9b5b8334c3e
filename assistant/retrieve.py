"""Passages that bear on a question: by their vectors, their words, and their sentences' vectors, fused."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from assistant.text import terms
from ingest.ids import is_question, passage_of, sentence_of
from ingest.library import Library
from ingest.types import Hit
from settings import Retrieval

_SENTENCES = 800
"""Sentences, and questions that they answer, asked for: what is left out is far from the query."""
_FED_BACK = 3
"""Passages found first that the query's vector is moved towards."""


class Retrieved(NamedTuple):
    """What was found for a query."""

    hits: list[Hit]
    """Best first."""
    asked: dict[str, float]
    """Sentence id → the cosine of the nearest question that it is known to answer, of the questions near the query."""


def retrieve(
    query: str,
    vector: Sequence[float],
    library: Library,
    settings: Retrieval,
    scope: Sequence[str],
    k: int | None = None,
) -> Retrieved:
    """The best `k` passages (the settings' `hits` by default) of the collections in `scope`.

    `vector` is the query's own.

    Four indexes give their best candidates: the passages' vectors, their words, and the vectors of their sentences and
    of the questions that they answer, of which a passage has its nearest one's. Within each, scores are brought to 0..1
    by their minimum and maximum, then added with their weights. Ties go by passage id, so that the order is the same
    every time. That a document is found by questions written for it is Nogueira et al.'s document expansion (2019).
    With `feedback`, the passages' vectors are asked a second time, by a query moved towards what came first.

    Raises:
        LibraryError: the library cannot be read.
    """
    within = None if library.collections() <= set(scope) else scope
    with ThreadPoolExecutor(1, "sentences") as beside:  # a fifth of the time of all, and free of Python's lock
        sentences = beside.submit(library.sentence_vectors.nearest, vector, within, _SENTENCES)
        dense = dict(library.vectors.nearest(vector, within, settings.candidates))
        lexical = dict(library.lexical(terms(query), scope, settings.candidates))
    spoken: dict[str, float] = {}
    asked: dict[str, float] = {}
    answering: dict[str, float] = {}
    for id_, cosine in sentences.result():
        nearest = spoken
        if is_question(id_):
            nearest = asked
            answering.setdefault(sentence_of(id_), cosine)
        if len(nearest) < settings.candidates:
            nearest.setdefault(passage_of(id_), cosine)
    passages = library.passages(list(dense | lexical | spoken | asked))
    dense, spoken, asked = (_held(scores, passages) for scores in (dense, spoken, asked))
    rest = [(lexical, 1 - settings.dense_weight), (spoken, settings.sentence_weight)]
    if asked:
        rest.append((asked, settings.question_weight))
    fused = fuse((dense, settings.dense_weight), *rest)
    if settings.feedback:
        moved = _moved(vector, _best(fused, _FED_BACK), library, settings.feedback)
        further = dict(library.vectors.nearest(moved, within, settings.candidates))
        new = [id_ for id_ in further if id_ not in passages]
        passages |= library.passages(new)
        dense |= _cosines(vector, new, library)
        fused = fuse((_held(further, passages), settings.dense_weight), *rest)
    hits = [Hit(*passages[id_], fused[id_], dense.get(id_)) for id_ in _best(fused, k or settings.hits)]
    return Retrieved(hits, answering)


def _held(scores: Mapping[str, float], passages: Container[str]) -> dict[str, float]:
    """Chroma may hold what SQLite has deleted."""
    return {id_: score for id_, score in scores.items() if id_ in passages}


def _cosines(vector: Sequence[float], ids: Sequence[str], library: Library) -> dict[str, float]:
    return {id_: float(np.dot(vector, own)) for id_, own in library.vectors.get(ids).items()} if ids else {}


def _best(scores: Mapping[str, float], count: int) -> list[str]:
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:count]


def _moved(vector: Sequence[float], ids: Sequence[str], library: Library, weight: float) -> list[float]:
    """The query's vector moved towards the mean of what was found first, length 1 (Rocchio, 1971)."""
    found = list(library.vectors.get(ids).values())
    if not found:
        return list(vector)
    return unit(np.asarray(vector) + weight * np.mean(np.asarray(found, dtype=np.float64), axis=0))


def towards(vector: Sequence[float], other: Sequence[float], weight: float) -> list[float]:
    """A unit vector moved so far (0 to 1) towards another, length 1."""
    return unit((1 - weight) * np.asarray(vector) + weight * np.asarray(other))


def unit(vector: Any) -> list[float]:
    """An array at length 1."""
    made: list[float] = (vector / np.linalg.norm(vector)).tolist()
    return made


def fuse(*parts: tuple[dict[str, float], float]) -> dict[str, float]:
    """Min-max score fusion (Fox & Shaw's weighted CombSUM, 1994) of (scores, weight): id → score in 0..1."""
    fused: dict[str, float] = {}
    total = sum(weight for _, weight in parts)
    for scores, weight in parts:
        for id_, value in _scaled(scores).items():
            fused[id_] = fused.get(id_, 0.0) + weight / total * value
    return fused


def _scaled(scores: dict[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high - low < 1e-9:
        return dict.fromkeys(scores, 1.0)
    return {id_: (value - low) / (high - low) for id_, value in scores.items()}
