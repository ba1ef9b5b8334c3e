"""Candidates, cards and subjects made from documents, without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.evidence import Candidate, Evidence, section_of
from assistant.subjects import Subjects
from ingest import sentences
from ingest.chunk import chunk
from ingest.types import Card, Document, Hit
from tests.conftest import DOCUMENTS, make_document


def count(text: str) -> int:
    return len(text.split())


def card(document: Document) -> Card:
    return Card(
        document.id, document.collection, document.title, document.origin, document.kind, document.functions,
        document.aliases, 1,
    )  # fmt: skip


def subjects_of(documents: Sequence[Document] = DOCUMENTS) -> Subjects:
    return Subjects(card(document) for document in documents)


def candidates_of(document: Document, window: int = 400) -> list[Candidate]:
    return [
        Candidate(document, passage, start, end, document.text[start:end], number, section_of(passage.headings))
        for passage in chunk(document, count, window)
        for number, (start, end) in enumerate(sentences.split(document.text, passage.start, passage.end))
    ]


def facts(
    *texts: str, slug: str = "facts", title: str = "Facts", heading: str = "Part", collection: str = "reference"
) -> list[Candidate]:
    """One candidate a text, all of one section of one document."""
    body = f"## {heading}\n\n" + "\n".join(texts) + "\n"
    return candidates_of(make_document(slug, body, title=title, collection=collection), 10_000)


def evidence_of(candidates: Sequence[Candidate], focus: Sequence[str] = ()) -> Evidence:
    """Candidates that score 0.9 and downwards, with their passages as hits."""
    ranked = [replace(one, score=round(0.9 - 0.001 * index, 4)) for index, one in enumerate(candidates)]
    passages = {one.passage.id: Hit(one.passage, one.document.title, 0.9, 0.9) for one in ranked}
    return Evidence(tuple(passages.values()), tuple(ranked), tuple(focus))
