"""The embedding model, behind LangChain's `Embeddings`, so that any other can take its place."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest import weights
from ingest.errors import WeightsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from settings import Settings

BATCH = 32


class Encoder(Protocol):
    """What ingestion and retrieval ask of an embedding model. Vectors have unit length."""

    @property
    def identity(self) -> str:
        """Name and digest: two encoders with one identity give the same vectors."""

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

    def __init__(self, location: str, identity: str, *, offline: bool = False) -> None:
        """Args: location: a folder, or a name on the Hugging Face Hub; identity: goes into the fingerprint."""
        self._location = location
        self.identity = identity
        self._offline = offline

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model.

        Raises:
            WeightsError: it is not there, or cannot be read.
        """
        if self._offline:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        local = self._offline or Path(self._location).is_dir()
        try:
            return SentenceTransformer(self._location, device="cpu", local_files_only=local)
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
        if not texts:
            return []
        vectors = self.model.encode_document(
            texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors.tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question, shape (dimensions,)."""
        vector = self.model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return vector.tolist()  # type: ignore[no-any-return]


def create(settings: Settings) -> Embedder:
    """The embedding model that the settings name.

    Raises:
        WeightsError: the built-in model is missing or damaged.
    """
    if settings.embedding_model == "local":
        folder = weights.ready(weights.EMBEDDING, settings.models_dir)
        return Embedder(str(folder), weights.EMBEDDING.identity)
    return Embedder(settings.embedding_model, settings.embedding_model, offline=settings.offline)
