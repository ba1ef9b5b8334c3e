"""Whether a text is about bringing work back, and not about the return of data or money."""

from __future__ import annotations

import re

_BELONGINGS = (
    r"(?:data|files?|records|documents|papers|money|deposit|fees|keys?|code|passwords?|equipment)\b"
    r"(?! (?:entry|processing|label\w+|management|maintenance|keeping|cleaning|analysis|protection|review|work|team)\b)"
)
_BACK = re.compile(
    r"\b(?:bring(?:ing)?|tak(?:e|ing)|pull(?:ing)?|mov(?:e|ing)|get(?:ting)?|fetch(?:ing)?|haul(?:ing)?)\b"
    rf"(?!(?: (?!and\b)[\w'’-]+){{0,6}}? {_BELONGINGS}(?:(?:,|,? (?:and|or)) (?:[\w'’-]+ ){{0,2}}?{_BELONGINGS})*"
    rf"(?: [\w'’-]+){{0,4}}? back\b(?! (?:home|in[- ]?house)\b)| back (?:(?!work\b)[\w'’-]+ ){{0,4}}?{_BELONGINGS})"
    r"[^.?!]{0,40}\b(?:back|home|in[- ]?house)\b"
    r"|\b(?:insourc|backsourc|repatriat)\w*",
    re.I,
)


def meant(text: str) -> bool:
    """Whether work comes back: “How do we get all of our data back?” asks for something else."""
    return bool(_BACK.search(text))
