"""Street lines and postcodes as they are written in some twenty countries.

Every repetition is bounded: these expressions also meet hostile texts.
"""

from __future__ import annotations

import re
from typing import Final

_AFTER = (
    "street|str|st|avenue|ave|av|road|rd|drive|dr|boulevard|blvd|lane|ln|way|court|ct|place|pl|circle|cir|terrace|ter|parkway|"
    "pkwy|"
    "highway|hwy|crossing|trail|trl|square|sq|crescent|close|grove|gardens|row|walk|loop|alley|plaza|mews|hill|quay|green|rise"
)
_BEFORE = (
    "rue|avenue|av|boulevard|bd|allée|allee|place|chemin|impasse|quai|route|cours|square|via|viale|piazza|corso|largo|vicolo|"
    "strada|"
    "calle|c/|avenida|avda|plaza|paseo|ronda|camino|carrer|glorieta|acceso|cuesta|rambla|pasadizo|callejón|cañada|"
    "urbanización|pasaje|vial|"
    "canale|contrada|stretto|borgo|rotonda|incrocio|piazzetta|lungarno|salita|traversa|rua|travessa|praça|estrada|alameda|"
    "ulica|ul|aleja|al|plac|os|ulice|trg|cesta|náměstí|nám|třída|tř|nábřeží|bulevar|calea|rúa|rua|odos|leoforos|οδός|λεωφόρος"
)
_JOINED = (
    "strasse|straße|str|gasse|weg|platz|allee|damm|ufer|(?<![aeiou])(?<!\bsp)(?<!\bst)(?<!\bb)ring|laan|straat|plein|gracht|"
    "kade|dreef|steenweg|"
    "gatan|vägen|vej|gade|gata|gaten|gaden|veien|vegen|vegur|katu|kuja|polku|tie|stræti|straeti|stræde|braut|gränd|stigen|allé|plads|"
    "torv|terasse|terrasse"
)
_APART = "Straße|Strasse|Str\\.|Platz|Weg|Allee|Ring|Damm|terrasse|terasse|utca|út|útja|tér|tere|krt\\.|u\\."
_REST = r"[\w'\u2019.-]{0,30}"
_WORD = rf"[^\W\d_]{_REST}"
_CAPITAL = rf"(?-i:[A-ZÀ-Þ]){_REST}"
_NUMBER = r"\d{1,5}(?:[ -]?[a-zA-Z]\b|/\d{1,3}|-\d{1,4})?"
_UNIT = r"(?:,? (?:apt|suite|unit|ste|#)\.? ?[\w-]{1,6})?"
_OF = r"(?:(?:des|du|dei|delle|della|del|de|das|dos|da|do|las|los|les|la|le|san|santa|[ld]['\u2019\u00b4]) ?){0,3}"

IN_TEXT: Final = re.compile(
    rf"\b(?:\d{{2,5}} (?=\d))?{_NUMBER},? (?:[NSEW]\.? )?(?:(?:\d{{1,3}}(?:st|nd|rd|th)|[A-Z]{_REST}) "
    rf"){{1,4}}(?:{_AFTER})\b\.?{_UNIT}"
    rf"|\b{_NUMBER},? (?:bis |ter )?(?:{_BEFORE})\.? {_OF}{_WORD}(?: {_WORD}){{0,3}}"
    rf"|\b(?:{_BEFORE})\.? {_OF}{_WORD}(?: {_WORD}){{0,3}},? (?:n[°º.]? ?)?{_NUMBER}\b"
    rf"|\b(?:{_CAPITAL} ){{0,2}}{_WORD}(?:{_JOINED})\.? {_NUMBER}\b"
    rf"|\b{_CAPITAL}(?:- ?| )(?:{_APART}) {_NUMBER}\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    rf"(?:^|[\s,.;])(?:{_AFTER}|{_BEFORE})(?=$|[\s,.;])|\w(?:{_JOINED})(?=$|[\s,.;\d])"
    r"|\bp\.? ?o\.? box\b|\bpostfach\b|\bpostbus\b",
    re.IGNORECASE,
)
POSTCODES: Final = (
    ("GB", 0.75, re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE)),
    ("CA", 0.75, re.compile(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", re.IGNORECASE)),
    ("NL", 0.6, re.compile(r"[1-9]\d{3} ?[A-Z]{2}", re.IGNORECASE)),
    ("PT", 0.45, re.compile(r"\d{4}-\d{3}")),
    ("PL", 0.45, re.compile(r"\d{2}-\d{3}")),
    ("SE", 0.4, re.compile(r"\d{3} \d{2}")),
    ("US", 0.45, re.compile(r"\d{5}-\d{4}")),
)


def is_street(value: str) -> bool:
    """Return whether a whole value reads as a street line: a kind of street and, somewhere, a number."""
    return any(char.isdigit() for char in value) and len(value.split()) >= 2 and bool(_KIND.search(value))
