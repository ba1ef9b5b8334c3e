"""The vectors that the reference articles are searched with.

The embedding model has never read these articles. Low-rank changes of its layers (LoRA; Hu et al., 2021) and a matrix
after them, learned from the questions written for the articles (`corpus/questions`), bring a question nearer to the
sentences and passages that answer such questions; the texts' vectors stay as they are. `make learn` learns the changes
for the embedding model that the program pulls and writes adapter.npz; any other model does without, and so does a
search that leaves the articles out.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import random
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.embed import Embedder, Encoder, unit
from ingest.ids import is_question, passage_of, question_of, sentence_of
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.types import Document

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHIPPED = Path(__file__).with_name("adapter.npz")
LEARNED = Path(__file__).with_name("adapter.json")
"""From how many questions of each article."""
# Chosen on the development split (eval/LOG.md).
STRENGTH = 0.7
"""So much of what was learned is applied: all of it would know the articles' questions better, and others less well
(Wortsman et al., 2022)."""
_LAYERS = ("q", "v", "o", "dense")
_RANK = 8
_EPOCHS = 3
_BATCH = 48
_ALIKE_LONG = 1536
"""So many questions are sorted by length before they are cut into batches: padding is computed for nothing."""
_RATE, _MATRIX_RATE = 3e-4, 1e-3
_WARM = 60
"""Steps until the full rate."""
_TEMPERATURE = 0.03
_DECAY, _MATRIX_DECAY = 0.01, 0.003
_TOLD = 50
"""Steps between two lines on how far it is."""

Changes = Mapping[str, tuple[Any, ...]]
"""By the name of a layer: A, shape (inputs, rank), and B, shape (rank, outputs); its output y becomes y + xAB. By
`_POOLED`: M, shape (dimensions, dimensions); the mean v of a text's vectors becomes v + vM."""
_POOLED = "pooled"


class Adapter:
    """An encoder's query side with the changes; without any, the encoder's own. Safe to use from many threads."""

    def __init__(self, encoder: Encoder, changes: Changes | None = None, name: str = "") -> None:
        """Args: changes: only for an `Embedder`; name: of the changes."""
        self._encoder = encoder
        self.identity = encoder.identity + name
        """Vectors of one identity belong together."""
        self._changes = changes
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The unit vectors of questions, to search with and to judge by; one batch."""
        if not isinstance(self._encoder, Embedder):
            return [self._encoder.embed_query(text) for text in texts]
        with self._lock:
            if self._model is None:
                plain = self._encoder.model
                self._model = changed(plain, self._changes) if self._changes else plain
        return unit(self._model.encode_query(list(texts), convert_to_tensor=True, show_progress_bar=False))


def load(encoder: Encoder) -> Adapter:
    """The adapter for an embedding model: the shipped one, or one that changes nothing."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        if str(kept["model"]) != encoder.identity or not isinstance(encoder, Embedder):
            return Adapter(encoder)
        layers = [name.removesuffix("/a") for name in kept.files if name.endswith("/a")]
        changes = {name: (kept[f"{name}/a"], STRENGTH * kept[f"{name}/b"]) for name in layers}
        name = f"+{hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:12]}*{STRENGTH}"
        return Adapter(encoder, changes | {_POOLED: (STRENGTH * kept[_POOLED],)}, name)


def mark(documents: Sequence[Document], learned: Mapping[str, int]) -> str:
    """Of the questions that an adapter is learned from.

    Args:
        learned: how many of a document's questions, the first ones, by its id; those added since are known all the
            same.
    """
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda document: document.id):
        for asked in document.questions[: learned[document.id]]:
            digest.update(f"{document.id}\0{asked.text}\n".encode())
    return digest.hexdigest()[:16]


def changed(model: SentenceTransformer, changes: Changes) -> SentenceTransformer:
    """A model with the changes, and otherwise the weights of another, which stays as it is.

    Changes that are still being learned are made as the model computes; all others are added to a layer's own weights,
    which costs memory (0.2 GB in 16 bits) and no time.
    """
    import torch

    shared = {id(one): one for one in (*model.parameters(), *model.buffers(), model.tokenizer)}
    twin = copy.deepcopy(model, shared)
    kind = next(model.parameters()).dtype

    def in_layer(a: Any, b: Any) -> Any:
        return lambda _, inputs, output: output + (inputs[0] @ a.to(kind)) @ b.to(kind)

    def of_tokens(_: Any, __: Any, features: dict[str, Any]) -> None:
        features["token_embeddings"] = features["token_embeddings"].float()  # their mean in 32 bits

    def of_mean(matrix: Any) -> Any:
        matrix = matrix.float()

        def hook(_: Any, __: Any, features: dict[str, Any]) -> None:
            mean = features["sentence_embedding"]
            features["sentence_embedding"] = mean + mean @ matrix

        return hook

    transformer, pooling = twin[0], twin[1]
    transformer.register_forward_hook(of_tokens)
    for name, parts in changes.items():
        layer: Any = pooling if name == _POOLED else twin.get_submodule(name)
        if name == _POOLED:
            layer.register_forward_hook(of_mean(torch.as_tensor(parts[0])))
        elif isinstance(parts[0], torch.nn.Parameter):
            layer.register_forward_hook(in_layer(*parts))
        else:
            a, b = (torch.as_tensor(part).float() for part in parts)
            weight = layer.weight.detach().float() + (a @ b).T
            layer.weight = torch.nn.Parameter(weight.to(kind), requires_grad=False)
    return twin


def learn(library: Library, encoder: Embedder) -> Changes:
    """The changes, from a library that holds the reference articles with their questions: 20 minutes on two cores.

    Each question shall come nearer to the sentences that answer it, and to their passages, than to all others: softmax
    over all of them.
    """
    import torch
    from torch.nn import functional

    asked, *lessons = _lessons(library)
    targets = [(torch.from_numpy(vectors), right) for vectors, right in lessons]
    chance, generator = random.Random(0), torch.Generator().manual_seed(0)
    sizes = {
        name: (layer.in_features, layer.out_features)
        for name, layer in encoder.model.named_modules()
        if isinstance(layer, torch.nn.Linear) and name.rpartition(".")[2] in _LAYERS and "pooler" not in name
    }
    changes: dict[str, tuple[Any, ...]] = {
        name: (
            torch.nn.Parameter(torch.randn(inputs, _RANK, generator=generator) / math.sqrt(inputs)),
            torch.nn.Parameter(torch.zeros(_RANK, outputs)),
        )
        for name, (inputs, outputs) in sizes.items()
    }
    low_rank = [one for pair in changes.values() for one in pair]
    dimensions = targets[0][0].shape[1]
    matrix = torch.nn.Parameter(torch.zeros(dimensions, dimensions))
    changes[_POOLED] = (matrix,)
    model = changed(encoder.model, changes).requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(
        [
            {"params": low_rank, "lr": _RATE, "weight_decay": _DECAY},
            {"params": [matrix], "lr": _MATRIX_RATE, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    batches = [batch for _ in range(_EPOCHS) for batch in _batches(asked, chance)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / _WARM) * max(0.05, 1 - step / len(batches))
    )
    for step, batch in enumerate(batches, 1):
        made = model(model.preprocess([asked[one] for one in batch]))["sentence_embedding"]
        query = functional.normalize(made.float(), dim=-1)
        loss = _MATRIX_DECAY * (matrix**2).sum()
        for vectors, right in targets:
            log = functional.log_softmax(query @ vectors.T / _TEMPERATURE, dim=-1)
            for row, number in zip(log, batch, strict=True):
                loss = loss - torch.logsumexp(row[right[number]], 0) / len(batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(low_rank, 1.0)
        optimizer.step()
        schedule.step()
        if step % _TOLD == 0:
            print(f"step {step} of {len(batches)}, loss {float(loss.detach()):.2f}", file=sys.stderr, flush=True)
    return {name: tuple(one.detach().numpy() for one in parts) for name, parts in changes.items()}


def _lessons(library: Library) -> tuple[list[str], *tuple[tuple[Any, list[list[int]]], ...]]:
    """The distinct questions; then, for sentences and for passages, their vectors and each question's right ones."""
    documents = [library.document(card.id) for card in library.cards() if card.collection == REFERENCE]
    place = {passage.id: one for one in documents if one is not None for passage in library.passages_of(one.id)}
    spoken = sorted(id_ for id_ in library.sentence_vectors.ids() if passage_of(id_) in place)
    said = [id_ for id_ in spoken if not is_question(id_)]
    right: dict[str, list[str]] = {}
    for id_ in filter(is_question, spoken):
        text = place[passage_of(id_)].questions[question_of(id_)].text
        right.setdefault(text, []).append(sentence_of(id_))
    sentences, passages = library.sentence_vectors.get(said), library.vectors.get(sorted(place))
    at = {id_: row for vectors in (sentences, passages) for row, id_ in enumerate(vectors)}
    return (
        list(right),
        (_rows(sentences), [[at[id_] for id_ in ids] for ids in right.values()]),
        (_rows(passages), [sorted({at[passage_of(id_)] for id_ in ids}) for ids in right.values()]),
    )


def _rows(vectors: Mapping[str, Any]) -> Any:
    return np.array(list(vectors.values()), dtype=np.float32)


def _batches(asked: Sequence[str], chance: random.Random) -> list[list[int]]:
    """The questions in random order, those of a batch about equally long."""
    order = list(range(len(asked)))
    chance.shuffle(order)
    batches: list[list[int]] = []
    for start in range(0, len(order), _ALIKE_LONG):
        some = sorted(order[start : start + _ALIKE_LONG], key=lambda one: len(asked[one]))
        batches += [some[begin : begin + _BATCH] for begin in range(0, len(some), _BATCH)]
    chance.shuffle(batches)
    return batches


if __name__ == "__main__":
    import tempfile

    from ingest import embed, sync
    from settings import load as load_settings

    settings = load_settings().model_copy(update={"embedding_model": "local"})
    made = embed.create(settings)
    with tempfile.TemporaryDirectory() as folder:
        opened = sync.open_library(settings.model_copy(update={"data_dir": Path(folder), "chroma": "local"}), made)
        sync.ingest(opened, made)
        written = [document for card in opened.cards() if (document := opened.document(card.id)) is not None]
        learned = learn(opened, made)
        (matrix,) = learned[_POOLED]
        parts = {
            f"{name}/{part}": value.astype(np.float16)
            for name, pair in learned.items()
            if name != _POOLED
            for part, value in zip("ab", pair, strict=True)
        }
        counts = {document.id: len(document.questions) for document in written}
        kept = {"model": made.identity, "questions": mark(written, counts), _POOLED: matrix.astype(np.float16)}
        LEARNED.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        np.savez_compressed(SHIPPED, **kept, **parts)
        opened.close()
