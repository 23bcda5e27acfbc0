"""Known numbers and dates, found in texts however they are written: with other separators, another prefix, a written month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from veil.model import Span
from veil.recognizers.entities import ENTITIES
from veil.recognizers.text.letters import folded

SCORE: Final = 0.95
MIN_DIGITS: Final = 5
PHONE_DIGITS: Final = 8
LONGEST_RUN: Final = 12
LOCALES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro", "hr", "tr")
_NO_CODES: Final = frozenset({"FREE_TEXT", "BIRTH_DATE", "URL", "EMAIL_ADDRESS", "STREET_ADDRESS", "ADDRESS"})
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W_]{1,40}")
_NOT_CODE: Final = re.compile(r"[\W_]+")
_NOT_DIGIT: Final = re.compile(r"\D+")
_EXTENSION: Final = re.compile(r" ?(?:x|ext\.?|#) ?\d{1,6}$", re.IGNORECASE)
_SEPARATOR: Final = r"[ ./()_\u00a0\u2011-]"
_NUMBERED: Final = r"[^\W\d_]{0,6}\d[^\W_]{0,40}"
_RUN: Final = re.compile(
    rf"(?<![^\W_])(?:[A-Z]{{1,6}}{_SEPARATOR}{{0,3}})?{_NUMBERED}"
    rf"(?:{_SEPARATOR}{{1,3}}(?:[A-Z]{{1,4}}(?![^\W_])|{_NUMBERED})){{0,24}}"
)
"""Words with digits, and short capitals between them, with nothing but spaces and separators in between."""
_ENOUGH: Final = re.compile(r"(?:\d\D{0,3}){4}\d")
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?P<a>\d{1,4})[-/. ]{1,2}(?P<b>\d{1,2})[-/. ]{1,2}(?P<c>\d{1,4})"
    r"|(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?[ -](?:de |of |d')?"
    r"(?P<m>[^\W\d_]{3,12})\.?,?[ -](?:de |del |of )?(?P<y>\d{4}|\d\d)"
    r"|(?P<m2>[^\W\d_]{3,12})\.? (?P<d2>\d{1,2})(?:st|nd|rd|th)?,? (?P<y2>\d{4})"
    r"|(?P<z>(?:19|20)\d{6}))(?!\d)",
    re.IGNORECASE,
)

Day = tuple[int, int, int]


@dataclass(frozen=True)
class KnownCodes:
    """Sets of known codes, telephone numbers and birth dates in one normal form each. It holds cells: never log or save it."""

    codes: Mapping[str, str] = field(repr=False)
    phones: frozenset[str] = field(repr=False)
    days: frozenset[Day] = field(repr=False)

    @classmethod
    def of(cls, known: Mapping[str, Sequence[str]]) -> KnownCodes | None:
        """Collect the values with enough digits; None if there are none."""
        codes: dict[str, str] = {}
        for entity in sorted(known):
            if _holds_codes(entity):
                for value in known[entity]:
                    code = compact(value)
                    if sum(map(str.isdigit, code)) >= MIN_DIGITS and len(code) <= 40:
                        codes.setdefault(code, entity)
        phones = frozenset(filter(None, (_national(value) for value in known.get("PHONE_NUMBER", ()))))
        days = frozenset(day for value in known.get("BIRTH_DATE", ()) for day in days_of(value))
        return cls(codes, phones, days) if codes or days or phones else None

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans of known codes and dates; they may overlap."""
        if _DIGIT.search(text) is None:
            return
        if (self.codes or self.phones) and _ENOUGH.search(text):
            yield from self._codes_in(text)
        if self.days:
            for match in _DATE.finditer(text):
                if any(day in self.days for day in _days(match)):
                    yield Span(match.start(), match.end(), "BIRTH_DATE", SCORE)

    def _codes_in(self, text: str) -> Iterator[Span]:
        for run in _RUN.finditer(text):
            words = [(match.start(), match.end()) for match in _WORD.finditer(text, run.start(), run.end())]
            place = 0
            while place < len(words):
                found = self._longest_from(text, words, place)
                if found is None:
                    place += 1
                    continue
                start = words[place][0]
                while start and text[start - 1] in "+(":
                    start -= 1
                yield Span(start, words[found[0]][1], found[1], SCORE)
                place = found[0] + 1

    def _longest_from(self, text: str, words: Sequence[tuple[int, int]], place: int) -> tuple[int, str] | None:
        """Return the last word and the entity of the longest known code that starts at a word."""
        code, best = "", None
        for last in range(place, min(len(words), place + LONGEST_RUN)):
            code += text[words[last][0] : words[last][1]].upper()
            if code in self.codes:
                best = last, self.codes[code]
            elif len(code) <= 18 and code.isdecimal() and self._is_phone(code):
                best = last, "PHONE_NUMBER"
            elif len(code) > 40:
                break
        return best

    def _is_phone(self, digits: str) -> bool:
        return len(digits) >= 7 and digits[-PHONE_DIGITS:] in self.phones


def _holds_codes(entity: str) -> bool:
    if entity in _NO_CODES or entity not in ENTITIES:
        return False
    return ENTITIES[entity].role == "direct" or entity == "POSTCODE"


def compact(value: str) -> str:
    """Return the letters and digits of a code in capitals."""
    return _NOT_CODE.sub("", value).upper()


def _national(value: str) -> str:
    """Return the last digits of a telephone number, which no prefix changes; empty if it has too few."""
    digits = _NOT_DIGIT.sub("", _EXTENSION.sub("", value))
    return digits[-PHONE_DIGITS:] if len(digits) >= 7 else ""


def days_of(value: str) -> tuple[Day, ...]:
    """Return the days that a written date may mean; two if day and month may be either way round, none if it is no date."""
    match = _DATE.match(value.strip())
    return _days(match) if match else ()


def _days(match: re.Match[str]) -> tuple[Day, ...]:
    parts = match.groupdict()
    if parts["a"]:
        return _numeric(parts["a"], parts["b"], parts["c"])
    if parts["z"]:
        return _numeric(parts["z"][:4], parts["z"][4:6], parts["z"][6:])
    month = months().get(folded(parts["m"] or parts["m2"]), 0)
    day, year = parts["d"] or parts["d2"], parts["y"] or parts["y2"]
    return tuple(_valid([(year, month, int(day)) for year in _years(year)]))


def _numeric(first: str, second: str, third: str) -> tuple[Day, ...]:
    if len(first) == 4:
        return tuple(_valid([(int(first), int(second), int(third)), (int(first), int(third), int(second))][:1]))
    if len(third) in (2, 4) and len(first) <= 2:
        one, two = int(first), int(second)
        days = [(year, month, day) for year in _years(third) for month, day in ((two, one), (one, two))]
        return tuple(_valid(days))
    return ()


def _years(year: str) -> tuple[int, ...]:
    return (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))


def _valid(days: Iterable[Day]) -> Iterator[Day]:
    return (day for day in days if 1 <= day[1] <= 12 and 1 <= day[2] <= 31)


@lru_cache(maxsize=1)
def months() -> Mapping[str, int]:
    """Return the number of each month's name and abbreviation in some seventeen languages, folded."""
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for locale in LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, locale).items():
                    found.setdefault(folded(name).strip("."), number)
    return found
