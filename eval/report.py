"""A result in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table


def show(result: dict[str, Any], console: Console | None = None) -> None:
    """The table, then every case that went wrong."""
    console = console or Console()
    lines = result["table"]
    table = Table(title=f"{result['set']}, {result['commit']}, {result['mode']}")
    for index, column in enumerate(lines[0]):
        table.add_column(column.replace("_", " "), justify="left" if index == 0 else "right")
    for line in lines:
        cells = ["–" if value is None else value if isinstance(value, str) else f"{value:g}" for value in line.values()]
        table.add_row(*cells, end_section=len(lines) > 1 and line is lines[-2])
    console.print(table)
    wrong = [
        case
        for case in result.get("cases", ())
        if not case["right_outcome"] or (case["vital"] is not None and case["vital"] < 1)
    ]
    for case in wrong:
        got = "" if case["vital"] is None else f", vital facts {case['vital']:.0%}"
        console.print(f"{case['id']}: {case['question']} → {case['outcome']}{got}", soft_wrap=True, highlight=False)
    for case in result.get("cases", ()):
        for broken in case["invariants"]:
            console.print(f"[red]broken[/red] {case['id']}: {broken}", soft_wrap=True)
    if result.get("file"):
        console.print(f"written to {result['file']}", soft_wrap=True)
