from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import Candidate
from assistant.verify import WordVerifier
from tests.assistant.made import candidates_of, facts
from tests.conftest import DOCUMENTS, PAYROLL, make_document

VERIFIER = WordVerifier()
SOURCES = [candidate for document in DOCUMENTS for candidate in candidates_of(document)]
PAYS = "Outsourcing payroll pays when many countries are involved"
PAYS_NOT = "Outsourcing payroll does not pay when good software already serves a small staff."


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.text[:40])
def test_an_exact_copy_is_supported_by_its_source(source: Candidate) -> None:
    verdict = VERIFIER.judge(source.text, SOURCES)
    assert (verdict.support, verdict.score, verdict.reason) == ("supported", 1.0, "")
    assert [one.text for one in verdict.sources] == [source.text]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BPO can lock a client into one supplier.", "BPO can lock a client into one supplier [7]."),
        ("BPO can lock a client into one supplier.", "BPO can lock clients into one supplier. [1, 2]"),
        ("BPO covers payroll and accounting, and much else.", "BPO covers payroll and accounting."),
    ],
)
def test_markers_endings_and_a_tail_left_out_do_no_harm(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support == "supported"


@pytest.mark.parametrize(
    ("source", "said", "reason"),
    [
        ("BPO saved large banks in Europe 15% of the yearly cost in 2020.",
         "BPO saved large banks in Europe 25% of the yearly cost in 2020.", "“25%” is not in the source"),
        ("BPO saved large banks in Europe 15% of the yearly cost in 2020.",
         "BPO saved large banks in Europe 15% of the yearly cost in 2021.", "“2021” is not in the source"),
        ("A small team costs 1,500 euros.", "A small team costs 15,000 euros.", None),
        ("The contract runs for three years and gives the client a right to leave.",
         "The contract runs for five years and gives the client a right to leave.", None),
        ("A captive centre needs at least 50 staff.", "A captive centre needs at most 50 staff.", None),
        ("Outsourcing suits firms with over 100 staff.", "Outsourcing suits firms with under 100 staff.", None),
    ],
)  # fmt: skip
def test_a_changed_number_is_dropped(source: str, said: str, reason: str | None) -> None:
    verdict = VERIFIER.judge(said, facts(source))
    assert verdict.support is None
    assert (reason or "") in verdict.reason


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Outsourcing payroll pays in a small firm.", "Outsourcing payroll does not pay in a small firm."),
        (PAYS_NOT, "Outsourcing payroll pays when good software already serves a small staff."),
        ("BPO providers never hire experts.", "BPO providers hire experts."),
        ("A small firm without software should outsource payroll.",
         "A small firm with software should outsource payroll."),
        ("A small firm without software should not outsource payroll.",
         "A small firm with software should not outsource payroll."),
        ("BPO is not cheap and does not need experts.", "BPO is cheap and does not need experts."),
    ],
)  # fmt: skip
def test_a_negation_lost_or_added_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(source, facts(source)).support == "supported"
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BPO can lock a client into one supplier.", "KPO can lock a client into one supplier."),
        ("BPO follows written rules, set hours, fixed prices and simple service levels.",
         "KPO follows written rules, set hours, fixed prices and simple service levels."),
        ("Outsourced payroll exposes bank details and home addresses of staff.",
         "Outsourced accounting exposes bank details and home addresses of staff."),
    ],
)  # fmt: skip
def test_a_swapped_subject_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BPO is cheaper than KPO.", "KPO is cheaper than BPO."),
        ("For large clients, BPO is cheaper than KPO in Europe.",
         "For large clients, KPO is cheaper than BPO in Europe."),
        ("The transfer moves accountability from the client to the provider under most standard contracts.",
         "The transfer moves accountability from the provider to the client under most standard contracts."),
        ("The provider pays the client for lost data.", "The client pays the provider for lost data."),
        ("BPO costs more than KPO.", "BPO costs less than KPO."),
        ("Offshore centres cost less than onshore centres.", "Onshore centres cost less than offshore centres."),
    ],
)  # fmt: skip
def test_a_reversed_comparison_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BPO cut the cost of claims by up to 40% in 2019.", "BPO cut the cost of claims by 40% in 2019."),
        ("BPO can lock a client into one supplier.", "BPO locks a client into one supplier."),
        ("BPO providers refuse to guarantee savings.", "BPO providers guarantee savings."),
        ("BPO providers hire for less expertise than KPO providers.", "BPO providers hire for expertise."),
        ("BPO suits small firms with simple pay rules.", "BPO suits firms with pay rules."),
        ("A KPO contract costs more than a BPO contract.", "A KPO contract costs a BPO contract."),
        ("A 2018 handbook counts KPO as a subset of BPO.", "KPO is a subset of BPO."),
        ("The disputed points are whether KPO is a subset of BPO, and whether it is cheap.", "KPO is a subset of BPO."),
        ("Critics deny that KPO is cheaper.", "KPO is cheaper."),
    ],
)
def test_a_gap_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said", "lost"),
    [
        ("Sometimes BPO locks a client into one supplier.", "BPO locks a client into one supplier.", "sometimes"),
        ("Often BPO saves cost in large firms.", "BPO saves cost in large firms.", "often"),
        ("Some BPO providers hire for expertise.", "BPO providers hire for expertise.", "some"),
        ("KPO is a subset of BPO, according to a 2018 handbook.", "KPO is a subset of BPO.", "according"),
    ],
)
def test_a_lost_hedge_is_dropped(source: str, said: str, lost: str) -> None:
    verdict = VERIFIER.judge(said, facts(source))
    assert verdict.support is None
    assert f"“{lost}”" in verdict.reason


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Most BPO providers hire for basic competence.", "All BPO providers hire for basic competence."),
        ("Most BPO providers hire for basic competence.", "BPO providers hire for basic competence."),
        ("Few BPO providers hire for basic competence.", "Many BPO providers hire for basic competence."),
        ("The employer should approve each payroll run.", "The employer must approve each payroll run."),
    ],
)
def test_more_than_the_source_says_of_how_many_or_how_binding_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Outsourcing payroll pays only with clean data.", "Outsourcing payroll pays with clean data."),
        ("BPO pays if the rules are stable.", "BPO pays."),
        ("BPO data leave the country unless the contract forbids it.", "BPO data leave the country."),
        (f"{PAYS}.", "Outsourcing payroll pays."),
        ("BPO saves cost where volumes are large.", "BPO saves cost."),
    ],
)
def test_a_lost_condition_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BPO providers hire for basic competence in large teams.",
         "BPO providers such as Acme hire for basic competence in large teams."),
        ("BPO covers customer care, payroll, accounting, procurement and data entry in many firms.",
         "BPO covers customer care, payroll, accounting, procurement and data entry in Poland."),
    ],
)  # fmt: skip
def test_an_invented_name_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


def test_an_invented_name_is_told() -> None:
    source = "BPO covers customer care, payroll, accounting, procurement and data entry."
    said = "BPO covers customer care, payroll, accounting, procurement, Acme and data entry."
    assert VERIFIER.judge(said, facts(source)).reason == "“Acme” is not in the source"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Outsourcing payroll makes sense when pay rules are written down and staff data are clean.",
         "Outsourcing payroll makes sense when pay rules are written down and staff data are dirty."),
        ("A transition of payroll needs a parallel run of two cycles before the old system is closed.",
         "A transition of payroll needs a parallel run of two cycles after the old system is closed."),
        ("Stable volumes, written rules and clean data make BPO cheap for large clients.",
         "Stable volumes, written rules and clean data make BPO expensive for large clients."),
    ],
)  # fmt: skip
def test_one_word_changed_for_its_opposite_is_dropped(source: str, said: str) -> None:
    assert VERIFIER.judge(said, facts(source)).support is None


def test_a_joined_sentence_has_both_sources() -> None:
    verdict = VERIFIER.judge(f"{PAYS}, but not when good software already serves a small staff.", SOURCES)
    assert (verdict.support, verdict.score) == ("supported", 1.0)
    assert [source.text for source in verdict.sources] == [f"{PAYS}.", PAYS_NOT]


def test_two_sides_set_against_each_other_have_both_sources() -> None:
    verdict = VERIFIER.judge("BPO work follows written rules, while KPO work needs expert judgement.", SOURCES)
    assert verdict.support == "supported"
    assert [source.text for source in verdict.sources] == [
        "BPO work follows written rules.",
        "KPO work needs expert judgement.",
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            f"{PAYS} and approval of each payroll run stays with the employer.",
            "it joins conditions of different facts",
        ),
        (f"{PAYS} and BPO moves personal data to another company.", "it joins facts of different articles"),
    ],
)
def test_facts_of_different_sections_are_not_added_up(said: str, reason: str) -> None:
    verdict = VERIFIER.judge(said, SOURCES)
    assert (verdict.support, verdict.sources, verdict.reason) == (None, (), reason)


def test_a_condition_of_one_section_is_not_added_to_the_conditions_of_another() -> None:
    said = f"{PAYS} and when good software already serves a small staff."
    assert VERIFIER.judge(said, SOURCES).support is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("It can lock a client into one supplier.", "does not name its subject"),
        ("This can lock a client into one supplier.", "does not name its subject"),
        ("They hire for expertise.", "does not name its subject"),
        ("Can BPO lock a client into one supplier?", "is a question"),
        ("BPO is.", "says nothing that could be checked"),
        ("Yes.", "says nothing that could be checked"),
        ("", "says nothing that could be checked"),
        ("[1][2].", "says nothing that could be checked"),
        ("Cats purr when they are content.", "only 25% of it stands in any one source"),
    ],
)
def test_what_cannot_be_checked_is_dropped_with_its_reason(said: str, reason: str) -> None:
    verdict = VERIFIER.judge(said, SOURCES)
    assert (verdict.support, verdict.reason) == (None, reason)


def test_without_sources_nothing_is_supported() -> None:
    assert VERIFIER.judge("BPO can lock a client into one supplier.", []).support is None


def test_a_sentence_of_a_document_in_capitals_is_no_list_of_names() -> None:
    document = make_document("loud", "## Part\n\nBPO LOCKS CLIENTS INTO ONE SUPPLIER.\n", title="Loud")
    assert VERIFIER.judge("BPO LOCKS CLIENTS INTO ONE SUPPLIER.", candidates_of(document)).support == "supported"


WORDS = st.sampled_from([*sorted(set(PAYROLL.replace("#", "").split())), "not", "KPO", "20%", "?", "[3]"])


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_a_verdict_has_sources_or_a_reason(said: str) -> None:
    verdict = VERIFIER.judge(said, SOURCES)
    assert (verdict.support is None) == bool(verdict.reason)
    assert 0.0 <= verdict.score <= 1.0
    if verdict.support is not None:
        assert {source.key for source in verdict.sources} <= {source.key for source in SOURCES}
        assert 1 <= len(verdict.sources) <= 2
