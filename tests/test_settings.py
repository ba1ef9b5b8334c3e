from __future__ import annotations

from pathlib import Path

import pytest

from settings import SettingsError, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "here.toml"


def test_the_file_is_read(file: Path) -> None:
    file.write_text('chat_model = "none"\n[retrieval]\nhits = 7\n', encoding="utf-8")
    settings = load(file, {})
    assert (settings.chat_model, settings.retrieval.hits) == ("none", 7)


def test_the_environment_comes_before_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("[retrieval]\nhits = 7\n", encoding="utf-8")
    monkeypatch.setenv("OUTSOURCING_RETRIEVAL__HITS", "9")
    assert load(file).retrieval.hits == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[retrieval]\nhitz = 7\n", "retrieval.hitz: unknown key"),
        ("colour = 1\n", "colour: unknown key"),
        ("[retrieval]\nhits = 0\n", "retrieval.hits: Input should be greater than or equal to 1"),
        ("hits =", "cannot read the settings file"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_by_file_and_key(file: Path, text: str, said: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_what_is_wrong_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="OUTSOURCING_COLOUR: unknown environment variable"):
        load(None, {"OUTSOURCING_COLOUR": "red"})
    monkeypatch.setenv("OUTSOURCING_RETRIEVAL__HITS", "0")
    with pytest.raises(SettingsError, match=r"^settings: retrieval\.hits: "):
        load()


@pytest.mark.parametrize(
    ("values", "needed"),
    [
        ({}, False),
        ({"chat_model": "local"}, True),
        ({"chat_model": "openai:any"}, True),  # judges what that one drafts
        ({"chat_model": "openai:any", "verifier": "words"}, False),
        ({"chat_model": "openai:any", "answer_mode": "composed"}, False),
    ],
)
def test_the_embedded_chat_model_is_needed_where_it_writes_or_judges(values: dict[str, str], needed: bool) -> None:
    assert load(env={}).model_copy(update=values).needs_embedded_chat is needed
