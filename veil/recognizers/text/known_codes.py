"""Known numbers and dates, found in texts however they are written: with other separators, another prefix, a written month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from veil.model import Span
from veil.recognizers.entities import ENTITIES
from veil.recognizers.text.letters import folded

SCORE: Final = 0.95
MIN_DIGITS: Final = 5
PHONE_DIGITS: Final = 8
MIN_PHONE: Final = 7
LONGEST_RUN: Final = 12
LOCALES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro", "hr", "tr")
_NO_CODES: Final = frozenset({
    "FREE_TEXT", "BIRTH_DATE", "URL", "EMAIL_ADDRESS", "STREET_ADDRESS", "ADDRESS",
    "PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME",
})
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W_]{1,40}")
_SEPARATOR: Final = r"[ ./()_\u00a0\u2011-]"
_NUMBERED: Final = r"[^\W\d_]{0,6}\d[^\W_]{0,40}"
_RUN: Final = re.compile(
    rf"\d[^\W_]{{0,40}}(?:{_SEPARATOR}{{1,3}}(?:[A-Z]{{1,4}}(?![^\W_])|{_NUMBERED})){{0,24}}"
)
"""From a digit on: words with digits, and short capitals between them, with nothing but separators in between."""
_LEAD: Final = re.compile(rf"(?<![^\W_])(?:[^\W\d_]{{1,6}}{_SEPARATOR}{{1,3}})?[^\W_]{{0,6}}$")
"""What may stand before the first digit: letters of the same word, and one short word."""
_FORM: Final = (
    r"^[+(]*(?:[A-Za-z]{1,6}[ ./()_-]{1,3})?[A-Za-z]{0,6}[0-9][A-Za-z0-9]{0,40}"
    r"(?:[ ./()_-]{1,3}(?:[A-Z]{1,4}|[A-Za-z]{0,6}[0-9][A-Za-z0-9]{0,40})){0,24}$"
)
"""The whole of a code, for the engine of Arrow: what `_LEAD` and `_RUN` find in a text."""
_DATE: Final = re.compile(
    r"(?<!\d)(?=\d)(?:(?P<a>\d{1,4})[-/. ]{1,2}(?P<b>\d{1,2})[-/. ]{1,2}(?P<c>\d{1,4})"
    r"|(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?[ -](?:de |of |d')?"
    r"(?P<m>[^\W\d_]{3,12})\.?,?[ -](?:de |del |of )?(?P<y>\d{4}|\d\d)"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?,? (?P<y2>\d{4})"
    r"|(?P<z>(?:19|20)\d{6}))(?!\d)"
)
_MONTH_BEFORE: Final = re.compile(r"([^\W\d_]{3,12})\.? $")
"""In front of a day and a year."""

Day = tuple[int, int, int]


@dataclass(frozen=True)
class KnownCodes:
    """Sets of known codes, telephone numbers and birth dates in one normal form each. It holds cells: never log or save it."""

    codes: Mapping[str, str] = field(repr=False)
    phones: frozenset[str] = field(repr=False)
    days: frozenset[Day] = field(repr=False)

    @classmethod
    def of(cls, known: Mapping[str, Sequence[str]]) -> KnownCodes | None:
        """Collect the values; None if there are none.

        Parameters
        ----------
        known : entity -> codes or birth dates, as `parted` returns them first.
        """
        codes: dict[str, str] = {}
        for entity in sorted(known):
            if known[entity] and entity != "BIRTH_DATE":
                codes = {**dict.fromkeys(compact(known[entity]), entity), **codes}
        phones = frozenset(_national(known.get("PHONE_NUMBER", ())))
        days = frozenset(day for value in known.get("BIRTH_DATE", ()) for day in days_of(value))
        return cls(codes, phones, days) if codes or days or phones else None

    def find(self, text: str, spans: Sequence[Span] = ()) -> Iterator[Span]:
        """Yield the spans of known codes and dates; they may overlap.

        Parameters
        ----------
        spans : what was found already; numbers that lie in one are not looked up.
        """
        if _DIGIT.search(text) is None:
            return
        runs = [run for run in _RUN.finditer(text) if not _is_within(run, spans)]
        for run in runs:
            if run.end() - run.start() >= MIN_DIGITS:
                yield from self._codes_in(text, run)
        if self.days and runs:
            for start, match in dates_in(text):
                if any(day in self.days for day in _days(text[start : match.start()], match)):
                    yield Span(start, match.end(), "BIRTH_DATE", SCORE)

    def _codes_in(self, text: str, run: re.Match[str]) -> Iterator[Span]:
        lead = _LEAD.search(text, max(0, run.start() - 16), run.start())
        words = _words(text, lead.start() if lead else run.start(), run.end())
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
        return len(digits) >= MIN_PHONE and digits[-PHONE_DIGITS:] in self.phones


def _is_within(run: re.Match[str], spans: Sequence[Span]) -> bool:
    start, end = run.span()
    return any(span.start <= start and end <= span.end for span in spans)


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text, start, end)]


def parted(entity: str, values: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the values that are looked for here by their normal form, and those that are searched as words.

    A code has at least five digits and one of the forms that numbers are written in. Birth dates are both.
    """
    if entity == "BIRTH_DATE":
        return values, values
    if entity in _NO_CODES or entity not in ENTITIES or not (ENTITIES[entity].role == "direct" or entity == "POSTCODE"):
        return (), values
    cells = pa.array(values, pa.large_string())
    has_digits = pc.match_substring_regex(cells, f"(?:[0-9][^0-9]*){{{MIN_DIGITS}}}")
    are_codes = pc.and_(pc.match_substring_regex(cells, _FORM), has_digits)
    return cells.filter(are_codes).to_pylist(), cells.filter(pc.invert(are_codes)).to_pylist()


def compact(values: Sequence[str]) -> Sequence[str]:
    """Return the letters and digits of codes in capitals."""
    stripped = pc.replace_substring_regex(pa.array(values, pa.large_string()), r"[^A-Za-z0-9]+", "")
    upper: list[str] = pc.utf8_upper(stripped).to_pylist()
    return upper


def _national(values: Sequence[str]) -> Sequence[str]:
    """Return the last digits of telephone numbers, which no prefix changes; of those only that have enough."""
    cells = pc.replace_substring_regex(pa.array(values, pa.large_string()), r"(?i) ?(?:x|ext\.?|#) ?[0-9]{1,6}$", "")
    digits = pc.replace_substring_regex(cells, r"[^0-9]+", "")
    long_enough = digits.filter(pc.greater_equal(pc.binary_length(digits), MIN_PHONE))
    last: list[str] = pc.utf8_slice_codeunits(long_enough, -PHONE_DIGITS).to_pylist()
    return last


def dates_in(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield where each written date starts, and the match of its part from the first digit on."""
    for match in _DATE.finditer(text):
        month = _MONTH_BEFORE.search(text, max(0, match.start() - 15), match.start()) if match["y2"] else None
        if month or not match["y2"]:
            yield month.start() if month else match.start(), match


def days_of(value: str) -> tuple[Day, ...]:
    """Return the days that a written date may mean; two if day and month may be either way round, none if it is no date."""
    for start, match in dates_in(value):
        return _days(value[start : match.start()], match)
    return ()


def _days(lead: str, match: re.Match[str]) -> tuple[Day, ...]:
    if match["a"]:
        return _numeric(match["a"], match["b"], match["c"])
    if match["z"]:
        return _numeric(match["z"][:4], match["z"][4:6], match["z"][6:])
    month = months().get(folded(match["m"] or lead.strip(" .")), 0)
    day, year = match["d"] or match["d2"], match["y"] or match["y2"]
    return tuple(_valid([(year, month, int(day)) for year in _years(year)]))


def _numeric(first: str, second: str, third: str) -> tuple[Day, ...]:
    if len(first) == 4:
        return tuple(_valid([(int(first), int(second), int(third))]))
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
