"""An optional judge: a chat model that says whether an answer states a fact that no phrasing of the fact matched.

Off by default. Its agreement with labels made by hand is measured by `python -m eval.judge` on cases/judged.jsonl and
stated in LOG.md: a figure that a judge made is only as good as that.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import chat_model
from assistant.chat_model import ChatModel, Message
from assistant.errors import ChatModelError
from eval.cases import FOLDER, Case
from ingest.sync import Progress
from settings import Settings, load

LABELS = FOLDER / "judged.jsonl"
_LIMIT_S = 120
_SYSTEM = (
    "You compare a text with a fact. Say yes if the text states the fact, in whatever words, and no if it does not. "
    "Answer with one word."
)
_EXAMPLES: tuple[Message, ...] = (
    ("user", "Text: The bakery opens at six and closes at noon.\nFact: the bakery is shut in the afternoon"),
    ("assistant", "yes"),
    ("user", "Text: The bakery opens at six and closes at noon.\nFact: the bakery sells cakes"),
    ("assistant", "no"),
)


def states(model: ChatModel, text: str, fact: str) -> bool:
    """Whether the model says that the text states the fact.

    Raises:
        ChatModelError: the model does not answer, or not in time.
    """
    messages: list[Message] = [("system", _SYSTEM), *_EXAMPLES, ("user", f"Text: {text}\nFact: {fact}")]
    said = "".join(model.stream(messages, 4, time.monotonic() + _LIMIT_S))
    return bool(re.match(r"\W*yes\b", said, re.IGNORECASE))


def apply(
    rows: Sequence[dict[str, Any]], cases: Sequence[Case], name: str, settings: Settings, progress: Progress
) -> None:
    """Adds `vital_judged` to every row that has vital facts: the share that a phrasing or the judge finds.

    Raises:
        ChatModelError: the judge does not answer.
    """
    by_id = {case.id: case for case in cases}
    model = _model(name, settings)
    try:
        for done, row in enumerate(rows, 1):
            if row.get("vital") is None:
                continue
            missing = row["missing_facts"] if row["outcome"] == "answered" else []
            found = sum(states(model, row["answer"]["text"], " / ".join(phrasings)) for phrasings in missing)
            vital = sum(fact.vital for fact in by_id[row["id"]].facts)
            row["vital_judged"] = row["vital"] + found / vital
            progress("judging", done, len(rows))
    finally:
        model.close()


def agreement(labels: Sequence[dict[str, Any]], model: ChatModel) -> dict[str, float]:
    """Of pairs labelled by hand (`text`, `fact`, `stated`): raw agreement, and Cohen's kappa (1960)."""
    said = [states(model, one["text"], one["fact"]) for one in labels]
    hand = [bool(one["stated"]) for one in labels]
    same = sum(a == b for a, b in zip(said, hand, strict=True)) / len(hand)
    yes = (sum(said) / len(said)) * (sum(hand) / len(hand))
    chance = yes + (1 - sum(said) / len(said)) * (1 - sum(hand) / len(hand))
    kappa = (same - chance) / (1 - chance) if chance < 1 else 0.0
    return {"labels": len(hand), "agreement": round(same, 3), "kappa": round(kappa, 3)}


def _model(name: str, settings: Settings) -> ChatModel:
    made = chat_model.create(settings.model_copy(update={"chat_model": name}))
    if made is None:
        raise ChatModelError("--judge: `none` cannot judge: name a chat model, such as `local`")
    made.warm()
    return made


def main(path: Path = LABELS) -> None:
    """Prints the agreement of the chat model named on the command line (`local` by default) with the labels."""
    labels = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    model = _model(sys.argv[1] if len(sys.argv) > 1 else "local", load())
    try:
        print(json.dumps({"judge": model.name, **agreement(labels, model)}))
    finally:
        model.close()


if __name__ == "__main__":
    main()
