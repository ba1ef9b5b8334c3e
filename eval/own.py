"""A user's own documents beside the articles: `python -m eval.own`.

Three invented companies with six documents each and 60 questions, by writers who saw no code: on `own-a.json` and
`own-b.json` the constants of `assistant.own` were chosen, `own-c.json` was kept for the end. Kinds of question: `own`
asks for what a document says, `both` is a general question on which a document says something that matters, `general`
has nothing to do with the documents, `missing` asks for something of the company's that no document says.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from assistant.assistant import Assistant
from assistant.types import Answer
from eval.library import made, own
from ingest import embed, sync
from ingest.load import REFERENCE
from settings import load

FOLDER = Path(__file__).parent / "cases"
SETS = ("a", "b", "c")
Shares = dict[str, dict[str, tuple[int, int]]]


def read(name: str) -> dict[str, Any]:
    """A set: `documents` (title, text) and `cases` (q, kind, gold: exact sentences of the documents)."""
    data: dict[str, Any] = json.loads((FOLDER / f"own-{name}.json").read_text(encoding="utf-8"))
    return data


def judged(answer: Answer, gold: list[str], collection: str) -> dict[str, bool]:
    """What a case is asked about; `gold shown` only where there is one."""
    mine = [c.quote for c in answer.citations if c.document_id.startswith(f"{collection}/")]
    found = {"answered": answer.outcome == "answered", "documents quoted": bool(mine)}
    if gold:
        found["gold shown"] = any(quote in one or one in quote for quote in mine for one in gold)
    return found


def measure(assistant: Assistant, data: dict[str, Any], collection: str) -> Shares:
    """Kind → measure → (how often, of how many)."""
    seen: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for case in data["cases"]:
        answer = assistant.ask(case["q"], scope=(REFERENCE, collection))
        for name, value in judged(answer, case["gold"], collection).items():
            seen[case["kind"]][name].append(value)
    return {kind: {name: (sum(values), len(values)) for name, values in found.items()} for kind, found in seen.items()}


def main() -> None:
    """Measures each set and prints its table."""
    settings = load().model_copy(update={"answer_mode": "composed"})
    encoder = embed.create(settings)
    library = own(settings, encoder, "own")
    try:
        sync.ingest(library, encoder)
        for name in SETS:
            data = read(name)
            documents = [
                made(f"own-{name}", str(n), one["title"], one["text"]) for n, one in enumerate(data["documents"])
            ]
            sync.fill(library, encoder, documents)
            found = measure(Assistant(settings, library, encoder, None), data, f"own-{name}")
            shown = Table("kind", "answered", "documents quoted", "gold shown", title=name)
            for kind, shares in found.items():
                cells = (shares.get(column) for column in ("answered", "documents quoted", "gold shown"))
                shown.add_row(kind, *(f"{cell[0]} of {cell[1]}" if cell else "" for cell in cells))
            Console(file=sys.stdout).print(shown)
    finally:
        library.close()


if __name__ == "__main__":
    main()
