"""As read: a blind comparison of our answers with the tutorial pipeline's, judged by readers who built neither.

`python -m eval.pairs make SHEET.html KEY.json` asks 40 questions of both, hides which side is whose, and writes a sheet
to read and a key to keep away from the readers. `python -m eval.pairs count KEY.json JUDGED.json …` counts what
readers wrote: `{"1": {"correct": "A", "direct": "B", "useful": "tie", "better": "A"}, …}`, one file a reader.
"""

from __future__ import annotations

import html
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import chat_model
from assistant.assistant import Assistant
from assistant.types import Answer
from eval.cases import FOLDER, Case, CaseError, load, select
from eval.library import own
from eval.stats import estimate
from eval.tutorial import Tutorial
from ingest import embed, sync
from ingest.load import REFERENCE
from settings import Settings
from settings import load as load_settings

QUESTIONS = 40
ASPECTS = ("correct", "direct", "useful", "better")
"""Asked of every pair; `better` decides."""
_CHOICES = ("A", "B", "tie")
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:24px auto;padding:0 24px}"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}"
    ".pair div{border:1px solid #ccc;border-radius:8px;padding:8px 14px;white-space:pre-wrap}"
)


def count(key: dict[str, str], judged: Sequence[dict[str, dict[str, str]]]) -> dict[str, Any]:
    """How often ours was chosen, by aspect, over all readers; ties are left out of the share.

    Args:
        key: pair number → the side that is ours, A or B.
        judged: one mapping a reader: pair number → aspect → A, B or tie.

    Raises:
        CaseError: a number that is not in the key, or a choice that is none of the three.
    """
    result: dict[str, Any] = {"readers": len(judged)}
    for aspect in ASPECTS:
        counts = Counter({"ours": 0, "theirs": 0, "tie": 0})
        for sheet in judged:
            for number, choices in sheet.items():
                choice = choices.get(aspect)
                if number not in key or choice not in _CHOICES:
                    raise CaseError(f"pair {number}, {aspect}: {choice!r} is none of A, B, tie")
                counts["tie" if choice == "tie" else "ours" if choice == key[number] else "theirs"] += 1
        line: dict[str, Any] = dict(counts)
        share = estimate([1.0] * counts["ours"] + [0.0] * counts["theirs"])
        if share is not None:
            line |= {"share": round(share.mean, 3), "interval": [round(share.low, 3), round(share.high, 3)]}
        result[aspect] = line
    return result


def make(settings: Settings, cases: Sequence[Case], seed: int = 0) -> tuple[str, dict[str, str]]:
    """(the sheet as HTML, the key). Ours is as the settings have it; the tutorial writes with their chat model, or with
    the embedded one where there is none.

    Raises:
        OutsourcingError: the models or the library are not there.
    """
    encoder = embed.create(settings)
    library = own(settings, encoder, "eval")
    ours_by = None if settings.answer_mode == "composed" else chat_model.create(settings)
    model = ours_by or chat_model.EmbeddedModel(settings)
    try:
        sync.ingest(library, encoder)
        model.warm()
        documents = [document for card in library.cards() if (document := library.document(card.id)) is not None]
        tutorial = Tutorial([one for one in documents if one.collection == REFERENCE], encoder, model)
        assistant = Assistant(settings, library, encoder, ours_by)
        chance = random.Random(seed)
        pairs, key = [], {}
        for number, case in enumerate(cases, 1):
            ours, theirs = plain(assistant.ask(case.question, scope=(REFERENCE,))), tutorial.ask(case.question).text
            key[str(number)] = side = chance.choice("AB")
            pairs.append((case.question, *((ours, theirs) if side == "A" else (theirs, ours))))
            print(f"{number} of {len(cases)}", file=sys.stderr)
    finally:
        model.close()
        library.close()
    return sheet(pairs), key


def plain(answer: Answer) -> str:
    """The answer as text, without what would tell the sides apart: citation numbers go, bold marks too."""
    text = re.sub(r" ?(?<!\\)\[\d+\]", "", answer.text).replace("**", "").replace("\\", "")
    return re.sub(r"[ \t]+(?=[.,;]|\n|$)", "", text).strip()


def sheet(pairs: Sequence[tuple[str, str, str]]) -> str:
    """A page to read: question, A, B."""
    parts = [
        f"<h2>{number}. {html.escape(question)}</h2><div class=pair><div><b>A</b>\n{html.escape(a.strip())}</div>"
        f"<div><b>B</b>\n{html.escape(b.strip())}</div></div>"
        for number, (question, a, b) in enumerate(pairs, 1)
    ]
    return f"<!doctype html><meta charset=utf-8><title>Which is better?</title><style>{_STYLE}</style>{''.join(parts)}"


def main() -> None:
    """See the module's first lines."""
    match sys.argv[1:]:
        case ["make", sheet_path, key_path]:
            cases = [case for case in load(FOLDER / "test.jsonl") if case.answerable and not case.history]
            page, key = make(load_settings(), select([case for case in cases if not case.planted], QUESTIONS))
            Path(sheet_path).write_text(page, encoding="utf-8")
            Path(key_path).write_text(json.dumps(key), encoding="utf-8")
        case ["count", key_path, *judged] if judged:
            sheets = [json.loads(Path(one).read_text(encoding="utf-8")) for one in judged]
            print(json.dumps(count(json.loads(Path(key_path).read_text(encoding="utf-8")), sheets), indent=1))
        case _:
            raise SystemExit("usage: python -m eval.pairs make SHEET.html KEY.json | count KEY.json JUDGED.json …")


if __name__ == "__main__":
    main()
