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
    r"\bhow (?:much|many|big|large|fast)\b|\b(?:percentage|per cent|percent|average|typical|hourly|annual) "
    r"(?:\w+ ){0,2}?(?:rate|cost|costs|price|salary|salaries|wage|fee|share|saving|savings|size|number|time)\b"
    r"|\bwhat (?:share|percentage|proportion|number|rate)\b|\bmarket size\b",
    re.I,
)
_UNIT = r"(?:minute|hour|day|week|month|year|decade)"
_TIME = re.compile(
    r"(?:(?<![\d.,–-])\d[\d.,–-]{0,15}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|sixty|ninety))"
    rf"(?:[ -]\w+)??[ -](?:{_UNIT}|second|quarter)s?\b(?!-end)"
    rf"|\b(?:an?|half|per|each|every|the (?:first|next|same|following)|within the)(?:[ -]\w+)??[ -]{_UNIT}\b(?!-)"
    rf"|\b(?:{_UNIT}|second|quarter)s\b(?! of )|\b(?:a quarter(?! of )|overnight|fortnight)\b",
    re.I,
)
"""Not “year-end”, “at night”, “the second call”, “a second provider”."""
_WHEN = re.compile(rf"{_TIME.pattern}|\b(?:immediately|at once|(?:19|20)\d\d)\b", re.I)
_SOON = re.compile(r"\bhow (?:soon|quickly|fast)\b", re.I)
"""“How soon do savings show?” is best answered by a time, but can be without one."""
_MONEY = r"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|dollars?|euros?|pounds?|rupees?|(?<!per )cents?)\b)"
_FIGURES = (
    (
        re.compile(r"\bhow (?:many|much) per ?cent\b|\bwhat (?:share|percentage|proportion)\b", re.I),
        re.compile(r"\d ?%|\bper ?cent\b|\b(?:half|third|quarter|fifth|tenth|majority|most)\b", re.I),
    ),
    (
        re.compile(
            r"\bwhat (?:does|do|would|will|did)\b[^.?!]*\bcost\b"
            r"(?= (?:us|you|for|in|per|a|to|roughly|about|approximately)\b| \(|[?.! ]*$)"
            r"|\bhow much (?:does|do|is|are|would)\b",
            re.I,
        ),
        re.compile(
            rf"{_MONEY}|\d ?%|\b(?:days?|weeks?|months?|years?)['’]? (?:pay|salary|wages)\b",
            re.I,
        ),
    ),
    (
        re.compile(
            r"\b(?:how much|what|which)\b[^.?!]*\b(?:cost|costs|price|fee|rate|charge|charges|pay)\b[^.?!]*"
            r"\b(?:per|an) (?:hour|day|head|seat|agent|call|ticket|invoice|order|page|user|employee|person|payslip)\b",
            re.I,
        ),
        re.compile(_MONEY, re.I),
    ),
    (
        re.compile(r"\bhow (?:long|many (?:seconds|minutes|hours|days|weeks|months|years))\b", re.I),
        _TIME,
    ),
    (
        _FIGURE,
        re.compile(
            r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|dozen|hundred|half|third)\b",
            re.I,
        ),
    ),
)
"""A question for a figure, and what a figure of its kind looks like."""
_WHO_IS_TO = re.compile(
    r"\bwho(?: \w+){0,5}? (?:should|must|shall|ought|has to|owns?|leads?|runs?|signs?|approves?|decides?|manages?"
    r"|is (?:responsible|accountable|in charge))\b",
    re.I,
)
_ROLE = re.compile(
    r"^(?:(?:let|have|make|name|appoint|give) )?(?:(?:an?|the|one|each|your) )?(?:[\w-]+ ){0,3}?"
    r"(?:owners?|managers?|sponsors?|officers?|directors?|executives?|chiefs?|heads? of|leads?|lawyers?|counsel"
    r"|boards?|committees?|procurement|finance|human resources|HR)\b",
    re.I,
)
"""“Who should own the contract?” is best answered by a role."""
_BUYER = (
    r"(?:bank|business(?! (?:model|process|case))|buyer|client|company|department|employer|firm|manager|owner|"
    r"start-?up|team)"
)
_OTHERS = r"(?:bpo|kpo|ito|outsourcing|off-?shor\w+|near-?shor\w+|provider|vendor|supplier)"
_WHO = (
    rf"(?:i|we|you|one|us|people|(?:(?:an?|the|our|my) )?(?:(?!{_OTHERS}\b)[\w-]+ )??"
    rf"(?:{_BUYER}s?|businesses|companies))"
)
_PROCEDURE = re.compile(
    rf"\bhow (?:best )?(?:to\b|(?:(?:on earth )?(?:can|do|does|could|would|might|must)|on earth (?:can|do)) {_WHO}\b"
    r"|(?:should|must|ought)\b|(?:can|could) (?:[\w'’-]+ ){1,6}?be (?:\w+ly )?"
    r"(?:\w+(?:ed|en|ne|wn)|cut|set|put|paid|kept|held|met|made|built|dealt|found|left|won|brought)\b)"
    rf"|\bwhat (?:can|could|should|must|do) {_WHO}\b[^.?!]{{0,30}}?\b"
    r"(?:do|check|ask|watch|settle|agree|write|put|look)\b"
    r"|\bwhat (?:steps|measures|precautions)\b"
    r"|\b(?:ways?|steps|measures|tips|tricks|method) (?:to|for|of|against)\b|\bbest way\b"
    r"|\bwhat (?:helps|works|to do|now)\b",
    re.I,
)
"""“How do providers earn?”, “How do they compare?” ask for nothing to do."""
_FINDS_OUT = re.compile(
    r"\b(?:see|look up|find out|view|access|retrieve|pull up)\b[^.?!]*"
    r"(?:\b(?:what|which|who|when|how (?:many|much|long))\b[^.?!]*\b(?:our|my|we|us|i)\b"
    r"|\b(?:last|this) (?:week|month|quarter|year)\b|\b(?:today|yesterday|right now)\b)",
    re.I,
)
"""“How can we see what our provider charged us?” asks for that, and not how."""
_VERBS = frozenset(
    """
    add adjust agree allocate allow apply appoint approve arrange ask assess assign avoid begin bring buy calculate
    check choose collect combine compare confirm consider create decide define describe divide do draft draw encrypt
    ensure escalate establish estimate examine exclude expect explain find fix follow forbid give grant have hire
    identify include insist inspect invite involve keep leave let limit link list look maintain make map mark
    measure meet monitor name negotiate notify observe obtain pair pick practise prefer prepare protect prove
    provide publish put raise rank read reduce refuse rehearse reject remember remove renegotiate replace request
    require reserve resist restrict retain rotate run save say see seek select send separate set settle show sign
    smooth sort speak specify spell split spread standardise start stay stop strengthen submit take teach tell tie
    train treat try turn verify visit wait warn weigh withdraw withhold write
    """.split()
)
_NOUNS_TOO = frozenset(
    """
    audit benchmark book budget build cap change clean count cover cut date delay demand document group hold
    interview judge lead lift log move note offer open pay phase pilot place plan price report return review reward
    rule sample schedule score share state store study talk test track train update use value watch
    """.split()
)
_FINITE = (
    r"(?:is|are|was|were|has|have|had|can|may|must|should|will|rose|rises?|falls?|grows?|shows?|means?|makes?|takes?|costs|"
    r"depends?|suits?|drives?|rewards?|brings?|covers?|helps?|(?!outsourced\b)\w+ed)\b"
)
_LEAD = re.compile(
    r"^(?:(?:before|after|if|where|when|whenever|to|for|in|at|during|once|unless|with|without|as|until|because|besides|"
    r"instead of)\b[^,]{3,120}, )?"
    r"(?P<surely>(?:(?:always|never|do not|don['’]t) )?)(?:(?:also|first|then|only|at least|either) )*"
    r"(?P<verb>[a-z]+)\b(?!-)(?! (?:is|are|was|were|has|had|can|may|should|will|of|and)\b)"
    r"(?P<object>(?: (?:an?|the|your|our|its|their|his|her|it|them|this|that|these|those|each|every|all|any|no|both|"
    r"only|at least|not|who|what|which|whether|how|up|out|back|once|twice)\b"
    rf"|(?! (?:[\w'’-]+ ){{0,5}}?{_FINITE}) [\w'’-]+)?)",
    re.I,
)
"""Not “Pay is low”, “Test coverage has grown”, “Audit adjustments show …”, “Order accuracy shows …”."""
_PROMISES = re.compile(
    r"^how to\b|\b(?:can|should) do\b|^what to\b|^what a (?:client|buyer|manager)\b|\bto (?:agree|settle|ask|decide)\b"
    r"|^(?:ways|steps|tests|terms) (?:to|before|worth)\b|\bwhat (?:lowers|helps)\b"
    r"|^(?:keeping|getting (?!it\b)|choosing|finding|checking|winning|settling|tests|make)\b|\bterms on\b",
    re.I,
)


def finds_out(text: str) -> bool:
    """Whether what is to be done is finding out a fact of the asker's own."""
    return bool(_FINDS_OUT.search(text))


def wants_figure(text: str) -> bool:
    """Whether a question asks for a figure."""
    return bool(figures(text))


def wants_time(text: str) -> bool:
    """Whether a question asks how long something takes."""
    return _TIME in figures(text)


def figures(text: str) -> list[re.Pattern[str]]:
    """What a figure of the kinds that a question asks for looks like."""
    return [given for asked, given in _FIGURES if asked.search(text)]


def preferred(text: str) -> list[re.Pattern[str]]:
    """What the figures look like that answer a question best, whether or not it demands them."""
    return [*figures(text), *([_WHEN] if _SOON.search(text) else [])]


def wants_role(text: str) -> bool:
    """Whether a question asks who is to do something."""
    return bool(_WHO_IS_TO.search(text))


def of_a_role(text: str) -> bool:
    """Whether a sentence is about what somebody in a role does."""
    return bool(_ROLE.search(text))


def wants_procedure(text: str) -> bool:
    """Whether a question asks how to do something."""
    return bool(_PROCEDURE.search(text))


def instructs(text: str, headings: Sequence[str]) -> bool:
    """Whether a sentence says what to do, by itself or by the innermost of its headings."""
    if any(map(_PROMISES.search, headings[-1:])):
        return True
    lead = _LEAD.match(text)
    if lead is None or lead["surely"]:
        return lead is not None
    verb = lead["verb"].lower()
    return bool(lead["object"]) if verb in _NOUNS_TOO else verb in _VERBS
