"""What a question asks for: its shape, its sides, and the subjects of the library that it names."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from assistant import backsourcing, inside, spelling
from assistant.errors import QuestionError
from assistant.text import STOP, stem, stems, terms, words
from assistant.types import Shape
from ingest.load import REFERENCE
from ingest.types import Card

MAX_CHARACTERS = 4_000

SENTENCE = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Ltd|Inc|e\.g|i\.e|etc)\.)\s+")
"""Between two sentences of a question."""
WH = r"(?:what|which|who|whose|when|where|why|how)\b"
"""A word that asks, as part of an expression."""
_COMPARISON = re.compile(
    r"\b(differen(?:ce|ces|t|tiate)|differs?|vs\.?|versus|compare[sd]?|comparison|contrast|"
    r"(?:better|cheaper|worse|riskier|safer) (?:than|for)|which (?:one )?is (?:better|best|cheaper)|"
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
    r"ought we|"
    r"(?:is|are|would) (?:it|this) (?:worth|wise|sensible|a good|smart|better to)|worth (?:it|\w+ing)|"
    r"(?:does|would|will) (?:it|this|\w+ing) (?:make sense|pay)|makes? sense to|"
    rf"{_GIVE_AWAY}|"
    r"when (?:does|should|is|would) (?:it|we|outsourcing|a)|good (?:idea|plan|moment|time)|any point|"
    r"pros\W+(?:(?:and|n|or|vs?)\W+)?cons|"
    r"(?:pros|advantages|benefits|upsides) (?:and|or|&) (?:the )?(?:cons|disadvantages|drawbacks|downsides|risks)|"
    r"(?:cons|disadvantages|drawbacks|downsides|risks) (?:and|or|&) (?:the )?(?:pros|advantages|benefits|upsides)|"
    r"thinking (?:of|about)|considering|advise|recommend|bring in|give (?:that|this|it) to)\b",
    re.I,
)
_YES_OR_NO = re.compile(
    r"^(?=.*\b(?:outsourc\w*|offshor\w*|nearshor\w*|worth|good|[A-Z]PO)\b).*"
    r"(?:\bor (?:not|no|nah|nay|bad)\W*$|\byes or no\b|\by(?:es)?/no?\b)",
    re.I,
)
_OPENS = re.compile(r"^(?:and |but |so |ok )*(?:how|what|who|whose|when|where|why|which)\b", re.I)
_MEANS = re.compile(
    r"\b(?:means?|meant|meaning|stands? for|define[sd]?|definition)\b|\bwhat(?:'s|’s| is| are) (?:it|that|this|they)\b",
    re.I,
)
DEFINITION = re.compile(
    r"^(?:so |and |but |please |can you |could you )*(?:what(?:'s|’s| is| are)(?: meant by)? (?:a |an |the term )?"
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
    r"misconceptions|myths|pitfalls|costs|questions|clauses|ways|signs|conditions|processes)"
)
_LIST = re.compile(
    rf"^(?:what|which|name|list|give)\b(?!.*\bnumber of\b).*\b{_THINGS}\b|\b(?:list|examples of|kinds of|types of)\b",
    re.I,
)
_ENTIRE = re.compile(
    r"\b(?:all|every|each|full|complete|detail(?:ed|s)?|in depth|(?<!how )long|list)\b"
    rf"|\b(?:\d{{1,2}}|ten|twelve|twenty) (?:\w+ ){{0,2}}{_THINGS}\b",
    re.I,
)
_CHOICE = re.compile(
    r"\b(better|best|cheaper|safer|riskier|choose|prefer|pick|go for|go with|should|suits?|right for)\b", re.I
)
_EITHER = re.compile(
    r"(?:^|[,:]|\b(?:is|are|choose|prefer|use|hire))\s*(?P<a>[\w&/' -]+?),? or (?P<b>[\w&/' -]+)", re.I
)
_SIDES = (
    re.compile(
        r"\bhow (?:do|does|would|will) (?!.*\bin[- ]?house\b)(?P<a>.+?) compare (?:to|with|against) (?P<b>.+?)"
        r"(?: (?:for|in|on|when)\b|[?.,;!]|$)",
        re.I,
    ),
    re.compile(r"\bbetween (?P<a>.+?) and (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(r"(?P<a>[\w&/' -]{1,80}?)\s+(?:vs\.?|versus|against|compared (?:to|with))\s+(?P<b>[\w&/' -]+)", re.I),
    re.compile(r"\bcompare (?P<a>.+?) (?:and|with|to) (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(
        r"\b(?:separates?|distinguish(?:es)?|tells?|sets?) (?P<a>.+?) (?:apart )?from (?P<b>.+?)(?:[?.,;!]|$)", re.I
    ),
    re.compile(r"\b(?:is|are) (?P<a>.+?) the same (?:thing )?as (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    re.compile(r"\b(?:does|do|is|are) (?P<a>.+?) differ(?:ent)? from (?P<b>.+?)(?:[?.,;!]|$)", re.I),
    _EITHER,
)
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
_DOERS = frozenset(
    map(stem, "agency app bureau company consultancy consultant contractor platform software tool".split())
)
_INSTEAD = re.compile(r"^(?:to )?(?:keep|do|run|leave|hold|stay|not|carry|make|wait|hire|build)\b", re.I)
"""“… or keep it in-house?” asks whether, not which of two."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that the question names: the words, and the documents that are about it."""

    phrase: str
    stems: tuple[str, ...]
    documents: tuple[str, ...]


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
    entire: bool
    """Whether all of something is asked for, so that the answer may be long."""


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


class Subjects:
    """The library's subjects by the words that people use for them: titles and aliases."""

    def __init__(self, cards: Iterable[Card]) -> None:
        cards = tuple(cards)
        self._phrases: dict[tuple[str, ...], list[str]] = {}
        self._loud: dict[tuple[str, ...], str] = {}
        self._kinds: dict[str, str] = {}
        self.functions: dict[str, frozenset[str]] = {}
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._written_as: dict[tuple[str, ...], str] = {}
        for card in cards:
            self._kinds[card.id] = card.kind
            self.functions[card.id] = frozenset(card.functions)
            for phrase in (*card.aliases, *_title_phrases(card.title)):
                key = phrase_stems(phrase)
                said_loud = [word for word in phrase.split() if word.isupper() and word.lower() in STOP]  # IT, not it
                if not key or key[0] in _ASKING or (all(part in _COMMON for part in key) and not said_loud):
                    continue
                if said_loud:
                    self._loud[key] = said_loud[0]
                self._phrases.setdefault(key, [])
                known = self._written_as.get(key)
                if known is None or (card.collection == REFERENCE and known.islower()):
                    self._written_as[key] = phrase
                if card.id not in self._phrases[key]:
                    self._phrases[key].append(card.id)
                self._names.setdefault(card.id, []).append(key)
        labels = (phrase for card in cards for phrase in (*card.aliases, card.title))
        self._written = spelling.dictionary(word for label in labels for word in words(label))
        self._longest = max((len(key) for key in self._phrases), default=0)

    def find(self, text: str) -> tuple[Subject, ...]:
        """The subjects that a text names, in order; where two overlap, the longer one."""
        tokens = words(text)
        marks = [stem(token) for token in tokens]
        found: list[Subject] = []
        position = 0
        while position < len(marks):
            for length in range(min(self._longest, len(marks) - position), 0, -1):
                key = tuple(marks[position : position + length])
                does = length > 1 and tokens[position + length - 1] in _DOES
                if key in self._phrases and not does and (key not in self._loud or self._loud[key] in text):
                    phrase = " ".join(tokens[position : position + length])
                    if all(subject.stems != key for subject in found):
                        found.append(Subject(phrase, key, tuple(self._phrases[key])))
                    position += length
                    break
            else:
                position += 1
        return tuple(found)

    def spelt(self, text: str, known: Container[str]) -> str:
        """The text with slips of the pen in a subject's words put right, as `spelling.spelt` says."""
        return spelling.spelt(text, self._written, known)

    def names(self, subject: Subject) -> tuple[tuple[str, ...], ...]:
        """Every way to say a subject: the phrase itself, and the aliases of the one document that defines it."""
        defining = [id_ for id_ in subject.documents if self._kinds.get(id_) in ("definition", "document")]
        names = [subject.stems]
        if len(defining) == 1:
            names += self._names.get(defining[0], [])
        return tuple(dict.fromkeys(names))

    def written_as(self, subject: Subject) -> str:
        """A subject as the library writes it, whatever the question's capitals: “SOC 1”."""
        return self._written_as.get(subject.stems, subject.phrase)

    def special(self, named: Iterable[Subject]) -> bool:
        """Whether one of these subjects is a kind of work, such as payroll."""
        of = [self.functions.get(id_, frozenset()) for subject in named for id_ in subject.documents]
        return any(functions and "general" not in functions for functions in of)

    def kind(self, document_id: str) -> str:
        """The kind of a document."""
        return self._kinds.get(document_id, "document")


_DOES = frozenset(("outsource", "outsources"))
"""What stands before these does it, and is not what is outsourced: “Should a manufacturer outsource payroll?”."""
_ASKING = frozenset("should what is are how which when why who can do doe".split())
"""A title or alias that is a whole question would swallow the subject that it asks about."""
_COMMON = frozenset(stem(word) for word in STOP) | {stem("outsourcing"), stem("outsource")} | {"outsourc"}


def phrase_stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase, in order, stop words too."""
    return tuple(stem(word) for word in words(phrase))


def in_a_row(phrase: tuple[str, ...], text: str) -> bool:
    """Whether a text has these stems one after the other."""
    marks = phrase_stems(text)
    return any(marks[at : at + len(phrase)] == phrase for at in range(len(marks) - len(phrase) + 1))


def _title_phrases(title: str) -> list[str]:
    """A title, and an acronym in brackets with the name before it, each by itself."""
    match = re.match(r"(.+?)\s*\(([A-Z][\w&/]{1,9})\)\s*$", title)
    return [match.group(1), match.group(2)] if match else [title]


def parse(text: str, subjects: Subjects) -> Question:
    """Takes a clean, stand-alone question apart."""
    named = subjects.find(text)
    sides = _sides(text, subjects, named)
    shape = _shape(text, sides, named)
    if shape == "decision":  # the way back, whatever the function
        named = way_back(text, subjects) or named
    if shape != "comparison":
        sides = None
    entire = bool(_ENTIRE.search(" ".join(asking(text))))
    return Question(text, shape, tuple(stems(text)), named, sides, bool(_CHOICE.search(text)), entire)


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
        if pattern is _EITHER and _INSTEAD.match(match["b"].strip()):
            continue
        left, right = _side(match["a"], subjects, last=True), _side(match["b"], subjects, last=False)
        if left and right and (more := (_head(match["a"], left), _head(match["b"], right))).count(None) == 1:
            left, right = more[0] or left, more[1] or right
        if pattern is _EITHER and left and left.documents and not _ends_with(match["a"], left):
            continue  # “Do we lease the call centre desks for three or five years?”
        if left and right and left.stems != right.stems and (left.documents or right.documents):
            return left, right
    if len(named) == 2 and _COMPARISON.search(text):
        return named[0], named[1]
    return None


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


def _side(text: str, subjects: Subjects, *, last: bool) -> Subject | None:
    """The subject that a side of a comparison names; else its own words, if they are few."""
    found = subjects.find(text)
    if found:
        return found[-1 if last else 0]
    said = terms(text)
    if inside.own(text) or not 1 <= len(said) <= 2:
        return None
    written = re.search(rf"\b{re.escape(said[0])}\b(?:.*\b{re.escape(said[-1])}\b)?", text, re.I)
    phrase = written.group() if written else " ".join(said)
    return Subject(phrase, phrase_stems(phrase), ())
