from __future__ import annotations

import time

import pytest

from assistant.aspect import aspect

SIDES = (("bpo",), ("kpo",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How do BPO and KPO differ in pricing?", "pricing"),
        ("What is the difference between BPO and KPO when it comes to data protection?", "data protection"),
        ("When it comes to liability, how does BPO compare with KPO?", "liability"),
        ("What is the difference in price between BPO and KPO?", "price"),
        ("Compare the risks of BPO and KPO", "risks"),
        ("How do salaries differ between BPO and KPO?", "salaries"),
        ("Is the contract for KPO different from one for BPO?", "contract"),
        ("Do BPO and KPO need different contracts?", "contracts"),
        ("BPO or KPO: which carries more risk?", "carries risk"),
        ("Which of the two is riskier, BPO or KPO?", "riskier"),
        ("Is KPO harder to measure than BPO?", "harder measure"),
        ("Does losing staff hurt more in KPO or in BPO?", "losing staff hurt"),
        ("Who carries the loss in BPO compared with KPO?", "carries loss"),
        ("KPO pay vs BPO pay", "pay"),
        ("Is KPO riskier than BPO for customer data?", "riskier customer data"),
        ("BPO or KPO - who has the better trained people?", "trained people"),
        ("whats diff bpo kpo in price", "price"),
        ("And on speed (bpo vs kpo)?", "speed"),
        ("KPO or BPO for tax returns?", "tax returns"),
        ("BPO or KPO if the rules keep changing?", "rules keep changing"),
        ("Forty invoices a day - BPO or KPO?", "forty invoices day"),
        ("We need 40 agents. BPO or KPO?", "need 40 agents"),
        ("How do BPO and KPO compare on cost, risk and quality?", "cost risk quality"),
    ],
)
def test_in_what_two_things_are_compared(text: str, found: str) -> None:
    assert aspect(text, SIDES) == found


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between BPO and KPO?",
        "What is the main difference between BPO and KPO in practice?",
        "Explain BPO vs KPO in simple terms",
        "BPO or KPO: which one is better for us?",
        "Which should we choose for a bank, BPO or KPO?",
        "Is KPO better than BPO?",
        "Which would you recommend (bpo vs kpo)?",
        "Explain the difference between BPO and KPO in two sentences",
        "What is the difference between BPO and KPO in a nutshell?",
        "What is the difference between a BPO contract and a KPO contract?",
        "What is the difference between BPO and KPO, and which do we need?",
        "Where can I read about the difference between BPO and KPO?",
        "Who is better for a bank, BPO or KPO?",
        "My boss keeps mixing up BPO and KPO, what's the difference?",
        "How do the BPO of a large bank in Spain with nine sites and the KPO of a small one differ?",
        "Hello, BPO or KPO?",
        "Quick question: BPO or KPO?",
        "My boss asked me: BPO or KPO?",
        "BPO or KPO, what do you recommend?",
        "Is it BPO or KPO that we should choose?",
        "Should we use BPO or KPO from next year?",
        "BPO vs KPO for my thesis",
        "BPO vs KPO for a Dutch company - what really differs?",
    ],
)
def test_how_two_things_differ_at_all_is_no_aspect(text: str) -> None:
    assert aspect(text, SIDES) == ""


@pytest.mark.parametrize("text", ["differ in " * 400, "is a of " * 500, "which one of the two " * 190, "how is " * 570])
def test_a_hostile_comparison_takes_no_time(text: str) -> None:
    started = time.monotonic()
    aspect(text, SIDES)
    assert time.monotonic() - started < 1.0
