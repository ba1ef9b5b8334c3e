"""The query adapter: what it does to a vector, and that the shipped one is current and helps."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from assistant import adapter, assistant
from assistant.adapter import Adapter
from assistant.assistant import Assistant
from assistant.retrieve import retrieve
from eval import cases
from ingest import embed
from ingest.library import Library
from ingest.load import article
from ingest.sync import fill, open_library
from settings import CORPUS_DIR, Settings, load
from tests.conftest import FakeEncoder, make_document


def test_another_model_does_without(encoder: FakeEncoder) -> None:
    texts = ["payroll", "payroll in Poland", "audit"]
    plain = [encoder.embed_query(text) for text in texts]
    assert adapter.load(encoder).embed(texts) == plain


def test_the_shipped_one_was_learned_from_nearly_all_the_questions_that_the_articles_have() -> None:
    documents = [article(path) for path in sorted(CORPUS_DIR.glob("*.md")) if path.name != "README.md"]
    learned = json.loads(adapter.LEARNED.read_text(encoding="utf-8"))
    with np.load(adapter.SHIPPED, allow_pickle=False) as kept:
        assert str(kept["questions"]) == adapter.mark(documents, learned), "run `make learn`"
    assert sum(learned.values()) >= 0.95 * sum(len(document.questions) for document in documents), "run `make learn`"


def test_a_search_without_the_reference_articles_is_not_adapted(
    settings: Settings, library: Library, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, encoder, [make_document("notes", "Payroll notes are kept here.", collection="mine")])
    seen: list[list[float]] = []

    def spy(text: str, vector: list[float], *rest: Any) -> Any:
        seen.append(list(vector))
        return retrieve(text, vector, *rest)

    moved = encoder.embed_query("zebra")
    monkeypatch.setattr(Adapter, "embed", lambda _, texts: [moved for _ in texts])
    monkeypatch.setattr(assistant, "retrieve", spy)
    made = Assistant(settings, library, encoder, None)
    made.ask("payroll notes", scope=("mine",))
    made.ask("payroll notes", scope=("reference",))
    assert seen == [encoder.embed_query("payroll notes"), moved]


class Tokens(torch.nn.Module):
    """As a transformer: vectors of tokens; `q` keeps the first of two numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.q = torch.nn.Linear(2, 2, bias=False)
        self.q.weight.data = torch.tensor([[1.0, 0.0], [0.0, 0.0]])

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"token_embeddings": self.q(features["tokens"])}


class Mean(torch.nn.Module):
    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"sentence_embedding": features["token_embeddings"].mean(dim=0)}


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_changed_model_adds_to_its_layers_and_to_their_mean_and_shares_the_weights(kind: torch.dtype) -> None:
    model: Any = torch.nn.Sequential(Tokens(), Mean()).to(kind)
    model.tokenizer = object()
    a, b = np.array([[0.0], [1.0]], dtype=np.float16), np.array([[0.0, 2.0]], dtype=np.float16)
    matrix = np.array([[0.0, 3.0], [0.0, 0.0]], dtype=np.float16)
    said = {"tokens": torch.tensor([[1.0, 1.0], [3.0, 1.0]], dtype=kind)}

    def mean(one: Any) -> list[float]:
        made: list[float] = one(said)["sentence_embedding"].tolist()
        return made

    twin: Any = adapter.changed(model, {"0.q": (a, b), "pooled": (matrix,)})
    assert mean(twin) == [2.0, 2.0 + 3.0 * 2.0]
    learning = {"0.q": tuple(torch.nn.Parameter(torch.from_numpy(part).float()) for part in (a, b))}
    assert mean(adapter.changed(model, learning)) == [2.0, 2.0]
    assert mean(adapter.changed(model, {"0.q": (a, b)})) == [2.0, 2.0]
    assert mean(model) == [2.0, 0.0]
    only_mean: Any = adapter.changed(model, {"pooled": (matrix,)})
    assert only_mean.get_submodule("0.q").weight is model.get_submodule("0.q").weight
    assert twin.tokenizer is model.tokenizer


@pytest.fixture(scope="module")
def built_in() -> embed.Embedder:
    return embed.create(load())


@pytest.mark.models
def test_learning_brings_a_question_nearer_to_its_answer_and_leaves_the_encoder_as_it_is(
    built_in: embed.Embedder, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(adapter, "_EPOCHS", 12)
    monkeypatch.setattr(adapter, "_WARM", 1)
    body = "## Part\n\nSuppliers guard data.\nStaff are paid monthly.\n"
    asked = {f"When does {word} reach folk?": "paid monthly" for word in ("money", "cash", "coin", "dough")}
    library = open_library(settings, built_in)
    fill(library, built_in, [make_document("pay", body, questions=asked)])
    question = "When does salary reach folk?"
    plain = built_in.embed_query(question)
    changes = adapter.learn(library, built_in)
    library.close()
    (moved,) = Adapter(built_in, changes).embed([question])
    assert built_in.embed_query(question) == plain
    answer, other = (
        np.array(built_in.embed_query(text)) for text in ("Staff are paid monthly.", "Suppliers guard data.")
    )
    assert moved @ answer - moved @ other > np.array(plain) @ answer - np.array(plain) @ other + 0.05
    assert np.linalg.norm(moved) == pytest.approx(1)


@pytest.mark.models
def test_the_shipped_one_finds_more_of_what_answers_the_development_questions(built_in: embed.Embedder) -> None:
    """Among the gold words of all development cases, the reciprocal rank of a case's own."""
    shipped = adapter.load(built_in)
    asked = [case for case in cases.load() if case.spans and not case.history]
    texts = np.array(built_in.embed_documents([case.spans[0].quote for case in asked]))

    def mean_reciprocal_rank(vectors: list[list[float]]) -> float:
        scores = np.array(vectors) @ texts.T
        return float(np.mean([1 / (1 + np.sum(row > row[own])) for own, row in enumerate(scores)]))

    plain = [built_in.embed_query(case.question) for case in asked]
    moved = [shipped.embed([case.question])[0] for case in asked]
    assert mean_reciprocal_rank(moved) > mean_reciprocal_rank(plain) + 0.05
