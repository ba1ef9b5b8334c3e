"""Sentence spans of a text, by punctuation; good enough for edited prose, exact in its offsets."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    """
    e.g i.e etc vs cf al fig no nos art arts sec ch mr mrs ms dr prof st inc ltd co corp dept approx est jr sr u.s
    u.k p pp vol ed eds para reg
    """.split()
)
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)")
_NEXT = re.compile(r"\s*(\S)")
_BULLET = re.compile(r"(?:[-*+•]|\d+[.)])\s+")
_HEADING = re.compile(r"#{1,6}\s")
_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"[\s|:-]+$")
"""Between a table's head and its rows."""


def split(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans `(start, end)` of the sentences in `text[start:end]`, headings and bullet marks left out.

    A blank line, a heading, a list item or a table's row ends a sentence; a single line break inside a paragraph does
    not.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    for block_start, block_end in _blocks(text, start, stop):
        begin = block_start
        for match in _END.finditer(text, block_start, block_end):
            if not _is_end(text, begin, match):
                continue
            _add(text, begin, match.end(), spans)
            begin = match.end()
        _add(text, begin, block_end, spans)
    return spans


def _blocks(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Paragraphs and list items: the spans that no sentence crosses."""
    blocks: list[tuple[int, int]] = []
    open_at: int | None = None
    position = start
    for line in text[start:stop].splitlines(keepends=True):
        begin, position = position, position + len(line)
        bullet = _BULLET.match(line.lstrip())
        heading = _HEADING.match(line)
        row = _ROW.match(line)
        if open_at is not None and (not line.strip() or bullet or heading or row):
            blocks.append((open_at, begin))
            open_at = None
        if row and not _RULE.match(line):
            blocks.append((begin, position))
        if not line.strip() or heading or row:
            continue
        if bullet:
            open_at = begin + len(line) - len(line.lstrip()) + bullet.end()
        elif open_at is None:
            open_at = begin
    if open_at is not None:
        blocks.append((open_at, stop))
    return blocks


def _is_end(text: str, begin: int, match: re.Match[str]) -> bool:
    following = _NEXT.match(text, match.end())
    if following is not None and following.group(1).islower():
        return False
    if text[match.start()] != ".":
        return True
    word = re.split(r"[\s(\[“\"]", text[begin : match.start()])[-1].lower()
    return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha() and word != "i")


def _add(text: str, begin: int, end: int, spans: list[tuple[int, int]]) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        spans.append((begin, end))
