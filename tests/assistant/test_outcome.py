from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.assistant import Assistant
from assistant.evidence import Candidate, Evidence
from assistant.intent import Intent
from assistant.outcome import Judgement, besides, judge
from assistant.question import parse
from assistant.types import Outcome
from ingest.types import Hit
from tests.assistant.made import candidates_of, evidence_of, facts, subjects_of
from tests.conftest import DOCUMENTS, make_document


def judged(
    text: str,
    *known: str,
    cosine: float = 0.9,
    asked: float = 0.0,
    intent: Intent | None = None,
    collection: str = "reference",
) -> Judgement:
    made = facts(*known, collection=collection) if known else []
    found: list[Candidate] = [replace(one, cosine=cosine, covered=cosine, asked=asked) for one in made]
    hits = tuple(Hit(one.passage, one.document.title, cosine, cosine) for one in found[:1])
    question = parse(text, subjects_of())
    unknown = frozenset(question.stems) & {"zeta", "northwind", "contoso", "ruritania"}
    return judge(question, intent or Intent(), Evidence(hits, tuple(found), (), unknown), found)


FACT = "BPO providers bill by the hour or by the transaction."


def test_what_only_live_information_answers_is_refused() -> None:
    judgement = judged("What does BPO cost at this hour?", FACT, cosine=0.5, intent=Intent(0.1, 0.2, 0.7))
    assert judgement.outcome == "refused"
    assert judgement.missing == ("The question needs live information; the library holds reference material only.")


def test_what_sounds_like_no_question_is_told_what_to_ask() -> None:
    chat = judged("What can you do?", FACT, cosine=0.3, intent=Intent(0.05, off=0.1, chat=0.85))
    assert chat == Judgement("refused", "Ask about outsourcing, for example “Should we outsource payroll?”.")


def test_words_that_the_library_never_says_are_no_question_of_its_own() -> None:
    refused = judged("Does zeta outsource Northwind payroll?", FACT, cosine=0.6)
    assert refused.outcome == "refused"
    does_not_know = "The library is about outsourcing and does not know “zeta”, “Northwind”: "
    assert refused.missing == f"{does_not_know}please put the question in other words."
    elsewhere = judged("Does zeta outsource northwind payroll?", FACT, cosine=0.6, intent=Intent(0.4, off=0.6))
    assert elsewhere == Judgement("refused", "The library is about outsourcing and holds nothing on this question.")
    assert judged("Does zeta outsource northwind payroll?", FACT, cosine=0.72).missing != refused.missing  # it is near
    assert judged("Does zeta outsource our weekly payroll?", FACT, cosine=0.6).missing != refused.missing  # one word
    for private in (Intent(0.3, private=0.7), Intent(0.3, live=0.7)):  # the asker's own names, or today's
        assert "does not know" not in str(judged("Does zeta pay northwind payroll?", FACT, cosine=0.6, intent=private))
    decision = judged("Should we outsource payroll of zeta and northwind?", FACT, cosine=0.6)  # names are circumstances
    assert decision.outcome == "answered"
    own = judged("Does zeta outsource northwind payroll?", FACT, cosine=0.6, collection="mine")
    assert own.missing != refused.missing


def test_a_decision_on_the_day_is_live_unless_it_is_on_a_subject_of_the_library() -> None:
    live = Intent(0.1, live=0.9)
    assert judged("Should I buy gold today?", FACT, cosine=0.4, intent=live).outcome == "refused"
    assert judged("Should I give payroll away today?", FACT, cosine=0.4, intent=live).outcome == "answered"


def test_what_only_the_users_own_papers_answer_is_refused() -> None:
    judgement = judged("When does our BPO contract end?", FACT, cosine=0.5, intent=Intent(0.1, 0.7, 0.2))
    assert judgement.outcome == "refused"
    assert judgement.missing is not None
    assert judgement.missing.startswith("The question is about your own organisation's data")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Should we give our payroll data to a provider?", 0.0),  # advice
        ("What does BPO mean?", 0.0),  # a definition of a known subject
        ("How do BPO providers bill?", 0.8),  # nearly a question that the library is known to answer
    ],
)
def test_what_the_library_can_explain_is_not_refused_for_its_sound(text: str, asked: float) -> None:
    assert judged(text, FACT, cosine=0.5, asked=asked, intent=Intent(0.01, 0.9)).outcome == "answered"


def test_what_sounds_private_and_is_of_ours_has_to_be_nearer_to_a_known_question() -> None:
    private = Intent(0.01, 0.97)
    assert judged("What did the firm bill?", FACT, cosine=0.5, asked=0.7, intent=private).outcome == "answered"
    assert judged("What did our firm bill?", FACT, cosine=0.5, asked=0.7, intent=private).outcome == "refused"
    assert judged("What did our firm bill?", FACT, cosine=0.5, asked=0.76, intent=private).outcome == "answered"
    assert judged("What did our firm bill?", FACT, cosine=0.5, asked=0.7, intent=Intent(0.9, 0.1)).outcome == "answered"


def test_what_the_users_own_documents_say_is_not_refused_for_its_sound() -> None:
    text, private = "When does our BPO contract end?", Intent(0.01, 0.9)
    assert judged(text, FACT, cosine=0.7, intent=private, collection="mine").outcome == "answered"
    assert judged(text, FACT, cosine=0.5, intent=private, collection="mine").outcome == "refused"
    assert judged(text, FACT, cosine=0.7, intent=private).outcome == "refused"


def test_closest_passages_are_shown_only_where_they_are_close_or_the_subject_is_known() -> None:
    off, unsure = Intent(0.2, off=0.8), Intent(0.4, off=0.6)
    assert judged("What did Northwind pay for chairs?", FACT, cosine=0.4, asked=0.3, intent=off).outcome == "refused"
    assert judged("What did Northwind pay for chairs?", FACT, cosine=0.4, asked=0.3, intent=unsure).outcome == "refused"
    assert judged("What did Northwind pay for chairs?", FACT, cosine=0.4, asked=0.4, intent=unsure).outcome == "nearest"
    assert judged("What did Northwind pay for chairs?", FACT, cosine=0.4, asked=0.3).outcome == "nearest"
    assert judged("What did Northwind pay for BPO?", FACT, cosine=0.4, asked=0.3).outcome == "nearest"


def test_advice_on_another_field_is_refused() -> None:
    off = Intent(0.1, off=0.9)
    assert judged("Should I paint the fence green?", FACT, cosine=0.1, intent=off).outcome == "refused"
    assert judged("Should I give BPO a try?", FACT, cosine=0.3, intent=off).outcome == "answered"


def test_the_askers_own_year_is_a_circumstance() -> None:
    assert judged("We start in 2031, how do providers bill?", FACT).outcome == "answered"
    for text in (
        "How did providers bill in 2031?",
        "How did US providers bill in 2031?",
        "Tell me how providers billed in 2031.",
        "I want to know how providers billed in 2031.",
    ):
        assert judged(text, FACT).outcome == "nearest", text


def test_off_domain_is_refused() -> None:
    assert judged("Why do cats purr?", FACT, cosine=0.1, intent=Intent(0.1, off=0.9)) == Judgement(
        "refused", "The library is about outsourcing and holds nothing on this question."
    )


def test_without_a_sentence_it_is_refused() -> None:
    assert judged("How do BPO providers bill?").outcome == "refused"


@pytest.mark.parametrize(
    ("cosine", "asked", "general", "outcome"),
    [
        (0.1, 0.1, 0.9, "nearest"),
        (0.3, 0.3, 0.9, "answered"),
        (0.22, 0.33, 0.34, "answered"),
        (0.18, 0.33, 0.34, "refused"),
        (0.3, 0.3, 0.1, "refused"),
        (0.5, 0.3, 0.1, "refused"),
        (0.5, 0.6, 0.3, "answered"),
        (0.5, 0.6, 0.18, "answered"),
        (0.2, 0.6, 0.05, "refused"),
        (0.3, 0.6, 0.02, "answered"),
        (0.3, 0.7, 0.02, "answered"),
    ],
)
def test_the_closer_the_evidence_the_better_the_outcome(
    cosine: float, asked: float, general: float, outcome: Outcome
) -> None:
    intent = Intent(general, off=1 - general)
    judgement = judged("How are transactions billed?", FACT, cosine=cosine, asked=asked, intent=intent)
    assert judgement.outcome == outcome


def test_the_users_own_documents_alone_are_never_too_far() -> None:
    question = "How are transactions billed?"
    assert judged(question, FACT, collection="mine", cosine=0.16, asked=0.5).outcome == "answered"
    assert judged(question, FACT, cosine=0.16, asked=0.5).outcome == "nearest"


def test_a_named_subject_of_the_library_is_never_off_domain() -> None:
    assert judged("How does BPO bill?", FACT, cosine=0.1).outcome == "answered"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("How did BPO providers bill in 2031?", "“2031”"),
        ("How are transactions billed by Contoso?", "“Contoso”"),
        ("How are transactions billed under Zeta Northwind?", "“Zeta”, “Northwind”"),
    ],
)
def test_a_year_or_a_name_that_no_source_holds_is_missing(text: str, lacking: str) -> None:
    judgement = judged(text, FACT)
    assert judgement.outcome == "nearest"
    assert judgement.missing == f"The library does not say it outright; nothing near the answer speaks of {lacking}."


def test_a_year_that_a_source_holds_is_not_missing() -> None:
    assert (
        judged("How did BPO providers bill in 2020?", "In 2020 BPO providers billed by the hour.").outcome == "answered"
    )


def test_a_name_beside_a_subject_of_the_library_is_a_circumstance() -> None:
    assert judged("How does BPO bill before Brexit?", FACT, asked=0.6).outcome == "answered"
    assert judged("How does BPO bill before Brexit?", FACT, asked=0.4).outcome == "nearest"
    assert judged("Our CFO asks how BPO bills. How would the CFO see it?", FACT).outcome == "answered"
    assert judged("We are in Ruritania. How does BPO bill?", FACT).outcome == "answered"
    assert judged("Should we outsource payroll in Ruritania?", FACT).outcome == "answered"


def test_a_decision_says_of_what_it_names_the_library_does_not_speak() -> None:
    note = "The library does not speak of “{}” here; what follows is not about it in particular."
    assert judged("Should we give payroll to Contoso?", FACT) == Judgement("answered", note.format("Contoso"))
    assert judged("Should we outsource payroll to Ruritania?", FACT).missing == note.format("Ruritania")
    assert judged("Should we outsource payroll to South Africa?", FACT).missing == note.format("South Africa")
    assert judged("Should we outsource payroll to Kenya?", "Kenyan BPO grows.").missing is None
    assert judged("We are in Ruritania. Should we outsource payroll?", FACT).missing is None  # it is only told
    assert judged("Should we keep Mondays free of payroll?", FACT).missing is None
    assert judged("Should we give payroll to Contoso?", FACT, collection="mine").missing is None  # their own names
    assert judged("Should we move payroll to Poland or Kenya?", "Kenyan BPO grows.").missing == note.format("Poland")
    assert judged("Should we choose Kenya as the place of our payroll?", FACT).missing == note.format("Kenya")


@pytest.mark.parametrize(
    "text",
    [
        "Hi Anna, should we outsource payroll?",
        "Should we outsource our French payroll?",
        "Should we give payroll to a Polish firm?",
        "SHOULD THEY SEND PAYROLL TO US?",
    ],
)
def test_who_is_greeted_and_a_language_are_not_spoken_of(text: str) -> None:
    assert judged(text, FACT) == Judgement("answered")


def test_what_the_users_documents_say_of_a_name_is_spoken_of() -> None:
    question = parse("What do our rules say about BPO and Contoso?", subjects_of())
    evidence = evidence_of(facts(FACT))
    assert "“Contoso”" in str(judge(question, Intent(1.0), evidence, evidence.candidates).missing)
    ours = facts("Contoso needs the consent of the board.")
    assert judge(question, Intent(1.0), evidence, evidence.candidates, ours) == Judgement("answered")


def test_what_the_users_documents_say_of_a_place_is_spoken_of() -> None:
    question = parse("Should we outsource payroll to South Africa?", subjects_of())
    ours = facts("Our South African office runs payroll.")
    evidence = evidence_of(facts(FACT))
    assert judge(question, Intent(1.0), evidence, evidence.candidates, ours) == Judgement("answered")


def test_a_business_functions_short_name_is_no_name() -> None:
    assert judged("How are transactions of our HR and IT billed?", FACT).outcome == "answered"


def test_a_kind_of_thing_and_an_example_are_no_names() -> None:
    assert judged("How are transactions billed for an MVP?", FACT).outcome == "answered"
    assert judged("How are transactions billed by Contoso or whoever?", FACT).outcome == "answered"
    assert judged("How are transactions billed for an MVP by Contoso?", FACT).outcome == "nearest"
    assert judged("How are transactions billed under an SAP contract?", FACT).outcome == "nearest"
    assert judged("How can an NGO be billed by the transaction?", FACT).outcome == "answered"
    assert judged("How are transactions billed by a UAE office?", FACT).outcome == "nearest"
    assert judged("How are transactions billed for a UAE?", FACT).outcome == "nearest"
    assert judged("How are transactions billed for a Zeta?", FACT).outcome == "nearest"


def test_a_year_that_is_only_told_is_a_circumstance() -> None:
    assert judged("They have a system from 2006. How does BPO bill?", FACT).outcome == "answered"
    assert judged("They have a system. How did BPO bill in 2006?", FACT).outcome == "nearest"


def test_days_months_and_what_is_only_told_are_circumstances() -> None:
    assert judged("How does BPO bill? They want to know on Monday, or in May.", FACT).outcome == "answered"
    assert judged("I report on Monday: how does BPO bill in April?", FACT).outcome == "answered"
    assert judged("Does a BPO provider bill on Sundays, or in Sept?", FACT).outcome == "answered"
    assert judged("We paid 400,000 for it in 2022. How does BPO bill?", FACT).outcome == "answered"
    assert judged("We don't know how much work it is. How does BPO bill?", "BPO is billed.").outcome == "answered"
    assert judged("How much does BPO bill?", "BPO is billed.").outcome == "nearest"
    assert judged("How does BPO bill? Also tell me how much it costs.", "BPO is billed.").missing is not None


def test_a_name_that_the_library_never_says_is_missing_even_beside_a_subject() -> None:
    assert judged("How does BPO bill in Ruritania?", FACT).outcome == "nearest"


def test_where_something_of_the_askers_is_leaves_the_rest_to_be_answered() -> None:
    note = "The library does not speak of “Egypt” here; what follows is not about it in particular."
    assert judged("May our BPO provider bill a subcontractor in Egypt?", FACT) == Judgement("answered", note)
    assert judged("How much may our BPO provider bill in Egypt?", FACT).outcome == "nearest"
    assert judged("What if a BPO provider in Egypt bills twice?", FACT) == Judgement("answered", note)
    assert judged("What if a BPO provider in the Philippines bills twice?", FACT).outcome == "answered"
    assert judged("What if BPO providers based in Costa Rica bill twice?", FACT).missing == note.replace(
        "Egypt", "Costa Rica"
    )
    assert judged("May a BPO provider bill in Egypt?", FACT).outcome == "nearest"
    assert judged("May a BPO bill a client for an Egyptian bank?", FACT).missing == note.replace("Egypt", "Egyptian")
    assert judged("May a BPO bill in Egyptian pounds?", FACT).outcome == "nearest"
    assert judged("May our BPO provider bill by the rules of Contoso?", FACT).outcome == "nearest"
    assert judged("Does our BPO provider need a licence in Egypt?", FACT).outcome == "nearest"


def test_a_figure_that_is_one_of_two_things_asked_for_leaves_the_other_to_be_answered() -> None:
    note = "The library gives no figure for “How much does it cost?”."
    assert judged("How does BPO bill, and how much does it cost?", FACT) == Judgement("answered", note)
    assert judged("How much does BPO cost? How many people work in it?", FACT).outcome == "nearest"
    assert judged("How much does BPO cost? Our board must decide.", FACT).outcome == "nearest"
    assert judged("Our BPO is slow and is expensive. How much does BPO cost?", FACT).outcome == "nearest"


def test_a_figure_is_no_more_than_missed_where_a_known_question_is_near() -> None:
    note = "The library gives no figure for this."
    assert judged("How many people should watch a BPO provider?", FACT, asked=0.6) == Judgement("answered", note)
    assert judged("How many people should watch a BPO provider?", FACT, asked=0.4).outcome == "nearest"


def test_a_comparison_of_what_the_library_knows_is_its_question_whatever_it_sounds_like() -> None:
    elsewhere = Intent(general=0.05, live=0.0, private=0.0, off=0.95, chat=0.0)
    asked = "What is the difference between BPO and zeta?"
    assert judged(asked, FACT, cosine=0.35, intent=elsewhere).outcome != "refused"
    assert (
        judged("What is the difference between a cat and zeta?", FACT, cosine=0.35, intent=elsewhere).outcome
        == "refused"
    )


def test_what_is_missing_is_said_beside_the_users_own_documents_unless_they_answer() -> None:
    articles = Judgement("answered", "The library gives no figure for this.")
    assert besides(articles, articles, answers=False) == articles
    assert besides(articles, articles, answers=True) == Judgement("answered")
    near = Judgement("nearest", "Nothing near the answer speaks of “Contoso”.")
    assert besides(near, near, answers=False) == near
    assert besides(near, Judgement("answered"), answers=False) == Judgement("nearest")  # the user's documents do


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("How much does BPO cost?", "BPO costs 12 euros an hour."),
        ("What does BPO cost?", "Leaving BPO costs 13 weeks' pay."),
        ("What does BPO cost?", "BPO costs $12 an hour."),
        ("How many people work in BPO?", "BPO has 4,000 people."),
        ("How many people work in BPO?", "Some two hundred people work in BPO."),
        ("What percentage of BPO is billed by the hour?", "Of BPO, 12% is billed by the hour."),
        ("What share of BPO is billed by the hour?", "A third of BPO is billed by the hour."),
        ("What is the average hourly rate in BPO?", "BPO costs 12 euros an hour."),
        ("What is the typical cost of BPO?", "BPO costs 12 euros an hour."),
    ],
)
def test_a_figure_is_asked_for_and_there_is_none(text: str, figure: str) -> None:
    assert judged(text, FACT) == Judgement("nearest", "The library gives no figure for this.")
    assert judged(text, figure).outcome == "answered"


def test_a_figure_of_another_kind_is_none() -> None:
    assert judged("What percentage of BPO is billed by the hour?", "BPO has 4,000 people.").outcome == "nearest"
    assert judged("How much does BPO cost?", "BPO has 4,000 people.").outcome == "nearest"


def test_the_year_in_which_to_do_something_is_no_fact() -> None:
    assert judged("Which year should we start with BPO?", FACT) == Judgement("answered")
    assert judged("In which year do most BPO firms start?", FACT).missing == "The library gives no year for this."
    assert judged("Which year did BPO start?", FACT) == Judgement("nearest", "The library gives no year for this.")


def test_a_year_is_asked_for_and_there_is_none() -> None:
    assert judged("When was BPO invented?", FACT) == Judgement("nearest", "The library gives no year for this.")
    assert judged("When was BPO invented?", "BPO goes back to 1989.").outcome == "answered"


def test_a_ranking_is_asked_for_and_there_is_none() -> None:
    assert judged("Which are the largest BPO companies?", FACT) == Judgement(
        "nearest", "The library ranks no companies or places."
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("What is BPO?", "answered"),
        ("Should we outsource payroll?", "answered"),
        ("Why do cats purr?", "refused"),
        ("How much have we paid our payroll provider?", "refused"),
        ("What did the 2031 survey say about KPO?", "nearest"),
        ("How much does BPO cost?", "nearest"),
        ("When was BPO invented?", "nearest"),
    ],
)
def test_the_outcome_of_a_whole_answer(make_assistant: Callable[..., Assistant], text: str, outcome: Outcome) -> None:
    answer = make_assistant().ask(text)
    assert answer.outcome == outcome
    assert (answer.missing is None) == (outcome == "answered")
    assert bool(answer.nearest) == (outcome == "nearest")
    assert bool(answer.citations) == (outcome != "refused")


def test_what_is_missing_stands_above_the_rest_of_the_answer(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant().ask("How does BPO bill, and how much does it cost?")
    assert (answer.outcome, answer.nearest) == ("answered", ())
    assert answer.missing == "The library gives no figure for “How much does it cost?”."
    assert answer.text.startswith(f"{answer.missing}\n\n")
    assert answer.citations


def test_a_decision_on_work_that_the_library_does_not_know_is_told_so_by_its_name() -> None:
    for cosine in (0.5, 0.05):
        judgement = judged("Should we outsource witchcraft?", FACT, cosine=cosine, intent=Intent(0.1, 0.1, 0.1))
        assert judgement.outcome != "answered"
        assert judgement.missing == "The library has no article on outsourcing “witchcraft”."


@pytest.mark.parametrize(
    "text",
    [
        "As outsourcing moves the work, is it worth asking the works council?",
        "Is it wise to outsource anything when the volumes are unknown?",
        "Is it wise to go for outsourcing of almost everything?",
        "I lead the talks with a big outsourcing firm next month. How should I prepare?",
    ],
)
def test_what_follows_outsourcing_need_not_be_what_is_outsourced(text: str) -> None:
    assert judged(text, FACT, intent=Intent(0.9)).outcome == "answered"


def test_what_any_work_is_called_makes_no_article_on_it() -> None:
    vendors = make_document("vendors", "## Facts\n\nVendor management takes time.\n", title="Vendor management")
    found = candidates_of(vendors)
    question = parse("Should we outsource fleet management?", subjects_of())
    judgement = judge(question, Intent(), Evidence((), tuple(found), (), frozenset()), found)
    assert judgement.missing == "The library has no article on outsourcing “fleet management”."


def test_the_work_on_a_contract_is_what_is_outsourced() -> None:
    judgement = judged("Is outsourcing contract management a good idea?", FACT, intent=Intent(0.9))
    assert judgement.missing == "The library has no article on outsourcing “contract management”."


def test_several_of_a_kind_are_what_is_outsourced() -> None:
    judgement = judged("Is outsourcing weddings the right idea, a good idea?", FACT, intent=Intent(0.9))
    assert judgement.missing == "The library has no article on outsourcing “weddings”."


def test_how_good_outsourcing_is_asks_for_no_article_on_that() -> None:
    judgement = judged("Is outsourcing good or bad?", FACT, intent=Intent(0.9))
    assert judgement == Judgement("answered")


@pytest.mark.parametrize(
    ("off", "private", "asked", "outcome"),
    [(0.95, 0.04, 0.5, "answered"), (0.95, 0.04, 0.3, "refused"), (0.04, 0.95, 0.5, "refused")],
)
def test_what_comes_near_the_library_is_of_no_other_field(
    off: float, private: float, asked: float, outcome: Outcome
) -> None:
    intent = Intent(0.01, private=private, off=off)
    assert judged("Who writes a tender?", FACT, cosine=0.45, asked=asked, intent=intent).outcome == outcome


@pytest.mark.parametrize(
    ("text", "asked", "outcome"),
    [
        ("How do we negotiate the contract?", 0.5, "answered"),
        ("How do we negotiate the contract?", 0.2, "refused"),
        ("When does our contract end?", 0.5, "refused"),
        ("How can we see what our provider charged us?", 0.5, "refused"),
    ],
)
def test_how_to_do_something_is_no_private_question(text: str, asked: float, outcome: Outcome) -> None:
    intent = Intent(0.05, private=0.88, off=0.06)
    assert judged(text, FACT, cosine=0.4, asked=asked, intent=intent).outcome == outcome


def test_what_to_do_in_ones_own_case_is_advice_and_not_private() -> None:
    ours = Intent(0.01, private=0.98)
    assert judged("Our vendor went bust, what now?", FACT, cosine=0.4, asked=0.4, intent=ours).outcome == "answered"
    assert judged("When did our vendor go bust?", FACT, cosine=0.4, asked=0.4, intent=ours).outcome == "refused"
    assert judged("My laptop is broken, what now?", FACT, cosine=0.1, asked=0.2, intent=ours).outcome == "refused"
    now = Intent(0.01, live=0.98)
    assert judged("Where is the dollar, what now?", FACT, cosine=0.4, asked=0.4, intent=now).outcome == "refused"


def test_a_title_of_the_users_own_is_no_subject_of_the_articles() -> None:
    candidates = [replace(one, cosine=0.1) for one in facts(FACT)]
    mine = make_document("parking", "## Part\n\nParking is free.\n", title="Parking", collection="mine")
    question = parse("parking", subjects_of((*DOCUMENTS, mine)))
    evidence = Evidence(tuple(Hit(one.passage, "Facts", 0.1, 0.1) for one in candidates), tuple(candidates), ())
    assert judge(question, Intent(0.01, private=0.9), evidence, candidates).outcome == "refused"


@pytest.mark.parametrize(
    "text", ["Is outsourcing a good idea?", "Is outsourcing still worth it?", "Is outsourcing safe?"]
)
def test_what_is_said_of_outsourcing_is_no_object_of_it(text: str) -> None:
    assert judged(text, FACT, intent=Intent(0.9)) == Judgement("answered")


def test_what_ours_is_asks_for_no_definition_where_it_surely_sounds_private() -> None:
    said = {"cosine": 0.5, "asked": 0.5}
    for private, outcome in ((0.95, "refused"), (0.7, "answered")):
        sound = Intent(general=1 - private, private=private)
        assert judged("What is our provider's BPO?", FACT, intent=sound, **said).outcome == outcome
        assert judged("What is BPO?", FACT, intent=sound, **said).outcome == "answered"


def test_a_list_on_what_the_library_knows_is_private_only_where_it_speaks_of_the_askers_own() -> None:
    private = Intent(general=0.1, private=0.9)
    assert judged("Give me 8 risks of an outsourced BPO", FACT, cosine=0.4, intent=private).outcome == "answered"
    assert judged("List 8 risks that our BPO missed", FACT, cosine=0.4, intent=private).outcome == "refused"
    assert judged("List 8 risks of the BPO", FACT, cosine=0.4, intent=private).outcome == "refused"
    assert judged("Give me 8 risks of an outsourced zoo", FACT, cosine=0.4, intent=private).outcome == "refused"


@pytest.mark.parametrize("text", ["thanks", "great, thank you!", "Hello", "ok thanks a lot, that helps"])
def test_courtesy_is_no_question(text: str) -> None:
    missing = "Ask about outsourcing, for example “Should we outsource payroll?”."
    assert judged(text, FACT) == Judgement("refused", missing)


@pytest.mark.parametrize("text", ["Which is the best company for BPO?", "cheapest country for BPO"])
def test_companies_and_places_are_not_ranked(text: str) -> None:
    assert judged(text, FACT).missing == "The library ranks no companies or places."


@pytest.mark.parametrize(
    "text", ["What is the best way to choose a BPO provider?", "How do we choose the best vendor for BPO?"]
)
def test_advice_on_choosing_is_no_ranking(text: str) -> None:
    assert judged(text, FACT) == Judgement("answered")


def test_a_term_that_the_sources_do_not_use_is_named() -> None:
    note = "The library does not use the words “{}”; what follows comes nearest."
    assert judged("What is chaos engineering?", FACT) == Judgement("answered", note.format("chaos engineering"))
    both = judged("What is an employer of record, and when do I need one?", FACT)
    assert both.missing == note.format("employer of record")
    assert judged("What is chaos engineering?", "Chaos engineering breaks things on purpose.").missing is None
    assert judged("What is the catch?", FACT).missing is None
    assert judged("What are the fees for BPO?", FACT).missing is None  # a subject of the library
    assert judged("Who needs chaos engineering?", FACT).missing is None
    for asked in (
        "What is the usual notice period?",
        "What is a safe way to leave early?",
        "What's wrong with the lowest day rate?",
        "What are the advantages of onshore work?",
        "What does chaos engineering really mean?",
    ):
        assert judged(asked, FACT).missing is None


def test_a_side_of_a_comparison_that_the_sources_do_not_speak_of_is_named() -> None:
    note = "The library does not use the words “{}”; what follows comes nearest."
    assert judged("What is the difference between BPO and an EOR?", FACT).missing == note.format("EOR")
    employer = judged("What is the difference between BPO and an employer of record?", FACT)
    assert employer.missing == note.format("employer of record")
    assert judged("Is BPO about the core, or only about things at the edge?", FACT).missing is None
    assert judged("What is the difference between BPO and KPO?", FACT, "KPO thinks.").missing is None


def test_every_question_for_a_figure_is_named_where_there_are_others() -> None:
    judgement = judged("What does BPO cost, and how long until it starts? Who decides?", "BPO is billed.")
    named = "“What does BPO cost?” and “How long until it starts?”"
    assert judgement == Judgement("answered", f"The library gives no figure for {named}.")
