from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.support import features, likelihood

TEXTS = ["WNS bought the unit in 2008.", "It paid 115 million pounds.", "Aviva sold it."]


def test_shares_of_words_windows_numbers_names_and_pairs() -> None:
    assert features("WNS bought Aviva in 2009", TEXTS) == (
        pytest.approx(3 / 4),  # wns, bought, aviva of wns, bought, aviva, 2009
        pytest.approx(3 / 4),
        0.0,  # 2009
        1.0,  # Aviva; a capital at the beginning says nothing
        pytest.approx(1 / 3),  # (wns, bought) of three pairs
        1.0,
    )


def test_what_a_sentence_lacks_does_no_harm() -> None:
    assert features("bought the unit", TEXTS)[2:4] == (1.0, 1.0)
    assert features("", []) == (0.0, 0.0, 1.0, 1.0, 0.0, 0.0)


def test_the_same_words_are_likelier_than_some_and_some_than_none() -> None:
    same, some, none = (likelihood(said, TEXTS) for said in (TEXTS[0], "WNS closed offices.", "Rain fell in Rome."))
    assert same > 0.7 > some > none


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=4))
def test_it_is_a_probability(sentence: str, texts: list[str]) -> None:
    assert 0.0 < likelihood(sentence, texts) < 1.0
