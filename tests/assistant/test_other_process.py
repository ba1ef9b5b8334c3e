"""A chat goes on while another process ingests into its library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.assistant import Assistant
from ingest.errors import LibraryDamaged
from ingest.library import Library
from settings import Settings
from tests.conftest import FakeEncoder

_INGEST = """
import sys
from pathlib import Path
from ingest.sync import fill, open_library
from settings import Settings
from tests.conftest import DOCUMENTS, FakeEncoder, make_document
library = open_library(Settings(data_dir=Path(sys.argv[1]), offline=True), FakeEncoder())
for document in DOCUMENTS:
    library.remove(document.id)
fill(library, FakeEncoder(), [make_document("fresh", "## Risks\\n\\nBPO can stall when zebras strike.\\n"), *DOCUMENTS])
library.close()
"""


def test_what_another_process_ingests_is_answered_from(
    make_assistant: Callable[..., Assistant], settings: Settings
) -> None:
    made = make_assistant()
    question = "Can BPO stall when zebras strike?"
    assert "BPO can stall" not in made.ask(question).text
    subprocess.run([sys.executable, "-c", _INGEST, str(settings.data_dir)], check=True, timeout=60)
    assert "BPO can stall when zebras strike." in made.ask(question).text


def test_an_index_that_changed_below_a_reader_is_opened_again(
    library: Library, encoder: FakeEncoder, settings: Settings
) -> None:
    vector = encoder.embed_query("zebras")
    library.vectors.nearest(vector, None, 3)
    subprocess.run([sys.executable, "-c", _INGEST, str(settings.data_dir)], check=True, timeout=60)
    library.vectors.nearest(vector, None, 3)  # without opening it again: “Error finding id”
    library.refresh()
    (fresh,) = library.passages_of("reference/fresh")
    assert fresh.id in {id_ for id_, _ in library.vectors.nearest(vector, None, 3)}


def test_readers_that_fail_together_open_the_index_again_once(library: Library, encoder: FakeEncoder) -> None:
    opened = library.vectors.opened
    library.vectors.close()
    library.vectors._collection = None  # as good as damaged
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(library.vectors.nearest, encoder.embed_query("payroll"), None, 3) for _ in range(4)]
        assert all(len(one.result()) == 3 for one in asked)
    assert (library.vectors.opened, library.sentence_vectors.opened) == (opened + 1, opened + 1)
    library.refresh(opened)
    assert library.vectors.opened == opened + 1


def test_a_collection_that_could_not_be_opened_again_is_tried_at_its_next_reading(
    library: Library, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = encoder.embed_query("payroll")
    with monkeypatch.context() as away:

        def fails() -> None:
            raise LibraryDamaged("away")

        away.setattr(library.sentence_vectors, "open", fails)
        with pytest.raises(LibraryDamaged, match="away"):
            library.refresh()
    assert len(library.sentence_vectors.nearest(vector, None, 3)) == 3
    assert len(library.vectors.nearest(vector, None, 3)) == 3
