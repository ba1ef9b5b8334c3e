"""The settings: one frozen tree, built once at the edge and passed down.

Read from `outsourcing.toml` in the working folder (or the file that `OUTSOURCING_CONFIG` names), then overridden by
environment variables: `OUTSOURCING_CHAT_MODEL`, and for a nested key `OUTSOURCING_DRAFT__TIME_LIMIT_S`.
An unknown key is refused by its path.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

CORPUS_DIR = Path(__file__).parent / "corpus"
_PREFIX = "OUTSOURCING_"


class OutsourcingError(Exception):
    """Base of every stated error; `str()` is the one line that a user reads."""


class SettingsError(OutsourcingError):
    """The settings file or an environment variable is wrong; the message names the key's path."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retrieval(_Frozen):
    """How passages are found."""

    hits: int = Field(12, ge=1, le=100, description="passages kept a question")
    candidates: int = Field(100, ge=1, le=1000, description="passages asked of each index before fusion")
    dense_weight: float = Field(0.4, ge=0, le=1, description="share of the passage's dense score against the lexical")
    sentence_weight: float = Field(0.3, ge=0, description="weight of the passage's nearest sentence beside those two")
    question_weight: float = Field(0.3, ge=0, description="weight of the nearest question that the passage answers")
    feedback: float = Field(
        0.3, ge=0, le=5, description="how far the query moves towards the first passages; 0: not at all"
    )


class Draft(_Frozen):
    """What the chat model may write."""

    time_limit_s: float = Field(
        20.0,
        gt=0,
        description="of writing (30 s more while a model loads); what was written by then is judged for up to 10 s "
        "more, and what passes counts",
    )
    answer_tokens: int = Field(512, ge=64, description="what it writes, at most")


class Settings(BaseSettings):
    """Everything that can be set. Keys are stable: added, not renamed."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", toml_file=None
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("outsourcing-assistant", appauthor=False)),
        description="everything that the program keeps",
    )
    offline: bool = Field(False, description="never touch the network")
    chat_model: str = Field(
        "none", description="`none`, `local` (the embedded model), or a name for init_chat_model: `ollama:…`"
    )
    chat_base_url: str | None = Field(None, description="server of a self-hosted chat model")
    chat_api_key: SecretStr | None = Field(None, description="else the provider's own variable is read")
    embedding_model: str = Field(
        "local", description="`local` (all-mpnet-base-v2), or any sentence-transformers name or folder"
    )
    chroma: str = Field("local", description="`local`, `http://host:port`, or `cloud` (CHROMA_* variables)")
    verifier: str = Field(
        "local",
        min_length=1,
        description="of drafted sentences: `local` (words, then the embedded chat model), `words`, or an NLI "
        "cross-encoder: a folder, or a name on the Hub",
    )
    answer_mode: Literal["auto", "composed", "drafted"] = "auto"
    retrieval: Retrieval = Retrieval()  # type: ignore[call-arg]
    draft: Draft = Draft()  # type: ignore[call-arg]

    @property
    def models_dir(self) -> Path:
        """Where the pulled weights are."""
        return self.data_dir / "models"

    @property
    def needs_embedded_chat(self) -> bool:
        """Whether the embedded chat model writes, or judges what another one writes."""
        hosted = self.chat_model != "none" and self.answer_mode != "composed"
        return self.chat_model == "local" or (hosted and self.verifier == "local")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file (the file's values arrive as keyword arguments of `load`)."""
        return env_settings, init_settings


def load(config: Path | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the file and the environment.

    Args:
        config: the TOML file; without it `OUTSOURCING_CONFIG`, else `outsourcing.toml` if there is one.
        env: read for unknown `OUTSOURCING_*` names and for `OUTSOURCING_CONFIG`.

    Raises:
        SettingsError: unreadable file, unknown key, or value out of range; names the path.
    """
    _refuse_unknown(env)
    named = config or (Path(env[_PREFIX + "CONFIG"]) if env.get(_PREFIX + "CONFIG") else None)
    path = named or Path("outsourcing.toml")
    values: dict[str, Any] = {}
    if named is not None or path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"cannot read the settings file {path}: {error}") from error
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        where = f"{path}: " if str(first["loc"][0]) in values else ""
        raise SettingsError(f"settings: {where}{key}: {what}") from error
    except ValueError as error:  # an environment value that is not JSON where a table is due
        raise SettingsError(f"settings: {error}") from error


def _refuse_unknown(env: Mapping[str, str]) -> None:
    known = {_PREFIX + "CONFIG"} | {_PREFIX + name.upper() for name in Settings.model_fields}
    nested: dict[str, type[BaseModel]] = {"RETRIEVAL": Retrieval, "DRAFT": Draft}
    for table, model in nested.items():
        known |= {f"{_PREFIX}{table}__{name.upper()}" for name in model.model_fields}
    for name in env:
        if name.startswith(_PREFIX) and name not in known:
            raise SettingsError(f"settings: {name}: unknown environment variable")
