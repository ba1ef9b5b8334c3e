"""Answered, nearest, or refused: decided by what the evidence holds, never by the chat model alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import Candidate, Evidence
from assistant.question import Question
from assistant.text import stem, stem_set, words
from assistant.types import Outcome

# Cosine of question and best passage on the development questions (eval/LOG.md): off-domain ones reached 0.13,
# live and private ones 0.35, near misses 0.54; answerable ones begin at 0.36.
OUTSIDE = 0.34
NEAR = 0.45

_NOW = re.compile(
    r"\b(today|tonight|yesterday|tomorrow|right now|at the moment|this (?:morning|week|month|quarter|year)|"
    r"last (?:night|week|month|quarter|year)|latest|current(?:ly)?)\b",
    re.I,
)
_CHANGING = re.compile(
    r"\b(price|prices|rate|rates|news|newspapers?|weather|score|stock|share|exchange|wrote|said|announced|happened|hit|"
    r"close[ds]?|won|tickets?|deadline)\b",
    re.I,
)
_OURS = re.compile(
    r"\b(?:do|did|have|has|had|does) (?:we|i|(?:our|my)(?: \w+){1,2}) (?:\w+ )?(?:pay|paid|spend|spent|owe|signe?d?|"
    r"agreed?|chosen?|chose|hit|closed?|says?|said|ends?|expires?|renews?)\b|\bwho (?:is|are) (?:our|my)\b|"
    r"\bshow me (?:our|my)\b|^(?:is|are|was|were) (?:our|my) \w+(?: \w+)? (?:in|at|on|with)\b|"
    r"\bwhat (?:is|are|was|were) (?:our|my) (?:\w+ ){0,2}?(?:contract|invoice|bill|spend|salary|password|budget|"
    r"headcount|score)\b",
    re.I,
)
_FIGURE = re.compile(
    r"\bhow (?:much|many|big|large|fast|long)\b|\b(?:percentage|per cent|percent|average|typical|hourly|annual) "
    r"(?:\w+ ){0,2}?(?:rate|cost|costs|price|salary|salaries|wage|fee|share|saving|savings|size|number|time)\b"
    r"|\bwhat (?:share|percentage|proportion|number|rate)\b|\bmarket size\b",
    re.I,
)
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_NAME = re.compile(r"(?<!^)(?<![.!?:] )\b(?:[A-Z][\w’']+|\d+[A-Z]+\w*)\b|^\d+[A-Z]+\w*\b")
_RANKING = re.compile(
    r"\b(highest|largest|biggest|cheapest|top|leading|best)\b.*\b(companies|providers|vendors|firms|suppliers|"
    r"countries|cities)\b|\b(companies|providers|vendors|firms|suppliers|countries|cities)\b.*\b(highest|largest|biggest|"
    r"cheapest|top|leading|most)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:when (?:was|were|did)|(?:in )?(?:what|which) year)\b", re.I)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, and for the reader what is missing."""

    outcome: Outcome
    missing: str | None = None


def judge(question: Question, evidence: Evidence, chosen: Sequence[Candidate]) -> Judgement:
    """Decides from the scores, from the question's words that no source holds, and from what kind of fact it asks for.

    Args:
        chosen: the sentences that the composed answer is made of.
    """
    text = question.text
    if _NOW.search(text) and _CHANGING.search(text) and question.shape != "decision":
        return Judgement("refused", "The question needs live information; the library holds reference material only.")
    if _OURS.search(text) and question.shape != "decision":
        return Judgement(
            "refused",
            "The question is about your own organisation's data, which is not in the library. "
            "Ingest the document that holds it, then ask again.",
        )
    strength = max(evidence.cosine, evidence.strength)
    if not chosen or (evidence.cosine < OUTSIDE and evidence.strength < NEAR and not question.subjects):
        return Judgement("refused", "The library is about outsourcing and holds nothing on this question.")
    if strength < NEAR and not question.subjects:
        return Judgement("nearest", "Nothing in the library comes close enough to this question to answer it.")
    lacking = _lacking(question, evidence, chosen)
    if lacking:
        names = ", ".join(f"“{word}”" for word in lacking)
        return Judgement("nearest", f"The library does not say it outright; nothing near the answer speaks of {names}.")
    kind = _kind_missing(text, chosen)
    if kind:
        return Judgement("nearest", kind)
    return Judgement("answered")


def _lacking(question: Question, evidence: Evidence, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The names, codes and years of the question that stand nowhere near the answer.

    Common words may differ (“messed up” for “failed”): for those the cosine speaks. Where a subject of the library is
    named, other names are taken for circumstances (“before Christmas”), but a year never is.
    """
    wanted = _YEARS.findall(question.text)
    if not question.subjects:
        wanted += [match.group() for match in _NAME.finditer(question.text)]
    if not wanted:
        return ()
    present: set[str] = set()
    for candidate in (*chosen, *evidence.candidates[:12]):
        present |= stem_set(candidate.text) | stem_set(candidate.document.title)
        for phrase in (*candidate.passage.headings, *candidate.document.aliases, *candidate.document.functions):
            present |= stem_set(phrase)
    return tuple(name for name in dict.fromkeys(wanted) if any(stem(word) not in present for word in words(name)))


def _kind_missing(text: str, chosen: Sequence[Candidate]) -> str | None:
    """A question for a figure or a year is not answered by sentences without one."""
    said = " ".join(candidate.text for candidate in chosen[:4])
    if _FIGURE.search(text) and not re.search(r"\d", said):
        return "The library gives no figure for this."
    ranking = _RANKING.search(text)
    if ranking and not {word.lower() for word in ranking.groups() if word} <= set(words(said)):
        return "The library ranks no companies or places."
    if _YEAR.search(text) and not re.search(r"\b(?:1[89]|20)\d\d\b", said):
        return "The library gives no year for this."
    return None
