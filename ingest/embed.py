"""The embedding model, behind LangChain's `Embeddings`, so that any other can take its place."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest import shipped, weights
from ingest.errors import WeightsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from settings import Settings

BATCH = 32


class Encoder(Protocol):
    """What ingestion and retrieval ask of an embedding model. Vectors have unit length."""

    @property
    def identity(self) -> str:
        """Name and digest: two encoders with one identity give the same vectors, but for rounding."""

    @property
    def window(self) -> int:
        """Tokens that it reads of a text, special tokens taken off."""

    def count(self, text: str) -> int:
        """Tokens of a text, special tokens not counted."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""


class Embedder:
    """A sentence-transformers model on the CPU. Follows the interface of `langchain_core.embeddings.Embeddings`.

    Loading torch and the model takes seconds, so it happens at the first use.
    """

    def __init__(
        self,
        location: str,
        identity: str,
        *,
        offline: bool = False,
        quick: bool = False,
        known: shipped.Shipped | None = None,
    ) -> None:
        """Args:
        location: a folder, or a name on the Hugging Face Hub.
        identity: goes into the fingerprint.
        quick: in 16 bits on a processor that computes with these (for the built-in model three times as fast, cosine
            with the vector of 32 bits over 0.998).
        known: vectors that need not be made.
        """
        self._location = location
        self.identity: str = identity
        self._offline = offline
        self._quick = quick
        self._known = known or shipped.Shipped()

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model.

        Raises:
            WeightsError: it is not there, or cannot be read.
        """
        if self._offline:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        # Threads that spin while they wait take the cores from Chroma's and numpy's: 25 ms a question became 80.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        local = self._offline or Path(self._location).is_dir()
        kind = {"dtype": "bfloat16"} if self._quick and _computes_in_16_bits() else {}
        try:
            return SentenceTransformer(self._location, device="cpu", local_files_only=local, model_kwargs=kind)
        except (OSError, ValueError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise WeightsError(f"cannot load the embedding model {self._location}: {first}") from error

    @cached_property
    def window(self) -> int:
        """Tokens that the model reads, special tokens taken off."""
        return int(self.model.max_seq_length or 512) - 2

    def count(self, text: str) -> int:
        """Tokens of a text, special tokens not counted."""
        # The bare fast tokenizer would pad and cut to the lengths of its file: every text would count 128.
        return len(self.model.tokenizer.tokenize(text))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors, one a text, shape (len(texts), dimensions)."""
        vectors = [self._known.get(text) for text in texts]
        owed = [number for number, vector in enumerate(vectors) if vector is None]
        if owed:
            made = self.model.encode_document(
                [texts[number] for number in owed], batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False
            )
            for number, vector in zip(owed, unit(made), strict=True):
                vectors[number] = vector
        return [vector for vector in vectors if vector is not None]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question, shape (dimensions,)."""
        made = self.model.encode_query([text], convert_to_tensor=True, show_progress_bar=False)
        return unit(made)[0]


def unit(vectors: Any) -> list[list[float]]:
    """A tensor's rows at length 1, in 32 bits whatever it was made in."""
    from torch.nn import functional

    made: list[list[float]] = functional.normalize(vectors.float(), dim=-1).tolist()
    return made


def _computes_in_16_bits() -> bool:
    """Whether the processor multiplies bfloat16 numbers itself; elsewhere they are slower than 32 bits."""
    import torch

    # Not public, so asked for with care: without it, 32 bits are only slower.
    return any(
        bool(getattr(torch.cpu, name, lambda: False)())
        for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    )


def create(settings: Settings, *, known: bool = True, exact: bool = False) -> Embedder:
    """The embedding model that the settings name.

    Args:
        known: whether the built-in one takes the vectors that are shipped (`ingest.shipped`).
        exact: whether it shall compute in 32 bits everywhere.

    Raises:
        WeightsError: the built-in model is missing or damaged.
    """
    if settings.embedding_model == "local":
        folder = weights.ready(weights.EMBEDDING, settings.models_dir)
        identity = weights.EMBEDDING.identity
        return Embedder(str(folder), identity, quick=not exact, known=shipped.load(identity) if known else None)
    return Embedder(settings.embedding_model, settings.embedding_model, offline=settings.offline)
