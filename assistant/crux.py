"""What a question asks, without the circumstances that it tells.

“We run payroll for 300 people in Poland through a bureau. Must it let our auditors in?” names much and asks about audit
rights. The question's vector is moved towards that of what it asks: its asking sentence, without the places it names
and, where it asks for a fact, without the business function. The circumstances still count, in the question's own
vector, in its words, and in what is left out as being about another function or country.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant import places
from assistant.question import SENTENCE, Question, Subjects, besides
from assistant.text import terms

# Chosen on the development split and on 80 questions that explorers wrote (eval/LOG.md).
CRUX, WIDER = 0.3, 0.35
"""How far a question's vector is moved towards that of its crux, and of the question with the one before it."""
_ANY_FUNCTION = "service"
_ENOUGH = 3
"""Content words besides the subjects: “What are the risks of payroll?” asks about payroll."""


def crux(question: Question, subjects: Subjects) -> str:
    """What the question asks; the question itself where that would leave next to nothing."""
    sentences = SENTENCE.split(question.text)
    asking = [one for one in sentences if one.endswith("?") or (one is sentences[-1] and not one.endswith("."))]
    asking = asking or sentences[-1:]
    text = places.without(" ".join(asking))
    if question.shape in ("lookup", "list") and len(besides(text, question.subjects)) >= _ENOUGH:
        for subject in question.subjects:
            if any(subjects.kind(id_) == "decision" for id_ in subject.documents):
                said = r"\W+".join(map(re.escape, subject.phrase.split()))
                text = re.sub(rf"\b{said}\b", _ANY_FUNCTION, text, flags=re.I)
    return text if len(terms(text)) > 1 else question.text


def towards(vector: Sequence[float], other: Sequence[float], weight: float) -> list[float]:
    """A unit vector moved so far (0 to 1) towards another, length 1."""
    moved = (1 - weight) * np.asarray(vector) + weight * np.asarray(other)
    made: list[float] = (moved / np.linalg.norm(moved)).tolist()
    return made
