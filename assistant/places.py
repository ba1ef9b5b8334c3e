"""The countries that a text names, so that a question about one is not answered with the law or wages of another."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMES = {
    "eu": r"EU|European Union|Europe|European|Brussels",
    "latin america": r"Latin America|Latin American",
    "us": r"US|U\.S\.|USA|United States|America(?<!Latin America)|American(?<!Latin American)|California|Texas|"
    r"New York|Ohio|Florida|Chicago|Boston",
    "uk": r"UK|U\.K\.|United Kingdom|Great Britain|Britain|British|England|Scotland|Wales|"
    r"London|Manchester|Birmingham|Leeds|Bristol|Glasgow|Edinburgh",
    "argentina": r"Argentina|Argentine|Argentinian|Buenos Aires",
    "australia": r"Australia|Australian|Sydney",
    "austria": r"Austria|Austrian|Vienna",
    "bangladesh": r"Bangladesh|Bangladeshi|Dhaka",
    "belgium": r"Belgium|Belgian|Antwerp",
    "brazil": r"Brazil|Brazilian|São Paulo",
    "bulgaria": r"Bulgaria|Bulgarian|Sofia",
    "canada": r"Canada|Canadian|Toronto|Quebec",
    "chile": r"Chile|Chilean",
    "china": r"China|Chinese|Beijing|Shanghai",
    "colombia": r"Colombia|Colombian|Bogotá|Bogota|Medellín",
    "costa rica": r"Costa Rica|Costa Rican",
    "czechia": r"Czechia|Czech|Prague|Brno",
    "denmark": r"Denmark|Danish|Danes|Copenhagen",
    "egypt": r"Egypt|Egyptian|Cairo",
    "estonia": r"Estonia|Estonian",
    "finland": r"Finland|Finnish|Helsinki",
    "france": r"France|French|Paris",
    "germany": r"Germany|German|Berlin|Frankfurt|Munich",
    "hungary": r"Hungary|Hungarian|Budapest",
    "india": r"India|Indian|Bangalore|Bengaluru|Mumbai|Delhi|Pune|Chennai|Hyderabad|Noida",
    "ireland": r"Ireland|Irish|Dublin",
    "israel": r"Israel|Israeli",
    "italy": r"Italy|Italian|Milan",
    "japan": r"Japan|Japanese|Tokyo",
    "kenya": r"Kenya|Kenyan|Nairobi",
    "latvia": r"Latvia|Latvian",
    "lithuania": r"Lithuania|Lithuanian|Vilnius",
    "malaysia": r"Malaysia|Malaysian|Kuala Lumpur",
    "mexico": r"Mexico|Mexican|Guadalajara",
    "morocco": r"Morocco|Moroccan",
    "netherlands": r"Netherlands|Dutch|Amsterdam",
    "norway": r"Norway|Norwegian",
    "pakistan": r"Pakistan|Pakistani|Karachi",
    "philippines": r"Philippines|Philippine|Filipino|Manila|Cebu",
    "poland": r"Poland|Polish|Poles|Warsaw|Krakow|Kraków|Wrocław",
    "portugal": r"Portugal|Portuguese|Lisbon",
    "romania": r"Romania|Romanian|Bucharest",
    "serbia": r"Serbia|Serbian|Belgrade",
    "singapore": r"Singapore",
    "slovakia": r"Slovakia|Slovak|Bratislava",
    "south africa": r"South Africa|South African|Cape Town",
    "spain": r"Spain|Spanish|Madrid",
    "sri lanka": r"Sri Lanka|Sri Lankan|Colombo",
    "sweden": r"Sweden|Swedish|Swedes|Stockholm",
    "switzerland": r"Switzerland|Swiss|Zurich",
    "turkey": r"Turkey|Türkiye|Turkish|Istanbul",
    "uae": r"UAE|United Arab Emirates|Dubai",
    "ukraine": r"Ukraine|Ukrainian|Kyiv|Lviv",
    "vietnam": r"Vietnam|Vietnamese|Hanoi",
}
_OTHERWISE = r"(?!(?-i:us|Us|polish|poles|turkey|china|chile|wales|danes)\b)"
"""Words of another meaning in small letters; all other names are known in any."""
_PATTERN = re.compile(
    rf"(?<![\w.@/-]){_OTHERWISE}(?:" + "|".join(f"({names})" for names in _NAMES.values()) + r")(?![\w-])", re.I
)
_WITH_ITS_PREPOSITION = re.compile(r"(?:\b(?:in|from|to|at)\s+(?:the\s+)?)?" + _PATTERN.pattern, re.I)
_CLIENT = re.compile(
    rf"(?P<before>\b(?:for|as|at|of) an? (?:[\w-]+ ){{0,2}}?){_PATTERN.pattern} "
    r"(?P<after>(?:[\w-]+ ){0,2}?"
    r"(?:company|firm|business|bank|group|insurer|manufacturer|retailer|start-?up|client|buyer|employer)\b)",
    re.I,
)
_THERE = re.compile(r"(?:\b(?:in|from|to|at|for|of) (?:the )?|, )$", re.I)
_ADJECTIVE = re.compile(
    r"(?:ian|ish|[nt]ch|zech|wiss|ese|aeli|ani|shi|[cky]an|ean|german|pino|ppine|tine|slovak|poles|danes|swedes)$", re.I
)
_ALL = tuple(_NAMES)
_INSIDE = {
    "eu": frozenset(
        (
            "austria/belgium/bulgaria/czechia/denmark/estonia/finland/france/germany/hungary/ireland/italy/latvia/"
            "lithuania/netherlands/poland/portugal/romania/slovakia/spain/sweden"
        ).split("/")
    ),
    "latin america": frozenset(("argentina", "brazil", "chile", "colombia", "costa rica", "mexico")),
}


@lru_cache(maxsize=20_000)
def named(text: str) -> frozenset[str]:
    """The countries and regions that a text names, by their names, adjectives and best-known cities."""
    return frozenset(_ALL[match.lastindex - 1] for match in _PATTERN.finditer(text) if match.lastindex)


def mentions(text: str) -> list[str]:
    """The countries and regions that a text names, as it writes them."""
    return [match.group() for match in _PATTERN.finditer(text)]


def adjective(place: str) -> bool:
    """Whether a place, as `mentions` gives it, is named by its adjective or its people: “French”, “Poles”."""
    return bool(_ADJECTIVE.search(place))


def without(text: str) -> str:
    """The text without the places that it names, nor the prepositions before them."""
    return re.sub(r"\s+([?.!,;]|$)", r"\1", re.sub(r"\s+", " ", _WITH_ITS_PREPOSITION.sub(" ", text)).strip())


def clientless(text: str) -> str:
    """The text without where a company is from for which something is asked: “for a Dutch company”."""
    return _CLIENT.sub(lambda of: of["before"] + of["after"], text)


def replaced(text: str, place: str) -> str | None:
    """The text with another place for the only one that it names, if that stands each time after a preposition or a
    comma."""
    found = list(_PATTERN.finditer(text))
    if len(named(text)) != 1 or not all(_THERE.search(text[: match.start()]) for match in found):
        return None
    return re.sub(rf"(?:\bthe )?{_PATTERN.pattern}", lambda _: place, text, flags=re.I)


def bearing_on(asked: frozenset[str]) -> frozenset[str]:
    """Those asked for, with the regions that they lie in, and what lies in a region asked for."""
    regions = {region for region, inside in _INSIDE.items() if asked & inside}
    inside = frozenset[str]().union(*(_INSIDE[region] for region in asked & _INSIDE.keys()))
    return asked | regions | inside
