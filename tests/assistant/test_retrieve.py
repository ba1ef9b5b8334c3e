from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve import fuse, retrieve, towards
from ingest.library import Library
from ingest.sync import fill, ingest
from settings import Retrieval
from tests.conftest import DOCUMENTS, FakeEncoder, make_document

SETTINGS = Retrieval.model_validate({})


def test_scores_are_scaled_by_their_extremes_and_weighted() -> None:
    fused = fuse(({"a": 0.9, "b": 0.5, "c": 0.1}, 0.4), ({"a": 2.0, "b": 6.0}, 0.6))
    assert fused == {"a": pytest.approx(0.4), "b": pytest.approx(0.2 + 0.6), "c": pytest.approx(0.0)}
    assert fuse(({"a": 1.0}, 3.0), ({"a": 1.0, "b": 0.0}, 1.0)) == {"a": 1.0, "b": 0.0}


@pytest.mark.parametrize(
    ("dense", "lexical", "expected"),
    [
        ({}, {"a": 2.0, "b": 1.0}, {"a": 0.75, "b": 0.0}),
        ({"a": 2.0, "b": 1.0}, {}, {"a": 0.25, "b": 0.0}),
        ({"a": -1.0}, {}, {"a": 0.25}),
        ({}, {"a": 3.0, "b": 3.0}, {"a": 0.75, "b": 0.75}),
        ({}, {}, {}),
    ],
)
def test_one_side_may_be_empty_or_even(
    dense: dict[str, float], lexical: dict[str, float], expected: dict[str, float]
) -> None:
    assert fuse((dense, 0.25), (lexical, 0.75)) == expected


SCORES = st.dictionaries(st.sampled_from("abcdef"), st.floats(-1, 1, allow_nan=False), max_size=6)


@given(SCORES, SCORES, st.floats(0, 1))
def test_fused_scores_lie_between_0_and_1(dense: dict[str, float], lexical: dict[str, float], weight: float) -> None:
    fused = fuse((dense, weight), (lexical, 1 - weight))
    assert set(fused) == set(dense) | set(lexical)
    assert all(0.0 <= score <= 1.0 + 1e-9 for score in fused.values())


def test_hits_are_ordered_and_the_right_passage_is_first(library: Library, encoder: FakeEncoder) -> None:
    query = "BPO can lock a client into one supplier"
    hits = retrieve(query, encoder.embed_query(query), library, SETTINGS, ("reference",)).hits
    assert (hits[0].passage.document_id, hits[0].passage.headings) == ("reference/bpo", ("Risks",))
    assert hits[0].score == pytest.approx(1.0)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits) == SETTINGS.hits
    assert hits[0].title == "Business process outsourcing (BPO)"


def test_k_limits_the_hits(library: Library, encoder: FakeEncoder) -> None:
    vector = encoder.embed_query("payroll")
    whole = retrieve("payroll", vector, library, SETTINGS, ("reference",)).hits
    assert retrieve("payroll", vector, library, SETTINGS, ("reference",), 3).hits == whole[:3]


def test_ties_go_by_passage_id(empty_library: Library, encoder: FakeEncoder) -> None:
    twins = [make_document(f"twin-{n}", "Payroll is paid.", title="Twin") for n in range(6)]
    fill(empty_library, encoder, twins)
    hits = retrieve("payroll", encoder.embed_query("payroll"), empty_library, SETTINGS, ("reference",)).hits
    assert len({hit.score for hit in hits}) == 1
    assert [hit.passage.id for hit in hits] == sorted(
        passage.id for twin in twins for passage in empty_library.passages_of(twin.id)
    )


def test_only_collections_in_scope_are_searched(library: Library, encoder: FakeEncoder, tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text("# Payroll policy\n\nPayroll stays in-house until 2030.\n", "utf-8")
    ingest(library, encoder, [path])
    vector = encoder.embed_query("payroll")

    def collections(*scope: str) -> set[str]:
        hits = retrieve("payroll", vector, library, SETTINGS, scope, 100).hits
        return {hit.passage.document_id.split("/", 1)[0] for hit in hits}

    assert collections("mine") == {"mine"}
    assert collections("reference") == {"reference"}
    assert collections("mine", "reference") == {"mine", "reference"}
    assert collections("elsewhere") == set()


def test_a_query_of_stop_words_is_answered_by_meaning_alone(library: Library, encoder: FakeEncoder) -> None:
    query = "What is it about?"
    hits = retrieve(query, encoder.embed_query(query), library, SETTINGS, ("reference",)).hits
    by_meaning = SETTINGS.dense_weight + SETTINGS.sentence_weight
    assert 0 < max(hit.score for hit in hits) <= by_meaning / (1 + SETTINGS.sentence_weight) + 1e-9


def test_a_passage_is_found_by_a_question_that_it_answers(empty_library: Library, encoder: FakeEncoder) -> None:
    body = "## Part\n\nSuppliers guard data.\n\n## Other\n\nStaff are paid monthly.\n"
    asked = {"When does the money reach folk?": "paid monthly"}
    fill(empty_library, encoder, [make_document("pay", body, questions=asked), make_document("else", "Trees grow.")])
    query = "when do folk see money"
    best = retrieve(query, encoder.embed_query(query), empty_library, SETTINGS, ("reference",)).hits[0]
    assert best.passage.text.strip() == "Staff are paid monthly."


@pytest.mark.parametrize("query", ['"', "NEAR(a b)", "text:payroll", "payroll*", "-payroll", "a AND", "') --"])
def test_query_syntax_of_the_index_is_plain_text(library: Library, encoder: FakeEncoder, query: str) -> None:
    hits = retrieve(query, encoder.embed_query(query), library, SETTINGS, ("reference",)).hits
    assert {hit.passage.document_id for hit in hits} <= {document.id for document in DOCUMENTS}


def test_what_the_index_holds_and_the_library_does_not_changes_no_score(library: Library, encoder: FakeEncoder) -> None:
    query = "BPO can lock a client into one supplier"
    vector = encoder.embed_query(query)
    before = [
        (hit.passage.id, hit.score) for hit in retrieve(query, vector, library, SETTINGS, ("reference",), 50).hits
    ]
    gone = {"collection": "reference", "document": "gone"}
    library.vectors.upsert(["ghost", "ghost2"], [vector, encoder.embed_query("BPO can lock")], [gone, gone])
    after = [(hit.passage.id, hit.score) for hit in retrieve(query, vector, library, SETTINGS, ("reference",), 50).hits]
    assert after == before


def test_feedback_moves_the_query_towards_what_came_first(library: Library, encoder: FakeEncoder) -> None:
    query = "supplier"
    vector = encoder.embed_query(query)
    without, with_ = (
        {
            hit.passage.id: hit
            for hit in retrieve(
                query, vector, library, SETTINGS.model_copy(update={"feedback": weight}), ("reference",), 50
            ).hits
        }
        for weight in (0.0, 1.0)
    )
    assert without.keys() == with_.keys()
    assert {id_: hit.score for id_, hit in without.items()} != {id_: hit.score for id_, hit in with_.items()}
    assert {id_: hit.cosine for id_, hit in without.items()} == {id_: hit.cosine for id_, hit in with_.items()}


def test_nothing_found_feeds_nothing_back(empty_library: Library, encoder: FakeEncoder) -> None:
    assert retrieve("supplier", encoder.embed_query("supplier"), empty_library, SETTINGS, ("reference",)).hits == []


def test_a_vector_is_moved_part_of_the_way_and_stays_a_unit() -> None:
    moved = towards([1.0, 0.0], [0.0, 1.0], 0.3)
    assert math.isclose(math.hypot(*moved), 1.0)
    assert moved[0] > moved[1] > 0
