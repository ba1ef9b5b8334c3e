from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chat_model import Message, Stopped, never
from assistant.disputes import DISAGREE
from assistant.draft import Book, facts, judged, merged, repeats, sentences, settle, without_markers, write
from assistant.errors import ChatModelError
from assistant.evidence import Candidate
from assistant.layout import Block, render
from assistant.types import Answer, Dropped, Sentence
from assistant.verify import Verdict, WordVerifier
from settings import Draft
from tests.assistant import made
from tests.conftest import FakeModel

SETTINGS = Draft.model_validate({})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is here. Two is here!", ["One is here.", "Two is here!"]),
        ("It costs 3.5 million. Then it fell.", ["It costs 3.5 million.", "Then it fell."]),
        ("One [1][2]. Two [3].", ["One [1][2].", "Two [3]."]),
        ("One. [1] Two. [2][3] Three. [1, 2]", ["One. [1]", "Two. [2][3]", "Three. [1, 2]"]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        (
            "Work such as payroll, e.g. wage slips, counts.",
            ["Work such as payroll, e.g. wage slips, counts."],
        ),
        ("Is it so? Yes.\nIt is.", ["Is it so?", "Yes.", "It is."]),
        ("One is here. Two is unfin", ["One is here."]),
        ("Unfinished", []),
        ("One is here. [1", ["One is here."]),
        ("One is here. Two is here [1, 2", ["One is here."]),
        ("One. [1]  [2] Two.", ["One. [1]  [2]", "Two."]),
        ("  One.  \n", ["One."]),
        ("", []),
        (" \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences([text])) == expected
    assert list(sentences(text)) == expected


def cut(text: str, places: Sequence[int]) -> list[str]:
    edges = [0, *sorted({min(place, len(text)) for place in places}), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


WORDS = st.lists(
    st.sampled_from(
        [
            "BPO pays.",
            "KPO costs 3.5 million.",
            "Why?",
            "“Stop.”",
            "[1]",
            "[2][3]",
            "[1, 2]",
            "cheap",
            "e.g.",
            "20",
        ]
    ),
    max_size=12,
).map(" ".join)


@given(WORDS, st.lists(st.integers(0, 150), max_size=12))
def test_a_stream_cut_anywhere_gives_the_same_sentences(text: str, places: list[int]) -> None:
    assert list(sentences(cut(text, places))) == list(sentences([text]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A.", "B [1].", "“C!”", "d", "[1]", "[2]"]),
            st.sampled_from(["", " ", "\n", "  "]),
        ),
        max_size=8,
    )
)
def test_a_stream_that_comes_letter_by_letter_gives_the_same_sentences(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in parts)
    assert list(sentences(text)) == list(sentences([text]))


@pytest.mark.parametrize("gap", [" ", "  ", "\n", "\n\n", " \n"])
def test_a_marker_after_the_full_stop_stays_with_its_sentence_when_it_comes_in_pieces(gap: str) -> None:
    assert list(sentences(["One pays", ".", gap, "[", "1", "]", " Two costs."])) == [
        f"One pays.{gap}[1]",
        "Two costs.",
    ]


def test_sentences_come_as_soon_as_the_next_begins() -> None:
    taken: list[str] = []

    def pieces() -> Iterator[str]:
        for piece in ("One pays. [1] ", "Two", " costs. ", "Three"):
            taken.append(piece)
            yield piece

    stream = sentences(pieces())
    assert (next(stream), taken) == ("One pays. [1]", ["One pays. [1] ", "Two"])
    assert (next(stream), taken[-1]) == ("Two costs.", "Three")


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("BPO pays [1][2].", "BPO pays."),
        ("BPO pays. [1, 2]", "BPO pays."),
        ("BPO [1] pays [ 2 ; 3 ], but not always [4].", "BPO pays, but not always."),
        ("In [sic] 2020 it paid.", "In [sic] 2020 it paid."),
        ("BPO  pays\n well.", "BPO pays well."),
        ("No marker.", "No marker."),
    ],
)
def test_markers_are_taken_out(sentence: str, bare: str) -> None:
    assert without_markers(sentence) == bare


def test_the_model_is_shown_the_chosen_then_the_others_each_once() -> None:
    every = made.facts(*(f"Fact number {n} is said here." for n in range(10)))
    chosen = every[:4]
    assert [c.key for c in facts(chosen, tuple(reversed(every)))] == [c.key for c in (*every[:4], *reversed(every[4:]))]
    assert facts(chosen, ()) == every[:4]


def test_the_model_is_shown_at_most_700_words() -> None:
    long = made.facts(*(f"Fact {n} " + "word " * 97 + "ends." for n in range(9)))
    shown = facts(long[:2], long)
    assert sum(len(c.text.split()) for c in shown) == 700


def test_the_model_gets_the_question_and_the_numbered_facts_on_one_line_each() -> None:
    class Recording(FakeModel):
        limits: list[tuple[int, float]]

        def stream(
            self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
        ) -> Iterator[str]:
            self.limits = [(max_tokens, deadline)]
            return super().stream(messages, max_tokens, deadline, stopped)

    model = Recording("Said so.")
    known = made.facts("One fact\nin two lines.", "Another fact is here.")
    assert list(write(model, "Why?", known, SETTINGS, 1e12)) == ["Said so."]
    assert model.limits == [(SETTINGS.answer_tokens, 1e12)]
    assert model.asked[0][-1] == (
        "user",
        "Question: Why?\nFacts:\n[1] One fact in two lines.\n[2] Another fact is here.",
    )


SIDES = ("Some sources count LPO as KPO.", "Others set LPO beside KPO.")
CLAIMS = ("LPO is legal work.", "LPO needs lawyers who review it.", "Documents are read by LPO staff in shifts.")


def on_top(cited: Sequence[int], limit: int = 220, said: str = "") -> Answer:
    """A draft of two sentences on top of all claims and sides; it says these of them, or cites them and says `said`."""
    claims = made.facts(*CLAIMS)
    sides = made.facts(*SIDES, slug="dispute", heading="Where sources disagree")
    composed = render([Block(None, "list", sentences=claims), Block(DISAGREE, "list", "note", sides)])
    question = Answer("", "", (), "answered", None, "lookup", "composed", composed.text, composed.sentences)
    book = Book(composed.citations)
    sources = [composed.chosen[one] for one in cited]
    numbers = enumerate(map(book.number, sources))
    kept = [Sentence(said or sources[n].text, "claim", (number,), "supported", 1.0) for n, number in numbers]
    return merged(question, limit, composed, kept, (), book, None)


def quoted(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences if sentence.support == "quoted"]


def test_what_a_draft_did_not_come_to_stays_below_with_its_number() -> None:
    answer = on_top([0, 1])
    assert quoted(answer) == [CLAIMS[2], *SIDES]
    written, heading = answer.text.split("\n\n")[:2]
    assert (written, heading) == (f"{CLAIMS[0]} [1] {CLAIMS[1]} [2]", "**Also, in the sources’ words**")
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,), (3,), (4,), (5,)]


def test_a_source_that_a_draft_tells_in_part_stays_below_whole() -> None:
    assert quoted(on_top([0, 1], said="LPO needs some work.")) == [*CLAIMS, *SIDES]
    assert quoted(on_top([1, 1], said="LPO needs lawyers, who review.")) == [CLAIMS[0], CLAIMS[2], *SIDES]


def test_a_sentence_that_begins_again_repeats() -> None:
    kept = [Sentence("Providers of payroll bill by the payslip each month.", "claim", (1,), "supported", 1.0)]
    assert repeats("Payroll providers bill each month, by the payslip.", kept)
    assert not repeats("Payroll providers bill each month for corrections and letters.", kept)
    dropped = [Dropped("Providers of payroll bill by the payslip each month.", "no source says it")]
    assert repeats("Providers of payroll bill by the payslip each month.", dropped)
    assert not repeats("Providers of payroll do not bill by the payslip each month.", dropped)


def test_a_dispute_stays_whole_under_its_heading_or_goes() -> None:
    assert quoted(on_top([0, 3])) == [*CLAIMS[1:], *SIDES]
    assert f"**{DISAGREE}**" in on_top([0, 3]).text
    assert quoted(on_top([3, 4])) == list(CLAIMS)
    assert DISAGREE not in on_top([3, 4]).text
    said = 10  # words of the draft
    assert quoted(on_top([0, 1], said + 3 + 11)) == list(SIDES)  # their heading, and six and five words
    assert quoted(on_top([0, 1], said + 3 + 10)) == []
    alone = on_top([3, 4], 11 + 5 + 1 + 4)  # a heading, a title, and one claim of four words
    assert quoted(alone) == [CLAIMS[0]]
    assert "**Also, in the sources’ words**\n\n*Facts*\n\n- LPO is" in alone.text
    assert quoted(on_top([3, 4], 11 + 5 + 1 + 3)) == []


class Slow:
    """Judges when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        self.let.wait(20)
        return WordVerifier().judge(sentence, sources)


def test_a_verdict_comes_through_as_it_is() -> None:
    sources = made.facts("Providers pay 30 firms.")
    verdict = judged(WordVerifier(), "Providers pay 30 firms.", sources, time.monotonic() + 20, never)
    assert verdict is not None
    assert (verdict.support, verdict.sources) == ("supported", tuple(sources))


def test_a_judge_that_is_not_done_in_time_has_said_nothing() -> None:
    slow = Slow()
    try:
        assert judged(slow, "Providers pay 30 firms.", (), time.monotonic() + 0.2, never) is None
    finally:
        slow.let.set()


def test_the_program_may_end_while_a_judge_is_busy() -> None:
    slow = Slow()
    try:
        assert judged(slow, "Providers pay 30 firms.", (), time.monotonic(), never) is None
        busy = [thread for thread in threading.enumerate() if thread.name == "verifier"]
        assert busy
        assert all(thread.daemon for thread in busy)
        threading.Timer(0.2, slow.let.set).start()
        settle(10)  # which is what Assistant.close does
        assert not any(thread.is_alive() for thread in busy)
    finally:
        slow.let.set()


def test_a_reader_who_has_had_enough_does_not_wait_for_the_judge() -> None:
    slow = Slow()
    begun = time.monotonic()
    try:
        with pytest.raises(ChatModelError, match="stopped"):
            judged(slow, "Providers pay 30 firms.", (), begun + 20, lambda: time.monotonic() > begun + 0.2)
        assert time.monotonic() < begun + 5
    finally:
        slow.let.set()


def test_what_a_verifier_fails_with_is_heard() -> None:
    class Broken:
        def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
            raise ChatModelError("the verifier does not answer")

    with pytest.raises(ChatModelError, match="the verifier does not answer"):
        judged(Broken(), "Providers pay 30 firms.", (), time.monotonic() + 20, never)
