"""Retrieval alone, on any folder in BEIR's form: corpus.jsonl, queries.jsonl, qrels.tsv (Thakur et al., 2021)."""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.crux import BESIDE
from assistant.question import SENTENCE
from assistant.retrieve import retrieve, towards
from assistant.text import terms
from eval import metrics
from eval.cases import CaseError
from eval.library import made, own
from ingest import embed, sync
from ingest.sync import Progress
from ingest.types import Document
from settings import Settings

_COLLECTION = "beir"


def evaluate(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """nDCG@10, recall@5 and reciprocal rank, means over the queries that have a relevant document.

    The folder's vectors are kept under the data folder, so that a second run only searches.

    Raises:
        CaseError: a file is missing or malformed.
    """
    try:
        documents = list(_documents(folder))
        queries = {item["_id"]: item["text"] for item in _lines(folder / "queries.jsonl")}
        relevant = _relevant(folder / "qrels.tsv")
    except (OSError, KeyError, ValueError) as error:
        raise CaseError(f"{folder} is not a BEIR folder: {error}") from error
    encoder = embed.create(settings)
    library = own(settings, encoder, "beir", folder)
    try:
        sync.fill(library, encoder, documents, progress=progress)
        scores: dict[str, list[float]] = {"nDCG@10": [], "recall@5": [], "MRR": []}
        asked = [id_ for id_ in queries if id_ in relevant]
        for done, id_ in enumerate(asked, 1):
            vector = encoder.embed_query(queries[id_])
            if (last := _last(queries[id_])) != queries[id_]:
                vector = towards(vector, encoder.embed_query(last), BESIDE)
            hits = retrieve(queries[id_], vector, library, settings.retrieval, (_COLLECTION,), 50).hits
            ranking = list(dict.fromkeys(hit.passage.document_id.split("/", 1)[1] for hit in hits))
            scores["nDCG@10"].append(metrics.ndcg(ranking, relevant[id_]))
            scores["recall@5"].append(metrics.recall(ranking, relevant[id_], 5))
            scores["MRR"].append(metrics.reciprocal_rank(ranking, relevant[id_]))
            progress("queries", done, len(asked))
    finally:
        library.close()
    means = {metric: round(statistics.fmean(values), 4) for metric, values in scores.items()}
    line = {"folder": folder.name, "documents": len(documents), "queries": len(asked), **means}
    return {"set": folder.name, "commit": "", "mode": "retrieval", "table": [line]}


def _last(query: str) -> str:
    """The last sentence of a query of several, all of it where that says too little.

    Joined turns of a conversation are such queries. The assistant, which knows where a turn ends, moves a question that
    follows others towards what it says by itself (`assistant.condense.beside`); the last sentence stands for that here.
    """
    said = SENTENCE.split(query.strip())[-1]
    return said if len(terms(said)) > 1 else query


def _documents(folder: Path) -> Iterator[Document]:
    for item in _lines(folder / "corpus.jsonl"):
        title = item.get("title") or ""
        yield made(_COLLECTION, str(item["_id"]), title, item["text"].strip() or title)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def _relevant(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t"):
            if len(row) >= 3 and row[2].lstrip("-").isdigit() and int(row[2]) > 0:
                found.setdefault(row[0], {})[row[1]] = int(row[2])
    if not found:
        raise ValueError(f"no relevance judgements in {path.name}")
    return found
