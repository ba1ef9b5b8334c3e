"""What the user's own documents say, beside the reference articles.

Thousands of known questions and a learned adapter lead to the articles' sentences, none to a user's: in one ranking a
company's own rule would hardly be seen. So the user's documents are searched by themselves, with the question's plain
vector, and what they say is measured by nearness, which is the same for every question, where a score only ranks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.choose import ALIKE, likeness
from assistant.evidence import Candidate, Evidence, gather
from assistant.outcome import OWN
from assistant.question import Question, parse
from assistant.retrieve import retrieve
from assistant.subjects import Subjects
from assistant.text import stem, stem_set, terms
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.types import Document, Hit
from settings import Retrieval

_HITS = 6
"""Passages of the user's documents that are read for a question."""
_FOUND = 1000
"""Passages of them that keep their score where their whole document is read."""
_CAPITAL = re.compile(r"(?<=[\w,;:] )[A-Z]\w+")
_ANY = "the provider"
"""For a name that the document as a whole is about."""
_MOST = 3
"""Sentences that are shown."""
# Chosen on two invented companies' documents, tried on a third's (`python -m eval.own`, eval/LOG.md).
_SENTENCE, _WORDS, _PASSAGE = 0.6, 0.2, 0.2
"""Nearness: the cosine of question and sentence, the share of the question's words in it, the cosine of the passage."""
_PRIVATE, _NAMED = 0.8, 0.35
"""What is added to the nearest sentence's nearness: the probability that the question is about the user's own
organisation, and where it has a word that the user's documents say and no article does."""
_SHOWN = 0.38
"""The user's documents are quoted from this sum on,"""
_NEAR, _BEHIND = 0.25, 0.2
"""with sentences at least so near, and not further behind the nearest one."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the user's documents say on a question."""

    hits: tuple[Hit, ...] = ()
    """What was read, near or not."""
    chosen: tuple[Candidate, ...] = ()
    """In the order of their documents; the score is the nearness. Empty where nothing is near enough."""

    @property
    def answers(self) -> bool:
        """Whether one of them answers by itself, without the articles."""
        return any(one.bearing >= OWN for one in self.chosen)


def find(
    question: Question,
    private: float,
    library: Library,
    settings: Retrieval,
    subjects: Subjects,
    collections: Sequence[str],
    embed: Callable[[str], Sequence[float]],
) -> Own:
    """Searches the user's collections.

    Args:
        private: the probability that the question is about the user's own organisation.
        embed: makes a question's own vector, not moved by the adapter.
    """
    vector = embed(question.text)
    found = retrieve(question.text, vector, library, settings, collections, _FOUND)
    read = gather(question, found, _HITS, library, vector, subjects, collections)
    vectors = library.vectors.get([hit.passage.id for hit in read.hits])
    cosines = {id_: float(np.dot(vector, own)) for id_, own in vectors.items()}
    ranked = _ranked(read.candidates, cosines)
    names = _names(question, library, collections)
    named = _NAMED if names else 0.0
    if not ranked or ranked[0].score + _PRIVATE * private + named < _SHOWN:
        return Own(read.hits[:_HITS])
    documents = {one.document.id: one.document for one in ranked}
    about = {id_ for id_, document in documents.items() if _about(document, names)}
    if about and (plain := _without(names, question.text)):
        other = gather(parse(plain, subjects), found, _HITS, library, embed(plain), subjects, collections)
        nameless = _ranked(_nameless(read, other, about), cosines)
        ranked = nameless if nameless[0].score >= _NEAR else ranked
    chosen = tuple(_picked(ranked))
    cited = {one.passage.id for one in chosen}
    further = (hit for hit in read.hits[_HITS:] if hit.passage.id in cited)
    return Own((*read.hits[:_HITS], *further), chosen)


def _ranked(candidates: Iterable[Candidate], cosines: dict[str, float]) -> list[Candidate]:
    """The nearest first, with their nearness for a score."""
    near = (replace(one, score=round(_nearness(one, cosines), 4)) for one in candidates if not _is_title(one))
    return sorted(near, key=lambda one: (-one.score, one.key))


def _is_title(candidate: Candidate) -> bool:
    """Whether it is a document's first line and no sentence: “SERVICES AGREEMENT between Northwind and Acme”."""
    return not candidate.document.text[: candidate.start].strip() and candidate.text[-1] not in ".!?…"


def _nearness(candidate: Candidate, cosines: dict[str, float]) -> float:
    passage = cosines.get(candidate.passage.id, 0.0)
    return _SENTENCE * candidate.cosine + _WORDS * candidate.covered + _PASSAGE * passage


def _names(question: Question, library: Library, collections: Sequence[str]) -> list[str]:
    """The words of the question that the user's documents say and no article does; of those in capitals (“Acme”), the
    articles' known questions may have them, too."""
    words = [re.sub(r"['’]s?$", "", word) for word in terms(question.text)]
    capital = {word.lower() for word in _CAPITAL.findall(question.text)}

    def articles_say(word: str) -> bool:
        return library.says(word, [REFERENCE], *(["title headings aliases text"] if word in capital else []))

    return [word for word in words if library.says(word, collections) and not articles_say(word)]


def _without(names: Sequence[str], text: str) -> str:
    """A question with “the provider” for its names; empty where that leaves nothing, or there are none."""
    if not names:
        return ""
    plain = re.sub(rf"\b(?:{'|'.join(map(re.escape, names))})\b", _ANY, text, flags=re.I)
    return plain if set(terms(plain)) - set(terms(_ANY)) else ""


def _about(document: Document, names: Sequence[str]) -> bool:
    """Whether a document as a whole is about one of these names, by its title or a first line that is no sentence."""
    first = document.text.lstrip("# \n").split("\n", 1)[0]
    head = stem_set(document.title if first.endswith((".", "!", "?")) else f"{document.title} {first}")
    return any(stem(name) in head for name in names)


def _nameless(read: Evidence, plain: Evidence, about: Container[str]) -> list[Candidate]:
    """What was read, with how near it is to the question without names in the documents that are about these: in a
    contract with Acme, the sentences that say “Acme” are no nearer to a question on Acme's notice than that on notice.

    Args:
        about: these documents.
    """
    near = {one.key: one for one in plain.candidates}
    return [near.get(one.key, one) if one.document.id in about else one for one in read.candidates]


def _same(left: Candidate, right: Candidate) -> bool:
    """Whether two sentences say the same thing; with other figures they contradict each other, and both are shown."""
    figures = [sorted(re.findall(r"\d[\d.,]*", one.text)) for one in (left, right)]
    return likeness(left, right) >= ALIKE and figures[0] == figures[1]


def _picked(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences to show, in the order of their documents."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == _MOST or candidate.score < max(_NEAR, ranked[0].score - _BEHIND):
            break
        if not any(_same(candidate, other) for other in chosen):
            chosen.append(candidate)
    first = {one.document.id: rank for rank, one in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda one: (first[one.document.id], one.start))
