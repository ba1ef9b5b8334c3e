"""The chat model's prose, sentence by sentence as it streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant import prompts
from assistant.chat_model import ChatModel, Stopped, never
from assistant.evidence import Candidate
from assistant.text import count_words
from settings import Draft

_END = re.compile(r"[.!?][\"'”’)]*(?:\s*\[\d+(?:\s*[,;]\s*\d+)*\])*(?=\s++(?![a-z\[])|\s*$)")
_WHOLE_WORDS = 700


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
    messages = prompts.whole(question, [" ".join(candidate.text.split()) for candidate in known])
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
