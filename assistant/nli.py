"""A verifier by natural language inference: a cross-encoder that the setting `verifier` names, on the sources' words.

Optional: no such weights come with the program, and none were at hand to measure it with. A sentence passes where one
source, or two that may be joined, entail it, and the sources say its numbers, which such models get wrong most (Naik
et al., 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import ChatModelError
from assistant.evidence import Candidate
from assistant.support import likelihood
from assistant.verify import Verdict, bad_join, unfit, wrong_number

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_NEAREST = 4
"""Sources that are asked, and that are joined in twos: those with most of the sentence's words."""
_ENOUGH = 0.8
"""Probability of entailment above which a sentence is shown; 0.5 is a guess between three labels."""


class NliVerifier:
    """Asks a cross-encoder whether the sources entail a sentence."""

    def __init__(self, model: CrossEncoder) -> None:
        """Args: model: with a label `entailment`, premise first.

        Raises:
            ChatModelError: it has no such label.
        """
        inner: Any = model.model
        labels = {str(label).lower(): index for index, label in inner.config.id2label.items()}
        if "entailment" not in labels:
            raise ChatModelError(f"the verifier has no label “entailment”, only {', '.join(sorted(labels))}")
        self._model = model
        self._entailment = int(labels["entailment"])

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        """The verdict, with the one or two sources that entail the sentence."""
        if reason := unfit(sentence):
            return Verdict(None, 0.0, (), reason)
        asked = list(_premises(sentence, sources))
        if not asked:
            return Verdict(None, 0.0, (), "there is no source")
        texts = [(" ".join(source.text for source in premise), sentence) for premise in asked]
        shares: Any = self._model.predict(texts, apply_softmax=True, show_progress_bar=False)
        scores = np.asarray(shares)[:, self._entailment]
        best = int(scores.argmax())
        premise, score = asked[best], float(scores[best])
        if score < _ENOUGH:
            return Verdict(None, score, (), "no source says it")
        if reason := wrong_number(sentence, texts[best][0]):
            return Verdict(None, score, premise, reason)
        return Verdict("supported", score, premise)


def create(name: str, *, offline: bool) -> NliVerifier:
    """The verifier that the settings name: a folder, or a name on the Hugging Face Hub.

    Raises:
        ChatModelError: it cannot be loaded.
    """
    from sentence_transformers import CrossEncoder

    try:
        return NliVerifier(CrossEncoder(name, device="cpu", local_files_only=offline))
    except (OSError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ChatModelError(f"cannot load the verifier {name}: {first}") from error


def _premises(sentence: str, sources: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Each near source by itself, then each two that a sentence may join."""
    near = sorted(sources, key=lambda source: (-likelihood(sentence, [source.text]), source.key))[:_NEAREST]
    yield from ((source,) for source in near)
    for index, left in enumerate(near):
        for right in near[index + 1 :]:
            if not bad_join(sentence, (left, right)):
                yield (left, right)
