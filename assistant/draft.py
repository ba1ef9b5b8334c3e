"""The chat model's prose, sentence by sentence as it streams, and the answer that it becomes part of."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant import layout, prompts
from assistant.chat_model import ChatModel, Stopped, never
from assistant.choose import again
from assistant.disputes import DISAGREE
from assistant.errors import ChatModelError
from assistant.evidence import Candidate
from assistant.layout import Block, Composition
from assistant.text import content, count_words
from assistant.text import words as plain
from assistant.types import Answer, Citation, Dropped, Sentence
from assistant.verify import Verdict, Verifier
from settings import Draft

_END = re.compile(r"[.!?][\"'”’)]*(?:\s*\[\d+(?:\s*[,;]\s*\d+)*\])*(?=\s++(?![a-z\[])|\s*$)")
_WHOLE_WORDS = 700
_POLL_S = 0.1
_TOLD = 0.7
"""Two sentences that share so much of their content words say the same; a source of which so much is said is told."""
JUDGING_S = 10.0
"""Seconds beyond the time limit of writing in which sentences are still judged."""
_JUDGING = "verifier"
AGAIN = 2
"""Sentences that repeat others at which writing ends: a small model that begins again goes on so to the end."""
HOPELESS = 3
"""By so many more are dropped than kept when a small model's writing ends: too little is likely to pass in all."""


def facts(chosen: Sequence[Candidate], others: Sequence[Candidate]) -> list[Candidate]:
    """The sentences that the model is shown: the composed answer's, then `others`, at most 700 words."""
    known = {candidate.key for candidate in chosen}
    limit = _WHOLE_WORDS
    picked: list[Candidate] = []
    for candidate in (*chosen, *(c for c in others if c.key not in known)):
        limit -= count_words(candidate.text)
        if limit < 0:
            break
        picked.append(candidate)
    return picked


def write(
    model: ChatModel,
    question: str,
    known: Sequence[Candidate],
    settings: Draft,
    deadline: float,
    stopped: Stopped = never,
) -> Iterator[str]:
    """Whole sentences, markers included, as soon as each is complete.

    Raises:
        ChatModelError: the model does not answer, or not in time; what it had said by then has been yielded.
    """
    messages = prompts.whole(question, [candidate.text for candidate in known], model.small)
    return sentences(model.stream(messages, settings.answer_tokens, deadline, stopped))


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Complete sentences of a stream; an unfinished end (cut by the token limit) is left out."""
    text = ""
    for piece in pieces:
        text += piece
        # The last end may still be followed by a marker, or turn out to be a decimal point: wait for what follows.
        while (match := _END.search(text)) and match.end() < len(text.rstrip()):
            yield text[: match.end()].strip()
            text = text[match.end() :]
    text = re.sub(r"\s*\[[\d,; ]*$", "", text)  # a marker cut by the token limit
    for part in _END.finditer(text):
        if part.end() == len(text.rstrip()):
            yield text[: part.end()].strip()
            return


def without_markers(sentence: str) -> str:
    """The sentence without the model's own markers: they are often wrong, and are attributed anew."""
    bare = re.sub(r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]", "", sentence)
    return re.sub(r"\s+([.!?,;])", r"\1", " ".join(bare.split()))


def judged(
    verifier: Verifier, sentence: str, known: Sequence[Candidate], deadline: float, stopped: Stopped
) -> Verdict | None:
    """The verdict; None where it takes longer than `deadline` (of time.monotonic), or a tenth of a second if later.

    Raises:
        ChatModelError: the verifier does not answer, or the reader has had enough.
    """
    said: queue.Queue[Verdict | BaseException] = queue.Queue()

    def judge() -> None:
        try:
            said.put(verifier.judge(sentence, known))
        except BaseException as error:
            said.put(error)

    if stopped():
        raise ChatModelError("stopped")
    # The program may end without it.
    threading.Thread(target=judge, name=_JUDGING, daemon=True).start()
    while True:
        try:
            verdict = said.get(timeout=_POLL_S)
        except queue.Empty:
            if stopped():
                raise ChatModelError("stopped") from None
            if time.monotonic() > deadline:
                return None
            continue
        if isinstance(verdict, BaseException):
            raise verdict
        return verdict


def settle(seconds: float) -> None:
    """Waits for the judging that nobody waits for any more: Python may not end in the middle of a library's work."""
    for thread in threading.enumerate():
        if thread.name == _JUDGING:
            thread.join(seconds)


def repeats(sentence: str, written: Sequence[Sentence | Dropped]) -> bool:
    """Whether a sentence says what one that was kept says, or one that was dropped, word for word: small models begin
    again."""
    said = set(content(sentence))
    kept = (set(content(one.text)) for one in written if isinstance(one, Sentence))
    near = any(len(said & other) >= _TOLD * len(said | other) for other in kept)
    return near or any(plain(sentence) == plain(one.text) for one in written)


def words(head: str, kept: Sequence[Sentence]) -> int:
    """Words of what stands above a draft, and of the draft."""
    return count_words(head) + sum(count_words(sentence.text) for sentence in kept)


class Book:
    """Citations by number: a source that is cited already keeps its number, a new one gets the next."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = list(citations)
        self._numbers = {(c.document_id, c.start): c.number for c in citations}
        self._sources: dict[int, Candidate] = {}

    def number(self, source: Candidate) -> int:
        """The number of a source sentence."""
        if source.key not in self._numbers:
            self._numbers[source.key] = len(self._citations) + 1
            self._citations.append(layout.citation(source, len(self._citations) + 1))
        self._sources[self._numbers[source.key]] = source
        return self._numbers[source.key]

    def source(self, number: int) -> Candidate:
        """The source sentence that was given this number."""
        return self._sources[number]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All of them."""
        return tuple(self._citations)


def _told(kept: Sequence[Sentence], book: Book) -> list[Candidate]:
    """The sources that the kept sentences cite and say for the most part: what they leave out may be what matters."""
    by: dict[int, set[str]] = {}
    for sentence in kept:
        for number in sentence.citations:
            by.setdefault(number, set()).update(content(sentence.text))
    sources = {number: set(content(book.source(number).text)) for number in by}
    return [book.source(n) for n, wanted in sources.items() if len(wanted & by[n]) >= _TOLD * len(wanted)]


def merged(
    answer: Answer,
    limit: int,
    composition: Composition,
    kept: Sequence[Sentence],
    dropped: Sequence[Dropped],
    book: Book,
    notice: str | None,
) -> Answer:
    """The answer with the model's words on top, where enough of them passed; else as it was composed.

    What the user's documents say stands above, what else was asked at the end. Below the draft, in the sources' words,
    stands what of the composed answer the model did not come to, as far as there is room for it within `limit` words;
    the sides of a dispute, both or none.
    """
    answer = replace(answer, dropped=tuple(dropped), notice=notice)
    if notice:
        return answer
    if len(kept) < 2 or len(kept) < len(dropped):
        return replace(answer, notice="too little of what it wrote passed the checks") if kept else answer
    said = _told(kept, book)
    claims, sides = Block(layout.ALSO, "list", titled=True), Block(DISAGREE, "list", "note", together=True)
    told = list(zip(composition.sentences, composition.chosen, strict=True))
    end = len(told) - composition.further
    for sentence, one in told[composition.own : end]:
        if sentence.role == "note":
            sides.sentences.append(one)
        elif not any(again(one, other) for other in said):
            claims.sentences.append(one)
    if {one.key for one in sides.sentences} <= {one.key for one in said}:
        sides.sentences = []
    blocks = layout.within([claims, sides], limit - words(f"{composition.head} {composition.tail}", kept))
    below = layout.render(blocks, book.number)
    prose = " ".join(f"{layout.escape(s.text)} {''.join(f'[{n}]' for n in s.citations)}" for s in kept)
    first, last = composition.sentences[: composition.own], composition.sentences[end:]
    sentences = (*first, *kept, *below.sentences, *last)
    standing = (composition.head, prose, below.text, composition.tail)
    used = {number for sentence in sentences for number in sentence.citations}
    return replace(
        answer,
        mode="drafted",
        text=layout.headed(answer.missing, "\n\n".join(filter(None, standing))),
        sentences=sentences,
        citations=tuple(citation for citation in book.citations if citation.number in used),
    )
