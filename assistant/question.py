"""What a question asks for: its shape, its sides, and the subjects of the library that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant import backsourcing, inside
from assistant.aspect import aspect
from assistant.errors import QuestionError
from assistant.places_apart import apart
from assistant.subjects import Subject, Subjects, phrase_stems
from assistant.text import STOP, stem, stems, terms, words
from assistant.types import Shape
from assistant.work import of_any_work

MAX_CHARACTERS = 4_000

SENTENCE = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Ltd|Inc|e\.g|i\.e|etc)\.)\s+")
"""Between two sentences of a question."""
WH = r"(?:what|which|who|whose|when|where|why|how)\b"
"""A word that asks, as part of an expression."""
_COMPARISON = re.compile(
    r"\b(diff|differen(?:ce|ces|t|tiate)|differs?|vs\.?|versus|compare[sd]?|comparison|contrast|"
    r"(?:better|cheaper|worse|riskier|safer) (?:than|for)|(?!rather\b|other\b)(?:\w{3,}er|(?:more|less) [\w-]+) than|"
    r"which (?:one|(?:one )?of (?:the )?(?:two|them))\b|which is (?:better|best|cheaper)|"
    r"distinguish(?:es)?|distinction|separates?|sets? apart|line between|tell apart|same (?:thing )?as|same thing)\b",
    re.I,
)
_OUTSIDER = r"(?:outside|external|third|specialist|provider|agency|bureau|vendor|supplier|firm|contractor|partner)"
_GIVE_AWAY = (
    r"(?:can|could|would) (?:we|i|you) (?:[\w-]+,? ){0,4}?(?:outsource|offshore|nearshore|farm out|contract out)|"
    r"(?:can|could) (?:we|i) (?:[\w-]+ )?(?:give|hand|send|entrust|leave)\b"
    rf"[^.?!]{{2,60}}? (?:to|with) (?:an? )?{_OUTSIDER}|"
    rf"(?:can|could) (?:we|i) (?:use|hire) an? (?:[\w-]+ )?{_OUTSIDER} for|"
    r"(?:wants?|plans?|planning|about|like|going|ready) to hand over|we hand over"
)
"""“Can we outsource …?” asks whether; “Can we stop …?” asks about a right."""
_DECISION = re.compile(
    r"\b(should(?:n[o'’]?t)? (?:we|i|you|one|our|my|a|an|the|they|it|companies|firms)|shall (?:we|i)|"
    r"(?:whether|if) (?:we|i|they|one) should|whether to (?:outsource|offshore|nearshore)|"
    r"(?:should|ought) (?:[\w'’-]+,? ){1,5}?(?:to )?(?:outsource|offshore|nearshore)|"
    r"(?:is|are|would) (?:it|this) (?:worth|wise|sensible|a good|smart|better to)|worth (?:it|\w+ing)|"
    r"(?:does|would|will) (?:it|this|\w+ing) (?:make sense|pay)|makes? sense to|"
    rf"{_GIVE_AWAY}|"
    r"when (?:does|should|is|would) (?:it|we|outsourcing|a)|good (?:idea|plan|moment|time)|any point|"
    r"pros\W+(?:(?:and|n|or|vs?)\W+)?cons|"
    r"(?:pros|advantages|benefits|upsides) (?:and|or|&) (?:the )?(?:cons|disadvantages|drawbacks|downsides|risks)|"
    r"(?:cons|disadvantages|drawbacks|downsides|risks) (?:and|or|&) (?:the )?(?:pros|advantages|benefits|upsides)|"
    r"thinking (?:of|about)|considering|advise(?! (?:(?:me|us) )?(?:on )?how\b)|recommend|bring in|"
    r"give (?:that|this|it) to)\b",
    re.I,
)
_YES_OR_NO = re.compile(
    r"^(?=.*\b(?:outsourc\w*|offshor\w*|nearshor\w*|worth|good|[A-Z]PO)\b).*"
    r"(?:\bor (?:not|no|nah|nay|bad)\W*$|\byes or no\b|\by(?:es)?/no?\b)",
    re.I,
)
_OPENS = re.compile(r"^(?:and |but |so |ok )*(?:how|what|who|whose|when|where|why|which)\b", re.I)
_MEANS = re.compile(
    r"\b(?:means?|(?<!\bi )meant|meaning|stands? for|define[sd]?|definition)\b"
    r"|\bwhat(?:'s|’s| is| are) (?:it|that|this|they)\b",
    re.I,
)
DEFINITION = re.compile(
    r"^(?:so |and |but |please |can you |could you )*(?:what(?:['’]?s| is| are)(?: meant by)? (?:a |an |the term )?"
    r"(?P<a>[\w&/,'’() -]+?)|define (?P<b>.+?)|(?:explain|describe|tell me about) (?P<c>[\w&/,'’ -]+?)|"
    r"what do(?:es)? (?P<d>[\w&/,'’ -]+?) (?:mean|stand for)|meaning of (?P<e>.+?)|definition of (?P<f>.+?))\W*$",
    re.I,
)
_OVERVIEW = re.compile(r"summar\w+|overview|basics?|briefly|intro(?:duction)?|explain(?:ed)?|short|simple|simply")
_INTERROGATIVE = re.compile(
    r"\b(?:how|why|who|whose|when|where|which|do|does|did|can|could|will|would|must|should)\b", re.I
)
_THINGS = (
    r"(?:pros|cons|risks|benefits|advantages|disadvantages|drawbacks|downsides|steps|types|kinds|examples|reasons|"
    r"services|activities|functions|skills|tasks|factors|criteria|metrics|kpis|measures|models|differences|"
    r"misconceptions|myths|pitfalls|costs|questions|clauses|ways|signs|conditions|processes|arguments)"
)
_BRIEF = re.compile(
    r"\b(?:brief(?:ly|er)?|shorter|short answer|keep it short|in short|in (?:a|one|two|three) (?:line|sentence|word)s?"
    r"|in a nutshell|tl;?dr|summari[sz]e)\b",
    re.I,
)
_LONGER = re.compile(r"\b(?:a (?:bit|little) longer|longer,? please|in more detail|more details?|elaborate)\b", re.I)
_NUMBERS = {
    word: number for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
}
_BEST = (
    r"(?:(?:most )?(?:important|common|serious|critical|urgent|useful|typical)|main|biggest|key|top|best|worst|first)"
)
_COUNT = re.compile(
    rf"\b(?:(?:give|name|list|tell|show)(?: (?:me|us))?|just|only|top|(?<!\bof )the|which|what are)"
    rf"(?: the| your)?(?: {_BEST})?"
    rf" (?P<number>[2-9]|1[0-2]|{'|'.join(_NUMBERS)})"
    rf"(?: {_BEST}(?: ones| points)?(?=\W*$| (?:for|to|of|in|when|if)\b)"
    rf"| (?:(?!of\b)[\w-]+ ){{0,3}}?(?:{_THINGS}|things|points|tips|ideas)\b)"
    rf"|\b(?:give me|i (?:just )?(?:need|want)|just|only|in) (?P<lines>[2-9]|1[0-2]|{'|'.join(_NUMBERS)})"
    r" (?:lines|sentences|bullets|bullet points)\b(?! of\b)",
    re.I,
)
"""“Give me 8 KPIs”, “Shorter please, just the three most important”."""
_LIST = re.compile(
    rf"^(?:(?:and|but|so|ok|okay|also),? )*(?:what|which|name|list|give)\b(?!.*\bnumber of\b).*\b{_THINGS}\b"
    r"|\b(?:list|examples of|kinds of|types of)\b",
    re.I,
)
_ENTIRE = re.compile(
    r"\b(?:all|every|each|full|complete|detail(?:ed|s)?|in depth|(?<!how )long|list)\b"
    rf"|\b(?:\d{{1,2}}|ten|twelve|twenty) (?:\w+ ){{0,2}}{_THINGS}\b",
    re.I,
)
_CHOICE = re.compile(
    r"\b(better|best|cheaper|safer|riskier|choose|prefer|recommend|pick|go for|go with|should|suits?|right for)\b", re.I
)
_NO_AUXILIARY = (
    rf"(?!(?:is|are|was|were|can|could|do|does|did|has|have|had|will|would|should|shall|may|must|any)\b|{WH})"
)
_EITHER = re.compile(
    rf"(?:^{_NO_AUXILIARY}|[,:]|\b(?:is|are|choose|prefer|use|hire|pick|take|go (?:for|with)))\s*"
    r"(?P<a>[\w&/' -]+?),? or (?P<b>[\w&/' -]+)",
    re.I,
)
_ONLY_EITHER = re.compile(rf"{_NO_AUXILIARY}(?P<a>[\w&/' -]+?),? or (?P<b>[\w&/' -]+)\?", re.I)
"""The last of several sentences, where it is nothing but two sides: “We need 40 agents. Philippines or India?”"""
_SIDES = (
    re.compile(
        r"\bhow (?:do|does|would|will) (?!.*\bin[- ]?house\b)(?P<a>.+?) compare (?:to|with|against) (?P<b>.+?)"
        r"(?: (?:for|in|on|when)\b|[?.,;!]|$)",
        re.I,
    ),
    re.compile(r"\bbetween (?P<a>.+?) and (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(
        r"(?P<a>[\w&/' -]{1,80}?)\s+(?:vs\.?|versus|(?<!argument )(?<!arguments )(?<!case )(?<!reason )(?<!reasons )"
        r"(?<!speaks )(?<!points )against|compared (?:to|with))\s+(?P<b>[\w&/' -]+)",
        re.I,
    ),
    re.compile(r"\bcompare (?P<a>.+?) (?:and|with|to) (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(
        r"\b(?:separates?|distinguish(?:es)?|tells?|sets?) (?P<a>.+?) (?:apart )?from (?P<b>.+?)(?:[?.,;!]|$)", re.I
    ),
    re.compile(r"\b(?:is|are) (?P<a>.+?) the same (?:thing )?as (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(r"\b(?:does|do|is|are) (?P<a>.+?) differ(?:ent)? from (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    _EITHER,
)
_UNTIL = re.compile(r"\b(?:for|when|if|because|while)\b", re.I)
"""“An agency or several freelancers for IT?”: what follows is what the choice is for."""
_THE_WAY_BACK = "backsourcing"
_GREETINGS = frozenset("thanks thank thx cheers hello hi hey bye goodbye morning afternoon evening welcome".split())
_KIND_WORDS = _GREETINGS | frozenset(
    """
    a all and again day for good great have helpful helped helps help indeed is it kind lot lovely many much nice of ok
    okay perfect really so super that that's this the there to very was well you your
    """.split()
)
_HEADS = frozenset(
    "team teams provider providers staff firm firms vendor vendors supplier suppliers model work".split()
)
_SO_MANY = frozenset("few many more one ones other others several some three two".split())
_DOERS = frozenset(
    map(stem, "agency app bureau company consultancy consultant contractor platform software tool".split())
)
_INSTEAD = re.compile(r"^(?:to )?(?:keep|do|run|leave|hold|stay|not|carry|make|wait|hire|build)\b", re.I)
"""“… or keep it in-house?” asks whether, not which of two."""


Room = Literal["brief", "usual", "entire"]


@dataclass(frozen=True, slots=True)
class Question:
    """A stand-alone question, taken apart."""

    text: str
    shape: Shape
    stems: tuple[str, ...]
    subjects: tuple[Subject, ...]
    sides: tuple[Subject, Subject] | None
    choice: bool
    """Of a comparison: which of the two, rather than how they differ."""
    room: Room
    """How long the answer may be: longer where all of something is asked for, shorter where it is asked to be."""
    most: int = 0
    """How many of something are asked for; 0 where no number is."""
    aspect: str = ""
    """Of a comparison: in what the two are compared; empty where it is in anything."""


def clean(question: str) -> str:
    """The question without control characters and surplus blanks.

    Raises:
        QuestionError: nothing is left, or it is longer than a question can be.
    """
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters, at most {MAX_CHARACTERS:,} are read: "
            "shorten it, or ingest the text as a document and ask about it"
        )
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", question)
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", " ", text)
    text = re.sub(r"[\ud800-\udfff]", "", text)
    text = " ".join(text.split())
    if not any(character.isalnum() for character in text):
        raise QuestionError("the question is empty: write one, for example “Should we outsource payroll?”")
    return text


def courtesy(text: str) -> bool:
    """Whether a text is nothing but a greeting or thanks."""
    said = set(words(text))
    return said <= _KIND_WORDS and not said.isdisjoint(_GREETINGS)


def polite(sentence: str) -> bool:
    """Whether a sentence says nothing that bears on a question: “Great, that helps.”"""
    return set(words(sentence)) <= _KIND_WORDS and not is_asked(sentence)


def parse(text: str, subjects: Subjects) -> Question:
    """Takes a clean, stand-alone question apart."""
    named = subjects.find(text)
    sides = _sides(text, subjects, named)
    shape = _shape(text, sides, named)
    if shape not in ("comparison", "definition") and (general := of_any_work(text)) != text:
        return parse(general, subjects)
    if shape == "decision":  # the way back, whatever the function
        named = way_back(text, subjects) or named
    if shape != "comparison":
        sides = None
    asked = " ".join(asking(text))
    in_what = ""
    if sides:
        told = text if not besides(asked, sides) else asked  # “We need 40 agents. Philippines or India?”
        in_what = aspect(told, [side.stems for side in sides])
    short = _BRIEF.search(text) and not _LONGER.search(text)
    room: Room = "brief" if short else "entire" if _ENTIRE.search(asked) else "usual"
    counted = _COUNT.search(text) if shape in ("list", "lookup") else None
    number = (counted["number"] or counted["lines"]).lower() if counted else "0"
    most = _NUMBERS.get(number) or int(number)
    choice = bool(_CHOICE.search(text))
    return Question(text, shape, tuple(stems(text)), named, sides, choice, room, most, in_what)


def is_asked(sentence: str) -> bool:
    """Whether a sentence is a question, by its mark."""
    return sentence.rstrip("!").endswith("?")


def asking(text: str) -> list[str]:
    """The sentences of a text that are questions; the text where none is."""
    return [one for one in SENTENCE.split(text) if is_asked(one)] or [text]


def decides(ask: str) -> bool:
    """Whether a question asks what to do."""
    return bool(_DECISION.search(ask)) or _whether(ask)


def besides(text: str, named: Iterable[Subject]) -> list[str]:
    """The content words of a text that stand in none of the subjects that it names."""
    known = {word for subject in named for word in subject.phrase.split()}
    return [term for term in terms(text) if term not in known]


def _whether(sentence: str) -> bool:
    """Inside or outside, yes or no: one question on what to do, not two sides."""
    return not _OPENS.match(sentence) and (inside.instead(sentence) or bool(_YES_OR_NO.search(sentence)))


def way_back(text: str, subjects: Subjects) -> tuple[Subject, ...]:
    """The subject of bringing work back, where the text is about that."""
    return subjects.find(_THE_WAY_BACK) if backsourcing.meant(text) else ()


def _shape(text: str, sides: tuple[Subject, Subject] | None, named: tuple[Subject, ...]) -> Shape:
    sentences = SENTENCE.split(text)
    if inside.against(text):
        return "decision"
    if not _COMPARISON.search(text) and any(map(_whether, (*sentences, " ".join(sentences[-2:])))):
        return "decision"
    if sides is not None and (_COMPARISON.search(text) or re.search(r"\b(or|against)\b", text, re.I)):
        return "comparison"
    if _DECISION.search(text):
        return "decision"
    if any(map(_LIST.search, sentences)):
        return "list"
    if named and any(_MEANS.search(one) for one in sentences if one.endswith("?") or one is sentences[-1]):
        return "definition"
    for sentence in sentences:
        match = DEFINITION.match(sentence)
        if match and len(next(filter(None, match.groups())).split()) <= 5:
            return "definition"
    more = any(not _OVERVIEW.fullmatch(term) for term in besides(text, named))
    bare = len(named) == 1 and not more and not _INTERROGATIVE.search(text)  # “liability cap”, “summarise tupe for me”
    return "definition" if bare else "lookup"


def _sides(text: str, subjects: Subjects, named: tuple[Subject, ...]) -> tuple[Subject, Subject] | None:
    for pattern in _SIDES:
        match = pattern.search(text)
        if match is None:
            continue
        b = match["b"]
        if pattern is _EITHER:
            if _INSTEAD.match(b.strip()) or any(_undivided(one.phrase, subjects) for one in named):
                continue
            before = _UNTIL.split(b)[0]
            b = before if terms(before) else b
        right = _side(b, subjects)
        left = _side(match["a"], subjects, right)
        if of_places := apart(match["a"], b, subjects):
            left, right = of_places
        elif left and right and (more := (_head(match["a"], left), _head(match["b"], right))).count(None) == 1:
            left, right = more[0] or left, more[1] or right
        if pattern is _EITHER and not of_places and left and left.documents and not _ends_with(match["a"], left):
            continue  # “Do we lease the call centre desks for three or five years?”
        if sides := _two(left, right):
            return sides
    if len(named) == 2 and _COMPARISON.search(text) and named[0].stems[-1] != named[1].stems[0]:  # “of outsourcing HR”
        return named[0], named[1]
    return _only_sides(SENTENCE.split(text)[1:], subjects)


def _only_sides(sentences: Sequence[str], subjects: Subjects) -> tuple[Subject, Subject] | None:
    """The sides of a last sentence that has nothing else."""
    match = _ONLY_EITHER.fullmatch(sentences[-1]) if sentences else None
    if match is None or _INSTEAD.match(match["b"].strip()):
        return None
    right = _side(match["b"], subjects)
    sides = _two(_side(match["a"], subjects, right), right)
    return sides if sides and not besides(sentences[-1], sides) else None


def _two(left: Subject | None, right: Subject | None) -> tuple[Subject, Subject] | None:
    """Two sides, if they are two, and the library knows one of them."""
    if left and right and left.stems != right.stems and (left.documents or right.documents):
        return left, right
    return None


def _undivided(phrase: str, subjects: Subjects) -> bool:
    """Whether a subject is a choice, but not of two subjects: “one provider or several”."""
    parts = phrase.split(" or ")
    return len(parts) > 1 and not all(map(subjects.find, parts))


def _ends_with(text: str, subject: Subject) -> bool:
    """Whether a subject stands at the end of a text, but for words such as “team”."""
    said = [word for word in words(text) if word not in STOP]
    while said and said[-1] in _HEADS and stem(said[-1]) != subject.stems[-1]:
        said.pop()
    return phrase_stems(" ".join(said))[-1:] == subject.stems[-1:]


def _head(text: str, subject: Subject) -> Subject | None:
    """What a side is where a subject only says of what kind: “recruitment agency”, of which no document tells."""
    match = re.search(rf"\b{re.escape(subject.phrase)} (\w+)", " ".join(words(text)))
    if match is None or stem(match[1]) not in _DOERS:
        return None
    return Subject(match.group(), (*subject.stems, stem(match[1])), ())


def _side(text: str, subjects: Subjects, right: Subject | None = None) -> Subject | None:
    """The subject that a side of a comparison names; else its own words, if they are few.

    Args:
        right: for the left side, the other one: of several the last of its kind, else the last, is compared with it.
    """
    found = subjects.find(text)
    if found and right:
        kinds = set(map(subjects.kind, right.documents))
        return next(
            (one for one in reversed(found) if not kinds.isdisjoint(map(subjects.kind, one.documents))), found[-1]
        )
    if found:
        return found[0]
    said = terms(text)
    if inside.own(text) or not 1 <= len(said) <= 2 or _SO_MANY.issuperset(said):
        return None
    written = re.search(rf"\b{re.escape(said[0])}\b(?:.*\b{re.escape(said[-1])}\b)?", text, re.I)
    phrase = written.group() if written else " ".join(said)
    return Subject(phrase, phrase_stems(phrase), ())
