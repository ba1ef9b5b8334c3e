from __future__ import annotations

import random
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.errors import LibraryDamaged
from ingest.vectors import EXACT, Vectors, client

MANY = 1_200
"""Chroma writes its index files from 1,000 vectors on."""


def filled(folder: Path, count: int, exact: int = EXACT) -> Vectors:
    chance = random.Random(0)
    vectors = Vectors(partial(client, "local", folder), "one", exact=exact)
    made = [[chance.gauss(0, 1) for _ in range(8)] for _ in range(count)]
    vectors.upsert([str(n) for n in range(count)], made, [{"collection": "c"}] * count)
    return vectors


def test_a_whole_collection_is_left_alone(tmp_path: Path) -> None:
    for count in (0, 3):
        vectors = filled(tmp_path / str(count), count or 1)
        vectors.reset_if_damaged()
        assert len(vectors.ids()) == (count or 1)


def test_index_files_that_are_gone_are_noticed(tmp_path: Path) -> None:
    filled(tmp_path / "whole", MANY, exact=0).nearest([1.0] * 8, ["c"], 1)
    shutil.copytree(tmp_path / "whole", tmp_path / "cut")
    files = [path for path in (tmp_path / "cut").rglob("*.bin") if path.stat().st_size]
    assert files
    for path in files:
        path.write_bytes(b"")
    damaged = Vectors(partial(client, "local", tmp_path / "cut"), "one")
    damaged.reset_if_damaged()
    assert damaged.ids() == set()


def test_only_the_collection_of_an_earlier_fingerprint_is_forgotten(tmp_path: Path) -> None:
    shared = client("local", tmp_path)
    vectors = {name: Vectors(lambda: shared, name) for name in ("old", "other", "new")}
    for one in vectors.values():
        one.upsert(["a"], [[1.0, 0.0]], [{"collection": "c"}])
    vectors["new"].forget("old")
    vectors["new"].forget("new")
    assert len(shared.list_collections()) == 2
    assert vectors["other"].ids() == vectors["new"].ids() == {"a"}


def test_the_nearest_are_found_exactly_and_in_the_same_order_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = filled(tmp_path, MANY)
    held = vectors.get([str(n) for n in range(MANY)])
    monkeypatch.setattr(vectors, "_collection", None)  # whose index, a graph, may miss some
    query = np.asarray([1.0, 0.5, -0.5, 0.2, 0.1, 0.3, -1.0, 0.4])
    cosines = {id_: float(np.dot(query, own) / np.linalg.norm(query)) for id_, own in held.items()}
    best = sorted(cosines, key=lambda id_: (-cosines[id_], id_))[:800]
    found = vectors.nearest(query.tolist(), None, 800)
    assert [id_ for id_, _ in found] == best
    assert [score for _, score in found] == pytest.approx([cosines[id_] for id_ in best], abs=1e-6)
    vectors.open()
    assert vectors.nearest(query.tolist(), ["c"], 800) == found
    assert vectors.nearest(query.tolist(), ["d"], 800) == []


def test_what_is_as_near_goes_by_its_id(tmp_path: Path) -> None:
    vectors = Vectors(partial(client, "local", tmp_path), "one")
    vectors.upsert(["c", "a", "b", "d"], [[1.0, 0.0]] * 3 + [[0.0, 1.0]], [{"collection": "c"}] * 4)
    assert vectors.nearest([1.0, 0.0], None, 2) == [("a", 1.0), ("b", 1.0)]


@pytest.mark.parametrize("exact", [0, 2, EXACT])
def test_what_is_added_and_deleted_is_seen_at_once(tmp_path: Path, exact: int) -> None:
    vectors = Vectors(partial(client, "local", tmp_path), "one", exact=exact)
    assert vectors.nearest([1.0, 0.0], None, 5) == []
    vectors.upsert(["a", "b"], [[1.0, 0.0], [0.0, 2.0]], [{"collection": "c", "passage": "p"}, {"collection": "d"}])
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["b", "a"]
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], ["c"], 5)] == ["a"]
    vectors.upsert(["z", "b"], [[1.0, 1.0], [1.0, 0.1]], [{"collection": "c"}] * 2)
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["z", "b", "a"]
    vectors.delete(["z"])
    assert vectors.get(["z", "b"]).keys() == {"b"}
    vectors.delete_of(["p"])
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["b"]


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = Vectors(partial(client, "local", tmp_path), "one")
    vectors.upsert(["a"], [[1.0, 0.0]], [{"collection": "c"}])
    read = vectors._all

    def meanwhile(count: int) -> Any:
        held = read(count)
        monkeypatch.setattr(vectors, "_all", read)
        vectors.upsert(["b"], [[0.0, 1.0]], [{"collection": "c"}])
        return held

    monkeypatch.setattr(vectors, "_all", meanwhile)
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["a"]
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["b", "a"]


def test_a_change_that_fails_half_way_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.vectors._BATCH", 1)
    vectors = Vectors(partial(client, "local", tmp_path), "one")
    vectors.upsert(["a"], [[1.0, 0.0]], [{"collection": "c"}])
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["a"]
    with pytest.raises(LibraryDamaged):
        vectors.upsert(["b", "c"], [[0.0, 1.0], [0.0]], [{"collection": "c"}] * 2)
    assert [id_ for id_, _ in vectors.nearest([0.0, 1.0], None, 5)] == ["b", "a"]


def test_many_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.vectors._PART", 500)
    found = filled(tmp_path, MANY).nearest([1.0] * 8, None, MANY)
    assert {id_ for id_, _ in found} == {str(n) for n in range(MANY)}
