from __future__ import annotations

import pytest

from assistant.answer_type import (
    figures,
    instructs,
    of_a_role,
    preferred,
    wants_figure,
    wants_procedure,
    wants_role,
    wants_time,
)


@pytest.mark.parametrize(
    "text",
    [
        "How do we avoid lock-in?",
        "how to stop scope creep",
        "They miss every target, what should we do?",
        "What can a client do about turnover?",
        "Ways to keep salaries safe",
        "What should I check before the first pay run?",
        "What is the best way to leave?",
        "How should the contract deal with price increases?",
        "How can a mid-sized company check this?",
        "How can such lock-in be avoided?",
        "What steps should we take?",
        "How on earth do we get out?",
    ],
)
def test_a_question_that_asks_how_to_do_something(text: str) -> None:
    assert wants_procedure(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is lock-in?",
        "How do they compare?",
        "How does it work?",
        "How long does a transition take?",
        "Who pays for the transition?",
        "Should we outsource payroll?",
        "How do competitors organise this?",
        "How do providers make money?",
        "How can a provider be so cheap?",
        "How would a cap work?",
        "How do BPO companies make money?",
        "How does an offshore team work?",
        "How do business models differ?",
        "How do customers react?",
    ],
)
def test_a_question_that_asks_for_something_else(text: str) -> None:
    assert not wants_procedure(text)


@pytest.mark.parametrize(
    "text",
    [
        "Agree the exit before you sign.",
        "Never prepay a freelancer in full.",
        "Before signing, agree who owns the data.",
        "Ask who is responsible.",
        "To limit turnover, pay for a second site.",
        "In the first hours, limit access.",
        "Ensure data is returned.",
        "Don't prepay.",
        "Encrypt the data.",
        "Test the restore of your data.",
        "Count service quality beside money.",
        "Report fraud to your insurer.",
        "Pay bonuses for retention.",
        "Track attrition by site.",
    ],
)
def test_a_sentence_in_the_imperative_says_what_to_do(text: str) -> None:
    assert instructs(text, ("Risks",))


@pytest.mark.parametrize(
    "text",
    [
        "Test coverage has grown.",
        "Pay is low in Bulgaria.",
        "Market lock-in arises when few suppliers can do the work.",
        "In India, wages rise.",
        "Order accuracy shows the quality of the work.",
        "Pay in Romanian shared services rose.",
        "Audit rights over media buying should reach rebates.",
        "Build-operate-transfer suits a firm that wants a centre of its own.",
        "Work that changes weekly costs more.",
        "Demand for KPO is growing.",
        "Use cases are growing fast.",
        "Hold times are measured each day.",
    ],
)
def test_a_sentence_that_states_something_does_not(text: str) -> None:
    assert not instructs(text, ("Risks",))


@pytest.mark.parametrize("heading", ["How to stay free", "What the client can do about it", "Tests before signing"])
def test_a_heading_may_promise_what_to_do(heading: str) -> None:
    assert instructs("Market lock-in arises when few suppliers can do the work.", ("Exit", heading))
    assert not instructs("Market lock-in arises when few suppliers can do the work.", (heading, "Exit"))


def test_what_goes_wrong_is_no_promise() -> None:
    assert not instructs("Market lock-in arises when few suppliers can do the work.", ("Getting it wrong",))


@pytest.mark.parametrize(
    ("text", "given", "not_given"),
    [
        ("How long does a move take?", "It takes three months.", "It costs 3% more."),
        ("What share of firms outsource payroll?", "Some 60% do.", "It takes three months."),
        ("What does an agent cost per hour?", "It is 9 euros.", "Turnover is 25%, or 30 per cent."),
        ("How much would it cost?", "It costs 200 euros.", "It takes three months."),
        ("How many people are needed?", "Three are.", "A few are."),
        ("How long may a caller wait?", "At most twenty seconds.", "Not for ever."),
        ("How long does a move take?", "It takes a full year.", "It covers year-end statements."),
        (
            "How long does a move take?",
            "It ends within 60 days of the notice.",
            "A second provider has a quarter of it.",
        ),
        ("How long does a move take?", "A 12-month plan is usual.", "It pays at night, on the second call."),
    ],
)
def test_what_a_figure_looks_like_depends_on_the_question(text: str, given: str, not_given: str) -> None:
    assert wants_figure(text)
    assert all(figure.search(given) for figure in figures(text))
    assert not all(figure.search(not_given) for figure in figures(text))


def test_how_long_asks_for_a_time() -> None:
    assert wants_time("How long does a move take?")
    assert not wants_time("How much does a move cost?")


def test_who_is_to_do_something_is_best_answered_by_a_role() -> None:
    assert wants_role("Who in the company should own the contract?")
    assert wants_role("Who is responsible for quality?")
    assert not wants_role("Who uses BPO?")
    assert not wants_role("Our provider, who is late, charges for it.")
    assert of_a_role("An executive sponsor on the client side answers for the result.")
    assert of_a_role("Let the senior manager announce it.")
    assert not of_a_role("Firms should tell their managers early.")
    assert not of_a_role("Management costs money.")


def test_no_figure_is_asked_for() -> None:
    assert figures("What is payroll?") == []
    assert figures("How quickly must a breach be reported?") == []


def test_how_soon_is_best_answered_by_a_time_but_demands_none() -> None:
    (when,) = preferred("How soon can we see savings?")
    assert when.search("Payback takes two and a half years.")
    assert when.search("Report it at once.")
    assert not when.search("Savings depend on many things.")
    assert preferred("How long does a move take?") == figures("How long does a move take?")
