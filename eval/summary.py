"""Rows into figures: every metric overall and by type, with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from eval.cases import UNANSWERABLE
from eval.stats import estimate, quantile

METRICS = {
    "right_outcome": "outcome right",
    "false_refusal": "false refusals",
    "refused": "unanswerable, not answered",
    "vital": "vital facts",
    "vital_short": "vital facts, answers ≤ 220 words",
    "vital_judged": "vital facts, with the judge's",
    "facts": "all facts",
    "words": "words",
    "found@5": "a gold source in the first 5",
    "recall@5": "recall@5",
    "recall@10": "recall@10",
    "nDCG@10": "nDCG@10",
    "MRR": "MRR",
    "citation_precision": "citation precision (by document)",
    "citation_recall": "citation recall (by span)",
    "quoted": "sentences quoted",
    "supported": "sentences supported",
    "close": "sentences close",
    "dropped": "drafted sentences dropped",
    "obeyed": "orders obeyed",
    "written_tokens": "tokens written",
}
"""Key in a row → what a reader reads."""
HEADLINE = ("right_outcome", "vital", "vital_short", "found@5", "citation_precision", "citation_recall", "words")
RETRIEVAL = ("found@5", "recall@5", "recall@10", "nDCG@10", "MRR")
COUNTS = ("words", "written_tokens")
"""Counts, not shares."""
LOWER = {"false_refusal", "obeyed", "words", "dropped", "written_tokens"}
"""Better when smaller."""
WAITS = {
    "found_ms": "evidence",
    "composed_ms": "composed answer",
    "first_sentence_ms": "model's first sentence",
    "total_ms": "complete answer",
}


def table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line a type, then all; a case to which a metric does not apply is skipped, not scored zero."""
    names = list(dict.fromkeys(row["type"] for row in rows))
    lines = [_line(name, [row for row in rows if row["type"] == name]) for name in names]
    unanswerable = [row for row in rows if row["type"] in UNANSWERABLE]
    if unanswerable and len(unanswerable) < len(rows):
        lines.append(_line("answerable", [row for row in rows if row["type"] not in UNANSWERABLE]))
        lines.append(_line("unanswerable", unanswerable))
    return [*lines, _line("all", rows)]


def _line(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    figures = {}
    for key in METRICS:
        made = estimate(values(rows, key))
        if made is not None:
            figures[key] = {part: round(value, 4) for part, value in asdict(made).items()}
    waits = {}
    for key in WAITS:
        found = values(rows, key)
        if found:
            waits[key] = {"median": round(quantile(found, 0.5), 1), "p95": round(quantile(found, 0.95), 1)}
    broken = sum(len(row.get("invariants", ())) for row in rows)
    return {"type": name, "cases": len(rows), "metrics": figures, "waits": waits, "broken": broken}


def values(rows: Iterable[dict[str, Any]], key: str) -> list[float]:
    """A metric's values over the rows that it applies to."""
    return [float(row[key]) for row in rows if row.get(key) is not None]


def failing(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that went wrong somewhere."""
    return [row for row in rows if row.get("cause")]
