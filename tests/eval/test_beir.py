from __future__ import annotations

import pytest

from eval.beir import _last


@pytest.mark.parametrize(
    ("query", "last"),
    [
        ("What is BPO? How do we pay suppliers?", "How do we pay suppliers?"),
        (" What is BPO? How do we pay suppliers? ", "How do we pay suppliers?"),
        ("Our bureau is late again. Why?", "Our bureau is late again. Why?"),  # “why” alone says too little
        ("Statins lower cholesterol.", "Statins lower cholesterol."),
    ],
)
def test_of_joined_turns_the_last_sentence_stands_for_the_last_turn(query: str, last: str) -> None:
    assert _last(query) == last
