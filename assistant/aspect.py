"""In what two things are compared: “How do BPO and KPO differ in pricing?” asks for no general account of the two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from assistant.places import clientless
from assistant.text import stem, terms, words

_DIFFER = r"(?:diff(?:er(?:s|ences?|ent|ently)?)?|compare[sd]?|comparison|contrast|vs\.?|versus)"
_IN = (
    r"(?:in terms of|with (?:regard|respect) to|when it comes to|as to|as regards|regarding|concerning|"
    r"in|on|over|about)"
)
_OF = r"(?:between|of|for|in|under|with|at)"
_BE = r"(?:is|are|was|were|has|have|do|does|will|would|can|could)"
_ALIKE = r"(?:different(?:ly)?|differ|the same|alike|similar|higher|lower|longer|shorter)"
_SAID = r"(?P<aspect>[^?,;:]{1,60}?)"
_GIVEN = r"(?:for|if|when|where|while|with|because|since)"
_FOR = r"(?P<aspect>[^?;:]{3,120}?)"
_ASKING = r"(?:how|what|why|who|which)\b"
_DIFFERENCE = re.compile(r"\bdifferences?\b", re.I)
_NO_CHOICE = (
    r"(?!.{0,120}?\b(?:should|(?:we|i|you) (?:need|want)|suits?|choose|prefer|recommend|(?:better|best) "
    r"(?:for|when|if|suited)|right|fits?|go (?:for|with)|pick)\b)"
)
_SEVERAL = r"(?P<aspect>[\w -]{1,30}(?:, [\w -]{1,30}){1,3},? and [\w -]{1,30})"
_FORMS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_DIFFER}\b[^?]{{0,120}}? {_IN} {_SAID}[?.! ]*$",
        rf"\b{_DIFFER}\b[^?]{{0,120}}? {_IN} {_SEVERAL}[?.! ]*$",
        rf"\b{_IN} {_SAID}[,:;] (?:how|what|where|which)\b[^?]{{0,120}}?\b{_DIFFER}\b",
        rf"\bdifferences? (?:in|of) {_SAID} (?:between|of|for) ",
        rf"\b(?:compare|contrast|comparison of) {_SAID} {_OF} ",
        rf"\bhow {_BE} {_SAID} (?:differ|compare|vary|different)\w*\b",
        rf"\b{_BE} {_SAID} {_OF} [^?]{{0,120}}?\b{_ALIKE}\b",
        rf"\bdifferent {_SAID}(?:[?,;:]|$)",
        r"\b(?:which|who|whose|where) (?:(?:one|side|model|option|kind|type) )?"
        rf"(?:of (?:the |these |those )?(?:two|them|these|those) )?{_NO_CHOICE}{_SAID}(?:[?,;:]|$)",
        rf"^(?:(?:and|so|but) )?{_BE} (?P<aspect>[^?,;:]{{1,60}}? than [^?,;:]{{1,60}})",
        rf"^(?:and )?{_NO_CHOICE}{_SAID} \([^()]{{1,60}} vs [^()]{{1,60}}\)",
        rf"^(?:(?:and|so|but) )?{_BE} {_SAID} {_OF} [^?]{{0,120}}?\bor\b",
        rf"^(?:and |so |but )?(?:who|what|when|where|how) {_SAID} compared (?:to|with) ",
        # What a choice is for: “Poland or India for payroll?”, “Five hires a year: an agency or RPO?”
        rf"^(?!{_ASKING})[^?]*\b(?:or|vs\.?|versus) [^?.,;:]{{1,60}}?,? {_GIVEN} {_FOR}[?.! ]*$",
        rf"^(?!{_ASKING}){_FOR}(?:[,:;.]| [–—-]) *(?:is |are |would )?[^?.,;:]{{2,80}}? (?:or|vs\.?|versus) "
        r"[^?.,;:]{2,80}[?.! ]*$",
    )
)
_NOTHING = frozenset(
    """
    actual actually advise answer ask asked basic basically beginner beginners best better big biggest boss brief
    briefly case choose clearly companies company confused decide depends doubt essay exam explain firm future
    hello help hey hi homework honest honestly interview let morning next opinion please prefer presentation
    question quick quickly recommend say sorry start starting student study suggest sure thank thanks thesis think
    understand undecided unsure compare compared comparison contrast detail details differ difference differences
    different differs easy end english exactly example examples fact five friday general good key kind know knows
    language layman's line lines main manner mean means meeting minute minutes monday nutshell now one outsource
    outsourced outsourcing page pages paragraph paragraphs practice read real really sentence sentences short
    simple simply something summary table ten term terms thing things three thursday today tomorrow true tuesday
    two type types typical typically versus view vs way ways wednesday win wins word words work worse worst year
    years
    """.split()
)
"""What names no aspect: “What is the main difference in plain words?”, “Which one is better?”."""
_MOST = 6
"""Content words of an aspect; more tell of a circumstance."""


def aspect(text: str, sides: Iterable[tuple[str, ...]]) -> str:
    """In what a question compares two things, in its own words; empty where it asks how they differ at all.

    Args:
        text: the sentence that asks, or all that was said where that has nothing but the two.
        sides: the stems of the two.
    """
    known = {part for side in sides for part in side}
    text = clientless(text)

    def named(said: Iterable[str]) -> list[str]:
        return [word for word in said if word not in _NOTHING and stem(word) not in known]

    for form in _FORMS:
        if (match := form.search(text)) and 0 < len(found := named(terms(match["aspect"]))) <= _MOST:
            return " ".join(found)
    if _DIFFERENCE.search(text):
        return ""
    twice = [word for word, count in Counter(words(text)).items() if count > 1]  # “KPO pay against BPO pay”
    return " ".join(named(terms(" ".join(twice))))
