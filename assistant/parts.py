"""Of several questions in one message, those that the answer to the whole leaves out.

One search for the whole message finds what all are about, and as a rule answers them. Where it does not, what the
sources say on one by itself stands below under a heading of its own; where that is little, the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.asks import asks, quoted
from assistant.choose import again
from assistant.condense import condense, leans
from assistant.crux import NOTHING
from assistant.evidence import Candidate
from assistant.question import SENTENCE, Subjects, courtesy, is_asked
from assistant.text import terms
from assistant.types import Turn
from ingest.types import Hit

_ASKS_NOTHING = NOTHING.union("agree agreed correct know makes ok okay please right sense sound sounds sure".split())
"""“Right?”, “Any ideas?” ask nothing more."""
_MOST = 3
"""Questions of a message that are looked at."""
_WHOLE = 3
"""Content words with which a question is searched without the one before it."""
SENTENCES = 3
"""For each question that is left out."""
ENOUGH = 0.7
"""The score of the best sentence from which a question by itself counts as answered."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question of several, and what answers it by itself."""

    asked: str
    """As `quoted`."""
    sentences: tuple[Candidate, ...] = ()
    """The best first; where it is not answered, those that come nearest."""
    hits: tuple[Hit, ...] = ()
    answered: bool = True
    missing: str | None = None
    """Why it would be refused by itself."""
    own: tuple[Candidate, ...] = ()
    """What the user's documents say on it."""


def each(text: str, history: Sequence[Turn], subjects: Subjects) -> list[tuple[str, str]]:
    """The questions of a message, if there are several: as `quoted`, and made to stand alone.

    What the message tells belongs to every one of them; a question that leans on the one before it is read as a
    follow-up of that.
    """
    several = [ask for ask in asks(text) if set(terms(ask)) - _ASKS_NOTHING and not courtesy(ask)][:_MOST]
    if len(several) < 2:
        return []
    told = " ".join(one for one in SENTENCE.split(text) if not is_asked(one)) if "?" in text else ""
    found: list[tuple[str, str]] = []
    for number, ask in enumerate(several):
        alone = f"{told} {ask}".strip()
        if not number:
            alone = condense(alone, history, subjects)
        elif leans(ask) or len(terms(ask)) < _WHOLE:
            alone = condense(ask, (*history, Turn("user", found[-1][1])), subjects)
            alone = alone if told in alone else f"{told} {alone}"
        found.append((quoted(ask), alone))
    return found


def left_out(parts: Sequence[Part], said: Sequence[Candidate]) -> list[Part]:
    """Those that an answer leaves out, with the sentences to add; none where the sources say little.

    Args:
        parts: every question of the message.
        said: the sentences of the answer to the whole.
    """
    made: list[Part] = []
    for part in parts:
        so_far = [*said, *(one for other in made for one in other.sentences)]
        known = [any(again(one, other) for other in so_far) for one in part.sentences]
        if any(known[:1] if part.answered else known):
            continue
        own = [one for one in part.own if not any(again(one, other) for other in so_far)][:1]
        new = [one for one, is_known in zip(part.sentences, known, strict=True) if part.answered and not is_known]
        if not own and not new and part.own:  # what the user's documents say on it stands above
            continue
        chosen = tuple([*own, *new][:SENTENCES])
        cited = {one.passage.id for one in chosen}
        made.append(replace(part, sentences=chosen, hits=tuple(hit for hit in part.hits if hit.passage.id in cited)))
    return made


def unanswered(parts: Sequence[Part], missing: str | None) -> str | None:
    """On which questions the library says little, in words for the reader, after what is said to be missing already."""
    open_ = [part for part in parts if not part.sentences and part.asked not in (missing or "")]
    little = [part.asked for part in open_ if not part.missing]
    said = [f"The library says little on {' and '.join(little)}."] if little else []
    said += [f"{part.asked}: {part.missing}" for part in open_ if part.missing]
    return " ".join(filter(None, (missing, *said))) or None
