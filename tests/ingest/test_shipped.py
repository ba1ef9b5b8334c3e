"""The vectors that come with the program: found by text, near to the real ones, and there for the whole corpus."""

from __future__ import annotations

import random
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from ingest import embed, shipped, sync, weights
from ingest.shipped import Shipped
from settings import load
from tests.conftest import FakeEncoder


def unit(seed: int) -> list[float]:
    vector = np.random.default_rng(seed).normal(size=768)
    made: list[float] = (vector / np.linalg.norm(vector)).tolist()
    return made


def test_vectors_come_back_by_their_text(tmp_path: Path) -> None:
    vectors = {f"text {seed}": unit(seed) for seed in range(50)}
    shipped.save("m@1", vectors, tmp_path / "vectors.npz")
    known = shipped.load("m@1", tmp_path / "vectors.npz")
    assert len(known) == 50
    for text, vector in vectors.items():
        found = known.get(text)
        assert found is not None
        assert np.linalg.norm(found) == pytest.approx(1.0)
        assert np.dot(found, vector) > 0.9999
    assert known.get("text 50") is None


def test_another_model_has_none(tmp_path: Path) -> None:
    shipped.save("m@1", {"text": unit(0)}, tmp_path / "vectors.npz")
    assert len(shipped.load("m@2", tmp_path / "vectors.npz")) == 0
    assert len(shipped.load("m@1", tmp_path / "nothing.npz")) == 0


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    shipped.save("m@1", {"text": unit(0)}, path)
    whole = path.read_bytes()
    assert len(shipped.load("m@1", path)) == 1
    for damaged in (whole[: len(whole) // 2], b"", b"version https://git-lfs.github.com/spec/v1\n", b"\0" * 99):
        path.write_bytes(damaged)
        assert len(shipped.load("m@1", path)) == 0


def test_every_sentence_and_question_of_the_corpus_has_one() -> None:
    encoder = FakeEncoder()
    encoder.window = 400
    known = shipped.load(weights.EMBEDDING.identity)
    headed = {text for text in sync.texts(encoder) if "\n" in text}  # passages are cut by the real model's tokens
    missing = sorted(text for text in sync.texts(encoder) - headed if known.get(text) is None)
    assert not missing, f"run `make learn`: {missing[:3]}"


@pytest.mark.models
def test_the_shipped_ones_are_the_models_own_and_all_that_an_ingestion_needs() -> None:
    exact = embed.create(load(), known=False, exact=True)
    known = shipped.load(exact.identity)
    texts = sorted(sync.texts(exact))
    assert not [text for text in texts if known.get(text) is None], "run `make learn`"
    some = random.Random(0).sample(texts, 24)
    quick = embed.create(load(), known=False)
    for text, own in zip(some, exact.embed_documents(some), strict=True):
        assert np.dot(own, known.get(text) or []) > 0.999
        assert np.dot(own, quick.embed_documents([text])[0]) > 0.99


def test_known_vectors_are_not_made_again() -> None:
    class Model:
        asked: ClassVar[list[str]] = []

        def encode_document(self, texts: list[str], **_: object) -> object:
            import torch

            self.asked += texts
            return torch.tensor([[3.0, 4.0]] * len(texts), dtype=torch.bfloat16)

    key_of = Shipped({shipped._key("a"): np.array([0, 5], dtype=np.int8)})
    encoder = embed.Embedder("nowhere", "m@1", known=key_of)
    encoder.__dict__["model"] = Model()
    assert encoder.embed_documents(["b", "a"]) == [pytest.approx([0.6, 0.8], abs=0.01), [0.0, 1.0]]
    assert Model.asked == ["b"]
    assert encoder.embed_documents(["a"]) == [[0.0, 1.0]]
    assert encoder.embed_documents([]) == []
