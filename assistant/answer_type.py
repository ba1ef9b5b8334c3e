"""What kind of sentence a question expects: one that says what to do, or one with a figure of some kind.

“How do we avoid lock-in?” is not answered by what lock-in is, nor “How long does it take?” by a sentence without a
time. The expected answer type is an old idea of question answering (Li and Roth, Learning Question Classifiers, 2002).
A sentence says what to do where it stands in the imperative, by itself or after a condition (“Before signing,
agree …”), or under a heading that promises as much.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FIGURE = re.compile(
    r"\bhow (?:much|many|big|large|fast|long)\b|\b(?:percentage|per cent|percent|average|typical|hourly|annual) "
    r"(?:\w+ ){0,2}?(?:rate|cost|costs|price|salary|salaries|wage|fee|share|saving|savings|size|number|time)\b"
    r"|\bwhat (?:share|percentage|proportion|number|rate)\b|\bmarket size\b",
    re.I,
)
_FIGURES = (
    (
        re.compile(r"\bhow (?:many|much) per ?cent\b|\bwhat (?:share|percentage|proportion)\b", re.I),
        re.compile(r"\d ?%|\bper ?cent\b|\b(?:half|third|quarter|fifth|tenth|majority|most)\b", re.I),
    ),
    (
        re.compile(
            r"\bwhat (?:does|do|would|will|did)\b[^.?!]*\bcost\b(?= (?:us|you|for|in|per|a|to)\b|[?.! ]*$)"
            r"|\bhow much (?:does|do|is|are|would)\b",
            re.I,
        ),
        re.compile(
            r"[$€£¥₹]|\b(?:USD|EUR|GBP|dollars?|euros?|pounds?|rupees?|cents?)\b|\d ?%"
            r"|\b(?:days?|weeks?|months?|years?)['’]? (?:pay|salary|wages)\b",
            re.I,
        ),
    ),
    (
        re.compile(r"\bhow (?:long|soon|quickly|many (?:days|weeks|months|years))\b", re.I),
        re.compile(
            r"\b(?:hour|day|night|week|month|quarter|year|decade)s?\b|\b(?:19|20)\d\d\b|\b(?:immediately|at once)\b",
            re.I,
        ),
    ),
    (
        _FIGURE,
        re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|half|third)\b", re.I),
    ),
)
"""A question for a figure, and what a figure of its kind looks like."""
_WHO = r"(?:i|we|you|one|they|a|an|the|our|my|us)"
_PROCEDURE = re.compile(
    rf"\bhow (?:can|do|should|could|would|might|must|to|best|on earth)\b (?:{_WHO}\b|\w+ )"
    rf"|\bwhat (?:can|could|should|must|do) {_WHO}\b[^.?!]{{0,30}}?\b"
    r"(?:do|check|ask|watch|settle|agree|write|put|look)\b"
    r"|\b(?:ways?|steps|measures|tips|tricks|method) (?:to|for|of|against)\b|\bbest way\b"
    r"|\bwhat (?:helps|works|to do|now)\b",
    re.I,
)
_OF_OTHERS = re.compile(r"\bhow (?:do|does|would|can) (?:these|those|they|the two|it|that|this)\b", re.I)
"""“How do they compare?” asks for nothing to do."""
_VERBS = frozenset(
    """
    add adjust agree allow allocate apply appoint approve arrange ask assess assign audit avoid begin benchmark book
    bring budget build buy calculate cap check choose clean collect combine compare confirm consider count cover
    create cut date decide define delay demand describe divide do document draft draw ensure escalate establish
    estimate examine exclude expect explain find fix follow forbid give grant group have hire hold identify include
    insist inspect interview invite involve judge keep lead leave let lift limit link list log look maintain make map
    mark measure meet monitor move name negotiate note notify observe obtain offer open order pair pay phase pick
    pilot place plan practise prefer prepare price prove provide publish put raise rank read record reduce refuse
    rehearse reject remember remove renegotiate repeat replace report request require reserve resist restrict retain
    return review reward rotate rule run sample save say schedule score search see seek select send separate set
    settle share show sign smooth sort speak specify spell split spread standardise start state stay stop store
    strengthen study submit take talk teach tell test tie track train treat try turn update use value verify visit
    wait want warn watch weigh withdraw withhold work write
    """.split()
)
_LEAD = re.compile(
    r"^(?:(?:before|after|if|where|when|whenever|to|for|in|at|during|once|unless|with|without|as|until|because|besides|"
    r"instead of)\b[^,]{3,120}, )?"
    r"(?P<surely>(?:(?:always|never|do not) )?)(?:(?:also|first|then|only|at least|either) )*(?P<verb>[a-z]+)\b"
    r"(?! (?:(?!(?:who|what|which|that|if|whether|where|how|when|why)\b)[\w-]+ ){0,2}"
    r"(?:is|are|was|were|has|had|can|may)\b)"
    r"(?! (?:of|and)\b)",
    re.I,
)
"""Not “Pay is low”, “Test coverage has grown”."""
_PROMISES = re.compile(
    r"^how to\b|\b(?:can|should) do\b|^what to\b|^what a (?:client|buyer|manager)\b|\bto (?:agree|settle|ask|decide)\b"
    r"|^(?:ways|steps|tests|terms) (?:to|before|worth)\b|\bwhat (?:lowers|helps)\b|^(?:keeping|getting|choosing|finding"
    r"|checking|winning|settling|tests|make)\b|\bterms on\b",
    re.I,
)


def wants_figure(text: str) -> bool:
    """Whether a question asks for a figure."""
    return bool(figures(text))


def figures(text: str) -> list[re.Pattern[str]]:
    """What a figure of the kinds that a question asks for looks like."""
    return [given for asked, given in _FIGURES if asked.search(text)]


def wants_procedure(text: str) -> bool:
    """Whether a question asks how to do something."""
    return bool(_PROCEDURE.search(text)) and not _OF_OTHERS.search(text)


def instructs(text: str, headings: Sequence[str]) -> bool:
    """Whether a sentence says what to do, by itself or by the innermost of its headings."""
    lead = _LEAD.match(text)
    return bool(lead and (lead["surely"] or lead["verb"].lower() in _VERBS)) or any(
        map(_PROMISES.search, headings[-1:])
    )
