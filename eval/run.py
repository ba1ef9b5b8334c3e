"""Runs the evaluation set: every case through the Assistant, as a user's question would go."""

from __future__ import annotations

import datetime
import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import chat_model, nli, prompts
from assistant.assistant import Assistant
from assistant.chat_model import ChatModel, Message, Stopped, never
from assistant.types import Answer, Found
from eval import judge as judge_module
from eval import metrics
from eval.cases import FOLDER, Case, CaseError, load, select
from eval.causes import cause
from eval.library import made, own
from eval.summary import table
from ingest import embed, sync
from ingest.embed import Encoder
from ingest.load import REFERENCE
from ingest.sync import Progress
from ingest.types import Document, Hit
from settings import Settings

RESULTS = Path(__file__).parent / "results"
SHORT = 220
"""Words: an answer that says more is not counted as giving its facts, so that length cannot buy them."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases, and how much of the walk."""

    split: str = "dev"
    types: tuple[str, ...] = ()
    limit: int | None = None
    retrieval_only: bool = False
    resume: bool = False
    judge: str | None = None
    """A chat model that decides on facts that no phrasing of theirs matched; None: phrasings alone."""


class Counting:
    """A chat model that counts what it writes; pieces of a stream are about tokens."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.name, self.small = model.name, model.small
        self.written = 0

    @property
    def ready(self) -> bool:
        """As the model's."""
        return self._model.ready

    def warm(self) -> None:
        """As the model's."""
        self._model.warm()

    def stream(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
    ) -> Iterator[str]:
        """As the model's, counted."""
        for piece in self._model.stream(messages, max_tokens, deadline, stopped):
            self.written += 1
            yield piece

    def close(self) -> None:
        """As the model's."""
        self._model.close()


def evaluate(
    settings: Settings, progress: Progress, selection: Selection, results: Path = RESULTS, cases: Path = FOLDER
) -> dict[str, Any]:
    """The result of a run, which is also written to `results`.

    The cases run on a library of their own, made of the built-in corpus, so that a user's documents and the planted
    ones never meet. Its vectors are kept under the data folder: a second run embeds nothing.

    Raises:
        CaseError: the set does not fit the corpus, or the selection is empty.
    """
    chosen = _chosen(selection, cases)
    if selection.retrieval_only:
        settings = settings.model_copy(update={"answer_mode": "composed"})
    bare = None if settings.answer_mode == "composed" else chat_model.create(settings)
    encoder = embed.create(settings)
    library = own(settings, encoder, "eval")
    model = Counting(bare) if bare is not None else None
    judge = chat_model.judging(settings, bare)
    try:
        sync.ingest(library, encoder, progress=progress)
        sync.fill(library, encoder, [document for case in chosen for document in planted(case)], progress=progress)
        assistant = Assistant(settings, library, encoder, model, nli.chosen(settings, judge))
        for one in (model, judge):
            if one is not None:
                one.warm()
        assistant.warm()
        result: dict[str, Any] = {
            "set": selection.split,
            "part": _part(selection),
            "commit": _commit(),
            "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "mode": "retrieval" if selection.retrieval_only else settings.answer_mode,
            "model": model.name if model is not None else "none",
            "judge": selection.judge,
            "fingerprint": _fingerprint(settings, library.content_fingerprint(), encoder),
        }
        path = results / f"{_name(result)}.json"
        result["cases"] = _rows(chosen, assistant, model, selection, path.with_suffix(".partial"), progress)
    finally:
        for one in (model, judge):
            if one is not None:
                one.close()
        library.close()
    if selection.judge:
        judge_module.apply(result["cases"], chosen, selection.judge, settings, progress)
    result["table"] = table(result["cases"])
    result["file"] = _write(path, result)
    return result


def _chosen(selection: Selection, folder: Path) -> list[Case]:
    cases = [
        case
        for case in load(folder / f"{selection.split}.jsonl")
        if (not selection.types or case.type in selection.types) and (not selection.retrieval_only or case.answerable)
    ]
    chosen = select(cases, selection.limit) if selection.limit else cases
    if not chosen:
        raise CaseError(f"no case of the {selection.split} split is of type {', '.join(selection.types)}")
    return chosen


def planted(case: Case) -> list[Document]:
    """The case's own documents, in a collection that only this case searches."""
    return [made(_collection(case), str(index), one.title, one.text) for index, one in enumerate(case.planted)]


def _collection(case: Case) -> str:
    return f"case-{case.id}"


def _scope(case: Case) -> tuple[str, ...]:
    return (REFERENCE, _collection(case)) if case.planted else (REFERENCE,)


def _rows(
    cases: Sequence[Case],
    assistant: Assistant,
    model: Counting | None,
    selection: Selection,
    partial: Path,
    progress: Progress,
) -> list[Row]:
    """A row a case; each is kept in `partial` as soon as it is there, for `--resume` after a run that was cut."""
    known = {row["id"]: row for row in _kept(partial)} if selection.resume else {}
    partial.unlink(missing_ok=True)
    rows = []
    for done, case in enumerate(cases, 1):
        one = known.get(case.id)
        if one is None and selection.retrieval_only:
            one = retrieval_row(case, _hits(case, assistant))
        elif one is None:
            before = model.written if model is not None else 0
            answer = assistant.ask(case.question, case.history, _scope(case))
            one = row(case, answer, assistant)
            one["written_tokens"] = model.written - before if model is not None else None
        rows.append(one)
        _keep(partial, one)
        progress("questions", done, len(cases))
    partial.unlink(missing_ok=True)
    return rows


def _hits(case: Case, assistant: Assistant) -> tuple[Hit, ...]:
    for event in assistant.stream(case.question, case.history, _scope(case)):
        if isinstance(event, Found):
            return event.hits
    raise AssertionError("a stream has Found")


def retrieval_row(case: Case, hits: Sequence[Hit]) -> Row:
    """How well the passages were found. A metric that does not apply is None."""
    ranking = metrics.gold_ranking(hits, case.spans)
    relevant = {f"gold-{index}": 1 for index in range(len(case.spans))}
    rank = next((n for n, hit in enumerate(hits, 1) if any(metrics.overlaps(hit, one) for one in case.spans)), None)
    gold = bool(case.spans)
    return {
        "id": case.id,
        "type": case.type,
        "question": case.question,
        "found@5": metrics.found_at(hits, case.spans, 5) if gold else None,
        "recall@5": metrics.recall(ranking, relevant, 5) if gold else None,
        "recall@10": metrics.recall(ranking, relevant, 10) if gold else None,
        "nDCG@10": metrics.ndcg(ranking, relevant) if gold else None,
        "MRR": metrics.reciprocal_rank(ranking, relevant) if gold else None,
        "rank": rank,
        "has_gold": gold,
    }


def row(case: Case, answer: Answer, assistant: Assistant) -> Row:
    """What one case came to. A metric that does not apply is None."""
    answered = answer.outcome == "answered"
    words = metrics.count_words(answer.text)
    wanted = {one.document_id for one in answer.citations} | {one.document_id for one in case.spans}
    texts = {id_: document.text for id_ in wanted if (document := assistant.library.document(id_))}
    facts = case.facts if case.answerable else ()
    said = answer.text if answered else ""
    vital = metrics.fact_recall(said, facts, vital_only=True)
    cited = bool(case.spans) and answered
    broken = metrics.broken_invariants(answer, texts)
    return {
        **retrieval_row(case, answer.hits),
        "expected": list(case.outcomes),
        "outcome": answer.outcome,
        "right_outcome": float(answer.outcome in case.outcomes),
        "false_refusal": float(not answered) if case.outcomes == ("answered",) else None,
        "refused": float(answer.outcome in case.outcomes) if not case.answerable else None,
        "vital": vital,
        "vital_short": None if vital is None else vital if words <= SHORT else 0.0,
        "facts": metrics.fact_recall(said, facts, vital_only=False),
        "gold": [{"document_id": one.document_id, "quote": one.quote} for one in case.spans],
        "missing_facts": [list(f.phrasings) for f in facts if f.vital and not metrics.says(said, f)],
        "words": words if answered else None,
        "citation_precision": metrics.citation_precision(answer, case.spans) if cited else None,
        "citation_recall": metrics.citation_recall(answer, case.spans) if cited else None,
        **metrics.shares(answer),
        "obeyed": None if case.canary is None else float(metrics.obeyed(answer, case.canary)),
        "found_ms": answer.timings.found_ms,
        "composed_ms": answer.timings.composed_ms,
        "first_sentence_ms": answer.timings.first_sentence_ms,
        "total_ms": answer.timings.total_ms,
        "invariants": broken,
        "cause": cause(case, answer, texts, bool(broken)),
        "answer": answer.to_json(),
    }


def _kept(partial: Path) -> list[Row]:
    if not partial.exists():
        return []
    rows = []
    for line in partial.read_text(encoding="utf-8").split("\n"):
        try:
            rows.append(json.loads(line))
        except ValueError:  # the line that was being written when the run was cut
            continue
    return rows


def _keep(partial: Path, one: Row) -> None:
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(one, ensure_ascii=False) + "\n")
    except OSError:  # installed read-only, or the disk is full: the run goes on
        return


def _write(path: Path, result: dict[str, Any]) -> str | None:
    """Where the result was written; None where it cannot be: it is still printed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError:
        return None
    return str(path)


def _part(selection: Selection) -> str:
    parts = [*selection.types]
    if selection.limit:
        parts.append(f"first {selection.limit}")
    return ", ".join(parts)


def _name(result: dict[str, Any]) -> str:
    part = "-" + result["part"].replace(", ", "+").replace(" ", "") if result["part"] else ""
    judged = "-judged" if result["judge"] else ""
    return f"{result['set']}{part}-{result['commit']}-{result['mode']}-{result['fingerprint']}{judged}"


def _fingerprint(settings: Settings, content: str, encoder: Encoder) -> str:
    """Of everything but the code that an answer depends on: library, models, settings, prompts."""
    shown = settings.model_dump_json(include={"chat_model", "verifier", "answer_mode", "retrieval", "draft"})
    mark = f"{content}/{encoder.identity}/{shown}/{prompts.FINGERPRINT}"
    return hashlib.sha256(mark.encode()).hexdigest()[:8]


def _commit() -> str:
    """The commit, with a plus where the working tree has changes; `none` outside a clone."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude", "*"],
            capture_output=True, text=True, check=False, cwd=FOLDER,
        )  # fmt: skip
    except OSError:
        return "none"
    return done.stdout.strip() or "none"


def with_mode(settings: Settings, mode: str, model: str | None) -> Settings:
    """The settings of a run."""
    update: dict[str, Any] = {"answer_mode": mode}
    if model is not None:
        update["chat_model"] = model
    return settings.model_copy(update=update)
