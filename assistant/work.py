"""What a text would outsource, known to the library or not, by what follows the verb; and what is said of any work."""

from __future__ import annotations

import re

from assistant.text import terms

_OBJECT = re.compile(
    r"\b(?:outsource|(?<!the )(?<!an )(?<!our )outsourcing|contract out|farm out) (?:of )?"
    r"(?!(?:moves|shifts|changes|takes|gives|makes|cuts|leaves|puts|brings|means|costs|saves)\b"
    r"|(?:of )?(?:(?:almost|nearly|just about) )?(?:any|every|some|no)thing\b"
    r"|(?<=outsourcing )(?:firm|compan(?:y|ie)|provider|partner|vendor|supplier|contractor|agenc(?:y|ie)|consultant|"
    r"advis[eo]r|contract|deal|agreement|arrangement|relationship|project|programme|decision|strategy|market|industry)s?\b"
    r"(?! (?:\w+ing|management|review|research|work)\b))"
    r"(?!(?:(?:a|an|the|still|really|always|ever|so|too|very|that) )*"
    r"(?:good|bad|worth|wise|smart|sensible|right|wrong|safer?|risky|dangerous|cheap(?:er)?|expensive|better|worse|ethical|legal|necessary)"
    r"(?: (?:idea|move|plan|choice|thing|decision|it|for|than|or|and|to|in)\b|\W*$))"
    r"(?:(?:our|the|my|a|an|all|some|its|their) )*"
    r"(?P<object>[\w&-]+(?: (?!(?:a|an|the|our|is|are|for|to|in|on|at|and|or|if|when)\b)[\w&-]+)?)",
    re.I,
)
"""What follows “outsourcing”, unless it says how good that is."""
_BPO = re.compile(
    r"(?<![\w&])(?P<a>a )?(?:BPO|business process outsourcing)(?: \(BPO\))?"
    r"(?= (?:provider|vendor|supplier|partner|contractor|contract|deal|agreement)s?\b| (?:company|firm)\b)",
    re.I,
)
_OTHER_KINDS = re.compile(r"\b(?:KPO|ITO|knowledge process)\b", re.I)


def object_of(text: str) -> str | None:
    """What is to be outsourced, in the text's words; None where it does not say."""
    match = _OBJECT.search(text)
    return match["object"] if match else None


def of_any_work(text: str) -> str:
    """A text with “outsourcing provider” for “BPO provider”: how to audit one, pay one or leave one is no matter of the
    kind of work, unless other kinds are named, too."""
    if _OTHER_KINDS.search(text):
        return text
    return _BPO.sub(lambda said: f"{said['a'][0]}n outsourcing" if said["a"] else "outsourcing", text)


def names_work(text: str) -> bool:
    """Whether a text says what is to be outsourced."""
    said = object_of(text)
    return said is not None and (said.isupper() or bool(terms(said)))  # IT, not it
