"""Runs the evaluation set: every case through the Assistant, as a user's question would go."""

from __future__ import annotations

import datetime
import json
import statistics
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant, create
from assistant.types import Answer
from eval import metrics
from eval.cases import FOLDER, Case, load, select
from settings import Settings

RESULTS = Path(__file__).parent / "results"
SHORT = 220
Progress = Callable[[str, int, int], None]


def evaluate(
    settings: Settings, progress: Progress, limit: int | None = None, path: Path = FOLDER / "dev.jsonl"
) -> dict[str, Any]:
    """The result of a run, which is also written to `eval/results/`.

    Raises:
        CaseError: the set does not fit the library.
    """
    cases = load(path)
    chosen = select(cases, limit) if limit else cases
    assistant = create(settings)
    try:
        if assistant.model is not None:
            assistant.model.warm()
        assistant.warm()
        rows = []
        for done, case in enumerate(chosen, 1):
            rows.append(row(case, assistant.ask(case.question, case.history), assistant))
            progress("questions", done, len(chosen))
    finally:
        assistant.close()
    result: dict[str, Any] = {
        "set": path.stem,
        "commit": _commit(),
        "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "mode": settings.answer_mode,
        "table": table(rows),
        "cases": rows,
    }
    name = f"{result['set']}-{result['commit']}-{settings.answer_mode}.json"
    try:
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / name).write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
        result["file"] = str(RESULTS / name)
    except OSError:  # installed read-only: the result is still printed
        result["file"] = None
    return result


def row(case: Case, answer: Answer, assistant: Assistant) -> dict[str, Any]:
    """What one case came to. A metric that does not apply is None."""
    short = len(answer.text.split()) <= SHORT + 30  # markers and labels count as words in the text
    answered = answer.outcome == "answered"
    documents = {citation.document_id for citation in answer.citations}
    texts = {id_: document.text for id_ in documents if (document := assistant.library.document(id_))}
    facts = case.facts if case.answerable else ()
    return {
        "id": case.id,
        "type": case.type,
        "question": case.question,
        "expected": list(case.outcomes),
        "outcome": answer.outcome,
        "right_outcome": float(answer.outcome in case.outcomes),
        "vital": metrics.fact_recall(answer.text if answered else "", facts, vital_only=True),
        "facts": metrics.fact_recall(answer.text if answered else "", facts, vital_only=False),
        "short": float(short) if case.answerable else None,
        "recall@5": metrics.found_at(answer.hits, case.spans, 5) if case.spans else None,
        "citation_precision": metrics.citation_precision(answer, case.spans) if case.spans and answered else None,
        "citation_recall": metrics.citation_recall(answer, case.spans),
        "quoted": _share(answer, "quoted"),
        "dropped": float(len(answer.dropped)),
        "found_ms": answer.timings.found_ms,
        "composed_ms": answer.timings.composed_ms,
        "total_ms": answer.timings.total_ms,
        "invariants": metrics.broken_invariants(answer, texts),
        "answer": answer.to_json(),
    }


COLUMNS = ("right_outcome", "vital", "facts", "recall@5", "citation_precision", "citation_recall", "quoted")


def table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Means overall and by type; a case to which a metric does not apply is skipped. Waits are medians."""
    made = []
    for name in (*dict.fromkeys(row["type"] for row in rows), "all"):
        some = [row for row in rows if name in ("all", row["type"])]
        line: dict[str, Any] = {"type": name, "cases": len(some)}
        for column in COLUMNS:
            values = [row[column] for row in some if row[column] is not None]
            line[column] = round(statistics.fmean(values), 3) if values else None
        line["composed_ms"] = round(statistics.median(row["composed_ms"] for row in some))
        line["total_ms"] = round(statistics.median(row["total_ms"] for row in some))
        line["broken"] = sum(len(row["invariants"]) for row in some)
        made.append(line)
    return made


def _share(answer: Answer, support: str) -> float | None:
    if not answer.sentences:
        return None
    return sum(sentence.support == support for sentence in answer.sentences) / len(answer.sentences)


def _commit() -> str:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=FOLDER
        )
    except OSError:
        return "none"
    return done.stdout.strip() or "none"
