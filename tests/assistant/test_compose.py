from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.compose import WORDS, compose
from assistant.evidence import Candidate, Evidence
from assistant.layout import Block, Composition, escape, render, within
from assistant.question import parse
from eval.metrics import broken_invariants
from ingest.library import Library
from ingest.sync import fill
from ingest.types import Document
from tests.assistant.made import candidates_of, evidence_of, facts, subjects_of
from tests.conftest import DOCUMENTS, KPO, FakeEncoder, FakeModel, make_document

DEFINITION = (
    "Business process outsourcing (BPO) is the running of a business process by a third party. [1] "
    "BPO covers customer care, payroll and accounting. [2]"
)
DECISION = """\
Outsourcing payroll makes sense when pay rules are written down and staff data are clean. [1]

**When it pays**

- Outsourcing payroll pays when one clerk knows everything. [2]
- Outsourcing payroll pays when many countries are involved. [3]

**When it does not**

- Outsourcing payroll does not pay when good software already serves a small staff. [4]

**Risks**

- Outsourced payroll exposes bank details of staff. [5]

**What to keep in-house**

- Approval of each payroll run stays with the employer. [6]

**Check first**

- Payroll data are personal data under the GDPR. [7]"""
COMPARISON = """\
The main difference between BPO and KPO is that BPO buys efficiency, while KPO buys judgement. [1]

- Business process outsourcing (BPO) is the running of a business process by a third party. [2]
- Knowledge process outsourcing (KPO) is the contracting of skilled work that needs judgement. [3]

|  | BPO | KPO |
| --- | --- | --- |
| **Purpose** | BPO is bought to cut cost. [4] | KPO is bought to gain knowledge. [5] |
| **Rules** | BPO work follows written rules. [6] | KPO work needs expert judgement. [7] |
| **Hiring** | BPO providers hire for basic competence. [8] | KPO providers hire for expertise. [9] |"""
RISKS = """\
- BPO can lock a client into one supplier. [1]
- BPO moves personal data to another company. [2]
- Business process outsourcing (BPO) is the running of a business process by a third party. [3]
- BPO covers customer care, payroll and accounting. [4]"""
AGAINST = """\
- Outsourcing payroll does not pay when good software already serves a small staff. [1]
- Outsourcing payroll leaves the tax duty with the employer. [2]
- Outsourcing payroll makes sense when pay rules are written down and staff data are clean. [3]"""
DISAGREE = """\
**Where sources disagree**

- A 2018 handbook counts KPO as a subset of BPO. [10]
- A 2020 survey treats KPO as separate from BPO. [11]"""


@pytest.mark.parametrize(
    ("question", "shape", "text"),
    [
        ("What is BPO?", "definition", DEFINITION),
        ("Should we outsource payroll?", "decision", DECISION),
        ("What is the difference between BPO and KPO?", "comparison", COMPARISON),
        ("What speaks against outsourcing payroll?", "lookup", AGAINST),
        ("What are the risks of BPO?", "list", RISKS),
        (
            "Does outsourced payroll expose bank details?",
            "lookup",
            "Outsourced payroll exposes bank details of staff. [1]",
        ),
    ],
)
def test_the_layout_of_each_shape(
    make_assistant: Callable[..., Assistant], question: str, shape: str, text: str
) -> None:
    answer = make_assistant().ask(question)
    assert (answer.shape, answer.outcome) == (shape, "answered")
    assert answer.text == text


def test_the_verdict_comes_first_and_claims_after(make_assistant: Callable[..., Assistant]) -> None:
    roles = [sentence.role for sentence in make_assistant().ask("Should we outsource payroll?").sentences]
    assert roles == ["verdict", *["claim"] * 6]


def test_every_sentence_is_quoted_and_cites_itself(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant().ask("What is the difference between BPO and KPO?")
    assert [sentence.citations for sentence in answer.sentences] == [(n,) for n in range(1, 10)]
    assert {sentence.support for sentence in answer.sentences} == {"quoted"}
    assert [citation.quote for citation in answer.citations] == [sentence.text for sentence in answer.sentences]


def test_a_citation_names_the_sources_behind_the_words(make_assistant: Callable[..., Assistant]) -> None:
    first, second, *_ = make_assistant().ask("What are the risks of BPO?").citations
    assert [source.title for source in first.sources] == ["Handbook"]
    assert second.sources == ()
    assert (first.document_id, first.headings, first.page) == ("reference/bpo", ("Risks",), None)


def test_a_choice_between_two_has_a_list_for_each_side(make_assistant: Callable[..., Assistant]) -> None:
    text = make_assistant().ask("Is BPO or KPO cheaper?").text
    assert re.findall(r"\*\*(.+?)\*\*", text) == ["BPO", "KPO"]
    assert "| --- |" not in text


def test_a_side_is_headed_as_the_library_writes_it(make_assistant: Callable[..., Assistant]) -> None:
    text = make_assistant().ask("is bpo or knowledge process cheaper").text
    assert re.findall(r"\*\*(.+?)\*\*", text) == ["BPO", "Knowledge process"]


def test_two_sides_that_one_article_defines_are_told_apart() -> None:
    body = "## In short\n\nHRO covers all of HR.\n\nRPO covers hiring.\n\nPEO makes staff co-employed.\n"
    document = make_document("hro", body, title="HR outsourcing", kind="definition", aliases=("HRO", "RPO", "PEO"))
    subjects = subjects_of([document])
    text = compose(parse("rpo or peo, which is better", subjects), evidence_of(candidates_of(document)), subjects).text
    assert "**RPO**" in text
    assert "**PEO**" in text


def test_pros_and_cons_are_both_given(make_assistant: Callable[..., Assistant]) -> None:
    text = make_assistant().ask("What are the benefits and risks of outsourcing payroll?").text
    assert "**When it pays**" in text
    assert "**Risks**" in text
    text = make_assistant().ask("What are the pros of in-house payroll compared to outsourcing?").text
    assert "**When it does not**" in text


def test_a_disagreement_shows_both_sides(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant().ask("Is KPO separate from BPO, or a subset of BPO?")
    assert answer.text.endswith(DISAGREE)
    assert [sentence.role for sentence in answer.sentences[-2:]] == ["note", "note"]


@pytest.mark.parametrize("gone", ["A 2020 survey treats KPO as separate from BPO.[^a]\n", "[^a]\n"])
def test_a_disagreement_of_which_one_side_is_not_sourced_is_not_shown(
    make_assistant: Callable[..., Assistant], library: Library, encoder: FakeEncoder, gone: str
) -> None:
    head, _, tail = KPO.rpartition(gone)
    kpo = make_document("kpo", f"{head}\n{tail}", title=DOCUMENTS[1].title, aliases=DOCUMENTS[1].aliases)
    fill(library, encoder, [kpo])
    text = make_assistant().ask("Is KPO separate from BPO, or a subset of BPO?").text
    assert "Where sources disagree" not in text
    assert "2018 handbook" not in text


def long_list(sentences: int, words: int) -> Document:
    texts = (" ".join(f"Word{n}x{m}" for m in range(words - 1)) + " ends." for n in range(sentences))
    return make_document("long", "## Risks of BPO\n\n" + "\n".join(texts) + "\n", title="Long")


@pytest.mark.parametrize(
    ("question", "limit", "words"),
    [
        ("What are the risks of BPO?", WORDS["usual"], 200),
        ("What are all the risks of BPO?", WORDS["entire"], 400),
        ("Does BPO have risks?", WORDS["usual"], 200),
    ],
)
def test_the_words_are_limited_at_whole_sentences(question: str, limit: int, words: int) -> None:
    known = candidates_of(long_list(12, 50), 10_000)
    composition = compose(parse(question, subjects_of()), evidence_of(known), subjects_of())
    said = sum(len(sentence.text.split()) for sentence in composition.sentences)
    assert said == words <= limit
    assert {sentence.text for sentence in composition.sentences} <= {one.text for one in known}


def test_as_many_are_listed_as_are_asked_for() -> None:
    known = candidates_of(long_list(6, 5), 10_000)
    for text, count in (("What are the risks of BPO?", 6), ("What are the three main risks of BPO?", 3)):
        composition = compose(parse(text, subjects_of()), evidence_of(known), subjects_of())
        assert len(composition.sentences) == count


def test_a_short_answer_keeps_one_reason_of_each_kind(make_assistant: Callable[..., Assistant]) -> None:
    asked = "Should we outsource payroll?"
    usual, brief = (make_assistant().ask(text).text for text in (asked, f"{asked} Briefly, please."))
    assert usual.count("Outsourcing payroll pays") == 2
    assert brief.count("Outsourcing payroll pays") == 1
    assert [line for line in brief.splitlines() if line.startswith("**")] == [
        line for line in usual.splitlines() if line.startswith("**")
    ]


def test_a_term_of_a_wider_article_is_told_by_the_sentence_that_begins_with_it() -> None:
    body = (
        "Prices decide who carries a risk.\nResults and gain share need a measure.\n\n"
        "## Kinds\n\nA fee covers cost.\nGain share pays a part of what is saved.\n"
    )
    prices = make_document("prices", body, title="Prices", kind="definition", aliases=("gain share",))
    subjects = subjects_of((*DOCUMENTS, prices))
    evidence = evidence_of(candidates_of(prices), focus=("reference/prices",))
    said = compose(parse("whats a 'gain share' clause", subjects), evidence, subjects).sentences
    assert said[0].text == "Gain share pays a part of what is saved."


def test_a_table_that_is_too_long_loses_whole_rows() -> None:
    rows = "".join(
        f"## Part {n}\n\n{' '.join(['BPO', *(f'b{n}x{m}' for m in range(19))])}.\n"
        f"{' '.join(['KPO', *(f'k{n}x{m}' for m in range(19))])}.\n"
        for n in range(8)
    )
    known = candidates_of(make_document("vs", rows, title="Versus"))
    question = parse("What is the difference between BPO and KPO?", subjects_of())
    composition = compose(question, evidence_of(known), subjects_of())
    lines = [line for line in composition.text.splitlines() if line.startswith("| **")]
    assert 3 <= len(lines) < 8
    for line in lines:
        assert re.fullmatch(r"\| \*\*Part \d\*\* \| BPO [^|]*\[\d+\] \| KPO [^|]*\[\d+\] \|", line)
    assert sum(len(sentence.text.split()) for sentence in composition.sentences) <= WORDS["usual"]


def test_the_same_thing_is_not_said_twice() -> None:
    known = facts("BPO can fail in many ways.", "BPO can fail in many ways.", "BPO moves data abroad.", heading="Risks")
    composition = compose(parse("What are the risks of BPO?", subjects_of()), evidence_of(known), subjects_of())
    assert [sentence.text for sentence in composition.sentences] == [known[0].text, known[2].text]


@pytest.mark.parametrize(
    "question",
    ["What is BPO?", "BPO or KPO?", "Should we outsource payroll?", "What are the risks of BPO?", "Why BPO?"],
)
def test_without_evidence_nothing_is_composed(question: str) -> None:
    composition = compose(parse(question, subjects_of()), evidence_of([]), subjects_of())
    assert (composition.text, composition.sentences, composition.citations) == ("", (), ())


HOSTILE = "Ignore [9] and <script>alert(1)</script>, a | b, *bold*, `code`, [link] (http://x) and \\[7]."


def layouts(candidate: Candidate) -> list[Sequence[Block]]:
    return [
        [Block(None, "prose", "claim", [candidate])],
        [Block("Label", "list", "claim", [candidate])],
        [Block(None, "table", "claim", head=("", "A", "B"), rows=[("He | ad", candidate, candidate)])],
    ]


@pytest.mark.parametrize("layout", [0, 1, 2])
def test_a_hostile_sentence_is_shown_literally(layout: int) -> None:
    (candidate,) = facts(HOSTILE)
    composition = render(layouts(candidate)[layout])
    numbers = [citation.number for citation in composition.citations]
    assert [int(n) for n in re.findall(r"(?<!\\)\[(\d+)\]", composition.text)] == numbers
    assert "<script>" not in composition.text.replace("\\<", "")
    assert not re.search(r"(?<!\\)(?:\\\\)*[`<]", composition.text)
    assert not re.search(r"(?<!\\)(?:\\\\)*\*bold", composition.text)
    assert composition.sentences[0].text == candidate.text == HOSTILE
    assert composition.citations[0].quote == HOSTILE


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1


def test_a_hostile_sentence_does_not_break_a_table() -> None:
    (candidate,) = facts(HOSTILE)
    lines = render(layouts(candidate)[2]).text.splitlines()
    assert [cells(line) for line in lines] == [3, 3, 3]


def test_what_the_question_writes_for_a_side_does_not_break_a_table(
    make_assistant: Callable[..., Assistant],
) -> None:
    text = make_assistant().ask("What is the difference between business | process * outsourcing and KPO?").text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert [cells(line) for line in table] == [3] * 5


def test_a_hostile_document_breaks_no_invariant(
    make_assistant: Callable[..., Assistant], library: Library, encoder: FakeEncoder
) -> None:
    hostile = make_document("hostile", f"## In short\n\n{HOSTILE}\n", title="Hostile [3] <b>", aliases=("hostility",))
    fill(library, encoder, [hostile])
    answer = make_assistant().ask("What is hostility?")
    assert HOSTILE in [sentence.text for sentence in answer.sentences]
    assert broken_invariants(answer, {document.id: document.text for document in (*DOCUMENTS, hostile)}) == []


MARKS = st.text(alphabet="ab \\`*_[]<|1", max_size=30)


@given(MARKS)
def test_escaping_can_be_undone_and_leaves_no_bare_mark(text: str) -> None:
    made = escape(text)
    assert re.sub(r"\\(.)", r"\1", made) == text
    assert not re.search(r"[`*_\[\]<]", re.sub(r"\\.", "", made))


def test_a_line_break_inside_a_sentence_is_a_blank_on_the_screen() -> None:
    (candidate,) = facts("BPO is\nbought to cut\ncost.")
    for blocks in layouts(candidate):
        assert "BPO is bought to cut cost. [1]" in render(blocks).text


def test_a_small_model_is_given_what_the_answer_is_made_of(make_assistant: Callable[..., Assistant]) -> None:
    model = FakeModel("")
    answer = make_assistant(model).ask("Should we outsource payroll?")
    facts_ = "\n".join(f"[{n}] {sentence.text}" for n, sentence in enumerate(answer.sentences, 1))
    assert model.asked[0][-1] == ("user", f"Question: Should we outsource payroll?\nFacts:\n{facts_}")


HELPDESK = """## In short

Outsourcing the helpdesk makes sense when calls are many.

## When it pays

Outsourcing the helpdesk pays at night.

## When it does not pay

Outsourcing the helpdesk does not pay for ten people.

## Risks

Outsourced helpdesk staff reset the wrong password.
"""


def test_two_functions_in_one_decision_are_both_answered(
    make_assistant: Callable[..., Assistant], library: Library, encoder: FakeEncoder
) -> None:
    helpdesk = make_document(
        "should-we-outsource-the-helpdesk", HELPDESK, title="Should we outsource the helpdesk?", kind="decision",
        functions=("helpdesk",), aliases=("helpdesk",),
    )  # fmt: skip
    fill(library, encoder, [helpdesk])
    text = make_assistant().ask("Should we outsource payroll and the helpdesk?").text
    assert sorted(re.findall(r"\*\*(.+?)\*\*", text)) == [
        "Should we outsource payroll?",
        "Should we outsource the helpdesk?",
    ]
    assert "reset the wrong password" in text
    assert "bank details" in text


def test_a_decision_that_names_no_subject_is_answered_from_the_nearest_article() -> None:
    payroll = DOCUMENTS[3]
    question = parse("Should we give this away?", subjects_of(()))
    composition = compose(question, evidence_of(candidates_of(payroll)), subjects_of(()))
    assert composition.text.startswith("*Should we outsource payroll?*\n\nOutsourcing payroll")
    assert "**When it pays**" in composition.text


def test_an_article_that_the_question_names_needs_no_title(make_assistant: Callable[..., Assistant]) -> None:
    text = make_assistant().ask("Should we outsource payroll?").text
    assert text.startswith("Outsourcing payroll")
    assert "*Should we" not in text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the benefits of outsourcing payroll?", ["one clerk knows everything", "many countries"]),
        ("What do we lose if payroll is outsourced?", ["exposes bank details"]),
        ("Which risks does BPO of payroll have?", ["exposes bank details"]),
        ("What should we keep if we outsource payroll?", ["Approval of each payroll run"]),
        ("Which tasks remain with us if we outsource payroll?", ["Approval of each payroll run"]),
        ("Which risks remain with us if we outsource payroll?", ["exposes bank details"]),
        ("What should stay with us if we outsource payroll to Ireland?", ["Approval of each payroll run"]),
    ],
)
def test_one_aspect_of_a_function_is_answered_from_its_section(
    make_assistant: Callable[..., Assistant], question: str, expected: list[str]
) -> None:
    sentences = [sentence.text for sentence in make_assistant().ask(question).sentences]
    for sentence, words in zip(sentences, expected, strict=False):
        assert words in sentence


def test_how_should_we_asks_for_more_than_yes_or_no(make_assistant: Callable[..., Assistant]) -> None:
    assert "**When it pays**" in make_assistant().ask("Should we outsource payroll?").text
    assert "**When it pays**" not in make_assistant().ask("How should we outsource payroll?").text
    late = make_assistant().ask("The payroll bureau is late every month, what should we do about it?")
    assert "**When it pays**" not in late.text
    assert late.shape == "decision"
    assert "**When it pays**" in make_assistant().ask("They are the biggest, should we outsource payroll?").text
    left = "Our bureau, which we should have left long ago, is late: should we outsource payroll?"
    assert "**When it pays**" in make_assistant().ask(left).text
    knows = "Our bureau, who should know better, is late: should we outsource payroll?"
    assert "**When it pays**" in make_assistant().ask(knows).text
    assert "**When it pays**" not in make_assistant().ask("It is late: which payroll should we outsource?").text


def test_a_decision_says_what_is_nearest_to_the_questions_own_words(
    make_assistant: Callable[..., Assistant], library: Library, encoder: FakeEncoder
) -> None:
    said = "Outsourced payroll of seafarers pays wages in port currency."
    fill(library, encoder, [make_document("seafarers", f"## Wages\n\n{said}\n", title="Wages at sea")])
    plain = [sentence.text for sentence in make_assistant().ask("Should we outsource payroll?").sentences]
    told = make_assistant().ask("Should we outsource payroll of seafarers who want wages in port currency?")
    assert said not in plain
    assert [sentence.text for sentence in told.sentences].index(said) == 1
    assert "**When it pays**" in told.text


@pytest.mark.parametrize(
    ("text", "whether"),
    [
        ("What is payroll? Should we outsource it?", True),
        ("Should we outsource payroll and how much will it cost?", True),
        ("We run payroll in-house. Is it normal? How should we start?", False),
        ("Should we outsource payroll? Who audits it?", True),
    ],
)
def test_of_several_questions_the_one_that_decides_says_whether(
    make_assistant: Callable[..., Assistant], text: str, whether: bool
) -> None:
    assert ("**When it pays**" in make_assistant().ask(text).text) == whether


def test_a_decision_beside_whether_to_outsource_is_answered_for_itself(
    make_assistant: Callable[..., Assistant], library: Library, encoder: FakeEncoder
) -> None:
    said = "Wages in port currency must never be accepted by payroll staff."
    fill(library, encoder, [make_document("seafarers", f"## Wages\n\n{said}\n", title="Wages at sea")])
    told = make_assistant().ask("Should payroll staff accept wages in port currency? Should we worry?")
    assert told.shape == "decision"
    assert told.sentences[0].text == said
    assert "**When it pays**" not in told.text


def test_one_side_of_a_dispute_does_not_lead_and_is_no_repetition_of_the_other() -> None:
    sides = facts(
        "Some sources count LPO as a part of KPO.",
        "Some sources count LPO as no part of KPO.",
        slug="dispute",
        heading="Where sources disagree",
    )
    plain = facts("LPO is generally counted as a part of KPO.")
    composed = compose(
        parse("Is LPO part of KPO?", subjects_of()), evidence_of([sides[1], *plain, sides[0]]), subjects_of()
    )
    said = [sentence.text for sentence in composed.sentences]
    assert said[0] == plain[0].text
    assert {one.text for one in sides} < set(said)


def test_an_item_says_what_its_document_is_about_where_that_changes() -> None:
    texts = ("Alpha comes first.", "Beta follows it.", "Gamma is third.", "Delta ends it.")
    known = [
        made
        for slug, title, pair in (("one", "One: the first", texts[:2]), ("two", "Two", texts[2:]))
        for made in candidates_of(make_document(slug, "## Facts\n\n" + "\n\n".join(pair) + "\n", title=title), 10_000)
    ]
    block = Block(None, "list", "claim", known, titled=True)
    assert render([block]).text.splitlines() == [
        "*One*",
        "",
        "- Alpha comes first. [1]",
        "- Beta follows it. [2]",
        "",
        "*Two*",
        "",
        "- Gamma is third. [3]",
        "- Delta ends it. [4]",
    ]
    after = render([Block(None, "prose", "verdict", known[:1]), Block(None, "list", "claim", known[1:], titled=True)])
    assert after.text.startswith("Alpha comes first. [1]\n\n- Beta follows it. [2]\n\n*Two*\n\n- Gamma")


def test_of_an_article_that_defines_more_than_one_term_the_one_asked_about_leads() -> None:
    both = "HRO is the buying of services.\nA professional employer (PEO) goes further.\nBoth are BPO."
    hiring = make_document("hro", f"## In short\n\n{both}\n", title="HRO and PEO", aliases=("HRO", "PEO"))
    subjects = subjects_of((*DOCUMENTS, hiring))
    found = evidence_of(candidates_of(hiring), ["reference/hro"])
    for term, lead in (("PEO", "A professional employer (PEO) goes further. [1]"), ("HRO", "HRO is the buying of")):
        assert compose(parse(f"What is a {term}?", subjects), found, subjects).text.startswith(lead)


ASPECT = """\
Neither BPO nor KPO is cheap by the hour. [1]

- A price for BPO and KPO may be fixed. [2]

**BPO**

- BPO is priced by the item. [3]
- BPO pricing has bands. [4]

**KPO**

- KPO is priced by the expert. [5]
- KPO pricing is by project. [6]"""


def test_in_one_aspect_what_stands_against_each_other_in_one_section_leads_each_side() -> None:
    sections = {
        "Both": {"Neither BPO nor KPO is cheap by the hour.": 0.9, "A price for BPO and KPO may be fixed.": 0.8},
        "Bands": {"BPO pricing has bands.": 0.85},
        "Projects": {"KPO pricing is by project.": 0.85},
        "Unit": {"BPO is priced by the item.": 0.86, "KPO is priced by the expert.": 0.5},
        "Moon": {"BPO and KPO are on the moon.": 0.7, "BPO has no moon.": 0.4, "KPO has no moon.": 0.4},
    }
    body = "\n\n".join("\n".join((f"## {heading}\n", *said)) for heading, said in sections.items())
    scores = [score for said in sections.values() for score in said.values()]
    found = list(zip(candidates_of(make_document("pricing", body, title="Pricing"), 12), scores, strict=True))
    assert answered("How do BPO and KPO differ in pricing?", *found).text == ASPECT
    assert "|" not in answered("How do BPO and KPO differ in pricing?", *found).text
    only = [(one, score) for one, score in found if "KPO" not in one.text]
    assert "**BPO**" not in answered("How do BPO and KPO differ in pricing?", *only).text


def test_a_comparison_of_which_the_sources_name_one_side_only_is_a_lookup(
    make_assistant: Callable[..., Assistant],
) -> None:
    answer = make_assistant().ask("What is the difference between KPO and zeta?")
    assert answer.shape == "comparison"
    assert answer.sentences[0].role == "verdict"
    assert "**KPO**" not in answer.text


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("How do BPO and KPO differ?", True),
        ("BPO and KPO: how do they differ?", True),
        ("What is the difference between BPO and KPO? My sources say nothing.", True),
        ("According to experts, what is the difference between BPO and KPO?", True),
        ("Where do writers disagree on BPO versus KPO?", False),
        ("Is there disagreement among writers on BPO versus KPO?", False),
        ("On which points do experts contradict each other about BPO versus KPO?", False),
    ],
)
def test_a_question_for_what_is_disputed_is_no_comparison(
    make_assistant: Callable[..., Assistant], text: str, compared: bool
) -> None:
    answer = make_assistant().ask(text)
    assert answer.shape == "comparison"
    assert ("**KPO**" in answer.text or "| KPO" in answer.text) == compared


def test_what_bears_little_on_a_question_is_no_answer_that_leads() -> None:
    def answer(score: float) -> Composition:
        found = tuple(replace(one, score=score) for one in facts("Alpha comes first.", "Gamma is third."))
        gathered = replace(evidence_of(found), candidates=found)
        return compose(parse("How does alpha go on?", subjects_of()), gathered, subjects_of())

    assert answer(0.84).text.startswith("**What comes nearest in the sources**\n\n*Facts*\n\n- Alpha")
    assert [sentence.role for sentence in answer(0.84).sentences] == ["claim", "claim"]
    assert answer(0.85).text.startswith("Alpha comes first. [1]")
    assert [sentence.role for sentence in answer(0.85).sentences] == ["verdict", "claim"]


def disputed(*paragraphs: str) -> list[Candidate]:
    text = "## Where sources disagree\n\n" + "\n\n".join(paragraphs) + "\n"
    return candidates_of(make_document("dispute", text, title="Dispute"), 10_000)


def answered(question: str, *found: tuple[Candidate, float]) -> Composition:
    ranked = tuple(replace(one, score=score) for one, score in sorted(found, key=lambda each: -each[1]))
    return compose(parse(question, subjects_of()), replace(evidence_of(ranked), candidates=ranked), subjects_of())


PAY = ("Some pay more.[^a]\nOthers pay less.[^a]", "Moons are round.[^a]")


def test_one_side_of_a_dispute_brings_the_other_and_long_lists_leave_room_for_both() -> None:
    more, less, alone = disputed(*PAY)
    long = [(one, 0.9) for one in candidates_of(long_list(12, 50), 10_000)]
    composed = answered("Does it pay more?", (more, 0.95), (less, 0.1), (alone, 0.1), *long)
    assert composed.text.startswith("Word0x0")
    assert composed.text.endswith("\n\n**Where sources disagree**\n\n- Some pay more. [5]\n- Others pay less. [6]")
    assert sum(len(sentence.text.split()) for sentence in composed.sentences) == 206


def test_a_dispute_that_is_far_the_nearest_leads() -> None:
    more, less, alone = disputed(*PAY)
    composed = answered("Does it pay more?", (more, 1.2), (less, 0.1), (alone, 1.0))
    assert composed.text == (
        "**Where sources disagree**\n\n- Some pay more. [1]\n- Others pay less. [2]\n\n"
        "**Also, in the sources’ words**\n\n- Moons are round. [3]"
    )


def test_a_dispute_that_bears_little_on_the_question_is_only_what_comes_nearest() -> None:
    more, less, alone = disputed(*PAY)
    fact = facts("Beta follows it.")[0]
    composed = answered("Does it pay more?", (fact, 0.5), (more, 0.45), (less, 0.3), (alone, 0.1))
    assert composed.text.startswith("**What comes nearest in the sources**\n\n*Facts*\n\n- Beta follows it. [1]\n\n")
    assert "- Others pay less. [3]" in composed.text


def test_a_sentence_alone_in_its_paragraph_disputes_nothing() -> None:
    more, less, alone = disputed(*PAY)
    composed = answered("Are moons round?", (alone, 0.9), (more, 0.1), (less, 0.1))
    assert composed.text == "Moons are round. [1]"


def test_the_side_of_another_source_stands_beside_one() -> None:
    first, second, third = disputed("Some pay more.[^a]\nThey still pay more.[^a]\nOthers pay less.[^b]")
    composed = answered("Does it pay more?", (second, 0.9), (third, 0.2), (first, 0.1))
    assert [sentence.text for sentence in composed.sentences] == [second.text, third.text]
    composed = answered("Does it pay more?", (first, 0.9), (third, 0.2), (second, 0.1))
    assert [sentence.text for sentence in composed.sentences] == [first.text, third.text]


def test_a_question_for_disputes_gets_all_that_are_near() -> None:
    sides = disputed(*PAY, "Suns are hot.[^a]\nSuns are cold.[^b]", "Far is near.[^a]\nFar is far.[^b]")
    scores = (0.9, 0.5, 0.8, 0.6, 0.1, 0.1, 0.1)
    composed = answered("Where do writers disagree?", *zip(sides, scores, strict=True))
    assert composed.text.startswith(
        "**Where sources disagree**\n\n- Some pay more. [1]\n- Others pay less. [2]\n\n"
        "- Suns are hot. [3]\n- Suns are cold. [4]\n\n**Also, in the sources’ words**\n\n- Moons are round. [5]"
    )
    assert "Far is" not in composed.text


def test_a_term_is_not_defined_by_one_side_of_a_dispute() -> None:
    side, other = disputed("LPO is a part of KPO.[^a]\nLPO is no part of KPO.[^b]")
    plain = facts("LPO is legal work that another firm does.")[0]
    composed = answered("What is LPO?", (side, 0.95), (plain, 0.9), (other, 0.8))
    assert composed.text.startswith("LPO is legal work that another firm does. [1]\n\n**Where sources disagree**")
    assert [sentence.text for sentence in composed.sentences] == [plain.text, side.text, other.text]


def test_one_label_alone_is_left_out(make_assistant: Callable[..., Assistant]) -> None:
    text = make_assistant().ask("KPO versus a BPO agency").text
    assert text
    assert "**KPO**" not in text


def test_headings_count_as_words() -> None:
    block = Block("Two words", "list", "claim", facts("Alpha comes first.", "Beta follows it."), titled=True)
    assert len(within([block], 5)) == 0
    assert [len(one.sentences) for one in within([block], 6)] == [1]
    assert [len(one.sentences) for one in within([block], 8)] == [1]
    assert [len(one.sentences) for one in within([block], 9)] == [2]


def test_what_stands_together_is_counted_first_or_left_out() -> None:
    claims = Block(None, "list", "claim", facts("Alpha comes first.", "Beta follows it."))
    pair = Block("Two words", "list", "note", disputed(PAY[0]), together=True)
    assert [len(one.sentences) for one in within([claims, pair], 11)] == [1, 2]
    assert [len(one.sentences) for one in within([claims, pair], 7)] == [2]
    assert [len(one.sentences) for one in within([claims, Block("Two words", "list", together=True)], 6)] == [2]


def test_what_a_sentences_kind_adds_does_not_make_it_a_sure_answer() -> None:
    first, second = facts("Agree the exit of BPO.", "BPO ends one day.")
    question = parse("How do we end BPO?", subjects_of())
    for kind, sure in ((0.0, True), (0.3, False)):
        found = (replace(first, score=1.0, kind=kind), replace(second, score=0.8))
        text = compose(question, Evidence((), found, ()), subjects_of()).text
        assert text.startswith("**What comes nearest in the sources**") is not sure
