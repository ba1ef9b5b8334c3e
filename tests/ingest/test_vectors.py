from __future__ import annotations

import random
import shutil
from functools import partial
from pathlib import Path

from ingest.vectors import Vectors, client

MANY = 1_200
"""Chroma writes its index files from 1,000 vectors on."""


def filled(folder: Path, count: int) -> Vectors:
    chance = random.Random(0)
    vectors = Vectors(partial(client, "local", folder), "one")
    made = [[chance.gauss(0, 1) for _ in range(8)] for _ in range(count)]
    vectors.upsert([str(n) for n in range(count)], made, [{"collection": "c"}] * count)
    return vectors


def test_a_whole_collection_is_left_alone(tmp_path: Path) -> None:
    for count in (0, 3):
        vectors = filled(tmp_path / str(count), count or 1)
        vectors.reset_if_damaged()
        assert len(vectors.ids()) == (count or 1)


def test_index_files_that_are_gone_are_noticed(tmp_path: Path) -> None:
    filled(tmp_path / "whole", MANY).nearest([1.0] * 8, ["c"], 1)
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
