"""A Document becomes Passages: sections cut at sentence ends so that each fits the embedding model's window.

The window counts what is really embedded: title, headings and text together. all-mpnet-base-v2 silently ignores
everything past its 384th token, so a passage that overflows is text that cannot be found.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from ingest import sentences
from ingest.types import Document, Passage

VERSION = "sections-4"
"""Goes into the library's fingerprint: change it with anything here that changes passages."""

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


def embedded_text(title: str, passage: Passage, count: Callable[[str], int], window: int) -> str:
    """What the embedding model reads for a passage: where it stands, then its words (arguments as in `chunk`)."""
    return _prefix(title, passage.headings, count, window) + passage.text


def chunk(document: Document, count: Callable[[str], int], window: int) -> list[Passage]:
    """Cut a document.

    Args:
        document: canonical text; Markdown headings are recognised.
        count: tokens of a text in the embedding model's own tokens, without its special tokens.
        window: tokens that the model reads, special tokens already taken off.

    Returns:
        Passages in order. Every sentence of the document is in exactly one; `text == document.text[start:end]`.
    """
    passages: list[Passage] = []
    for headings, start, end in _sections(document.text):
        room = max(window - count(_prefix(document.title, headings, count, window)), 1)
        for begin, stop in _pack(document.text, start, end, count, room):
            text = document.text[begin:stop]
            digest = hashlib.sha256(f"{document.id}\0{begin}\0{headings}\0{text}".encode()).hexdigest()[:20]
            passages.append(Passage(digest, document.id, begin, stop, text, headings))
    return passages


def _prefix(title: str, headings: tuple[str, ...], count: Callable[[str], int], window: int) -> str:
    """Title and headings, cut where they would take more than half of the window."""
    path = " > ".join((title, *(heading for heading in headings if heading != title)))[:300]
    while path and count(path) > window // 2:
        path = path[: len(path) * 3 // 4]
    return f"{path}\n"


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(heading path, start, end) of each run of text under one heading, the heading line left out."""
    path: list[tuple[int, str]] = []
    start = 0
    for match in _HEADING.finditer(text):
        if text[start : match.start()].strip():
            yield tuple(name for _, name in path), start, match.start()
        level = len(match.group(1))
        path = [*((depth, name) for depth, name in path if depth < level), (level, match.group(2))]
        start = match.end()
    if text[start:].strip():
        yield tuple(name for _, name in path), start, len(text)


def _pack(text: str, start: int, end: int, count: Callable[[str], int], room: int) -> Iterator[tuple[int, int]]:
    """Spans of whole sentences, each at most `room` tokens, of about equal length within the section."""
    units: list[tuple[int, int, int]] = []
    for begin, stop in sentences.split(text, start, end):
        units.extend(_fit(text, begin, stop, count, room))
    total = sum(tokens for *_, tokens in units)
    parts = max(1, -(-total // room))
    target = total / parts
    open_at = filled = 0
    for index, (begin, stop, tokens) in enumerate(units):
        if filled and (filled + tokens > room or filled + tokens / 2 > target):
            yield open_at, units[index - 1][1]
            filled = 0
        if not filled:
            open_at = begin
        filled += tokens
        if index == len(units) - 1:
            yield open_at, stop


def _fit(text: str, begin: int, stop: int, count: Callable[[str], int], room: int) -> Iterator[tuple[int, int, int]]:
    """The sentence, or, where it alone overflows, halves of it, cut at a space if there is one."""
    tokens = count(text[begin:stop])
    if tokens <= room or stop - begin < 2:
        yield begin, stop, tokens
        return
    middle = (begin + stop) // 2
    space = text.rfind(" ", begin + 1, middle)
    cut = space if space > begin else middle
    yield from _fit(text, begin, cut, count, room)
    after = cut
    while after < stop and text[after].isspace():
        after += 1
    if after < stop:
        yield from _fit(text, after, stop, count, room)
