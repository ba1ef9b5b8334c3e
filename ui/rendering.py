"""Answers and documents as the page shows them. Everything that comes from a document is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import quote

from assistant.types import Answer, Citation
from ingest.types import Document, Source
from ui.wording import dropped_note, place, support_note

_MARKER = re.compile(r"(?<!\\)\[(\d+)\]")
EMPTY = '<div class="inner"><p class="meta">The sources of an answer appear here, in their own words.</p></div>'


def reference(citation: Citation) -> str:
    """The address of cited words: it holds by itself, so that it still works in an answer from yesterday."""
    return f"{quote(citation.document_id, safe='')}/{citation.start}/{citation.end}"


def answer_markdown(answer: Answer, waiting: str = "") -> str:
    """The answer's text with every `[n]` a link, a line above it on what is still to come, and one below on checks."""
    by_number = {citation.number: citation for citation in answer.citations}

    def link(match: re.Match[str]) -> str:
        citation = by_number.get(int(match.group(1)))
        return f"[\\[{match.group(1)}\\]](#cite/{reference(citation)})" if citation else match.group(0)

    parts = [f"*{waiting}*"] if waiting else []
    parts.append(_MARKER.sub(link, answer.text))
    if not waiting:
        if note := support_note(answer):
            parts.append(f"<sub>{_plain(note)}</sub>")
        head, dropped = dropped_note(answer)
        if dropped:
            lines = "".join(f"<br>{_plain(line)}" for line in dropped)
            parts.append(f"<details><summary>{_plain(head)}</summary>{lines}</details>")
    return "\n\n".join(parts)


def sources_html(answer: Answer) -> str:
    """The numbered sources of an answer, each with its words and what they rest on."""
    if not answer.citations:
        return EMPTY
    items = "".join(
        f'<li><button class="link" data-cite="{html.escape(reference(citation))}">[{citation.number}] '
        f"{html.escape(' › '.join(place(citation)))}</button>"
        f"<blockquote>{html.escape(citation.quote)}</blockquote>{_rests_on(citation.sources)}</li>"
        for citation in answer.citations
    )
    return f'<div class="inner"><h2>Sources</h2><ol class="sources">{items}</ol></div>'


def document_html(document: Document, start: int, end: int) -> str:
    """A document with the words `text[start:end]` marked."""
    blocks = "".join(_block(document.text, begin, stop, start, end) for begin, stop in _lines(document.text))
    return (
        '<div class="inner"><button class="link">← all sources</button>'
        f"<h2>{html.escape(document.title)}</h2>"
        f'<p class="meta">{html.escape(document.origin)}</p>{_rests_on(document.sources_of(start, end))}'
        f"{blocks}</div>"
    )


def message_html(text: str) -> str:
    """A plain message in the panel."""
    return f'<div class="inner"><p>{html.escape(text)}</p></div>'


def _lines(text: str) -> Iterable[tuple[int, int]]:
    position = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield position, position + len(line.rstrip("\n"))
        position += len(line)


def _block(text: str, begin: int, stop: int, start: int, end: int) -> str:
    line = text[begin:stop]
    heading = re.match(r"#{1,6}\s+", line)
    bullet = re.match(r"\s*[-*+]\s+", line)
    lead = heading or bullet
    begin += lead.end() if lead else 0
    left, right = min(max(start, begin), stop), max(min(end, stop), begin)
    if left < right:
        body = (
            f'{html.escape(text[begin:left])}<mark tabindex="-1">{html.escape(text[left:right])}</mark>'
            f"{html.escape(text[right:stop])}"
        )
    else:
        body = html.escape(text[begin:stop])
    if heading:
        return f"<h3>{body}</h3>"
    return f"<p>• {body}</p>" if bullet else f"<p>{body}</p>"


def _rests_on(sources: Iterable[Source]) -> str:
    return "".join(
        f'<p class="meta">Rests on: <a href="{html.escape(source.url)}" target="_blank" rel="noopener noreferrer">'
        f"{html.escape(source.publisher)}, {html.escape(source.title)}</a> ({html.escape(source.kind)}, "
        f"{source.year})</p>"
        for source in sources
    )


def _plain(text: str) -> str:
    return html.escape(re.sub(r"([\\`*_\[\]])", r"\\\1", text))
