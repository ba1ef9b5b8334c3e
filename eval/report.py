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
        table.add_row(*("–" if value is None else f"{value:g}" if index else str(value) for index, value in
                        enumerate(line.values())), end_section=line is lines[-2] if len(lines) > 1 else False)  # fmt: skip
    console.print(table)
    wrong = [case for case in result.get("cases", ()) if not case["right_outcome"] or (case["vital"] or 1) < 1]
    wrong += [case for case in result.get("cases", ()) if case["vital"] == 0 and case not in wrong]
    for case in wrong:
        got = "" if case["vital"] is None else f", vital facts {case['vital']:.0%}"
        console.print(f"{case['id']}: {case['question']} → {case['outcome']}{got}", soft_wrap=True, highlight=False)
    for case in result.get("cases", ()):
        for broken in case["invariants"]:
            console.print(f"[red]broken[/red] {case['id']}: {broken}", soft_wrap=True)
    if result.get("file"):
        console.print(f"written to {result['file']}", soft_wrap=True)
