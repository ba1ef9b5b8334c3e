"""An answer made of the sources' own sentences: chosen, ordered and laid out by what the question asks for.

Quoted, hence true to the source, and there within a second. Nothing here writes a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import inside, places
from assistant.asks import asks
from assistant.choose import by_document, diverse, in_order, leading, sourced
from assistant.comparison import comparison, says
from assistant.disputes import disputes
from assistant.evidence import Candidate, Evidence, Section
from assistant.layout import ALSO, OWN, Block, Composition, escape, render, within
from assistant.parts import Part
from assistant.question import Question, Room, asking, decides
from assistant.subjects import Subjects, phrase_stems
from assistant.text import count_words, stem

WORDS: dict[Room, int] = {"brief": 110, "usual": 220, "entire": 480}
"""At most so many words, by what the question asks for."""
OWN_WORDS = 90
"""Of these for the user's own documents, one sentence at least."""

PART_WORDS, PART_WORDS_OWN, PART_MORE = 100, 60, 75
"""For what else is asked, its heading included; the same beside the user's own documents; and by so much the answer may
be longer, since more is asked for."""

_REFERENCE = "From the reference articles"

_ARTICLES = frozenset(("a", "an", "the"))
_SAYS_WHAT = frozenset(stem(word) for word in ("is", "are", "means", "refers", "describes", "denotes"))
_ASPECTS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        "con",
        re.compile(
            r"\b(?:when|why)\b.*(?:n[o']t\b|n’t\b|\bnever\b)|\breasons? (?:for )?not\b|"
            r"\b(?:arguments?|case|reasons?) for (?:keep|stay|retain)|"
            r"\b(?:arguments?|case|points?|reasons?|speaks?) against\b",
            re.I,
        ),
    ),
    (
        "risk",
        re.compile(
            r"\b(?:risks?|dangers?|pitfalls?|downsides?|drawbacks?|disadvantages?|cons|lose|go(?:es)? wrong)\b", re.I
        ),
    ),
    ("keep", re.compile(r"\b(?:what|which)\b.*\b(?:keep|h[ao](?:ng|ld) on to|let go of|retain|stay|remain)\b", re.I)),
    (
        "pro",
        re.compile(
            r"\b(?:benefits|advantages|upsides?|pros)\b|\b(?:arguments?|case|reasons?|speaks?) for "
            r"(?!not\b|keep|stay|retain|in-house|fail|insourc|bring)\b",
            re.I,
        ),
    ),
    ("measure", re.compile(r"\b(?:measure|metrics?|kpis?|track)\b", re.I)),
)
"""A decision may be asked about in part: what to keep, when not, what can go wrong, what to measure."""

_OPPOSITE: dict[Section | None, tuple[Section, ...]] = {"pro": ("con", "risk"), "con": ("pro",), "risk": ("pro",)}
"""What is said for it is no argument against it."""

_OPEN = re.compile(
    r"(?:(?:^|[.!?] +)(?:and |but |so |then )?(?:what|which|who|where|how|why)\b"
    r"|[,;:–—-] +(?:(?:and|but|so|then) )?(?:"
    r"(?:what|who) (?:should|shall|ought)\b(?! have\b)(?![^?]*[,:;–—-] ?should (?:we|i)\b)"
    r"|(?:what|which|who|where|how|why)\b(?: [\w'’-]+){0,4}? (?:should|shall|ought) "
    r"(?:i|we|you|they|it|he|she|one|the|a|an|our|my|their|this|that|these|those)\b))"
    r"[^.!?]*[.!?]*$",
    re.I,
)
"""“How should we …?”, “They miss every target, what should we do?” ask for more than yes or no."""

_WRITERS = "writers|authors|experts|scholars|researchers|academics|analysts|studies"
_DISPUTED = re.compile(
    rf"\b(?:{_WRITERS}|opinions|(?<!data )sources(?! of))\b"
    r"[^.?!]*\b(?:disagree\w*|contradict\w*|differ(?:s|ed|ing)?|argu(?:es?|ed|ing)|disput\w+|conflict\w*|diverg\w+)\b"
    rf"|\b(?:disagreements?|disputes?|controvers\w+) (?:among|between) (?:the )?(?:{_WRITERS}|sources)\b",
    re.I,
)
"""“On which points do writers disagree about KPO and BPO?” asks for their views, not for the two."""

_ABOUT = 0.85
_OUTSOURCE = re.compile(
    r"outsourc(?!\w* (?:provider|partner|vendor|supplier|firm|company|contract|deal|agreement)s?\b)"
    r"|offshor|nearshor|in[- ]?house",
    re.I,
)
"""“They drop the price if we sign for five years. Should we accept?” is not about whether to outsource: it does not say
so, and no sentence of the article on that has so much of the best one's score."""

_ASKED_BESIDES = 1
_NEAR = 0.95
"""Sentences of a decision that are chosen for the question's own words, with so much of the best one's score."""

_LOOKUP = 8
_FLOOR = 0.76
"""Sentences of a lookup, with so much of the best one's score."""
_LEADS = 0.85
"""What leads a lookup has so much of it."""
_SURE = 0.85
"""What leads has this score: three in ten of those with less answered the question, six in ten of the others."""
_UNSURE = "What comes nearest in the sources"

_DECISION: tuple[tuple[Section, str, int], ...] = (
    ("pro", "When it pays", 2),
    ("con", "When it does not", 2),
    ("risk", "Risks", 2),
    ("keep", "What to keep in-house", 1),
    ("law", "Check first", 1),
)


def compose(
    question: Question,
    evidence: Evidence,
    subjects: Subjects,
    own: Sequence[Candidate] = (),
    alone: bool = False,
    parts: Sequence[Part] = (),
) -> Composition:
    """Chooses and lays out; empty where there is no candidate.

    Args:
        own: what the user's documents say, to stand before the articles, under headings of their own.
        alone: without what the articles say on the whole.
        parts: what else is asked, to stand below.
    """
    told = [part for part in parts if part.sentences]
    most = PART_WORDS_OWN if own else PART_WORDS
    tail = [block for part in told for block in within([_block(part)], most) or [_block(part, 1)]]
    limit = room(question, told) - count_words(render(tail).text)
    if not own:
        return _above(tail, [] if alone else within(_blocks(question, evidence, subjects), limit))
    nearest = max(own, key=lambda one: one.score)
    first = within([Block(OWN, "list", "claim", list(own))], OWN_WORDS) or [Block(OWN, "list", "claim", [nearest])]
    head = render(first)
    above = f"{OWN} {_REFERENCE} " + " ".join(sentence.text for sentence in head.sentences)
    left = max(limit - count_words(above), 0 if tail else limit // 2)
    rest = [] if alone else within(_blocks(question, evidence, subjects), left)
    if not rest:
        return replace(_above(tail, first), head=f"**{OWN}**")
    whole = _above(tail, [*first, Block(_REFERENCE, "prose"), *rest])
    return replace(whole, head=f"{head.text}\n\n**{_REFERENCE}**", own=len(head.sentences))


def brief(question: Question, evidence: Evidence, subjects: Subjects, most: int) -> list[Candidate]:
    """At most `most` sentences, the best first; of an answer with headings its first one and one under each."""
    blocks = [block for block in _blocks(question, evidence, subjects) if block.role != "note" and block.all()]
    headed = [block for block in blocks if block.rows or block.label not in (None, _UNSURE)]
    if headed:
        return list(dict.fromkeys(block.all()[0] for block in (*blocks[:1], *headed)))[:most]
    leads = blocks[0].sentences if blocks and blocks[0].layout == "prose" else []
    others = [one for block in blocks for one in block.sentences if one not in leads]
    return [*leads, *sorted(others, key=lambda one: (-one.score, one.key))][:most]


def _block(part: Part, most: int | None = None) -> Block:
    return Block(escape(part.asked), "list", "claim", list(part.sentences[:most]), titled=True)


def _above(tail: Sequence[Block], blocks: Sequence[Block]) -> Composition:
    """These blocks above what else was asked."""
    whole, above = render([*blocks, *tail]), render(blocks)
    further = len(whole.sentences) - len(above.sentences)
    return replace(whole, tail=whole.text.removeprefix(above.text).lstrip(), further=further)


def room(question: Question, parts: Sequence[Part] = ()) -> int:
    """Words that the answer may have, with what else is asked."""
    return WORDS[question.room] + PART_MORE * sum(bool(part.sentences) for part in parts)


def _blocks(question: Question, evidence: Evidence, subjects: Subjects) -> list[Block]:
    if question.shape == "comparison" and question.sides is not None and not _DISPUTED.search(question.text):
        return comparison(question, question.sides, evidence, subjects) or _lookup(question, evidence)
    if question.shape == "decision":
        return _decision(question, evidence)
    if question.shape == "definition":
        return _definition(question, evidence, subjects)
    if part := _aspect_of_function(question, evidence):
        return part
    if question.shape == "list":
        own = [c for c in evidence.candidates if c.document.id in evidence.focus[:1]]
        return _part(question, own, _aspect(question)) or _lookup(question, evidence)
    return _lookup(question, evidence)


# -- by shape ---------------------------------------------------------------------------------------------------


def _definition(question: Question, evidence: Evidence, subjects: Subjects) -> list[Block]:
    """The sentence that says what the term is, then the summary of the article about it."""
    names = [name for subject in question.subjects for name in subjects.names(subject)]
    summary = in_order(c for c in evidence.candidates if c.document.id in evidence.focus[:1] and c.section == "summary")
    term = [subject.stems for subject in question.subjects]
    summary.sort(key=lambda c: not says(c, term))  # an article may define more than one
    disputed = disputes(evidence)
    usual = disputed.settled
    defining = [c for c in usual if _defines(c, term)][:1]
    if not defining and not any(_defines(c, names) for c in summary):
        defining = [c for c in usual if _begins(c, term)][:1]
    wider = not defining and not any(says(c, term) for c in summary)  # the article is about more than the term
    if wider and (saying := [c for c in usual if says(c, term)][:2]):
        return [Block(None, "prose", "verdict", [*saying, *summary[: 3 - len(saying)]])]
    if wider:
        defining = [c for c in usual if _defines(c, names)][:1]
    if not any(says(c, names) for c in summary):
        if not defining:
            return _lookup(question, evidence)
        more = diverse(usual, 4, taken=defining, floor=0.72 * evidence.best)
        return [Block(None, "prose", "verdict", defining + more), *disputed.shown()]
    if any(_defines(c, names) for c in summary[:1]):
        defining = []
    said = [*defining, *(c for c in summary if c not in defining)][:4]
    return [Block(None, "prose", "verdict", said), *disputed.shown()]


def _defines(candidate: Candidate, names: Sequence[tuple[str, ...]]) -> bool:
    """Whether a sentence begins with a name and says what it is: “Vendor lock-in (…) means …”."""
    return any(not _SAYS_WHAT.isdisjoint(rest[:4]) for name in names if (rest := _after(candidate, name)) is not None)


def _begins(candidate: Candidate, names: Sequence[tuple[str, ...]]) -> bool:
    """Whether a sentence begins with a name: “Gain share pays …”."""
    return any(_after(candidate, name) is not None for name in names)


def _after(candidate: Candidate, name: tuple[str, ...]) -> tuple[str, ...] | None:
    """The stems of a sentence after the name that it begins with; None where it does not."""
    marks = phrase_stems(candidate.text)
    start = 1 if marks[:1] and marks[0] in _ARTICLES else 0
    return marks[start + len(name) :] if marks[start : start + len(name)] == name else None


def _decision(question: Question, evidence: Evidence) -> list[Block]:
    decided = _decided(evidence)
    nearest = next((c.document.id for c in evidence.candidates), "")
    focus = next((id_ for id_ in evidence.focus if id_ in decided), next(iter(evidence.focus), nearest))
    own = [c for c in evidence.candidates if c.document.id == focus]
    asked = _aspect(question)
    deciding = [ask for ask in asks(question.text) if decides(ask)] or [question.text]
    whether = asked is not None or _both_sides(question) or not all(map(_OPEN.search, deciding))
    asked_for = " ".join(asking(question.text))
    beside = bool(own) and own[0].score < _ABOUT * evidence.best and not _OUTSOURCE.search(asked_for)
    if not {"pro", "con"} <= {c.section for c in own} or not whether or beside:
        return _lookup(question, evidence)
    if part := _part(question, own, asked):
        return part
    if second := _second(question, evidence):
        return _two_decisions(evidence, (focus, second))
    summary = [c for c in own if c.section == "summary"]
    if own[0].document.kind == "decision":
        summary = in_order(summary)
    else:  # the first says what the term means
        summary = [c for c in summary if not c.first] or summary
    summary = summary[:1]
    titled = _unnamed(question, own)
    blocks = [Block(None, "prose", "verdict", summary, titled=titled)]
    brief = question.room == "brief"
    besides = [] if brief else _nearest(evidence, focus, summary)
    blocks.append(Block(None, "list", "claim", besides, titled=titled))
    taken = summary + besides
    for section, label, count in _DECISION:
        of_section = leading([c for c in own if c.section == section])
        picked = in_order(diverse(of_section, 1 if brief else count, taken=taken))
        taken += picked
        blocks.append(Block(label, "list", "claim", picked, titled=titled))
    return blocks


def _decided(evidence: Evidence) -> set[str]:
    """The articles on whether to outsource something."""
    return {c.document.id for c in evidence.candidates if c.document.kind == "decision"}


def _nearest(evidence: Evidence, focus: str, taken: Sequence[Candidate]) -> list[Candidate]:
    """What is nearest to the question itself, which may ask for more than whether, and stands in none of the parts."""
    parts = {"summary", "verdict", *(section for section, _, _ in _DECISION)}
    besides = [
        c for c in evidence.candidates if c.section != "disagree" and (c.document.id != focus or c.section not in parts)
    ]
    return diverse(besides, _ASKED_BESIDES, taken=taken, floor=_NEAR * evidence.best)


def _aspect(question: Question) -> Section | None:
    return None if _both_sides(question) else next(iter(_aspects(question)), None)


def _aspects(question: Question) -> list[Section]:
    return [section for section, pattern in _ASPECTS if pattern.search(question.text)]


def _both_sides(question: Question) -> bool:
    """Whether pros and cons are asked for: the pros of one's own staff are the cons of a provider."""
    return {"pro", "risk"} <= set(_aspects(question)) or inside.against(question.text)


def _unnamed(question: Question, own: Sequence[Candidate]) -> bool:
    """Whether the question does not name what these sentences' document is about: the reader must be told."""
    return not any(c.document.id in subject.documents for c in own[:1] for subject in question.subjects)


def _part(question: Question, own: Sequence[Candidate], asked: Section | None) -> list[Block]:
    """What the article on a function says of one aspect, then what else is near; empty where it says nothing."""
    part = in_order(c for c in own if c.section == asked)
    if not part:
        return []
    beside = {"disagree", *_OPPOSITE.get(asked, ())}
    if question.most:  # what the article says itself before studies of it
        said_first = sorted(leading(part), key=lambda c: sourced(c) and not c.first)
        part = in_order(diverse(said_first, question.most))
    more = diverse((c for c in own if c.section not in beside), 2 if len(part) < 4 else 0, taken=part)
    said = (part[:6] + more)[: question.most or None]
    return [Block(None, "list", "claim", said, titled=_unnamed(question, own))]


def _aspect_of_function(question: Question, evidence: Evidence) -> list[Block]:
    """What the article on the one function that the question names says of the one aspect that it asks for."""
    asked = next((pattern for section, pattern in _ASPECTS if pattern.search(question.text)), None)
    named = [one for one in question.subjects if not places.named(one.phrase)]  # a place is a circumstance
    named = [one for one in named if asked is None or not asked.search(one.phrase)]
    decided = _decided(evidence)
    focus = [id_ for id_ in evidence.focus if any(id_ in subject.documents for subject in named)]
    if len(named) != 1 or not focus or focus[0] not in decided:
        return []
    return _part(question, [c for c in evidence.candidates if c.document.id == focus[0]], _aspect(question))


def _second(question: Question, evidence: Evidence) -> str | None:
    """The article on the second function that the question names, if it names two."""
    decided = _decided(evidence)
    focus = [id_ for id_ in evidence.focus if id_ in decided]
    if not focus or focus[0] != evidence.focus[0]:
        return None
    others = [set(subject.documents) for subject in question.subjects if focus[0] not in subject.documents]
    return next((id_ for id_ in focus[1:] if any(id_ in documents for documents in others)), None)


def _two_decisions(evidence: Evidence, documents: Sequence[str]) -> list[Block]:
    """Of each function in short: the bottom line, one reason for, one against, one risk."""
    blocks: list[Block] = []
    for id_ in documents:
        own = [c for c in evidence.candidates if c.document.id == id_]
        said = in_order(c for c in own if c.section == "summary")[:1]
        for section in ("pro", "con", "risk"):
            said += diverse(leading([c for c in own if c.section == section]), 1, taken=said)
        blocks.append(Block(escape(own[0].document.title) if own else None, "list", "claim", said))
    return blocks


def _lookup(question: Question, evidence: Evidence) -> list[Block]:
    disputed, wanted = disputes(evidence), bool(_DISPUTED.search(question.text))
    noted = disputed.shown(wanted=wanted)
    picked = diverse(disputed.settled, question.most or _LOOKUP, floor=_FLOOR * evidence.best)
    lead = next((c for c in picked if c.section != "disagree" and c.score >= _LEADS * evidence.best), None)
    if noted and (wanted or lead is None):
        return [*noted, Block(ALSO, "list", "claim", by_document(picked), titled=True)]
    if not picked:
        return []
    lead = lead or picked[0]
    if question.shape == "list" or evidence.plain < _SURE:  # none of them leads
        label = None if question.shape == "list" else _UNSURE
        return [Block(label, "list", "claim", by_document(picked), titled=True), *noted]
    return [
        Block(None, "prose", "verdict", [lead]),
        Block(None, "list", "claim", by_document([c for c in picked if c is not lead]), titled=True),
        *noted,
    ]
