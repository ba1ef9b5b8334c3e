"""Two places that are compared: “Indian or Polish developers”."""

from __future__ import annotations

from assistant.places import named
from assistant.subjects import Subject, Subjects
from assistant.text import stem

_DISTANCES = frozenset((stem(word),) for word in "onshore nearshore offshore onshoring nearshoring offshoring".split())


def apart(a: str, b: str, subjects: Subjects) -> tuple[Subject, Subject] | None:
    """The places that tell the texts of two sides apart, where nothing else does: “nearshore in Mexico or offshore in
    the Philippines”, but not “BPO in the Philippines or KPO in India”."""
    left, right = (_place(text, subjects) for text in (a, b))
    if not left or not right:
        return None
    of_a, of_b = (
        {one.stems for one in subjects.find(text)} - {place.stems} - _DISTANCES
        for text, place in ((a, left), (b, right))
    )
    return (left, right) if of_a <= of_b or of_b <= of_a else None


def _place(text: str, subjects: Subjects) -> Subject | None:
    """The only place that a text names, by whatever word, if the library has something on it."""
    places = named(text)
    found = subjects.find(next(iter(places))) if len(places) == 1 else ()
    return found[0] if found else None
