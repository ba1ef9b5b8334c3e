"""How an answer is laid out: blocks of chosen sentences become Markdown with numbered citations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.evidence import Candidate
from assistant.text import count_words
from assistant.types import Answer, Citation, Role, Sentence

OWN = "From your documents"
"""Above what the user's documents say."""
ALSO = "Also, in the sources’ words"
"""Above what stands below what leads: a draft, or a dispute."""


@dataclass(slots=True)
class Block:
    """A part of the answer: a label, and sentences as prose, as a list, or as rows of a table."""

    label: str | None
    layout: Literal["prose", "list", "table"]
    role: Role = "claim"
    sentences: list[Candidate] = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: list[tuple[str, Candidate, Candidate]] = field(default_factory=list)
    titled: bool = False
    """Whether the title of the sentences' document stands above them; in a list, wherever it changes."""
    together: bool = False
    """Whether it stands whole or not at all."""

    def all(self) -> list[Candidate]:
        """Every sentence, in reading order."""
        return self.sentences + [candidate for _, left, right in self.rows for candidate in (left, right)]


@dataclass(frozen=True, slots=True)
class Composition:
    """The composed text with its sentences and citations."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    chosen: tuple[Candidate, ...]
    head: str = ""
    """What stays above a chat model's draft: a heading, or the user's documents and the articles' heading."""
    own: int = 0
    """So many of the sentences, the first ones, stand in `head`."""
    tail: str = ""
    """What stays below a chat model's draft: what else was asked."""
    further: int = 0
    """So many of the sentences, the last ones, stand in `tail`."""


def within(blocks: Sequence[Block], limit: int) -> list[Block]:
    """The blocks, cut where the limit of words is reached: a table loses its last rows, a list its last items, and the
    sides of a dispute stand together or not at all."""
    left = limit
    kept: list[Block] = []
    last: list[Candidate] = []
    too_long = set()
    for number, block in enumerate(blocks):
        if block.together and (cost := _cost(block)) <= left:
            left -= cost
        elif block.together:
            too_long.add(number)
    for number, block in enumerate(blocks):
        if block.together:
            if block.sentences and number not in too_long:
                kept.append(block)
                last = block.sentences[-1:]
            continue
        inner = Block(block.label, block.layout, block.role, head=block.head, titled=block.titled)
        for candidate in block.sentences:
            above = ("" if inner.all() else block.label or "", _title(inner, last, candidate))
            cost = count_words(candidate.text) + sum(map(count_words, above))
            if cost <= left:
                inner.sentences.append(candidate)
                last = [candidate]
                left -= cost
        for row in block.rows:
            cost = sum(map(count_words, (row[0], *(c.text for c in row[1:]), *(() if inner.rows else inner.head))))
            if cost <= left:
                inner.rows.append(row)
                left -= cost
        if inner.all():
            kept.append(inner)
    return kept


def _cost(block: Block) -> int:
    if not block.sentences:
        return 0
    return count_words(block.label or "") + sum(count_words(candidate.text) for candidate in block.sentences)


def render(blocks: Sequence[Block], number: Callable[[Candidate], int] | None = None) -> Composition:
    """Numbers the sentences, in reading order if `number` does not say otherwise, and writes the Markdown."""
    citations: list[Citation] = []
    made: list[Sentence] = []
    chosen: list[Candidate] = []
    parts: list[str] = []

    def cite(candidate: Candidate, role: Role) -> str:
        as_cited = number(candidate) if number else len(citations) + 1
        citations.append(citation(candidate, as_cited))
        made.append(Sentence(candidate.text, role, (as_cited,), "quoted", round(candidate.score, 4)))
        chosen.append(candidate)
        return f"{escape(candidate.text)} [{as_cited}]"

    for block in blocks:
        if block.label:
            parts.append(f"**{block.label}**")
        if not block.all():  # a heading for the blocks that follow
            continue
        if block.layout == "table":
            lines = ["| " + " | ".join(block.head) + " |", "|" + " --- |" * len(block.head)]
            for heading, left, right in block.rows:
                cells = (f"**{escape(heading)}**", cite(left, block.role), cite(right, block.role))
                lines.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
            parts.append("\n".join(lines))
        elif block.layout == "list":
            items: list[str] = []
            for candidate in block.sentences:
                if title := _title(block, chosen[-1:], candidate):
                    items.append(f"\n{title}\n")
                items.append(f"- {' '.join(cite(candidate, block.role).split())}")
            parts.append("\n".join(items).lstrip("\n"))
        else:
            if title := _title(block, (), block.sentences[0]):
                parts.append(title)
            parts.append(" ".join(" ".join(cite(c, block.role).split()) for c in block.sentences))
    return Composition("\n\n".join(parts), tuple(made), tuple(citations), tuple(chosen))


def _title(block: Block, before: Sequence[Candidate], candidate: Candidate) -> str:
    """What an item's document is about, to stand above it; empty where the sentence before is of the same document."""
    if not block.titled or any(one.document.id == candidate.document.id for one in before):
        return ""
    return f"*{escape(candidate.document.title.partition(':')[0].strip() or candidate.document.title)}*"


def citation(candidate: Candidate, number: int) -> Citation:
    """The citation of a sentence: its exact words and what they rest on."""
    document = candidate.document
    return Citation(
        number=number,
        passage_id=candidate.passage.id,
        document_id=document.id,
        title=document.title,
        origin=document.origin,
        headings=candidate.passage.headings,
        page=candidate.passage.page,
        start=candidate.start,
        end=candidate.end,
        quote=document.text[candidate.start : candidate.end],
        sources=document.sources_of(candidate.start, candidate.end),
    )


def laid_out(
    answer: Answer, composition: Composition, nearest: Sequence[Candidate], own: Sequence[Candidate]
) -> Answer:
    """The answer with what its outcome shows: the composition, or the nearest passages, or nothing but what is missing.

    Args:
        nearest: of the articles.
        own: the nearest of the user's documents.
    """
    missing = answer.missing or ""
    if answer.outcome == "answered":
        shown = composition
    elif answer.outcome == "refused":
        return replace(answer, text=escape(missing))
    else:
        blocks = [Block("The nearest in your documents", "list", "note", list(own))] if own else []
        missing += "" if own else " A document on exactly this would help: ingest one and ask again."
        blocks.append(Block("The closest passages", "list", "note", list(nearest)))
        shown = render([block for block in blocks if block.all()])
        answer = replace(answer, nearest=shown.citations)
    return replace(answer, text=headed(missing, shown.text), sentences=shown.sentences, citations=shown.citations)


def headed(missing: str | None, text: str) -> str:
    """What is missing, which may quote the question, stands before what there is."""
    return f"{escape(missing)}\n\n{text}" if missing else text


def escape(text: str) -> str:
    """Source text as Markdown shows it literally: no marks, links, or numbers that look like citations of ours."""
    for mark in "\\`*_[]<":
        text = text.replace(mark, "\\" + mark)
    return text
