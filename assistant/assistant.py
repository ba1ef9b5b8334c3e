"""The Assistant: a question goes in, events come out. The command line, the page and the evaluation all use this."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from assistant import chat_model, compose, draft, evidence, layout, nli, own, parts, prompts
from assistant.asks import to_the_point
from assistant.chat_model import ChatModel, Stopped, never
from assistant.condense import READ, answered, beside, condense, form, repeats, rewrite
from assistant.crux import BESIDE, CRUX, GRANTED, crux, granted
from assistant.errors import ChatModelError, OutOfTime
from assistant.evidence import Evidence
from assistant.layout import Composition
from assistant.outcome import besides, judge
from assistant.question import Question, clean, courtesy, parse
from assistant.reader import ALL, PRIVATE, SURELY, Reader, heard
from assistant.retrieve import retrieve
from assistant.subjects import Subjects
from assistant.text import count_words, stems
from assistant.types import (
    Answer,
    Answered,
    Composed,
    Dropped,
    Event,
    Fingerprints,
    Found,
    Replaced,
    Role,
    Searching,
    Sentence,
    SentenceReady,
    Timings,
    Turn,
)
from assistant.verify import Verifier
from ingest import embed
from ingest.embed import Encoder
from ingest.library import Library
from ingest.load import REFERENCE
from ingest.sync import open_library
from ingest.types import Hit
from settings import Settings

_NEAREST = 3
_NO_MORE = "The library says hardly more on this than the answer above."
_CONDENSE_S = 5.0
"""Seconds that a larger model has for making a question stand alone."""
_SETTLING_S = 5.0
"""Seconds that the end of the program waits for a verifier that is at work."""
_LOADING_S = 30.0
"""Added to the time limit of a question that meets a chat model which is still loading."""


class Assistant:
    """Answers from a library; safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        encoder: Encoder,
        model: ChatModel | None,
        verifier: Verifier | None = None,
    ) -> None:
        """Args: model: None where nothing is to be drafted; verifier: instead of the settings' one."""
        self.settings = settings
        self.library = library
        self.model = model
        self.encoder = encoder
        self._judge = None if verifier else chat_model.judging(settings, model)
        self._verifier = verifier or nli.chosen(settings, self._judge)
        self.reader = Reader(settings, library, encoder)
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int], Subjects, Fingerprints, str, tuple[str, ...]] | None = None

    def close(self) -> None:
        """Ends the chat model and closes the library."""
        self.end_model()
        self.library.close()

    def end_model(self) -> None:
        """Ends the chat model, even one that is still loading, and the verifier's."""
        for model in (self.model, self._judge):
            if model is not None:
                model.close()
        draft.settle(_SETTLING_S)

    def warm(self) -> None:
        """Loads what the composed answer needs and tries it once, so that the first question does not wait for it."""
        for event in self.stream("What is outsourcing?"):
            if isinstance(event, Composed):
                return

    @property
    def ready(self) -> bool:
        """Whether the chat model and the embedded judge, where there are such, are loaded."""
        return all(model is None or model.ready for model in (self.model, self._judge))

    def warm_model(self) -> None:
        """Loads the chat model, if there is one, and what judges it, ahead of the first question.

        Raises:
            ChatModelError: it cannot be loaded; answers are then composed.
        """
        for model in (self.model, self._judge):
            if model is not None:
                model.warm()

    def ask(self, question: str, history: Sequence[Turn] = (), scope: Sequence[str] | None = None) -> Answer:
        """The final answer: drains `stream`."""
        for event in self.stream(question, history, scope):
            if isinstance(event, Answered):
                return event.answer
        raise AssertionError("a stream ends with Answered")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Sequence[str] | None = None,
        stopped: Stopped = never,
    ) -> Iterator[Event]:
        """The answer as it comes about.

        Args:
            question: as typed.
            history: earlier turns, oldest first.
            scope: collections to search; all of them by default.
            stopped: once it says so, the model's writing ends and the answer is what stands by then.

        Raises:
            QuestionError: empty or too long.
            LibraryError: nothing ingested, made by another model, or damaged.
        """
        clock = _Clock()
        text = clean(question)
        subjects, marks, index, collections = self._subjects()
        text = subjects.spelt(to_the_point(text), self.library.frequencies(stems(text)))
        within = tuple(scope) if scope is not None else collections
        standalone = clean(self._condense(text, history, subjects, stopped))
        if REFERENCE in within and not form(text) and self.reader.alone(text, standalone, subjects):
            standalone, history = text, ()
        yield Searching(standalone)
        parsed = parse(standalone, subjects)
        followed = not text.endswith(standalone) and not parts.FIRST_PERSON.search(text)
        before = [turn.content[:READ] for turn in history if followed and turn.role == "user"][-1:]
        nearer = [(crux(parsed, subjects), CRUX), (granted(parsed.text), GRANTED)]
        nearer.append((beside(text, history, standalone, subjects), BESIDE))
        vector, (sound, *last) = self.reader.vectors(parsed.text, nearer if REFERENCE in within else (), before)
        mine = [collection for collection in within if collection != REFERENCE]
        searched = (REFERENCE,) if REFERENCE in within else within  # the user's own are searched by themselves
        if REFERENCE not in within:
            vector = self.encoder.embed_query(standalone) if mine else []
        found = retrieve(parsed.text, vector, self.library, self.settings.retrieval, searched, ALL)
        limit = self.settings.retrieval.hits
        clock.found = clock.now()
        yield Found(tuple(found.hits[:limit]))
        gathered = evidence.gather(parsed, found, limit, self.library, vector, subjects, searched)
        composition = compose.compose(parsed, gathered, subjects)
        private = SURELY if answered(history) else PRIVATE
        public = followed and not any(one.private > private for one in last)
        said = own.Own()
        if mine and REFERENCE in within and not courtesy(text):
            retrieval, embed = self.settings.retrieval, self.encoder.embed_query
            said = own.find(parsed, sound.private, self.library, retrieval, subjects, mine, embed)
        judgement = judge(parsed, heard(sound, public), gathered, composition.chosen)
        alone = bool(said.chosen) and judgement.outcome != "answered"
        if said.chosen:
            with_own = judge(parsed, heard(sound, public), gathered, composition.chosen, said.chosen)
            composition = compose.compose(parsed, gathered, subjects, said.chosen, alone)
            judgement = besides(judgement, with_own, said.answers)
        every: list[parts.Part] = []
        if REFERENCE in within and not courtesy(text):
            known = sound.private <= PRIVATE
            asks = parts.each(text, history, subjects)
            if not asks and text.rstrip("?.! ") not in standalone:  # “What about accounting?”, after two questions
                before_it = next((turn.content for turn in reversed(history) if turn.role == "user"), "")
                asks = parts.anew(standalone, before_it, subjects)
            every = [self.reader.part(ask, subjects, mine, public, known) for ask in asks]

        def composing(lead: parts.Part | None, others: Sequence[parts.Part]) -> Composition:
            if lead and lead.found:
                return compose.compose(*lead.found, subjects, parts.joined(lead.own, said.chosen), parts=others)
            return compose.compose(parsed, gathered, subjects, said.chosen, alone, others)

        judgement, composition, lead, others = parts.fit(every, judgement, composition, composing, bool(said.chosen))
        if every and judgement.outcome == "answered" and (rest := parts.too_many(text)):
            judgement = replace(judgement, missing=f"{judgement.missing or ''} {rest}".strip())
        follows = standalone != text and parsed.room != "brief" and not form(text)
        said_again = follows and repeats([one.text for one in composition.chosen], history)
        if said_again and judgement.outcome == "answered" and not judgement.missing:
            judgement = replace(judgement, missing=_NO_MORE)
        if lead and lead.found:
            parsed, gathered = lead.found
            said = own.Own((*lead.hits, *said.hits), parts.joined(lead.own, said.chosen))
        asked = question.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair could not be printed
        hits: dict[str, Hit] = {}
        for hit in (*gathered.hits, *said.hits, *(hit for part in others for hit in part.hits)):
            hits.setdefault(hit.passage.id, hit)
        answer = Answer(
            asked, standalone, within, judgement.outcome, judgement.missing, parsed.shape, "composed", "",
            hits=tuple(hits.values()), index=index, model=marks.model, fingerprints=marks,
        )  # fmt: skip
        near = () if judgement.private else gathered.candidates[:_NEAREST]
        answer = layout.laid_out(answer, composition, near, said.chosen)
        drafting = answer.outcome == "answered" and self.model is not None and self.settings.answer_mode != "composed"
        clock.composed = clock.now()
        yield Composed(replace(answer, timings=clock.timings()), drafting)
        if drafting and self.model is not None:
            limit = compose.room(parsed, others)
            for event in self._draft(self.model, parsed, gathered, composition, limit, answer, clock, stopped):
                if isinstance(event, Answer):
                    answer = event
                else:
                    yield event
            if answer.mode == "drafted":
                yield Replaced(answer)
        yield Answered(replace(answer, timings=clock.timings()))

    def _condense(self, question: str, history: Sequence[Turn], subjects: Subjects, stopped: Stopped) -> str:
        """By a larger model, if there is one to draft; else, and where that fails, by rules."""
        rewritten = None
        if history and self.model is not None and not self.model.small and self.settings.answer_mode != "composed":
            rewritten = rewrite(self.model, question, history, time.monotonic() + _CONDENSE_S, stopped)
        return rewritten or condense(question, history, subjects)

    def _subjects(self) -> tuple[Subjects, Fingerprints, str, tuple[str, ...]]:
        """What is known of the library as a whole, read again when it has changed."""
        with self._lock:
            state = self.library.version()
            if self._known is None or self._known[0] != state:
                if self._known is not None and self._known[0][0] != state[0]:  # another process has ingested
                    self.library.refresh()
                self.library.require()
                cards = self.library.cards()
                marks = self._fingerprints()
                index = _digest(f"{marks.library}/{marks.settings}/{marks.prompts}")
                collections = tuple(sorted({card.collection for card in cards})) or (REFERENCE,)
                self._known = (state, Subjects(cards), marks, index, collections)
            return self._known[1:]

    def _fingerprints(self) -> Fingerprints:
        settings = f"{self.settings.retrieval.model_dump_json()}/{self.settings.answer_mode}"
        if self.model is not None:
            settings += f"/{self.settings.draft.model_dump_json()}/{self.settings.verifier}"
        return Fingerprints(
            library=self.library.content_fingerprint(),
            model=self.model.name if self.model else "none",
            settings=_digest(settings),
            prompts=prompts.FINGERPRINT,
            program=version("outsourcing-assistant"),
        )

    def _draft(
        self,
        model: ChatModel,
        question: Question,
        gathered: Evidence,
        composition: Composition,
        limit: int,
        answer: Answer,
        clock: _Clock,
        stopped: Stopped,
    ) -> Iterator[Event | Answer]:
        """Sentences of the model that pass; last, the answer with them. If anything fails, the composed one stands."""
        own_only = composition.head and not composition.own  # what it writes will stand under the user's documents
        others = () if own_only or model.small else gathered.candidates
        end = len(composition.chosen) - composition.further
        known = draft.facts(composition.chosen[composition.own : end], others)
        book = draft.Book(answer.citations)
        kept: list[Sentence] = []
        dropped: list[Dropped] = []
        notice = late = None
        again = 0
        try:
            deadline = clock.start + self.settings.draft.time_limit_s + (0 if self.ready else _LOADING_S)
            for raw in draft.write(model, question.text, known, self.settings.draft, deadline, stopped):
                text = draft.without_markers(raw)
                if draft.repeats(text, (*kept, *dropped)):
                    again += 1
                    if again == draft.AGAIN:
                        break
                    continue
                verdict = draft.judged(self._verifier, text, known, deadline + draft.JUDGING_S, stopped)
                if verdict is None:
                    late = "there was no time left to check what it wrote"
                    break
                if verdict.support is None:
                    dropped.append(Dropped(text, verdict.reason))
                    if model.small and len(dropped) - len(kept) >= draft.HOPELESS:
                        break
                    continue
                if draft.words(f"{composition.head} {composition.tail}", kept) + count_words(text) > limit:
                    late = "there was no room for what it wrote"
                    break
                numbers = tuple(book.number(source) for source in verdict.sources)
                role: Role = "verdict" if not kept else "claim"
                kept.append(Sentence(text, role, numbers, verdict.support, round(verdict.score, 4)))
                clock.first = clock.first or clock.now()
                yield SentenceReady(kept[-1])
        except OutOfTime as error:  # what has passed by now counts
            late = str(error)
        except ChatModelError as error:
            notice = str(error)
        made = draft.merged(answer, limit, composition, kept, dropped, book, notice)
        yield replace(made, notice=late) if late and made.mode == "composed" else made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class _Clock:
    """Milliseconds since the question."""

    start: float = 0.0
    found: float = 0.0
    composed: float = 0.0
    first: float | None = None

    def __post_init__(self) -> None:
        self.start = time.monotonic()

    def now(self) -> float:
        """Milliseconds until now."""
        return round((time.monotonic() - self.start) * 1000, 1)

    def timings(self) -> Timings:
        """As the answer carries them."""
        return Timings(self.found, self.composed, self.first, self.now())


def create(settings: Settings) -> Assistant:
    """The assistant that the settings describe. The chat model is not loaded yet.

    Raises:
        ChatModelError: drafting is asked for, and no chat model is set.
        WeightsError: the embedding model is missing or damaged.
        LibraryError: the library cannot be opened.
    """
    model = None if settings.answer_mode == "composed" else chat_model.create(settings)
    encoder = embed.create(settings)
    library = open_library(settings, encoder)
    return Assistant(settings, library, encoder, model)
