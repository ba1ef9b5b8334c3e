from __future__ import annotations

import pytest

from assistant.crux import crux
from assistant.question import parse
from tests.assistant.made import subjects_of

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
