from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assistant.assistant import Assistant
from assistant.intent import Intent
from ingest.library import Library
from ingest.sync import fill, open_library
from settings import Settings
from tests.conftest import DOCUMENTS, FakeEncoder, make_document

RULE = "Payroll is run by Brightwater until March 2028."
REASON = "The group kept invoices in-house because the codes differ."
MINE = make_document("policy", f"## Providers\n\n{RULE} {REASON}\n", title="Policy", collection="mine")
Ask = Callable[..., Assistant]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Library, FakeEncoder]]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("own"), chat_model="none", offline=True)
    encoder = FakeEncoder()
    made = open_library(settings, encoder)
    fill(made, encoder, [*DOCUMENTS, MINE])
    yield settings, made, encoder
    made.close()


@pytest.fixture
def assistant(
    library: tuple[Settings, Library, FakeEncoder], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Intent], Assistant]:
    settings, made, encoder = library

    def make(intent: Intent) -> Assistant:
        one = Assistant(settings, made, encoder, None)
        monkeypatch.setattr(one, "_intent", lambda vector: intent)
        return one

    return make


LIBRARYS = Intent(general=1.0)
PRIVATE = Intent(general=0.0, private=1.0)


def test_what_the_users_documents_say_stands_first(assistant: Callable[[Intent], Assistant]) -> None:
    answer = assistant(LIBRARYS).ask("Who runs payroll until March?")
    assert answer.outcome == "answered"
    assert answer.text.startswith("**From your documents**\n\n- " + RULE)
    assert "**From the reference articles**" in answer.text
    assert answer.citations[0].document_id == MINE.id
    assert all(one.document_id != MINE.id for one in answer.citations[1:])
    assert answer.citations[0].passage_id in {hit.passage.id for hit in answer.hits}


def test_a_question_on_the_users_organisation_is_answered_by_its_documents_alone(
    assistant: Callable[[Intent], Assistant],
) -> None:
    answer = assistant(PRIVATE).ask("Who runs payroll until March?")
    assert {one.document_id for one in answer.citations} == {MINE.id}
    assert "reference articles" not in answer.text


def test_where_they_only_come_near_the_closest_sentences_are_shown_instead_of_a_refusal(
    assistant: Callable[[Intent], Assistant],
) -> None:
    answer = assistant(PRIVATE).ask("Which group kept dogs?")
    assert answer.outcome == "nearest"
    assert answer.text.startswith("Your documents do not seem to say this outright.")
    assert {one.document_id for one in answer.nearest} == {MINE.id}


def test_a_question_that_has_nothing_to_do_with_them_is_left_to_the_articles(
    assistant: Callable[[Intent], Assistant],
) -> None:
    answer = assistant(LIBRARYS).ask("What is the difference between BPO and KPO?")
    assert answer.outcome == "answered"
    assert all(one.document_id != MINE.id for one in answer.citations)
    assert "your documents" not in answer.text


@pytest.mark.parametrize("scope", [("reference",), ("mine",)])
def test_one_kind_of_document_alone_is_answered_from_as_ever(
    assistant: Callable[[Intent], Assistant], scope: tuple[str, ...]
) -> None:
    answer = assistant(LIBRARYS).ask("Who runs payroll until March?", scope=scope)
    assert all(one.document_id.split("/")[0] in scope for one in answer.citations)
    assert "From your documents" not in answer.text
