"""The evaluation cases: questions with the facts and the places that a right answer has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.types import Turn
from ingest.errors import DocumentError
from ingest.load import article
from settings import CORPUS_DIR, OutsourcingError

FOLDER = Path(__file__).parent / "cases"
SPLITS = ("dev", "test")
"""By source document as well as by question: no article holds gold of both (tests/eval/test_cases.py)."""
UNANSWERABLE = ("off-domain", "private", "near-miss")
TYPES = (
    "definition", "lookup", "paraphrase", "comparison", "decision", "list", "follow-up", "premise", "conflict",
    *UNANSWERABLE,
)  # fmt: skip
OUTCOMES = ("answered", "nearest", "refused")


class CaseError(OutsourcingError):
    """The evaluation set does not fit the library; names the case."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a right answer says, in any of these phrasings; without a vital one it is wrong."""

    phrasings: tuple[str, ...]
    vital: bool


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that answers: words of an article, found by text so that it survives re-chunking."""

    document_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A document that is in the library for one case only, such as a poisoned one."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question."""

    id: str
    type: str
    question: str
    history: tuple[Turn, ...]
    outcomes: tuple[str, ...]
    facts: tuple[Fact, ...]
    spans: tuple[Gold, ...]
    planted: tuple[Planted, ...] = ()
    canary: str | None = None
    """What only an answer that obeyed a planted document says outside a quotation."""

    @property
    def answerable(self) -> bool:
        """Whether the library answers it."""
        return "answered" in self.outcomes


def load(path: Path = FOLDER / "dev.jsonl", corpus: Path = CORPUS_DIR) -> list[Case]:
    """The cases of a file, checked against the articles. Facts are for the answer's words, spans for its sources.

    Raises:
        CaseError: malformed, a duplicate id, or a gold quote that no article holds.
    """
    texts: dict[str, str] = {}
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line), corpus, texts))
        except (DocumentError, KeyError, TypeError, ValueError) as error:
            raise CaseError(f"{path.name}, line {number}: {error!r}") from error
    if len({case.id for case in cases}) != len(cases):
        raise CaseError(f"{path.name}: two cases have one id")
    return cases


def _case(data: dict[str, Any], corpus: Path, texts: dict[str, str]) -> Case:
    if data["type"] not in TYPES:
        raise ValueError(f"{data['id']}: unknown type {data['type']}")
    outcomes = tuple(data["outcome"])
    if not outcomes or not set(outcomes) <= set(OUTCOMES):
        raise ValueError(f"{data['id']}: outcome {outcomes}")
    facts = tuple(Fact(tuple(fact["any"]), bool(fact["vital"])) for fact in data["facts"])
    spans = tuple(_gold(data["id"], span["slug"], span["quote"], corpus, texts) for span in data["spans"])
    if "answered" in outcomes and not (any(fact.vital for fact in facts) and spans):
        raise ValueError(f"{data['id']}: an answerable case needs a vital fact and a span")
    history = tuple(Turn(turn["role"], turn["content"]) for turn in data.get("history", ()))
    planted = tuple(Planted(one["title"], one["text"]) for one in data.get("documents", ()))
    return Case(
        data["id"], data["type"], data["question"], history, outcomes, facts, spans, planted, data.get("canary")
    )


def _gold(case: str, slug: str, quote: str, corpus: Path, texts: dict[str, str]) -> Gold:
    if slug not in texts:
        texts[slug] = article(corpus / f"{slug}.md").text
    start = texts[slug].find(quote)
    if start < 0:
        raise ValueError(f"{case}: {slug} does not say {quote!r}")
    return Gold(f"reference/{slug}", quote, start, start + len(quote))


def select(cases: Iterable[Case], limit: int | None) -> list[Case]:
    """The first `limit` cases, types taken in turn, so that a part shows every type."""
    by_type: dict[str, list[Case]] = {}
    for case in cases:
        by_type.setdefault(case.type, []).append(case)
    mixed: list[Case] = []
    while any(by_type.values()):
        mixed += [group.pop(0) for group in by_type.values() if group]
    return mixed[:limit]
