from __future__ import annotations

import pytest

from assistant.places import bearing_on, clientless, named, replaced, without
from ingest.library import Library
from ingest.sync import fill
from tests.assistant.test_evidence import gathered
from tests.conftest import FakeEncoder, make_document


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Tell us what we may do.", set()),
        ("US and UK rules differ.", {"us", "uk"}),
        ("Is Polish labour cheap? Polish the text.", {"poland"}),
        ("Latin American providers speak Spanish", {"latin america", "spain"}),
        ("An American firm in Bangalore", {"us", "india"}),
        ("The Indiana office", set()),
        ("Does EU law bind Bulgaria?", {"eu", "bulgaria"}),
    ],
)
def test_the_places_that_a_text_names(text: str, places: set[str]) -> None:
    assert named(text) == places


@pytest.mark.parametrize(
    ("asked", "places"),
    [(set(), set()), ({"poland"}, {"poland", "eu"}), ({"us"}, {"us"}), ({"mexico"}, {"mexico", "latin america"})],
)
def test_a_region_bears_on_what_lies_in_it(asked: set[str], places: set[str]) -> None:
    assert bearing_on(frozenset(asked)) == places


def test_a_country_bears_on_its_region() -> None:
    assert {"poland", "eu"} <= bearing_on(frozenset({"eu"}))


def test_a_sentence_on_another_country_comes_last(empty_library: Library, encoder: FakeEncoder) -> None:
    body = (
        "## US: notice\n\nStaff get sixty days of notice.\n\n## Law\n\nStaff get notice by UK law.\n"
        "Staff get some notice.\n"
    )
    fill(empty_library, encoder, [make_document("notice", body, title="Notice")])
    evidence = gathered("Which notice do staff get in the UK?", empty_library, encoder)
    assert [candidate.text for candidate in evidence.candidates][-1] == "Staff get sixty days of notice."
    evidence = gathered("Which notice do staff get in the US?", empty_library, encoder)
    assert [candidate.text for candidate in evidence.candidates][-1] == "Staff get notice by UK law."


def test_small_letters_name_a_place_unless_they_are_another_word() -> None:
    assert named("is poland better than the UK for us") == {"poland", "uk"}
    assert named("polish the text, and turkey for lunch. Us and them") == frozenset()
    assert named("write to payroll@acme.co.uk, see https://ec.europa.eu/x") == frozenset()


def test_a_company_from_somewhere_is_any_company() -> None:
    assert clientless("Nearshoring for a mid-sized Dutch bank, or not?") == "Nearshoring for a mid-sized bank, or not?"
    assert clientless("Who owns it as a Polish software firm?") == "Who owns it as a software firm?"
    assert clientless("Is there support for a Dutch audience?") == "Is there support for a Dutch audience?"


def test_a_text_without_its_places() -> None:
    assert without("May a provider in the Philippines pass work on?") == "May a provider pass work on?"
    assert replaced("Who pays in Spain?", "Italy") == "Who pays in Italy?"
    assert replaced("Who pays in Spain, and who in Poland?", "Italy") is None
    assert replaced("Is Spanish payroll safe?", "Italy") is None
