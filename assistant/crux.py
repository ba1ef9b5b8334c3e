"""What a question asks, without the circumstances that it tells; and what it takes for granted.

“We run payroll for 300 people in Poland through a bureau. Must it let our auditors in?” names much and asks about audit
rights. The question's vector is moved towards that of what it asks: its asking sentence, without the places it names
and, where it asks for a fact, without the business function. The circumstances still count, in the question's own
vector, in its words, and in what is left out as being about another function or country.

“Since HIPAA forbids it, how do all those firms …?” takes something for granted, which may be wrong. The vector is moved
towards that, too: where the sources correct it, the sentence that does so is the answer.
"""

from __future__ import annotations

import re

from assistant import places
from assistant.question import SENTENCE, WH, Question, besides
from assistant.subjects import Subjects
from assistant.text import terms

# Chosen on the development split and on questions that explorers wrote (eval/LOG.md).
CRUX, BESIDE, GRANTED = 0.3, 0.55, 0.3
"""How far a question's vector is moved towards that of its crux, of what a follow-up is read as, and of what it takes
for granted."""
_ANY_FUNCTION = "service"
NOTHING = frozenset("help explain advise advice idea ideas thought thoughts tell regards thanks".split())
"""“Could you help me?” asks nothing."""
_ENOUGH = 3
"""Content words besides the subjects: “What are the risks of payroll?” asks about payroll."""
_VERB = "is|are|was|were|do|does|did|has|have|can|could|will|would|shall|should|must|may|am"
_AUX = rf"(?:{_VERB})(?:n['’]?t)?\b"
_LINKS = r"^(?:(?:and|but|so|then|ok|okay|well|also),? )*"
_ASKS = re.compile(rf"{_LINKS}(?:(?:in|at|on|for|to|by|with|from) )?(?:{WH}|{_AUX} )", re.I)
_TAG = re.compile(
    r"(?:(?:,|…|\.\.\.| [-–—]) *(?:true|yes|no|ok(?:ay)?|or not|is that (?:right|so|true|correct|ok)|"
    rf"{_AUX} (?:it|they|we|he|she|there|that|this|you|one))|[,…–—-]? ?\b(?:right|correct))\s*\?+$",
    re.I,
)
"""“…, isn't it?”, at a sentence's end of so many characters:"""
_END = 40
_TOLD = re.compile(
    r"(?<!do )(?<!does )\b(?:(?:i|we) (?:(?:was|were|am|are|got|have been) (?:told|informed|assured|advised)"
    r"(?: by [\w' ]{2,30}?(?= that))?|hear|heard|(?:read|understand|gather)(?= that))|"
    r"(?:we )?all know|as (?:we|you|everybody|everyone) knows?|"
    r"(?:everyone|everybody|they|people) (?:says?|knows?|agrees?|thinks?)|"
    r"is ?n['’]t it (?:true|right)|is it (?:true|right|correct)) (?:that )?(?!if |whether )"
    rf"(?P<said>.{{12,}}?)(?=[?!]|,? (?:but|so|and) (?:{WH}|{_AUX})|\.(?:\s|$)|$)",
    re.I,
)
_SINCE = re.compile(
    r"(?:(?:^|[,;] )(?:since|because|as|given)|\b(?:given|seeing|now|considering) that) (?!(?:19|20)\d\d\b)"
    r"(?P<said>[^,?!]{12,}?)(?=,|[?!]| [-–—] |\.(?: |$)|$)",
    re.I,
)
_SO = re.compile(
    r"^(?!(?:if|for|regarding|concerning|about|quick|in|at|on|when|while|with|after|before) )"
    rf"(?P<said>.{{8,}}?)(?:[,;:]| [-–—]) *(?:(?:and|so|then|but|therefore|thus) )*(?={WH}|{_AUX} ).*\?",
    re.I,
)
"""“HIPAA forbids it, so how do all those firms …?”"""
_CONCLUDES = re.compile(
    r"^(?:(?:and|but|so|ok|okay) )?"
    r"(?:(?:since|because|as|given|now|seeing)\b(?: that)?[^,]{8,}, (?:so )?|[^,]{8,}, (?:so|therefore|thus|hence) )"
    r"(?P<said>.{12,})$",
    re.I,
)
"""“Since they are certified, our data are safe, right?”"""
_WHY = re.compile(
    rf"{_LINKS}(?:(?:why|how come)(?: on earth| exactly)? {_AUX}|(?:{_VERB})n['’]t\b) (?P<said>.{{8,}})$", re.I
)
_FIRST = re.compile(r"^(?:we|i|our|my)\b", re.I)
_SO_THEN = re.compile(r"[, ]+(?:(?:so|therefore|thus|hence) )?$", re.I)
_PLANS = re.compile(
    r"(?:we|i)(?:['’]ll| (?:will|plan|want|wish|intend|(?:am|are) going|would like|need|can|could))\b", re.I
)
"""What follows for the asker is no claim."""
_NO_CLAIM = re.compile(
    r"^(?:hi|hello|hey|dear|thanks?|please|tell|explain|describe|help|let|sorry|quick|one|another|good (?:morning|day)|"
    r"i (?:hope|have (?:a|one|another|some)|need|want|wonder|would|am asking)|i['’](?:d|m asking)|just)\b",
    re.I,
)
_CLAIM = 3
"""Content words of what is taken for granted, at least."""


def granted(text: str) -> str:
    """What a question takes for granted, in its own words; the text itself where that is nothing."""
    sentences = SENTENCE.split(text)
    told = [one for one in sentences if not one.endswith("?") and not _ASKS.match(one) and not _NO_CLAIM.match(one)]
    tags = [(one, _TAG.search(one, max(0, len(one) - _END))) for one in sentences if not _ASKS.match(one)]
    found = [concluded(one[: tag.start()]) for one, tag in tags if tag]
    found += [_conclusion(one) for one in told if concluded(one) != one]
    found += [said["said"] for pattern in (_TOLD, _SINCE) for one in sentences if (said := pattern.search(one))]
    found += [said["said"] for one in sentences if (said := _SO.match(one)) and not _ASKS.match(one)]
    if len(sentences) > 1:  # circumstances last
        found += sorted(told, key=lambda one: bool(_FIRST.match(one)))
    found += [said["said"].rstrip("?!. ") for one in sentences if (said := _WHY.match(one))]
    claims = (one for one in found if len(terms(one)) >= _CLAIM and not _NO_CLAIM.match(one))
    return next(claims, text)


def concluded(claim: str) -> str:
    """What a claim concludes from another one; the claim itself where it does not."""
    match = _CONCLUDES.match(claim)
    return match["said"] if match and len(terms(match["said"])) >= _CLAIM else claim


def _conclusion(claim: str) -> str:
    """What a claim concludes from another one; that other one, where what follows is only what the asker will do."""
    said = concluded(claim)
    return _SO_THEN.sub("", claim.removesuffix(said)) if _PLANS.match(said) else said


def crux(question: Question, subjects: Subjects) -> str:
    """What the question asks; the question itself where that would leave next to nothing."""
    if question.aspect:
        return question.aspect
    sentences = SENTENCE.split(question.text)
    asking = [one for one in sentences if one.endswith("?") or (one is sentences[-1] and not one.endswith("."))]
    asking = [one for one in asking if set(terms(one)) - NOTHING] or sentences[-1:]
    tags = [_TAG.search(one, max(0, len(one) - _END)) for one in asking]
    asking = [concluded(one[: tag.start()]) if tag else one for one, tag in zip(asking, tags, strict=True)]
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
