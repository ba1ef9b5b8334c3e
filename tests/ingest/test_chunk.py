from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import chunk, embedded_text
from ingest.sentences import split
from tests.conftest import BPO, make_document


def count(text: str) -> int:
    return len(text.split())


def test_one_passage_a_section_with_its_heading() -> None:
    document = make_document("bpo", BPO, title="BPO")
    passages = chunk(document, count, 60)
    assert [passage.headings for passage in passages] == [("In short",), ("Risks",)]
    assert passages[1].text == ("BPO can lock a client into one supplier.\nBPO moves personal data to another company.")
    assert embedded_text("BPO", passages[1], count, 60).startswith("BPO > Risks\nBPO can lock")


def test_a_long_section_is_cut_at_sentence_ends_into_equal_parts() -> None:
    body = "## Part\n\n" + " ".join(f"Sentence number {n} has exactly seven words." for n in range(12))
    passages = chunk(make_document("long", body, title="T"), count, 34)
    assert len(passages) == 3
    assert all(passage.text.endswith("words.") for passage in passages)
    assert all(count(embedded_text("T", passage, count, 34)) <= 34 for passage in passages)


def test_a_sentence_longer_than_the_window_is_cut_at_a_space() -> None:
    body = "word " * 100
    passages = chunk(make_document("endless", body, title="T"), count, 30)
    assert all(count(embedded_text("T", passage, count, 30)) <= 30 for passage in passages)
    assert sum(len(passage.text.split()) for passage in passages) == 100


def test_a_heading_that_would_fill_the_window_is_cut() -> None:
    """In Chinese every character is a token: a long heading path leaves no room for the text."""
    document = make_document("x", "## " + "外" * 250 + "\n\n" + "包" * 250 + "。", title="業務")
    passages = chunk(document, len, 254)
    assert "".join(passage.text for passage in passages) == "包" * 250 + "。"
    assert all(len(embedded_text("業務", passage, len, 254)) <= 255 for passage in passages)


def test_nested_headings_make_a_path() -> None:
    body = "# Top\n\n## Inner\n\nSome words here.\n\n# Other\n\nMore words here."
    assert [p.headings for p in chunk(make_document("x", body), count, 60)] == [("Top", "Inner"), ("Other",)]


BODY = st.lists(
    st.sampled_from(
        ["One sentence here.", "Another, longer sentence stands here!", "## Heading", "", "- an item", "é𝒳 ok?"]
    ),
    max_size=40,
).map("\n".join)


@given(BODY, st.integers(8, 40))
def test_passages_are_exact_spans_that_hold_every_sentence_once(body: str, window: int) -> None:
    document = make_document("any", body, title="T")
    passages = chunk(document, count, window)
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
    assert all(left.end <= right.start for left, right in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)
    inside = [span for passage in passages for span in split(document.text, passage.start, passage.end)]
    words = re.findall(r"\w+", " ".join(document.text[a:b] for a, b in split(document.text)))
    assert re.findall(r"\w+", " ".join(document.text[a:b] for a, b in inside)) == words
