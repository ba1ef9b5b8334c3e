"""What changed becomes what the library holds: load, chunk, embed, store; safe to kill and to run again."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from ingest import sentences, vectors
from ingest.chunk import VERSION, chunk, embedded_text
from ingest.embed import BATCH, Encoder
from ingest.errors import DocumentError, LibraryError
from ingest.ids import sentence_id
from ingest.library import Library
from ingest.load import REFERENCE, article, user_file
from ingest.types import Document, Failure, Passage, SyncReport
from settings import CORPUS_DIR, Settings

Progress = Callable[[str, int, int], None]
"""Called with a label, how many are done, and how many there are."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GROUP = 8 * BATCH
"""Passages embedded between two commits: long enough to sort by length, short enough to lose little when killed."""


def fingerprint(encoder: Encoder) -> str:
    """What makes passages and vectors: model, chunking, distance and depth of the index."""
    return f"{encoder.identity}/{VERSION}/{vectors.INDEX}"


def open_library(settings: Settings, encoder: Encoder) -> Library:
    """The library of the settings' data folder, created empty if there is none.

    Raises:
        LibraryError: damaged, or the vector store does not answer.
    """
    elsewhere = settings.chroma == "cloud" or (urlsplit(settings.chroma).hostname or "127.0.0.1") not in LOOPBACK
    if settings.offline and elsewhere:
        raise LibraryError(f"OUTSOURCING_OFFLINE forbids the Chroma server {settings.chroma}: it is on another machine")
    mark = fingerprint(encoder)
    folder = settings.data_dir / "library"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"cannot write to {settings.data_dir}: {error.strerror or error}") from error
    owner = "" if settings.chroma == "local" else _owner(folder)

    def collection(what: str) -> vectors.Vectors:
        connect = partial(vectors.client, settings.chroma, folder / "chroma")
        exact = vectors.EXACT if settings.chroma == "local" else 0
        return vectors.Vectors(connect, mark, owner, what, exact)

    return Library(folder, collection("passages"), collection("sentences"), mark)


def _owner(folder: Path) -> str:
    """A name of this library's own, made once: others may keep theirs on the same Chroma server."""
    file = folder / "owner"
    try:
        with contextlib.suppress(FileExistsError), file.open("x", encoding="ascii") as new:
            new.write(uuid.uuid4().hex)
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError(f"cannot read {file}: {error}") from error


def remove(library: Library, document_id: str) -> bool:
    """Takes a document out; whether it was there.

    Raises:
        LibraryError: another process is writing.
    """
    try:
        with FileLock(library.folder / "write.lock", timeout=60, is_singleton=False):
            return library.remove(document_id)
    except Timeout as error:
        raise LibraryError("another process is writing to the library: wait for it, then try again") from error


def quiet(label: str, done: int, total: int) -> None:
    """A Progress that says nothing."""


def ingest(
    library: Library,
    encoder: Encoder,
    paths: Sequence[Path] = (),
    *,
    collection: str = "mine",
    corpus: Path = CORPUS_DIR,
    progress: Progress = quiet,
) -> SyncReport:
    """Bring the library up to date with the built-in corpus, or, with `paths`, with the user's files.

    A file that cannot be read is reported and leaves what the library had of it. Articles that left the corpus leave
    the library; a user's documents only by `remove`.

    Raises:
        LibraryError: another process is writing, or the library cannot be used.
    """
    begin = time.perf_counter()
    try:
        with FileLock(library.folder / "write.lock", timeout=60, is_singleton=False):
            report = _ingest(library, encoder, paths, collection, corpus, progress)
    except Timeout as error:
        raise LibraryError("another process is writing to the library: wait for it, then try again") from error
    except OSError as error:
        raise LibraryError(f"the library cannot be written: {error.strerror or error}") from error
    return replace(report, seconds=round(time.perf_counter() - begin, 3))


def fill(library: Library, encoder: Encoder, documents: Sequence[Document], *, progress: Progress = quiet) -> int:
    """Stores ready-made documents that the library does not hold yet as they are; returns the passages embedded."""
    if library.made_by() != library.fingerprint:
        _rechunk(library, encoder)
        library.begin_rebuild()
    held = {collection: library.hashes(collection) for collection in {d.collection for d in documents}}
    for document in documents:
        if held[document.collection].get(document.origin) != (document.id, document.content_hash):
            library.put(document, chunk(document, encoder.count, encoder.window))
    return _embed(library, encoder, progress)


def _ingest(
    library: Library,
    encoder: Encoder,
    paths: Sequence[Path],
    collection: str,
    corpus: Path,
    progress: Progress,
) -> SyncReport:
    made_by = library.made_by()
    if made_by != library.fingerprint:  # the new fingerprint is recorded last: a process killed in between begins again
        _rechunk(library, encoder)
        library.begin_rebuild()
    collection = collection if paths else REFERENCE
    held = library.hashes(collection)
    added = replaced = unchanged = 0
    failed: list[Failure] = []
    seen: set[str] = set()
    for origin, read in _files(paths, collection, corpus):
        seen.add(origin)
        try:
            document = read()
        except DocumentError as error:
            failed.append(Failure(origin, str(error)))
            continue
        seen.add(document.origin)
        before = held.get(document.origin)
        if before == (document.id, document.content_hash):
            unchanged += 1
            continue
        if before is not None and before[0] != document.id:
            library.remove(before[0])
        library.put(document, chunk(document, encoder.count, encoder.window))
        added, replaced = added + (before is None), replaced + (before is not None)
    gone = [] if paths else [id_ for origin, (id_, _) in held.items() if origin not in seen]
    for document_id in gone:
        library.remove(document_id)
    embedded = _embed(library, encoder, progress)
    if made_by is not None and made_by != library.fingerprint:
        library.vectors.forget(made_by)
        library.sentence_vectors.forget(made_by)
    return SyncReport(added, replaced, unchanged, len(gone), tuple(failed), library.passage_count(), embedded)


def _rechunk(library: Library, encoder: Encoder) -> None:
    """Cuts every stored document again, for a new model or chunking; the stored text is enough."""
    for card in library.cards():
        document = library.document(card.id)
        if document is not None:
            library.put(document, chunk(document, encoder.count, encoder.window))


def texts(encoder: Encoder, corpus: Path = CORPUS_DIR) -> set[str]:
    """Every text of the built-in corpus that an ingestion embeds."""
    found: set[str] = set()
    for _, read in _files((), REFERENCE, corpus):
        document = read()
        for passage in chunk(document, encoder.count, encoder.window):
            found.add(embedded_text(document.title, passage, encoder.count, encoder.window))
            found |= {text for _, text in spoken(passage, document)}
    return found


def _files(paths: Sequence[Path], collection: str, corpus: Path) -> Iterator[tuple[str, Callable[[], Document]]]:
    """(origin, how to read it) of each file to ingest."""
    if not paths:
        articles = [path for path in sorted(corpus.glob("*.md")) if path.name != "README.md"]
        if not articles:  # an empty folder is a broken installation, not a wish to empty the library
            raise LibraryError(f"there are no articles in {corpus}: install the program again")
        for path in articles:
            yield f"corpus/{path.name}", partial(article, path)
        return
    for given in paths:
        found: Iterable[Path] = [given]
        if given.is_dir():
            found = sorted(path for path in given.rglob("*") if path.is_file() and not path.name.startswith("."))
        for path in found:
            yield str(path.resolve()).encode("utf-8", "replace").decode("utf-8"), partial(user_file, path, collection)


def _embed(library: Library, encoder: Encoder, progress: Progress) -> int:
    """Everything that has no vector gets one; returns how many."""
    library.vectors.reset_if_damaged()
    library.sentence_vectors.reset_if_damaged()
    library.bury()
    owed = library.owed()
    library.drop_strays()
    done = 0
    if owed:
        progress("embedding", 0, len(owed))
    for start in range(0, len(owed), _GROUP):
        group = sorted(owed[start : start + _GROUP], key=lambda entry: -len(entry[0].text))
        entries: list[tuple[Passage, str]] = []
        made: list[list[float]] = []
        for begin in range(0, len(group), BATCH):
            batch = group[begin : begin + BATCH]
            made += encoder.embed_documents(
                [embedded_text(title, passage, encoder.count, encoder.window) for passage, title, _ in batch]
            )
            entries += [(passage, collection) for passage, _, collection in batch]
            done += len(batch)
            progress("embedding", done, len(owed))
        library.add_vectors(entries, made, _sentence_vectors([passage for passage, _ in entries], library, encoder))
    return done


def _sentence_vectors(passages: Sequence[Passage], library: Library, encoder: Encoder) -> list[dict[str, list[float]]]:
    """Of each passage, the vectors of its sentences and of the questions that they answer, by `sentence_id`.

    Embedded by length, so that little is padding, and each text once.
    """
    documents = {id_: library.document(id_) for id_ in {passage.document_id for passage in passages}}
    texts = [dict(spoken(passage, documents[passage.document_id])) for passage in passages]
    order = sorted({text for own in texts for text in own.values()}, key=lambda text: (-len(text), text))
    vectors: dict[str, list[float]] = {}
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        vectors |= dict(zip(batch, encoder.embed_documents(batch), strict=True))
    return [{id_: vectors[text] for id_, text in own.items()} for own in texts]


def spoken(passage: Passage, document: Document | None) -> Iterator[tuple[str, str]]:
    """(id, text) of each sentence of a passage, and of each question that the sentence answers."""
    for number, (start, end) in enumerate(sentences.split(passage.text) or [(0, len(passage.text))]):
        yield sentence_id(passage.id, number), passage.text[start:end]
        for asked in document.questions_of(passage.start + start, passage.start + end) if document else ():
            yield sentence_id(passage.id, number, asked), document.questions[asked].text if document else ""
