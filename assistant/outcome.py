"""Answered, nearest, or refused: decided by what the evidence holds, never by the chat model alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer_type import figures, finds_out, wants_figure, wants_procedure
from assistant.asks import asks, defined, quoted
from assistant.evidence import Candidate, Evidence
from assistant.intent import Intent
from assistant.places import adjective, clientless, mentions, named
from assistant.question import SENTENCE, Question, asking, courtesy, is_asked
from assistant.subjects import in_a_row, phrase_stems
from assistant.text import stem, stem_set, stems, terms, words
from assistant.types import Outcome
from assistant.work import object_of
from ingest.load import REFERENCE

# Chosen on the development split (eval/LOG.md).
WITHIN = -0.7
"""A question is the library's when what was found and how it sounds come to this: the cosine of the nearest passage +
that of the nearest known question + ln(0.01 + the probability that it is of the library's kind)."""
FAR = 0.2
"""Nothing is about a question to which no passage comes as near as this (cosine)."""
KNOWN = 0.66
"""A question as near as this to one that the library is known to answer is the library's, whatever it sounds like."""
KNOWN_OURS = 0.75
"""The same for one that sounds private and speaks of “our” and “we”."""
OURS = 0.9
"""A question on “our” something that so surely sounds private (probability) does not ask what that something is."""
OWN = 0.6
"""The user's own documents answer a question as near as this, private or not (`Candidate.bearing`)."""
ASKED = 0.5
"""A name that stands nowhere near the answer is a circumstance where a known question is as near as this (cosine)."""
ELSEWHERE = 0.7
"""“Should I …?” on no subject of the library is not its question where it sounds like another field (probability)."""
NEAR = 0.85
"""A question as near as this (the two cosines together) is not of another field, whatever it sounds like; of 281
questions of other fields, one is (eval/LOG.md)."""
SOUNDS_LIKE_IT = 0.5
"""A question that sounds like the library's kind (probability) and is not answered gets the closest passages,"""
CLOSE = 0.75
"""and so does one that names no subject of the library when the cosines of the nearest passage and of the nearest known
question come to this."""

_STRANGE = 0.25
_STRANGE_AT_LEAST = 2
"""Where the library never says so great a share of a question's words, and so many or all, and"""
_CLEAR, _CLEARER = 0.55, 0.3
"""the two cosines together come to less than the first + the second × that share, it is no sentence of this field
(“quantum onion payroll giraffe”), or one that is spelt beyond recognition."""
_TERM = 2
"""Content words of a term, at least: one word by itself may be anything (“the catch”)."""
_NEXT = 12
"""So many candidates are near the answer."""
_NAMED_WORDS = 4
"""Of such words, so many are named."""

_HEADS = frozenset(map(stem, "management service services operations work processing support team department".split()))
"""What any work can be called: “fleet management” is no nearer to “vendor management” for it."""
_OF_OURS = re.compile(r"\b(?:[Oo]urs?|[Mm]y|[Ww]e|us)\b")
_ASKERS = re.compile(
    r"\b(?:ours?|us|we|my|(?<!give )(?<!tell )(?<!show )me|i|th(?:e|is|ese|at|ose)|yesterday|today|last)\b", re.I
)
"""What a question on the asker's own data says: “Give me 8 KPIs for an outsourced help desk” does not."""
_ADVICE = re.compile(
    r"\b(?:now what|what (?:now|next|to do)|what (?:can|could|should|shall|must|do|would) (?:we|i|one) do)\b", re.I
)
"""Asked of one's own case, as “How do we …?” is, and not for what one's own papers say."""
_YEARS = re.compile(
    r"\b(?:19|20)\d\d\b(?! (?:an?|per|people|staff|employees|invoices|calls|tickets|seats|agents|hours|"
    r"euros|dollars|pounds)\b)"
)
_OURS = re.compile(
    r"\b(?:[Ww]e|I)(?:['’](?:re|m|ll|ve)\b| (?!want|need|wonder|ask|heard|read)\w+)(?:[^.?!;:,]|(?<=\d)[.,](?=\d))*?"
    r"\b(?:in|since|from|by|until) (?P<year>(?:19|20)\d\d)\b"
)
"""“We are taking it back in 2027, …”: the asker's own year is a circumstance."""
_NAME = re.compile(
    r"(?<!^)(?<![.!?:] )\b(?!C[A-Z]{1,2}O\b|(?:What|Which|Who|Where|When|Why|How)\b|I['’]"
    r"|(?:US|UK|EU|OK|HR|IT|English)\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Sept?|Oct|Nov|Dec|Christmas|Xmas|Easter)\b)"
    r"[A-Z][\w’']+\b|(?<=[A-Z] )\d{4,}\b"
)
"""Not the asker's own chiefs, nor “HR”, “OK” and “in plain English”, nor days and months; a number only as part of one
(“ISO 37500”)."""
_SUCH = re.compile(
    r"\ban? (?!(?:ADP|AWS|BT|CGI|DHL|DXC|EXL|EY|HCL|HP|IBM|KPMG|NTT|SAP|TCS|UPS|WNS)\b)(?P<kind>[A-Z]{2,})\b(?! [A-Z])"
    r"|\b(?P<name>[A-Z][\w’']+) or (?:whoever|whatever|someone|some other|similar|the like)\b"
)
"""“an MBA”, “for an MVP” is a kind of thing, “Genpact or whoever” any such company; not so “an SAP contract”,
which names a company."""
_RANKING = re.compile(
    r"\b(highest|largest|biggest|cheapest|top|leading|best)\b.*\b(companies|providers|vendors|firms|suppliers|"
    r"countries|cities)\b|\b(companies|providers|vendors|firms|suppliers|countries|cities)\b.*\b(highest|largest|biggest|"
    r"cheapest|top|leading|most)\b"
    r"|(?:^(?:the )?|\b(?:which|who|whose|name|list|what(?:['’]s| is| are))\b(?: [\w-]+){0,3} )"
    r"(highest|largest|biggest|cheapest|top|leading|best)(?: [\w-]+){0,2} "
    r"(company|provider|vendor|firm|supplier|country|city)(?= (?:for|to|in|of|is|with|at)\b|\W*$)",
    re.I,
)
_OURS_IN = r"\b(?:[Oo]ur|[Mm]y|[Ww]e (?:are|have|run)|[Ww]e['’]re)\b"
_PARTY_IN = (
    r"\b(?:(?:processor|provider|supplier|vendor|subcontractor|contractor|team)s?|agenc(?:y|ies)|cent(?:re|er)s?)"
    r" (?:based )?in (?:the )?"
)
_OF_A_PLACE = re.compile(
    r"\b(?:laws?|legal\w*|licen[cs]\w*|permits?|wages?|pay|salar\w+|tax\w*|notice|allowed|strikes?|courts?|regulat\w+|"
    r"rules?|holidays?|unions?|works councils?)\b",
    re.I,
)
"""What differs from place to place."""
_BESIDE = r"\b(?:our|my|the|its|their) "
"""“French customer support” is said of a language, “our Sydney office” of where the asker is."""
_GREETED = re.compile(
    r"^(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks|thank you),? [A-Z][\w’'-]+[,.!:]"
)
_TOLD = re.compile(r"\b(?:[Ww]e|I|[Oo]ur|[Mm]y)\b.*\.$")
"""“We do not know how much work it will be.” asks for no figure."""
_YEAR = re.compile(
    r"\b(?:when (?:was|were|did)|(?:in )?(?:what|which) year\b(?! (?:should|(?:do|can) (?:we|i|you))\b))", re.I
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, and for the reader what is missing, in an answer too."""

    outcome: Outcome
    missing: str | None = None
    private: bool = False
    """The articles have nothing to do with it: they would have refused it."""


_UNKNOWN = "The library has no article on outsourcing “{}”."
_DOES_NOT_KNOW = "The library is about outsourcing and does not know "
_IN_OTHER_WORDS = ": please put the question in other words."
_NO_FIGURE = "The library gives no figure for {}."
_ASK = "Ask about outsourcing, for example “Should we outsource payroll?”."
NOTHING = "The library is about outsourcing and holds nothing on this question."
_NOT_CLOSE = "Nothing in the library comes close enough to this question to answer it."
_LIVE = "The question needs live information; the library holds reference material only."
_PRIVATE = (
    "The question is about your own organisation's data, which is not in the library. "
    "Ingest the document that holds it, then ask again."
)
REFUSALS = (_ASK, NOTHING, _LIVE, _PRIVATE, _DOES_NOT_KNOW)
"""How the answer to a refused question begins."""
UNRELATED = (_ASK, NOTHING)
"""What is missing where a question is none that the library could be asked."""


def judge(
    question: Question,
    intent: Intent,
    evidence: Evidence,
    chosen: Sequence[Candidate],
    mine: Sequence[Candidate] = (),
) -> Judgement:
    """Decides from the kind of question, the scores, the names that no source holds, and the kind of fact asked for.

    Args:
        chosen: the sentences that the composed answer is made of.
        mine: what the user's documents say, to stand with them.
    """
    if courtesy(question.text):
        return Judgement("refused", _ASK)
    own = any(candidate.document.collection != REFERENCE for candidate in evidence.candidates)
    documents = [id_ for subject in question.subjects for id_ in subject.documents]
    known = any(own or id_.startswith(f"{REFERENCE}/") for id_ in documents)
    elsewhere = intent.off + intent.chat
    near = evidence.cosine + evidence.asked
    today = intent.live >= SOUNDS_LIKE_IT and not known
    explained = question.shape == "decision" and not today and (known or elsewhere < ELSEWHERE)
    asked_how = wants_procedure(question.text) and not finds_out(question.text)
    advice = bool(_ADVICE.search(question.text)) or asked_how
    explained |= advice and near >= CLOSE and elsewhere + intent.live < ELSEWHERE
    own_papers = intent.private > intent.general and _OF_OURS.search(question.text)
    ours = own_papers and intent.private >= OURS  # “What is our provider's attrition this month?”
    explained |= known and question.shape in ("definition", "comparison") and not ours
    explained |= known and question.shape == "list" and not _ASKERS.search(question.text)
    explained |= near >= NEAR and elsewhere > intent.private + intent.live
    fit = near + math.log(0.01 + intent.general)
    told = evidence.asked >= (KNOWN_OURS if own_papers else KNOWN) or evidence.own >= OWN
    outside = fit < WITHIN or (evidence.cosine < FAR and not (known or own))
    if not chosen:
        return Judgement("refused", NOTHING)
    if not own and not (known and question.shape == "decision") and (unknown := _strange_words(question, evidence)):
        return _not_understood(intent, unknown)
    if outside and not told and not explained:
        return _outside(intent)
    strange = _strange_object(question, evidence)
    lacking = () if strange else _lacking(question, evidence, (*chosen, *mine))
    missing = _UNKNOWN.format(strange) if strange else _unsaid(lacking) or _kind_missing(question.text, chosen)
    if missing is None:
        never = _never_said(question, evidence, (*chosen, *mine))
        return Judgement("answered", _unexplained(question, (*evidence.candidates, *mine)) or _here(never))
    if near < CLOSE and not question.subjects and intent.general < SOUNDS_LIKE_IT:
        return Judgement("refused", missing) if strange else _outside(intent)
    if note := _aside(question.text, lacking, missing, evidence.asked):
        return Judgement("answered", note)
    return Judgement("nearest", missing)


def besides(articles: Judgement, both: Judgement, answers: bool) -> Judgement:
    """The outcome where the user's documents are quoted: what the articles alone would get, put right by these.

    Args:
        both: of the articles with the user's documents, which may say what is missing there.
        answers: whether a sentence of the user's documents answers by itself.
    """
    if articles.outcome == "answered" or answers:
        return Judgement("answered", None if answers else both.missing)
    refused = articles.outcome == "refused"
    far = refused or both.missing == _NOT_CLOSE
    missing = "Your documents may not say this outright." if far else both.missing
    return Judgement("nearest", missing, private=refused)


def _unsaid(lacking: Sequence[str]) -> str | None:
    """Which names the evidence lacks, in words for the reader."""
    names = ", ".join(f"“{word}”" for word in lacking)
    return f"The library does not say it outright; nothing near the answer speaks of {names}." if names else None


def _aside(text: str, lacking: Sequence[str], missing: str, asked: float) -> str | None:
    """What is missing, in words for the reader, where the rest of the question is answered all the same.

    That is so for the place of something of the asker's (“a subcontractor of our helpdesk in Egypt”) or of a party
    (“if a processor in India has a breach”), unless the law, the pay or a figure of that place is asked for; and for a
    figure that is only one of the things asked for, or that a known question near this one (`asked`, a cosine) is
    answered without.
    """
    if not lacking:
        rest = not all(map(wants_figure, asks(text))) or asked >= ASKED
        return missing if missing == no_figure(text) and rest else None
    said = clientless(text)
    ours = all(re.search(rf"(?:{_OURS_IN}[^.?!;]*?\b|{_PARTY_IN}){re.escape(name)}\b", text) for name in lacking)
    ours |= all(name not in said for name in lacking)
    if not ours or wants_figure(text) or _OF_A_PLACE.search(text) or not all(map(named, lacking)):
        return None
    return _here(lacking)


def _here(names: Sequence[str]) -> str | None:
    """That the answer is not about what is named, in words for the reader."""
    said = ", ".join(f"“{name}”" for name in names)
    return f"The library does not speak of {said} here; what follows is not about it in particular." if said else None


def _unexplained(question: Question, said_by: Sequence[Candidate]) -> str | None:
    """That the sources do not use the term of which the question asks what it is, or one that it compares, in words for
    the reader."""
    asked = [term for term in map(defined, asks(question.text)) if len(terms(term)) >= _TERM]
    named = [set(subject.stems) for subject in question.subjects]
    wanted = [term for term in asked if not any(stems <= set(phrase_stems(term)) for stems in named)]
    strange = [side.phrase for side in question.sides or () if not side.documents]
    wanted += [side for side in strange if set(words(side)) <= {"of", *terms(side)}]  # not “what is at the edge”
    unused = [term for term in wanted if not any(_within(phrase_stems(term), c) for c in said_by)]
    said = " and ".join(f"“{term}”" for term in dict.fromkeys(unused))
    return f"The library does not use the words {said}; what follows comes nearest." if said else None


def _within(term: tuple[str, ...], candidate: Candidate) -> bool:
    """Whether a sentence, its headings or its document's names have these words in a row."""
    document = candidate.document
    texts = (candidate.text, *candidate.passage.headings, document.title, *document.aliases)
    return any(in_a_row(term, text) for text in texts)


def _never_said(question: Question, evidence: Evidence, chosen: Sequence[Candidate]) -> list[str]:
    """What a decision names that the library never says, and the places that are not spoken of near the answer.

    They are circumstances, but the reader should know.
    """
    asked = _GREETED.sub(" ", " ".join(asking(question.text)))
    own = any(c.document.collection != REFERENCE for c in evidence.candidates)
    if question.shape != "decision" or own or asked.isupper():
        return []
    names = [name for name in _NAME.findall(asked) if evidence.unknown.issuperset(map(stem, words(name)))]
    said = frozenset[str]().union(*map(_places_in, (*chosen, *evidence.candidates[:_NEXT])))
    places = [place for place in mentions(asked) if said.isdisjoint(named(place))]
    places = [place for place in places if not (adjective(place) or re.search(rf"{_BESIDE}{place} [a-z]", asked))]
    return list(dict.fromkeys((*places, *(name for name in names if not named(name)))))


def _places_in(candidate: Candidate) -> frozenset[str]:
    """The places that a sentence, its headings and its document name."""
    texts = (candidate.text, candidate.document.title, *candidate.passage.headings)
    return frozenset[str]().union(*map(named, texts))


def _outside(intent: Intent) -> Judgement:
    """What is missing for a question that is not the library's, by what it sounds like."""
    if intent.general >= SOUNDS_LIKE_IT:
        return Judgement("nearest", _NOT_CLOSE)
    if intent.off + intent.chat > intent.private + intent.live:
        return Judgement("refused", _ASK if intent.chat > intent.off else NOTHING)
    missing = _LIVE if intent.live > intent.private else _PRIVATE
    return Judgement("refused", missing)


def _not_understood(intent: Intent, unknown: str) -> Judgement:
    """For words that the library never says: they may be another field's, or the asker's own."""
    if max(intent.off, intent.private, intent.live) >= SOUNDS_LIKE_IT:
        return _outside(intent)
    return Judgement("refused", f"{_DOES_NOT_KNOW}{unknown}{_IN_OTHER_WORDS}")


def _strange_words(question: Question, evidence: Evidence) -> str:
    """The words that the library never says, quoted, where these are too many; empty where they are not."""
    share = len(evidence.unknown) / max(1, len(question.stems))
    if share < 1 and (share < _STRANGE or len(evidence.unknown) < _STRANGE_AT_LEAST):
        return ""
    if evidence.cosine + evidence.asked >= _CLEAR + _CLEARER * share:
        return ""
    written = {word.lower(): word for word in re.findall(r"[\w'’]+", question.text)}
    strange = [written.get(word, word) for word in terms(question.text) if stem(word) in evidence.unknown]
    return ", ".join(f"“{word}”" for word in strange[:_NAMED_WORDS])


def _strange_object(question: Question, evidence: Evidence) -> str | None:
    """What a decision would outsource, where neither a subject nor an article near the question is about it."""
    object_ = object_of(question.text)
    if question.shape != "decision" or question.subjects or object_ is None:
        return None
    about = frozenset[str]().union(*map(_labels, evidence.candidates[:_NEXT]))
    wanted = [mark for mark in stems(object_) if mark not in _HEADS]
    return object_ if wanted and about.isdisjoint(wanted) else None


def _lacking(question: Question, evidence: Evidence, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The names, numbers and years of the question that stand nowhere near the answer.

    Common words may differ (“messed up” for “failed”): for those the cosine speaks. A place may be named otherwise
    (“British” for “UK”). In a decision on a subject of the library, and in sentences before the one that asks, names
    are circumstances (“We are in Leeds. …”, “Their system is from 2006. …”), and so are names that the library knows
    where a known question is near; but a year in a sentence that asks only is where the asker tells what he did or
    will do in it.
    """
    own = {match["year"] for match in _OURS.finditer(question.text)}
    own |= {match["kind"] or match["name"] for match in _SUCH.finditer(question.text) if not named(match[0])}
    sentences = SENTENCE.split(question.text)
    asked_in = [one for one in sentences if is_asked(one)] or sentences
    asks = " ".join(one for one in asked_in if one is sentences[-1] or not one.endswith("."))
    asked = (year for year in _YEARS.findall(asks) if year not in own)
    years = (year for year in asked if all(year not in one.text for one in chosen))
    if question.shape == "decision" and question.subjects:
        return tuple(dict.fromkeys(years))
    last = re.split(r"(?<=[.!?]) +(?=\w)", question.text)[-1]
    near = (*chosen, *evidence.candidates[:_NEXT])
    said = {text for c in near for text in (c.text, c.document.title, *c.passage.headings)}
    present = frozenset[str]().union(*map(stem_set, said), *map(_labels, near))
    places = frozenset[str]().union(*map(_places_in, near))

    written = mentions(question.text)
    capital = () if question.text.isupper() else _NAME.findall(last)
    names = [next((place for place in written if name in place.split()), name) for name in capital]

    def lacks(name: str) -> bool:
        parts = [stem(word) for word in words(name)]
        circumstance = evidence.asked >= ASKED and evidence.unknown.isdisjoint(parts)
        return not circumstance and not present.issuperset(parts) and places.isdisjoint(named(name))

    return tuple(dict.fromkeys((*years, *(name for name in names if name not in own and lacks(name)))))


def _labels(candidate: Candidate) -> frozenset[str]:
    """Stems of what a document says it is about: title, aliases, functions."""
    document = candidate.document
    return frozenset().union(*map(stem_set, (document.title, *document.aliases, *document.functions)))


def no_figure(text: str) -> str:
    """That there is no figure, in words for the reader; for which question, where there are several."""
    several = asks(text)
    wanted = [quoted(ask) for ask in several if wants_figure(ask)]
    return _NO_FIGURE.format(" and ".join(wanted) if len(several) > 1 and wanted else "this")


def _kind_missing(question: str, chosen: Sequence[Candidate]) -> str | None:
    """A question for a figure or a year is not answered by sentences without one."""
    text = " ".join(one for one in SENTENCE.split(question) if not _TOLD.search(one))
    said = " ".join(candidate.text for candidate in chosen)
    if any(not given.search(said) for given in figures(text)):
        return no_figure(question)
    ranking = _RANKING.search(text)
    if ranking and not {word.lower() for word in ranking.groups() if word} <= set(words(said)):
        return "The library ranks no companies or places."
    if _YEAR.search(text) and not re.search(r"\b(?:1[89]|20)\d\d\b", said):
        return "The library gives no year for this."
    return None
