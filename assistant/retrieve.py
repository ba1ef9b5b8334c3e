"""Passages that bear on a question: by their vectors, their words, and their sentences' vectors, fused."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.text import terms
from ingest.ids import is_question, passage_of
from ingest.library import Library
from ingest.types import Hit
from settings import Retrieval

_SENTENCES = 16
"""Sentences asked for, per passage asked for."""


def retrieve(
    query: str,
    vector: Sequence[float],
    library: Library,
    settings: Retrieval,
    scope: Sequence[str],
    k: int | None = None,
) -> list[Hit]:
    """The best `k` passages (the settings' `hits` by default) of the collections in `scope`, best first.

    `vector` is the query's own.

    Four indexes give their best candidates: the passages' vectors, their words, and the vectors of their sentences and
    of the questions that they answer, of which a passage has its nearest one's. Within each, scores are brought to 0..1
    by their minimum and maximum, then added with their weights. Ties go by passage id, so that the order is the same
    every time. That a document is found by questions written for it is Nogueira et al.'s document expansion (2019).

    Raises:
        LibraryError: the library cannot be read.
    """
    within = None if library.collections() <= set(scope) else scope
    dense = dict(library.vectors.nearest(vector, within, settings.candidates))
    lexical = dict(library.lexical(terms(query), scope, settings.candidates))
    spoken: dict[str, float] = {}
    asked: dict[str, float] = {}
    for id_, cosine in library.sentence_vectors.nearest(vector, within, _SENTENCES * settings.candidates):
        (asked if is_question(id_) else spoken).setdefault(passage_of(id_), cosine)
    passages = library.passages(list(dense | lexical | spoken | asked))
    dense, spoken, asked = (  # Chroma may hold what SQLite has deleted
        {id_: score for id_, score in scores.items() if id_ in passages} for scores in (dense, spoken, asked)
    )
    fused = fuse(
        (dense, settings.dense_weight),
        (lexical, 1 - settings.dense_weight),
        (spoken, settings.sentence_weight),
        *([(asked, settings.question_weight)] if asked else ()),
    )
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[: k or settings.hits]
    return [Hit(*passages[id_], fused[id_], dense.get(id_)) for id_ in best if id_ in passages]


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
