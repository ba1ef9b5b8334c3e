"""Slips of the pen in a question: unknown words that are nearly a word of a subject or of asking."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Container, Iterable

from assistant.text import STOP, stem

_ASKING_WORDS = frozenset(
    """
    advantages benefits better between cheaper compare comparison consider difference different disadvantages drawbacks
    examples explain meaning offshore outsource outsourced outsourcing provider reasons recommend should supplier vendor
    versus
    """.split()
)
_NEARLY = 0.8
"""Likeness (difflib's ratio) of what is looked at as a slip of the pen."""
_LONG, _TWICE = 10, 0.9
"""Words of so many letters may be a little further from the right one, if they are so like it."""
_SHORTEST = 5
"""Letters of a word that another is taken for; this has one more at least."""
_WORD = re.compile(rf"(?:^[A-Z]|(?<![\w'’-])[a-z])[a-z]{{{_SHORTEST},}}(?![\w'’-])")
"""A capital makes a name of a word, but for the first one."""


def dictionary(subjects: Iterable[str]) -> list[str]:
    """What a slip may be taken for: words of asking, and those of the library's subjects."""
    return sorted(_ASKING_WORDS.union(word for word in subjects if len(word) >= _SHORTEST))


def spelt(text: str, written: Collection[str], known: Container[str]) -> str:
    """The text with such words put right.

    Args:
        written: `dictionary`.
        known: stems of words of the text that the library says; these are left as they are, and so are names.
    """

    def right(match: re.Match[str]) -> str:
        word = match.group()
        said = word.lower()
        if stem(said) in known or said in STOP or said in written:
            return word
        near = [one for one in difflib.get_close_matches(said, written, cutoff=_NEARLY) if _slip(said, one)]
        best = min(near, key=lambda one: (not _doubled(said, one), len(one) != len(said)), default=said)
        return word if best == said else best if word == said else best.capitalize()

    return _WORD.sub(right, text)


def _doubled(word: str, right: str) -> bool:
    """Whether they differ in how often letters in a row stand: “ofshore” is “offshore”, and not “onshore”."""
    single = re.compile(r"(.)\1+")
    return single.sub(r"\1", word) == single.sub(r"\1", right)


def _slip(word: str, right: str) -> bool:
    """Whether one letter is missing, too many, wrong, or changed places with the next; not the first, nor an ending.

    Long words may have two such slips (“phillipines”).
    """
    if word[0] != right[0] or ((word.startswith(right) or right.startswith(word)) and right != word + word[-1]):
        return False
    if min(len(word), len(right)) >= _LONG and difflib.SequenceMatcher(None, word, right).ratio() >= _TWICE:
        return True
    while word and right and word[0] == right[0]:
        word, right = word[1:], right[1:]
    while word and right and word[-1] == right[-1]:
        word, right = word[:-1], right[:-1]
    return (len(word) <= 1 and len(right) <= 1) or (len(word) == 2 and word == right[::-1])
