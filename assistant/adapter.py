"""A query's vector, moved towards the sentences and passages that answer such questions.

The embedding model has never read the reference articles. A matrix A, learned from the questions written for them
(`corpus/questions`), maps a query's vector q to q + qA, brought back to length 1; the texts' vectors stay as they are:
a linear query adapter. `make learn` learns it for the embedding model that the program pulls and
writes adapter.npz; any other model does without, and so does a search that leaves the reference articles out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieve import unit
from ingest.embed import Encoder
from ingest.ids import is_question, passage_of, sentence_of
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.types import Document

SHIPPED = Path(__file__).with_name("adapter.npz")
# Chosen on the development split (eval/LOG.md).
_STEPS = 400
_AVERAGED = 200
_BATCH = 512
_RATE = 1e-3
_TEMPERATURE = 0.03
_DECAY = 0.01


class Adapter:
    """The matrix; without one, vectors stay as they are."""

    def __init__(self, matrix: Any = None) -> None:
        """Args: matrix: shape (dimensions, dimensions)."""
        self._matrix = matrix

    def apply(self, vector: Sequence[float]) -> list[float]:
        """The unit vector to search with, for a question's."""
        if self._matrix is None:
            return list(vector)
        asked = np.asarray(vector, dtype=np.float64)
        return unit(asked + asked @ self._matrix)


def load(encoder: Encoder) -> Adapter:
    """The adapter for an embedding model: the shipped one, or one that changes nothing."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        if str(kept["model"]) != encoder.identity:
            return Adapter()
        return Adapter(kept["matrix"].astype(np.float64))


def mark(documents: Sequence[Document]) -> str:
    """Of the questions that an adapter is learned from."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda document: document.id):
        for asked in document.questions:
            digest.update(f"{document.id}\0{asked.text}\n".encode())
    return digest.hexdigest()[:16]


def learn(library: Library, encoder: Encoder) -> Any:
    """The matrix, from a library that holds the reference articles with their questions.

    Each question shall come nearer to a sentence that answers it, and to its passage, than to all others: softmax over
    all of them, with an L2 penalty that keeps the matrix small. The mean over the last steps is taken, which depends
    less on the order of the questions (Polyak & Juditsky, 1992).
    """
    import torch
    from torch.nn import functional

    documents = [library.document(card.id) for card in library.cards() if card.collection == REFERENCE]
    texts = {document.id: document for document in documents if document is not None}
    place = {passage.id: id_ for id_ in texts for passage in library.passages_of(id_)}
    spoken = sorted(id_ for id_ in library.sentence_vectors.ids() if passage_of(id_) in place)
    vectors = library.sentence_vectors.get(spoken)
    said = [id_ for id_ in spoken if not is_question(id_)]
    asked = [id_ for id_ in spoken if is_question(id_)]
    passages = sorted(place)
    held = library.vectors.get(passages)

    def tensor(rows: list[Any]) -> Any:
        return torch.tensor(np.array(rows), dtype=torch.float32)

    questions = tensor([vectors[id_] for id_ in asked])
    targets = (tensor([vectors[id_] for id_ in said]), tensor([held[id_] for id_ in passages]))
    at = {id_: number for number, id_ in enumerate((*said, *passages))}
    right = (
        torch.tensor([at[sentence_of(id_)] for id_ in asked]),
        torch.tensor([at[passage_of(id_)] - len(said) for id_ in asked]),
    )
    generator = torch.Generator().manual_seed(0)
    matrix = torch.zeros(questions.shape[1], questions.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([matrix], lr=_RATE)
    mean = torch.zeros_like(matrix)
    for step in range(_STEPS):
        some = torch.randint(0, len(asked), (_BATCH,), generator=generator)
        query = questions[some]
        query = functional.normalize(query + query @ matrix, dim=-1)
        loss = _DECAY * (matrix**2).sum()
        for target, answer in zip(targets, right, strict=True):
            loss = loss + functional.cross_entropy(query @ target.T / _TEMPERATURE, answer[some])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step >= _STEPS - _AVERAGED:
            mean += matrix.detach() / _AVERAGED
    return mean.numpy()


if __name__ == "__main__":
    import tempfile

    from ingest import embed, sync
    from settings import load as load_settings

    settings = load_settings().model_copy(update={"embedding_model": "local"})
    model = embed.create(settings)
    with tempfile.TemporaryDirectory() as folder:
        opened = sync.open_library(settings.model_copy(update={"data_dir": Path(folder), "chroma": "local"}), model)
        sync.ingest(opened, model)
        written = [document for card in opened.cards() if (document := opened.document(card.id)) is not None]
        np.savez_compressed(
            SHIPPED, model=model.identity, questions=mark(written), matrix=learn(opened, model).astype(np.float16)
        )
        opened.close()
