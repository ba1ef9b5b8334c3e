from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.types import Turn
from eval.cases import FOLDER, SPLITS, TYPES, Case, CaseError, load, select
from ingest.load import article
from settings import CORPUS_DIR
from tests.ingest.test_load import MATTER

CASE: dict[str, Any] = {
    "id": "one",
    "type": "definition",
    "question": "What is a title?",
    "outcome": ["answered"],
    "facts": [{"any": ["says this"], "vital": True}],
    "spans": [{"slug": "a-title", "quote": "Article one says this."}],
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    text = MATTER + "## In short\n\nArticle one[^x] says this.[^y]\n"
    (folder / "a-title.md").write_text(text, encoding="utf-8")
    return folder


def written(tmp_path: Path, *lines: str | dict[str, Any]) -> Path:
    path = tmp_path / "cases.jsonl"
    rows = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SPLITS)
def test_a_set_fits_the_corpus(name: str) -> None:
    cases = load(FOLDER / f"{name}.jsonl")
    assert len({case.id for case in cases}) == len(cases) >= len(TYPES)
    assert {case.type for case in cases} <= set(TYPES)
    for case in cases:
        for span in case.spans:
            slug = span.document_id.removeprefix("reference/")
            assert article(CORPUS_DIR / f"{slug}.md").text[span.start : span.end] == span.quote


def test_no_article_holds_gold_of_both_splits() -> None:
    dev, test = (
        {span.document_id for case in load(FOLDER / f"{name}.jsonl") for span in case.spans} for name in SPLITS
    )
    assert dev.isdisjoint(test)


def test_no_question_stands_in_both_splits() -> None:
    dev, test = (
        {case.question.lower() for case in load(FOLDER / f"{name}.jsonl") if not case.history} for name in SPLITS
    )
    assert dev.isdisjoint(test)


def test_a_case_is_read_whole(tmp_path: Path, corpus: Path) -> None:
    history = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}]
    (case,) = load(written(tmp_path, {**CASE, "history": history}, ""), corpus)
    text = article(corpus / "a-title.md").text
    assert (case.id, case.type, case.question, case.outcomes) == (
        "one", "definition", "What is a title?", ("answered",),
    )  # fmt: skip
    assert case.history == (Turn("user", "Hello"), Turn("assistant", "Good day"))
    assert [(fact.phrasings, fact.vital) for fact in case.facts] == [(("says this",), True)]
    assert [(span.document_id, span.start, span.end) for span in case.spans] == [
        ("reference/a-title", text.index("Article"), len(text.rstrip()))
    ]
    assert case.answerable is True


def test_a_case_that_nothing_answers_needs_no_facts(tmp_path: Path, corpus: Path) -> None:
    bare = {**CASE, "type": "near-miss", "outcome": ["nearest", "refused"], "facts": [], "spans": []}
    (case,) = load(written(tmp_path, bare), corpus)
    assert case.answerable is False


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json", r"cases\.jsonl, line 2: "),
        ("[]", r"cases\.jsonl, line 2: "),
        ("7", r"cases\.jsonl, line 2: "),
        ({"id": "two"}, r"line 2: KeyError\('type'\)"),
        ({**CASE, "id": "two", "type": "riddle"}, r"line 2: .*two: unknown type riddle"),
        ({**CASE, "id": "two", "outcome": ["perhaps"]}, r"line 2: .*two: outcome \('perhaps',\)"),
        ({**CASE, "id": "two", "outcome": []}, r"line 2: .*two: outcome \(\)"),
        ({**CASE, "id": "two", "facts": []}, r"line 2: .*two: an answerable case needs a vital fact and a span"),
        ({**CASE, "id": "two", "spans": []}, r"line 2: .*two: an answerable case needs a vital fact and a span"),
        ({**CASE, "id": "two", "spans": [{"slug": "a-title", "quote": "Article two"}]},
         r"line 2: .*two: a-title does not say 'Article two'"),
        (CASE, r"cases\.jsonl: two cases have one id"),
    ],
)  # fmt: skip
def test_a_wrong_case_is_named(tmp_path: Path, corpus: Path, line: str | dict[str, Any], message: str) -> None:
    with pytest.raises(CaseError, match=message):
        load(written(tmp_path, CASE, line), corpus)


def test_a_case_on_an_article_that_is_not_there_is_named(tmp_path: Path, corpus: Path) -> None:
    gone = {**CASE, "spans": [{"slug": "gone", "quote": "x"}]}
    with pytest.raises(CaseError, match=r"line 1: .*gone"):
        load(written(tmp_path, gone), corpus)


def case(id_: str, type_: str) -> Case:
    return Case(id_, type_, "?", (), ("refused",), (), ())


SOME = [case("a1", "a"), case("a2", "a"), case("a3", "a"), case("b1", "b"), case("c1", "c"), case("c2", "c")]


@pytest.mark.parametrize(
    ("limit", "ids"),
    [
        (None, ["a1", "b1", "c1", "a2", "c2", "a3"]),
        (4, ["a1", "b1", "c1", "a2"]),
        (3, ["a1", "b1", "c1"]),
        (99, ["a1", "b1", "c1", "a2", "c2", "a3"]),
    ],
)
def test_types_are_taken_in_turn(limit: int | None, ids: list[str]) -> None:
    assert [one.id for one in select(SOME, limit)] == ids
    assert [one.id for one in select(iter(SOME), limit)] == ids


def test_nothing_is_selected_of_nothing() -> None:
    assert select([], 5) == []


def test_a_part_of_the_development_set_shows_every_type() -> None:
    types = {one.type for one in load()}
    assert Counter(one.type for one in select(load(), len(types))) == Counter(types)
