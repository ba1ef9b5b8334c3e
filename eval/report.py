"""A result, or a comparison of two, in the terminal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from eval.causes import CAUSES
from eval.summary import COUNTS, HEADLINE, METRICS, RETRIEVAL, failing

_SHORT = {
    "right_outcome": "outcome", "vital_short": "≤220w", "citation_precision": "cit.P", "citation_recall": "cit.R",
}  # fmt: skip
_SHOWN = 20
"""Failing cases listed; the HTML report shows all of them with their answers."""


def show(result: dict[str, Any], console: Console | None = None) -> None:
    """The headline, then the failing cases by cause."""
    console = console or Console()
    retrieval = result["mode"] == "retrieval"
    columns = RETRIEVAL if retrieval else HEADLINE
    what = f"{result['set']} split" + (f" ({result['part']})" if result["part"] else "")
    console.print(f"{what}, {result['commit']}, {result['mode']}, model {result['model']}", highlight=False)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("type", no_wrap=True)
    table.add_column("n", justify="right")
    for key in columns:
        table.add_column(_SHORT.get(key, key), justify="right")
    if not retrieval:
        table.add_column("quoted", justify="right")
        table.add_column("all, s", justify="right")
    lines = result["table"]
    for line in lines:
        cells = [line["type"], str(line["cases"]), *(_mean(line["metrics"].get(key), key) for key in columns)]
        if not retrieval:
            cells += [_wait(line, "composed_ms"), _wait(line, "total_ms")]
        table.add_row(*cells, end_section=len(lines) > 1 and line is lines[-2])
    console.print(table)
    everything = lines[-1]
    for key in columns if retrieval else (*columns, "refused", "false_refusal", "obeyed"):
        if key in everything["metrics"]:
            console.print(f"{METRICS[key]}: {_cell(everything['metrics'][key], key)}", highlight=False)
    if retrieval:
        return
    console.print(f"invariants broken: {everything['broken']}", highlight=False)
    wrong = failing(result["cases"])
    counts = Counter(row["cause"] for row in wrong)
    told = ", ".join(f"{counts[name]} {name}" for name in CAUSES if counts[name])
    console.print(f"\n{len(wrong)} of {len(result['cases'])} cases fail: {told or 'none'}", highlight=False)
    for row in wrong[:_SHOWN]:
        console.print(
            f"  {row['id']}: {row['question']} → {row['cause']}", soft_wrap=True, highlight=False, markup=False
        )
    if len(wrong) > _SHOWN:
        console.print(f"  … and {len(wrong) - _SHOWN} more in the report", highlight=False)


def show_comparison(found: dict[str, Any], console: Console | None = None) -> None:
    """What changed; a difference whose interval leaves out 0 is starred."""
    console = console or Console()
    console.print(f"before: {found['before']}\nafter:  {found['after']}", highlight=False, soft_wrap=True)
    table = Table(title=f"{found['cases']} cases in both")
    for name in ("metric", "before", "after", "difference", "95 % interval", "cases"):
        table.add_column(name, justify="left" if name == "metric" else "right")
    for one in found["metrics"]:
        change = one["difference"]
        table.add_row(
            one["label"], f"{one['before']:.3f}", f"{one['after']:.3f}",
            f"{change['mean']:+.3f}{' *' if one['real'] else ''}", f"{change['low']:+.3f} … {change['high']:+.3f}",
            str(change["n"]),
        )  # fmt: skip
    console.print(table)
    passed = found["passed"]
    console.print(
        f"passing: {passed['before']} → {passed['after']} (McNemar, exact: p = {passed['mcnemar_p']:.3g})",
        highlight=False,
    )
    for name in ("broke", "mended"):
        for one in found[name]:
            console.print(
                f"  {name}: {one['id']}: {one['question']} ({one['before']} → {one['after']})",
                soft_wrap=True, highlight=False, markup=False,
            )  # fmt: skip


def show_lines(result: dict[str, Any], console: Console | None = None) -> None:
    """A table of plain lines, as of the benchmarks."""
    console = console or Console()
    table = Table(title=result["set"])
    for column in result["table"][0]:
        table.add_column(column, justify="left" if column == "folder" else "right")
    for line in result["table"]:
        table.add_row(*(value if isinstance(value, str) else f"{value:g}" for value in line.values()))
    console.print(table)


def _mean(figure: dict[str, Any] | None, key: str) -> str:
    if figure is None:
        return "–"
    return f"{figure['mean']:.{0 if key in COUNTS else 2}f}"


def _cell(figure: dict[str, Any], key: str) -> str:
    places = 0 if key in COUNTS else 3
    spread = f"{figure['low']:.{places}f}–{figure['high']:.{places}f}"
    return f"{figure['mean']:.{places}f} (95 %: {spread}; {figure['n']} cases)"


def _wait(line: dict[str, Any], key: str) -> str:
    return f"{line['waits'][key]['median'] / 1000:.2f}" if key in line["waits"] else "–"
