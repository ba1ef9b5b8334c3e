from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from assistant import compose, parts
from assistant.asks import asks, quoted, to_the_point
from assistant.assistant import Assistant
from assistant.intent import Intent
from assistant.layout import Block, Composition, render
from assistant.outcome import NOTHING, Judgement
from assistant.parts import Part, anew, better, each, fit, left_out, unanswered
from assistant.question import MAX_CHARACTERS, parse
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
        ("What is KPO? And who uses it?", ["What is KPO?", "who uses it?"]),
        ("Is it safe and how much will it cost?", ["Is it safe?", "how much will it cost?"]),
        ("Is it normal, and can we forbid it?", ["Is it normal?", "can we forbid it?"]),
        ("Who pays?! And why so late?", ["Who pays?", "why so late?"]),
        ("What do we do when it fails and can we leave?", ["What do we do when it fails?", "can we leave?"]),
        ("Should we decide what to sell and what to keep?", ["Should we decide what to sell and what to keep?"]),
        ("We are in Leeds. What is KPO?", ["What is KPO?"]),
        ("Should we keep hiring and training?", ["Should we keep hiring and training?"]),
        ("Who hires and can fire?", ["Who hires and can fire?"]),
        ("Explain when and how to outsource payroll", ["Explain when and how to outsource payroll?"]),
        ("How do we decide what to sell and what to keep?", ["How do we decide what to sell and what to keep?"]),
        ("What differs between what we do and what they do?", ["What differs between what we do and what they do?"]),
        ("Should we sell it or should we keep it?", ["Should we sell it or should we keep it?"]),
        ("Who owns it, what if it fails, and do we pay?", ["Who owns it?", "what if it fails?", "do we pay?"]),
        ("What about temps, do they move?", ["What about temps, do they move?"]),
        ("When it ends, who pays for it?", ["When it ends, who pays for it?"]),
        ("tell me about BPO", ["tell me about BPO?"]),
        ("Explain what BPO is. Then list the risks.", ["Explain what BPO is?", "list the risks?"]),
        ("Explain BPO. Compare it with a team of our own.", ["Explain BPO?", "Compare it with a team of our own?"]),
        ("Explain it. What is BPO?", ["What is BPO?"]),
        ("How do we leave. Who pays?", ["How do we leave?", "Who pays?"]),
        ("I have two: what is an SLA, and who sets it?", ["I have two: what is an SLA?", "who sets it?"]),
    ],
)
def test_the_questions_of_a_text_also_two_in_one_sentence(text: str, found: list[str]) -> None:
    assert asks(text) == found


def test_a_quoted_question_has_nothing_that_looks_like_a_citation() -> None:
    assert quoted("who pays [7]?") == "“Who pays 7?”"
    assert quoted(" ".join(map(str, range(1, 20))) + "?") == "“1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 …?”"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "We are in Leeds. What is payroll? By the way, what does it cost?",
            [
                ("“What is payroll?”", "We are in Leeds. What is payroll?"),
                ("“What does it cost?”", "We are in Leeds. what does it cost (payroll)?"),
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
        (
            "What is payroll? What does it cost? And who checks it?",
            [
                ("“What is payroll?”", "What is payroll?"),
                ("“What does it cost?”", "What does it cost (payroll)?"),
                ("“Who checks it?”", "What does it cost (payroll)? who checks it?"),
            ],
        ),
        ("What is payroll?", []),
        ("What is payroll? And why?", []),
        ("What is payroll? Right? Any ideas? Thanks?", []),
    ],
)
def test_each_question_of_a_message_stands_alone(text: str, found: list[tuple[str, str]]) -> None:
    assert [(ask.quoted, ask.alone) for ask in each(text, (), subjects_of())] == found


def test_a_short_question_about_something_else_is_not_read_with_the_one_before(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant()
    asked = each("Should we outsource payroll? How tall is Everest?", (), subjects_of())[1]
    assert (asked.alone, asked.bare) == ("How tall is Everest (payroll)?", "How tall is Everest?")
    monkeypatch.setattr(
        "assistant.reader.judge",
        lambda one, *_: Judgement("refused", NOTHING) if one.text == asked.bare else Judgement("answered"),
    )
    monkeypatch.setattr("assistant.parts.FAR", 2.0)
    part = assistant.reader.part(asked, subjects_of(), (), False, True)
    assert (part.leans, part.missing) == (False, NOTHING)
    monkeypatch.setattr("assistant.parts.FAR", 0.0)
    part = assistant.reader.part(asked, subjects_of(), (), False, True)
    assert (part.leans, part.missing) == (True, None)


@pytest.mark.parametrize(
    ("question", "read_alone", "standalone"),
    [
        ("How tall is Everest?", True, "How tall is Everest?"),
        ("How tall is Everest?", False, "How tall is Everest (payroll)?"),
        ("Is it tall?", True, "Is it tall (payroll)?"),
        ("Why?", True, "Should we outsource payroll? Why?"),
    ],
)
def test_a_follow_up_that_refers_to_nothing_may_be_read_by_itself(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch, question: str, read_alone: bool, standalone: str
) -> None:
    monkeypatch.setattr(parts, "better", lambda *_: read_alone)
    before = [Turn("user", "Should we outsource payroll?"), Turn("assistant", "It pays.")]
    assert make_assistant().ask(question, before).standalone_question == standalone


@pytest.mark.parametrize(
    ("question", "near", "standalone"),
    [
        ("How many bidders?", True, "How many bidders (payroll)?"),
        ("How many bidders?", False, "How many bidders?"),
        ("How many bid for us?", True, "How many bid for us?"),
    ],
)
def test_what_sounds_private_by_itself_is_so_unless_it_follows_from_the_question_before(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch, question: str, near: bool, standalone: str
) -> None:
    monkeypatch.setattr("assistant.parts.ASKED", 0.0 if near else 2.0)
    assistant = make_assistant()
    alone = list(assistant.reader.vectors(question, (), ())[0])

    def kind(vector: Sequence[float]) -> Intent:
        return Intent(0.1, private=0.9) if list(vector) == alone else Intent()

    monkeypatch.setattr(assistant.reader, "intent", kind)
    answer = assistant.ask(question, [Turn("user", "What is payroll?"), Turn("assistant", "It is pay.")])
    assert answer.standalone_question == standalone
    told = f"What is payroll? {question}"
    (_, asked) = each(told, (), subjects_of())
    part = assistant.reader.part(asked, subjects_of(), (), False, True)
    assert (part.leans, part.private) == (standalone != question, standalone == question)


@pytest.mark.parametrize(
    ("alone", "with_", "better"),
    [
        ((True, None, 0.6), (True, None, 0.5), True),
        ((True, None, 0.5), (True, None, 0.6), False),
        ((True, None, 0.5), (False, None, 0.6), True),
        ((False, None, 0.6), (True, None, 0.5), False),
        ((False, "It is private.", 0.6), (True, None, 0.5), False),
    ],
)
def test_of_two_readings_the_one_that_comes_nearer_to_a_known_question_is_taken(
    alone: tuple[bool, str | None, float], with_: tuple[bool, str | None, float], better: bool
) -> None:
    (fact,) = candidates_of(make_document("bpo", "## Facts\n\nBPO is work for others.\n"))
    question = parse("What is BPO?", subjects_of())

    def part(answered: bool, missing: str | None, asked: float) -> Part:
        evidence = evidence_of([replace(fact, asked=asked)])
        evidence = replace(evidence, hits=(Hit(fact.passage, "BPO", 0.5, 0.5),))
        return Part("“What is BPO?”", answered=answered, missing=missing, found=(question, evidence))

    assert parts.better(part(*alone), part(*with_)) is better


def test_a_short_question_on_every_kind_of_work_is_read_with_the_kind_that_was_named() -> None:
    asked = each("Should we outsource payroll? Why does BPO fail?", (), subjects_of())
    assert asked[1].alone == "Why does BPO fail (payroll)?"
    alone = each("Should we outsource payroll? What is BPO?", (), subjects_of())
    assert alone[1].alone == "What is BPO?"


def test_a_question_without_its_mark_is_not_told_to_the_others() -> None:
    asked = each(
        "We sell mail. Who audits the payroll runs? Also what is a fair price for late mail", (), subjects_of()
    )
    alone = ["We sell mail. Who audits the payroll runs?", "We sell mail. what is a fair price for late mail?"]
    assert [ask.alone for ask in asked] == alone


def test_of_many_questions_the_last_are_named_and_not_looked_at(make_assistant: Make) -> None:
    text = (
        "What is payroll? Why? Who runs payroll? Who checks payroll? Who pays for payroll? And who audits the payroll"
    )
    asked = ["“What is payroll?”", "“Who runs payroll?”", "“Who checks payroll?”", "“Who pays for payroll?”"]
    assert [ask.quoted for ask in each(text, (), subjects_of())] == asked
    assert (make_assistant().ask(text).missing or "").endswith("please ask by themselves: “Who audits the payroll?”.")
    many = " ".join(f"Who is number {one}?" for one in range(1, 20))
    assert parts.too_many(many) == (
        "More questions than one message can ask; please ask by themselves: “Who is number 5?”, “Who is number 6?”, "
        "“Who is number 7?”, “Who is number 8?” and 11 more."
    )
    assert parts.too_many("What is payroll? Who runs payroll?") is None


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Great, thanks. What about the costs?", "What about the costs?"),
        ("Thanks! That's great.", "Thanks! That's great."),
        ("Should we outsource payroll? If not, why not?", "Should we outsource payroll?"),
        ("Should we outsource payroll, and if not, why not?", "Should we outsource payroll?"),
        ("1. Who pays? 2. Who signs?", "Who pays? Who signs?"),
        ("a) Who pays? b) Who signs?", "Who pays? Who signs?"),
        ("Under section 3. Who pays?", "Under section 3. Who pays?"),
    ],
)
def test_a_message_is_read_to_the_point(text: str, point: str) -> None:
    assert to_the_point(text) == point


def test_a_short_question_is_read_with_the_kind_of_work_last_named() -> None:
    asked = each("Should we outsource payroll? What does a BPO do? Who pays?", (), subjects_of())
    assert asked[2].alone == "Who pays (payroll)?"


def test_a_long_message_is_never_made_too_long() -> None:
    text = f"{'We sell letters in Leeds. ' * 145}What is the price of payroll there? And who carries the risk of it?"
    found = each(text, (), subjects_of())
    assert len(found) == 2
    assert max(len(made) for ask in found for made in (ask.alone, ask.after)) <= MAX_CHARACTERS


def test_a_follow_up_of_one_question_has_no_parts_and_one_of_two_has_its_own() -> None:
    history = (Turn("user", "What are the risks of payroll?"), Turn("assistant", "Some."))
    assert each("Who carries them?", history, subjects_of()) == []
    found = each("Who carries them? And who insures them?", history, subjects_of())
    assert [ask.quoted for ask in found] == ["“Who carries them?”", "“Who insures them?”"]
    assert found[0].alone == "What are the risks of payroll? Who carries them?"


def test_what_the_answer_to_the_whole_has_is_not_added() -> None:
    first, second, third, mine = facts("BPO is work.", "KPO thinks.", "ITO has disks.", "Ada thinks of us.")
    hits = (Hit(first.passage, "x", 1.0),)
    part = Part("“Who?”", (first, second), hits)
    assert left_out([part], [first, second]) == []
    assert left_out([replace(part, sentences=(first, second, third))], [first, second]) == []  # most of it is said
    assert [one.sentences for one in left_out([part], [first])] == [(second,)]
    assert left_out([part], [third]) == [part]
    assert left_out([part], [second]) == [Part("“Who?”", (first,), hits)]
    assert [one.sentences for one in left_out([Part("Who?", (first, second, third), hits)], [second])] == [
        (first, third)
    ]
    unsure = replace(part, answered=False)
    assert left_out([unsure], [third]) == [replace(unsure, sentences=(), hits=())]
    assert left_out([unsure], [second]) == []
    assert left_out([part, replace(part, asked="Why?")], [third]) == [part]  # each sentence once
    refused = replace(unsure, missing="It is private.")
    assert unanswered(left_out([refused], [third]), None) == "“Who?”: It is private."
    ours = replace(part, own=(mine,))
    assert [one.sentences for one in left_out([ours], [third])] == [(mine, first, second)]
    assert [one.sentences for one in left_out([replace(ours, answered=False)], [third])] == [(mine,)]
    assert left_out([replace(ours, answered=False)], [mine]) == []


def test_what_the_sources_say_little_on_is_named_once() -> None:
    (fact,) = facts("BPO is work.")
    little = unanswered([Part("“Who?”"), Part("“Why?”", (fact,)), Part("“When?”")], None)
    assert little == "The library says little on “Who?” and “When?”."
    assert unanswered([Part("“Who?”")], "No figure for “Who?”.") == "No figure for “Who?”."
    assert unanswered([Part("“Why?”", (fact,))], None) is None


@pytest.mark.parametrize("mine", [0, 4])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_else_is_asked_leaves_room_for_the_answer(count: int, mine: int) -> None:
    made = facts(*(f"BPO work number {n} is {' and '.join(f'word{n}{m}' for m in range(8))}." for n in range(20)))
    own, more, ours = made[:7], made[7:16], made[16 : 16 + mine]
    asked = [Part(f"“Who{n}?”", tuple(more[3 * n : 3 * n + 3])) for n in range(count)]
    question = parse("How does BPO work?", subjects_of())
    composition = compose.compose(question, evidence_of(own), subjects_of(), ours, parts=asked)
    tail = composition.sentences[-composition.further :]
    assert composition.text.endswith(composition.tail)
    assert all(f"**“Who{n}?”**" in composition.tail for n in range(count))
    assert {one.text for one in tail} <= {one.text for one in more}
    assert len(composition.sentences) - composition.further - composition.own >= 2
    said = [word for word in composition.text.split() if word != "-" and not word.startswith("[")]
    assert len(said) <= compose.WORDS["usual"] + 50 * count


def test_a_question_of_many_words_is_answered_all_the_same() -> None:
    (fact, other) = facts(" ".join(["word"] * 70) + ".", "BPO is work.")
    question = parse("How does BPO work?", subjects_of())
    composition = compose.compose(question, evidence_of([other]), subjects_of(), parts=[Part("“Who?”", (fact,))])
    assert [one.text for one in composition.sentences] == [other.text, fact.text]


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


def _ours(assistant: Assistant, encoder: FakeEncoder, *paragraphs: str) -> None:
    text = "\n\n".join(paragraphs) + "\n"
    fill(assistant.library, encoder, [make_document("ours", text, collection="mine")])


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


def test_a_draft_has_the_room_that_further_questions_add(
    make_assistant: Make, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(compose.WORDS, "usual", 90)  # what stands below has as many
    board = f"A governing board has {' '.join(['able'] * 30)} members."
    audit = f"A yearly audit of records takes {' '.join(['quiet'] * 30)} days."
    model = FakeModel("KPO is bought to gain knowledge [1]. BPO is bought to cut cost [2].")
    assistant = make_assistant(model, retrieval=Retrieval(hits=3))
    asked = {
        "board": ("Who should sit on the governing board?", board),
        "audit": ("What does a yearly audit take?", audit),
    }
    for name, (question, said) in asked.items():
        fill(assistant.library, encoder, [make_document(name, f"## In full\n\n{said}\n", questions={question: said})])
    answer = assistant.ask(f"{BOTH} And what does a yearly audit take?")
    assert answer.mode == "drafted"
    assert answer.text.startswith("KPO is bought to gain knowledge")
    assert [board in answer.text, audit in answer.text] == [True, True]


def test_a_draft_is_made_from_the_answer_and_not_from_what_else_was_asked(
    make_assistant: Make, encoder: FakeEncoder
) -> None:
    model = FakeModel(f"KPO is bought to gain knowledge [1]. BPO is bought to cut cost [2]. {BOARD}")
    assistant = make_assistant(model, retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    answer = assistant.ask(BOTH)
    assert answer.text.count(BOARD) == 1


def test_what_the_library_says_little_on_is_named_above_the_answer(
    make_assistant: Make, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ENOUGH", 9.0)  # no sentence scores so high
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    answer = assistant.ask(BOTH)
    assert answer.missing == "The library says little on “Who should sit on the governing board?”."
    assert answer.text.startswith(f"{answer.missing}\n\n")
    assert "**BPO**" in answer.text
    assert BOARD not in answer.text


def test_the_users_own_documents_answer_a_part_beside_the_articles(make_assistant: Make, encoder: FakeEncoder) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    own = "Our board sits on Monday and Ada governs it."
    _ours(assistant, encoder, own)
    answer = assistant.ask(BOTH)
    below = answer.text.split("**“Who should sit on the governing board?”**\n\n")[1]
    assert [own in below, BOARD in below] == [True, True]
    assert {own, BOARD} <= {citation.quote for citation in answer.citations}
    assert {one.passage_id for one in answer.citations} <= {hit.passage.id for hit in answer.hits}


def test_what_the_users_documents_say_on_the_question_that_leads_stands_above(
    make_assistant: Make, encoder: FakeEncoder
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    own = "Our board sits on Monday and Ada governs it."
    _ours(assistant, encoder, own)
    answer = assistant.ask("Who should sit on the governing board? And what is the difference between BPO and KPO?")
    above, below = answer.text.split("**“What is the difference between BPO and KPO?”**")
    assert above.startswith(f"**From your documents**\n\n- {own}")
    assert BOARD in above.split("**From the reference articles**")[1]
    assert own not in below
    assert {one.passage_id for one in answer.citations} <= {hit.passage.id for hit in answer.hits}


def test_a_remark_without_a_mark_is_no_reason_to_refuse() -> None:
    (fact,) = facts("BPO is work.")
    composition = render([Block(None, "prose", "verdict", [fact])])
    refused = Part("“Which vendor comes next?”", answered=False, missing="It is private.", marked=False)
    exit_ = Part("“How do we exit?”", answered=False, missing="It is private.")
    found = fit([exit_, refused], Judgement("refused", "It is private."), composition, lambda *_: composition, False)
    assert found[0] == Judgement("refused", "It is private.")
    found = fit([exit_, refused], Judgement("answered"), composition, lambda *_: composition, False)
    assert found[0] == Judgement("answered")
    answered = Part("“How do we exit?”", (fact,))
    found = fit([answered, refused], Judgement("answered"), composition, lambda *_: composition, False)
    assert found[0] == Judgement("answered")
    asked = each("What does payroll cost us? Will somebody from payroll call", (), subjects_of())
    assert [ask.marked for ask in asked] == [True, False]
    asked = each("What does payroll cost us? what did the payroll bureau earn", (), subjects_of())
    assert [ask.marked for ask in asked] == [True, True]


def test_of_a_question_that_says_nothing_by_itself_nothing_is_said_to_be_missing() -> None:
    (fact,) = facts("BPO is work.")
    composition = render([Block(None, "prose", "verdict", [fact])])
    answered = Part("“How many hours do we have?”", (fact,))
    for asked, missing in (("“72?”", None), ("“How big?”", None), ("“Weather?”", f"“Weather?”: {NOTHING}")):
        part = Part(asked, answered=False, missing=NOTHING)
        found = fit([answered, part], Judgement("answered"), composition, lambda *_: composition, False)
        assert found[0] == Judgement("answered", missing)


def test_a_follow_up_that_is_read_as_two_questions_has_its_parts(make_assistant: Make, encoder: FakeEncoder) -> None:
    subjects = subjects_of()
    found = anew("What is BPO? And what does it cost?", "What is KPO? And what does it cost?", subjects)
    assert [ask.quoted for ask in found] == ["“What is BPO?”", "“What does it cost?”"]
    assert anew("Who sits there? And what is BPO?", "Who sits there? And what is KPO?", subjects) == []
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    history = [Turn("user", "What is KPO? And how much does it cost?"), Turn("assistant", "Some.")]
    answer = assistant.ask("What about BPO?", history)
    assert answer.standalone_question == "What is BPO? And how much does it cost?"
    assert answer.missing == "The library gives no figure for “How much does it cost?”."
    _board(assistant, encoder)
    history = [Turn("user", "Who should sit on the governing board? And what is KPO?"), Turn("assistant", "Some.")]
    assert "**“" not in assistant.ask("What about BPO?", history).text


def test_what_is_surely_of_another_field_is_not_read_with_the_question_before() -> None:
    (one,) = facts("BPO is work.")
    found = (parse("What is BPO?", subjects_of()), evidence_of([one]))
    refused = Part("“What's the weather in Manila?”", answered=False, missing=NOTHING, found=found)
    with_ = Part("“What's the weather in Manila (payroll)?”", (one,))
    assert better(replace(refused, foreign=True), with_)
    assert not better(refused, with_)


def test_what_an_answered_question_lacks_is_said_though_its_sentences_stand_above() -> None:
    (fact,) = facts("BPO is work.")
    cost = Part("“How much does it cost?”", (fact,), note="The library gives no figure for this.", leans=True)
    below = left_out([cost], [fact])
    assert (
        unanswered(below, None, Part("“Should we?”"))
        == "“How much does it cost?”: The library gives no figure for this."
    )


def test_a_decision_leads_also_where_another_question_leans_on_it() -> None:
    (fact, other) = facts("BPO is work.", "KPO thinks.")
    question = parse("Should we outsource payroll?", subjects_of())
    whether = Part("“Should we outsource payroll?”", (fact,), found=(question, evidence_of([fact])))
    why = replace(whether, asked="“Why payroll?”", found=(parse("Why payroll?", subjects_of()), evidence_of([fact])))
    which = Part("“Which measures matter?”", (other,), leans=True)
    composition = render([Block(None, "prose", "verdict", [fact])])

    def led(first: Part) -> tuple[Part | None, list[Part]]:
        return fit([first, which], Judgement("answered"), composition, lambda *_: composition, False)[2:]

    assert led(whether) == (whether, [which])
    assert led(why) == (None, [which])


def test_nothing_that_the_users_documents_say_on_the_whole_is_lost_where_a_part_leads(
    make_assistant: Make, encoder: FakeEncoder
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    rules = ["Vendor rules need the signature of Ada.", "Vendor rules ask for exit help in ninety days."]
    _ours(assistant, encoder, *rules)
    answer = assistant.ask(
        "Who should sit on the governing board? Which vendor rules on signature and exit help do we have?"
    )
    assert "comes close enough" not in answer.text
    assert "**From your documents**" in answer.text
    assert {*rules, BOARD} <= {citation.quote for citation in answer.citations}


def test_of_a_part_that_only_the_users_documents_come_near_the_caveat_stands_above(
    make_assistant: Make, encoder: FakeEncoder
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    own = "Our village fair falls in the month of May."
    _ours(assistant, encoder, own)
    weather = "Does the sun shine in our village on the twelfth of next month?"
    answer = assistant.ask(f"Who should sit on the governing board? {weather}")
    assert answer.outcome == "answered"
    assert answer.missing == f"“{weather}”: Your documents may not say this outright."
    assert answer.text.count(own) == 1


@pytest.mark.parametrize(
    ("question", "quoted_at_all"), [("How long is a run?", False), ("What does a run cost?", True)]
)
def test_what_has_no_time_is_not_quoted_on_how_long(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch, question: str, quoted_at_all: bool
) -> None:
    monkeypatch.setattr("assistant.reader.judge", lambda *_: Judgement("answered", "The library gives no figure."))
    asked = each(f"Should we outsource payroll? {question}", (), subjects_of())[1]
    part = make_assistant().reader.part(asked, subjects_of(), (), False, True)
    assert part.note == "The library gives no figure."
    assert bool(part.sentences) is quoted_at_all


def test_a_part_does_not_lack_the_figure_that_the_question_before_it_asks_for(make_assistant: Make) -> None:
    asked = each("How much does BPO cost, and do they bill it?", (), subjects_of())
    assert [ask.quoted for ask in asked] == ["“How much does BPO cost?”", "“Do they bill it?”"]
    reader = make_assistant().reader
    notes = [reader.part(ask, subjects_of(), (), False, True) for ask in asked]
    assert "figure" in (notes[0].note or "")
    assert notes[1].note is None


def test_what_says_nothing_by_itself_is_never_read_alone() -> None:
    (_, high) = each("What is payroll? How high?", (), subjects_of())
    assert (high.leans, high.bare) == (True, "")


def test_a_missing_figure_is_named_once(make_assistant: Make) -> None:
    answer = make_assistant().ask("How does BPO bill? And how much does it cost?")
    assert answer.missing == "The library gives no figure for “How much does it cost?”."


def test_one_part_without_an_answer_does_not_hide_the_others(make_assistant: Make, encoder: FakeEncoder) -> None:
    assistant = make_assistant()
    _board(assistant, encoder)
    answer = assistant.ask("Who should sit on the governing board, and who is the biggest provider of it?")
    assert answer.outcome == "answered"
    assert answer.missing is not None
    assert answer.missing.startswith("“Who is the biggest provider of it?”: The library ranks no companies or places.")
    assert BOARD in [citation.quote for citation in answer.citations]
    assert assistant.ask("Who is the biggest provider of governing boards?").outcome == "nearest"


def test_questions_that_stand_alone_are_answered_one_by_one(make_assistant: Make, encoder: FakeEncoder) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    answer = assistant.ask("Who should sit on the governing board? And what is the difference between BPO and KPO?")
    above, below = answer.text.split("**“What is the difference between BPO and KPO?”**\n\n")
    assert above.startswith(BOARD)
    assert BOARD not in below
    assert answer.shape == "lookup"
    assert answer.standalone_question.endswith("the difference between BPO and KPO?")


def test_one_question_that_is_answered_stands_though_the_message_would_be_refused(
    make_assistant: Make, encoder: FakeEncoder
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    weather = "Will it rain in our village on the twelfth of next month?"
    assert assistant.ask(weather).outcome == "refused"
    answer = assistant.ask(f"Who should sit on the governing board? {weather}")
    assert answer.outcome == "answered"
    assert BOARD in answer.text
    assert f"“{weather}”: " in (answer.missing or "")


@pytest.mark.parametrize(
    "last",
    [
        "what is fair",
        "how much notice do we have to give",
        "who should sign",
        "can we leave",
        "which is better",
        "how do providers price this",
        "which clauses matter most",
        "does TUPE apply",
        "are service credits enforceable",
        "what notice period applies",
        "what happens to our data",
        "how great is the risk of lock-in",
        "which of our functions is not worth outsourcing",
    ],
)
def test_a_question_without_its_mark_counts_where_another_has_one(last: str) -> None:
    assert asks(f"Who pays? Also {last}") == ["Who pays?", f"{last}?"]


@pytest.mark.parametrize(
    "last",
    [
        "We do.",
        "What a mess",
        "What we want is a fixed price",
        "Which is why I ask",
        "May is our year end",
        "Will asked",
        "When business was good we had three clerks",
        "What worries us most is data security",
        "What matters is price",
        "Which is fine",
        "Should you need more details I can send them",
        "Could you let me know",
        "Would be great to know today",
        "Would love a short answer",
        "Have to sign by Friday",
        "How nice it would be to have one",
        "Which vendor we take next is open",
        "Is urgent",
    ],
)
def test_a_statement_is_no_question(last: str) -> None:
    assert asks(f"Who pays? {last}") == ["Who pays?"]


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("Who trains the team? Can a vendor use our records for their own models?", False),
        ("Who trains the team? Is there a rule on records and models?", False),
        ("Who trains the team? Can they use our records for their models?", True),
        ("Who trains the team? Should a lawyer read it before they sign?", True),
        ("Who trains the team? Would a retention bonus for years keep them?", True),
        ("Who trains the team? Can a vendor say no to it if they want?", True),
        ("Who trains the team? What is payroll?", False),
        ("Who trains the team? How do wage slips fail?", False),
        ("Should we outsource payroll? Why does BPO fail?", True),  # of payroll
        ("Should we outsource payroll? What is BPO?", False),
        ("Who trains the team? How long?", True),
    ],
)
def test_whether_a_question_leans_on_the_one_before(text: str, leans: bool) -> None:
    assert [ask.leans for ask in each(text, (), subjects_of())] == [False, leans]


def test_what_leans_on_a_refused_question_does_not_stand_alone() -> None:
    judgement = Judgement("refused", "It is private.")
    (fact,) = facts("BPO is work.")
    private = Part("“Who is she?”", answered=False, missing="It is private.")
    lower = Part("“Will they go lower?”", (fact,), leans=True)

    def composing(lead: Part | None, below: Sequence[Part]) -> Composition:
        return render([Block(None, "prose", "verdict", [fact])])

    assert fit([private, lower], judgement, composing(None, []), composing, False)[0] == judgement
    fits, _, lead, below = fit([private, replace(lower, leans=False)], judgement, composing(None, []), composing, False)
    assert fits == Judgement("answered", "“Who is she?”: It is private.")
    assert lead == replace(lower, leans=False)
    assert [part.asked for part in below] == ["“Who is she?”"]


def test_a_refused_question_is_led_by_none_that_sounds_private() -> None:
    judgement = Judgement("refused", "It is private.")
    (fact,) = facts("BPO is work.")
    when = Part("“When does our contract end?”", (fact,), private=True)
    who = Part("“Who signed it?”", answered=False, missing="It is private.", leans=True)
    composition = render([Block(None, "prose", "verdict", [fact])])
    fits = fit([when, who], judgement, composition, lambda lead, below: composition, False)
    assert fits[0] == judgement


def test_a_question_that_is_none_of_the_librarys_alone_is_read_with_the_one_before(
    make_assistant: Make, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    asked = each("Who should sit on the governing board? How long does the whole thing take?", (), subjects_of())
    assert [ask.leans for ask in asked] == [False, False]
    assert asked[1].after == "Who should sit on the governing board? How long does the whole thing take?"
    monkeypatch.setattr(
        "assistant.reader.judge",
        lambda one, *_: Judgement("answered") if one.text == asked[1].after else Judgement("refused", NOTHING),
    )
    monkeypatch.setattr("assistant.reader.FAR", 2.0)
    part = assistant.reader.part(asked[1], subjects_of(), (), False, True)
    assert (part.leans, part.missing) == (False, NOTHING)  # it is about something else
    monkeypatch.setattr("assistant.reader.FAR", 0.0)
    part = assistant.reader.part(asked[1], subjects_of(), (), False, True)
    assert (part.leans, part.missing, part.asked) == (True, None, "“How long does the whole thing take?”")
    assert part.found is not None
    assert part.found[0].text == asked[1].after


@pytest.mark.parametrize(("private", "public"), [(0.1, True), (0.9, False)])
def test_what_leans_on_a_public_question_is_no_private_one(
    make_assistant: Make, monkeypatch: pytest.MonkeyPatch, private: float, public: bool
) -> None:
    assistant = make_assistant()
    told: list[bool] = []

    def heard_as(sound: Intent, as_public: bool) -> Intent:
        told.append(as_public)
        return sound

    monkeypatch.setattr("assistant.reader.heard", heard_as)
    monkeypatch.setattr(assistant.reader, "intent", lambda _: Intent(1 - private, private=private))
    assistant.ask("What is payroll? What does it cost us?")
    assert told == [False, public]


def test_a_question_that_names_no_subject_and_finds_little_is_read_with_the_one_before(
    make_assistant: Make, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = make_assistant(retrieval=Retrieval(hits=3))
    _board(assistant, encoder)
    bpo = "What is the difference between BPO and KPO?"
    alone = each(f"{bpo} Which suits a small team of clerks?", (), subjects_of())[1]
    of_payroll = each(f"{bpo} Who audits the payroll of clerks?", (), subjects_of())[1]
    monkeypatch.setattr("assistant.reader.judge", lambda *_: Judgement("answered"))
    monkeypatch.setattr(parts, "ENOUGH", 0.0)
    assert not assistant.reader.part(alone, subjects_of(), (), False, True).leans
    monkeypatch.setattr(parts, "ENOUGH", 9.0)  # no sentence scores so high
    assert assistant.reader.part(alone, subjects_of(), (), False, True).leans
    assert not assistant.reader.part(of_payroll, subjects_of(), (), False, True).leans
