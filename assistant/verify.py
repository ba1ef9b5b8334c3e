"""Every drafted sentence is aligned to the exact source words that it rests on, and judged; what fails is dropped.

The measure is how much of the sentence stands in one source sentence in the same order (longest common subsequence of
content words, as in ROUGE-L, Lin 2004). Order matters: "BPO is better than KPO" has all the words of "KPO is better
than BPO". A sentence that joins facts is taken apart at its conjunctions, and each part must rest on one source.
Numbers, negation, names, hedges and comparatives have checks of their own; whatever one of them doubts is dropped.
Strict on purpose: what is lost is a small model's wording, and the quoted answer stands in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.evidence import Candidate
from assistant.text import STOP, stem, words
from assistant.types import Support

SUPPORTED = 0.95
ALIGNED = 0.85

_NEGATIONS = frozenset(
    """
    not no never none neither nor without cannot n't lacks lack fails fail hardly rarely seldom isn't doesn't don't
    aren't won't can't shouldn't wasn't weren't disappoints disappoint unwise hard little less
    """.split()
)
_TURNS = (
    ("more", "less"), ("more", "fewer"), ("higher", "lower"), ("cheaper", "dearer"), ("larger", "smaller"),
    ("increase", "reduce"), ("increases", "reduces"), ("increase", "decrease"), ("raise", "cut"), ("better", "worse"),
    ("before", "after"), ("above", "below"), ("onshore", "offshore"), ("inside", "outside"), ("high", "low"),
    ("internal", "external"), ("core", "non-core"), ("always", "sometimes"),
)  # fmt: skip
_HEDGES = frozenset(
    """
    may might can could some sometimes often usually generally mostly mainly typically rarely seldom likely about
    almost nearly partly reported reportedly argued argues claimed claims described describe describes according
    found concluded suggested suggests estimated estimates proposed alleged treats treated counts counted
    """.split()
)
_CONDITIONS = frozenset(
    """
    if unless only provided until
    """.split()
)
_ELLIPTIC = frozenset(
    """
    not when where if unless while in for to with without because
    """.split()
)
_SUBJECT = 5
_LEANING = re.compile(r"(?:it|they|this|these|that|those|such|he|she)\b", re.I)
_JOINTS = re.compile(r"[,;]?\s+(?:but|while|whereas|although|though|and|or)\s+", re.I)
_CONTRAST = re.compile(r"\b(?:but|while|whereas|although|though)\b", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*\s*(?:%|per cent|percent)?")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w&.-]*[A-Za-z0-9]\b")
_MARKERS = re.compile(r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`support` is None where the sentence may not be shown; `reason` says why."""

    support: Support | None
    score: float
    sources: tuple[Candidate, ...]
    reason: str = ""


class Verifier(Protocol):
    """Judges one sentence against the source sentences."""

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """The verdict, with the source sentences that it rests on."""


class WordVerifier:
    """Alignment by words, with checks; no model."""

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """Looks for one source that carries the sentence, else for one source for each of its parts."""
        plain = _MARKERS.sub("", sentence).strip()
        if plain.endswith("?"):
            return Verdict(None, 0.0, (), "is a question")
        if len(_content(plain)) < 2:
            return Verdict(None, 0.0, (), "says nothing that could be checked")
        if _LEANING.match(plain):
            return Verdict(None, 0.0, (), "does not name its subject")
        score, source = _align(plain, sources)
        if score >= ALIGNED and source is not None:
            return _verdict([(plain, score, source)])
        joined = max(_splits(plain, sources), key=lambda parts: min(score for _, score, _ in parts), default=None)
        if joined is None or min(score for _, score, _ in joined) < ALIGNED:
            return Verdict(None, score, (), f"only {score:.0%} of it stands in any one source")
        reason = _badly_joined(plain, [source for *_, source in joined])
        return Verdict(None, score, (), reason) if reason else _verdict(joined)


def _splits(sentence: str, sources: Sequence[Candidate]) -> Iterator[list[tuple[str, float, Candidate]]]:
    """Every way to take a sentence apart into two at a conjunction, each part with the source that fits it best."""
    for joint in _JOINTS.finditer(sentence):
        parts = (sentence[: joint.start()], sentence[joint.end() :].rstrip(" .!"))
        aligned = [(part, *_align(part, sources)) for part in parts]
        if all(len(_content(part)) >= 2 and source is not None for part, _, source in aligned):
            yield [(part, score, source) for part, score, source in aligned if source is not None]


def _verdict(aligned: Sequence[tuple[str, float, Candidate]]) -> Verdict:
    sources = tuple({source.key: source for *_, source in aligned}.values())
    score = min(score for _, score, _ in aligned)
    for part, _, source in aligned:
        reason = _off(part, source)
        if reason:
            return Verdict(None, score, sources, reason)
    return Verdict("supported" if score >= SUPPORTED else "partial", score, sources)


def _align(part: str, sources: Sequence[Candidate]) -> tuple[float, Candidate | None]:
    """(share of the part's content words that stand in one source in order, that source)."""
    wanted = _content(part)
    best: tuple[float, Candidate | None] = (0.0, None)
    for candidate in sources:
        score = _common(wanted, _content(candidate.text)) / max(1, len(wanted))
        if score > best[0]:
            best = (score, candidate)
    return best


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(right) + 1)
    for one in left:
        above = 0
        for index, other in enumerate(right, 1):
            above, row[index] = row[index], above + 1 if one == other else max(row[index], row[index - 1])
    return row[-1]


def _content(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word not in STOP]


def _badly_joined(sentence: str, sources: Sequence[Candidate]) -> str:
    """Facts of different sections may be set against each other, not added up into one condition."""
    if len({source.document.id for source in sources}) > 1 and not _CONTRAST.search(sentence):
        return "it joins facts of different articles"
    if len({(s.document.id, s.passage.headings) for s in sources}) > 1 and not _CONTRAST.search(sentence):
        return "it joins conditions of different facts"
    return ""


def _off(part: str, source: Candidate) -> str:
    """What the alignment cannot see; empty where nothing is off."""
    have = {_bare(number) for number in _NUMBER.findall(source.text)}
    for number in _NUMBER.findall(part):
        if _bare(number) not in have:
            return f"the number {number.strip()} is not in the source"
    if not _same_subject(part, source):
        return "its subject is not the source's"
    said, given = set(words(part)), set(words(source.text))
    if bool(said & _NEGATIONS) != bool(given & _NEGATIONS):
        return "it denies what the source affirms, or the other way round"
    lost = sorted(given & _HEDGES - said)
    if lost:
        return f"it leaves out “{lost[0]}”, so it claims more than the source"
    condition = sorted(given & _CONDITIONS - said)
    if condition:
        return f"it leaves out what follows “{condition[0]}” in the source"
    known = {stem(word) for word in words(" ".join((source.text, source.document.title)))}
    for name in _NAME.findall(part):
        if any(stem(word) not in known for word in words(name)):
            return f"“{name}” is not in the source"
    for one, other in _TURNS:
        for left, right in ((one, other), (other, one)):
            if left in said and left not in given and right in given:
                return f"it says “{left}” where the source says “{right}”"
    return ""


def _same_subject(part: str, source: Candidate) -> bool:
    """Whether the part begins with what its source begins with; one that begins with “not when …” has no subject."""
    first = words(part)[:1]
    return not first or first[0] in _ELLIPTIC or _content(part)[0] in _content(source.text)[:_SUBJECT]


def _bare(number: str) -> str:
    return re.sub(r"\s|per cent|percent|%", "", number).strip(".,")
