from __future__ import annotations

import pytest

from assistant.errors import ChatModelError
from settings import Settings
from tests.conftest import FakeModel
from ui import checkup


class Absent(FakeModel):
    def warm(self) -> None:
        raise ChatModelError("settings: chat_model: its package is not installed")


@pytest.mark.parametrize(("model", "good"), [(FakeModel(), True), (Absent(), False)])
def test_a_model_elsewhere_needs_its_package(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, model: FakeModel, good: bool
) -> None:
    monkeypatch.setattr(checkup.chat_model, "create", lambda _: model)
    elsewhere = settings.model_copy(update={"chat_model": "ollama:any", "embedding_model": "another"})
    (check,) = [one for one in checkup.checks(elsewhere) if one.name == "chat model"]
    assert check.good is good
    assert not check.needed
    assert ("its package is not installed" in check.detail) is not good


def test_drafting_without_a_chat_model_is_found(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"answer_mode": "drafted", "embedding_model": "another"})
    (check,) = [one for one in checkup.checks(elsewhere) if one.name == "chat model"]
    assert (check.good, check.needed) == (False, True)
    assert "mode drafted needs a chat model" in check.detail
