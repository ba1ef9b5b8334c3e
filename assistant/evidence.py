"""The source sentences that bear on a question, each with a score.

A sentence's score adds up, with weights chosen on the development split (eval/LOG.md), the cosine of question and
sentence, the share of the question's content words that it covers, weighted by rarity, its passage's own score, how
near the question comes to one that the sentence is known to answer, and whether it is of the kind that the question
expects.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from assistant.answer_type import instructs, of_a_role, preferred, wants_procedure, wants_role
from assistant.places import bearing_on, named
from assistant.question import Question
from assistant.retrieve import Retrieved
from assistant.subjects import Subjects
from assistant.text import coverage, stem_set, words
from ingest import sentences
from ingest.ids import sentence_id
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.types import Document, Hit, Passage

Section = Literal["summary", "verdict", "work", "pro", "con", "risk", "keep", "measure", "law", "disagree", "body"]

_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    ("summary", re.compile(r"^(in short|summary|at a glance|overview|abstract|key points|definition)\b", re.I)),
    ("verdict", re.compile(r"^(bottom line|conclusion|verdict|recommendation)", re.I)),
    ("disagree", re.compile(r"disagree|controvers", re.I)),
    (
        "con",
        re.compile(
            r"not pay|does ?n[o']t|not worth|when not|(?:^|arguments? |reasons? |case )against|"
            r"drawback|disadvantage|limits?\b",
            re.I,
        ),
    ),
    (
        "pro",
        re.compile(
            r"(?<!to )\bpays?\b|benefit|advantage|makes sense|worth|^when to\b|\bwhy (?:firms|companies|clients)", re.I
        ),
    ),
    ("risk", re.compile(r"risk|pitfall|danger|what can go wrong", re.I)),
    ("keep", re.compile(r"\bkeep\b|retain|in-house", re.I)),
    ("measure", re.compile(r"measure|metric|kpi|quality", re.I)),
    ("law", re.compile(r"\blaw|legal|data protection|regulat|compliance", re.I)),
    ("work", re.compile(r"^what the work is|^the work|^activities", re.I)),
)
_MEANING, _WORDS, _PLACE, _ASKED = 0.80, 0.10, 0.70, 0.60
_ALIKE = 0.50
_SPECIAL, _ELSEWHERE, _INVENTED = 0.20, 0.80, 0.20
_INSTRUCTS, _FIGURE, _ROLE = 0.25, 0.10, 0.20
"""For what a question expects: times its cosine for a sentence that says what to do; for one with a figure;
for one on what somebody in a role does."""
_FOCUS_AT_MOST = 30
"""Passages of one document in focus: an article has about nine, a user's document may have thousands."""
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget)\b[^.]{0,40}\b(?:above|previous|prior|instructions?)\b"
    r"|^\W*(?:\w+: *)?(?:assistant|chatbot|AI)\b *[:,]|\bbegin your (?:answer|reply)\b"
    r"|\b(?:answer|reply|respond|say) only (?:that|with|the word|[\"“'‘])"
    r"|\balways (?:answer|reply|respond|say) (?:that|with|[\"“'‘])",
    re.I,
)
"""An order to an assistant, in a document that the user has added, is no evidence of anything,"""
_ADDRESSED = re.compile(
    r"\b(?:note|message|instructions?|notice|attention)\b[^.\n]{0,12}\b(?:to|for) (?:(?:the|an|any|all) )?"
    r"(?:AI|assistants?|chatbots?|(?:large )?language models?|LLMs?)\b"
    r"|\b(?:AI|assistant|chatbot|language model|LLM)\b[^.\n]{0,20}\b(?:reading|reads|answering|processing|"
    r"summari[sz]ing) this\b",
    re.I,
)
"""nor is what follows in the paragraph where one is spoken to."""
_ILLUSTRATES = re.compile(r"\b(?:illustrative|for illustration|worked example)\b", re.I)
_WANTS_EXAMPLE = re.compile(
    r"\b(?:examples?|illustrat\w+|calculat\w+|work(?:ed)? out|comput\w+|arithmetic|sums?)\b", re.I
)
"""Invented figures are no answer to “how much”, unless a worked example is asked for."""
_LEANING = frozenset(
    """
    it they this these those that such its their he she his her both either neither
    """.split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit: `document.text[start:end] == text`."""

    document: Document
    passage: Passage
    start: int
    end: int
    text: str
    number: int
    """Of the sentence in its passage, from 0."""
    section: Section
    vector: Sequence[float] = field(default=(), compare=False, repr=False)
    score: float = 0.0
    cosine: float = 0.0
    covered: float = 0.0
    kind: float = 0.0
    """What of the score it has for being of the kind that the question expects."""
    asked: float = 0.0
    """The cosine of the question and the nearest of those that it is known to answer; 0 where none is near."""

    @property
    def bearing(self) -> float:
        """How far it answers by itself, the same for every question, where a score only ranks: 0.6 × its cosine + 0.4 ×
        the share of the question's words that it covers."""
        return 0.6 * self.cosine + 0.4 * self.covered

    @property
    def first(self) -> bool:
        """Whether it opens its passage."""
        return self.number == 0

    @property
    def key(self) -> tuple[str, int]:
        """Where the sentence stands."""
        return self.document.id, self.start


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question: candidates best first, and the documents that are about its subject."""

    hits: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    focus: tuple[str, ...]
    unknown: frozenset[str] = frozenset()
    """Stems of the question that the library never says."""

    @property
    def best(self) -> float:
        """The highest score."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def plain(self) -> float:
        """The highest score without what a sentence's kind adds: how near the evidence is to what is asked."""
        return max((c.score - max(c.kind, 0.0) for c in self.candidates), default=0.0)

    @property
    def own(self) -> float:
        """The highest bearing in the user's documents, where they are searched without the articles (else
        `assistant.own`)."""
        return max((c.bearing for c in self.candidates if c.document.collection != REFERENCE), default=0.0)

    @property
    def asked(self) -> float:
        """The highest cosine of the question and one that a sentence is known to answer."""
        return max((c.asked for c in self.candidates), default=0.0)

    @property
    def cosine(self) -> float:
        """The highest cosine of question and passage."""
        return max((hit.cosine or 0.0 for hit in self.hits), default=0.0)


class _Wanted:
    """The kind of sentence that a question expects."""

    def __init__(self, question: Question) -> None:
        self.example = bool(_WANTS_EXAMPLE.search(question.text))
        self.procedure = question.shape not in ("comparison", "definition") and wants_procedure(question.text)
        self.figures = preferred(question.text)
        self.role = wants_role(question.text)

    def bearing(self, candidate: Candidate, cosine: float) -> float:
        """What a sentence's kind adds to its score: the more, the nearer it is to the question."""
        score = 0.0 if self.example or not _ILLUSTRATES.search(candidate.text) else -_INVENTED
        if self.procedure and instructs(candidate.text, candidate.passage.headings):
            score += _INSTRUCTS * cosine
        if self.figures and all(given.search(candidate.text) for given in self.figures):
            score += _FIGURE
        if self.role and of_a_role(candidate.text):
            score += _ROLE
        return score


def gather(
    question: Question,
    found: Retrieved,
    limit: int,
    library: Library,
    vector: Sequence[float],
    subjects: Subjects,
    scope: Sequence[str],
) -> Evidence:
    """Scores the sentences of the first `limit` passages found, and of the documents about the question's subject.

    Those documents' other passages become hits too (score 0 where retrieval had not found them), since a citation may
    only come from a hit.
    """
    hits = found.hits[:limit]
    focus = _focus(question, hits, subjects, scope)
    documents = {id_: library.document(id_) for id_ in {*focus, *(hit.passage.document_id for hit in hits)}}
    hits += _of_focus(found.hits[limit:], hits, [documents[id_] for id_ in focus], library)
    frequency = library.frequencies(question.stems)
    weight = _weights(frequency, library.passage_count())
    functions = _functions(question, focus, subjects)
    places = bearing_on(named(question.text)) if question.shape != "comparison" else frozenset[str]()
    pool = [
        replace(candidate, covered=_covered(candidate, question, focus, weight))
        for hit in hits
        if (document := documents[hit.passage.document_id]) is not None
        for candidate in _candidates(document, hit.passage)
        if not functions or _about(candidate, functions, question)
    ]
    unknown = frozenset(question.stems) - frequency.keys()
    special = not functions and question.shape != "comparison"
    wanted = _Wanted(question)
    scored = _score(pool, hits, library, vector, found.asked, special, wanted, places)
    return Evidence(tuple(hits), tuple(scored), focus, unknown)


def section_of(headings: Sequence[str]) -> Section:
    """What a section is for, by its headings, the innermost first."""
    for heading in reversed(headings):
        for section, pattern in _SECTIONS:
            if pattern.search(heading):
                return section
    return "body"


def _focus(question: Question, hits: Sequence[Hit], subjects: Subjects, scope: Sequence[str]) -> tuple[str, ...]:
    """At most three documents about the subjects that the question names, the most fitting first."""
    found: dict[str, float] = {}
    for hit in hits:
        found[hit.passage.document_id] = max(found.get(hit.passage.document_id, 0.0), hit.score)
    wanted = {"definition": "definition", "comparison": "comparison", "decision": "decision"}.get(question.shape)
    if not question.subjects and not question.sides:  # named by nobody, but most of what was found is of one article
        best = max(found, key=lambda id_: found[id_], default=None)
        many = sum(hit.passage.document_id == best for hit in hits) >= 3
        return (best,) if best is not None and many and subjects.kind(best) == wanted else ()
    points: dict[str, float] = {}
    for subject in question.subjects:
        for id_ in subject.documents:
            if id_.split("/", 1)[0] in scope:
                points[id_] = points.get(id_, 0.0) + 1.0 + 0.5 * (len(subject.stems) - 1)
    for id_ in points:
        points[id_] += 2.0 * found.get(id_, 0.0) + (1.0 if subjects.kind(id_) == wanted else 0.0)
    bar = 0.6 * max(points.values(), default=0.0)
    ranked = sorted(points, key=lambda id_: (-points[id_], id_))
    focus = [id_ for id_ in ranked if points[id_] >= bar][:3]
    for side in question.sides or ():  # a comparison needs what defines each side, whether or not it names both
        inside = (id_ for id_ in side.documents if id_.split("/", 1)[0] in scope)
        defining = [id_ for id_ in inside if subjects.kind(id_) == "definition"]
        focus += [id_ for id_ in defining[:1] if id_ not in focus]
    return tuple(focus)


def _of_focus(
    further: Sequence[Hit], hits: Sequence[Hit], focus: Sequence[Document | None], library: Library
) -> Iterator[Hit]:
    """The passages of the documents in focus that are not among the hits."""
    known = {hit.passage.id for hit in hits}
    scored = {hit.passage.id: hit for hit in further}
    for document in filter(None, focus):
        for passage in library.passages_of(document.id)[:_FOCUS_AT_MOST]:
            if passage.id not in known:
                yield scored.get(passage.id) or Hit(passage, document.title, 0.0)


def _candidates(document: Document, passage: Passage) -> list[Candidate]:
    section = section_of(passage.headings)
    own = document.collection != REFERENCE
    spoken = _spoken(passage.text) if own else []
    return [
        Candidate(
            document, passage, passage.start + begin, passage.start + end, passage.text[begin:end], number, section
        )
        for number, (begin, end) in enumerate(sentences.split(passage.text))
        if end - begin >= 15
        and not (own and _ORDER.search(passage.text, begin, end))
        and not any(start < end and begin < stop for start, stop in spoken)
    ]


def _spoken(text: str) -> list[tuple[int, int]]:
    """Where a text speaks to an assistant, each time to the paragraph's end."""
    found = [(match.start(), text.find("\n\n", match.end())) for match in _ADDRESSED.finditer(text)]
    return [(start, stop if stop >= 0 else len(text)) for start, stop in found]


def _weights(frequency: Mapping[str, int], total: int) -> Callable[[str], float]:
    """Inverse passage frequency of the question's stems."""

    def weight(stem: str) -> float:
        return math.log(1 + total / (1 + frequency.get(stem, 0)))

    return weight


def _functions(question: Question, focus: Sequence[str], subjects: Subjects) -> frozenset[str]:
    """The business functions that the question is about; empty where it is about outsourcing as such."""
    if question.shape == "comparison":
        return frozenset()
    named = {id_ for subject in question.subjects for id_ in subject.documents}
    specific = [subjects.functions.get(id_, frozenset()) for id_ in focus if id_ in named]
    if not specific or any("general" in functions for functions in specific):
        return frozenset()
    return frozenset().union(*specific)


def _special(document: Document) -> bool:
    """Whether a document is about some functions only; a law on one kind of data or work may bear on all."""
    return bool(document.functions) and "general" not in document.functions and document.kind != "regulation"


def _about(candidate: Candidate, functions: frozenset[str], question: Question) -> bool:
    """Whether a sentence is about the functions asked for, or about all: one on another function is no answer."""
    if not _special(candidate.document) or frozenset(candidate.document.functions) & functions:
        return True
    present = stem_set(candidate.text)
    return any(all(part in present for part in subject.stems) for subject in question.subjects)


def _from(candidate: Candidate, places: frozenset[str]) -> bool:
    """Whether a sentence is about one of these places, or about none, as said by itself, its heading or its article."""
    if not places:
        return True
    for text in (candidate.text, *reversed(candidate.passage.headings), candidate.document.title):
        if said := named(text):
            return bool(said & places)
    return True


def _covered(candidate: Candidate, question: Question, focus: Sequence[str], weight: Callable[[str], float]) -> float:
    present = set(stem_set(candidate.text)) | stem_set(candidate.document.title)
    for heading in candidate.passage.headings:
        present |= stem_set(heading)
    if candidate.document.id in focus:  # its aliases matched: the subject's words count as said
        present |= {part for subject in question.subjects for part in subject.stems}
    return coverage(question.stems, present, weight)


def _score(
    pool: list[Candidate],
    hits: Sequence[Hit],
    library: Library,
    vector: Sequence[float],
    asked: Mapping[str, float],
    special: bool,
    wanted: _Wanted,
    places: frozenset[str],
) -> list[Candidate]:
    """Scored, best first.

    Args:
        asked: cosines of known questions by the sentence that answers them.
        special: whether sentences on one function only are too special for the question.
        wanted: the kind of sentence that it expects.
        places: that it names.
    """
    place = {hit.passage.id: hit.score for hit in hits}
    ids = [sentence_id(candidate.passage.id, candidate.number) for candidate in pool]
    vectors = library.sentence_vectors.get(ids)
    cosines = {id_: float(np.dot(vector, own)) for id_, own in vectors.items()}
    scored = []
    for id_, candidate in zip(ids, pool, strict=True):
        cosine = cosines.get(id_, 0.0)
        known = asked.get(id_, 0.0)
        leaning = 0.12 if _leans(candidate.text) else 0.0
        score = _MEANING * cosine + _WORDS * candidate.covered + _PLACE * place[candidate.passage.id] - leaning
        score += _ASKED * max(0.0, known - _ALIKE)
        score -= _SPECIAL if special and _special(candidate.document) else 0.0
        kind = wanted.bearing(candidate, cosine)
        score += kind
        score -= 0.0 if _from(candidate, places) else _ELSEWHERE
        vector_of = vectors.get(id_, ())
        candidate = replace(candidate, score=round(score, 4), cosine=cosine, kind=kind, asked=known, vector=vector_of)
        scored.append(candidate)
    return sorted(scored, key=lambda candidate: (-candidate.score, candidate.key))


def _leans(text: str) -> bool:
    """Whether a sentence needs the one before it: it begins with a pronoun, or draws a conclusion."""
    said = words(text)
    return said[:1] != [] and (said[0] in _LEANING or "therefore" in said or "thus" in said)
