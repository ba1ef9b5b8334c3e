from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.types import Answer
from eval.cases import Fact, Gold
from eval.metrics import (
    broken_invariants,
    citation_precision,
    citation_recall,
    count_words,
    fact_recall,
    found_at,
    gold_ranking,
    ndcg,
    recall,
    reciprocal_rank,
    says,
)
from ingest.types import Hit, Passage
from tests.conftest import DOCUMENTS

LOG3 = math.log2(3)


@pytest.mark.parametrize(
    ("ranking", "relevant", "k", "expected"),
    [
        (["a", "b"], {"a": 1}, 10, 1.0),
        (["x", "a"], {"a": 1}, 10, 1 / LOG3),
        (["x", "y", "a"], {"a": 1}, 10, 0.5),
        (["x", "y", "a"], {"a": 1}, 2, 0.0),
        (["b", "a"], {"a": 2, "b": 1}, 10, (1 + 2 / LOG3) / (2 + 1 / LOG3)),
        (["a"], {"a": 1, "b": 1}, 10, 1 / (1 + 1 / LOG3)),
        (["a"], {"a": 1, "b": 1}, 1, 1.0),
        (["b", "a"], {"a": 1, "b": 0}, 10, 1 / LOG3),
        ([], {"a": 1}, 10, 0.0),
        (["a"], {}, 10, 0.0),
        (["a"], {"a": 0}, 10, 0.0),
    ],
)
def test_ndcg(ranking: list[str], relevant: dict[str, int], k: int, expected: float) -> None:
    assert ndcg(ranking, relevant, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranking", "relevant", "k", "expected"),
    [
        (["a", "x", "b"], {"a": 1, "b": 2}, 3, 1.0),
        (["a", "x", "b"], {"a": 1, "b": 2}, 2, 0.5),
        (["x"], {"a": 1}, 5, 0.0),
        (["a"], {"a": 1, "b": 0}, 5, 1.0),
        (["a"], {}, 5, 0.0),
    ],
)
def test_recall(ranking: list[str], relevant: dict[str, int], k: int, expected: float) -> None:
    assert recall(ranking, relevant, k) == expected


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [(["a", "b"], 1.0), (["x", "b", "a"], 0.5), (["x", "y"], 0.0), (["z", "a"], 0.5), ([], 0.0)],
)
def test_reciprocal_rank(ranking: list[str], expected: float) -> None:
    assert reciprocal_rank(ranking, {"a": 1, "b": 2, "z": 0}) == expected


@given(
    st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, min_size=1),
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 3), min_size=1),
)
def test_the_ranking_metrics_agree_with_trec_eval(ranking: list[str], relevant: dict[str, int]) -> None:
    judge = pytrec_eval.RelevanceEvaluator({"q": relevant}, {"ndcg_cut.10", "recall.5", "recip_rank"})
    theirs = judge.evaluate({"q": {name: float(-place) for place, name in enumerate(ranking)}})["q"]
    assert ndcg(ranking, relevant) == pytest.approx(theirs["ndcg_cut_10"])
    assert recall(ranking, relevant, 5) == pytest.approx(theirs["recall_5"])
    assert reciprocal_rank(ranking, relevant) == pytest.approx(theirs["recip_rank"])


def test_a_gold_span_is_met_once_however_passages_are_cut() -> None:
    hits = [Hit(Passage(f"p{n}", "reference/x", n * 10, n * 10 + 10, "…"), "X", 1.0) for n in range(3)]
    first, second = Gold("reference/x", "…", 5, 15), Gold("reference/x", "…", 8, 9)
    assert gold_ranking(hits, [first, second]) == ["gold-0", "gold-1", "p1", "p2"]
    assert gold_ranking(hits, [Gold("reference/y", "…", 5, 15)]) == ["p0", "p1", "p2"]


def test_words_are_counted_as_read() -> None:
    assert count_words("It costs 3.5 million. [1][2]\n| a | b |\n|---|---|\n- client's end-to-end \\[3\\]") == 9
    assert count_words("") == 0


@pytest.mark.parametrize(
    ("start", "end", "k", "expected"),
    [(5, 15, 1, 1.0), (0, 10, 1, 0.0), (20, 30, 1, 0.0), (19, 30, 1, 1.0), (5, 15, 0, 0.0)],
)
def test_a_hit_finds_a_gold_span_that_it_overlaps(start: int, end: int, k: int, expected: float) -> None:
    hit = Hit(Passage("p", "reference/x", start, end, "…"), "X", 1.0)
    assert found_at([hit], [Gold("reference/x", "…", 10, 20)], k) == expected
    assert found_at([hit], [Gold("reference/y", "…", 10, 20)], k) == 0.0


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("BPO cuts cost.", "cut", False),
        ("BPO cuts cost.", "CUTS COST", True),
        ("BPO cuts the cost.", "cuts cost", False),
        ("It saves 15% a year.", "15%", True),
        ("It saves 15% a year.", "15", False),
        ("It saves 115% a year.", "15%", False),
        ("The **client’s** own\ncountry [1]", "client’s own country", True),
        ("part of non-core work", "core work", True),
        ("", "cost", False),
    ],
)
def test_a_fact_is_said_in_whole_words(text: str, phrase: str, expected: bool) -> None:
    assert says(text, Fact((phrase,), True)) is expected


def test_any_phrasing_will_do() -> None:
    assert says("BPO is cheap.", Fact(("is dear", "is cheap"), True)) is True


def test_fact_recall_is_the_share_said() -> None:
    facts = [Fact(("cheap",), True), Fact(("fast",), True), Fact(("old",), False), Fact(("blue",), False)]
    assert fact_recall("Cheap and old.", facts, vital_only=True) == 0.5
    assert fact_recall("Cheap and old.", facts, vital_only=False) == 0.5
    assert fact_recall("Cheap, fast and old.", facts, vital_only=False) == 0.75


def test_fact_recall_without_facts_is_none() -> None:
    assert fact_recall("Cheap.", [], vital_only=False) is None
    assert fact_recall("Cheap.", [Fact(("cheap",), False)], vital_only=True) is None


TEXTS = {document.id: document.text for document in DOCUMENTS}


@pytest.fixture
def answer(make_assistant: Callable[..., Assistant]) -> Answer:
    return make_assistant().ask("What are the risks of BPO?")


def gold(document: str, quote: str) -> Gold:
    start = TEXTS[document].index(quote)
    return Gold(document, quote, start, start + len(quote))


def test_citations_are_measured_by_document_and_by_words(answer: Answer) -> None:
    held, missed = gold("reference/bpo", "one supplier"), gold("reference/kpo", "skilled work")
    assert citation_precision(answer, [held]) == 1.0
    assert citation_precision(answer, [missed]) == 0.0
    assert citation_recall(answer, [held]) == 1.0
    assert citation_recall(answer, [held, missed]) == 0.5
    assert citation_recall(answer, []) is None
    assert citation_precision(replace(answer, citations=()), [held]) is None


def test_a_sound_answer_breaks_nothing(answer: Answer) -> None:
    assert broken_invariants(answer, TEXTS) == []


def test_a_marker_without_a_citation_is_caught(answer: Answer) -> None:
    assert broken_invariants(replace(answer, text=answer.text + " More. [9]"), TEXTS) == ["a marker has no citation"]


def test_an_escaped_marker_is_no_marker(answer: Answer) -> None:
    assert broken_invariants(replace(answer, text=answer.text + " More. \\[9\\]"), TEXTS) == []


def test_words_that_are_not_the_document_s_are_caught(answer: Answer) -> None:
    first, second, *rest = answer.citations
    moved = replace(answer, citations=(replace(first, start=first.start + 1), second, *rest))
    assert broken_invariants(moved, TEXTS) == ["citation 1 is not the document's words"]
    unknown = replace(answer, citations=(first, replace(second, document_id="reference/gone"), *rest))
    assert broken_invariants(unknown, TEXTS) == ["citation 2 is not the document's words"]


def test_a_citation_that_no_hit_holds_is_caught(answer: Answer) -> None:
    assert broken_invariants(replace(answer, hits=()), TEXTS) == [
        "citation 1 is not from a hit",
        "citation 2 is not from a hit",
        "citation 3 is not from a hit",
        "citation 4 is not from a hit",
    ]


def test_a_claim_without_a_citation_is_caught(answer: Answer) -> None:
    bare = replace(answer.sentences[0], citations=(), support="supported")
    broken = broken_invariants(replace(answer, sentences=(bare, answer.sentences[1])), TEXTS)
    assert broken == [f"a claim has no citation: {bare.text}"]


def test_a_question_needs_no_citation(answer: Answer) -> None:
    bare = replace(answer.sentences[0], citations=(), support="supported", role="question")
    assert broken_invariants(replace(answer, sentences=(bare,)), TEXTS) == []


def test_a_quotation_that_is_none_is_caught(answer: Answer) -> None:
    wrong = replace(answer.sentences[0], text="BPO is always right.")
    broken = broken_invariants(replace(answer, sentences=(wrong, answer.sentences[1])), TEXTS)
    assert broken == ["a quotation is not in its quotes: BPO is always right."]
    swapped = replace(answer.sentences[0], citations=(2,))
    assert broken_invariants(replace(answer, sentences=(swapped,)), TEXTS) == [
        f"a quotation is not in its quotes: {swapped.text}"
    ]


def test_a_refusal_with_citations_is_caught(answer: Answer) -> None:
    assert broken_invariants(replace(answer, outcome="refused"), TEXTS) == ["a refusal has citations"]
