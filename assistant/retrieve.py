"""Passages that bear on a question: dense and lexical, fused."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.text import terms
from ingest.library import Library
from ingest.types import Hit
from settings import Retrieval


def retrieve(
    query: str,
    vector: Sequence[float],
    library: Library,
    settings: Retrieval,
    scope: Sequence[str],
    k: int | None = None,
) -> list[Hit]:
    """The best `k` passages (`vector` is the query's own) of the collections in `scope`, best first.

    Each index gives its best candidates; within each, scores are brought to 0..1 by their minimum and maximum, then
    added with `dense_weight`. Ties go by passage id, so that the order is the same every time.

    Raises:
        LibraryError: the library cannot be read.
    """
    dense = dict(library.vectors.nearest(vector, scope, settings.candidates))
    lexical = dict(library.lexical(terms(query), scope, settings.candidates))
    passages = library.passages(list(dense | lexical))
    dense = {id_: score for id_, score in dense.items() if id_ in passages}  # Chroma may hold what SQLite has deleted
    fused = fuse(dense, lexical, settings.dense_weight)
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[: k or settings.hits]
    return [Hit(*passages[id_], fused[id_], dense.get(id_)) for id_ in best if id_ in passages]


def fuse(dense: dict[str, float], lexical: dict[str, float], dense_weight: float) -> dict[str, float]:
    """Min-max score fusion (Fox & Shaw's weighted CombSUM, 1994): id → score in 0..1."""
    fused: dict[str, float] = {}
    for scores, weight in ((dense, dense_weight), (lexical, 1 - dense_weight)):
        for id_, value in _scaled(scores).items():
            fused[id_] = fused.get(id_, 0.0) + weight * value
    return fused


def _scaled(scores: dict[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high - low < 1e-9:
        return dict.fromkeys(scores, 1.0)
    return {id_: (value - low) / (high - low) for id_, value in scores.items()}
