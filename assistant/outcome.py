"""Answered, nearest, or refused: decided by what the evidence holds, never by the chat model alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import Candidate, Evidence
from assistant.question import Question
from assistant.text import coverage, specific, stem, stem_set
from assistant.types import Outcome

# Set on the development questions (eval/LOG.md): off-domain ones reached 0.2 to 0.3, answerable ones start at 0.4.
OUTSIDE = 0.33
NEAR = 0.42
COVERED = 0.55

_LIVE = re.compile(
    r"\b(today|tonight|yesterday|tomorrow|right now|at the moment|this (?:morning|week|month|quarter)|latest news|"
    r"share price|stock price|exchange rate|weather)\b",
    re.I,
)
_PRIVATE = re.compile(
    r"\b(?:our|my) (?:\w+ ){0,2}?(?:contract|invoice|agreement|supplier'?s?|vendor'?s?|provider'?s?|account manager|"
    r"bill|data|spend|costs?|payslips?|salary|order|ticket|password|score|budget|headcount|board)\b"
    r"|\b(?:do|did|does|are|have|has|were|was) (?:we|i) (?:\w+ )?(?:pay|paid|spend|spent|sign|signed|owe|paying|"
    r"spending|agreed?|choose|chose|chosen)\b",
    re.I,
)
_ASKS_FOR_OWN = re.compile(r"^(?:what|how (?:much|many)|when|who|which|where|show|give|tell|list|is|are|did|does|has)\b", re.I)
_FIGURE = re.compile(
    r"\bhow (?:much|many|big|large|fast|long)\b|\b(?:percentage|per cent|percent|average|typical|hourly|annual) "
    r"(?:\w+ ){0,2}?(?:rate|cost|costs|price|salary|salaries|wage|fee|share|saving|savings|size|number|time)\b"
    r"|\bwhat (?:share|percentage|proportion|number|rate)\b|\bmarket size\b",
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
    if _LIVE.search(text):
        return Judgement("refused", "The question needs live information; the library holds reference material only.")
    if _PRIVATE.search(text) and _ASKS_FOR_OWN.search(text) and not re.search(r"\bshould\b", text, re.I):
        return Judgement(
            "refused",
            "The question is about your own organisation's data, which is not in the library. "
            "Ingest the document that holds it, then ask again.",
        )
    if not chosen or evidence.best < OUTSIDE:
        return Judgement("refused", "The library is about outsourcing and holds nothing on this question.")
    lacking = _lacking(question, evidence, chosen)
    covered = 1.0 - (lacking[0] if lacking else 0.0)
    names = ", ".join(f"“{word}”" for word in lacking[1]) if lacking else ""
    if evidence.best < NEAR and not question.subjects and covered < COVERED:
        return Judgement("refused", f"The library is about outsourcing and says nothing on {names}.")
    if covered < COVERED or (evidence.best < NEAR and names):
        return Judgement("nearest", f"The library does not say it outright; nothing in it speaks of {names}.")
    kind = _kind_missing(text, chosen)
    if kind:
        return Judgement("nearest", kind)
    return Judgement("answered")


def _lacking(question: Question, evidence: Evidence, chosen: Sequence[Candidate]) -> tuple[float, tuple[str, ...]] | None:
    """(weighted share of the question's content words that stand nowhere near the answer, those words)."""
    present: set[str] = set()
    for candidate in (*chosen, *evidence.candidates[:12]):
        present |= stem_set(candidate.text) | stem_set(candidate.document.title)
        for phrase in (*candidate.passage.headings, *candidate.document.aliases, *candidate.document.functions):
            present |= stem_set(phrase)
    asked = specific(question.text)
    missing = [word for word in asked if stem(word) not in present]
    if not missing:
        return None
    share = 1.0 - coverage([stem(word) for word in asked], present, evidence.weight)
    return share, tuple(missing)


def _kind_missing(text: str, chosen: Sequence[Candidate]) -> str | None:
    """A question for a figure or a year is not answered by sentences without one."""
    said = " ".join(candidate.text for candidate in chosen[:4])
    if _FIGURE.search(text) and not re.search(r"\d", said):
        return "The library gives no figure for this."
    if _YEAR.search(text) and not re.search(r"\b(?:1[89]|20)\d\d\b", said):
        return "The library gives no year for this."
    return None


