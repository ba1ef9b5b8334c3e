"""A question with history becomes a stand-alone one: by rules, or by a model that is large enough for it.

Joining the recent user turns is the baseline that is hard to beat (MTRAG-UN, ../eval/LOG.md); here only what is
missing is joined: a question that names its own subject and leans on nothing is left as it is, so that the history
cannot drag an old topic in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import prompts
from assistant.chat_model import ChatModel, Stopped
from assistant.errors import ChatModelError
from assistant.places import named as places
from assistant.places import replaced
from assistant.question import Subject, Subjects, besides, courtesy, parse, way_back
from assistant.text import terms
from assistant.types import Turn

_LEANS = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|one|ones|both|either|the former|the latter|the same|"
    r"such|instead|then|there)\b",
    re.I,
)
_CONTINUES = re.compile(r"^(and|but|so|or|what about|how about|what if|why|why not|also|ok|okay|then|really)\b", re.I)
_WHAT_ABOUT = re.compile(r"^(?:and |but |so |ok |okay )*(?:what|how) about (?P<rest>.+?)[?.! ]*$", re.I)
_ASKS = r"\b(?:what|who|how|why|when|where|which|is|are|do|does|should|can|could|would|will)\b"
_AND_THE = re.compile(rf"^(?:(?:and|or|ok|okay|so) )+(?:for )?(?!.*{_ASKS})(?P<rest>[\w&/' -]+?)[?.! ]*$", re.I)
_CHANGES = re.compile(
    r"^(?:[^.?!:]{0,40}[.?!:] )?[^.?!:]{0,40}\b(?:(?:different|another|new|other|separate) (?:topic|matter|subject|"
    r"question|thing)|something else|(?:leaving|setting) (?:that|this) aside|unrelated|change of (?:topic|subject))\b"
    r"[^.?!:,]{0,20}[.?!:,]\s*(?P<rest>.+)$",
    re.I,
)
_BARE = re.compile(
    r"^(?:(?:and|but|so|ok|okay) )*(?:why(?: not)?|when|where|who|how (?:long|high|much|many|often|fast|soon|far)|"
    r"(?:in|for|at) (?:the )?\w+)\W*$",
    re.I,
)
_I_MEANT = re.compile(
    r"^(?:no|nope|not that|sorry|wait)\b[,.; ]*"
    r"(?:i (?:meant|mean|was asking about|want(?:ed)? (?:to know about)?)|rather)\b[,: ]*"
    rf"(?:just |only )?(?!not\b|.*{_ASKS})(?P<rest>.+?)[?.! ]*$",
    re.I,
)
_SAME_THERE = re.compile(
    r"^(?:(?:and|but|so|ok|okay) )*(?:is|are|was|would|does|do|will) "
    r"(?:it|that|this|they|things|the (?:rule|law|answer)s?)\b[^.?!]*?"
    r"\b(?:same|true|differ\w*|apply|hold|like that|so)\b[^.?!]*?\b(?:in|for) (?:the )?(?P<rest>[\w. ]+?)[?.! ]*$",
    re.I,
)
_OF_TWO = re.compile(
    r"\bthe (?:(?P<a>first|former)|second|latter)(?: (?:one|option|kind|type|model|way))?\b(?! \w+ing\b)", re.I
)
_SEVERAL = re.compile(r" (?:or|and|vs|versus) ")
_TURNS = 3
_TOKENS = 120
_ADDED = 300
"""Characters that a stand-alone question may have more than the one that was asked: more is no question."""
READ = 500
"""Characters read of an earlier turn: what matters of it is its subject."""


def condense(question: str, history: Sequence[Turn], subjects: Subjects) -> str:
    """The stand-alone question.

    Args:
        question: clean.
        history: earlier turns, oldest first; only the user's are read, since an answer's words are not the user's.
    """
    if courtesy(question):
        return question
    if (changes := _CHANGES.match(question)) and len(terms(changes["rest"])) > 1:
        return changes["rest"]
    asked = _asked(history)
    return _join(question, *_unroll(asked, subjects), subjects) if asked else question


def wider(question: str, history: Sequence[Turn], standalone: str) -> str:
    """The question after the one before it, as typed, where the stand-alone one has no more of that than its subject.

    “How long does that take (accounts payable)?” no longer says that “that” is the move to a provider.
    """
    asked = _asked(history)
    if not asked or standalone == question or not standalone.startswith(question.rstrip("?.! ")):
        return standalone
    return f"{asked[-1]} {question}"


def _asked(history: Sequence[Turn]) -> list[str]:
    turns = [turn.content[:READ] for turn in history if turn.role == "user" and not courtesy(turn.content)]
    return turns[-_TURNS:]


def rewrite(model: ChatModel, question: str, history: Sequence[Turn], deadline: float, stopped: Stopped) -> str | None:
    """The stand-alone question in a larger model's words; None where it gives no usable one in time.

    Args:
        deadline: of `time.monotonic()`.
    """
    messages = prompts.standalone(question, history[-2 * _TURNS :])
    try:
        said = " ".join("".join(model.stream(messages, _TOKENS, deadline, stopped)).split())
    except ChatModelError:
        return None
    return said if terms(said) and len(said) <= len(question) + _ADDED else None


def _unroll(asked: Sequence[str], subjects: Subjects) -> tuple[str, str]:
    """The last user question, itself made stand-alone, and the last one that was so as typed."""
    context = whole = asked[0]
    for turn in asked[1:]:
        context = _join(turn, context, whole, subjects)
        if context == turn:
            whole = turn
    return context, whole


def _join(question: str, context: str, whole: str, subjects: Subjects) -> str:
    if meant := _I_MEANT.match(question):
        question = f"What about {meant['rest']}?"
        if not _is_whole(meant["rest"], subjects.find(meant["rest"])):
            return f"{context.rstrip('?.! ')} ({meant['rest']})?"
    if (there := _SAME_THERE.match(question)) and places(there["rest"]) and places(context):
        return replaced(context, there["rest"])
    if (sides := parse(context, subjects).sides) and (said := _OF_TWO.search(question)):
        side = sides[0] if said["a"] else sides[1]
        return f"{question[: said.start()]}{subjects.written_as(side)}{question[said.end() :]}"
    if _BARE.match(question) and (not subjects.find(question) or (places(question) and not places(context))):
        return _after(context, question)  # of all that was asked, not of its subject alone
    named, before = subjects.find(question), subjects.find(context)
    switch = _WHAT_ABOUT.match(question) or _AND_THE.match(question)
    if switch and before and (rest := subjects.find(switch["rest"])) and _is_whole(switch["rest"], rest):
        for old, new in zip(before, rest, strict=False) if len(rest) == len(before) else ((before[-1], rest[0]),):
            context = _swap(context, old, subjects.written_as(new), subjects)
        return context
    leans = bool(_LEANS.search(question) or _CONTINUES.match(question))
    if named and not leans:
        return question
    if not named and not leans and len(terms(question)) > 3:
        return question
    if named and len(terms(question)) > 3 and not _CONTINUES.match(question):
        return question
    before = (*before, *way_back(context, subjects))
    topic = _topic(before, named, question, subjects)
    if not topic and places(question) and len(terms(question)) > 3:
        return question
    if whole != context and not subjects.find(whole):
        whole = context
    if parse(whole, subjects).shape in ("lookup", "list"):  # it asked something particular: its subject is not enough
        return _after(whole, question)
    if topic and not all(_is_place(one, subjects) for one in topic):
        return f"{question.rstrip('?.! ')} ({', '.join(one.phrase for one in topic)})?"
    return _after(context, question)


def _after(context: str, question: str) -> str:
    """A question after another one, as two sentences."""
    context = context.rstrip()
    return f"{context}{'' if context.endswith(('.', '!', '?')) else '.'} {question}"


def _topic(before: Sequence[Subject], named: Sequence[Subject], question: str, subjects: Subjects) -> list[Subject]:
    """What was spoken of and is not named again: no place where the question has one, and two sides one by one."""
    known = {one.stems for one in named}
    whole = [one for one in before if not _SEVERAL.search(one.phrase)]
    parts = (part for subject in before for part in _SEVERAL.split(subject.phrase))
    apart = whole or [one for part in parts for one in subjects.find(part)]
    elsewhere = bool(places(question))
    return [one for one in apart if one.stems not in known and not (elsewhere and _is_place(one, subjects))]


def _is_place(subject: Subject, subjects: Subjects) -> bool:
    return all(subjects.kind(id_) == "place" for id_ in subject.documents)


def _is_whole(text: str, found: tuple[Subject, ...]) -> bool:
    """Whether the subjects are about all that the text says: “What about payroll?”, not “… payroll in Poland?”."""
    return not besides(text, found)


def _swap(context: str, subject: Subject, phrase: str, subjects: Subjects) -> str:
    """The earlier question with one subject for another.

    A subject may be said with its verb (“outsource payroll”): then only the innermost subject in it is replaced.
    """
    old = subject.phrase
    while inner := [one for one in subjects.find(old.split(" ", 1)[-1]) if one.phrase != old and " " in old]:
        old = inner[-1].phrase
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, old.split())) + r"\b", re.I)
    return pattern.sub(phrase, context, count=1) if pattern.search(context) else f"{context} {phrase}"
