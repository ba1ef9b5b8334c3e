"""The Library: SQLite holds documents, passages and the lexical index (the source of truth); Chroma the vectors.

The two are kept in step without a common transaction: a passage is written to SQLite as not yet `embedded`, then to
Chroma, then marked; a deletion leaves a tombstone until Chroma has carried it out. A process may be killed between
any two of these; `owed()` tells what is still due, and the next ingestion does it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import LibraryDamaged, LibraryMismatch, LibraryMissing
from ingest.ids import passage_of
from ingest.types import Asked, Card, Document, Footnote, Passage, Source
from ingest.vectors import Vectors

SCHEMA = "2"
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL, title TEXT NOT NULL, origin TEXT NOT NULL, kind TEXT NOT NULL,
  functions TEXT NOT NULL, aliases TEXT NOT NULL, text TEXT NOT NULL, footnotes TEXT NOT NULL, sources TEXT NOT NULL,
  content_hash TEXT NOT NULL, questions TEXT NOT NULL DEFAULT '[]', UNIQUE (collection, origin));
CREATE TABLE IF NOT EXISTS passages (
  rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE
  CASCADE, start INTEGER NOT NULL, stop INTEGER NOT NULL, headings TEXT NOT NULL, page INTEGER, text TEXT NOT NULL,
  embedded INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document_id, start);
CREATE TABLE IF NOT EXISTS tombstones (id TEXT PRIMARY KEY);
CREATE VIRTUAL TABLE IF NOT EXISTS lexical USING fts5 (
  title, headings, aliases, text, questions, tokenize = 'porter unicode61');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab (lexical, 'row');
"""
_DAMAGED = "the library in {folder} cannot be read ({error}): move that folder away, then run `outsourcing ingest`"


class Library:
    """Documents and passages, with both indexes. Safe to read from many threads; one process writes at a time."""

    def __init__(self, folder: Path, vectors: Vectors, sentence_vectors: Vectors, fingerprint: str) -> None:
        """Opens or creates the library in `folder`.

        Args:
            vectors: of passages, by passage id.
            sentence_vectors: of the passages' sentences and of the questions that they answer, by `sentence_id`.
            fingerprint: what makes passages and vectors (embedding model, chunking, distance).

        Raises:
            LibraryDamaged: the database is there but cannot be read.
            LibraryMismatch: another version of the program made it, in another form.
        """
        self.folder = folder
        self.vectors = vectors
        self.sentence_vectors = sentence_vectors
        vectors.reopen = sentence_vectors.reopen = self.refresh
        self.fingerprint = fingerprint
        self._lock = threading.RLock()
        with self._guard():
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / "library.sqlite", check_same_thread=False, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._from_schema_1()
            self._db.executescript(_TABLES)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (SCHEMA,))
            self._db.commit()
            made = str(self._db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()["value"])
        if made != SCHEMA:
            self._db.close()
            raise LibraryMismatch(
                f"the library in {folder} was made by another version of this program (its form is {made}, this "
                f"program's {SCHEMA}): move that folder away, then run `outsourcing ingest`"
            )

    def _from_schema_1(self) -> None:
        """Brings a library without questions to this form; the next ingestion, with another fingerprint, fills it."""
        old = "SELECT 1 FROM sqlite_master WHERE name = 'meta'"
        if (
            self._db.execute(old).fetchone()
            and self._db.execute("SELECT 1 FROM meta WHERE key = 'schema' AND value = '1'").fetchone()
        ):
            self._db.executescript(
                "BEGIN; ALTER TABLE documents ADD COLUMN questions TEXT NOT NULL DEFAULT '[]'; DROP TABLE vocabulary;"
                "DROP TABLE lexical; UPDATE meta SET value = '2' WHERE key = 'schema'; COMMIT;"
            )

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if any(what in str(error) for what in ("disk is full", "locked", "readonly", "unable to open")):
                raise LibraryDamaged(f"the library in {self.folder} cannot be written: {error}") from error
            raise LibraryDamaged(_DAMAGED.format(folder=self.folder, error=error)) from error
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(_DAMAGED.format(folder=self.folder, error=error)) from error

    def close(self) -> None:
        """Closes the database and the vector store."""
        with self._lock:
            self._db.close()
        self.vectors.close()
        self.sentence_vectors.close()

    def refresh(self, opened: int | None = None) -> None:
        """Opens the vector store again, both collections at once: they share what they read below. Nothing is done
        where they have been opened since they had been `opened` so often: another thread's reading failed, too."""
        with self._lock:
            if opened in (None, self.vectors.opened, self.sentence_vectors.opened):
                self.vectors.close()
                self.sentence_vectors.close()
                self.vectors.open()
                self.sentence_vectors.open()

    # -- what is in it ------------------------------------------------------------------------------------------

    def require(self) -> None:
        """Checks that questions can be answered from it.

        Raises:
            LibraryMissing: nothing has been ingested.
            LibraryMismatch: it was made by another model or chunking.
        """
        made_by = self.made_by()
        if made_by is None or not self._one("SELECT 1 FROM passages LIMIT 1"):
            raise LibraryMissing(f"there is no library in {self.folder} yet: run `outsourcing ingest`")
        if made_by != self.fingerprint:
            raise LibraryMismatch(
                f"the library was made with {made_by}, the settings ask for {self.fingerprint}: "
                "run `outsourcing ingest` to rebuild it"
            )

    def made_by(self) -> str | None:
        """The fingerprint that it was made with."""
        row = self._one("SELECT value FROM meta WHERE key = 'fingerprint'")
        return str(row["value"]) if row else None

    def version(self) -> tuple[int, int]:
        """Changes whenever this process or another has changed the library; cheap to ask."""
        with self._guard(), self._lock:
            outside = int(self._db.execute("PRAGMA data_version").fetchone()[0])
            return outside, self._db.total_changes

    def content_fingerprint(self) -> str:
        """Changes when any document does; answers carry it."""
        import hashlib

        digest = hashlib.sha256((self.made_by() or "").encode())
        for row in self._all("SELECT id, content_hash FROM documents ORDER BY id"):
            digest.update(f"{row['id']}={row['content_hash']}\n".encode())
        return digest.hexdigest()[:16]

    def cards(self) -> list[Card]:
        """The title page of every document, by id."""
        rows = self._all(
            "SELECT d.*, (SELECT count(*) FROM passages p WHERE p.document_id = d.id) AS n FROM documents d ORDER BY id"
        )
        return [
            Card(
                row["id"], row["collection"], row["title"], row["origin"], row["kind"],
                tuple(json.loads(row["functions"])), tuple(json.loads(row["aliases"])), row["n"],
            )
            for row in rows
        ]  # fmt: skip

    def collections(self) -> set[str]:
        """The collections that hold a document."""
        return {row["collection"] for row in self._all("SELECT DISTINCT collection FROM documents")}

    def document(self, document_id: str) -> Document | None:
        """One document with its text."""
        row = self._one("SELECT * FROM documents WHERE id = ?", (document_id,))
        return _document(row) if row else None

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, str]]:
        """(passage, document title) by passage id; unknown ids are left out."""
        found: dict[str, tuple[Passage, str]] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ",".join("?" * len(some))
            for row in self._all(
                f"SELECT p.*, d.title FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.id IN ({marks})",
                some,
            ):
                found[row["id"]] = (_passage(row), row["title"])
        return found

    def passages_of(self, document_id: str) -> list[Passage]:
        """A document's passages in order."""
        rows = self._all("SELECT * FROM passages WHERE document_id = ? ORDER BY start", (document_id,))
        return [_passage(row) for row in rows]

    def passage_count(self) -> int:
        """Passages in all."""
        row = self._one("SELECT count(*) AS n FROM passages")
        return int(row["n"]) if row else 0

    def hashes(self, collection: str) -> dict[str, tuple[str, str]]:
        """origin → (document id, content hash) of one collection."""
        rows = self._all("SELECT origin, id, content_hash FROM documents WHERE collection = ?", (collection,))
        return {row["origin"]: (row["id"], row["content_hash"]) for row in rows}

    def lexical(self, terms: Sequence[str], scope: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """(passage id, score) by bm25 over title, headings, aliases and text; larger is better.

        Args:
            terms: bare words, joined by OR; the index stems them (Porter).
        """
        if not terms or not scope:
            return []
        query = " OR ".join('"' + term.replace('"', "") + '"' for term in dict.fromkeys(terms))
        marks = ",".join("?" * len(scope))
        rows = self._all(
            "SELECT p.id, -bm25(lexical, 2.0, 1.5, 1.0, 1.0, 1.0) AS score FROM lexical"
            " JOIN passages p ON p.rowid = lexical.rowid JOIN documents d ON d.id = p.document_id"
            f" WHERE lexical MATCH ? AND d.collection IN ({marks}) ORDER BY score DESC, p.id LIMIT ?",
            (query, *scope, limit),
        )
        return [(row["id"], float(row["score"])) for row in rows]

    def says(self, word: str, scope: Sequence[str], columns: str = "title headings aliases text questions") -> bool:
        """Whether a passage of these collections has a word, in any of its forms, in these columns."""
        marks = ",".join("?" * len(scope))
        found = self._one(
            "SELECT 1 FROM lexical JOIN passages p ON p.rowid = lexical.rowid JOIN documents d ON d.id = p.document_id"
            f" WHERE lexical MATCH ? AND d.collection IN ({marks}) LIMIT 1",
            ("{" + columns + '} : "' + word.replace('"', "") + '"', *scope),
        )
        return found is not None

    def frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """Passages that hold each Porter stem; an unknown stem is left out."""
        wanted = list(dict.fromkeys(stems))
        found: dict[str, int] = {}
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ",".join("?" * len(some))
            for row in self._all(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", some):
                found[row["term"]] = int(row["doc"])
        return found

    # -- changing it --------------------------------------------------------------------------------------------

    def begin_rebuild(self) -> None:
        """Records the new fingerprint and forgets that anything is embedded; documents stay."""
        with self._guard(), self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('fingerprint', ?)", (self.fingerprint,))
            self._db.execute("UPDATE passages SET embedded = 0")

    def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Writes a document and its passages, not yet embedded, in place of what it had."""
        with self._guard(), self._lock, self._db:
            self._delete(document.id)
            self._db.execute(
                "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    document.id, document.collection, document.title, document.origin, document.kind,
                    _json(document.functions), _json(document.aliases), document.text,
                    _json([(note.offset, note.key) for note in document.footnotes]),
                    _json([(s.key, s.title, s.publisher, s.kind, s.year, s.url) for s in document.sources]),
                    document.content_hash, _json([(asked.text, asked.answers) for asked in document.questions]),
                ),
            )  # fmt: skip
            for passage in passages:
                cursor = self._db.execute(
                    "INSERT INTO passages (id, document_id, start, stop, headings, page, text) VALUES (?,?,?,?,?,?,?)",
                    (
                        passage.id, document.id, passage.start, passage.end, _json(passage.headings),
                        passage.page, passage.text,
                    ),
                )  # fmt: skip
                self._db.execute(
                    "INSERT INTO lexical (rowid, title, headings, aliases, text, questions) VALUES (?,?,?,?,?,?)",
                    (
                        cursor.lastrowid, document.title, " ".join(passage.headings),
                        " ".join(document.aliases), passage.text,
                        " ".join(document.questions[n].text for n in document.questions_of(passage.start, passage.end)),
                    ),
                )  # fmt: skip
                self._db.execute("DELETE FROM tombstones WHERE id = ?", (passage.id,))

    def remove(self, document_id: str) -> bool:
        """Takes a document out, from both indexes; whether it was there."""
        with self._guard(), self._lock, self._db:
            found = self._delete(document_id)
        self.bury()
        return found

    def _delete(self, document_id: str) -> bool:
        self._db.execute(
            "INSERT OR IGNORE INTO tombstones SELECT id FROM passages WHERE document_id = ?", (document_id,)
        )
        self._db.execute(
            "DELETE FROM lexical WHERE rowid IN (SELECT rowid FROM passages WHERE document_id = ?)", (document_id,)
        )
        self._db.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
        return self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0

    def bury(self) -> None:
        """Carries out in Chroma the deletions that SQLite has recorded."""
        ids = [row["id"] for row in self._all("SELECT id FROM tombstones")]
        if not ids:
            return
        self.sentence_vectors.delete_of(ids)
        self.vectors.delete(ids)
        with self._guard(), self._lock, self._db:
            self._db.executemany("DELETE FROM tombstones WHERE id = ?", [(one,) for one in ids])

    def owed(self) -> list[tuple[Passage, str, str]]:
        """(passage, document title, collection) of what has no vector yet, whatever interrupted it."""
        held = self.vectors.ids() & {passage_of(id_) for id_ in self.sentence_vectors.ids()}
        rows = self._all(
            "SELECT p.*, d.title, d.collection FROM passages p JOIN documents d ON d.id = p.document_id"
            " ORDER BY p.document_id, p.start"
        )
        return [
            (_passage(row), row["title"], row["collection"])
            for row in rows
            if not row["embedded"] or row["id"] not in held
        ]

    def drop_strays(self) -> None:
        """Deletes vectors whose passages are gone, such as those of a database that was moved away."""
        known = {row["id"] for row in self._all("SELECT id FROM passages")}
        self.vectors.delete(sorted(self.vectors.ids() - known))
        strays = {id_ for id_ in self.sentence_vectors.ids() if passage_of(id_) not in known}
        self.sentence_vectors.delete(sorted(strays))

    def add_vectors(
        self,
        entries: Sequence[tuple[Passage, str]],
        vectors: Sequence[Sequence[float]],
        sentence_vectors: Sequence[Mapping[str, Sequence[float]]],
    ) -> None:
        """Stores vectors of (passage, collection), and of each passage's sentences by `sentence_id`, and marks them."""
        self.sentence_vectors.delete_of([passage.id for passage, _ in entries])  # questions may have gone
        self.sentence_vectors.upsert(
            [id_ for own in sentence_vectors for id_ in own],
            [vector for own in sentence_vectors for vector in own.values()],
            [
                {"collection": collection, "passage": passage.id}
                for (passage, collection), own in zip(entries, sentence_vectors, strict=True)
                for _ in own
            ],
        )
        self.vectors.upsert(
            [passage.id for passage, _ in entries],
            vectors,
            [{"collection": collection, "document": passage.document_id} for passage, collection in entries],
        )
        with self._guard(), self._lock, self._db:
            self._db.executemany(
                "UPDATE passages SET embedded = 1 WHERE id = ?", [(passage.id,) for passage, _ in entries]
            )

    # -- SQL ----------------------------------------------------------------------------------------------------

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._guard(), self._lock:
            return self._db.execute(sql, tuple(values)).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        with self._guard(), self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, tuple(values)).fetchone()
            return row


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _document(row: sqlite3.Row) -> Document:
    return Document(
        id=row["id"],
        collection=row["collection"],
        title=row["title"],
        origin=row["origin"],
        text=row["text"],
        content_hash=row["content_hash"],
        kind=row["kind"],
        functions=tuple(json.loads(row["functions"])),
        aliases=tuple(json.loads(row["aliases"])),
        footnotes=tuple(Footnote(*pair) for pair in json.loads(row["footnotes"])),
        sources=tuple(Source(*values) for values in json.loads(row["sources"])),
        questions=tuple(Asked(text, tuple(answers)) for text, answers in json.loads(row["questions"])),
    )


def _passage(row: sqlite3.Row) -> Passage:
    return Passage(
        row["id"], row["document_id"], row["start"], row["stop"], row["text"],
        tuple(json.loads(row["headings"])), row["page"],
    )  # fmt: skip
