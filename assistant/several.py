"""Follow-ups on two or more that were spoken of: “the second one”, “which of the two”, “compare that to Romania”."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.question import SENTENCE, besides, parse
from assistant.subjects import Subject, Subjects
from assistant.text import words

_NTH_OF = re.compile(
    r"\bthe (?P<nth>first|former|second|third|latter)"
    r"(?: (?:one|option|kind|type|model|way)\b(?! to\b)|(?<=former)\b|(?<=latter)\b"
    r"|(?= or the (?:second|third|latter)\b)|(?<=or the second)\b|(?<=or the third)\b"
    r"|(?=[?.!,;]|$))",
    re.I,
)
_NTH = {"first": 0, "former": 0, "second": 1, "third": 2, "latter": -1}
_WHICH_OF = re.compile(
    r"\b(?:which|who|what) (?:one )?of (?:the two|them|those|these)\b"
    r"(?=\W*$|[,;:]|\s+(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|costs?|suits?|fits?|needs?|pays?"
    r"|works?|takes?|wins?|comes?|makes|gives)\b(?! of\b))"
    r"|\bof the two\b(?=\W*$|[,;:])"
    r"|\b(?:in|of|for|with|under|to|on) (?:each|either|both)\b"
    r"(?: (?:case|one|of (?:them|the two|these|those)))?(?=\W*$)",
    re.I,
)
_COMPARE_THAT = re.compile(
    r"^(?:(?:and|so|now|ok|okay|please)[, ]+)*(?:(?:compare|contrast) (?:it|that|this|them|those)"
    r"|how (?:does|do|would) (?:it|that|this|they|those) compare) (?:to|with|against) (?P<rest>.+?)[?.! ]*$",
    re.I,
)
_THE_TWO = re.compile(r"\bthe two\b|\b(?:each|either|both)\b", re.I)
_BETWEEN = re.compile(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+", re.I)
_FOR = re.compile(r"\bfor\b", re.I)
_LAST_OF = re.compile(r",? (?:and|or) [^,]+$", re.I)


def _sides(context: str, whole: str, subjects: Subjects) -> tuple[Subject, ...]:
    """The two that were compared before, if any were."""
    return parse(context, subjects).sides or parse(whole, subjects).sides or ()


def nth_of(question: str, asked: Sequence[str], context: str, whole: str, subjects: Subjects) -> str | None:
    """A question on “the first one” with its name, of several that a question lists, of two that were compared, or of
    two kinds of work asked about in turn (`asked`); None where there are none."""
    if not _NTH_OF.search(question):
        return None
    last = _FOR.split(SENTENCE.split(context)[-1])[0]
    if len(_BETWEEN.split(last)) > 2:
        sides = _listed(last, subjects)
    else:
        works = {one.stems[-1]: one for turn in asked for one in subjects.find(turn) if subjects.special([one])}
        sides = _sides(context, whole, subjects) or tuple(works.values())
    said = [_NTH[match["nth"].lower()] for match in _NTH_OF.finditer(question)]
    if len(sides) < 2 or max(said) >= len(sides) or (len(sides) > 2 and min(said) < 0):
        return None
    named = _NTH_OF.sub(lambda match: subjects.written_as(sides[_NTH[match["nth"].lower()]]), question)
    return None if _NTH.keys() & set(words(named)) else named  # “the first, second or third”


def _listed(text: str, subjects: Subjects) -> tuple[Subject, ...]:
    """What a text lists, if it is sure which: “Payroll, bookkeeping or tax returns?”"""
    parts = _BETWEEN.split(text)
    found = [subjects.find(part) for part in parts]
    if not _LAST_OF.search(text) or any(len(one) != 1 for one in found):
        return ()
    bare = all(is_whole(part, one) for part, one in zip(parts[1:], found[1:], strict=True))
    return tuple(one[0] for one in found) if bare else ()


def which_of(question: str, context: str, whole: str, subjects: Subjects) -> str | None:
    """“Which of the two …?” with their names; None where that is not what is asked, or it names two itself."""
    if not of_several(question) or _names_two(question, subjects):
        return None
    the_two = context == whole or _THE_TWO.search(question)  # “Which of those cities …?”: of what was answered last
    sides = _sides(context, whole, subjects) if the_two else ()
    return _versus(question, sides) if sides else None


def of_several(question: str) -> bool:
    """Whether a question asks which of those that were spoken of, or of each of them."""
    return bool(_WHICH_OF.search(question))


def _names_two(question: str, subjects: Subjects) -> bool:
    """Whether a question names the two of which it asks."""
    return parse(question, subjects).sides is not None or len(subjects.find(question)) > 1


def compared(topic: Sequence[Subject], question: str, context: str, whole: str, subjects: Subjects) -> str | None:
    """“And the cost?”, after two were compared, compares them in that; None where that is not what is asked."""
    sides = _sides(context, whole, subjects)
    others = [one for one in topic if all(one.stems != side.stems for side in sides)]
    if len(sides) != 2 or len(topic) - len(others) != 2 or not all(is_place(one, subjects) for one in others):
        return None
    made = _versus(question, sides)
    return made if parse(made, subjects).aspect else None


def _versus(question: str, sides: Sequence[Subject]) -> str:
    """A question with the two that it is about in brackets."""
    return f"{question.rstrip('?.! ')} ({' vs '.join(one.phrase for one in sides)})?"


def compared_with(question: str, context: str, subjects: Subjects) -> str | None:
    """What was spoken of, compared with something else of its kind: “Compare that to Romania.”; None where that is not
    what is asked."""
    other = _COMPARE_THAT.match(question)
    new = subjects.find(other["rest"]) if other else ()
    before = subjects.find(context)
    if not new or not before:
        return None
    old = like(new[0], before, subjects)
    topic = [one.phrase for one in before if one.stems != old.stems]
    told = f" for {', '.join(topic)}" if topic else ""
    return f"Compare {subjects.written_as(old)} with {subjects.written_as(new[0])}{told}."


def like(new: Subject, before: Sequence[Subject], subjects: Subjects) -> Subject:
    """The subject that a new one is asked about instead of: the last one of its kind, if there is one."""

    def kinds(subject: Subject) -> set[str]:
        return {subjects.kind(id_) for id_ in subject.documents}

    return next((old for old in reversed(before) if kinds(old) & kinds(new)), before[-1])


def is_place(subject: Subject, subjects: Subjects) -> bool:
    """Whether a subject is a place, by all the documents about it."""
    return all(subjects.kind(id_) == "place" for id_ in subject.documents)


def is_whole(text: str, found: tuple[Subject, ...]) -> bool:
    """Whether the subjects are about all that the text says: “What about payroll?”, not “… payroll in Poland?”."""
    return not besides(text, found)
