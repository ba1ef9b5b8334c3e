"""`outsourcing doctor`: each thing that the program needs, whether it is there, and the command that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rich.console import Console
from rich.text import Text

from assistant import chat_model
from assistant.errors import ChatModelError
from ingest import embed, weights
from ingest.errors import WeightsError
from ingest.sync import open_library
from settings import OutsourcingError, Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One thing checked. `needed`: whether the program is useless without it."""

    name: str
    good: bool
    detail: str
    needed: bool = True


def run(settings: Settings, console: Console | None = None) -> bool:
    """Prints the checks; whether everything that is needed is there."""
    console = console or Console()
    good = True
    for check in checks(settings):
        mark = ("ok", "green") if check.good else ("missing", "red" if check.needed else "yellow")
        console.print(Text.assemble((f"{mark[0]:8}", mark[1]), f"{check.name}: {check.detail}"), soft_wrap=True)
        good = good and (check.good or not check.needed)
    return good


def checks(settings: Settings) -> Iterator[Check]:
    """The checks, in the order in which they build on each other."""
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    missing = settings.embedding_model == "local" and not weights.present(weights.EMBEDDING, settings.models_dir)
    needed = 0.5 + (2 * weights.EMBEDDING.size / 1e9 if missing else 0)  # it is fetched in pieces, then put together
    yield Check("data folder", free > needed, f"{settings.data_dir}, {free:.1f} GB free, {needed:.1f} GB needed")
    embedding = _weights(settings, weights.EMBEDDING, settings.embedding_model, needed=True)
    yield embedding
    yield _weights(settings, weights.CHAT, settings.chat_model, needed=False)
    if settings.needs_embedded_chat and settings.chat_model != "local":
        judge = _weights(settings, weights.CHAT, "local", needed=False)
        yield replace(judge, name="verifier")
    if not embedding.good:
        return
    try:
        encoder = embed.create(settings)
        library = open_library(settings, encoder)
        try:
            library.require()
            owed = len(library.owed())
            detail = f"{len(library.cards())} documents, {library.passage_count()} passages"
            if owed:
                detail += f", {owed} without a vector: run `outsourcing ingest`"
            yield Check("library", not owed, detail)
        finally:
            library.close()
    except OutsourcingError as error:
        yield Check("library", False, str(error))


def _weights(settings: Settings, model: weights.Weights, setting: str, *, needed: bool) -> Check:
    name = "embedding model" if model is weights.EMBEDDING else "chat model"
    if setting == "none":
        try:
            chat_model.create(settings)
        except ChatModelError as error:
            return Check(name, False, str(error))
        return Check(name, True, "off (settings: chat_model)")
    if setting != "local" and model is weights.CHAT:
        return _elsewhere(settings)
    if setting != "local":
        return Check(name, True, f"{setting} (not checked here)")
    try:
        weights.ready(model, settings.models_dir)
    except WeightsError as error:
        without = "" if needed else "; without it answers are composed, not drafted"
        return Check(name, False, f"{error}{without}", needed)
    return Check(name, True, f"{model.name}, digest checked")


def _elsewhere(settings: Settings) -> Check:
    chat = chat_model.create(settings)
    detail = f"{settings.chat_model}: its package is installed (its server is not asked here)"
    try:
        if chat is not None:
            chat.warm()
    except ChatModelError as error:
        detail, chat = f"{error}; without it answers are composed, not drafted", None
    return Check("chat model", chat is not None, detail, needed=False)
