"""Vectors that come with the program: of every text of the reference articles, made once.

A plain CPU takes ten minutes to embed the articles, their sentences and their questions. `make learn` does it instead
of every reader and writes corpus/vectors.npz for the embedding model that the program pulls; any other model embeds
them itself. A vector is found by its text alone, so that an edited article's new sentences are embedded at ingestion
and all others are not.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from settings import CORPUS_DIR

SHIPPED = CORPUS_DIR / "vectors.npz"
_KEY_BYTES = 16


class Shipped:
    """Unit vectors by text, kept in 8 bits a number (cosine with what was kept: over 0.9999)."""

    def __init__(self, rows: Mapping[bytes, Any] | None = None) -> None:
        """Args: rows: text's key → whole numbers, shape (dimensions,), of any length."""
        self._rows = rows or {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, text: str) -> list[float] | None:
        """The unit vector of a text, or None."""
        row = self._rows.get(_key(text))
        if row is None:
            return None
        numbers = row.astype(np.float32)
        vector: list[float] = (numbers / np.linalg.norm(numbers)).tolist()
        return vector


def load(identity: str, path: Path = SHIPPED) -> Shipped:
    """What is shipped for an embedding model; nothing for any but the one that it was made with.

    Nothing either where the file is missing or damaged: it only saves time.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            if str(kept["model"]) != identity:
                return Shipped()
            return Shipped(dict(zip(map(bytes, kept["keys"]), kept["rows"], strict=True)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return Shipped()


def save(identity: str, vectors: Mapping[str, list[float]], path: Path = SHIPPED) -> None:
    """Writes the vectors of these texts."""
    kept = {_key(text): _whole(vector) for text, vector in vectors.items()}
    keys = sorted(kept)
    unfinished = path.with_suffix(".partial.npz")
    np.savez(
        unfinished,
        model=identity,
        keys=np.array([list(key) for key in keys], dtype=np.uint8),
        rows=np.array([kept[key] for key in keys]),
    )
    unfinished.replace(path)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]


def _whole(vector: Iterable[float]) -> Any:
    numbers = np.asarray(vector, dtype=np.float64)
    return np.round(numbers / np.abs(numbers).max() * 127).astype(np.int8)


if __name__ == "__main__":
    from ingest import embed, sync
    from settings import load as load_settings

    exact: embed.Embedder = embed.create(
        load_settings().model_copy(update={"embedding_model": "local"}), known=False, exact=True
    )
    before = load(exact.identity)
    texts = sorted(sync.texts(exact))
    owed = sorted((text for text in texts if before.get(text) is None), key=len)
    made: dict[str, list[float]] = {}
    for start in range(0, len(owed), embed.BATCH):
        batch = owed[start : start + embed.BATCH]
        made |= dict(zip(batch, exact.embed_documents(batch), strict=True))
        print(f"\r{start + len(batch)} of {len(owed)} texts", end="", flush=True)
    save(exact.identity, {text: made.get(text) or before.get(text) or [] for text in texts})
