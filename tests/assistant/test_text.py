from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import STOP, count_words, coverage, stem, stem_set, stems, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BPO, KPO & ITO.", ["bpo", "kpo", "ito"]),
        ("It cost 3.5 million in 2020.", ["it", "cost", "3.5", "million", "in", "2020"]),
        ("The client's costs aren’t low", ["the", "client's", "costs", "aren't", "low"]),
        ("Café naïveté", ["café", "naïveté"]),
        ("build-operate-transfer", ["build", "operate", "transfer"]),
        ("snake_case", ["snake", "case"]),
        ("“quoted”", ["quoted"]),
        ("[1] ** | \n", ["1"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_terms_leave_out_stop_words_and_single_letters_but_no_digit() -> None:
    assert terms("What is a plan B for 7 BPO and KPO, and BPO?") == ["plan", "7", "bpo", "kpo"]
    assert STOP.isdisjoint(terms("Should we outsource payroll?"))


def test_stems_come_once_and_in_order() -> None:
    assert stems("Outsourcing payroll: outsourced, outsources payrolls") == ["outsourc", "payrol"]


def test_stem_set_holds_stop_words_too() -> None:
    assert stem_set("The costs of the work") == {"the", "cost", "of", "work"}


def fts_terms(texts: Sequence[str]) -> list[list[str]]:
    """What SQLite's index makes of each text."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'porter unicode61')")
    database.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')")
    database.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(texts))
    found: list[list[str]] = [[] for _ in texts]
    for term, row in database.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
        found[row].append(term)
    database.close()
    return found


PLAIN = """
outsourcing outsource outsourced outsources payroll payrolls supplier suppliers agencies agency policies policy flying
tied relational conditional rational valency digitizer operator operators feudalism decisiveness hopefulness
callousness formality sensitivity triplicate formative formalize electrical hopeful goodness revival allowance
inference adjustable defensible replacement adoption communism activate effective rate cease controlling rolls
analyses analysis knowledge judgement legally generally fizzed hopping agreed matting happy sky 2020 27001 kpi sla
café naïve barthélemy über ångström
""".split()


@pytest.mark.parametrize("word", PLAIN)
def test_stems_agree_with_the_index(word: str) -> None:
    assert fts_terms([word]) == [[stem(word)]]


@pytest.mark.parametrize("word", ["technology", "technologies", "terminology", "biotechnology", "compatibly"])
def test_stems_agree_with_the_index_where_porter_and_sqlite_part(word: str) -> None:
    assert fts_terms([word]) == [[stem(word)]]


@pytest.mark.parametrize("word", ["us", "vs", "is", "as", "ts"])
def test_stems_of_two_letters_agree_with_the_index(word: str) -> None:
    assert fts_terms([word]) == [[stem(word)]]


@pytest.mark.parametrize("word", ["client's", "provider's", "clients'", "GDPR’s"])
def test_a_possessive_has_the_stem_of_its_word(word: str) -> None:
    spoken = words(word)[0]
    assert stem(spoken) == fts_terms([spoken])[0][0]


ONE = {"a": 1.0, "b": 3.0}.get


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        (["a", "b"], {"a", "b", "c"}, 1.0),
        (["a", "b"], {"b"}, 0.75),
        (["a", "b"], {"a"}, 0.25),
        (["a", "b"], set(), 0.0),
        ([], {"a"}, 0.0),
    ],
)
def test_coverage_is_the_weighted_share(wanted: list[str], present: set[str], expected: float) -> None:
    assert coverage(wanted, present, lambda one: ONE(one) or 0.0) == expected


def test_coverage_without_weight_is_nothing() -> None:
    assert coverage(["a"], {"a"}, lambda _: 0.0) == 0.0


@given(st.lists(st.sampled_from("abcdef"), max_size=8), st.sets(st.sampled_from("abcdef")))
def test_coverage_lies_between_nothing_and_everything(wanted: list[str], present: set[str]) -> None:
    share = coverage(wanted, present, lambda one: 1.0 + ord(one) / 7)
    assert 0.0 <= share <= 1.0 or math.isclose(share, 1.0)
    assert coverage(wanted, set(wanted), lambda _: 1.0) == float(bool(wanted))


@given(st.text(max_size=80))
def test_any_text_has_words_and_stems(text: str) -> None:
    assert all(word == word.strip() != "" for word in words(text))
    assert stem_set(text) == {stem(word) for word in words(text)}


def test_words_are_counted_as_a_reader_counts_them() -> None:
    assert count_words("Twenty-four clients, and\none supplier.") == 5
