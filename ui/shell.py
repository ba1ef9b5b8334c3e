"""What every command shares: settings, plain lines, JSON, a progress bar."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from settings import Settings

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")]
Mode = Literal["auto", "composed", "drafted"]


def read_settings(mode: Mode | None = None) -> Settings:
    from settings import load

    settings = load()
    return settings if mode is None else settings.model_copy(update={"answer_mode": mode})


def say(line: str) -> None:
    typer.echo(line, err=True)


def print_json(data: Any, *, compact: bool = False) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=None if compact else 2) + "\n")
    sys.stdout.flush()


@contextmanager
def bar(unit: str = "items") -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error; outside a terminal, nothing but the end."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    count = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def update(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=total)
            progress.update(tasks[label], completed=done)

        yield update
