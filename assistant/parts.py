"""Of several questions in one message, those that the answer to the whole leaves out.

One search for the whole message finds what both are about, and as a rule answers both. Where it does not, what the
sources say on the second by itself stands below under a heading of its own; where that is little, the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.condense import condense, leans
from assistant.evidence import Candidate
from assistant.question import SENTENCE, Subjects, asks
from assistant.text import terms
from assistant.types import Turn
from ingest.types import Hit

_LINKS = re.compile(
    r"^(?:(?:and|also|by the way|besides|plus|so|then|but|or|ok|okay|next|further|furthermore)\b,? *)+", re.I
)
_MOST = 2
"""Questions after the first that are looked at."""
_SENTENCES = 3
"""For each of them."""
_WHOLE = 3
"""Content words with which a question stands alone."""
_ENOUGH = 0.85
"""The score of the best sentence from which a question by itself counts as answered."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question that the answer to the whole leaves out; without sentences where the sources say little on it."""

    asked: str
    sentences: tuple[Candidate, ...] = ()
    hits: tuple[Hit, ...] = ()


def further(text: str, subjects: Subjects) -> list[tuple[str, str]]:
    """The questions after the first: as asked, and made to stand alone by what stands before them."""
    first, *others = asks(text)
    told = [one for one in SENTENCE.split(text) if not one.endswith("?")] if others else []
    before = Turn("user", " ".join((*told, first)))
    found = []
    for ask in (_LINKS.sub("", other) for other in others[:_MOST]):
        whole = len(terms(ask)) >= _WHOLE and not leans(ask)
        if terms(ask):
            found.append((ask[:1].upper() + ask[1:], ask if whole else condense(ask, (before,), subjects)))
    return found


def left_out(
    asked: str, found: Sequence[Candidate], best: float, hits: Sequence[Hit], said: Sequence[Candidate]
) -> Part | None:
    """What is to be added for a question; None where the answer to the whole has it.

    Args:
        asked: the question.
        found: the sentences that answer it by itself, the best first; none where nothing does.
        best: the highest score for it.
        hits: what was found for it.
        said: the sentences of the answer to the whole.
    """
    known = {one.key for one in said}
    if any(one.key in known for one in found[:_SENTENCES]):
        return None
    if best < _ENOUGH:
        return Part(asked)
    chosen = tuple(one for one in found if one.key not in known)[:_SENTENCES]
    cited = {one.passage.id for one in chosen}
    return Part(asked, chosen, tuple(hit for hit in hits if hit.passage.id in cited))


def unanswered(parts: Sequence[Part]) -> str | None:
    """On which questions the sources say little, in words for the reader."""
    asked = " and ".join(f"“{part.asked}”" for part in parts if not part.sentences)
    return f"The library says little on {asked}." if asked else None
