from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.assistant import Assistant
from assistant.parts import Part, further, left_out, unanswered
from assistant.question import asks
from ingest.sync import fill
from ingest.types import Hit
from tests.assistant.made import facts, subjects_of
from tests.conftest import FakeEncoder, make_document


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is KPO? And who uses it?", ["What is KPO?", "And who uses it?"]),
        ("Is it safe and how much will it cost?", ["Is it safe?", "how much will it cost?"]),
        ("Is it normal, and can we forbid it?", ["Is it normal?", "can we forbid it?"]),
        ("We are in Leeds. What is KPO?", ["What is KPO?"]),
        ("Should we keep hiring and training?", ["Should we keep hiring and training?"]),
        ("Who hires and can fire?", ["Who hires and can fire?"]),
        ("tell me about BPO", ["tell me about BPO?"]),
    ],
)  # fmt: skip
def test_the_questions_of_a_text_also_two_in_one_sentence(text: str, found: list[str]) -> None:
    assert asks(text) == found


def test_a_question_after_the_first_stands_alone() -> None:
    found = dict(further("We are in Leeds. What is payroll? By the way, what does it cost?", subjects_of()))
    assert found == {"What does it cost?": "what does it cost (payroll)?"}
    whole = further("What is payroll? And who should sit on the governing board?", subjects_of())
    assert whole == [("Who should sit on the governing board?", "who should sit on the governing board?")]
    assert further("What is payroll?", subjects_of()) == []
    assert further("What is payroll? And why?", subjects_of()) == []


def test_what_the_answer_to_the_whole_has_is_not_added() -> None:
    first, second, third = facts("BPO is work.", "KPO is thought.", "ITO is machines.")
    hits = [Hit(one.passage, "x", 1.0) for one in (first, second)]
    assert left_out("Who?", [first, second], 1.0, hits, [second]) is None
    added = left_out("Who?", [first, second], 1.0, hits, [third])
    assert added == Part("Who?", (first, second), tuple(hits))
    assert left_out("Who?", [first, second], 0.8, hits, [third]) == Part("Who?")
    assert left_out("Who?", [], 0.0, hits, [third]) == Part("Who?")


def test_what_the_sources_say_little_on_is_named() -> None:
    (fact,) = facts("BPO is work.")
    assert (
        unanswered([Part("Who?"), Part("Why?", (fact,)), Part("When?")])
        == "The library says little on “Who?” and “When?”."
    )
    assert unanswered([Part("Why?", (fact,))]) is None


def test_the_second_of_two_questions_stands_under_its_own_heading(
    make_assistant: Callable[..., Assistant], encoder: FakeEncoder
) -> None:
    assistant = make_assistant()
    board = "A governing board has members of both firms and meets each quarter."
    asked = {"Who should sit on the governing board?": "members of both firms"}
    fill(assistant.library, encoder, [make_document("board", f"## Members\n\n{board}\n", questions=asked)])
    answer = assistant.ask("What is the difference between BPO and KPO? And who should sit on the governing board?")
    assert answer.outcome == "answered"
    assert f"**“Who should sit on the governing board?”**\n\n*Board*\n\n- {board}" in answer.text
    cited = {citation.passage_id for citation in answer.citations}
    assert cited <= {hit.passage.id for hit in answer.hits}
    assert board in [citation.quote for citation in answer.citations]
