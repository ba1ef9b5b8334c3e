"""Several questions in one message.

Where each stands by itself, the first that the sources answer leads, as if it came alone. Where one leans on another
(“…, and who pays for it?”), one search for the whole message finds what all are about, and as a rule answers them. What
else is asked stands below, each under a heading of its own; where the sources say little on one, the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.asks import ASKING_WORD, asks, quoted, requested
from assistant.choose import again
from assistant.condense import BARE, WHOLE, asks_of_any, beside, condense, leans
from assistant.crux import NOTHING
from assistant.evidence import Candidate, Evidence
from assistant.layout import Composition
from assistant.outcome import ASKED, FAR, UNRELATED, Judgement
from assistant.question import MAX_CHARACTERS, SENTENCE, Question, asking, courtesy, is_asked
from assistant.subjects import Subjects
from assistant.text import terms
from assistant.types import Turn
from ingest.types import Hit

_ASKS_NOTHING = NOTHING.union("agree agreed correct know makes ok okay please right sense sound sounds sure".split())
"""“Right?”, “Any ideas?” ask nothing more."""
_MOST = 4
"""Questions of a message that are looked at."""
_TOO_MANY = "More questions than one message can ask; please ask by themselves:"
_OF_ANYONE = re.compile(
    r"(?P<who>\ban? (?:[\w-]+ )??(?:agency|bureau|client|company|contractor|customer|employee|firm|freelancer|partner|"
    r"person|provider|subcontractor|supplier|vendor|worker)\b)(?P<rest>.*)",
    re.I,
)
_THEIRS = re.compile(r"\b(?:they|their|theirs|its)\b", re.I)
"""“Can a vendor use our data for their own ends?” leans on nothing before it."""
FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|we|us|our|ours)\b", re.I)
_ENOUGH_OF = 3
"""The answer to the whole has answered a question when it has most of so many sentences that answer it by itself."""
SENTENCES = 5
"""For each question that is left out."""
ENOUGH = 0.7
"""The score of the best sentence (`Evidence.plain`) from which a question by itself counts as answered."""


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
    note: str | None = None
    """What of it is missing, such as a figure, though it is not refused."""
    own: tuple[Candidate, ...] = ()
    """What the user's documents say on it, in their order."""
    leans: bool = False
    """Whether it is read with the question before it."""
    private: bool = False
    """Whether it sounds like one on the asker's own data."""
    foreign: bool = False
    """Whether it surely sounds like one of another field, or for live data."""
    found: tuple[Question, Evidence] | None = None
    """To compose the answer to it."""
    marked: bool = True
    """Whether it is a question by its mark or its first word, and not only by a verb that may begin a remark."""

    @property
    def says_little(self) -> bool:
        """Whether it says too little to be related to anything: “72?”, “How big?”."""
        asked = self.asked.strip("“”")
        return self.missing in UNRELATED and bool(BARE.match(asked) or not re.search(r"[^\W\d]", asked))

    @property
    def asked_before(self) -> float:
        """The highest cosine of it and a question that the library is known to answer."""
        return self.found[1].asked if self.found else 0.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of several, made to stand alone."""

    quoted: str
    """As `quoted`."""
    alone: str
    beside: str
    """What it is read as, too (`condense.beside`)."""
    leans: bool = False
    """Whether it is read with the question before it."""
    after: str = ""
    """The same with the question before it."""
    bare: str = ""
    """Itself, where it leans for nothing but being short: it may be about something else."""
    marked: bool = True
    """Whether it is a question by its mark or its first word, and not only by a verb that may begin a remark."""

    def itself(self) -> Ask:
        """The same, read without the one before it."""
        return replace(self, alone=self.bare, beside=self.bare, leans=False, after="", bare="")


def each(text: str, history: Sequence[Turn], subjects: Subjects) -> list[Ask]:
    """The questions of a message, if there are several.

    What the message tells belongs to every one of them; a question that leans on the one before it is read as a
    follow-up of that.
    """
    several = _several(text)
    if len(several) < 2:
        return []
    telling = (one for one in SENTENCE.split(text) if not is_asked(one) and not any(ask[:-1] in one for ask in several))
    told = " ".join(telling) if "?" in text else ""
    marks = " ".join(asking(text))
    found: list[Ask] = []
    for number, ask in enumerate(several[:_MOST]):
        before, whole = tuple(history), f"{told} {ask}".strip()
        leaning = number > 0 and _leans(ask, found[-1].alone, subjects)
        short = ask if leaning and not (refers(ask) or BARE.match(ask)) else ""
        if leaning:
            works = [one.alone for one in found if subjects.special(subjects.find(one.alone))]
            last = works[-1] if short and works else found[-1].alone
            before, whole = (*history, Turn("user", last)), ask
        alone = condense(whole, before, subjects) if leaning or not number else whole
        also = beside(whole, before, alone, subjects) if leaning or (history and not number) else ask
        after = _short(f"{found[-1].alone} {ask}", ask) if number else ""
        if leaning and told not in alone:
            alone = _short(f"{told} {alone}", alone)
        by_word = ASKING_WORD.search(ask) if requested(ask) else ASKING_WORD.match(ask)
        marked = bool(by_word) or (not requested(ask) and ask[:-1] in marks)
        found.append(Ask(quoted(ask), alone, also, leaning, after, short, marked))
    return found


def anew(standalone: str, last: str, subjects: Subjects) -> list[Ask]:
    """The questions of a follow-up that asks several anew of something else, if the first has changed with it: what
    leads was answered already, otherwise.

    Args:
        last: the questions before.
    """
    asked = each(standalone, (), subjects)
    return [] if asked and asked[0].quoted.strip("“”?").lower() in last.lower() else asked


def too_many(text: str) -> str | None:
    """Which questions of a message are not looked at, in words for the reader."""
    rest = [quoted(ask) for ask in _several(text)[_MOST:]]
    more = f" and {len(rest) - _MOST} more" if len(rest) > _MOST else ""
    return f"{_TOO_MANY} {', '.join(rest[:_MOST])}{more}." if rest else None


def _several(text: str) -> list[str]:
    """The questions of a message that ask something."""
    return [ask for ask in asks(text) if set(terms(ask)) - _ASKS_NOTHING and not courtesy(ask)]


def _short(text: str, instead: str) -> str:
    """A text, or another one where it is longer than a question can be."""
    return text if len(text) <= MAX_CHARACTERS else instead


def _leans(ask: str, before: str, subjects: Subjects) -> bool:
    """Whether a question needs the one before it: by a word for something there, or since it says little itself.

    Of what is true of every kind of work, a short one asks for the kind that was named: “Which KPIs matter?”
    """
    if refers(ask) or len(terms(ask)) >= WHOLE:
        return refers(ask)
    named = subjects.find(ask)
    return not named or asks_of_any(ask, named, subjects.find(before), subjects)


def refers(ask: str) -> bool:
    """Whether it has a word for something in the question before it."""
    bare = _OF_ANYONE.sub(lambda said: said["who"] + _THEIRS.sub(" ", said["rest"]), ask)
    return leans(bare)


def better(alone: Part, with_: Part) -> bool:
    """Whether a short question is better read by itself than with the one before it.

    So it is where it is about something else than the library (read with the one before, that one would be answered
    again), and where it then comes nearer to a question that the library is known to answer.
    """
    if alone.private:  # “How many bidders?” sounds so by itself; “When does our contract end?” is
        follows = with_.asked_before >= ASKED and not (with_.private or FIRST_PERSON.search(alone.asked))
        return not follows
    if alone.missing:
        far = alone.found is not None and alone.found[1].cosine < FAR
        return alone.foreign or (far and not (with_.answered and with_.asked_before >= ASKED))
    if not (alone.answered and with_.answered):
        return alone.answered
    return alone.asked_before > with_.asked_before


def fit(
    parts: Sequence[Part],
    judgement: Judgement,
    composition: Composition,
    composing: Callable[[Part | None, Sequence[Part]], Composition],
    own: bool,
) -> tuple[Judgement, Composition, Part | None, list[Part]]:
    """The outcome, the answer with what is asked besides, the part that leads it, if one does, and those below.

    Args:
        parts: every question of the message.
        judgement: of the whole.
        composition: the answer to the whole.
        composing: composes what leads, the whole where that is None, above other parts.
        own: whether the user's documents are quoted.
    """
    parts = [part for part in parts if not (part.says_little or (part.missing and not part.marked))]
    if len(parts) < 2 and judgement.outcome == "answered":
        return judgement, composition, None, []
    if parts and all(part.missing for part in parts) and not own:
        return replace(judgement, outcome="refused", missing=parts[0].missing), composition, None, []
    answered = [part for part in parts if part.answered and not (part.private and judgement.outcome == "refused")]
    decides = bool(answered and answered[0].found and answered[0].found[0].shape == "decision")  # a layout of its own
    one = len(answered) > 1 or all(part.missing for part in parts if part not in answered)
    apart = one and (decides or not any(part.leans for part in parts))
    lead = None
    if apart or judgement.outcome != "answered":
        lead = next((part for part in answered if not part.leans), None)
    if lead is None and judgement.outcome != "answered":
        return judgement, composition, None, []
    if lead is not None:
        judgement = Judgement("answered", lead.note)
        composition = composing(lead, [])
    below: list[Part] = []
    for _ in range(2):  # again, since what stands below may cut what stands above
        above = composition.chosen[: len(composition.chosen) - composition.further]
        if (left := left_out([part for part in parts if part is not lead], above)) == below:
            break
        below = left
        composition = composing(lead, below)
    return replace(judgement, missing=unanswered(below, judgement.missing, lead)), composition, lead, below


def joined(first: Sequence[Candidate], then: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Two lists of sentences as one, each sentence once."""
    known = {one.key for one in first}
    return (*first, *(one for one in then if one.key not in known))


def left_out(parts: Sequence[Part], said: Sequence[Candidate]) -> list[Part]:
    """Those that an answer leaves out, with the sentences to add; none where the sources say little.

    Args:
        parts: every question of the message.
        said: the sentences of the answer so far.
    """
    made: list[Part] = []
    for part in parts:
        below = [one for other in made for one in other.sentences]
        shown = {one.key: any(again(one, other) for other in said) for one in part.sentences}
        known = [shown[one.key] or any(again(one, other) for other in below) for one in part.sentences]
        best = sorted(part.sentences, key=lambda one: -one.score)[: _ENOUGH_OF if part.answered else None]
        above = sum(shown[one.key] for one in best)
        lacks = bool(part.note) or (not part.answered and bool(part.missing))
        if not lacks and ((known and all(known)) or above > (len(best) // 2 if part.answered else 0)):
            continue
        nearest = sorted(part.own, key=lambda one: -one.score)[:1]
        own = [one for one in nearest if not any(again(one, other) for other in (*said, *below))]
        new = [one for one, is_known in zip(part.sentences, known, strict=True) if part.answered and not is_known]
        if not own and not new and part.own and not lacks:  # what the user's documents say on it stands above
            continue
        chosen = tuple([*own, *new][:SENTENCES])
        cited = {one.passage.id for one in chosen}
        made.append(replace(part, sentences=chosen, hits=tuple(hit for hit in part.hits if hit.passage.id in cited)))
    return made


def unanswered(parts: Sequence[Part], missing: str | None, lead: Part | None = None) -> str | None:
    """On which questions the library says little, in words for the reader, after what is said to be missing already.

    Args:
        parts: that stand below.
        missing: of the whole, or of the part that leads.
        lead: the part that does.
    """
    told = [part for part in parts if part.sentences]
    if missing and lead is not None:
        missing = f"{lead.asked}: {missing}"
    elif missing and any(part.asked in missing for part in told if part.answered and part.note is None):
        missing = None  # the whole lacks it, what stands below has it
    open_ = [part for part in parts if not part.sentences and part.asked not in (missing or "")]
    little = [part.asked for part in open_ if not (part.missing or part.note)]
    said = [f"The library says little on {' and '.join(little)}."] if little else []
    lacking = [(part, part.missing or part.note) for part in open_]
    said += [f"{part.asked}: {lacks}" for part, lacks in lacking if lacks and lacks not in (missing or "")]
    said += [f"{part.asked}: {part.note}" for part in told if part.note and not (missing and lead is None)]
    return " ".join(filter(None, (missing, *said))) or None
