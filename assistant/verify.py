"""Every drafted sentence is aligned to the exact source words that it rests on, and judged; what fails is dropped.

Every word of the sentence but the smallest has to stand in one source sentence, in the same order and without a gap:
"BPO is better than KPO" has all the words of "KPO is better than BPO", and "by 40 %" those of "by up to 40 %". A
sentence that joins facts is taken apart at a conjunction, and each part must rest on one source. What may be left out
before or after has checks of its own: a negation, a hedge, a condition, the unit of a number, the subject. Strict on
purpose: what is lost is a small model's wording, and the quoted answer stands in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.evidence import Candidate
from assistant.text import content, stem, words
from assistant.types import Support

_NEGATIONS = frozenset(
    """
    not no never none neither nor without cannot n't lacks lack fails fail hardly rarely seldom isn't doesn't don't
    aren't won't can't shouldn't wasn't weren't disappoints disappoint unwise hard
    """.split()
)
_HEDGES = frozenset(
    """
    may might can could some sometimes often usually generally mostly mainly typically rarely seldom likely about
    almost nearly partly reported reportedly argued argues claimed claims described describe describes according
    found concluded suggested suggests estimated estimates proposed alleged treats treated counts counted most few many
    several whether
    """.split()
)
_CONDITIONS = frozenset(
    """
    if unless only provided until when where without
    """.split()
)
_SMALL = frozenset(
    """
    a an the is are be been was were do does did has have had it its they them their this that these those which who
    you we our your us also then so
    """.split()
)
_ELLIPTIC = frozenset(
    """
    not when where if unless while in for to with without because
    """.split()
)
_LEANING = re.compile(r"(?:it|they|this|these|that|those|such|he|she)\b", re.I)
_JOINTS = re.compile(r"[,;]?\s+(?:but|while|whereas|although|though|and|or)\s+", re.I)
_CONTRAST = re.compile(r"\b(?:but|while|whereas|although|though)\b", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*\s*(?:%|per cent|percent)?")
_MARKERS = re.compile(r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`support` is None where the sentence may not be shown; `reason` says why."""

    support: Support | None
    score: float
    sources: tuple[Candidate, ...]
    reason: str = ""
    limited: bool = False
    """A source has the words as they are, but denies, hedges or limits them: certain, whatever a model thinks."""


class Verifier(Protocol):
    """Judges one sentence against the source sentences."""

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """The verdict, with the source sentences that it rests on."""


class WordVerifier:
    """Alignment by words, with checks; no model."""

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """Looks for one source that carries the sentence, else for one source for each of its parts."""
        plain = _MARKERS.sub("", sentence).strip()
        if reason := unfit(plain):
            return Verdict(None, 0.0, (), reason)
        wanted = _said(plain)
        verdicts = [_verdict([(plain, source)]) for source in sources if _within(wanted, _said(source.text))]
        if verdicts:
            return next((one for one in verdicts if one.support), verdicts[0])
        score, source = _align(plain, sources)
        joined = max(_splits(plain, sources), key=lambda parts: min(score for _, score, _ in parts), default=None)
        if joined is None or min(score for _, score, _ in joined) < 1.0:
            return Verdict(None, score, (), _missing(plain, score, source))
        reason = bad_join(plain, [source for *_, source in joined])
        return Verdict(None, score, (), reason) if reason else _verdict([(part, source) for part, _, source in joined])


def unfit(sentence: str) -> str:
    """Why a sentence cannot be judged by itself; empty where it can."""
    if sentence.endswith("?"):
        return "is a question"
    if len(content(sentence)) < 2:
        return "says nothing that could be checked"
    return "does not name its subject" if _LEANING.match(sentence) else ""


def _missing(sentence: str, score: float, source: Candidate | None) -> str:
    if source is None or score < 0.5:
        return f"only {score:.0%} of it stands in any one source"
    given = set(_said(source.text))
    for word in re.findall(r"[\w’'.,-]*\w%?", sentence):
        if any(stem not in given for stem in _said(word)):
            return f"“{word}” is not in the source"
    return "the source has its words in another order, or with others between them"


def _splits(sentence: str, sources: Sequence[Candidate]) -> Iterator[list[tuple[str, float, Candidate]]]:
    """Every way to take a sentence apart into two at a conjunction, each part with the source that fits it best."""
    for joint in _JOINTS.finditer(sentence):
        parts = (sentence[: joint.start()], sentence[joint.end() :].rstrip(" .!"))
        aligned = [(part, *_align(part, sources)) for part in parts]
        if all(len(content(part)) >= 2 and source is not None for part, _, source in aligned):
            yield [(part, score, source) for part, score, source in aligned if source is not None]


def _verdict(aligned: Sequence[tuple[str, Candidate]]) -> Verdict:
    sources = tuple({source.key: source for _, source in aligned}.values())
    for part, source in aligned:
        if reason := _limited(part, source):
            return Verdict(None, 1.0, sources, reason, limited=True)
        if reason := _off(part, source):
            return Verdict(None, 1.0, sources, reason)
    return Verdict("supported", 1.0, sources)


def _align(part: str, sources: Sequence[Candidate]) -> tuple[float, Candidate | None]:
    """(1.0 where the part stands in one source without a gap, else the share of its words in order, that source)."""
    wanted = _said(part)
    best: tuple[float, Candidate | None] = (0.0, None)
    for candidate in sources:
        given = _said(candidate.text)
        score = 1.0 if _within(wanted, given) else min(0.99, _common(wanted, given) / max(1, len(wanted)))
        if score > best[0]:
            best = (score, candidate)
    return best


def _within(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Whether `wanted` stands in `given` without a gap: a skipped word may be the one that matters (“up to”)."""
    width = len(wanted)
    return any(given[at : at + width] == wanted for at in range(len(given) - width + 1))


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(right) + 1)
    for one in left:
        above = 0
        for index, other in enumerate(right, 1):
            above, row[index] = row[index], above + 1 if one == other else max(row[index], row[index - 1])
    return row[-1]


def _said(text: str) -> list[str]:
    """The words that have to stand in the source: all but the smallest, and negations, which are counted apart."""
    return [stem(word) for word in words(text) if word not in _SMALL and word not in _NEGATIONS]


def bad_join(sentence: str, sources: Sequence[Candidate]) -> str:
    """Why a sentence may not join these sources; empty where it may.

    Facts of different sections may be set against each other, not added up into one condition.
    """
    if len({source.document.id for source in sources}) > 1 and not _CONTRAST.search(sentence):
        return "it joins facts of different articles"
    if len({(s.document.id, s.passage.headings) for s in sources}) > 1 and not _CONTRAST.search(sentence):
        return "it joins conditions of different facts"
    return ""


def _limited(part: str, source: Candidate) -> str:
    """How the source denies, hedges or limits the part that stands in it; empty where it does not."""
    said, given = words(part), words(source.text)
    before = given[: _reach(part, source)]
    if _negations(said) != _negations(before):
        return "it denies what the source affirms, or the other way round"
    return _lost(said, before, _HEDGES) or _lost(said, given, _CONDITIONS, "leaves out what follows")


def _off(part: str, source: Candidate) -> str:
    """What else the alignment cannot see; empty where nothing is off."""
    wrong = wrong_number(part, source.text) or _lost(words(part), words(source.text), _HEDGES)
    return wrong or ("" if _same_subject(part, source) else "its subject is not the source's")


def _lost(said: Sequence[str], given: Sequence[str], kept: frozenset[str], what: str = "leaves out") -> str:
    """Which word of `kept` is given and not said; empty where there is none."""
    lost = sorted((set(given) & kept) - set(said))
    return f"it {what} “{lost[0]}”, so it claims more than the source" if lost else ""


def wrong_number(part: str, source: str) -> str:
    """A number, with its per cent, that the source does not say; empty where there is none."""
    have = {_bare(number) for number in _NUMBER.findall(source)}
    for number in _NUMBER.findall(part):
        if _bare(number) not in have:
            return f"the number {number.strip()} is not in the source"
    return ""


def _negations(said: Sequence[str]) -> int:
    return sum(word in _NEGATIONS for word in said)


def _reach(part: str, source: Candidate) -> int:
    """How many of the source's words the part goes through: up to the earliest place where it is complete."""
    wanted = _said(part)
    at = 0
    for index, word in enumerate(words(source.text), 1):
        if at < len(wanted) and word not in _SMALL and word not in _NEGATIONS and stem(word) == wanted[at]:
            at += 1
        if at == len(wanted):
            return index
    return len(words(source.text))


def _same_subject(part: str, source: Candidate) -> bool:
    """Whether the part begins where its source begins: further in, “KPO is a subset of BPO” may follow a “whether”.

    A part that begins with “not when …” or “disappoints where …” takes its subject from the part before it.
    """
    first = words(part)[:1]
    wanted = _said(part)
    elliptic = not first or first[0] in _ELLIPTIC or first[0] in _NEGATIONS
    return elliptic or _said(source.text)[: len(wanted)] == wanted


def _bare(number: str) -> str:
    return re.sub(r"per cent|percent", "%", re.sub(r"\s", "", number.replace("per cent", "%"))).strip(".,")
