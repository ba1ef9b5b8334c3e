from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.choose import diverse
from assistant.evidence import Candidate
from tests.assistant.made import facts

NOTIFY = "A covered entity must notify affected people within 60 days of discovering a breach."
AGAIN = "Within 60 days of discovering a breach, a covered entity must notify affected people."
OTHER_DUTY = "A business associate must notify the covered entity within 60 days of discovering a breach."


def alike(candidates: Sequence[Candidate]) -> list[Candidate]:
    """With vectors whose cosine is 0.9."""
    vectors = ((1.0, 0.0), (0.9, 0.19**0.5))
    return [replace(one, vector=vector) for one, vector in zip(candidates, vectors, strict=True)]


@pytest.mark.parametrize(
    ("texts", "slugs", "kept"),
    [
        ((NOTIFY, OTHER_DUTY), ("law", "law"), 2),
        ((NOTIFY, AGAIN), ("law", "law"), 1),
        ((NOTIFY, OTHER_DUTY), ("law", "news"), 1),
        ((NOTIFY, NOTIFY.replace("60", "72")), ("law", "law"), 2),
        ((NOTIFY, NOTIFY.replace("must", "must not")), ("law", "law"), 2),
    ],
)
def test_one_author_repeats_himself_only_where_next_to_nothing_is_new(
    texts: tuple[str, str], slugs: tuple[str, str], kept: int
) -> None:
    found = [facts(text, slug=slug)[0] for text, slug in zip(texts, slugs, strict=True)]
    apart = [replace(one, start=100 * number) for number, one in enumerate(found)]
    assert len(diverse(alike(apart), 5)) == kept
