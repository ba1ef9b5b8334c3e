from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant import draft
from assistant.assistant import Assistant, create
from assistant.errors import ChatModelError, OutOfTime, QuestionError
from assistant.intent import Intent
from assistant.outcome import REFUSALS
from assistant.text import count_words
from assistant.types import (
    Answer,
    Answered,
    Composed,
    Found,
    Replaced,
    Searching,
    SentenceReady,
    Turn,
)
from eval.metrics import broken_invariants
from ingest.errors import LibraryMissing
from ingest.library import Library
from ingest.sync import fill, open_library
from settings import Draft, Settings
from tests.assistant.made import candidates_of
from tests.conftest import DOCUMENTS, FakeEncoder, FakeModel, make_document

Make = Callable[..., Assistant]
TEXTS = {document.id: document.text for document in DOCUMENTS}
DECISION = "Should we outsource payroll?"
JOINED = (
    "Outsourcing payroll pays when one clerk knows everything, but not when good software already serves a small staff"
)
WHOLE = (
    "Outsourcing payroll leaves the tax duty with the employer [3]. "
    f"{JOINED} [1]. "
    "Outsourced payroll exposes bank details of staff [2]."
)
QUICK = Draft.model_validate({"time_limit_s": 0.2})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Library, FakeEncoder]]:
    folder = tmp_path_factory.mktemp("shared")
    settings = Settings(data_dir=folder, chat_model="none", verifier="words", offline=True)
    encoder = FakeEncoder()
    library = open_library(settings, encoder)
    fill(library, encoder, DOCUMENTS)
    yield settings, library, encoder
    library.close()


class Cut(FakeModel):
    """A larger model that writes at once, and then is out of time."""

    def __init__(self, says: str) -> None:
        super().__init__(says, small=False)

    def stream(self, *_: Any, **__: Any) -> Iterator[str]:
        yield str(self.says)
        raise OutOfTime("the chat model took longer than the time limit")


@pytest.fixture
def make_assistant(shared: tuple[Settings, Library, FakeEncoder]) -> Make:
    """Over one library for the whole module: these tests only read it."""
    settings, library, encoder = shared

    def make(model: FakeModel | None = None, **changes: object) -> Assistant:
        return Assistant(settings.model_copy(update=changes), library, encoder, model)

    return make


def same_but_for_timings(one: Answer, other: Answer) -> bool:
    return replace(one, timings=other.timings) == other


def test_composed_events_come_in_order(make_assistant: Make) -> None:
    events = list(make_assistant().stream(DECISION))
    assert [type(event) for event in events] == [Searching, Found, Composed, Answered]
    searching, found, composed, answered = events
    assert isinstance(searching, Searching)
    assert isinstance(found, Found)
    assert isinstance(composed, Composed)
    assert isinstance(answered, Answered)
    assert searching.standalone_question == DECISION
    assert found.hits == answered.answer.hits[: len(found.hits)]
    assert composed.drafting is False
    assert same_but_for_timings(composed.answer, answered.answer)


def test_drafted_events_come_in_order(make_assistant: Make) -> None:
    events = list(make_assistant(FakeModel(WHOLE, small=False)).stream(DECISION))
    assert [type(event) for event in events] == [
        Searching,
        Found,
        Composed,
        *[SentenceReady] * 3,
        Replaced,
        Answered,
    ]
    composed, ready, _, _, replaced, answered = events[2:]
    assert isinstance(composed, Composed)
    assert isinstance(ready, SentenceReady)
    assert isinstance(replaced, Replaced)
    assert isinstance(answered, Answered)
    assert (composed.drafting, composed.answer.mode) == (True, "composed")
    assert ready.sentence == answered.answer.sentences[0]
    assert same_but_for_timings(replaced.answer, answered.answer)


def test_ask_is_the_end_of_the_stream(make_assistant: Make) -> None:
    assistant = make_assistant(FakeModel(WHOLE))
    last = list(assistant.stream(DECISION))[-1]
    assert isinstance(last, Answered)
    assert same_but_for_timings(assistant.ask(DECISION), last.answer)


def test_what_has_happened_has_its_time(make_assistant: Make) -> None:
    timings = make_assistant(FakeModel(WHOLE)).ask(DECISION).timings
    assert timings.first_sentence_ms is not None
    assert 0 < timings.found_ms <= timings.composed_ms <= timings.first_sentence_ms <= timings.total_ms
    assert make_assistant().ask(DECISION).timings.first_sentence_ms is None


def test_composed_mode_never_calls_the_model(make_assistant: Make) -> None:
    model = FakeModel(WHOLE)
    answer = make_assistant(model, answer_mode="composed").ask(DECISION)
    assert model.asked == []
    assert (answer.mode, answer.model) == ("composed", "fake")


@pytest.mark.parametrize("question", ["Why do cats purr?", "How much does BPO cost?"])
def test_the_model_is_not_called_where_there_is_nothing_to_answer_with(make_assistant: Make, question: str) -> None:
    model = FakeModel("Cats purr.")
    assert make_assistant(model).ask(question).mode == "composed"
    assert model.asked == []


@pytest.mark.parametrize(
    ("says", "dropped"),
    [
        ("I am sorry, but the facts do not answer this.", 1),
        ("Cats purr when they are content. Dogs bark at 300 strangers.", 2),
        ("It depends.", 1),
        ("Outsourcing payroll pays when one clerk knows everything", 0),  # no full stop: cut off
        ("", 0),
        ("\n\n", 0),
    ],
)
@pytest.mark.parametrize("small", [True, False])
def test_a_refusal_or_nonsense_leaves_the_composed_answer(
    make_assistant: Make, says: str, dropped: int, small: bool
) -> None:
    composed = make_assistant().ask(DECISION)
    answer = make_assistant(FakeModel(says, small=small)).ask(DECISION)
    assert (answer.outcome, answer.mode, answer.notice) == ("answered", "composed", None)
    assert (answer.text, answer.sentences, answer.citations) == (
        composed.text,
        composed.sentences,
        composed.citations,
    )
    assert len(answer.dropped) == dropped
    assert all(one.reason for one in answer.dropped)


@pytest.mark.parametrize("small", [True, False])
def test_an_error_of_the_model_is_a_notice(make_assistant: Make, small: bool) -> None:
    composed = make_assistant().ask(DECISION)
    answer = make_assistant(FakeModel(ChatModelError("the chat model is away"), small=small)).ask(DECISION)
    assert (answer.notice, answer.mode, answer.text) == ("the chat model is away", "composed", composed.text)


@pytest.mark.parametrize("small", [True, False])
def test_the_time_limit_of_the_model_is_a_notice(make_assistant: Make, small: bool) -> None:
    composed = make_assistant().ask(DECISION)
    model = FakeModel(WHOLE, small=small, pause=0.05)
    begin = time.monotonic()
    answer = make_assistant(model, draft=QUICK).ask(DECISION)
    assert time.monotonic() - begin < 2
    assert answer.notice == "the chat model took longer than the time limit"
    assert (answer.mode, answer.text) == ("composed", composed.text)


def test_a_judge_without_time_left_is_said(make_assistant: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    composed = make_assistant().ask(DECISION)
    monkeypatch.setattr(draft, "judged", lambda *_: None)
    answer = make_assistant(FakeModel(WHOLE, small=False)).ask(DECISION)
    assert (answer.notice, answer.dropped) == ("there was no time left to check what it wrote", ())
    assert (answer.mode, answer.text) == ("composed", composed.text)


def test_what_has_passed_when_the_time_is_up_stays(make_assistant: Make) -> None:
    answer = make_assistant(Cut(WHOLE.removesuffix("of staff [2]."))).ask(DECISION)
    assert (answer.mode, answer.notice) == ("drafted", None)
    assert [sentence.text for sentence in answer.sentences[:2]] == [
        "Outsourcing payroll leaves the tax duty with the employer.",
        f"{JOINED}.",
    ]


def test_a_draft_has_more_time_while_its_judge_is_loading(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = FakeModel(WHOLE, small=False, pause=0.02)
    loading: Any = FakeModel()
    assistant = make_assistant(model, draft=QUICK)
    assert assistant.ready
    assert assistant.ask(DECISION).notice == "the chat model took longer than the time limit"
    monkeypatch.setattr(FakeModel, "ready", property(lambda self: self is not loading))
    assistant._judge = loading
    assert not assistant.ready
    assert assistant.ask(DECISION).notice is None


def test_the_words_of_a_model_stand_on_top_of_what_it_did_not_come_to(make_assistant: Make) -> None:
    composed = make_assistant().ask(DECISION)
    events = list(make_assistant(FakeModel(WHOLE, small=False)).stream(DECISION))
    assert [type(event) for event in events[2:]] == [Composed, *[SentenceReady] * 3, Replaced, Answered]
    last = events[-1]
    assert isinstance(last, Answered)
    answer = last.answer
    assert answer.mode == "drafted"
    written, below = answer.sentences[:3], answer.sentences[3:]
    assert [sentence.text for sentence in written] == [
        "Outsourcing payroll leaves the tax duty with the employer.",
        f"{JOINED}.",
        "Outsourced payroll exposes bank details of staff.",
    ]
    assert [sentence.role for sentence in written] == ["verdict", "claim", "claim"]
    cited = {number for sentence in written for number in sentence.citations}
    left = [sentence for sentence in composed.sentences if not cited & set(sentence.citations)]
    assert left
    assert [(s.text, s.citations, s.support) for s in below] == [(s.text, s.citations, "quoted") for s in left]
    assert answer.text.index("**Also, in the sources’ words**") < answer.text.index(left[0].text)
    used = {number for sentence in answer.sentences for number in sentence.citations}
    assert {citation.number for citation in answer.citations} == used
    assert broken_invariants(answer, TEXTS) == []


def test_what_a_model_writes_leaves_that_much_less_room_for_quotes(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.compose.WORDS", dict.fromkeys(("brief", "usual", "entire"), 55))
    answer = make_assistant(FakeModel(WHOLE, small=False)).ask(DECISION)
    assert len(answer.sentences) > 3
    assert sum(count_words(sentence.text) for sentence in answer.sentences) <= 50


def test_a_model_is_not_heard_beyond_the_words_of_an_answer(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.compose.WORDS", dict.fromkeys(("brief", "usual", "entire"), 30))
    answer = make_assistant(FakeModel(WHOLE, small=False)).ask(DECISION)
    assert [s.text for s in answer.sentences if s.support == "supported"] == [
        "Outsourcing payroll leaves the tax duty with the employer.",
        f"{JOINED}.",
    ]
    assert answer.dropped == ()


@pytest.mark.parametrize(
    "says",
    [
        "Outsourced payroll exposes bank details of staff.",
        f"{JOINED}. Outsourced payroll exposes bank details of staff. Cats purr. Dogs bark. Birds sing songs.",
    ],
)
def test_too_little_of_a_larger_model_falls_back(make_assistant: Make, says: str) -> None:
    composed = make_assistant().ask(DECISION)
    events = list(make_assistant(FakeModel(says, small=False)).stream(DECISION))
    last = events[-1]
    assert isinstance(last, Answered)
    assert (last.answer.mode, last.answer.text) == ("composed", composed.text)
    assert not any(isinstance(event, Replaced) for event in events)


def test_a_larger_model_cut_off_after_one_sentence_falls_back(make_assistant: Make) -> None:
    composed = make_assistant().ask(DECISION)
    answer = make_assistant(Cut(WHOLE.partition(" when one clerk")[0])).ask(DECISION)
    assert (answer.mode, answer.text) == ("composed", composed.text)
    assert answer.notice == "the chat model took longer than the time limit"


def test_the_models_own_markers_are_attributed_anew(make_assistant: Make) -> None:
    composed = make_assistant().ask(DECISION)
    answer = make_assistant(FakeModel(WHOLE.replace("[1]", "[8][9]"))).ask(DECISION)
    quoted = {sentence.text: sentence.citations for sentence in composed.sentences}
    joined = next(sentence for sentence in answer.sentences if sentence.text == f"{JOINED}.")
    assert len(joined.citations) == 2
    assert set(joined.citations) <= {number for numbers in quoted.values() for number in numbers}
    assert "[8]" not in answer.text


def test_of_a_mixed_draft_only_what_passes_is_shown(make_assistant: Make) -> None:
    answer = make_assistant(FakeModel(f"It saves 40% at once. {WHOLE} Cats purr loudly.", small=False)).ask(DECISION)
    assert answer.mode == "drafted"
    assert "40%" not in answer.text
    assert "purr" not in answer.text
    assert [one.text for one in answer.dropped] == ["It saves 40% at once.", "Cats purr loudly."]


WRONG = ("Cats purr loudly.", "Dogs bark at strangers.", "Owls hoot at midnight.", "Cows moo on Sundays.")


def test_a_small_models_writing_ends_where_little_is_likely_to_pass(make_assistant: Make) -> None:
    composed = make_assistant().ask(DECISION)
    answer = make_assistant(FakeModel(f"{' '.join(WRONG)} {WHOLE}")).ask(DECISION)
    assert [one.text for one in answer.dropped] == list(WRONG[:3])
    assert (answer.mode, answer.text) == ("composed", composed.text)


def test_a_larger_model_may_begin_badly(make_assistant: Make) -> None:
    answer = make_assistant(FakeModel(f"{' '.join(WRONG[:3])} {WHOLE}", small=False)).ask(DECISION)
    assert [one.text for one in answer.dropped] == list(WRONG[:3])
    assert answer.mode == "drafted"


def test_writing_ends_where_a_model_begins_again(make_assistant: Make) -> None:
    once = make_assistant(FakeModel(WHOLE, small=False)).ask(DECISION)
    again = make_assistant(FakeModel(f"{WHOLE} {WRONG[0]} {WHOLE} {WRONG[1]}", small=False)).ask(DECISION)
    assert once.mode == again.mode == "drafted"
    assert again.text == once.text
    assert [one.text for one in again.dropped] == [WRONG[0]]


def test_a_dropped_sentence_is_judged_once(make_assistant: Make) -> None:
    answer = make_assistant(FakeModel(f"{WHOLE} {WRONG[0]} {WRONG[0]} {WRONG[1]}", small=False)).ask(DECISION)
    assert [one.text for one in answer.dropped] == list(WRONG[:2])


def test_an_empty_question_is_an_error(make_assistant: Make) -> None:
    with pytest.raises(QuestionError, match="the question is empty"):
        make_assistant().ask(" \n")


def test_a_question_that_is_too_long_is_an_error(make_assistant: Make) -> None:
    with pytest.raises(QuestionError, match="100,000 characters"):
        make_assistant().ask("a" * 100_000)


def test_a_library_without_documents_is_an_error(
    settings: Settings, empty_library: Library, encoder: FakeEncoder
) -> None:
    with pytest.raises(LibraryMissing, match="outsourcing ingest"):
        Assistant(settings, empty_library, encoder, None).ask("What is BPO?")


def test_after_an_error_the_next_question_is_answered(make_assistant: Make) -> None:
    assistant = make_assistant()
    with pytest.raises(QuestionError):
        assistant.ask("")
    assert assistant.ask("What is BPO?").outcome == "answered"


def test_a_refused_answer_has_no_citations(make_assistant: Make) -> None:
    answer = make_assistant(FakeModel("Cats purr.")).ask("Why do cats purr?")
    assert answer.outcome == "refused"
    assert (answer.sentences, answer.citations, answer.nearest, answer.dropped) == ((), (), (), ())
    assert answer.text == answer.missing == "The library is about outsourcing and holds nothing on this question."


def test_the_nearest_passages_are_quoted_and_numbered(make_assistant: Make) -> None:
    answer = make_assistant().ask("How much does BPO cost?")
    assert answer.outcome == "nearest"
    assert answer.nearest == answer.citations
    assert [citation.number for citation in answer.nearest] == [1, 2, 3]
    assert [sentence.role for sentence in answer.sentences] == ["note", "note", "note"]
    assert answer.text.startswith("The library gives no figure for this. A document on exactly this would help")


def test_a_follow_up_is_answered_as_a_question_of_its_own(make_assistant: Make) -> None:
    history = [Turn("user", "What are the risks of KPO?"), Turn("assistant", "None are known.")]
    answer = make_assistant().ask("What about BPO?", history)
    assert (answer.question, answer.standalone_question) == ("What about BPO?", "What are the risks of BPO?")
    assert answer.sentences[0].text == "BPO can lock a client into one supplier."


def test_a_follow_up_is_private_only_if_the_question_before_was(make_assistant: Make) -> None:
    def after(before: str, question: str) -> str:
        return make_assistant().ask(question, [Turn("user", before), Turn("assistant", "None.")]).outcome

    assert after("What are the risks of BPO?", "And is that paid, paid, paid?") == "answered"
    assert after("What are the risks of BPO?", "And is that what we paid, paid, paid?") == "refused"
    assert after("What was paid, paid, paid for BPO?", "And is that paid, paid, paid?") == "refused"


def test_what_follows_an_answer_is_private_only_if_the_question_before_surely_was(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant()
    monkeypatch.setattr(assistant.reader, "intent", lambda _: Intent(0.3, private=0.7))
    for said, outcome in (
        ("BPO bills.", "answered"),
        (REFUSALS[-2], "refused"),
        ("**From your documents**", "refused"),
    ):
        history = [Turn("user", "How does BPO bill?"), Turn("assistant", said)]
        assert assistant.ask("And the risks of that?", history).outcome == outcome


def test_a_courtesy_asks_nothing_of_the_users_documents(
    settings: Settings, library: Library, encoder: FakeEncoder
) -> None:
    fill(library, encoder, [make_document("notes", "## Notes\n\nThanks to all of our staff.\n", collection="mine")])
    answer = Assistant(settings, library, encoder, None).ask("Thanks!")
    assert (answer.outcome, answer.hits and answer.citations) == ("refused", ())


def test_only_the_scope_is_cited(settings: Settings, library: Library, encoder: FakeEncoder) -> None:
    notes = make_document("notes", "## Payroll\n\nPayroll of our staff is run by hand.\n", collection="mine")
    fill(library, encoder, [notes])
    assistant = Assistant(settings, library, encoder, None)
    mine = assistant.ask("Who runs payroll by hand?", scope=("mine",))
    assert mine.scope == ("mine",)
    assert {hit.passage.document_id for hit in mine.hits} == {"mine/notes"}
    assert {citation.document_id for citation in mine.citations} == {"mine/notes"}
    assert assistant.ask("Who runs payroll by hand?").scope == ("mine", "reference")


def test_a_change_of_the_library_is_seen(settings: Settings, library: Library, encoder: FakeEncoder) -> None:
    assistant = Assistant(settings, library, encoder, None)
    before = assistant.ask("What is BPO?")
    zeta = make_document("zeta", "## In short\n\nZeta work is the running of zetas.\n", title="Zeta", aliases=("zeta",))
    fill(library, encoder, [zeta])
    answer = assistant.ask("What is zeta?")
    assert answer.sentences[0].text == "Zeta work is the running of zetas."
    assert answer.index != before.index


def test_drafting_without_a_chat_model_is_a_stated_error(settings: Settings) -> None:
    with pytest.raises(ChatModelError, match="mode drafted needs a chat model: set chat_model"):
        create(settings.model_copy(update={"answer_mode": "drafted"}))


def test_where_too_little_passes_it_is_said(make_assistant: Make) -> None:
    answer = make_assistant(FakeModel("Outsourced payroll exposes bank details of staff.", small=False)).ask(DECISION)
    assert (answer.mode, answer.notice) == ("composed", "too little of what it wrote passed the checks")


def test_close_closes_the_model(settings: Settings, library: Library, encoder: FakeEncoder) -> None:
    model = FakeModel("")
    Assistant(settings, library, encoder, model).close()
    assert model.closed is True


def test_once_stopped_the_composed_answer_stands(make_assistant: Make) -> None:
    composed = make_assistant().ask(DECISION)
    events = list(make_assistant(FakeModel(WHOLE)).stream(DECISION, stopped=lambda: True))
    last = events[-1]
    assert isinstance(last, Answered)
    assert (last.answer.mode, last.answer.text) == ("composed", composed.text)


def test_warming_asks_the_model_nothing(make_assistant: Make) -> None:
    model = FakeModel("BPO pays.")
    make_assistant(model).warm()
    assert model.asked == []


KEYS = {
    "question", "standalone_question", "scope", "outcome", "missing", "shape", "mode", "text", "sentences", "dropped",
    "citations", "nearest", "hits", "model", "index", "fingerprints", "timings", "notice",
}  # fmt: skip


@pytest.mark.parametrize("question", [DECISION, "How much does BPO cost?", "Why do cats purr?"])
def test_the_json_has_the_keys_of_the_contract(make_assistant: Make, question: str) -> None:
    data = make_assistant(FakeModel(f"{WHOLE} Cats purr at night.")).ask(question).to_json()
    assert set(data) == KEYS
    assert set(data["timings"]) == {"found_ms", "composed_ms", "first_sentence_ms", "total_ms"}
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(data, ensure_ascii=False))


def test_the_parts_of_the_json_have_the_keys_of_the_contract(make_assistant: Make) -> None:
    data = make_assistant(FakeModel(f"{WHOLE} Cats purr at night.")).ask(DECISION).to_json()
    assert {frozenset(one) for one in data["sentences"]} == {
        frozenset({"text", "role", "citations", "support", "score"})
    }
    assert {frozenset(one) for one in data["dropped"]} == {frozenset({"text", "reason"})}
    assert {frozenset(one) for one in data["citations"]} == {
        frozenset({"number", "passage_id", "document_id", "title", "origin", "headings", "page", "start", "end",
                   "quote", "sources"})
    }  # fmt: skip
    assert {frozenset(one) for citation in data["citations"] for one in citation["sources"]} == {
        frozenset({"title", "publisher", "kind", "year", "url"})
    }
    assert {frozenset(one) for one in data["hits"]} == {frozenset({"passage_id", "document_id", "score", "text"})}


def test_only_a_larger_model_is_asked_to_make_a_question_stand_alone(make_assistant: Make) -> None:
    history = [Turn("user", "What is BPO?"), Turn("assistant", "BPO is … [1]")]
    said = "What is payroll?"
    large = make_assistant(FakeModel(said, small=False))
    assert large.ask("And the other?", history).standalone_question == said
    assert large.ask("And the other?").standalone_question == "And the other?"
    for model, mode in ((FakeModel(said), "auto"), (FakeModel(said, small=False), "composed")):
        asked = make_assistant(model, answer_mode=mode).ask("And the other?", history).standalone_question
        assert asked == "And the other (bpo)?"


@pytest.mark.parametrize("question", [DECISION, "How much does BPO cost?", "Why do cats purr?"])
def test_an_answer_comes_back_from_its_json_as_it_was(make_assistant: Make, question: str) -> None:
    data = json.loads(json.dumps(make_assistant(FakeModel(f"{WHOLE} Cats purr at night.")).ask(question).to_json()))
    back = Answer.from_json(data).to_json()
    assert back.pop("hits") == []
    del data["hits"]
    assert json.loads(json.dumps(back)) == data


def test_one_library_and_settings_make_one_composed_answer(make_assistant: Make) -> None:
    first, again = make_assistant().ask(DECISION), make_assistant().ask(DECISION)
    assert first.fingerprints == again.fingerprints
    assert replace(first, timings=again.timings) == again


def test_the_fingerprints_tell_what_changed(make_assistant: Make) -> None:
    before = make_assistant().ask(DECISION).fingerprints
    drafted = make_assistant(FakeModel(), draft=QUICK).ask(DECISION).fingerprints
    assert before.library == drafted.library
    assert before.prompts == drafted.prompts
    assert before.program == drafted.program == version("outsourcing-assistant")
    assert (before.model, drafted.model) == ("none", FakeModel().name)
    assert before.settings != drafted.settings


def test_the_json_of_a_question_with_broken_characters_can_be_written(make_assistant: Make) -> None:
    data = make_assistant().ask("What is \ud800BPO?").to_json()
    assert json.dumps(data, ensure_ascii=False).encode("utf-8").startswith(b'{"question": "What is ')


# -- whatever is asked and said ---------------------------------------------------------------------------------


SAID = [candidate.text for document in DOCUMENTS for candidate in candidates_of(document)]
QUESTIONS = st.lists(
    st.sampled_from(
        """What is BPO KPO payroll wage slips difference between and or versus should we outsource risks of the cost
        benefits list all cheaper better law GDPR 2020 2031 how much Contoso data why [1] [99] | * <b> tax employer
        bank details survey handbook cats tonight supplier judgement it ? .""".split()
    ),
    min_size=1,
    max_size=10,
).map(" ".join)
NOISE = st.sampled_from(
    [
        "[1]",
        "[99].",
        "Cats purr.",
        "but",
        "and",
        "while",
        "not",
        "It pays 40%.",
        "<script>",
        "| a | b |",
        "\\[7]",
        "!",
        "?",
    ]
)
SPEECH = st.lists(
    st.one_of(st.sampled_from(SAID), st.sampled_from(SAID).map(lambda s: s.rstrip(".")), NOISE), max_size=8
)


@given(QUESTIONS, SPEECH.map(" ".join), st.booleans())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_answer_breaks_an_invariant(
    shared: tuple[Settings, Library, FakeEncoder], question: str, says: str, small: bool
) -> None:
    try:
        answer = Assistant(*shared, FakeModel(says, small=small)).ask(question)
    except QuestionError:
        assert not any(c.isalnum() for c in question)
        return
    assert broken_invariants(answer, TEXTS) == []
    assert answer.outcome in ("answered", "nearest", "refused")
    assert answer.outcome == "answered" or answer.missing
    assert not answer.missing or answer.text.startswith(answer.missing)
    json.dumps(answer.to_json())
