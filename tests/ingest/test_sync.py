from __future__ import annotations

import gc
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from ingest import sync
from ingest.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing
from ingest.ids import is_question, passage_of, sentence_id
from ingest.library import Library
from ingest.sync import ingest, open_library
from ingest.types import SyncReport
from settings import Settings
from tests.conftest import DOCUMENTS, FakeEncoder, free_port
from tests.ingest.test_load import MATTER


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("one", "two", "three"):
        matter = MATTER.replace("a-title", name).replace("A title", name.title())
        text = f"## In short\n\nArticle {name} says this.[^x] It also says {name} twice.[^y]\n"
        (folder / f"{name}.md").write_text(matter + text, encoding="utf-8")
    return folder


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.removed, report.embedded


def in_step(library: Library) -> bool:
    return library.owed() == [] and len(library.vectors.ids()) == library.passage_count()


def test_a_second_ingest_embeds_nothing(empty_library: Library, encoder: FakeEncoder, corpus: Path) -> None:
    assert counts(ingest(empty_library, encoder, corpus=corpus)) == (3, 0, 0, 0, 3)
    assert counts(ingest(empty_library, encoder, corpus=corpus)) == (0, 0, 3, 0, 0)
    assert in_step(empty_library)


def test_only_what_changed_is_embedded_again(empty_library: Library, encoder: FakeEncoder, corpus: Path) -> None:
    ingest(empty_library, encoder, corpus=corpus)
    (corpus / "two.md").write_text((corpus / "two.md").read_text("utf-8").replace("twice", "thrice"), "utf-8")
    (corpus / "one.md").unlink()
    assert counts(ingest(empty_library, encoder, corpus=corpus)) == (0, 1, 1, 1, 1)
    assert in_step(empty_library)
    assert {card.id for card in empty_library.cards()} == {"reference/two", "reference/three"}
    assert empty_library.lexical(["twice"], ["reference"], 5)[0][0] in {
        passage.id for passage in empty_library.passages_of("reference/three")
    }


def test_a_broken_article_keeps_its_earlier_version(empty_library: Library, encoder: FakeEncoder, corpus: Path) -> None:
    ingest(empty_library, encoder, corpus=corpus)
    (corpus / "two.md").write_text("no front matter", "utf-8")
    report = ingest(empty_library, encoder, corpus=corpus)
    assert [failure.origin for failure in report.failed] == ["corpus/two.md"]
    assert counts(report) == (0, 0, 2, 0, 0)
    assert empty_library.document("reference/two") is not None


def test_an_empty_corpus_never_empties_the_library(empty_library: Library, encoder: FakeEncoder, corpus: Path) -> None:
    ingest(empty_library, encoder, corpus=corpus)
    for path in corpus.glob("*.md"):
        path.unlink()
    with pytest.raises(LibraryError, match="no articles"):
        ingest(empty_library, encoder, corpus=corpus)
    assert len(empty_library.cards()) == 3


class Killed(BaseException):
    """Stands for a process that ends at once."""


@pytest.mark.parametrize("where", ["embed", "upsert", "mark"])
def test_killed_while_ingesting_the_next_run_finishes(
    where: str, settings: Settings, encoder: FakeEncoder, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library(settings, encoder)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if where == "embed":
            patch.setattr(encoder, "embed_documents", die)
        elif where == "upsert":
            patch.setattr(library.vectors, "upsert", die)
        else:
            real = library.vectors.upsert

            def stored_then_dies(*args: object) -> None:
                real(*args)  # type: ignore[arg-type]
                die()

            patch.setattr(library.vectors, "upsert", stored_then_dies)
        with pytest.raises(Killed):
            ingest(library, encoder, corpus=corpus)
    library.close()
    library = open_library(settings, encoder)
    assert counts(ingest(library, encoder, corpus=corpus)) == (0, 0, 3, 0, 3)
    assert in_step(library)
    library.close()


def test_killed_while_deleting_the_next_run_buries(
    empty_library: Library, encoder: FakeEncoder, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(empty_library, encoder, corpus=corpus)

    def die(ids: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(empty_library.vectors, "delete", die)
        with pytest.raises(Killed):
            empty_library.remove("reference/one")
    assert len(empty_library.vectors.ids()) == 3
    ingest(empty_library, encoder, [corpus / "two.md"], collection="mine")
    assert len(empty_library.vectors.ids()) == empty_library.passage_count() == 3
    assert in_step(empty_library)


def test_lost_vectors_are_made_again(settings: Settings, encoder: FakeEncoder, library: Library) -> None:
    for passage_id in sorted(library.vectors.ids())[:3]:
        library.vectors.delete([passage_id])
    assert len(library.owed()) == 3
    assert sync.fill(library, encoder, DOCUMENTS) == 3
    assert in_step(library)


def test_vectors_without_a_passage_are_deleted(library: Library, encoder: FakeEncoder) -> None:
    library.vectors.upsert(["stray"], [[1.0] * 256], [{"collection": "reference"}])
    assert sync.fill(library, encoder, DOCUMENTS) == 0
    assert in_step(library)


def test_a_question_is_embedded_with_the_sentence_that_answers_it(
    empty_library: Library, encoder: FakeEncoder, corpus: Path
) -> None:
    (corpus / "questions").mkdir()
    asked = corpus / "questions" / "two.jsonl"
    asked.write_text('{"question": "Who repeats himself?", "answers": ["says two twice"]}\n', "utf-8")
    ingest(empty_library, encoder, corpus=corpus)
    (passage,) = empty_library.passages_of("reference/two")
    held = {id_ for id_ in empty_library.sentence_vectors.ids() if passage_of(id_) == passage.id}
    assert held == {sentence_id(passage.id, 0), sentence_id(passage.id, 1), sentence_id(passage.id, 1, 0)}
    assert [is_question(id_) for id_ in sorted(held)] == [False, False, True]
    assert "Who repeats himself?" in encoder.embedded
    assert empty_library.lexical(["himself"], ["reference"], 5)[0][0] == passage.id
    asked.unlink()
    assert counts(ingest(empty_library, encoder, corpus=corpus)) == (0, 1, 2, 0, 1)
    assert not any(is_question(id_) for id_ in empty_library.sentence_vectors.ids())


def test_a_library_from_before_the_questions_is_brought_forward(
    settings: Settings, encoder: FakeEncoder, library: Library, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("Payroll stays here.\n", "utf-8")
    ingest(library, encoder, [mine])
    cards = library.cards()
    library.close()
    database = sqlite3.connect(settings.data_dir / "library" / "library.sqlite")
    database.executescript(
        "ALTER TABLE documents DROP COLUMN questions; DROP TABLE vocabulary; DROP TABLE lexical;"
        "CREATE VIRTUAL TABLE lexical USING fts5 (title, headings, aliases, text, tokenize = 'porter unicode61');"
        "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (lexical, 'row');"
        "UPDATE meta SET value = '1' WHERE key = 'schema';"
        "UPDATE meta SET value = 'fake/sections-3/cosine' WHERE key = 'fingerprint';"
    )
    database.close()
    again = open_library(settings, encoder)
    try:
        with pytest.raises(LibraryMismatch, match="run `outsourcing ingest`"):
            again.require()
        sync.fill(again, encoder, [])
        again.require()
        assert again.cards() == cards
        assert in_step(again)
        assert again.lexical(["payroll"], ["mine"], 5)
    finally:
        again.close()


def test_a_library_of_another_version_is_refused_and_kept(
    settings: Settings, encoder: FakeEncoder, library: Library
) -> None:
    library.close()
    database = sqlite3.connect(settings.data_dir / "library" / "library.sqlite")
    with database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    database.close()
    with pytest.raises(LibraryMismatch, match=r"another version .*99.*move that folder away"):
        open_library(settings, encoder)


def test_two_libraries_on_one_chroma_server_keep_apart(settings: Settings, encoder: FakeEncoder) -> None:
    folder = settings.data_dir / "server"
    port = free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", port]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shared = settings.model_copy(update={"chroma": f"http://127.0.0.1:{port}"})
    try:
        wait_for(port)
        two_libraries(shared, encoder)
    finally:
        process.terminate()
        process.wait()
    with pytest.raises(LibraryError, match="does not answer"):
        open_library(shared, encoder)
    for session in gc.get_objects():  # Chroma's HTTP client leaves its connections open
        if issubclass(type(session), httpx.Client):  # isinstance would wake lazy modules
            session.close()


def two_libraries(shared: Settings, encoder: FakeEncoder) -> None:
    at = {name: shared.model_copy(update={"data_dir": shared.data_dir / name}) for name in "ab"}
    one, two = (open_library(at[name], encoder) for name in "ab")
    sync.fill(one, encoder, DOCUMENTS)
    sync.fill(two, encoder, DOCUMENTS[:1])
    assert in_step(one)
    assert in_step(two)
    assert two.passage_count() < one.passage_count()
    again = open_library(at["a"], encoder)
    assert sync.fill(again, encoder, DOCUMENTS) == 0
    vector = encoder.embed_query("KPO judgement")
    assert again.vectors.nearest(vector, ["reference"], 3) == one.vectors.nearest(vector, ["reference"], 3)
    for library in (one, two, again):
        library.close()


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}")


def test_another_model_is_refused_by_name_and_ingest_rebuilds(settings: Settings, library: Library) -> None:
    other = FakeEncoder()
    other.identity = "other"
    reopened = open_library(settings, other)
    with pytest.raises(LibraryMismatch, match=r"made with fake/.*ask for other/"):
        reopened.require()
    assert sync.fill(reopened, other, ()) == library.passage_count()
    reopened.require()
    assert in_step(reopened)
    reopened.close()


def test_an_empty_library_says_so(empty_library: Library) -> None:
    with pytest.raises(LibraryMissing, match="run `outsourcing ingest`"):
        empty_library.require()


def read_everything(settings: Settings, encoder: FakeEncoder) -> None:
    library = open_library(settings, encoder)
    library.cards()
    for document in DOCUMENTS:
        library.passages_of(document.id)
    library.lexical(["bpo"], ["reference"], 5)


@pytest.mark.parametrize("damage", [b"not a database at all, just words" * 50, None])
def test_a_damaged_database_is_named_and_kept(
    settings: Settings, encoder: FakeEncoder, library: Library, damage: bytes | None
) -> None:
    library.close()
    path = settings.data_dir / "library" / "library.sqlite"
    for extra in path.parent.glob("library.sqlite-*"):
        extra.unlink()
    whole = path.read_bytes()
    half = damage or whole[: len(whole) // 2]
    path.write_bytes(half)
    with pytest.raises(LibraryDamaged, match=r"cannot be read .*outsourcing ingest"):
        read_everything(settings, encoder)
    assert path.read_bytes()[:4096] == half[:4096]


def test_a_damaged_vector_store_is_named(settings: Settings, encoder: FakeEncoder, library: Library) -> None:
    library.close()
    copy = settings.data_dir.parent / "copy"
    shutil.copytree(settings.data_dir, copy)
    (copy / "library" / "chroma" / "chroma.sqlite3").write_bytes(b"x" * 4096)
    with pytest.raises(LibraryDamaged, match="documents are kept elsewhere"):
        open_library(settings.model_copy(update={"data_dir": copy}), encoder)
    with sqlite3.connect(copy / "library" / "library.sqlite") as database:
        assert database.execute("SELECT count(*) FROM documents").fetchone()[0] == len(DOCUMENTS)
    database.close()


def test_the_scope_keeps_collections_apart(library: Library, encoder: FakeEncoder, tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text("# Payroll policy\n\nPayroll stays in-house until 2030.\n", "utf-8")
    ingest(library, encoder, [path])
    mine = {p.id for card in library.cards() if card.collection == "mine" for p in library.passages_of(card.id)}
    assert {id_ for id_, _ in library.lexical(["payroll"], ["mine"], 20)} == mine
    assert mine.isdisjoint(id_ for id_, _ in library.lexical(["payroll"], ["reference"], 20))
    assert {id_ for id_, _ in library.vectors.nearest(encoder.embed_query("payroll"), ["mine"], 20)} == mine
