from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import split


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It cost 3.5 million in 2020. Then it fell.", ["It cost 3.5 million in 2020.", "Then it fell."]),
        (
            "Work such as payroll, e.g. wage slips, is BPO. Good.",
            ["Work such as payroll, e.g. wage slips, is BPO.", "Good."],
        ),
        ("The U.K. rules apply. They do.", ["The U.K. rules apply.", "They do."]),
        ("## Heading\n\nFirst line\nsecond line. Next.\n", ["First line\nsecond line.", "Next."]),
        ("Lead-in:\n- One item.\n- Another item", ["Lead-in:", "One item.", "Another item"]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_split(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@given(st.text(alphabet=st.sampled_from("aB .!?\n-#1’é𝒳\t"), max_size=200))
def test_spans_are_in_order_trimmed_and_hold_every_letter(text: str) -> None:
    spans = split(text)
    assert all(start < end for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for start, end in spans:
        assert text[start:end] == text[start:end].strip()
    covered = "".join(text[start:end] for start, end in spans)
    outside = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    assert sum(c == "B" for c in covered) >= sum(c == "B" for c in outside) - text.count("#")


def test_a_part_of_a_text_keeps_the_offsets_of_the_whole() -> None:
    text = "First one. Second one. Third one."
    assert [text[a:b] for a, b in split(text, 11, 22)] == ["Second one."]


def test_each_row_of_a_table_is_a_sentence_and_its_rule_is_none() -> None:
    text = "Limits:\n| Value | Who |\n|---|:--:|\n| up to 10,000 | Head |\n| above | Board |\nThat is all.\n"
    assert [text[a:b] for a, b in split(text)] == [
        "Limits:",
        "| Value | Who |",
        "| up to 10,000 | Head |",
        "| above | Board |",
        "That is all.",
    ]
