"""The plain tutorial pipeline, as a yardstick: chunks of 1,000 characters, the best four stuffed into the prompt.

The same embedding model, the same chat model, the same limit of written tokens; nothing else of ours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.chat_model import ChatModel, Message
from ingest.embed import Encoder
from ingest.types import Document

CHARACTERS = 1000
OVERLAP = 100
CHUNKS = 4
TOKENS = 160


@dataclass(frozen=True, slots=True)
class TutorialAnswer:
    """What the pipeline wrote, and its waits in milliseconds."""

    text: str
    found_ms: float
    total_ms: float


class Tutorial:
    """Stuffed retrieval-augmented generation."""

    def __init__(self, documents: Sequence[Document], encoder: Encoder, model: ChatModel) -> None:
        step = CHARACTERS - OVERLAP
        self._chunks = [d.text[at : at + CHARACTERS] for d in documents for at in range(0, len(d.text), step)]
        self._vectors = np.asarray(encoder.embed_documents(self._chunks))
        self._encoder = encoder
        self._model = model

    def ask(self, question: str, limit_s: float = 300) -> TutorialAnswer:
        """Writes an answer from the four nearest chunks."""
        begin = time.monotonic()
        scores = self._vectors @ np.asarray(self._encoder.embed_query(question))
        context = "\n\n".join(self._chunks[at] for at in np.argsort(-scores)[:CHUNKS])
        found = time.monotonic()
        messages: list[Message] = [
            ("system", "Answer the question using only the context. If the context does not say, say you don't know."),
            ("user", f"Context:\n{context}\n\nQuestion: {question}"),
        ]
        text = "".join(self._model.stream(messages, TOKENS, begin + limit_s))
        return TutorialAnswer(text, (found - begin) * 1000, (time.monotonic() - begin) * 1000)
