from __future__ import annotations

import time

import pytest

from assistant.chat_model import never
from assistant.condense import beside, condense, leans, repeats, rewrite
from assistant.errors import ChatModelError
from assistant.outcome import REFUSALS
from assistant.types import Turn
from tests.assistant.made import subjects_of
from tests.conftest import DOCUMENTS, FakeModel, make_document

SUBJECTS = subjects_of()


def asked(*texts: str) -> list[Turn]:
    return [turn for text in texts for turn in (Turn("user", text), Turn("assistant", "BPO and KPO differ. [1]"))]


@pytest.mark.parametrize("question", ["What about payroll?", "And the risks?", "Is it cheaper?", "Why?", "BPO?"])
def test_without_history_nothing_is_changed(question: str) -> None:
    assert condense(question, [], SUBJECTS) == question
    assert condense(question, [Turn("assistant", "Hello, ask me about KPO.")], SUBJECTS) == question


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What are the risks of BPO?", "What about KPO?", "What are the risks of KPO?"),
        ("What are the risks of BPO?", "And how about payroll?", "What are the risks of payroll?"),
        ("What are the risks of BPO?", "And for KPO?", "What are the risks of KPO?"),
        ("What is business process outsourcing?", "What about payroll", "What is payroll?"),
        ("Should we outsource payroll?", "And the risks?", "And the risks (payroll)?"),
        ("Should we outsource payroll?", "Is it cheaper?", "Is it cheaper (payroll)?"),
        ("What is BPO?", "Who uses them?", "Who uses them (bpo)?"),
        ("Who is liable for payroll?", "why", "Who is liable for payroll? why"),
        ("What may a bank send to a BPO?", "and in France?", "What may a bank send to a BPO? and in France?"),
        ("What are the advantages of BPO?", "and the disadvantages?", "and the disadvantages (bpo)?"),
        ("What are the risks of payroll?", "So should we do it?", "So should we do it (payroll)?"),
        ("Should we outsource payroll?", "Why does BPO fail?", "Why does BPO fail (payroll)?"),
        ("Should we outsource payroll?", "What is BPO?", "What is BPO?"),
        ("Should we outsource payroll?", "And BPO?", "And BPO (payroll)?"),
        ("What are the risks of payroll?", "And BPO?", "What are the risks of BPO?"),
        ("What are the risks of payroll?", "Who runs the tender?", "Who runs the tender (payroll)?"),
        ("Should we outsource payroll?", "Should we outsource cleaning?", "Should we outsource cleaning?"),
        ("Should we outsource payroll?", "When should we outsource?", "When should we outsource (payroll)?"),
        ("What are the risks of BPO?", "ok and KPO?", "What are the risks of KPO?"),
        ("What are the risks of BPO?", "No, I meant KPO.", "What are the risks of KPO?"),
        ("What are the risks of BPO?", "sorry, I meant in Poland", "What are the risks of BPO (in Poland)?"),
        ("Is BPO cheaper than KPO?", "what about payroll or KPO", "Is payroll cheaper than KPO?"),
        ("Should we outsource payroll?", "ok what is BPO", "ok what is BPO (payroll)?"),
        ("What is BPO?", "Sorry, I meant how is it billed", "Sorry, I meant how is it billed (bpo)?"),
        ("Who answers for payroll", "how long does that take", "Who answers for payroll? how long does that take"),
        ("What are the risks of BPO?", "thanks, very helpful", "thanks, very helpful"),
        ("What is the difference between BPO and KPO?", "Does the second one save money?", "Does KPO save money?"),
        ("What is the difference between BPO and KPO?", "Who buys the former?", "Who buys BPO?"),
        ("What is BPO versus KPO?", "Is the first or the second cheaper?", "Is BPO or KPO cheaper?"),
        ("What is BPO versus KPO?", "Which of them is cheaper?", "Which of them is cheaper (bpo vs kpo)?"),
        ("BPO, KPO or payroll?", "What is the third one?", "What is payroll?"),
        (
            "BPO, KPO or payroll?",
            "Is the first or second cheaper?",
            "Is the first or second cheaper (payroll)?",
        ),
        ("BPO, KPO or payroll?", "Is the first, the second or the third dear?", "Is BPO, KPO or payroll dear?"),
        ("BPO, gardening or payroll?", "What is the second one?", "What is the second one (bpo, payroll)?"),
        ("BPO or KPO for tax, claims and payroll?", "Does the second one save money?", "Does KPO save money?"),
        ("What is BPO versus KPO?", "Where is the risk in each?", "Where is the risk in each (bpo vs kpo)?"),
        ("What is BPO versus KPO?", "How many of those do we need?", "How many of those do we need (bpo, kpo)?"),
        ("What is BPO versus KPO?", "Payroll or BPO: which of the two?", "Payroll or BPO: which of the two (kpo)?"),
        ("What is BPO versus KPO?", "Which of those risks do we name?", "Which of those risks do we name (bpo, kpo)?"),
        (
            "Should we trust a payroll bureau?",
            "What if it refuses?",
            "Should we trust a payroll bureau? What if it refuses?",
        ),
        ("What are the risks of BPO for payroll?", "Compare that to KPO.", "Compare BPO with KPO for payroll."),
        ("What are the risks of BPO?", "How does that compare with KPO?", "Compare BPO with KPO."),
        (
            "What are the risks of BPO?",
            "Shorter please, just the three most important",
            "What are the risks of BPO? Shorter please, just the three most important",
        ),
        (
            "What are the risks of BPO?",
            "Shorter. I need 3 lines for the board",
            "What are the risks of BPO? Shorter. I need 3 lines for the board",
        ),
        (
            "What are the risks of BPO?",
            "I need three lines for the board",
            "What are the risks of BPO? I need three lines for the board",
        ),
        (
            "SLA or KPI for BPO?",
            "Could you put that more simply, with an example from payroll?",
            "SLA or KPI for BPO? Could you put that more simply, with an example from payroll?",
        ),
        ("What are the risks of BPO?", "Briefly, please.", "What are the risks of BPO? Briefly, please."),
        ("What must a BPO in Spain tell us?", "is it the same in the US?", "What must a BPO in US tell us?"),
        ("What is BPO?", "is it the same in Spain?", "is it the same in Spain (bpo)?"),
        (
            "Must we consult anybody in Germany about BPO?",
            "And in France?",
            "Must we consult anybody in France about BPO?",
        ),
        ("What about a BPO's staff, germany", "and in uk?", "What about a BPO's staff, uk"),
        (
            "Must we consult anybody in Germany about BPO?",
            "what about Poland",
            "Must we consult anybody in Poland about BPO?",
        ),
    ],
)
def test_what_is_missing_is_taken_from_the_question_before(before: str, question: str, expected: str) -> None:
    assert condense(question, asked(before), SUBJECTS) == expected


def test_it_in_capitals_is_no_pronoun() -> None:
    assert not leans("Should we outsource IT?")
    assert leans("Should we outsource it?")
    assert leans("SHOULD WE OUTSOURCE IT?")


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("What shows that our provider is failing?", False),
        ("Work that needs judgement: where?", False),
        ("Is there a law on call recording?", False),
        ("Is that the norm?", True),
        ("What if that is refused?", True),
        ("How much does that cost?", True),
        ("Do we need that clause?", True),
        ("Who signs there?", True),
    ],
)
def test_that_and_there_refer_to_something_or_not(question: str, leaning: bool) -> None:
    assert leans(question) is leaning


def test_a_place_is_no_topic() -> None:
    poland = make_document("poland", "## Law\n\nPoland has a law.\n", title="Poland", kind="place", aliases=("Poland",))
    spain = make_document("spain", "## Law\n\nSpain has a law.\n", title="Spain", kind="place", aliases=("Spain",))
    subjects = subjects_of((*DOCUMENTS, poland, spain))
    before = "A firm sends documents to Poland. May it?"
    assert condense("Must it ask first?", asked(before), subjects) == f"{before} Must it ask first?"
    other = "How many hours a week may people work in Spain then?"
    assert condense(other, asked(before), subjects) == other


def test_of_several_follow_ups_each_is_put_after_the_question_that_they_follow() -> None:
    before = asked("How is payroll moved to a provider?", "how long does that take", "thanks!")
    assert condense("who signs that off", before, SUBJECTS) == "How is payroll moved to a provider? who signs that off"
    assert condense("why?", before, SUBJECTS) == "How is payroll moved to a provider? how long does that take? why?"


def test_a_follow_up_is_also_read_after_the_question_that_it_follows_or_alone() -> None:
    def also(question: str, *before: str) -> str:
        history = asked(*before)
        return beside(question, history, condense(question, history, SUBJECTS), SUBJECTS)

    assert (
        also("Is it cheaper?", "Should we outsource payroll?", "thanks!")
        == "Should we outsource payroll? Is it cheaper?"
    )
    assert also("How long does that take?", "How is payroll moved?") == "How long does that take?"
    assert also("What is KPO?", "How is payroll moved?") == "What is KPO?"
    assert also("why?", "How is payroll moved?") == "How is payroll moved? why?"
    assert also("What is KPO?") == "What is KPO?"


def test_the_first_one_may_be_of_two_kinds_of_work_asked_about_in_turn() -> None:
    hiring = make_document("hiring", "## Facts\n\nWork.\n", functions=("recruitment",), aliases=("recruiting",))
    subjects = subjects_of((*DOCUMENTS, hiring))
    before = asked("Should a manufacturer outsource payroll?", "What about recruiting?")
    assert (
        condense("Who pays if they get the first one wrong?", before, subjects) == "Who pays if they get payroll wrong?"
    )
    assert condense("How long does the second one take?", before, subjects) == "How long does recruiting take?"
    assert condense("Who does the first one?", asked("Should we outsource payroll?"), subjects).endswith("(payroll)?")


def test_which_of_those_asks_of_the_answer_before() -> None:
    before = asked("Should we outsource payroll?", "And how do we measure it?")
    expected = "And how do we measure it (payroll)? Which of those matters most?"
    assert condense("Which of those matters most?", before, SUBJECTS) == expected
    assert condense("How many of them?", before, SUBJECTS) == "And how do we measure it (payroll)? How many of them?"


@pytest.mark.parametrize(
    ("said", "before", "repeated"),
    [
        (("A is.", "B is."), "A is. [1]\n\n- B is. [2]", True),
        (("A is.", "B is.", "C is.", "D is."), "A is. [1] B is. [2] C is. [3]", True),
        (("D is.", "B is.", "C is.", "A is."), "A is. [1] B is. [2] C is. [3]", False),
        (("A is.", "B is.", "C is."), "A is. [1] B is. [2]", False),
        (("A is.",), "A is. [1]", False),
    ],
)
def test_an_answer_repeats_the_one_before(said: tuple[str, ...], before: str, repeated: bool) -> None:
    history = [
        Turn("user", "What is B?"),
        Turn("assistant", "C is. D is."),
        Turn("user", "A?"),
        Turn("assistant", before),
    ]
    assert repeats(said, history) is repeated


def test_what_was_refused_is_no_context() -> None:
    refused = Turn("assistant", REFUSALS[-1])
    before = [Turn("user", "When does our contract with Contoso expire?"), refused]
    assert condense("And what is usual?", before, SUBJECTS) == "And what is usual?"
    assert (
        condense("And the risks?", [*asked("Should we outsource payroll?"), *before], SUBJECTS)
        == "And the risks (payroll)?"
    )


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("What must a BPO in Spain tell us?", "Will they hold our data in India?"),
        ("What must a BPO in Spain tell us?", "Is it true that fines in France are higher?"),
        ("We are in Leeds. What holds for a BPO in Spain?", "Is it the same in France?"),
        ("What must a Spanish BPO tell us?", "Is it the same in France?"),
    ],
)
def test_a_place_is_exchanged_only_where_nothing_else_is_asked(before: str, question: str) -> None:
    assert question.rstrip("?") in condense(question, asked(before), SUBJECTS)


@pytest.mark.parametrize("question", ["How long does the first year take?", "What is the second largest risk of it?"])
def test_not_every_ordinal_is_a_side(question: str) -> None:
    found = condense(question, asked("What is the difference between BPO and KPO?"), SUBJECTS)
    assert question.rstrip("?") in found


def test_after_a_switch_the_new_subject_is_what_follow_ups_follow() -> None:
    before = asked("How is a BPO billed?", "What about KPO?")
    assert condense("how long does that take?", before, SUBJECTS) == "How is a KPO billed? how long does that take?"


def test_of_a_long_turn_the_end_is_read() -> None:
    before = asked("We run a firm. " * 50 + "How is payroll moved to a provider?")
    found = condense("how long does that take", before, SUBJECTS)
    assert found.endswith("We run a firm. How is payroll moved to a provider? how long does that take")
    assert len(found) < 600


def test_a_follow_up_never_gets_too_long() -> None:
    long = "And how " + "very " * 790 + "long does that take?"
    assert condense(long, asked("How is payroll moved to a provider?"), SUBJECTS) == long


@pytest.mark.parametrize("question", ["is it " + "so in " * 660 + ",x", "is it " + "so in " * 80 + "." * 800 + ","])
def test_a_hostile_follow_up_takes_no_time(question: str) -> None:
    started = time.monotonic()
    condense(question, asked("What must a BPO in Spain tell us?"), SUBJECTS)
    assert time.monotonic() - started < 1.0


def test_half_a_surrogate_pair_in_an_earlier_turn_is_no_matter() -> None:
    assert condense("why?", asked("How is \ud800payroll moved?"), SUBJECTS) == "How is payroll moved? why?"


def test_two_sides_are_carried_on_one_by_one() -> None:
    both = make_document("both", "## Which\n\nEither.\n", title="Which one", aliases=("BPO or KPO",))
    subjects = subjects_of((*DOCUMENTS, both))
    found = condense("What should it keep?", asked("Is payroll BPO or KPO?"), subjects)
    assert found == "What should it keep (payroll)?"
    assert condense("What should it keep?", asked("BPO or KPO?"), subjects) == "What should it keep (bpo, kpo)?"


def test_a_courtesy_in_between_is_not_read() -> None:
    assert (
        condense("why?", asked("Who is liable for payroll?", "thanks!"), SUBJECTS) == "Who is liable for payroll? why?"
    )


def test_bringing_work_back_is_carried_on() -> None:
    back = make_document(
        "back", "## Costs\n\nBacksourcing costs money.\n", title="Bringing it back", aliases=("backsourcing",)
    )
    subjects = subjects_of((*DOCUMENTS, back))
    said = condense("What does it cost?", asked("Should we bring payroll back in-house?"), subjects)
    assert said == "What does it cost (payroll, backsourcing)?"


def rewritten(
    says: str | Exception, question: str = "And there?", *, pause: float = 0.0, limit: float = 5.0
) -> str | None:
    model = FakeModel(says, small=False, pause=pause)
    return rewrite(model, question, asked("Should we outsource payroll?"), time.monotonic() + limit, never)


def test_a_larger_model_words_the_stand_alone_question() -> None:
    assert rewritten("Should we outsource\npayroll in Poland?") == "Should we outsource payroll in Poland?"


def test_a_larger_model_is_shown_the_last_turns_and_the_question() -> None:
    model = FakeModel("Is payroll cheaper abroad?", small=False)
    turns = asked("What is ITO?", "What is BPO?", "Should we outsource payroll?", "And tax? " + "x" * 2_000)
    rewrite(model, "And there?", turns, time.monotonic() + 5, never)
    ((_, said),) = [message for message in model.asked[0] if message[0] == "user"]
    assert "What is ITO?" not in said
    assert "user: Should we outsource payroll?" in said
    assert said.endswith("New question: And there?")
    assert len(said) < 1_500


@pytest.mark.parametrize("says", ["", "  ", "?!", "word " * 200, ChatModelError("no answer")])
def test_what_is_no_question_is_not_taken(says: str | Exception) -> None:
    assert rewritten(says) is None


def test_a_model_that_is_too_slow_is_not_waited_for() -> None:
    begin = time.monotonic()
    assert rewritten("Should we outsource payroll in Poland?", pause=0.2, limit=0.3) is None
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    ("question", "made"),
    [
        ("Which one is safer?", "Which one is safer (bpo vs kpo)?"),
        ("And the cost?", "And the cost (bpo vs kpo)?"),
        ("and for quality?", "and for quality (bpo vs kpo)?"),
        ("What about payroll vs BPO in price?", "What about payroll vs BPO in price?"),
        ("why?", "How do BPO and KPO differ? why?"),
        ("and in Spain?", "How do BPO and KPO differ? and in Spain?"),
        ("Which one would you recommend?", "Which one would you recommend (bpo, kpo)?"),
        ("Is payroll one of them?", "Is payroll one of them (bpo, kpo)?"),
    ],
)
def test_both_sides_of_a_comparison_are_carried_on(question: str, made: str) -> None:
    assert condense(question, asked("How do BPO and KPO differ?"), SUBJECTS) == made


def test_a_title_that_stands_in_the_question_is_not_swapped_for_a_subject() -> None:
    made = condense("What about payroll?", asked("What is the difference between BPO and KPO?"), SUBJECTS)
    assert made == "What is the difference between BPO and payroll?"


def test_a_verb_in_an_alias_is_not_swapped_for_a_subject() -> None:
    hiring = make_document("hiring", "Text.", title="Hiring", aliases=("recruitment", "outsource recruitment"))
    subjects = subjects_of([*DOCUMENTS, hiring])
    made = condense("What about payroll?", asked("Should we outsource recruitment?"), subjects)
    assert made == "Should we outsource payroll?"


@pytest.mark.parametrize(
    "question",
    [
        "What is BPO?",
        "Which services does KPO cover?",
        "Does payroll data fall under the GDPR in such cases?",
        "How do suppliers price support tickets?",
        "Compare BPO with KPO",
    ],
)
def test_a_change_of_topic_is_left_alone(question: str) -> None:
    assert condense(question, asked("Should we outsource wage slips?"), SUBJECTS) == question


def test_where_the_question_before_named_no_subject_it_is_put_in_front() -> None:
    history = asked("How do suppliers price support tickets?")
    assert condense("Is that fair?", history, SUBJECTS) == "How do suppliers price support tickets? Is that fair?"


def test_a_topic_is_carried_through_several_follow_ups() -> None:
    history = asked("Should we outsource payroll?", "What are the risks?", "And the benefits?")
    assert "payroll" in condense("Why is that?", history, SUBJECTS)


def test_a_subject_that_the_question_names_already_is_not_repeated() -> None:
    assert condense("Is it better than KPO?", asked("What is BPO?"), SUBJECTS) == "Is it better than KPO (bpo)?"


def test_the_words_of_an_answer_are_not_read() -> None:
    history = [Turn("user", "Should we outsource payroll?"), Turn("assistant", "KPO is something else.")]
    assert condense("And the risks?", history, SUBJECTS) == "And the risks (payroll)?"


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Right, another topic. What does nearshoring mean?", "What does nearshoring mean?"),
        ("Leaving that aside: what will AI do to jobs?", "what will AI do to jobs?"),
        ("OK, thanks. Different matter: who owns the code?", "who owns the code?"),
        ("Something else now, is Poland nearshore?", "is Poland nearshore?"),
    ],
)
def test_an_announced_change_of_topic_leaves_the_old_one_behind(question: str, rest: str) -> None:
    assert condense(question, (Turn("user", "Should we outsource payroll?"),), SUBJECTS) == rest


def test_another_question_on_the_same_topic_is_no_change() -> None:
    question = "Is there another question that we should ask them?"
    assert "payroll" in condense(question, (Turn("user", "Should we outsource payroll?"),), SUBJECTS)
