"""What changed from one run to another, case by case, and whether it is more than noise."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.cases import CaseError
from eval.stats import mcnemar, paired_difference
from eval.summary import METRICS


def read(path: Path) -> dict[str, Any]:
    """A result file.

    Raises:
        CaseError: there is none, or it is no result.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"{path} is not the result of a run: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list) or "table" not in data:
        raise CaseError(f"{path} is not the result of a run of `outsourcing eval`")
    return data


def compare(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Metric by metric over the cases that both runs hold, then the cases whose pass or fail has changed.

    A case passes when nothing went wrong with it (`cause` is None; of a retrieval run: a gold source in the first 5).

    Raises:
        CaseError: the runs have no case in common.
    """
    old = {row["id"]: row for row in before["cases"]}
    pairs = [(old[row["id"]], row) for row in after["cases"] if row["id"] in old]
    if not pairs:
        raise CaseError("the two runs have no case in common")
    metrics = []
    for key, label in METRICS.items():
        both = [(a[key], b[key]) for a, b in pairs if a.get(key) is not None and b.get(key) is not None]
        if not both:
            continue
        first, second = [float(a) for a, _ in both], [float(b) for _, b in both]
        difference = paired_difference(first, second)
        metrics.append(
            {
                "metric": key, "label": label, "before": sum(first) / len(first), "after": sum(second) / len(second),
                "difference": asdict(difference), "real": not difference.low <= 0 <= difference.high,
            }
        )  # fmt: skip
    passed = [(_passes(a), _passes(b)) for a, b in pairs]
    return {
        "before": before.get("file") or before["commit"],
        "after": after.get("file") or after["commit"],
        "cases": len(pairs),
        "metrics": metrics,
        "passed": {
            "before": sum(a for a, _ in passed),
            "after": sum(b for _, b in passed),
            "mcnemar_p": round(mcnemar([a for a, _ in passed], [b for _, b in passed]), 4),
        },
        "broke": [_change(a, b) for a, b in pairs if _passes(a) and not _passes(b)],
        "mended": [_change(a, b) for a, b in pairs if _passes(b) and not _passes(a)],
        "same_failure": sum(not a and not b for a, b in passed),
    }


def _passes(row: dict[str, Any]) -> bool:
    return row["cause"] is None if "cause" in row else bool(row.get("found@5", 1))


def _change(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": after["id"],
        "question": after["question"],
        "before": before.get("cause") or before.get("outcome"),
        "after": after.get("cause") or after.get("outcome"),
    }
