"""Chroma, as the store of vectors of passages and of their sentences. Derived data: SQLite can always rebuild it.

What Chroma keeps in files here is read into memory once, up to a size, and searched exactly. Chroma's own index, a
graph (HNSW), is an approximation: it misses some of the nearest, other ones whenever it is opened, so that the same
question would not always get the same answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ingest.errors import LibraryDamaged, LibraryError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_BATCH = 4000
"""One Chroma add takes at most about 5,461 items."""
_HNSW = {"space": "cosine", "ef_search": 400, "ef_construction": 200}
"""With Chroma's own 100 and 100, an exact search's 100 nearest passages of 2,650 were found to 95.5 %, the 800 nearest
sentences of 26,000 to 96.1 %; with these to 99.9 % and 98.4 %, in the same time a query (eval/LOG.md)."""
EXACT = 100_000
"""Vectors of a collection that are searched exactly; at 768 dimensions they take 0.3 GB, and a search 35 ms."""
_PART = 2000
"""Vectors read at a time."""
INDEX = "-".join(map(str, _HNSW.values()))
"""Goes into the library's fingerprint."""
_WHERE = 500
"""Ids named in one filter."""


class _Held(NamedTuple):
    """A collection in memory."""

    rows: dict[str, int]
    """Of each id, in their order."""
    ids: NDArray[np.str_]
    collections: NDArray[np.str_]
    vectors: NDArray[np.float32]
    """Shape (ids, dimensions), each of length 1."""


class Vectors:
    """One Chroma collection, named by the fingerprint, so that another model's vectors never mix in."""

    def __init__(
        self,
        connect: Callable[[], ClientAPI],
        fingerprint: str,
        owner: str = "",
        what: str = "passages",
        exact: int = EXACT,
    ) -> None:
        """Opens or creates the collection.

        Args:
            connect: makes a client, now and whenever it has to be opened again.
            what: the collection's kind, the beginning of its name.
            owner: tells this library's collections from those of others on the same server.
            exact: up to so many vectors are read into memory; 0 for a server, from which that would take long.

        Raises:
            LibraryError: Chroma does not answer.
        """
        self._connect = connect
        self._owner = owner
        self._what = what
        self._name = self._named(fingerprint)
        self._client: Any
        self._collection: Any
        self.opened = 0
        """How often it has been opened."""
        self.reopen: Callable[[int], None] = lambda _: self.open()
        """What a failed reading tries before it is tried once more; told how often it had been opened by then."""
        self._exact = exact
        self._memory: _Held | None = None
        self._state = 0
        """Counts what makes the memory stale."""
        self._reading, self._marking = threading.Lock(), threading.Lock()
        self.open()

    def open(self) -> None:
        """Opens it, again after `close`: a client does not see what another process has changed."""
        self._client = self._connect()  # its declared type lacks close()
        self._collection = self._open()
        self.opened += 1
        self._forget()

    def ids(self) -> set[str]:
        """Every id held."""
        return set(self._do(lambda: self._collection.get(include=[]))["ids"])

    def reset_if_damaged(self) -> None:
        """Empties a collection whose index files are damaged: it raises, or lists ids and finds nothing.

        Raises:
            LibraryDamaged: it cannot even be emptied.
        """
        if self._finds():
            return
        self._do(lambda: self._client.delete_collection(self._name))
        self._collection = self._open()
        self._forget()

    def _finds(self) -> bool:
        """Whether a vector that is held is found."""
        try:
            held = self._do(lambda: self._collection.get(limit=1, include=["embeddings"]))
            if not held["ids"]:
                return True
            query = [list(held["embeddings"][0])]
            found = self._do(lambda: self._collection.query(query_embeddings=query, n_results=1, include=[]))
        except (LibraryDamaged, IndexError, TypeError):
            return False
        return bool(found["ids"][0])

    def _open(self) -> Any:
        return self._do(
            lambda: self._client.get_or_create_collection(
                self._name, embedding_function=None, configuration={"hnsw": _HNSW}
            )
        )

    def upsert(
        self, ids: Sequence[str], vectors: Sequence[Sequence[float]], metadata: Sequence[dict[str, str]]
    ) -> None:
        """Adds or replaces vectors, shape (len(ids), dimensions)."""
        with self._changing():
            for start in range(0, len(ids), _BATCH):
                part = slice(start, start + _BATCH)
                self._do(
                    lambda part=part: self._collection.upsert(
                        ids=list(ids[part]), embeddings=list(vectors[part]), metadatas=list(metadata[part])
                    )
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes; unknown ids are ignored."""
        with self._changing():
            for start in range(0, len(ids), _BATCH):
                self._do(lambda start=start: self._collection.delete(ids=list(ids[start : start + _BATCH])))

    def delete_of(self, passages: Sequence[str]) -> None:
        """Deletes what belongs to passages, by its metadata `passage`."""
        with self._changing():
            for start in range(0, len(passages), _WHERE):
                some = list(passages[start : start + _WHERE])
                self._do(lambda some=some: self._collection.delete(where={"passage": {"$in": some}}))

    def get(self, ids: Sequence[str]) -> dict[str, Sequence[float]]:
        """Vectors by id; unknown ids are left out."""
        if (held := self._held()) is not None:
            return {id_: held.vectors[held.rows[id_]] for id_ in ids if id_ in held.rows}
        found: dict[str, Sequence[float]] = {}
        for start in range(0, len(ids), _BATCH):
            some = list(ids[start : start + _BATCH])
            got = self._read(lambda some=some: self._collection.get(ids=some, include=["embeddings"]))
            found |= dict(zip(got["ids"], got["embeddings"], strict=True))
        return found

    def nearest(self, vector: Sequence[float], scope: Sequence[str] | None, limit: int) -> list[tuple[str, float]]:
        """(id, cosine similarity), best first, within the collections of `scope`; None is all of them, and quicker."""
        if scope is not None and not scope:
            return []
        if (held := self._held()) is not None:
            return _nearest(held, vector, scope, limit)
        where: Any = None if scope is None else {"collection": {"$in": list(scope)}}
        found = self._read(
            lambda: self._collection.query(
                query_embeddings=[list(vector)],
                n_results=limit,
                where=where,
                include=["distances"],
            )
        )
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _held(self) -> _Held | None:
        """What is held, in memory; None where that is nothing, or too much."""
        if not self._exact or self._memory is not None:
            return self._memory
        with self._reading:
            state = self._state
            if (
                self._memory is not None
                or not 0 < (count := self._read(lambda: self._collection.count())) <= self._exact
            ):
                return self._memory
            held: _Held = self._read(lambda: self._all(count))
            with self._marking:
                if state == self._state:  # else it was changed meanwhile, and is read again next time
                    self._memory = held
            return held

    def _all(self, count: int) -> _Held:
        """Everything, in parts: Chroma gives numbers of Python's, which take ten times the room."""
        ids: list[str] = []
        collections: list[str] = []
        vectors: list[NDArray[np.float32]] = []
        while len(ids) < count:
            got = self._collection.get(include=["embeddings", "metadatas"], limit=_PART, offset=len(ids))
            if not got["ids"]:  # another process has deleted some
                break
            ids += got["ids"]
            collections += (one["collection"] for one in got["metadatas"])
            part = np.asarray(got["embeddings"], dtype=np.float32)
            vectors.append(part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9))
        rows = {id_: row for row, id_ in enumerate(ids)}
        return _Held(rows, np.asarray(ids), np.asarray(collections), np.concatenate(vectors))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """What is in memory is stale afterwards, even where a change fails half-way."""
        try:
            yield
        finally:
            self._forget()

    def _forget(self) -> None:
        with self._marking:
            self._state += 1
            self._memory = None

    def forget(self, fingerprint: str) -> None:
        """Deletes the collection of an earlier fingerprint, if there is one; for after a rebuild."""
        old = self._named(fingerprint)
        if old != self._name and old in {collection.name for collection in self._do(self._client.list_collections)}:
            self._do(lambda: self._client.delete_collection(old))

    def close(self) -> None:
        """Lets go of files and connections."""
        self._client.close()

    def _named(self, fingerprint: str) -> str:
        return f"{self._what}-" + hashlib.sha256(f"{self._owner}{fingerprint}".encode()).hexdigest()[:12]

    def _read(self, call: Any) -> Any:
        """Once more after opening it again, where another process may have changed what lies below."""
        opened = self.opened
        try:
            return self._do(call)
        except LibraryDamaged:
            self.reopen(opened)
            return self._do(call)

    def _do(self, call: Any) -> Any:
        try:
            return call()
        except BaseException as error:  # Chroma's HTTP client raises unrelated kinds; its Rust core panics
            if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
                raise
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise LibraryDamaged(
                f"the vector store cannot be used ({first}): run `outsourcing doctor`; "
                "`outsourcing ingest` rebuilds its vectors from the library"
            ) from error


def _nearest(held: _Held, vector: Sequence[float], scope: Sequence[str] | None, limit: int) -> list[tuple[str, float]]:
    """As `Vectors.nearest`; ties go by id."""
    query = np.asarray(vector, dtype=np.float32)
    scores = held.vectors @ (query / max(float(np.linalg.norm(query)), 1e-9))
    rows = np.arange(len(scores)) if scope is None else np.flatnonzero(np.isin(held.collections, list(scope)))
    if limit < len(rows):
        least = np.partition(scores[rows], -limit)[-limit]
        rows = rows[scores[rows] >= least]
    order = rows[np.lexsort((held.ids[rows], -scores[rows]))][:limit]
    return [(str(held.ids[row]), float(scores[row])) for row in order]


def client(where: str, folder: Path) -> ClientAPI:
    """A Chroma client: `local` (files in `folder`), `http://host:port` (a server), or `cloud` (CHROMA_* variables).

    Raises:
        LibraryError: the server does not answer, or the setting is none of these.
    """
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    try:
        if where == "local":
            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(path=str(folder), settings=quiet)
        if where == "cloud":
            return chromadb.CloudClient(settings=quiet)
        url = urlsplit(where)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise LibraryError(f"settings: chroma: {where!r} is neither `local`, `cloud` nor http://host:port")
        port = url.port or (443 if url.scheme == "https" else 8000)
        return chromadb.HttpClient(host=url.hostname, port=port, ssl=url.scheme == "https", settings=quiet)
    except LibraryError:
        raise
    except BaseException as error:  # its Rust core panics (a BaseException) on a damaged file
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        if where == "local":
            raise LibraryDamaged(
                f"the vectors in {folder} cannot be read ({first}): delete that folder, then run "
                "`outsourcing ingest`; the documents are kept elsewhere and stay"
            ) from error
        raise LibraryError(f"the Chroma server {where} does not answer ({first})") from error
