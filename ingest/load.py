"""A file becomes a Document: its canonical text, its title page, and its footnotes with their offsets."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import DocumentError
from ingest.types import Asked, Document, Footnote, Source

REFERENCE = "reference"
"""The collection that holds the built-in corpus."""

SUFFIXES = frozenset({".md", ".txt"})
_MAX_BYTES = 20_000_000

_Text = Annotated[str, Field(min_length=1)]


class SourceMatter(BaseModel):
    """One source of an article's front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: _Text
    publisher: _Text
    kind: Literal["law", "regulator", "standard", "academic", "encyclopedia", "press", "consultancy", "vendor"]
    year: Annotated[int, Field(ge=1900, le=2100)]
    url: Annotated[str, Field(pattern=r"^https?://")]


class ArticleMatter(BaseModel):
    """The front matter of a reference article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Text
    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    kind: Literal["definition", "comparison", "decision", "method", "place", "commercial", "regulation", "operations"]
    functions: Annotated[tuple[_Text, ...], Field(min_length=1)]
    aliases: Annotated[tuple[_Text, ...], Field(min_length=1)]
    reviewed: datetime.date
    sources: Annotated[tuple[SourceMatter, ...], Field(min_length=2)]


_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
_LINK = re.compile(r"(?<!!)\[([^\]\[^][^\]\[]*)\]\(([^()\s]*)\)")


def article(path: Path) -> Document:
    """A reference article (front matter and Markdown), with the questions that it answers (`questions/<slug>.jsonl`).

    Raises:
        DocumentError: front matter missing or invalid, a question without its answer, or a file cannot be read.
    """
    raw = _read(path)
    matter, body = front_matter(raw, path.name)
    if matter.slug != path.stem:
        raise DocumentError(f"{path.name}: slug {matter.slug!r} is not the file's name")
    text, footnotes = canonical(body)
    sources = tuple(Source(s.key, s.title, s.publisher, s.kind, s.year, s.url) for s in matter.sources)
    unknown = {note.key for note in footnotes} - {source.key for source in sources}
    if unknown:
        raise DocumentError(f"{path.name}: footnotes without a source: {', '.join(sorted(unknown))}")
    asked = path.parent / "questions" / f"{matter.slug}.jsonl"
    lines = _read(asked) if asked.exists() else ""
    return Document(
        id=f"{REFERENCE}/{matter.slug}",
        collection=REFERENCE,
        title=matter.title,
        origin=f"corpus/{path.name}",
        text=text,
        content_hash=_digest(raw + lines),
        kind=matter.kind,
        functions=matter.functions,
        aliases=matter.aliases,
        footnotes=footnotes,
        sources=sources,
        questions=tuple(_questions(lines, text, asked.name)),
    )


def _questions(lines: str, text: str, name: str) -> Iterator[Asked]:
    """The questions of a JSON Lines file; their answers are exact words of the canonical text."""
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            quotes = tuple(data["answers"])
            answers = tuple(map(text.find, quotes))
            question = data["question"].strip()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DocumentError(f"questions/{name}, line {number}: {error}") from error
        if -1 in answers:
            said = f"the article does not say {quotes[answers.index(-1)]!r}"
            raise DocumentError(f"questions/{name}, line {number}: {said}")
        if not question or not answers:
            raise DocumentError(f"questions/{name}, line {number}: no question, or no answer")
        yield Asked(question, answers)


def user_file(path: Path, collection: str) -> Document:
    """A user's own Markdown or text file.

    Raises:
        DocumentError: unknown format, too large, empty, not UTF-8, or unreadable.
    """
    if path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(sorted(SUFFIXES))
        raise DocumentError(f"{path.name}: this format is not read yet (only {kinds})")
    raw = _read(path)
    body = _FRONT.sub("", raw)
    text, _ = canonical(body)
    if not text.strip():
        raise DocumentError(f"{path.name}: there is no text in it")
    heading = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
    title = heading.group(1).strip() if heading else path.stem.replace("_", " ").replace("-", " ")
    origin = str(path.resolve()).encode("utf-8", "replace").decode("utf-8")  # a name need not be UTF-8
    name = hashlib.sha256(origin.encode()).hexdigest()[:12]
    return Document(
        id=f"{collection}/{name}",
        collection=collection,
        title=title[:200],
        origin=origin,
        text=text,
        content_hash=_digest(raw),
    )


def front_matter(raw: str, name: str) -> tuple[ArticleMatter, str]:
    """Validated front matter, and the body below it.

    Raises:
        DocumentError: naming the file and the first key that is wrong.
    """
    match = _FRONT.match(raw)
    if match is None:
        raise DocumentError(f"{name}: no front matter (a block between two lines of ---)")
    try:
        data: Any = yaml.safe_load(match.group(1))
        matter = ArticleMatter.model_validate(data)
    except yaml.YAMLError as error:
        raise DocumentError(f"{name}: front matter is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DocumentError(f"{name}: front matter: {key}: {first['msg']}") from error
    return matter, raw[match.end() :].lstrip("\n")


def canonical(body: str) -> tuple[str, tuple[Footnote, ...]]:
    """The text that offsets count in: footnote markers and link targets taken out.

    Returns:
        The text, and each footnote with the offset at which its marker stood.
    """
    body = _LINK.sub(r"\1", body)
    pieces: list[str] = []
    notes: list[Footnote] = []
    length = last = 0
    for match in _FOOTNOTE.finditer(body):
        piece = body[last : match.start()]
        pieces.append(piece)
        length += len(piece)
        last = match.end()
        notes.append(Footnote(length, match.group(1)))
    pieces.append(body[last:])
    return "".join(pieces), tuple(notes)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DocumentError(f"{path.name}: larger than {_MAX_BYTES // 1_000_000} MB")
        raw = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise DocumentError(f"{path.name}: {error.strerror or error}") from error
    # Line ends are made one kind, and what SQLite and browsers stumble over is taken out, before offsets count.
    raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", raw)


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
