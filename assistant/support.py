"""How likely it is that texts support a sentence: a score from shared words alone, for ranking, not for showing.

Logistic regression on six features, fitted on the development half of WiCE (Kamoi et al., 2023: claims of Wikipedia
with the articles that they cite). On the test half the share of words alone has an AUC of 0.70, this score 0.78
(`python -m eval.verifier --wice FILE`). It cannot see a negation, a swapped name or two facts wrongly joined: on
minimal pairs it guesses, so nothing is shown because of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Sequence
from itertools import pairwise

from assistant.text import content, words

WEIGHTS = (0.73, 1.827, 1.787, 1.241, 0.828, -0.127)
BIAS = -4.303
_WINDOW = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITAL = re.compile(r"(?<!^)\b[A-Z][\w'’-]+")


def likelihood(sentence: str, texts: Sequence[str]) -> float:
    """The probability, 0 to 1, that the texts (sentences of one source, in order) support the sentence."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, features(sentence, texts), strict=True))
    return 1 / (1 + math.exp(-total))


def features(sentence: str, texts: Sequence[str]) -> tuple[float, ...]:
    """Shares of the sentence in the texts, and how many content words are missing.

    Content words in all texts and in three running ones, numbers, names, pairs of content words.
    """
    said = content(sentence)
    wanted = list(dict.fromkeys(said))
    parts = [content(text) for text in texts]
    held = [set(part) for part in parts]
    whole = set().union(*held)
    windows = (set().union(*held[at : at + _WINDOW]) for at in range(len(held)))
    near = {pair for part in parts for step in (1, 2) for pair in zip(part, part[step:], strict=False)}
    given = " ".join(texts)
    spoken = set(words(given))
    return (
        _share(wanted, whole),
        max((_share(wanted, window) for window in windows), default=0.0),
        _share(_NUMBER.findall(sentence), set(_NUMBER.findall(given)), none=1.0),
        _share([frozenset(words(name)) <= spoken for name in _CAPITAL.findall(sentence)], {True}, none=1.0),
        _share(list(pairwise(said)), near),
        float(sum(one not in whole for one in wanted)),
    )


def _share(wanted: Sequence[Hashable], given: Collection[Hashable], none: float = 0.0) -> float:
    return sum(one in given for one in wanted) / len(wanted) if wanted else none
