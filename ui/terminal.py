"""An answer in the terminal: the quoted answer at once, the model's sentences above it as they pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from assistant.assistant import Assistant
from assistant.types import Answer, Answered, Citation, Composed, SentenceReady, Turn
from ui.wording import dropped_note, place, support_note


def show(
    assistant: Assistant, question: str, history: Sequence[Turn], console: Console | None = None, titled: bool = False
) -> None:
    """Prints the answer as it comes about, `titled` under its question. In a pipe, only the final one."""
    console = console or Console()
    if titled:
        console.print(Text(f"\n{question}\n", style="bold"))
    if not console.is_terminal:
        print_answer(assistant.ask(question, history), console)
        return
    drafted: list[str] = []
    # The composed answer stands in the live part until the final one replaces it.
    with Live(Text("Searching …", style="dim"), console=console, transient=True, vertical_overflow="visible") as live:
        for event in assistant.stream(question, history):
            if isinstance(event, Composed):
                composed = event.answer
                wait = "The chat model is writing; the answer below already stands." if event.drafting else ""
                live.update(_body(composed, wait))
            elif isinstance(event, SentenceReady):
                drafted.append(event.sentence.text)
                live.update(_body(composed, " ".join(drafted)))
            elif isinstance(event, Answered):
                final = event.answer
    print_answer(final, console)


def show_again(answer: Answer) -> None:
    """Prints a kept answer with its question, and the fingerprints of what it came from."""
    console = Console()
    console.print(Text(answer.question, style="bold"), end="\n\n")
    print_answer(answer, console)
    marks = ", ".join(f"{name} {mark}" for name, mark in asdict(answer.fingerprints).items())
    console.print(Text(f"\nFingerprints of what it was answered from: {marks}", style="dim"))


def _body(answer: Answer, note: str) -> RenderableType:
    parts: list[RenderableType] = [Text(note + "\n", style="dim italic")] if note else []
    return Group(*parts, Markdown(answer.text))


def print_answer(answer: Answer, console: Console) -> None:
    """The whole answer, with its sources and what did not pass."""
    console.print(Markdown(answer.text))
    if answer.citations:
        console.print()
        console.print(Text("Sources", style="bold"))
        quoted = {_plain(sentence.text) for sentence in answer.sentences if sentence.support == "quoted"}
        for citation in answer.citations:
            console.print(_source(citation, _plain(citation.quote) not in quoted))
    if note := support_note(answer):
        console.print(Text(f"\n{note}", style="dim"))
    head, dropped = dropped_note(answer)
    if dropped:
        console.print(Text("\n  ".join((f"{head}:", *dropped)), style="dim"))


def _source(citation: Citation, words: bool) -> RenderableType:
    """Where the cited words are, and what they rest on; the words, too, where the answer does not show them as such."""
    where = " > ".join(place(citation))
    lines = Text()
    lines.append(f"[{citation.number}] ", style="bold cyan")
    lines.append(where, style="bold")
    lines.append(f"  ({citation.origin}, characters {citation.start}–{citation.end})", style="dim")
    if words:
        lines.append(f"\n“{_plain(citation.quote)}”")
    for source in citation.sources:
        lines.append(
            f"\nrests on: {source.publisher}, {source.title} ({source.kind}, {source.year}) {source.url}", "dim"
        )
    return Padding(lines, (0, 0, 1, 0))


def _plain(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
