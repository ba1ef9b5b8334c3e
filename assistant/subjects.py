"""The subjects of the library by the words that people use for them: titles and aliases of its documents."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from assistant import spelling
from assistant.text import STOP, stem, words
from ingest.load import REFERENCE
from ingest.types import Card


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that the question names: the words, and the documents that are about it."""

    phrase: str
    stems: tuple[str, ...]
    documents: tuple[str, ...]


class Subjects:
    """The library's subjects by the words that people use for them: titles and aliases."""

    def __init__(self, cards: Iterable[Card]) -> None:
        cards = tuple(cards)
        self._phrases: dict[tuple[str, ...], list[str]] = {}
        self._loud: dict[tuple[str, ...], str] = {}
        self._kinds: dict[str, str] = {}
        self.functions: dict[str, frozenset[str]] = {}
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._written_as: dict[tuple[str, ...], str] = {}
        for card in cards:
            self._kinds[card.id] = card.kind
            self.functions[card.id] = frozenset(card.functions)
            for phrase in (*card.aliases, *_title_phrases(card.title)):
                key = phrase_stems(phrase)
                said_loud = [word for word in phrase.split() if word.isupper() and word.lower() in STOP]  # IT, not it
                if not key or key[0] in _ASKING or (all(part in _COMMON for part in key) and not said_loud):
                    continue
                if said_loud:
                    self._loud[key] = said_loud[0]
                self._phrases.setdefault(key, [])
                known = self._written_as.get(key)
                if known is None or (card.collection == REFERENCE and known.islower()):
                    self._written_as[key] = phrase
                if card.id not in self._phrases[key]:
                    self._phrases[key].append(card.id)
                self._names.setdefault(card.id, []).append(key)
        labels = (phrase for card in cards for phrase in (*card.aliases, card.title))
        self._written = spelling.dictionary(word for label in labels for word in words(label))
        self._longest = max((len(key) for key in self._phrases), default=0)

    def find(self, text: str) -> tuple[Subject, ...]:
        """The subjects that a text names, in order; where two overlap, the longer one, but both in “the benefits of
        outsourcing HR”.

        Who outsources is not what is outsourced: “Should a manufacturer outsource payroll?”.
        """
        if (does := _DOES.search(text)) and self.special(of := self.find(text[does.start("verb") :])):
            who = (one for one in self.find(text[does.start() : does.start("verb")]) if not self.special([one]))
            found = {one.stems: one for one in (*self.find(text[: does.start()]), *who, *of)}
            return tuple(found.values())
        tokens = words(text)
        marks = [stem(token) for token in tokens]
        named: list[Subject] = []
        position = 0
        while position < len(marks):
            for length in range(min(self._longest, len(marks) - position), 0, -1):
                key = tuple(marks[position : position + length])
                if key in self._phrases and (key not in self._loud or self._loud[key] in text):
                    phrase = " ".join(tokens[position : position + length])
                    if all(subject.stems != key for subject in named):
                        named.append(Subject(phrase, key, tuple(self._phrases[key])))
                    position += length
                    if key[-2:] == _OF_OUTSOURCING and self._names_work(marks, position - 1):
                        position -= 1  # “the benefits of outsourcing HR”
                    break
            else:
                position += 1
        return tuple(named)

    def _names_work(self, marks: list[str], position: int) -> bool:
        """Whether a kind of work, in two words or more, begins at this position."""
        lengths = range(2, min(self._longest, len(marks) - position) + 1)
        keys = (tuple(marks[position : position + length]) for length in lengths)
        return self.special(Subject("", key, tuple(self._phrases[key])) for key in keys if key in self._phrases)

    def spelt(self, text: str, known: Container[str]) -> str:
        """The text with slips of the pen in a subject's words put right, as `spelling.spelt` says."""
        return spelling.spelt(text, self._written, known)

    def names(self, subject: Subject) -> tuple[tuple[str, ...], ...]:
        """Every way to say a subject: the phrase itself, and the aliases of the one document that defines it."""
        defining = [id_ for id_ in subject.documents if self._kinds.get(id_) in ("definition", "document")]
        names = [subject.stems]
        if len(defining) == 1:
            names += self._names.get(defining[0], [])
        return tuple(dict.fromkeys(names))

    def written_as(self, subject: Subject) -> str:
        """A subject as the library writes it, whatever the question's capitals: “SOC 1”."""
        return self._written_as.get(subject.stems, subject.phrase)

    def special(self, named: Iterable[Subject]) -> bool:
        """Whether one of these subjects is a kind of work, such as payroll."""
        of = [self.functions.get(id_, frozenset()) for subject in named for id_ in subject.documents]
        return any(functions and "general" not in functions for functions in of)

    def kind(self, document_id: str) -> str:
        """The kind of a document."""
        return self._kinds.get(document_id, "document")


_DOES = re.compile(
    r"\b(?:should|shall|must|may|can|could|will|would|do|does|did)(?:n['’]?t)?"
    r"(?: (?!(?:or|and|if|be|been)\b)[\w'’-]+){1,6}? (?P<verb>outsources?)\b",
    re.I,
)
"""Whoever stands between these does it."""
_ASKING = frozenset("should what is are how which when why who can do doe".split())
"""A title or alias that is a whole question would swallow the subject that it asks about."""
_OF_OUTSOURCING = (stem("of"), stem("outsourcing"))
_COMMON = frozenset(stem(word) for word in STOP) | {stem("outsourcing"), stem("outsource")} | {"outsourc"}


def phrase_stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase, in order, stop words too."""
    return tuple(stem(word) for word in words(phrase))


def in_a_row(phrase: tuple[str, ...], text: str) -> bool:
    """Whether a text has these stems one after the other."""
    marks = phrase_stems(text)
    return any(marks[at : at + len(phrase)] == phrase for at in range(len(marks) - len(phrase) + 1))


def _title_phrases(title: str) -> list[str]:
    """A title, and an acronym in brackets with the name before it, each by itself."""
    match = re.match(r"(.+?)\s*\(([A-Z][\w&/]{1,9})\)\s*$", title)
    return [match.group(1), match.group(2)] if match else [title]
