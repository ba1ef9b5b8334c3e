"""Waits and memory, beside the plain tutorial pipeline, in one run: `python -m eval.speed [--json]`.

Medians over 20 questions that are asked for the first time in this process. Prints each figure with its bar; exits 1
where one is missed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.chat_model import EmbeddedModel
from assistant.types import Answer
from eval.cases import load as load_cases
from eval.tutorial import Tutorial
from ingest import embed, sync
from ingest.chunk import embedded_text
from ingest.embed import BATCH, Embedder
from settings import CORPUS_DIR, Settings, load

QUESTIONS = 20
ARTICLES = 12
"""Embedded anew to time an ingestion."""
CHAT_S = 30.0
"""After so long a chat is warm."""


def main() -> None:
    """Measures, prints, and judges."""
    settings = load().model_copy(update={"chat_model": "none", "answer_mode": "auto"})
    encoder = embed.create(settings)
    encoder.embed_documents(["The first call loads the model."] * BATCH)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(settings.model_copy(update={"data_dir": Path(folder)}), settings, encoder)
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=2))
    else:
        for name, (value, sign, bar) in judged(figures).items():
            mark = "ok    " if _holds(value, sign, bar) else "MISSED"
            print(f"{mark} {name}: {value:g} (bar: {sign} {bar:g})")
        print("\n".join(f"       {name}: {value}" for name, value in figures.items()))
    sys.exit(0 if all(_holds(*one) for one in judged(figures).values()) else 1)


def measure(here: Settings, models: Settings, encoder: Embedder) -> dict[str, Any]:
    """All figures; `here` has an empty data folder, `models` the pulled weights."""
    bare = embed.create(models, known=False)
    bare.embed_documents(["The first call loads the model."] * BATCH)
    ratios, alone, pace = _ingest(here, bare)
    library = sync.open_library(here, encoder)
    begin = time.monotonic()
    sync.ingest(library, encoder)
    first_s = time.monotonic() - begin
    second = sync.ingest(library, encoder)
    passages = library.passage_count()
    model = EmbeddedModel(models)  # the tutorial's; our answers are as they come, without one
    model.warm()
    assistant = Assistant(here, library, encoder, None)
    assistant.warm()
    cases = [case for case in load_cases() if case.answerable and not case.history][:QUESTIONS]
    documents = [document for card in library.cards() if (document := library.document(card.id)) is not None]
    tutorial = Tutorial(documents, encoder, model)
    answers: list[Answer] = []
    plain = []
    for number, case in enumerate(cases, 1):
        print(f"question {number} of {len(cases)}", file=sys.stderr)
        answers.append(assistant.ask(case.question))
        plain.append(tutorial.ask(case.question))
    model.close()
    assistant.close()
    ours = statistics.median(answer.timings.total_ms for answer in answers)
    theirs = statistics.median(answer.total_ms for answer in plain)
    return {
        "passages": passages,
        "questions": len(cases),
        "evidence_ms": statistics.median(answer.timings.found_ms for answer in answers),
        "composed_ms": statistics.median(answer.timings.composed_ms for answer in answers),
        "complete_ms": ours,
        "complete_max_ms": max(answer.timings.total_ms for answer in answers),
        "tutorial_evidence_ms": round(statistics.median(answer.found_ms for answer in plain), 1),
        "tutorial_complete_ms": round(theirs),
        "complete_over_tutorial": round(ours / theirs, 3),
        "ingest_over_bare_encode": round(statistics.median(ratios), 3),
        "ingest_ratios": [round(ratio, 3) for ratio in ratios],
        "ingest_over_bare_encode_of_passages_alone": [round(ratio, 3) for ratio in alone],
        "passages_a_second_embedded_with_their_sentences": round(pace, 1),
        "built_in_library_s": round(first_s, 1),
        "second_ingest_embedded": second.embedded,
        "peak_memory_gib": round(_chat_memory(models), 2),
    }


def judged(figures: dict[str, Any]) -> dict[str, tuple[float, str, float]]:
    """Name → (value, sign, bar) of each figure that has a bar."""
    return {
        "evidence, median ms": (figures["evidence_ms"], "<", 50),
        "composed answer, median ms": (figures["composed_ms"], "<", 500),
        "complete answer over the tutorial's": (figures["complete_over_tutorial"], "<=", 0.5),
        "ingest over bare encode of the same texts": (figures["ingest_over_bare_encode"], ">=", 0.9),
        "passages embedded by a second ingest": (figures["second_ingest_embedded"], "<=", 0),
        "peak memory, GiB": (figures["peak_memory_gib"], "<", 2.5),
    }


def _holds(value: float, sign: str, bar: float) -> bool:
    return {"<": value < bar, "<=": value <= bar, ">=": value >= bar}[sign]


def _ingest(here: Settings, encoder: Embedder) -> tuple[list[float], list[float], float]:
    """A bare encode's seconds over those of a whole ingest of some articles, in turns, twice: of the same texts, then
    of passages alone; last, the passages ingested a second.

    The same texts are the passages with their headings, their sentences, and the questions that these answer, each
    once: an ingestion embeds them all, where their vectors are not shipped.
    """
    same, alone, pace = [], [], 0.0
    for turn in range(2):
        folder = here.data_dir / f"turn-{turn}"
        (folder / "corpus" / "questions").mkdir(parents=True)
        articles = sorted(path for path in CORPUS_DIR.glob("*.md") if path.name != "README.md")[:ARTICLES]
        for path in articles:
            shutil.copy(path, folder / "corpus")
            shutil.copy(CORPUS_DIR / "questions" / f"{path.stem}.jsonl", folder / "corpus" / "questions")
        library = sync.open_library(here.model_copy(update={"data_dir": folder}), encoder)
        begin = time.monotonic()
        sync.ingest(library, encoder, corpus=folder / "corpus")
        whole = time.monotonic() - begin
        passages = [(card.title, passage) for card in library.cards() for passage in library.passages_of(card.id)]
        seconds = _bare([embedded_text(title, p, encoder.count, encoder.window) for title, p in passages], encoder)
        alone.append(seconds / whole)
        documents = {card.id: library.document(card.id) for card in library.cards()}
        said = {text for _, p in passages for _, text in sync.spoken(p, documents[p.document_id])}
        seconds += _bare(sorted(said), encoder)
        same.append(seconds / whole)
        pace = len(passages) / whole
        library.close()
    return same, alone, pace


def _bare(texts: list[str], encoder: Embedder) -> float:
    begin = time.monotonic()
    encoder.model.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
    return time.monotonic() - begin


def _chat_memory(settings: Settings) -> float:
    """Peak resident memory, GiB, of `outsourcing chat` as it comes, warm."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chat = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "chat", "--port", str(port)],
        env={**os.environ, "OUTSOURCING_DATA_DIR": str(settings.data_dir), "OUTSOURCING_CHAT_MODEL": "none"},
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(CHAT_S)
        return _peak_kib(chat.pid) / 2**20
    finally:
        chat.terminate()
        chat.wait(timeout=30)


def _peak_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise ValueError(f"process {pid} has ended")


if __name__ == "__main__":
    main()
