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


def test_a_model_that_is_closed_while_its_file_is_read_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = EmbeddedModel(load_settings(env={}))

    def read(*_: Any) -> Any:
        embedded.close()
        return load_settings(env={}).models_dir

    monkeypatch.setattr(weights, "ready", read)
    with pytest.raises(ChatModelError, match="the program is closing"):
        embedded.warm()
    assert embedded.pid is None
