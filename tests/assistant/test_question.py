from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asks import defined
from assistant.errors import QuestionError
from assistant.question import MAX_CHARACTERS, Room, clean, parse
from assistant.subjects import Subjects, phrase_stems
from ingest.types import Document
from tests.assistant.made import card, subjects_of
from tests.conftest import DOCUMENTS, make_document

SUBJECTS = subjects_of()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  What\tis\r\nBPO? ", "What is BPO?"),
        ("What\x00is\x1b BPO?", "What is BPO?"),
        ("What is\u202e BPO\u200b?", "What is BPO ?"),
        ("\ufeffWhat is BPO?", "What is BPO?"),
        ("What is \ud800BPO\udfff?", "What is BPO?"),
        ("Qu’est-ce que le BPO 𝒳?", "Qu’est-ce que le BPO 𝒳?"),
    ],
)
def test_a_question_is_cleaned(typed: str, expected: str) -> None:
    assert clean(typed) == expected


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\x00\x00", "\ud800", "???", "—…", "\u200b"])
def test_an_empty_question_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty: write one"):
        clean(typed)


def test_a_question_of_100_000_characters_is_refused_with_both_numbers() -> None:
    with pytest.raises(QuestionError, match=r"has 100,000 characters, at most 4,000 are read: shorten it"):
        clean("a" * 100_000)


def test_the_longest_question_is_taken() -> None:
    assert clean("a" * MAX_CHARACTERS) == "a" * MAX_CHARACTERS


def test_an_error_is_one_line() -> None:
    with pytest.raises(QuestionError) as caught:
        clean("a\n" * 50_000)
    assert "\n" not in str(caught.value)


@given(st.text(st.characters(codec=None), max_size=60))
def test_what_is_cleaned_is_one_clean_line(typed: str) -> None:
    try:
        text = clean(typed)
    except QuestionError:
        assert not any(c.isalnum() for c in typed)
        return
    text.encode("utf-8")
    assert text == " ".join(text.split())
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", text)
    assert clean(text) == text


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("definition", "What is BPO?"),
        ("definition", "what's KPO"),
        ("definition", "whats KPO"),
        ("list", "And what are the downsides (payroll)?"),
        ("lookup", "How do we move payroll? Sorry, I meant the work of two clerks."),
        ("definition", "What is meant by knowledge process outsourcing?"),
        ("definition", "What does BPO stand for?"),
        ("definition", "Define business process outsourcing."),
        ("definition", "Explain KPO"),
        ("definition", "Please tell me about BPO."),
        ("definition", "My boss talks about KPO. What is it?"),
        ("definition", "bpo"),
        ("definition", "summarise kpo for me"),
        ("lookup", "kpo contract law"),
        ("lookup", "BPO how do we get out of it"),
        ("decision", "pros and cons of outsourcing payroll"),
        ("decision", "advantages and disadvantages of KPO"),
        ("decision", "pros & cons of outsourcing payroll"),
        ("decision", "What are the risks and the benefits of outsourcing payroll?"),
        ("list", "What are the cons of outsourcing payroll?"),
        ("comparison", "Is a BPO team or KPO cheaper?"),
        ("comparison", "BPO or KPO for our own auditors?"),
        ("lookup", "Is the payroll provider liable for late payslips or not?"),
        ("lookup", "How long do we keep this, six or seven years?"),
        ("lookup", "BPO payroll"),
        ("definition", "I keep reading the acronym BPO: what is the meaning?"),
        ("comparison", "What is the difference between BPO and KPO?"),
        ("comparison", "BPO vs KPO"),
        ("comparison", "BPO versus KPO, in two lines"),
        ("comparison", "How does KPO differ from BPO?"),
        ("comparison", "Compare BPO with KPO."),
        ("comparison", "Which is better, BPO or KPO?"),
        ("comparison", "Is BPO cheaper than KPO?"),
        ("comparison", "KPO or BPO?"),
        ("decision", "Should we outsource payroll?"),
        ("decision", "Should recruiters outsource payroll?"),
        ("decision", "Should a small bank in Leeds offshore payroll?"),
        ("decision", "Is it worth handing payroll to a provider?"),
        ("decision", "Does it make sense to outsource wage slips?"),
        ("decision", "We are thinking about outsourcing payroll."),
        ("decision", "Is outsourcing payroll a good idea?"),
        ("decision", "When does outsourcing pay?"),
        ("decision", "payroll in house or provider"),
        ("decision", "Should payroll stay in-house or go to a vendor?"),
        ("decision", "outsource payroll or keep it"),
        ("decision", "outsourced payroll good or nah"),
        ("decision", "Can we outsource payroll?"),
        ("decision", "Could we just hand payroll to a provider?"),
        ("decision", "Can we safely and cheaply outsource payroll?"),
        ("decision", "Can we use a bureau for payroll?"),
        ("lookup", "Can we hire the provider's people after the contract ends?"),
        ("lookup", "Can you give me an overview of payroll outsourcing?"),
        ("lookup", "When must the provider hand over the payroll data?"),
        ("lookup", "Can we stop our payroll contract early?"),
        ("lookup", "Can they refuse to hand over the payroll data?"),
        ("decision", "payroll - outsource? y/n"),
        ("list", "What are the risks of BPO?"),
        ("list", "Which services does KPO cover?"),
        ("list", "List the drawbacks of outsourcing payroll."),
        ("list", "Give me examples of KPO work"),
        ("list", "What kinds of BPO are there?"),
        ("list", "We want to buy BPO. What are the main risks?"),
        ("lookup", "We want to buy BPO. What number of measures is usual, and who says so?"),
        ("lookup", "Who keeps the tax duty when payroll is outsourced?"),
        ("lookup", "Does BPO move personal data to another company?"),
        ("lookup", "Where do KPO providers hire?"),
        ("lookup", "Did the payroll provider hit its targets or not?"),
        ("comparison", "What is the difference between an in-house BPO or a KPO?"),
        ("comparison", "How does BPO compare with KPO for a small firm?"),
        ("decision", "In-house vs outsourced payroll"),
        ("decision", "Outsourcing versus in-house for payroll: which is better?"),
        ("decision", "Our own team vs an agency for payroll?"),
        ("decision", "Compare in-house with outsourced payroll"),
        ("decision", "What is the difference between outsourced and in-house payroll?"),
        ("decision", "How do in-house and outsourced payroll teams compare?"),
        ("decision", "How does in-house payroll compare to outsourced payroll?"),
        ("lookup", "How do in-house costs compare with outsourcing?"),
        ("lookup", "How many firms do it in-house versus outsourced?"),
        ("lookup", "What is the difference between internal and external hard drives?"),
        ("lookup", "Which tax rules apply to in-house staff compared to agency staff?"),
    ],
)
def test_the_shape_of_a_question(shape: str, text: str) -> None:
    assert parse(text, SUBJECTS).shape == shape


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("What is the difference between BPO and KPO?", ("bpo", "kpo")),
        ("KPO versus BPO", ("kpo", "bpo")),
        ("Compare business process outsourcing to KPO.", ("business process outsourcing", "kpo")),
        ("Is BPO different from KPO?", ("bpo", "kpo")),
        ("Which is better, KPO or BPO?", ("kpo", "bpo")),
        ("What is the difference between BPO and franchising?", ("bpo", "franchising")),
        ("BPO, KPO: how do the two compare?", ("bpo", "kpo")),
        ("How would BPO compare to franchising in Spain?", ("bpo", "franchising")),
        ("KPO versus a BPO agency", ("kpo", "bpo agency")),
        ("A BPO agency or KPO?", ("bpo agency", "kpo")),
        ("We need 40 agents. BPO or KPO?", ("bpo", "kpo")),
        ("BPO or several consultants for payroll?", ("bpo", "several consultants")),
        ("Compare a BPO agent with a KPO analyst.", ("bpo", "kpo")),
        ("Compare BPO teams with KPO providers.", ("bpo", "kpo")),
        ("Compare BPO agencies with KPO agencies.", ("bpo", "kpo")),
    ],
)
def test_the_sides_of_a_comparison(text: str, sides: tuple[str, str]) -> None:
    found = parse(text, SUBJECTS).sides
    assert found is not None
    assert (found[0].phrase, found[1].phrase) == sides


def test_two_places_are_the_sides_however_they_are_named() -> None:
    india = make_document("india", "Text.", title="Outsourcing to India", kind="place", aliases=("India",))
    poland = make_document("poland", "Text.", title="Outsourcing to Poland", kind="place", aliases=("Poland",))
    far = make_document("far", "Text.", title="Offshore and nearshore", aliases=("offshore", "nearshore"))
    subjects = Subjects([card(one) for one in (*DOCUMENTS, india, poland, far)])

    def sides(text: str) -> list[str]:
        return [side.phrase for side in parse(text, subjects).sides or ()]

    assert sides("Is it better nearshore in Poland or offshore in India for support?") == ["poland", "india"]
    assert sides("Indian vs Polish developers") == ["india", "poland"]
    assert sides("Indian or Polish developers?") == ["india", "poland"]
    assert sides("BPO in India vs KPO in Poland") == ["bpo", "kpo"]
    assert sides("Which is better, offshore or nearshore?") == ["offshore", "nearshore"]
    assert sides("Dutch or German law for the contract?") == []


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between BPO and BPO?",
        "What is the difference between cats and dogs?",
        "What is BPO?",
        "Should we outsource payroll or not?",
        "Do we rent the BPO desks for three or five years?",
        "BPO is done by Anna. BPO or KPO questions go to her. Who is she?",
        "Our provider is late. Can we claim damages or payroll?",
        "We outsource. Any hidden costs or payroll?",
        "Clear. Which KPIs or payroll matter?",
        "Could one roof in Leeds or a BPO in Spain cope?",
        "A BPO or several for payroll?",
    ],
)
def test_a_question_without_two_sides_of_the_library_is_no_comparison(text: str) -> None:
    question = parse(text, SUBJECTS)
    assert question.shape != "comparison"
    assert question.sides is None


def test_subjects_are_found_by_alias_title_and_acronym_whatever_their_endings() -> None:
    found = SUBJECTS.find("Does BPO, or knowledge-process outsourcing, print wage slip?")
    assert [(one.phrase, one.documents) for one in found] == [
        ("bpo", ("reference/bpo",)),
        ("knowledge process outsourcing", ("reference/kpo",)),
        ("wage slip", ("reference/should-we-outsource-payroll",)),
    ]


def test_a_subject_is_named_once() -> None:
    assert [one.phrase for one in SUBJECTS.find("BPO is BPO")] == ["bpo"]


def test_the_longest_alias_wins() -> None:
    long = make_document("long", "Text.", title="T one", aliases=("payroll provider contract",))
    short = make_document("short", "Text.", title="T two", aliases=("payroll", "contract"))
    subjects = Subjects([card(long), card(short)])
    found = subjects.find("Is a payroll provider contract needed, and a payroll contract?")
    assert [(one.phrase, one.documents) for one in found] == [
        ("payroll provider contract", ("reference/long",)),
        ("payroll", ("reference/short",)),
        ("contract", ("reference/short",)),
    ]


def test_two_subjects_may_share_the_word_outsourcing() -> None:
    outsourcing = make_document("o", "Text.", title="T one", aliases=("benefits of outsourcing",))
    hr = make_document("hr", "Text.", title="T two", aliases=("outsourcing HR", "HR outsourcing"), functions=("hr",))
    contract = make_document("c", "Text.", title="T three", aliases=("outsourcing contract",))
    subjects = Subjects([card(outsourcing), card(hr), card(contract)])
    assert [one.phrase for one in subjects.find("What are the benefits of outsourcing HR admin?")] == [
        "benefits of outsourcing",
        "outsourcing hr",
    ]
    assert [one.phrase for one in subjects.find("The benefits of outsourcing payroll")] == ["benefits of outsourcing"]
    assert [one.phrase for one in subjects.find("An HR outsourcing contract")] == ["hr outsourcing"]
    assert parse("How do the benefits of outsourcing HR compare for small firms?", subjects).sides is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("How do we audit our BPO provider?", "How do we audit our outsourcing provider?"),
        ("How long is a BPO contract?", "How long is an outsourcing contract?"),
        ("What is a BPO provider?", "What is a BPO provider?"),
        ("BPO provider vs franchising", "BPO provider vs franchising"),
        ("How is a BPO firm different from KPO?", "How is a BPO firm different from KPO?"),
        ("F&A BPO contract: which clauses?", "F&A outsourcing contract: which clauses?"),
        ("Do BPO providers pay less than KPO providers?", "Do BPO providers pay less than KPO providers?"),
        ("What will AI do to jobs at BPO firms?", "What will AI do to jobs at BPO firms?"),
        ("Is BPO cheap?", "Is BPO cheap?"),
    ],
)
def test_what_is_asked_of_any_provider_is_not_searched_as_of_bpo(text: str, read: str) -> None:
    assert parse(text, SUBJECTS).text == read


def test_two_documents_may_share_an_alias() -> None:
    one = make_document("one", "Text.", title="T one", aliases=("payroll",))
    two = make_document("two", "Text.", title="T two", aliases=("Payrolls",))
    assert Subjects([card(one), card(two)]).find("payroll")[0].documents == ("reference/one", "reference/two")


def test_a_subject_of_common_words_only_is_none() -> None:
    document = make_document("x", "Text.", title="Outsourcing", aliases=("outsource", "the"))
    assert Subjects([card(document)]).find("Why is outsourcing the thing?") == ()


def test_without_a_library_no_subject_is_found() -> None:
    assert Subjects([]).find("What is BPO?") == ()


def test_the_names_of_a_subject_are_the_aliases_of_its_definition() -> None:
    bpo = SUBJECTS.find("BPO")[0]
    assert set(SUBJECTS.names(bpo)) >= {("bpo",), phrase_stems("business process outsourcing")}
    assert ("kpo",) not in SUBJECTS.names(bpo)
    payroll = SUBJECTS.find("payroll")[0]
    assert SUBJECTS.names(payroll) == (phrase_stems("payroll"),)


def test_a_title_that_is_a_question_does_not_swallow_its_subject() -> None:
    assert [one.phrase for one in SUBJECTS.find("Should we outsource payroll?")] == ["payroll"]


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("What are all the risks of BPO?", "entire"),
        ("Name every risk of BPO", "entire"),
        ("Which 10 risks does BPO have?", "entire"),
        ("Describe KPO in depth", "entire"),
        ("Give me ten good reasons for BPO", "entire"),
        ("How long does a move to BPO take?", "usual"),
        ("We are 12 people in all. Is BPO for us?", "usual"),
        ("What are the risks of BPO?", "usual"),
        ("Did BPO grow in 2020?", "usual"),
        ("Is BPO usually cheaper?", "usual"),
        ("What are all the risks of BPO? Shorter please.", "brief"),
        ("Summarise BPO in two sentences", "brief"),
        ("What is BPO in one sentence? Now in more detail.", "usual"),
        ("A short contract for BPO: what is in it?", "usual"),
    ],
)
def test_how_long_an_answer_is_asked_for(text: str, room: Room) -> None:
    assert parse(text, SUBJECTS).room == room


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("Give me 8 KPIs for an outsourced payroll", 8),
        ("What are the three main risks of BPO?", 3),
        ("List five questions to ask a BPO provider", 5),
        ("What are the risks of BPO? Just the two most important", 2),
        ("Top 3 risks of BPO", 3),
        ("What are the risks of BPO? I need 3 lines for the board", 3),
        ("What are the risks of BPO? In two sentences", 2),
        ("What are the risks if we outsource the two production lines?", 0),
        ("We need 3 services: payroll, HR and IT. What are the risks of BPO?", 0),
        ("What are the risks of BPO?", 0),
        ("We run 8 KPIs. What are the risks of BPO?", 0),
        ("Which of the two kinds of BPO is cheaper?", 0),
        ("What risks have two providers of BPO?", 0),
    ],
)
def test_how_many_of_something_are_asked_for(text: str, most: int) -> None:
    assert parse(text, SUBJECTS).most == most


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Which is better, BPO or KPO?", True),
        ("Should we go for BPO or KPO?", True),
        ("BPO or KPO: which suits a bank?", True),
        ("What is the difference between BPO and KPO?", False),
        ("How do BPO and KPO differ?", False),
    ],
)
def test_whether_one_of_two_is_to_be_chosen(text: str, choice: bool) -> None:
    question = parse(text, SUBJECTS)
    assert (question.shape, question.choice) == ("comparison", choice)


def test_the_stems_of_a_question_are_its_content() -> None:
    assert parse("Should we outsource payroll?", SUBJECTS).stems == ("outsourc", "payrol")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("What is the diffrence between BPO and KPO?", "What is the difference between BPO and KPO?"),
        ("Should we outsorce payrol?", "Should we outsource payroll?"),
        ("bussiness process", "business process"),
        ("a proccess", "a process"),
        ("the proecss", "the process"),
        ("Our Payrol is a name", "Our Payrol is a name"),
        ("processing", "processing"),  # an ending
        ("unprocess", "unprocess"),
        ("proverse", "proverse"),
    ],
)
def test_slips_of_the_pen_are_put_right(text: str, right: str) -> None:
    assert SUBJECTS.spelt(text, ()) == right


def test_a_letter_missing_of_two_is_the_likeliest_slip() -> None:
    cards = (make_document("a", "Here.", aliases=("offshore", "onshore")),)
    assert subjects_of(cards).spelt("ofshore or onnshore", ()) == "offshore or onshore"
    assert subjects_of(cards).spelt("Ofshore or Onnshore", ()) == "Offshore or Onnshore"


def test_a_word_that_the_library_says_is_no_slip() -> None:
    assert SUBJECTS.spelt("proccess", {"proccess"}) == "proccess"


@pytest.mark.parametrize(
    "text",
    [
        "Should we bring payroll back in-house?",
        "Should we take payroll back from the bureau?",
        "Is it worth insourcing payroll?",
        "Should we move payroll home again?",
        "Should we bring payroll data entry back in-house?",
        "Should we take payroll records management back from the bureau?",
        "Should we bring payroll and our data back in-house?",
        "Should we bring our payroll data back in-house?",
        "Is it worth taking payroll back in-house?",
    ],
)
def test_the_way_back_is_its_own_subject(text: str) -> None:
    back = make_document("back", "Backsourcing is a return.", title="Coming back", aliases=("backsourcing",))
    found = parse(text, subjects_of((*DOCUMENTS, back)))
    assert (found.shape, [subject.documents for subject in found.subjects]) == ("decision", [("reference/back",)])
    assert [subject.phrase for subject in parse(text, SUBJECTS).subjects] == ["payroll"]


@pytest.mark.parametrize(
    "text",
    [
        "Should we get our data back from payroll?",
        "Should I take my files back from payroll?",
        "Should we get all of our old customer data back from payroll?",
        "Should we get our data and the keys back from payroll?",
        "Should we get our data, files and passwords back from payroll?",
        "Should we get the files they hold back from payroll?",
        "Is it worth getting back all payroll records?",
    ],
)
def test_what_is_handed_back_is_no_way_back(text: str) -> None:
    back = make_document("back", "Backsourcing is a return.", title="Coming back", aliases=("backsourcing",))
    assert [subject.phrase for subject in parse(text, subjects_of((*DOCUMENTS, back))).subjects] == ["payroll"]


@pytest.mark.parametrize(
    ("ask", "term"),
    [
        ("What is an employer of record?", "employer of record"),
        ("what is chaos engineering", "chaos engineering"),
        ("What does body leasing mean?", "body leasing"),
        ("Define executory contract.", "executory contract"),
        ("What is meant by CX outsourcing?", "CX outsourcing"),
        ("What is BPO?", ""),
        ("What is the proper term?", ""),
        ("What is hidden behind a cheap bid?", ""),
        ("What are the one-off costs of a move?", ""),
        ("What is a good price?", ""),
        ("What is a letter of credit in shipping?", ""),
        ("Who is an employer of record?", ""),
    ],
)
def test_the_term_of_which_a_question_asks_what_it_is(ask: str, term: str) -> None:
    assert defined(ask) == term


def test_a_side_of_which_no_document_tells_is_named_as_it_was_written() -> None:
    sides = parse("What is the difference between BPO and an Employer of Record?", SUBJECTS).sides
    assert sides is not None
    assert [side.phrase for side in sides] == ["bpo", "Employer of Record"]
    assert sides[1].stems == phrase_stems("employer of record")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Should a manufacturer outsource payroll?", ["payroll"]),
        ("Should recruiters outsource payroll?", ["payroll"]),
        ("Why does a recruiting firm outsource its payroll?", ["payroll"]),
        ("Should payroll be outsourced or should we outsource recruiting?", ["payroll", "recruiting"]),
        ("Should we keep recruiting or outsource payroll?", ["recruiting", "payroll"]),
        ("Do we need a contract for payroll if we have outsourced recruiting?", ["contract", "payroll", "recruiting"]),
        ("Should the contract let recruiters outsource payroll?", ["contract", "payroll"]),
        ("Should recruiters outsource?", ["recruiters"]),
        ("Is manufacturing outsourced?", ["manufacturing outsourced"]),
        ("manufacturing outsource, pros and cons", ["manufacturing outsource"]),
        ("Should we keep in-house or outsource?", ["keep in house or outsource"]),
    ],
)
def test_who_outsources_is_not_what_is_outsourced(text: str, found: list[str]) -> None:
    def about(slug: str, functions: str, *aliases: str) -> Document:
        return make_document(slug, "## Facts\n\nWork is done.\n", functions=(functions,), aliases=aliases)

    making = about("making", "manufacturing", "manufacturing outsourcing")
    general = about("core", "general", "keep in-house or outsource", "contract")
    hiring, pay = about("hiring", "recruitment", "recruiting"), about("pay", "payroll", "payroll")
    subjects = subjects_of([making, hiring, pay, general])
    assert [one.phrase for one in subjects.find(text)] == found
