"""A verifier by natural language inference: a cross-encoder that the setting `verifier` names, on the sources' words.

Optional: no such weights come with the program, and none were at hand to measure it with. A sentence passes where one
source, or else two that may be joined, entail it and say its numbers, which such models get wrong most (Naik et al.,
2018).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import ChatModelError
from assistant.evidence import Candidate
from assistant.support import likelihood
from assistant.verify import Verdict, Verifier, WordVerifier, bad_join, unfit, wrong_number
from settings import Settings

_NEAREST = 4
"""Sources that are asked, and that are joined in twos: those with most of the sentence's words."""
_ENOUGH = 0.8
"""Probability of entailment above which a sentence is shown; a guess between three labels is 0.33."""


class NliVerifier:
    """Asks a cross-encoder whether the sources entail a sentence."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        """Args: load: gives a `sentence_transformers.CrossEncoder` with a label `entailment`, premise first."""
        self._name = name
        self._load = load

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """The verdict, with the one or two sources that entail the sentence.

        Raises:
            ChatModelError: the cross-encoder cannot be loaded or does not answer.
        """
        if reason := unfit(sentence):
            return Verdict(None, 0.0, (), reason)
        near = sorted(sources, key=lambda source: (-likelihood(sentence, [source.text]), source.key))[:_NEAREST]
        best, reason = 0.0, "no source says it"
        for premises in ([(source,) for source in near], list(_joined(sentence, near))):
            for score, premise in sorted(self._scored(sentence, premises), key=lambda entry: -entry[0]):
                best = max(best, score)
                if score < _ENOUGH:
                    break
                wrong = wrong_number(sentence, _text(premise))
                if not wrong:
                    return Verdict("supported", score, premise)
                reason = wrong
        return Verdict(None, best, (), reason)

    def _scored(
        self, sentence: str, premises: Sequence[tuple[Candidate, ...]]
    ) -> list[tuple[float, tuple[Candidate, ...]]]:
        if not premises:
            return []
        model, entailment = self._model
        try:
            shares: Any = model.predict(
                [(_text(premise), sentence) for premise in premises], apply_softmax=True, show_progress_bar=False
            )
        except Exception as error:  # whatever such a model fails with, the quoted answer stands
            raise ChatModelError(f"the verifier {self._name} does not answer: {error}") from error
        return list(zip(np.asarray(shares)[:, entailment].tolist(), premises, strict=True))

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


def chosen(settings: Settings) -> Verifier:
    """The verifier that the settings name. A cross-encoder is loaded when it is first asked."""
    if settings.verifier == "words":
        return WordVerifier()
    return NliVerifier(settings.verifier, partial(_cross_encoder, settings.verifier, settings.offline))


def _cross_encoder(name: str, offline: bool) -> Any:
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import CrossEncoder

    return CrossEncoder(name, device="cpu", local_files_only=offline or Path(name).is_dir())


def _text(premise: Sequence[Candidate]) -> str:
    return " ".join(source.text for source in premise)


def _joined(sentence: str, near: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Each two sources that a sentence may join."""
    for index, left in enumerate(near):
        for right in near[index + 1 :]:
            if not bad_join(sentence, (left, right)):
                yield (left, right)
