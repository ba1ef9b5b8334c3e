from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assistant.assistant import Assistant
from assistant.crux import crux, granted
from assistant.question import parse
from tests.assistant.made import subjects_of
from tests.conftest import FakeEncoder

SUBJECTS = subjects_of()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("We are a bank in Leeds. Who owns the records of our provider?", "Who owns the records of our provider?"),
        ("May a provider in Egypt pass our records on?", "May a provider pass our records on?"),
        ("Who owns the records of a payroll provider?", "Who owns the records of a service provider?"),
        ("Must our auditors see the Polish payroll centre?", "Must our auditors see the service centre?"),
        ("We are a bank. Our auditors need access", "Our auditors need access"),
        ("How are records moved? who signs that off", "How are records moved? who signs that off"),
        ("Could you help me? Who owns the records? Thanks!", "Who owns the records?"),
        ("Must Acme Ltd. and a U.S. firm sign?", "Must Acme Ltd. and a firm sign?"),
        (
            "Our payroll bureau sends data to a host in Serbia. Can we stop them?",
            "Our service bureau sends data to a host. Can we stop them?",
        ),
        ("Who owns records? We are a bank.", "Who owns records?"),
        ("Who owns the records kept in Poland?", "Who owns the records kept?"),
    ],
)
def test_circumstances_are_left_out(asked: str, expected: str) -> None:
    assert crux(parse(asked, SUBJECTS), SUBJECTS) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "Should we outsource payroll?",
        "What is payroll?",
        "Who owns the records?",
        "And in Poland?",
        "Which risks does payroll have?",
        "Is work cheaper in Poland or in India?",
        "What must French-speaking staff know?",
    ],
)
def test_what_is_all_crux_stays(asked: str) -> None:
    assert crux(parse(asked, SUBJECTS), SUBJECTS) == asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Our bureau pays all taxes if it errs, right?", "Our bureau pays all taxes if it errs"),
        ("Cheap labour means poor work, doesn't it? We start in May.", "Cheap labour means poor work"),
        ("I was told that every client may switch at once. What now?", "every client may switch at once"),
        ("Everyone agrees that KPO belongs to BPO. May we use one contract?", "KPO belongs to BPO"),
        ("Is it true that offshore work is always cheaper?", "offshore work is always cheaper"),
        ("Since HIPAA forbids offshore work, how do we start?", "HIPAA forbids offshore work"),
        ("How do we send records now that the EU court has struck it down?", "the EU court has struck it down"),
        ("HIPAA forbids offshore work, so how do others do it?", "HIPAA forbids offshore work"),
        ("We pay in Leeds. Context is unimportant work. Who may run it?", "Context is unimportant work."),
        ("We paid the studio in full. Who owns the drawings?", "We paid the studio in full."),
        ("I understand that BPO is cheap everywhere, but what are the risks?", "BPO is cheap everywhere"),
        ("We were told by our lawyer that GDPR bans offshore work. What now?", "GDPR bans offshore work"),
        ("Why does falling volume speak for buying?", "falling volume speak for buying"),
        (
            "Since we use a certified BPO, fines are their problem now. How do we say so?",
            "fines are their problem now.",
        ),
        ("The BPO pays credits for delays, so every loss is covered for us.", "every loss is covered for us."),
        (
            "Once a BPO runs it no manager is needed, so I plan to cut staff. Tips?",
            "Once a BPO runs it no manager is needed",
        ),
        ("Isn't context a word for unimportant work?", "context a word for unimportant work"),
    ],
)
def test_what_a_question_takes_for_granted(text: str, said: str) -> None:
    assert granted(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between BPO and KPO?",
        "Should we outsource payroll, and how do we start?",
        "Is BPO safe, right?",
        "risks of payroll outsourcing",
        "Tell me about BPO.",
        "Hi there. I hope you are well today. What is BPO?",
        "Thanks for the earlier helpful answer. What is BPO?",
        "I have a question about contract terms. Who owns the code?",
        "Quick question about payroll outsourcing: who pays the taxes?",
        "If payroll errors cost us money, who pays for the damage?",
        "Please explain BPO simply. Who uses it?",
        "Do people know whether providers charge for exits?",
    ],
)
def test_a_plain_question_takes_nothing_for_granted(text: str) -> None:
    assert granted(text) == text


@pytest.mark.parametrize(
    "text", ["a" + "," * 3990, "why is " + "!" * 3900 + "a", "we all know " * 330, "and what " * 440]
)
def test_what_is_granted_is_found_at_once_in_any_text(text: str) -> None:
    start = time.process_time()
    granted(text)
    assert time.process_time() - start < 0.2


def test_a_question_is_searched_with_what_it_takes_for_granted(
    monkeypatch: pytest.MonkeyPatch, make_assistant: Callable[..., Assistant]
) -> None:
    given: list[str] = []
    plain = FakeEncoder.embed_query

    def recorded(self: FakeEncoder, text: str) -> list[float]:
        given.append(text)
        return plain(self, text)

    monkeypatch.setattr(FakeEncoder, "embed_query", recorded)
    make_assistant().ask("Since KPO needs expert judgement, who can do it?")
    assert "KPO needs expert judgement" in given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Since they are certified, our customer data are safe, right?", "our customer data are safe"),
        ("They signed, so payroll errors and fines are theirs, correct?", "payroll errors and fines are theirs"),
        ("Our customer data are safe with them, right?", "Our customer data are safe with them"),
        ("Since the bureau is certified, it is, right?", "Since the bureau is certified, it is"),
    ],
)
def test_a_question_by_its_tag_takes_for_granted_and_asks_what_it_concludes(text: str, said: str) -> None:
    assert granted(text) == said
    subjects = subjects_of()
    assert crux(parse(text, subjects), subjects) == said
