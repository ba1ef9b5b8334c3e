"""A result as one self-contained HTML file: headline, plots, every failing case with where it first went wrong."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from eval import compare
from eval.cases import CaseError
from eval.causes import CAUSES
from eval.stats import quantile
from eval.summary import COUNTS, HEADLINE, LOWER, METRICS, RETRIEVAL, WAITS, failing, values

_HERE = Path(__file__).parent
_RANKS = 12


def write(result: dict[str, Any]) -> str | None:
    """Writes the report beside the result file and returns its path; None where the result has no file.

    The change since the last run is shown where an earlier result of the same set and mode lies in the same folder.
    """
    if result["file"] is None:
        return None
    path = Path(result["file"])
    target = path.with_suffix(".html")
    try:
        target.write_text(render(result, _previous(path, result)), encoding="utf-8")
    except OSError:
        return None
    return str(target)


def render(result: dict[str, Any], previous: dict[str, Any] | None = None) -> str:
    """The page's HTML; nothing in it is fetched from anywhere."""
    rows = result["cases"]
    retrieval = result["mode"] == "retrieval"
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = _number
    environment.filters["log_x"] = _log_x
    wrong = failing(rows)
    counts = Counter(row["cause"] for row in wrong)
    return environment.get_template("page.html").render(
        result=result,
        lines=result["table"],
        columns=[(key, METRICS[key]) for key in (RETRIEVAL if retrieval else HEADLINE)],
        extra=[key for key in METRICS if key not in HEADLINE and key in result["table"][-1]["metrics"]],
        labels=METRICS,
        lower=LOWER,
        wrong=sorted(wrong, key=lambda row: (CAUSES.index(row["cause"]), row["id"])),
        counts=[(name, counts[name]) for name in CAUSES if counts[name]],
        waits=_waits(rows),
        ranks=_ranks(rows),
        change=compare.compare(previous, result) if previous else None,
        retrieval=retrieval,
    )


def _previous(path: Path, result: dict[str, Any]) -> dict[str, Any] | None:
    """The latest earlier result of the same set, part and mode."""
    found: list[dict[str, Any]] = []
    for other in path.parent.glob(f"{result['set']}*.json"):
        if other == path:
            continue
        try:
            data = compare.read(other)
        except CaseError:
            continue
        same = all(data.get(key) == result[key] for key in ("set", "part", "mode"))
        if same and str(data.get("when", "")) < result["when"]:
            found.append(data)
    return max(found, key=lambda data: str(data["when"]), default=None)


def _waits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each wait's answers as dots on a logarithmic scale from 10 ms to 100 s."""
    made = []
    for key, label in WAITS.items():
        found = [value for value in values(rows, key) if value > 0]
        if found:
            made.append(
                {
                    "label": label, "median": quantile(found, 0.5), "p95": quantile(found, 0.95),
                    "dots": sorted(found), "n": len(found),
                }
            )  # fmt: skip
    return made


def _log_x(milliseconds: float) -> float:
    """Where a wait stands on the plot, whose axis runs from 10 ms at 190 to 100 s at 790."""
    return 190 + 150 * (math.log10(min(max(milliseconds, 10.0), 100_000.0)) - 1)


def _ranks(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How often the first gold passage stood at each rank; last, how often among no hit."""
    ranks = [row["rank"] for row in rows if row.get("has_gold")]
    if not ranks:
        return []
    counted = Counter("none" if rank is None else str(min(rank, _RANKS)) for rank in ranks)
    names = [*(str(n) for n in range(1, _RANKS + 1)), "none"]
    return [(name, counted[name]) for name in names]


def _number(value: float | None, key: str = "") -> str | Markup:
    if value is None:
        return Markup("<span class=none>–</span>")
    if key in COUNTS or key.endswith("_ms"):
        return f"{value:,.0f}"
    return f"{value:.2f}"
