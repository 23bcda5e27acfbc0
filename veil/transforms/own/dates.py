"""A person's own dates in texts, however they are written; the shifted date is written in the same form and language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from veil.transforms.own.folding import fold, styled

LOCALES: Final = ("en", "de", "fr", "nl", "es", "it", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro")
_DATE: Final = re.compile(
    r"(?<![^\W_])(?:"
    r"(?P<y1>\d{4})(?P<s1>[-/. \u00a0_]{1,2})(?P<m1>\d{1,2})[-/. \u00a0_]{1,2}(?P<d1>\d{1,2})"
    r"|(?P<a2>\d{1,2})[-/. \u00a0_]{1,2}(?P<b2>\d{1,2})[-/. \u00a0_]{1,2}(?P<y2>\d{4}|\d{2})"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th|er|ste|de|e|\.|º|°)?[ \u00a0-]{1,2}(?:de |of |d')?(?P<n3>[^\W\d_]{3,12})"
    r"\.?,?[ \u00a0-]{1,2}(?:de |del |of )?(?P<y3>\d{4}|'?\d{2})"
    r"|(?P<n4>[^\W\d_]{3,12})\.? (?P<d4>\d{1,2})(?:st|nd|rd|th)?,? (?P<y4>\d{4})"
    r"|(?P<y5>(?:18|19|20)\d{2})(?P<m5>\d{2})(?P<d5>\d{2})"
    r")(?:(?![^\W_])|(?=T\d\d:))"
)
"""Bounded: every repetition has a most, so time is linear in the text."""

_ORDINAL: Final = re.compile(r"\d{1,2}\.[ \u00a0]?[^\W\d_]")
_GERMANIC, _IBERIAN, _SMALL = ("de", "da", "nb", "fi", "cs"), ("es", "pt"), ("nl", "fr", "es", "it", "pt", "pl", "sv")

Day = tuple[int, int, int]
Meaning = tuple[int, str, str]
"""A month's number, the language, and whether its name is written out."""
_NO_MONTH: Final[Sequence[Meaning]] = ((0, "", ""),)


@dataclass(frozen=True)
class WrittenDate:
    """A date in a text: where it stands, the days that it may mean, and where its parts are.

    `meanings` maps each day to the places of year, month and day: two where day and month may be either way round.
    """

    start: int
    end: int
    meanings: Mapping[Day, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = field(repr=False)


def dates_in(text: str) -> Iterator[WrittenDate]:
    """Yield the written dates of a text. Words that are no month's name are passed over."""
    at = 0
    while match := _DATE.search(text, at):
        meanings = dict(_meanings(match))
        if meanings:
            yield WrittenDate(*match.span(), meanings)
        at = match.end() if meanings else match.start() + 1


def written_like(text: str, date: WrittenDate, old: Day, new: Day) -> str:
    """Return the new day in the form in which the text writes the old one."""
    places, out, last = date.meanings[old], "", date.start
    pieces = [text[start:end] for start, end in places[1:]]
    is_padded = all(len(piece) == 2 and piece.isdecimal() for piece in pieces) or any(piece[0] == "0" for piece in pieces)
    for (start, end), number in sorted(zip(places, new, strict=True)):
        out += text[last:start] + _part(text[start:end], number, text[date.start : date.end], is_padded=is_padded)
        last = end
    return out + text[last : date.end]


def day_of(value: str) -> tuple[Day, ...]:
    """Return the days that a value may mean; none if it is no date."""
    found = next(dates_in(value), None)
    return tuple(found.meanings) if found else ()


def _meanings(match: re.Match[str]) -> Iterator[tuple[Day, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]]:
    groups = match.groupdict()
    for year, month, day in (("y1", "m1", "d1"), ("y5", "m5", "d5"), ("y2", "b2", "a2"), ("y2", "a2", "b2"), ("y3", "n3", "d3"),
                             ("y4", "n4", "d4")):  # fmt: skip
        if groups[day] is None:
            continue
        number = int(groups[month]) if groups[month].isdecimal() else _months().get(fold(groups[month]), _NO_MONTH)[0][0]
        for full in _years(groups[year].lstrip("'")):
            if 1 <= number <= 12 and 1 <= int(groups[day]) <= 31:
                yield (full, number, int(groups[day])), (match.span(year), match.span(month), match.span(day))


def _years(year: str) -> tuple[int, ...]:
    return (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))


def _part(old: str, number: int, around: str, *, is_padded: bool) -> str:
    """Write a year, month or day as the old one is: two digits, a leading zero, or a month's name in the same language."""
    if old.startswith("'"):
        return f"'{number % 100:02d}"
    if old.isdecimal():
        is_year = number > 31
        return f"{number % 100:02d}" if is_year and len(old) == 2 else f"{number:0{2 if is_padded else 1}d}"
    _, locale, width = _likely(_months()[fold(old)], old, around)
    return styled(_names(locale, width)[number - 1], old)


def _likely(meanings: Sequence[Meaning], name: str, around: str) -> Meaning:
    """Return the meaning of a month's name in the language that writes dates so: `8. April`, `8 de abril`, `8 april`."""
    wanted = _GERMANIC if _ORDINAL.match(around) else _IBERIAN if " de " in around else _SMALL if name.islower() else ()
    return next((each for each in meanings if each[1] in wanted), meanings[0])


@lru_cache(maxsize=1)
def _months() -> Mapping[str, Sequence[Meaning]]:
    """Return, for each month's name and abbreviation, its meanings in the languages that have it, the first one's number only."""
    found: dict[str, list[Meaning]] = {}
    for width in ("wide", "abbreviated"):
        for locale in LOCALES:
            for number, name in enumerate(_names(locale, width), 1):
                known = found.setdefault(fold(name), [])
                if not known or known[0][0] == number:
                    known.append((number, locale, width))
    return found


@lru_cache
def _names(locale: str, width: str) -> Sequence[str]:
    from babel.dates import get_month_names

    names = get_month_names(width, "format", locale)  # type: ignore[arg-type]
    return [names[number].strip(".") for number in range(1, 13)]
