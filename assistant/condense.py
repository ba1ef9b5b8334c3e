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
from assistant.errors import ChatModelError, QuestionError
from assistant.layout import OWN
from assistant.outcome import REFUSALS
from assistant.places import named as places
from assistant.places import replaced, without
from assistant.question import MAX_CHARACTERS, SENTENCE, clean, courtesy, decides, parse, way_back
from assistant.several import compared, compared_with, is_place, is_whole, like, nth_of, of_several, which_of
from assistant.subjects import Subject, Subjects
from assistant.text import terms, words
from assistant.types import Turn
from assistant.work import names_work

_LEANS = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|one|ones|both|either|the former|the latter|the same|"
    r"such|instead|then|there)\b",
    re.I,
)
_NO_PRONOUN = re.compile(r"\bIT\b|\b(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere|be) there\b")
"""“Should we outsource IT?”, “Is there a law on …?”"""
_THAT = re.compile(
    r"\b(?P<before>\w+) that (?=(?:our|my|your|the|an?|i|we|you|some|all|any|no|is|are|was|were|has|have|can|could|"
    r"will|would|must|should|does|do|needs?)\b)",
    re.I,
)
_BEFORE_A_PRONOUN = frozenset(
    """
    about after and are as at before but by can could did do does for from has have how if in is like may might must not
    of on or should than to was were what when where why will with would
    """.split()
)
"""“Signs that our provider is failing”, “work that needs judgement”: “that” is a pronoun only after one of these."""
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
BARE = re.compile(
    r"^(?:(?:and|but|so|ok|okay) )*(?:why(?: not)?|when|where|who|"
    r"how (?:long|high|much|many|often|fast|soon|far|big|large)|"
    r"(?:in|for|at) (?:the )?\w+)\W*$",
    re.I,
)
"""Says nothing by itself."""
_I_MEANT = re.compile(
    r"^(?:no|nope|not that|sorry|wait)\b[,.; ]*"
    r"(?:i (?:meant|mean|was asking about|want(?:ed)? (?:to know about)?)|rather)\b[,: ]*"
    rf"(?:just |only )?(?!not\b|.*{_ASKS})(?P<rest>.+?)[?.! ]*$",
    re.I,
)
_SAME_THERE = re.compile(
    r"^(?:(?:and|but|so|ok|okay) ){0,3}(?:is|are|was|would|does|do|will) "
    r"(?:it|that|this|they|things|the (?:rule|law|answer)s?)(?: \w+){0,2}? "
    r"(?:same|true|different|apply|hold|like that)(?: \w+)?? (?:in|for) (?:the )?(?P<rest>[\w.' -]{2,40}?)[?! ]*$",
    re.I,
)
_AND_THERE = re.compile(
    r"^(?:(?:and|but|so|ok|okay|or|what about|how about) ){1,3}(?:(?:in|for) )?(?:the )?"
    r"(?P<rest>[\w.' -]{2,40}?)[?! ]*$",
    re.I,
)
_COMPARES = re.compile(r"\b(?:vs\.?|versus|compared? (?:to|with)|differ\w*)(?=\W)", re.I)
_FORM = frozenset(
    """
    a again and answer answers best biggest bit brief briefer briefly bullet bullets can could detail details far five
    four give i important in just key less line lines list longer main make me more most much need one ones only
    paragraph paragraphs please point points sentence sentences short shorter shorten simple simpler simply summarise
    summarize summary ten that the them these this those three too top two version way words you
    """.split()
)
_FOR_WHOM = re.compile(
    r"\bfor (?:(?:the|my|our|a|an|one) )?(?:board(?: (?:of directors|meeting|paper))?|boss|ceo|cfo|coo|cio|directors|"
    r"executives|management|email|meeting|memo|presentation|slides?)\b",
    re.I,
)
"""“I need three lines for the board” says nothing of what is asked, either."""
_SAY_THAT = re.compile(
    r"^(?:(?:and|ok|okay|thanks|so),? )*(?:(?:can|could|would|will) you )?(?:please )?"
    r"(?:write|say|put|phrase|reword|rephrase|shorten|repeat|summari[sz]e|explain) (?:it|that|this|them|those)\b",
    re.I,
)
"""“Could you write that a bit longer, with an example?”"""
_OTHERWISE = frozenset(
    """
    brief briefer briefly bullet bullets just less line lines list only sentence sentences short shorten shorter simpler
    summarise summarize summary
    """.split()
)
"""“Shorter please, just the three most important” says how it is to be answered, and nothing of what: with a word of
the second set, and none but these."""
_OF_THOSE = re.compile(r"\b(?:of|among) (?:these|those|them)\b", re.I)
_OPENS = re.compile(rf"(?:\w+,? ){{0,2}}{_ASKS}", re.I)
_SEVERAL = re.compile(r" (?:or|and|vs|versus) ")
_OTHER_SIDE = re.compile(
    r"^(?:(?:and|but|so|ok|okay|what|how|about|are|is|the|there|any|its?|main|biggest) )*"
    r"(?:advantages?|disadvantages?|benefits?|downsides?|upsides?|drawbacks?|risks?|dangers?|pitfalls?|pros|cons)\W*$",
    re.I,
)
"""“And the disadvantages?” asks of the subject alone, not of the advantages that were asked for before."""
_TURNS = 8
"""Earlier questions read."""
_SHOWN = 6
"""Earlier turns shown to a model."""
_TOKENS = 120
_ADDED = 300
"""Characters that a stand-alone question may have more than the one that was asked: more is no question."""
WHOLE = 3
"""Content words with which a question stands by itself."""
_FEW = 4
"""One in so many."""
READ = 500
"""Characters read of an earlier turn, from its end."""


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
    if not asked:
        return question
    context, whole = _unroll(asked, subjects)
    standalone = nth_of(question, asked, context, whole, subjects) or _join(question, context, whole, subjects)[0]
    return standalone if len(standalone) <= MAX_CHARACTERS else question


def beside(question: str, history: Sequence[Turn], standalone: str, subjects: Subjects) -> str:
    """What a follow-up is read as, too, so that neither it nor what it follows outweighs the other.

    “Is it cheaper (payroll)?” no longer says what of payroll was spoken of: so also the question after the last whole
    one. “How do we move …? Who has to tell the staff?” is mostly what was answered already: so also the question alone.
    The stand-alone question where it is whole by itself.
    """
    asked = _asked(history)
    if not asked or standalone == question or parse(standalone, subjects).aspect:  # compares in something else
        return standalone
    if standalone.endswith(question):
        return standalone if BARE.match(question) else question
    both = _after(_unroll(asked, subjects)[1], question)
    return both if standalone.startswith(question.rstrip("?.! ")) and len(both) <= MAX_CHARACTERS else standalone


def _asked(history: Sequence[Turn]) -> list[str]:
    """The user's turns, clean, but for courtesies and what was refused: a later question does not follow from that."""
    asked: list[str] = []
    for turn in history:
        if turn.role == "assistant":
            if asked and turn.content.startswith(REFUSALS):
                asked.pop()
        elif not courtesy(turn.content) and (said := _end(turn.content)):
            asked.append(said)
    return asked[-_TURNS:]


def _end(text: str) -> str:
    """The sentences at the end of a turn that come to READ characters: the question, and what it is about."""
    try:
        text = clean(text[-MAX_CHARACTERS:])
    except QuestionError:
        return ""
    cut = text[-READ:]
    return cut if cut == text else (SENTENCE.split(cut, 1)[1:] or [cut])[0]


def leans(question: str) -> bool:
    """Whether a question needs what stands before it: by a pronoun, or by how it begins."""
    said = question if question.isupper() else _NO_PRONOUN.sub(" ", question)
    said = _THAT.sub(lambda of: of[0] if of["before"].lower() in _BEFORE_A_PRONOUN else of["before"] + " ", said)
    return bool(_LEANS.search(said) or _CONTINUES.match(said) or of_several(said))


def asks_of_any(question: str, named: Sequence[Subject], before: Sequence[Subject], subjects: Subjects) -> bool:
    """Whether a short question asks what is true of every kind of work, after one on a kind of work: “Which KPIs
    matter?”."""
    if len(terms(question)) >= WHOLE or subjects.special(named) or not subjects.special(before):
        return False
    return parse(question, subjects).shape != "definition"


def on_topic(standalone: str, question: str, subjects: Subjects) -> str:
    """A stand-alone question that was put after another one, on the subject of that instead, where it has one: what was
    answered already would come near to its answer again."""
    topic = subjects.find(standalone.removesuffix(question)) if standalone.endswith(question) else ()
    return _on(topic, question) if topic else standalone


def form(question: str) -> bool:
    """Whether a follow-up says only how the last question is to be answered: “Shorter, please.”"""
    said = [word for word in words(_FOR_WHOM.sub(" ", question)) if not word.isdigit()]
    return _FORM.issuperset(said) and not _OTHERWISE.isdisjoint(said)


def repeats(said: Sequence[str], history: Sequence[Turn]) -> bool:
    """Whether the sentences of an answer, the first and all but a few, stand in the answer before."""
    before = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    return len(said) > 1 and said[0] in before and sum(one not in before for one in said) <= len(said) // _FEW


def answered(history: Sequence[Turn]) -> bool:
    """Whether the last question was, and not from the user's documents, so that what follows it is not private."""
    last = history[-1] if history else None
    return last is not None and last.role == "assistant" and not last.content.startswith((*REFUSALS, f"**{OWN}**"))


def rewrite(model: ChatModel, question: str, history: Sequence[Turn], deadline: float, stopped: Stopped) -> str | None:
    """The stand-alone question in a larger model's words; None where it gives no usable one in time.

    Args:
        deadline: of `time.monotonic()`.
    """
    messages = prompts.standalone(question, history[-_SHOWN:])
    try:
        said = " ".join("".join(model.stream(messages, _TOKENS, deadline, stopped)).split())
    except ChatModelError:
        return None
    return said if terms(said) and len(said) <= len(question) + _ADDED else None


def _unroll(asked: Sequence[str], subjects: Subjects) -> tuple[str, str]:
    """The last user question, itself made stand-alone, and the last one that was whole by itself."""
    context = whole = asked[0]
    for turn in asked[1:]:
        context, whole = _join(turn, context, whole, subjects)
    return context, whole


def _join(question: str, context: str, whole: str, subjects: Subjects) -> tuple[str, str]:
    """The question made stand-alone, and the question that the next one may follow from."""
    if meant := _I_MEANT.match(question):
        question = f"What about {meant['rest']}?"
        if not is_whole(meant["rest"], subjects.find(meant["rest"])):
            context = f"{context.rstrip('?.! ')} ({meant['rest']})?"
            return context, context
    if form(question) or _SAY_THAT.match(question):
        return _after(context, question), whole
    if _COMPARES.search(question) and parse(question, subjects).sides:
        return question, question
    if another := compared_with(question, context, subjects):
        return another, another
    there = _SAME_THERE.match(question) or _AND_THERE.match(question)
    if (
        there
        and places(there["rest"])
        and not terms(without(there["rest"]))
        and (elsewhere := replaced(context, there["rest"]))
    ):
        return elsewhere, elsewhere
    if two := nth_of(question, (), context, whole, subjects) or which_of(question, context, whole, subjects):
        return two, whole
    bare = bool(BARE.match(question))
    both = subjects.find(context) if bare and not places(question) else ()
    if in_that := compared(both, question, context, whole, subjects):
        return in_that, whole
    if bare and (not subjects.find(question) or (places(question) and not places(context))):
        return _after(context, question), whole  # of all that was asked, not of its subject alone
    named, before = subjects.find(question), subjects.find(context)
    switch = _WHAT_ABOUT.match(question) or _AND_THE.match(question)
    if switch and before and (rest := subjects.find(switch["rest"])) and is_whole(switch["rest"], rest):
        one = ((like(rest[0], before, subjects), rest[0]),)
        pairs = tuple(zip(before, rest, strict=True)) if len(rest) == len(before) else one
        to_work = [subjects.special([new]) or not subjects.special([old]) for old, new in pairs]
        if all(to_work) or parse(context, subjects).shape != "decision":  # not “Should we outsource SLA?”
            for old, new in pairs:
                context = _swap(context, old, subjects.written_as(new), subjects)
            return context, context
    if _OF_THOSE.search(question) and not named:  # of what was answered last
        last = parse(context, subjects)
        names = last.sides or (before if last.shape == "definition" else ())
        return _on(names, question) if names else _after(context, question), whole
    leaning = leans(question)
    if not leaning and decides(question) and names_work(question):
        return question, question
    if named and not leaning and not asks_of_any(question, named, before, subjects):
        return question, question
    if not named and not leaning and len(terms(question)) > 3:
        return question, question
    if named and len(terms(question)) > 3 and not _CONTINUES.match(question):
        return question, question
    before = (*before, *way_back(context, subjects))
    topic = _topic(before, named, question, subjects)
    if not topic and places(question) and len(terms(question)) > 3:
        return question, question
    if not named and (in_that := compared(topic, question, context, whole, subjects)):
        return in_that, whole
    joined = _after(whole, question)
    shape = parse(whole, subjects).shape  # of these, what it was about is not enough
    beside_work = shape == "decision" and not (names_work(whole) or way_back(whole, subjects))
    particular = shape in ("lookup", "list") or beside_work
    particular &= leaning and not (_OTHER_SIDE.match(question) or decides(question))
    if not leaning and (work := [one for one in topic if subjects.special([one])]):
        topic = work  # “Which KPIs matter for payroll?”, “How do we run the tender?”
    if not particular and not all(is_place(one, subjects) for one in topic):
        joined = _on(topic, question)
    return joined, joined if named else whole


def _on(topic: Sequence[Subject], question: str) -> str:
    """A question with what it is about in brackets."""
    return f"{question.rstrip('?.! ')} ({', '.join(one.phrase for one in topic)})?"


def _after(context: str, question: str) -> str:
    """A question after another one, as two sentences."""
    context = context.rstrip()
    mark = "" if context.endswith((".", "!", "?")) else "?" if _OPENS.match(context) else "."
    return f"{context}{mark} {question}"


def _topic(before: Sequence[Subject], named: Sequence[Subject], question: str, subjects: Subjects) -> list[Subject]:
    """What was spoken of and is not named again: no place where the question has one, and two sides one by one."""
    known = {one.stems for one in named}
    two = {one: [subjects.find(part) for part in _SEVERAL.split(one.phrase)] for one in before}
    single = [one for one, parts in two.items() if len(parts) == 1 or not all(parts)]
    apart = single or [found for parts in two.values() for part in parts for found in part]
    elsewhere = bool(places(question))
    left = {one.stems: one for one in apart if one.stems not in known and not (elsewhere and is_place(one, subjects))}
    return list(left.values())


def _swap(context: str, subject: Subject, phrase: str, subjects: Subjects) -> str:
    """The earlier question with one subject for another.

    A subject may be said with its verb (“outsource payroll”): then only the innermost subject in it is replaced.
    """
    old = subject.phrase
    while inner := [one for one in subjects.find(old.split(" ", 1)[-1]) if one.phrase != old and " " in old]:
        old = inner[-1].phrase
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, old.split())) + r"\b", re.I)
    return pattern.sub(lambda _: phrase, context, count=1) if pattern.search(context) else f"{context} {phrase}"
