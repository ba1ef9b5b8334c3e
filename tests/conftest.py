"""Fakes with predictable rankings, and a small library made with them."""

from __future__ import annotations

import hashlib
import math
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from assistant import intent
from assistant.adapter import Adapter
from assistant.assistant import Assistant
from assistant.chat_model import Message, Stopped, never
from assistant.errors import ChatModelError, OutOfTime
from assistant.intent import Intents
from ingest.library import Library
from ingest.load import canonical
from ingest.sync import fill, open_library
from ingest.types import Asked, Document, Source
from settings import Settings

for _name in [name for name in os.environ if name.startswith("OUTSOURCING_")]:
    del os.environ[_name]  # the tests must not write into a user's own library

SOURCES = (
    Source("a", "Survey of outsourcing", "Office of Statistics", "regulator", 2020, "https://example.org/a"),
    Source("b", "Handbook", "University Press", "academic", 2018, "https://example.org/b"),
)


@pytest.fixture(autouse=True)
def _only_loopback(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No stray network call: anything but this machine fails."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FakeEncoder:
    """A text's vector counts its words, each hashed to one of 256 places: cosine is the share of words in common."""

    identity = "fake"
    window = 60

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * 256
        for word in text.lower().split():
            plain = "".join(c for c in word if c.isalnum())
            vector[hashlib.sha256(plain.encode()).digest()[0]] += 1.0
        length = math.sqrt(sum(value * value for value in vector)) or 1.0
        return [value / length for value in vector]


class FakeModel:
    """Says what it is told to, piece by piece; remembers what it was asked."""

    name = "fake"

    def __init__(self, says: str | Exception = "", *, small: bool = True, pause: float = 0.0) -> None:
        self.small = small
        self.says = says
        self.pause = pause
        self.asked: list[Sequence[Message]] = []
        self.closed = False

    @property
    def ready(self) -> bool:
        return True

    def warm(self) -> None:
        return

    def stream(
        self, messages: Sequence[Message], max_tokens: int, deadline: float, stopped: Stopped = never
    ) -> Iterator[str]:
        self.asked.append(messages)
        if isinstance(self.says, Exception):
            raise self.says
        for word in self.says.split(" "):
            time.sleep(self.pause)
            if stopped():
                raise ChatModelError("stopped")
            if time.monotonic() > deadline:
                raise OutOfTime("the chat model took longer than the time limit")
            yield word + " "

    def close(self) -> None:
        self.closed = True


def make_document(
    slug: str,
    body: str,
    *,
    title: str = "",
    kind: str = "definition",
    functions: Sequence[str] = ("general",),
    aliases: Sequence[str] = (),
    collection: str = "reference",
    questions: Mapping[str, str] | None = None,
) -> Document:
    """Args: questions: the question → a part of the sentence that answers it."""
    text, notes = canonical(body)
    return Document(
        f"{collection}/{slug}", collection, title or slug.title(), f"corpus/{slug}.md", text,
        hashlib.sha256(f"{title}{body}".encode()).hexdigest(), kind, tuple(functions), tuple(aliases), notes, SOURCES,
        tuple(Asked(question, (text.index(answer),)) for question, answer in (questions or {}).items()),
    )  # fmt: skip


BPO = """## In short

Business process outsourcing (BPO) is the running of a business process by a third party.[^a]
BPO covers customer care, payroll and accounting.

## Risks

BPO can lock a client into one supplier.[^b]
BPO moves personal data to another company.
"""
KPO = """## In short

Knowledge process outsourcing (KPO) is the contracting of skilled work that needs judgement.[^b]
KPO covers market research, analytics and legal work.

## Where sources disagree

A 2018 handbook counts KPO as a subset of BPO.[^b]
A 2020 survey treats KPO as separate from BPO.[^a]
"""
VERSUS = """## In short

The main difference between BPO and KPO is that BPO buys efficiency, while KPO buys judgement.[^a]

## Purpose

BPO is bought to cut cost.
KPO is bought to gain knowledge.

## Rules

BPO work follows written rules.
KPO work needs expert judgement.

## Hiring

BPO providers hire for basic competence.
KPO providers hire for expertise.
"""
PAYROLL = """## In short

Outsourcing payroll makes sense when pay rules are written down and staff data are clean.
Outsourcing payroll leaves the tax duty with the employer.[^a]

## When it pays

Outsourcing payroll pays when one clerk knows everything.
Outsourcing payroll pays when many countries are involved.

## When it does not pay

Outsourcing payroll does not pay when good software already serves a small staff.

## Risks

Outsourced payroll exposes bank details of staff.[^b]

## What to keep in-house

Approval of each payroll run stays with the employer.

## Data and law

Payroll data are personal data under the GDPR.[^a]

## Bottom line

Outsource payroll when the rules are stable.
"""
DOCUMENTS = (
    make_document("bpo", BPO, title="Business process outsourcing (BPO)", aliases=("BPO", "business process")),
    make_document("kpo", KPO, title="Knowledge process outsourcing (KPO)", aliases=("KPO", "knowledge process")),
    make_document(
        "bpo-vs-kpo", VERSUS, title="The differences between BPO and KPO", kind="comparison", aliases=("BPO vs KPO",)
    ),
    make_document(
        "should-we-outsource-payroll", PAYROLL, title="Should we outsource payroll?", kind="decision",
        functions=("payroll",), aliases=("payroll", "wage slips"),
    ),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _kinds_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fake encoder, “cats” are off the subject, “we paid” is private, “tonight” is live."""
    real = intent.load

    def load(adapter: Adapter, folder: Path) -> Intents:
        if not adapter.identity.startswith(FakeEncoder.identity):
            return real(adapter, folder)
        weights = {"general": [0.0] * 256}
        for name, word in (("off", "cats"), ("private", "paid"), ("live", "tonight")):
            weights[name] = [50.0 * value for value in adapter.embed([word])[0]]
        return Intents(list(weights), list(weights.values()), [9.0, 0.0, 0.0, 0.0])

    monkeypatch.setattr(intent, "load", load)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", chat_model="none", verifier="words", offline=True)


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def empty_library(settings: Settings, encoder: FakeEncoder) -> Iterator[Library]:
    library = open_library(settings, encoder)
    yield library
    library.close()


@pytest.fixture
def library(empty_library: Library, encoder: FakeEncoder) -> Library:
    fill(empty_library, encoder, DOCUMENTS)
    return empty_library


@pytest.fixture
def make_assistant(settings: Settings, library: Library, encoder: FakeEncoder) -> Callable[..., Assistant]:
    def make(model: FakeModel | None = None, **changes: object) -> Assistant:
        return Assistant(settings.model_copy(update=changes), library, encoder, model)

    return make
