"""The nouns of an answer, and the events in which it arrives; frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ingest.types import Hit, Source

Shape = Literal["definition", "comparison", "decision", "list", "lookup"]
Outcome = Literal["answered", "nearest", "refused"]
Role = Literal["verdict", "claim", "note", "question"]
Support = Literal["quoted", "supported", "close"]
Mode = Literal["composed", "drafted"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Exact words of a document: `document.text[start:end] == quote`, in Unicode code points."""

    number: int
    passage_id: str
    document_id: str
    title: str
    origin: str
    headings: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer. A `quoted` one is contained in the quotes of its citations."""

    text: str
    role: Role
    citations: tuple[int, ...]
    support: Support
    score: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that the model wrote and the checks did not let through."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question; None for what did not happen."""

    found_ms: float = 0.0
    composed_ms: float = 0.0
    first_sentence_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What an answer came from. Where all are the same, the composed answer is the same."""

    library: str = ""
    """Of every document and the embedding model."""
    model: str = ""
    """The chat model, "none" where nothing was to be drafted."""
    settings: str = ""
    prompts: str = ""
    program: str = ""
    """Its version."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What every interface shows. `text` is Markdown, with `[n]` for the citation of that number."""

    question: str
    standalone_question: str
    scope: tuple[str, ...]
    outcome: Outcome
    missing: str | None
    shape: Shape
    mode: Mode
    text: str
    sentences: tuple[Sentence, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    notice: str | None = None
    model: str = "none"
    index: str = ""
    """Of library, settings and prompts together."""
    fingerprints: Fingerprints = field(default_factory=Fingerprints)
    timings: Timings = field(default_factory=Timings)

    def to_json(self) -> dict[str, Any]:
        """The object of `ask --json`."""
        data = asdict(self)
        data["hits"] = [
            {
                "passage_id": hit.passage.id,
                "document_id": hit.passage.document_id,
                "score": round(hit.score, 4),
                "text": hit.passage.text,
            }
            for hit in self.hits
        ]
        for citation in (*data["citations"], *data["nearest"]):
            for source in citation["sources"]:
                del source["key"]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """The answer as `to_json` gave it, but for the hits, of which no reader sees more than the citations.

        Raises:
            KeyError, TypeError: it is no such object.
        """
        cited = {name: tuple(_citation(one) for one in data[name]) for name in ("citations", "nearest")}
        return cls(
            **{
                **data,
                **cited,
                "scope": tuple(data["scope"]),
                "sentences": tuple(
                    Sentence(**{**one, "citations": tuple(one["citations"])}) for one in data["sentences"]
                ),
                "dropped": tuple(Dropped(**one) for one in data["dropped"]),
                "hits": (),
                "fingerprints": Fingerprints(**data["fingerprints"]),
                "timings": Timings(**data["timings"]),
            }
        )


def _sentence(data: Mapping[str, Any]) -> Sentence:
    return Sentence(**{**data, "citations": tuple(data["citations"])})


def _citation(data: Mapping[str, Any]) -> Citation:
    sources = tuple(Source(key="", **one) for one in data["sources"])
    return Citation(**{**data, "headings": tuple(data["headings"]), "sources": sources})


@dataclass(frozen=True, slots=True)
class Searching:
    """The question as it is searched for."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """The answer in the sources' own words; it can be shown and relied on from here."""

    answer: Answer
    drafting: bool


@dataclass(frozen=True, slots=True)
class SentenceReady:
    """A sentence that the model wrote and that passed the checks."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Replaced:
    """What is on the screen is to be replaced with this."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Answered:
    """The end: the whole answer."""

    answer: Answer


Event = Searching | Found | Composed | SentenceReady | Replaced | Answered
