from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant import compose
from assistant.assistant import Assistant
from assistant.parts import Part, each, left_out, unanswered
from assistant.question import asks, parse, quoted
from assistant.text import count_words
from assistant.types import Turn
from ingest.sync import fill
from ingest.types import Hit
from settings import Retrieval
from tests.assistant.made import candidates_of, evidence_of, facts, subjects_of
from tests.conftest import FakeEncoder, FakeModel, make_document

Make = Callable[..., Assistant]
BOARD = "A governing board has members of both firms and meets each quarter."
BOTH = "What is the difference between BPO and KPO? And who should sit on the governing board?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is KPO? And who uses it?", ["What is KPO?", "And who uses it?"]),
        ("Is it safe and how much will it cost?", ["Is it safe?", "how much will it cost?"]),
        ("Is it normal, and can we forbid it?", ["Is it normal?", "can we forbid it?"]),
        ("Can you tell me what KPO is and who uses it?", ["Can you tell me what KPO is?", "who uses it?"]),
        ("We are in Leeds. What is KPO?", ["What is KPO?"]),
        ("Should we keep hiring and training?", ["Should we keep hiring and training?"]),
        ("Who hires and can fire?", ["Who hires and can fire?"]),
        ("Explain when and how to outsource payroll", ["Explain when and how to outsource payroll?"]),
        ("How do we decide what to sell and what to keep?", ["How do we decide what to sell and what to keep?"]),
        ("What differs between what we do and what they do?", ["What differs between what we do and what they do?"]),
        ("Should we sell it or should we keep it?", ["Should we sell it or should we keep it?"]),
        ("tell me about BPO", ["tell me about BPO?"]),
    ],
)
def test_the_questions_of_a_text_also_two_in_one_sentence(text: str, found: list[str]) -> None:
    assert asks(text) == found


def test_a_quoted_question_has_nothing_that_looks_like_a_citation() -> None:
    assert quoted("who pays [7]?") == "“Who pays 7?”"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "We are in Leeds. What is payroll? By the way, what does it cost?",
            [
                ("“What is payroll?”", "We are in Leeds. What is payroll?"),
                ("“What does it cost?”", "what does it cost (payroll)?"),
            ],
        ),
        (
            "We sell in Poland. What is payroll? And who should sit on the governing board?",
            [
                ("“What is payroll?”", "We sell in Poland. What is payroll?"),
                (
                    "“Who should sit on the governing board?”",
                    "We sell in Poland. who should sit on the governing board?",
                ),
            ],
        ),
        (
            "what is payroll and who should sit on the governing board",
            [
                ("“What is payroll?”", "what is payroll?"),
                ("“Who should sit on the governing board?”", "who should sit on the governing board?"),
            ],
        ),
        (
            "Besides price, what should we compare? So-called leavers cost what?",
            [
                ("“Besides price, what should we compare?”", "Besides price, what should we compare?"),
                (
                    "“So-called leavers cost what?”",
                    "Besides price, what should we compare? So-called leavers cost what?",
                ),
            ],
        ),
        ("What is payroll?", []),
        ("What is payroll? And why?", []),
        ("What is payroll? Right? Any ideas? Thanks?", []),
    ],
)
def test_each_question_of_a_message_stands_alone(text: str, found: list[tuple[str, str]]) -> None:
    assert each(text, (), subjects_of()) == found


def test_no_more_than_three_questions_are_looked_at() -> None:
    text = "What is payroll? Why? Who runs payroll? Who checks payroll? Who audits payroll?"
    asked = ["“What is payroll?”", "“Who runs payroll?”", "“Who checks payroll?”"]
    assert [ask for ask, _ in each(text, (), subjects_of())] == asked


def test_a_follow_up_of_one_question_has_no_parts_and_one_of_two_has_its_own() -> None:
    history = (Turn("user", "What are the risks of payroll?"), Turn("assistant", "Some."))
    assert each("Who carries them?", history, subjects_of()) == []
    found = each("Who carries them? And who insures them?", history, subjects_of())
    assert [asked for asked, _ in found] == ["“Who carries them?”", "“Who insures them?”"]
    assert found[0][1] == "What are the risks of payroll? Who carries them?"


def test_what_the_answer_to_the_whole_has_is_not_added() -> None:
    first, second, third = (replace(one, vector=()) for one in facts("BPO is work.", "KPO thinks.", "ITO has disks."))
    hits = [Hit(first.passage, "x", 1.0)]
    assert left_out("Who?", [first, second], True, hits, [first]) is None
    added = left_out("Who?", [first, second], True, hits, [third])
    assert added == Part("Who?", (first, second), tuple(hits))
    assert left_out("Who?", [first, second], True, hits, [second]) == Part("Who?", (first,), tuple(hits))
    assert left_out("Who?", [first, second, third], True, hits, [second, third]) is None
    assert left_out("Who?", [first, second], False, hits, [third]) == Part("Who?")
    assert left_out("Who?", [first, second], False, hits, [first]) is None


def test_what_the_sources_say_little_on_is_named_once() -> None:
    (fact,) = facts("BPO is work.")
    little = unanswered([Part("“Who?”"), Part("“Why?”", (fact,)), Part("“When?”")], None)
    assert little == "The library says little on “Who?” and “When?”."
    assert unanswered([Part("“Who?”")], "No figure for “Who?”.") == "No figure for “Who?”."
    assert unanswered([Part("“Why?”", (fact,))], None) is None


def test_what_else_is_asked_leaves_room_for_the_answer() -> None:
    made = facts(*(f"BPO work number {n} is {' and '.join(f'word{n}{m}' for m in range(13))}." for n in range(20)))
    own, more = made[:14], made[14:]
    asked = [Part("“Who?”", tuple(more[:3])), Part("“When?”", tuple(more[3:]))]
    question = parse("How does BPO work?", subjects_of())
    composition = compose.compose(question, evidence_of(own), subjects_of(), parts=asked)
    tail = composition.sentences[-composition.further :]
    assert composition.text.endswith(composition.tail)
    assert ("**“Who?”**" in composition.tail, "**“When?”**" in composition.tail) == (True, True)
    assert [one.text for one in tail] == [one.text for one in (*more[:2], *more[3:5])]
    assert len(composition.sentences) - composition.further >= 2
    assert count_words(composition.text) - len(composition.citations) * 2 <= compose.WORDS


def test_of_an_answer_with_headings_each_part_is_quoted() -> None:
    documents = [
        make_document(
            "mail",
            "## In short\n\nMail is sorted.\n\n## When it pays\n\nIt pays at peaks.\n\nIt pays at night.\n\n"
            "## When it does not pay\n\nIt fails in strikes.\n",
            title="Should we outsource mail?",
            kind="decision",
            aliases=("mail",),
        )
    ]
    found = parse("Should we outsource mail?", subjects_of(documents))
    chosen = compose.brief(
        found, evidence_of(candidates_of(documents[0]), focus=("reference/mail",)), subjects_of(documents), 3
    )
    assert [one.text for one in chosen] == ["Mail is sorted.", "It pays at peaks.", "It fails in strikes."]


def _board(assistant: Assistant, encoder: FakeEncoder) -> None:
    asked = {"Who should sit on the governing board?": "members of both firms"}
    fill(assistant.library, encoder, [make_document("board", f"## Members\n\n{BOARD}\n", questions=asked)])


def test_the_second_of_two_questions_stands_under_its_own_heading(make_assistant: Make, encoder: FakeEncoder) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    answer = assistant.ask(BOTH)
    assert answer.outcome == "answered"
    assert f"**“Who should sit on the governing board?”**\n\n*Board*\n\n- {BOARD}" in answer.text
    cited = {citation.passage_id for citation in answer.citations}
    assert cited <= {hit.passage.id for hit in answer.hits}
    assert answer.citations[-1].quote == BOARD


def test_what_else_was_asked_stays_below_a_draft(make_assistant: Make, encoder: FakeEncoder) -> None:
    model = FakeModel("KPO is bought to gain knowledge [1]. BPO is bought to cut cost [2].")
    assistant = make_assistant(model, retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    answer = assistant.ask(BOTH)
    assert answer.mode == "drafted"
    heading = "**“Who should sit on the governing board?”**\n\n"
    assert answer.text.split(heading)[1].startswith(f"*Board*\n\n- {BOARD} [")
    assert [one.text for one in answer.sentences][-1] == BOARD
    assert {n for one in answer.sentences for n in one.citations} == {one.number for one in answer.citations}


def test_what_the_library_has_nothing_on_is_named_above_the_answer(make_assistant: Make) -> None:
    answer = make_assistant().ask(
        "What is the difference between BPO and KPO? And who knows everything about needs and duty?"
    )
    assert answer.missing == "The library says little on “Who knows everything about needs and duty?”."
    assert answer.text.startswith(f"{answer.missing}\n\n")
    assert "| BPO | KPO |" in answer.text


def test_the_users_own_documents_answer_a_part(make_assistant: Make, encoder: FakeEncoder) -> None:
    assistant = make_assistant()
    own = "Our governing board has Ada and Bo who sit on it each Monday."
    fill(assistant.library, encoder, [make_document("ours", f"{own}\n", collection="mine")])
    answer = assistant.ask(BOTH)
    assert own in [citation.quote for citation in answer.citations]
    assert "says little" not in answer.text
