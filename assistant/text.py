"""Words: the terms of a question, their stems, and how much of one text's content stands in another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:\.\d+)*")
_PORTER = snowballstemmer.stemmer("porter")  # the stemmer of SQLite's FTS5, so that the two agree

STOP = frozenset(
    """
    a about above after again against all also am an and any are aren't as at be because been before being below
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each else
    ever few for from further get give given go had has have having he her here hers him his how how's i i'd i'll
    i'm i've if in into is isn't it it's its itself just let like made make makes many may me might more most much
    must my no nor not of off on once one only or other our ours out over own per please really same say she should
    shouldn't so some such tell than that that's the their theirs them then there there's these they they're this
    those through to too under until up upon us use used using very was wasn't we we're were weren't what what's
    when where whether which while who who's whom whose why will with within without won't would wouldn't yes yet
    you you're your yours
    """.split()
)
"""Function words: not searched for."""


def words(text: str) -> list[str]:
    """Lower-case words of a text, accents and apostrophes kept."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Porter stem of a lower-case word, accents removed and a possessive cut, as FTS5 sees it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    plain = re.sub(r"'s?$", "", plain)
    if len(plain) < 3:  # FTS5 leaves these as they are
        return plain
    if plain.endswith("bly") and len(plain) > 5:  # as FTS5: bli → ble
        plain = f"{plain[:-1]}e"
    stemmed = str(_PORTER.stemWord(plain))
    if stemmed.endswith("logi") and len(stemmed) > 5:  # FTS5 has Porter's later rule, logi → log
        return stemmed[:-1]
    return stemmed


def terms(text: str) -> list[str]:
    """The content words of a text, in order, each once."""
    return [word for word in dict.fromkeys(words(text)) if word not in STOP and (len(word) > 1 or word.isdigit())]


def stems(text: str) -> list[str]:
    """Stems of the content words of a text, in order, each once."""
    return list(dict.fromkeys(stem(term) for term in terms(text)))


def content(text: str) -> list[str]:
    """Stems of the words of a text that are no stop words, in order, as often as they are said."""
    return [stem(word) for word in words(text) if word not in STOP]


@lru_cache(maxsize=20_000)
def stem_set(text: str) -> frozenset[str]:
    """Stems of every word of a text, stop words too."""
    return frozenset(stem(word) for word in words(text))


def coverage(wanted: Iterable[str], present: Collection[str], weight: Callable[[str], float]) -> float:
    """The weighted share of the stems `wanted` that are `present`: 0 to 1; 0 where nothing is wanted."""
    total = held = 0.0
    for one in wanted:
        value = weight(one)
        total += value
        held += value if one in present else 0.0
    return held / total if total else 0.0


def count_words(text: str) -> int:
    """Words of a text as a reader counts them."""
    return len(text.split())
