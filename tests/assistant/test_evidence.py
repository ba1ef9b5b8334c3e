from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.evidence import Candidate, Evidence, gather, section_of
from assistant.question import parse
from assistant.retrieve import retrieve
from assistant.subjects import Subjects
from ingest.library import Library
from ingest.sync import fill
from settings import Retrieval
from tests.assistant.made import facts
from tests.conftest import FakeEncoder, make_document


@pytest.mark.parametrize(
    ("headings", "section"),
    [
        (("In short",), "summary"),
        (("Summary",), "summary"),
        (("Definition of terms",), "summary"),
        (("Bottom line",), "verdict"),
        (("Where sources disagree",), "disagree"),
        (("When it pays",), "pro"),
        (("Benefits",), "pro"),
        (("When it does not pay",), "con"),
        (("When it doesn't pay",), "con"),
        (("Disadvantages",), "con"),
        (("Risks",), "risk"),
        (("What to keep in-house",), "keep"),
        (("What to measure",), "measure"),
        (("Data and law",), "law"),
        (("What the work is",), "work"),
        (("History",), "body"),
        (("Procure to pay",), "body"),
        (("Wage against total cost",), "body"),
        (("Reasons against",), "con"),
        ((), "body"),
        (("Risks", "When it pays"), "pro"),
        (("Risks", "History"), "risk"),
    ],
)
def test_the_section_is_told_by_the_innermost_heading_that_says_it(headings: tuple[str, ...], section: str) -> None:
    assert section_of(headings) == section


def gathered(
    text: str, library: Library, encoder: FakeEncoder, hits: int = 12, scope: Sequence[str] = ("reference",)
) -> Evidence:
    subjects = Subjects(library.cards())
    vector = encoder.embed_query(text)
    found = retrieve(text, vector, library, Retrieval.model_validate({}), scope, 1000)
    return gather(parse(text, subjects), found, hits, library, vector, subjects, scope)


def texts(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.text for candidate in candidates]


def test_candidates_are_exact_sentences_of_hits_best_first(library: Library, encoder: FakeEncoder) -> None:
    evidence = gathered("What are the risks of BPO?", library, encoder)
    ids = {hit.passage.id for hit in evidence.hits}
    for candidate in evidence.candidates:
        document = library.document(candidate.document.id)
        assert document is not None
        assert document.text[candidate.start : candidate.end] == candidate.text
        assert candidate.passage.id in ids
    scores = [candidate.score for candidate in evidence.candidates]
    assert scores == sorted(scores, reverse=True)
    assert evidence.best == scores[0]
    assert len({candidate.key for candidate in evidence.candidates}) == len(evidence.candidates)


def test_a_sentence_about_another_function_is_left_out(library: Library, encoder: FakeEncoder) -> None:
    other = "Outsourced hiring exposes bank details of applicants.\nOutsourced hiring is like payroll here.\n"
    fill(
        library, encoder, [make_document("hiring", f"## Risks\n\n{other}", title="Hiring", functions=("recruitment",))]
    )
    evidence = gathered("Does outsourced payroll expose bank details?", library, encoder, 50)
    said = texts(evidence.candidates)
    assert "Outsourced hiring exposes bank details of applicants." not in said
    assert "Outsourced hiring is like payroll here." in said
    assert said[0] == "Outsourced payroll exposes bank details of staff."


def test_a_question_about_outsourcing_as_such_reads_every_function(library: Library, encoder: FakeEncoder) -> None:
    evidence = gathered("Who approves each run?", library, encoder)
    assert "Approval of each payroll run stays with the employer." in texts(evidence.candidates)


def test_every_passage_of_the_document_in_focus_becomes_a_hit(library: Library, encoder: FakeEncoder) -> None:
    evidence = gathered("Should we outsource payroll?", library, encoder, 1)
    document = "reference/should-we-outsource-payroll"
    assert evidence.focus == (document,)
    assert [hit.passage.id for hit in evidence.hits[1:]] == [
        passage.id for passage in library.passages_of(document) if passage.id != evidence.hits[0].passage.id
    ]
    assert evidence.hits[0].score > 0.9
    assert all(0.0 <= hit.score <= evidence.hits[0].score for hit in evidence.hits[1:])
    assert {hit.title for hit in evidence.hits} == {"Should we outsource payroll?"}


def test_a_comparison_has_what_defines_each_side(library: Library, encoder: FakeEncoder) -> None:
    evidence = gathered("What is the difference between BPO and KPO?", library, encoder, 1)
    assert {"reference/bpo", "reference/kpo"} <= set(evidence.focus)
    summaries = {c.document.id for c in evidence.candidates if c.section == "summary" and c.first}
    assert {"reference/bpo", "reference/kpo"} <= summaries


def test_a_document_out_of_scope_is_never_in_focus(library: Library, encoder: FakeEncoder) -> None:
    fill(library, encoder, [make_document("notes", "Payroll notes are kept here.", collection="mine")])
    evidence = gathered("Should we outsource payroll?", library, encoder, 12, ("mine",))
    assert {hit.passage.document_id for hit in evidence.hits} == {"mine/notes"}
    assert {candidate.document.id for candidate in evidence.candidates} <= {"mine/notes"}


def test_a_leaning_sentence_loses(empty_library: Library, encoder: FakeEncoder) -> None:
    body = "## Part\n\nThose suppliers guard payroll data.\nPolish suppliers guard payroll data.\n"
    fill(empty_library, encoder, [make_document("guard", body, title="Guards")])
    first, second = gathered("Who can guard payroll data?", empty_library, encoder).candidates
    assert texts([first, second]) == [
        "Polish suppliers guard payroll data.",
        "Those suppliers guard payroll data.",
    ]
    assert first.covered == second.covered
    assert first.score - second.score == pytest.approx(0.12 + 0.8 * (first.cosine - second.cosine), abs=1e-3)


def test_invented_figures_stand_back_unless_an_example_is_asked_for(
    empty_library: Library, encoder: FakeEncoder
) -> None:
    body = "## Part\n\nIn an illustrative case payroll saves 30%.\nIn a measured case payroll saves 8%.\n"
    fill(empty_library, encoder, [make_document("saving", body, title="Savings")])
    measured = "In a measured case payroll saves 8%."
    assert gathered("How much does payroll save?", empty_library, encoder).candidates[0].text == measured
    asked = gathered("Give an illustrative example of how much payroll saves", empty_library, encoder)
    assert asked.candidates[0].text == "In an illustrative case payroll saves 30%."


@pytest.mark.parametrize("sentence", ["It guards payroll data well.", "Payroll data are therefore guarded well."])
def test_a_sentence_leans_on_the_one_before(empty_library: Library, encoder: FakeEncoder, sentence: str) -> None:
    fill(empty_library, encoder, [make_document("guard", f"## Part\n\n{sentence}\n", title="Guards")])
    only = gathered("Who guards payroll data?", empty_library, encoder).candidates[0]
    place = gathered("Who guards payroll data?", empty_library, encoder).hits[0].score
    assert only.score == pytest.approx(0.80 * only.cosine + 0.10 * only.covered + 0.70 * place - 0.12, abs=1e-3)


def test_a_known_question_lifts_the_sentence_that_answers_it(empty_library: Library, encoder: FakeEncoder) -> None:
    body = "## Part\n\nSuppliers guard payroll data.\nStaff are paid monthly.\n"
    asked = {"When does the money reach folk?": "paid monthly"}
    fill(empty_library, encoder, [make_document("pay", body, title="Pay", questions=asked)])
    first, second = gathered("When does the money reach folk?", empty_library, encoder).candidates
    assert texts([first, second]) == ["Staff are paid monthly.", "Suppliers guard payroll data."]
    assert (first.asked, second.asked) == (pytest.approx(1.0), 0.0)


def test_nothing_found_is_no_evidence(library: Library, encoder: FakeEncoder) -> None:
    evidence = gathered("payroll", library, encoder, 12, ("elsewhere",))
    assert evidence == Evidence((), (), ())
    assert (evidence.best, evidence.cosine) == (0.0, 0.0)


def test_a_question_embeds_no_sentence(library: Library, encoder: FakeEncoder) -> None:
    before = list(encoder.embedded)
    evidence = gathered("What are the risks of BPO?", library, encoder)
    assert encoder.embedded == before
    assert all(len(candidate.vector) == 256 for candidate in evidence.candidates)


def test_a_sentence_s_vector_is_its_own(library: Library, encoder: FakeEncoder) -> None:
    for candidate in gathered("What are the risks of BPO?", library, encoder).candidates:
        assert candidate.cosine == pytest.approx(
            sum(
                a * b for a, b in zip(candidate.vector, encoder.embed_query("What are the risks of BPO?"), strict=True)
            ),
            abs=1e-5,
        )
        assert list(candidate.vector) == pytest.approx(encoder.embed_query(candidate.text), abs=1e-5)


def test_words_that_the_library_never_says_are_known(library: Library, encoder: FakeEncoder) -> None:
    assert gathered("What are the risks of BPO in Ruritania?", library, encoder).unknown == {"ruritania"}


def test_what_a_sentences_kind_adds_does_not_make_the_evidence_any_nearer() -> None:
    first, second = facts("Agree the exit.", "An exit is an end.")
    made = (replace(first, score=0.9, kind=0.2), replace(second, score=0.8, kind=-0.2))
    evidence = Evidence((), made, ())
    assert (evidence.best, evidence.plain) == (0.9, 0.8)
