"""Verifiers by natural language inference: a model says whether sources entail a sentence that words cannot clear.

Two kinds: the embedded chat model with low-rank changes that make it a judge (`local`; eval/LOG.md has what it was
measured at), and any NLI cross-encoder that the setting `verifier` names. What stands in one source word for word is
cleared without a model. Else a sentence passes where one source, or two that may be joined, entail it and say its
numbers, which such models get wrong most (Naik et al., 2018); it is then close to the source, not proven by it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant import prompts
from assistant.chat_model import EmbeddedModel
from assistant.errors import ChatModelError
from assistant.evidence import Candidate
from assistant.support import likelihood
from assistant.verify import Verdict, Verifier, WordVerifier, bad_join, unfit, wrong_number
from settings import Settings

_ENOUGH = 0.75
"""Probability of entailment from which a sentence is shown: chosen for the embedded model on the open half of the
minimal pairs; whoever sets a cross-encoder should measure it with `python -m eval.verifier`."""
_NEAREST = 4
_NEAREST_LOCAL = 2
"""Sources that are asked, and that are joined in twos: those with most of the sentence's words. The embedded model
takes a second for each question, of which there are up to three a sentence."""


class Entailment(Protocol):
    """What says whether a premise entails a hypothesis."""

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """The probability for each (premise, hypothesis). Raises ChatModelError."""


class NliVerifier:
    """The word checks first; then the model, source by source, the nearest first."""

    def __init__(self, entails: Entailment, nearest: int = _NEAREST) -> None:
        self._words = WordVerifier()
        self._entails = entails
        self._nearest = nearest

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """The verdict, with the one or two sources that entail the sentence.

        Raises:
            ChatModelError: the model cannot be loaded or does not answer.
        """
        verdict = self._words.judge(sentence, sources)
        if verdict.support is not None or verdict.limited or unfit(sentence):
            return verdict
        near = sorted(sources, key=lambda source: (-likelihood(sentence, [source.text]), source.key))[: self._nearest]
        singles = [(source,) for source in near]
        joined = [pair for pair in combinations(near, 2) if not bad_join(sentence, pair)]
        best, reason = 0.0, "no source says it"
        for premises in (singles[:1], singles[1:], joined):
            scores = self._entails([(_text(premise), sentence) for premise in premises]) if premises else ()
            for score, premise in sorted(zip(scores, premises, strict=True), key=lambda entry: -entry[0]):
                best = max(best, score)
                if score < _ENOUGH:
                    break
                wrong = wrong_number(sentence, _text(premise))
                if not wrong:
                    return Verdict("close", score, premise)
                reason = wrong
        return Verdict(None, best, (), reason)


class Judge:
    """The embedded chat model as an Entailment."""

    def __init__(self, model: EmbeddedModel) -> None:
        self._model = model

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """As the Protocol says; about a second each."""
        try:
            return [1 / (1 + math.exp(-self._model.odds(prompts.judge(*pair)))) for pair in pairs]
        except ChatModelError as error:
            raise ChatModelError(f"what it wrote could not be checked: {error}") from error


class CrossEncoder:
    """A cross-encoder of sentence-transformers as an Entailment."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        """Args: load: gives a `sentence_transformers.CrossEncoder` with a label `entailment`, premise first."""
        self._name = name
        self._load = load

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """As the Protocol says."""
        model, entailment = self._model
        try:
            shares: Any = model.predict(list(pairs), apply_softmax=True, show_progress_bar=False)
        except Exception as error:  # whatever such a model fails with, the quoted answer stands
            raise ChatModelError(f"the verifier {self._name} does not answer: {error}") from error
        scores: list[float] = np.asarray(shares)[:, entailment].tolist()
        return scores

    @cached_property
    def _model(self) -> tuple[Any, int]:
        try:
            model = self._load()
            labels = {str(label).lower(): index for index, label in model.model.config.id2label.items()}
        except Exception as error:  # a damaged file raises what its library likes
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ChatModelError(f"settings: verifier: cannot load {self._name}: {first}") from error
        if "entailment" not in labels:
            said = ", ".join(sorted(labels))
            raise ChatModelError(f"settings: verifier: {self._name} has no label “entailment”, only {said}")
        return model, int(labels["entailment"])


def chosen(settings: Settings, judge: EmbeddedModel | None) -> Verifier:
    """The verifier that the settings name; a model is loaded when it is first asked.

    Args:
        settings: `verifier`.
        judge: for `local`; without it there are the word checks.
    """
    if settings.verifier == "words" or (settings.verifier == "local" and judge is None):
        return WordVerifier()
    if judge is not None:
        return NliVerifier(Judge(judge), _NEAREST_LOCAL)
    load = partial(_cross_encoder, settings.verifier, settings.offline)
    return NliVerifier(CrossEncoder(settings.verifier, load))


def _cross_encoder(name: str, offline: bool) -> Any:
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import CrossEncoder

    return CrossEncoder(name, device="cpu", local_files_only=offline or Path(name).is_dir())


def _text(premise: Sequence[Candidate]) -> str:
    return " ".join(source.text for source in premise)
