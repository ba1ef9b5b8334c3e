from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.chat_model import EmbeddedModel, LangChainModel
from assistant.errors import ChatModelError
from ingest import weights
from settings import load as load_settings


class Endless:
    """A provider's model that writes ten words a second."""

    def __init__(self) -> None:
        self.written = 0
        self.ended = False

    def stream(self, messages: Any, **_: Any) -> Iterator[Any]:
        try:
            while True:
                time.sleep(0.1)
                self.written += 1
                yield SimpleNamespace(content="word ")
        finally:
            self.ended = True


def named(endless: Endless) -> LangChainModel:
    model = LangChainModel("openai:x", load_settings(env={}))
    model._model = endless  # type: ignore[assignment]
    return model


def test_a_model_is_cut_at_the_time_limit_while_its_reader_is_busy() -> None:
    endless = Endless()
    pieces = named(endless).stream([("user", "x")], 10, time.monotonic() + 0.5)
    assert next(pieces) == "word "
    time.sleep(1.2)  # with checks
    assert endless.ended
    assert endless.written <= 6
    with pytest.raises(ChatModelError, match="the chat model took longer than the time limit"):
        list(pieces)


def test_what_was_written_in_time_counts_however_long_its_checks_take() -> None:
    pieces = named(Endless()).stream([("user", "x")], 10, time.monotonic() + 0.55)
    next(pieces)
    time.sleep(1)
    assert next(pieces) == "word "


class Typist:
    """A provider's model that writes the rest of a text, a word at a time."""

    words = tuple(f"word{number} " for number in range(100))

    def __init__(self) -> None:
        self.began: list[str] = []
        self.limits: list[int] = []
        self.written = 0
        self.ended = 0

    def stream(self, messages: Any, max_tokens: int) -> Iterator[Any]:
        role, said = messages[-1]
        begun = said if role == "assistant" else ""
        self.began.append(begun)
        self.limits.append(max_tokens)
        yield SimpleNamespace(content="")
        try:
            for word in self.words[len(begun.split()) :]:
                time.sleep(0.01)
                self.written += 1
                yield SimpleNamespace(content=word)
        finally:
            self.ended += 1


def test_the_writing_rests_while_a_sentence_is_judged_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded, typist = EmbeddedModel(load_settings(env={})), Typist()
    monkeypatch.setattr(embedded, "_get", lambda: typist)
    pieces = embedded.stream([("user", "x")], 160, time.monotonic() + 20)
    said = [next(pieces), next(pieces), next(pieces)]
    with embedded._pause:
        time.sleep(0.2)  # what is on its way arrives
        before = typist.written
        assert 3 <= before < 100
        assert typist.ended == 1
        time.sleep(0.3)
        assert typist.written == before
    said += pieces
    assert tuple(said) == Typist.words
    assert typist.began == ["", "".join(Typist.words[:before])]
    assert typist.limits == [160, 160 - before]


def test_nothing_is_begun_between_two_judgements_of_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded, typist = EmbeddedModel(load_settings(env={})), Typist()
    monkeypatch.setattr(embedded, "_get", lambda: typist)
    monkeypatch.setattr("assistant.pause._GAP_S", 0.3)
    pieces = embedded.stream([("user", "x")], 160, time.monotonic() + 20)
    said = [next(pieces)]
    for _ in range(5):
        with embedded._pause:
            time.sleep(0.05)
        time.sleep(0.02)
    said += pieces
    assert tuple(said) == Typist.words
    assert len(typist.began) == 2


def test_nothing_is_begun_again_for_a_reader_who_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded, typist = EmbeddedModel(load_settings(env={})), Typist()
    monkeypatch.setattr(embedded, "_get", lambda: typist)
    pieces = embedded.stream([("user", "x")], 160, time.monotonic() + 20)
    next(pieces)
    with embedded._pause:
        time.sleep(0.2)
        pieces.close()  # type: ignore[attr-defined]
    time.sleep(0.4)
    assert typist.began == [""]


def test_no_longer_than_the_time_limit_is_waited_for_a_judgement(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded, typist = EmbeddedModel(load_settings(env={})), Typist()
    monkeypatch.setattr(embedded, "_get", lambda: typist)
    with embedded._pause, pytest.raises(ChatModelError, match="longer than the time limit"):
        list(embedded.stream([("user", "x")], 160, time.monotonic() + 0.3))
    time.sleep(0.3)
    assert typist.began == []


def test_a_model_that_is_closed_while_its_file_is_read_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = EmbeddedModel(load_settings(env={}))

    def read(*_: Any) -> Any:
        embedded.close()
        return load_settings(env={}).models_dir

    monkeypatch.setattr(weights, "ready", read)
    with pytest.raises(ChatModelError, match="the program is closing"):
        embedded.warm()
    assert embedded.pid is None
