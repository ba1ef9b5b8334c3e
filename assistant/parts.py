"""Of several questions in one message, those that the answer to the whole leaves out.

One search for the whole message finds what all are about, and as a rule answers them. Where it does not, what the
sources say on one by itself stands below under a heading of its own; where that is little, the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.choose import again
from assistant.condense import condense, leans
from assistant.evidence import Candidate
from assistant.question import SENTENCE, Subjects, asks, courtesy, quoted
from assistant.text import terms
from assistant.types import Turn
from ingest.types import Hit

_LINKS = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|also|then) +|"
    r"(?:and|but|so|also|plus|besides|next|then|further|furthermore|by the way|ok|okay), *)+",
    re.I,
)
_ASKS_NOTHING = frozenset(
    """
    advice advise agree agreed correct explain help idea ideas know makes ok okay please possible regards right sense
    sound sounds sure tell thanks thought thoughts true
    """.split()
)
"""“Right?”, “Any ideas?” ask nothing more."""
_MOST = 3
"""Questions of a message that are looked at."""
_WHOLE = 3
"""Content words with which a question is searched without the one before it."""
SENTENCES = 3
"""For each question that is left out."""
ENOUGH = 0.85
"""The score of the best sentence from which a question by itself counts as answered: as for a lookup's lead."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question that the answer to the whole leaves out; without sentences where the sources say little on it."""

    asked: str
    """As `quoted`."""
    sentences: tuple[Candidate, ...] = ()
    hits: tuple[Hit, ...] = ()


def each(text: str, history: Sequence[Turn], subjects: Subjects) -> list[tuple[str, str]]:
    """The questions of a message, if there are several: as `quoted`, and made to stand alone.

    What the message tells belongs to every one of them; a question that leans on the one before it is read as a
    follow-up of that.
    """
    several = [_LINKS.sub("", ask) for ask in asks(text)]
    several = [ask for ask in several if set(terms(ask)) - _ASKS_NOTHING and not courtesy(ask)][:_MOST]
    if len(several) < 2:
        return []
    told = [one for one in SENTENCE.split(text) if not one.endswith("?")] if "?" in text else []
    found = []
    before: tuple[Turn, ...] = tuple(history)
    for number, ask in enumerate(several):
        alone = " ".join((*told, ask))
        if not number or leans(ask) or len(terms(ask)) < _WHOLE:
            standing = condense(ask if number else alone, before, subjects)
        else:
            standing = alone
        found.append((quoted(ask), standing))
        before = (*history, Turn("user", alone))
    return found


def left_out(
    asked: str, found: Sequence[Candidate], answered: bool, hits: Sequence[Hit], said: Sequence[Candidate]
) -> Part | None:
    """What is to be added for a question; None where the answer to the whole has it.

    Args:
        asked: the question.
        found: the sentences that answer it by itself, the best first.
        answered: whether these do.
        hits: what was found for it.
        said: the sentences of the answer to the whole, and of the parts before.
    """
    known = [any(again(one, other) for other in said) for one in found]
    if any(known[:1]) or sum(known) > 1:
        return None
    if not answered:
        return Part(asked)
    chosen = tuple(one for one, is_known in zip(found, known, strict=True) if not is_known)
    cited = {one.passage.id for one in chosen}
    return Part(asked, chosen, tuple(hit for hit in hits if hit.passage.id in cited))


def unanswered(parts: Sequence[Part], missing: str | None) -> str | None:
    """On which questions the library says little, in words for the reader, after what is said to be missing already."""
    asked = [part.asked for part in parts if not part.sentences and part.asked not in (missing or "")]
    little = f"The library says little on {' and '.join(asked)}." if asked else None
    return " ".join(filter(None, (missing, little))) or None
