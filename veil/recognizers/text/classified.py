"""What the multilingual token classifier says, as spans: names joined, and the parts of an address joined into one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from veil.model import Span
from veil.recognizers.token_classifier import Labelled, TokenClassifier

LEAST: Final = 0.3
_NAMES: Final = ("GIVEN_NAME", "SURNAME")
_PLACES: Final = ("CITY", "STATE")
_STREETS: Final = ("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS")
_ENTITIES: Final = {
    **dict.fromkeys(_NAMES, "PERSON"), **dict.fromkeys(_PLACES, "LOCATION"), **dict.fromkeys(_STREETS, "STREET_ADDRESS"),
    "ZIP_CODE": "POSTCODE", "PHONE": "PHONE_NUMBER", "TAX_ID": "US_SSN", "BANK_ACCOUNT": "ACCOUNT_NUMBER",
    "ROUTING_NUMBER": "ACCOUNT_NUMBER", "GOVERNMENT_ID": "NATIONAL_ID", "PASSPORT": "PASSPORT",
    "DRIVERS_LICENSE": "DRIVING_LICENSE",
}
_NUMBERS: Final = frozenset(
    {"PHONE_NUMBER", "US_SSN", "ACCOUNT_NUMBER", "NATIONAL_ID", "PASSPORT", "DRIVING_LICENSE", "POSTCODE"}
)
_LEAST_DIGITS: Final = {"POSTCODE": 3, "PHONE_NUMBER": 7}
_ADDRESS: Final = frozenset({*_STREETS, *_PLACES, "ZIP_CODE"})
_GAP: Final = 4
SSN_DIGITS: Final = 9
_INITIAL = re.compile(r" [^\W\d_]\.? |\.? ?-?")


def find(classifier: TokenClassifier, texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """Return the spans of each text, without overlap. E-mail addresses and URLs are left to the patterns."""
    found = zip(classifier.find(texts), texts, strict=True)
    return [tuple(_spans([_whole(part, text) for part in labelled], text)) for labelled, text in found]


def _whole(part: Labelled, text: str) -> Labelled:
    """Return the part with the accents that stand behind its last letter as characters of their own."""
    end = part.end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return part if end == part.end else replace(part, end=end)


def _spans(labelled: Sequence[Labelled], text: str) -> Iterator[Span]:
    sure = [part for part in labelled if part.score >= LEAST and part.label in _ENTITIES]
    at = 0
    while at < len(sure):
        last = _end_of_run(sure, at, text)
        span = _span(sure[at : last + 1], text)
        if span:
            yield span
        at = last + 1


def _end_of_run(parts: Sequence[Labelled], first: int, text: str) -> int:
    kinds = _NAMES if parts[first].label in _NAMES else _ADDRESS if parts[first].label in _ADDRESS else (parts[first].label,)
    last = first
    while last + 1 < len(parts) and parts[last + 1].label in kinds:
        if not _is_gap(text[parts[last].end : parts[last + 1].start], kinds):
            break
        last += 1
    labels = {part.label for part in parts[first : last + 1]}
    is_address = bool(labels.intersection(_STREETS))
    return last if kinds is not _ADDRESS or is_address else first


def _is_gap(between: str, kinds: object) -> bool:
    if kinds is _NAMES and _INITIAL.fullmatch(between):
        return True
    if any(char.isalnum() for char in between):
        return False
    return len(between) <= _GAP if kinds is _ADDRESS else len(between) <= 2 and "\n" not in between and "," not in between


def _span(run: Sequence[Labelled], text: str) -> Span | None:
    labels = [part.label for part in run]
    entity = "STREET_ADDRESS" if set(labels).intersection(_STREETS) else _ENTITIES[labels[0]]
    start, end = run[0].start, run[-1].end
    if text[end : end + 1] == "." and text[end - 2 : end - 1] in (" ", ".") and text[end - 1].isupper():
        end += 1
    value = text[start:end]
    if entity in _NUMBERS and sum(map(str.isdigit, value)) < _LEAST_DIGITS.get(entity, 5):
        return None
    if entity == "US_SSN" and sum(map(str.isdigit, value)) != SSN_DIGITS:
        return None
    if entity == "STREET_ADDRESS" and (len(value) < 5 or _is_bare(run, value)):
        return None
    if entity in ("PERSON", "LOCATION") and not any(char.isalpha() for char in value):
        return None
    return Span(start, end, entity, sum(part.score for part in run) / len(run))


def _is_bare(run: Sequence[Labelled], value: str) -> bool:
    """Return whether an address is only a word in lower case and a number, or a word and a year: `table 3`, `during 1971`."""
    words = value.split()
    return len(words) == 2 and words[1].isdigit() and (words[0].islower() or 1900 <= int(words[1]) < 2100) and len(run) <= 2
