"""What a question asks, without the circumstances that it tells.

“We run payroll for 300 people in Poland through a bureau. Must it let our auditors in?” names much and asks about audit
rights. The question's vector is moved towards that of what it asks: its asking sentence, without the places it names
and, where it asks for a fact, without the business function. The circumstances still count, in the question's own
vector, in its words, and in what is left out as being about another function or country.
"""

from __future__ import annotations

import re

from assistant import places
from assistant.question import SENTENCE, Question, Subjects, besides
from assistant.text import terms

# Chosen on the development split and on questions that explorers wrote (eval/LOG.md).
CRUX, BESIDE = 0.3, 0.55
"""How far a question's vector is moved towards that of its crux, and of what a follow-up is read as, too."""
_ANY_FUNCTION = "service"
_NOTHING = frozenset("help explain advise advice idea ideas thought thoughts tell regards thanks".split())
"""“Could you help me?” asks nothing."""
_ENOUGH = 3
"""Content words besides the subjects: “What are the risks of payroll?” asks about payroll."""


def crux(question: Question, subjects: Subjects) -> str:
    """What the question asks; the question itself where that would leave next to nothing."""
    sentences = SENTENCE.split(question.text)
    asking = [one for one in sentences if one.endswith("?") or (one is sentences[-1] and not one.endswith("."))]
    asking = [one for one in asking if set(terms(one)) - _NOTHING] or sentences[-1:]
    text = " ".join(asking)
    if len(terms(text)) < 2:  # “Can we stop them?” asks of what was told
        text = question.text
    if question.shape != "comparison" and len(places.named(text)) == 1 and not _in_a_name(question):
        text = places.without(text)
    if question.shape in ("lookup", "list") and len(besides(text, question.subjects)) >= _ENOUGH:
        for subject in question.subjects:
            if any(subjects.kind(id_) == "decision" for id_ in subject.documents):
                said = r"\W+".join(map(re.escape, subject.phrase.split()))
                text = re.sub(rf"\b{said}\b", _ANY_FUNCTION, text, flags=re.I)
    return text if len(terms(text)) > 1 else question.text


def _in_a_name(question: Question) -> bool:
    """Whether a place is part of what a subject is called: the European Banking Authority."""
    return any(" " in subject.phrase and places.named(subject.phrase) for subject in question.subjects)
