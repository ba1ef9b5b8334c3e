"""Chunking and retrieval against gold character spans, in the form of Chroma's chunking evaluation (Smith & Troynikov,
2024): `questions_df.csv` (question, references as JSON, corpus_id) and `corpora/<corpus_id>.md`.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.retrieve import retrieve
from eval.cases import CaseError
from eval.library import made, own
from ingest import embed, sync
from ingest.sync import Progress
from settings import Settings

Span = tuple[int, int]
K = 5
"""Passages taken a question, as in the published tables."""


def evaluate(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Recall, precision and intersection over union of the first `K` passages' characters, a line a corpus, then all.

    Raises:
        CaseError: a file is missing or malformed, or a gold span does not hold its words.
    """
    try:
        questions = _questions(folder / "questions_df.csv")
        names = sorted({name for name, _, _ in questions})
        texts = {name: (folder / "corpora" / f"{name}.md").read_text(encoding="utf-8") for name in names}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CaseError(f"{folder} is not a folder of questions with gold spans: {error}") from error
    encoder = embed.create(settings)
    library = own(settings, encoder, "spans", folder)
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    try:
        sync.fill(
            library,
            encoder,
            [made(f"spans-{name}", name, name, text) for name, text in texts.items()],
            progress=progress,
        )
        for done, (name, question, gold) in enumerate(questions, 1):
            vector = encoder.embed_query(question)
            hits = retrieve(question, vector, library, settings.retrieval, (f"spans-{name}",), K).hits
            found = [(hit.passage.start, hit.passage.end) for hit in hits]
            rows[name].append(overlap(found, gold))
            progress("questions", done, len(questions))
        passages = {name: len(library.passages_of(f"spans-{name}/{name}")) for name in names}
    finally:
        library.close()
    lines = [_line(name, rows[name], passages[name]) for name in names]
    lines.append(_line("all", [row for name in names for row in rows[name]], sum(passages.values())))
    return {"set": f"{folder.name}, first {K} passages", "commit": "", "mode": "spans", "table": lines}


def overlap(found: Sequence[Span], gold: Sequence[Span]) -> tuple[float, float, float]:
    """(recall, precision, intersection over union) in characters; a character that is found twice counts twice.

    That is the definition of the published evaluation: overlapping passages pay for their overlap in precision.
    """
    wanted = set().union(*(range(*span) for span in gold))
    met = set().union(*(range(*span) for span in found)) & wanted
    taken = sum(end - start for start, end in found)
    missed = len(wanted) - len(met)
    return (
        len(met) / len(wanted) if wanted else 0.0,
        len(met) / taken if taken else 0.0,
        len(met) / (taken + missed) if taken + missed else 0.0,
    )


def _line(name: str, rows: Sequence[tuple[float, float, float]], passages: int) -> dict[str, Any]:
    recall, precision, union = (statistics.fmean(row[part] for row in rows) for part in range(3))
    return {
        "folder": name, "questions": len(rows), "passages": passages, "recall": round(recall, 4),
        "precision": round(precision, 4), "IoU": round(union, 4),
    }  # fmt: skip


def _questions(path: Path) -> list[tuple[str, str, list[Span]]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [(row["corpus_id"], row["question"], _spans(row["references"])) for row in csv.DictReader(stream)]
    if not rows:
        raise ValueError(f"no questions in {path.name}")
    return rows


def _spans(references: str) -> list[Span]:
    return [(one["start_index"], one["end_index"]) for one in json.loads(references)]
