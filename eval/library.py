"""The evaluation's own libraries, apart from the user's, in the data folder: a second run embeds nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest import sync
from ingest.embed import Encoder
from ingest.library import Library
from ingest.types import Document
from settings import Settings


def own(settings: Settings, encoder: Encoder, kind: str, folder: Path | None = None) -> Library:
    """The library of a `kind` of evaluation; one a benchmark `folder`, where there is one. Its vectors are local.

    Raises:
        LibraryError: it cannot be opened.
    """
    place = settings.data_dir / kind
    if folder is not None:
        place /= hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return sync.open_library(settings.model_copy(update={"data_dir": place, "chroma": "local"}), encoder)


def made(collection: str, name: str, title: str, text: str) -> Document:
    """A document that is in no file."""
    digest = hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()
    return Document(f"{collection}/{name}", collection, title, name, text, digest)
