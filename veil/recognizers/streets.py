"""Street lines and postcodes as they are written in some twenty countries."""

from __future__ import annotations

import re
from typing import Final

_KINDS_AFTER = (
    "street|str|st|avenue|ave|av|road|rd|drive|dr|boulevard|blvd|lane|ln|way|court|ct|place|pl|circle|cir|terrace|ter|parkway|pkwy|"
    "highway|hwy|crossing|trail|trl|square|sq|crescent|close|grove|gardens|row|walk|loop|alley|plaza|mews|hill|quay|green|rise"
)
_KINDS_BEFORE = (
    "rue|avenue|av|boulevard|bd|allée|allee|place|chemin|impasse|quai|route|cours|square|via|viale|piazza|corso|largo|vicolo|strada|"
    "calle|c/|avenida|avda|plaza|paseo|ronda|camino|carrer|rua|travessa|praça|estrada|alameda|ulica|ul|aleja|al|plac|os"
)
_KINDS_JOINED = "strasse|straße|str|gasse|weg|platz|allee|damm|ufer|ring|laan|straat|plein|gracht|kade|dreef|steenweg|gatan|vägen|vej|gade|gata|veien|katu|tie"
_WORD = r"[^\W\d_][\w'’.-]*"
_NUMBER = r"\d{1,5}(?:[ -]?[a-zA-Z]\b|/\d{1,3}|-\d{1,4})?"

IN_TEXT: Final = re.compile(
    rf"\b{_NUMBER},? (?:[NSEW]\.? )?(?:(?:\d{{1,3}}(?:st|nd|rd|th)|[A-Z][\w'’.-]*) ){{1,4}}(?:{_KINDS_AFTER})\b\.?(?:,? (?:apt|suite|unit|ste|#)\.? ?[\w-]{{1,6}})?"
    rf"|\b{_NUMBER},? (?:bis |ter )?(?:{_KINDS_BEFORE})\.? (?:(?:de|du|des|la|le|les|l['’´]|d['’´]|della|dei|delle|da|do|dos)[ ]?){{0,3}}{_WORD}(?: {_WORD}){{0,3}}"
    rf"|\b(?:{_KINDS_BEFORE})\.? (?:(?:de|del|della|la|los|las|da|do|dos|dei|san|santa) ){{0,3}}{_WORD}(?: {_WORD}){{0,3}},? (?:n[°º.]? ?)?{_NUMBER}\b"
    rf"|\b(?:(?-i:[A-ZÀ-Þ])[\w'’.-]* ){{0,2}}{_WORD}(?:{_KINDS_JOINED})\.? {_NUMBER}\b"
    rf"|\b(?-i:[A-ZÀ-Þ])[\w'’.-]*-? ?(?:Straße|Strasse|Str\.|Platz|Weg|Allee|Ring|Damm) {_NUMBER}\b",
    re.IGNORECASE,
)
KIND: Final = re.compile(
    rf"(?:^|[\s,.;])(?:{_KINDS_AFTER}|{_KINDS_BEFORE})(?=$|[\s,.;])|\w(?:{_KINDS_JOINED})(?=$|[\s,.;\d])|\bp\.? ?o\.? box\b|\bpostfach\b|\bpostbus\b",
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
    return any(char.isdigit() for char in value) and len(value.split()) >= 2 and bool(KIND.search(value))
