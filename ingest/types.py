"""The nouns of ingestion and retrieval, frozen; results wrap, never copy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """What an article rests on: one entry of its bibliography."""

    key: str
    title: str
    publisher: str
    kind: str
    year: int
    url: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote marker that was taken out of the text: it stood at `offset` of the canonical text."""

    offset: int
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a document answers, in words that its readers use, and offsets in the answering sentences."""

    text: str
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document in its canonical text, which all offsets count in (Unicode code points)."""

    id: str
    collection: str
    title: str
    origin: str
    text: str
    content_hash: str
    kind: str = "document"
    functions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    sources: tuple[Source, ...] = ()
    questions: tuple[Asked, ...] = ()

    def sources_of(self, start: int, end: int) -> tuple[Source, ...]:
        """The sources whose footnotes stand behind `text[start:end]`, in order, each once."""
        keys = dict.fromkeys(note.key for note in self.footnotes if start < note.offset <= end)
        by_key = {source.key: source for source in self.sources}
        return tuple(by_key[key] for key in keys if key in by_key)

    def questions_of(self, start: int, end: int) -> list[int]:
        """The numbers of the questions that `text[start:end]` answers."""
        return [n for n, asked in enumerate(self.questions) if any(start <= at < end for at in asked.answers)]


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document: `document.text[start:end] == text`."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A document's title page: what is known of it without its text."""

    id: str
    collection: str
    title: str
    origin: str
    kind: str
    functions: tuple[str, ...]
    aliases: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. `score` is the fused one (0 to 1); `cosine` the dense one, -1 to 1, if known."""

    passage: Passage
    title: str
    score: float
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be ingested, and why."""

    origin: str
    error: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one ingestion did; counts are of documents but for `passages` (in the library) and `embedded`."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = field(default=())
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0
