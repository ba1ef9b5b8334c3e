"""The query adapter: what it does to a vector, and that the shipped one is current and helps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant import adapter
from assistant.adapter import Adapter
from assistant.assistant import Assistant
from eval import cases
from ingest import embed
from ingest.library import Library
from ingest.load import article
from ingest.sync import fill
from settings import CORPUS_DIR, Settings, load
from tests.conftest import FakeEncoder, make_document


def test_without_a_matrix_a_vector_stays() -> None:
    assert Adapter().apply([0.6, 0.8]) == [0.6, 0.8]


def test_a_vector_is_moved_and_keeps_its_length() -> None:
    moved = Adapter(np.array([[0.0, 1.0], [0.0, 0.0]])).apply([1.0, 0.0])
    assert moved == pytest.approx([math.sqrt(0.5), math.sqrt(0.5)])


def test_another_model_does_without(encoder: FakeEncoder) -> None:
    vector = encoder.embed_query("payroll")
    assert adapter.load(encoder).apply(vector) == vector


def test_the_shipped_one_was_learned_from_the_questions_that_the_articles_have() -> None:
    documents = [article(path) for path in sorted(CORPUS_DIR.glob("*.md")) if path.name != "README.md"]
    with np.load(adapter.SHIPPED, allow_pickle=False) as kept:
        assert str(kept["questions"]) == adapter.mark(documents), "run `make learn`"


def test_learning_brings_a_question_nearer_to_its_answer(empty_library: Library, encoder: FakeEncoder) -> None:
    body = "## Part\n\nSuppliers guard data.\nStaff are paid monthly.\n"
    asked = {f"When does {word} reach folk?": "paid monthly" for word in ("money", "cash", "coin", "dough")}
    fill(empty_library, encoder, [make_document("pay", body, questions=asked)])
    plain = encoder.embed_query("When does salary reach folk?")
    moved = np.array(Adapter(adapter.learn(empty_library, encoder)).apply(plain))
    answer, other = (
        np.array(encoder.embed_query(text)) for text in ("Staff are paid monthly.", "Suppliers guard data.")
    )
    assert moved @ answer - moved @ other > np.array(plain) @ answer - np.array(plain) @ other


def test_a_search_without_the_reference_articles_is_not_adapted(
    settings: Settings, library: Library, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, encoder, [make_document("notes", "Payroll notes are kept here.", collection="mine")])
    seen: list[float] = []
    monkeypatch.setattr(Adapter, "apply", lambda _, vector: seen.append(1.0) or list(vector))
    made = Assistant(settings, library, encoder, None)
    made.ask("payroll notes", scope=("mine",))
    assert not seen
    made.ask("payroll notes")
    assert seen


@pytest.mark.models
def test_the_shipped_one_finds_more_of_what_answers_the_development_questions() -> None:
    """Among the gold words of all development cases, the reciprocal rank of a case's own."""
    encoder = embed.create(load())
    shipped = adapter.load(encoder)
    asked = [case for case in cases.load() if case.spans and not case.history]
    texts = np.array(encoder.embed_documents([case.spans[0].quote for case in asked]))

    def mean_reciprocal_rank(vectors: list[list[float]]) -> float:
        scores = np.array(vectors) @ texts.T
        return float(np.mean([1 / (1 + np.sum(row > row[own])) for own, row in enumerate(scores)]))

    plain = [encoder.embed_query(case.question) for case in asked]
    assert mean_reciprocal_rank([shipped.apply(one) for one in plain]) > mean_reciprocal_rank(plain) + 0.02
