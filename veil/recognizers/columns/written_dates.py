"""Dates written in ways that `veil.columns` has no format for: `1989.06.28.`, `15Nov72`, `26-Mar-1986`, `3. marts 1984`.

Months are those of the calendar list, in 26 languages. A year of two digits is read as one of the hundred years up to 2029.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from veil.recognizers.base import share_of
from veil.recognizers.words.dictionaries import calendar_words, folded

MOSTLY: Final = 0.9
LAST_YEAR: Final = 29
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:18|19|20)\d{2}|\d{2})"
_CLOCK = r"(?:[T, ]{1,2}\d{1,2}[:.h]?\d{2}(?:[:.]\d{2}(?:\.\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?Z?)?"
_SPELLED = re.compile(
    rf"{_DAY}(?:st|nd|rd|th|\.|er)?[ ./-]{{0,2}}(?:de |d')?(?P<month>[^\W\d_]{{3,11}})\.?(?: de)?,?[ ./'-]{{0,2}}{_YEAR}{_CLOCK}"
)
_MONTH_FIRST = re.compile(rf"(?P<month>[^\W\d_]{{3,11}})\.?[ -]{_DAY}(?:st|nd|rd|th)?,?[ -]{_YEAR}{_CLOCK}")
_POINTED = re.compile(rf"(?P<year>(?:18|19|20)\d{{2}})[./-] ?(?:0?[1-9]|1[0-2])[./-] ?{_DAY}\.?{_CLOCK}")
_DAY_FIRST = re.compile(rf"{_DAY}(?:\. |[./-]|/ )(?:0?[1-9]|1[0-2])(?:\. |[./-])(?P<year>(?:18|19|20)\d{{2}})\.?{_CLOCK}")


def year_of(value: str) -> int | None:
    """Return the year of a written date; None if the value is none."""
    if not 6 <= len(value) <= 40:
        return None
    match = _POINTED.fullmatch(value) or _DAY_FIRST.fullmatch(value) or _SPELLED.fullmatch(value) or _MONTH_FIRST.fullmatch(value)
    if match is None or ("month" in match.groupdict() and folded(match["month"]) not in calendar_words()):
        return None
    year = int(match["year"])
    return year if year >= 100 else year + (2000 if year <= LAST_YEAR else 1900)


def written_share(values: Sequence[str]) -> float:
    """Return the share of values that are dates so written; 0 if the first ones are not."""
    if share_of(values[:10], year_of) < MOSTLY:
        return 0.0
    return share_of(values, year_of)


def years_of(values: Sequence[str]) -> list[int]:
    """Return the years of those values that are dates."""
    return [year for year in map(year_of, values) if year is not None]
