"""Reads one question: the vector to search the articles with, what kind of question it is, and, of several in one
message, what answers it by itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from assistant import adapter, compose, evidence, own, parts
from assistant import intent as intents
from assistant.answer_type import wants_figure, wants_time
from assistant.condense import BARE, on_topic
from assistant.crux import BESIDE, CRUX, GRANTED, crux, granted
from assistant.intent import Intent, Intents
from assistant.outcome import FAR, NOTHING, Judgement, besides, judge, no_figure
from assistant.question import clean, parse
from assistant.retrieve import retrieve, towards
from assistant.subjects import Subjects
from assistant.text import terms
from ingest.embed import Encoder
from ingest.library import Library
from ingest.load import REFERENCE
from settings import Settings

ALL = 10_000
PRIVATE = 0.5
"""The probability from which a question is private; what follows it is, too,"""
SURELY = 0.8
"""but only from this where it was answered."""
FOREIGN = 0.96
"""The probability from which one of another field or for live data (“What's the weather in Manila?”) is not read with
the question before it; chosen between such ones and short follow-ups (“Is there a minimum size?”)."""


class Reader:
    """Reads questions; safe to use from many threads."""

    def __init__(self, settings: Settings, library: Library, encoder: Encoder) -> None:
        self._settings = settings
        self._library = library
        self._encoder = encoder
        self._adapter = adapter.load(encoder)
        self._lock = threading.Lock()
        self._intents: Intents | None = None

    def vectors(
        self, question: str, nearer: Sequence[tuple[str, float]], before: Sequence[str]
    ) -> tuple[Sequence[float], list[Intent]]:
        """The vector to search the articles with, and the kinds of the question and of those before it.

        Args:
            nearer: what the vector is moved towards, and how far.
        """
        nearer = [(text, weight) for text, weight in nearer if text != question]
        texts = list(dict.fromkeys((question, *(text for text, _ in nearer), *before)))
        vectors = dict(zip(texts, self._adapter.embed(texts), strict=True))
        kinds = [self.intent(vectors[text]) for text in (question, *before)]
        vector: Sequence[float] = vectors[question]
        for text, weight in nearer:
            vector = towards(vector, vectors[text], weight)
        return vector, kinds

    def part(self, ask: parts.Ask, subjects: Subjects, mine: Sequence[str], public: bool, known: bool) -> parts.Part:
        """What answers one question of several, searched by itself.

        Args:
            public: whether it is no question on the asker's own data, whatever it sounds like.
            known: whether the whole message is none.
        """
        if ask.bare:
            alone = self._better_alone(ask, subjects, mine, public, known)
            return alone or self.part(replace(ask, bare=""), subjects, mine, public, known)
        public = public or (known and ask.leans)  # what leans on no private question is none either
        one = parse(clean(ask.alone), subjects)
        settings, scope = self._settings.retrieval, (REFERENCE,)
        nearer = [(crux(one, subjects), CRUX), (granted(one.text), GRANTED), (ask.beside, BESIDE)]
        vector, (sound,) = self.vectors(one.text, nearer, ())
        found = retrieve(one.text, vector, self._library, settings, scope, ALL)
        gathered = evidence.gather(one, found, settings.hits, self._library, vector, subjects, scope)
        chosen = compose.compose(one, gathered, subjects).chosen
        said = own.Own()
        if mine:
            embed = self._encoder.embed_query
            said = own.find(one, sound.private, self._library, settings, subjects, mine, embed)
        intent = heard(sound, public)
        verdict = judge(one, intent, gathered, chosen)
        if ask.leans and verdict.missing == no_figure(one.text) and not wants_figure(ask.quoted):  # the one before does
            verdict = Judgement("answered")
        answered = verdict.outcome == "answered" and gathered.plain >= parts.ENOUGH
        bare = verdict.missing == NOTHING or not (answered or verdict.missing or subjects.find(ask.quoted))
        bare = bare and gathered.cosine >= FAR
        if bare and ask.after and not ask.leans:  # “How long does the whole thing take?”, “Which suits a small team?”
            return self.part(replace(ask, alone=ask.after, leans=True), subjects, mine, public, known)
        if said.chosen:
            verdict = besides(verdict, judge(one, intent, gathered, chosen, said.chosen), said.answers)
        best = compose.brief(one, gathered, subjects, parts.SENTENCES)
        if verdict.missing and wants_time(ask.quoted):  # what has no time is nothing on how long
            best = []
        refused = verdict.outcome == "refused"
        missing, note = (verdict.missing, None) if refused else (None, verdict.missing)
        hits, private = (*gathered.hits, *said.hits), sound.private > PRIVATE
        return parts.Part(
            ask.quoted, tuple(best), hits, answered, missing, note, said.chosen, ask.leans, private,
            sound.off + sound.chat + sound.live > FOREIGN, (one, gathered), ask.marked,
        )  # fmt: skip

    def alone(self, text: str, standalone: str, subjects: Subjects) -> bool:
        """Whether a follow-up that refers to nothing is better read without what was asked before."""
        if standalone == text or parts.refers(text) or BARE.match(text) or not terms(text):
            return False
        ask = parts.Ask(text, standalone, standalone, leans=True, bare=text)
        return self._better_alone(ask, subjects, (), True, True) is not None

    def _better_alone(
        self, ask: parts.Ask, subjects: Subjects, mine: Sequence[str], public: bool, known: bool
    ) -> parts.Part | None:
        """A short question read by itself, where that is better than with the one before it."""
        alone = self.part(ask.itself(), subjects, mine, public, known)
        topical = on_topic(ask.alone, ask.bare, subjects)
        with_ = self.part(replace(ask, alone=topical, beside=topical, bare=""), subjects, mine, public, known)
        return alone if parts.better(alone, with_) else None

    def intent(self, vector: Sequence[float]) -> Intent:
        """The kind of a question, by its unit vector."""
        with self._lock:
            if self._intents is None:
                self._intents = intents.load(self._adapter, self._settings.data_dir)
        return self._intents.judge(vector)


def heard(sound: Intent, public: bool) -> Intent:
    """The kind of a question; of one that follows a public one, what sounds private is general."""
    return replace(sound, general=sound.general + sound.private, private=0.0) if public else sound
