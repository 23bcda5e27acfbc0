"""Dates of birth that keep the age within a band, and how numbers of persons write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from veil.transforms.fakes.draw import UNKNOWN_DAY, Draw
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Days = npt.NDArray[np.int64]

LARGEST_BAND: Final = 50


def days_of(year: int, month: int = 1, day: int = 1) -> int:
    """Return a date as days since 1970."""
    return int(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D").astype(np.int64))


FIRST_DAY, LAST_DAY = days_of(1940), days_of(2005, 12, 31)
_EARLIEST_KNOWN, _LATEST_KNOWN = days_of(1900), days_of(2036, 12, 31)


def within_band(births: Days, words: npt.NDArray[np.uint64], band: int) -> Days:
    """Return another day in the same band of years of birth: the age stays what it is to within `band` years.

    Parameters
    ----------
    births : days since 1970; `UNKNOWN_DAY` stays.
    words : (n,) what the day is drawn from.
    """
    known = births != UNKNOWN_DAY
    years = parts(np.where(known, births, 0))[0]
    first = _new_year(years // band * band)
    last = _new_year(years // band * band + band)
    drawn = first + (words % (last - first - 1).astype(np.uint64)).astype(np.int64)
    drawn += drawn >= births  # the day itself is left out
    return np.where(known, drawn, UNKNOWN_DAY)


def _new_year(years: Indices) -> Days:
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def parts(days: Days) -> tuple[Indices, Indices, Indices]:
    """Return year, month and day of the month."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = months.astype(np.int64)
    return month // 12 + 1970, month % 12 + 1, day


def born(source: Source, draw: Draw, first: int = FIRST_DAY, last: int = LAST_DAY) -> tuple[Indices, Indices, Indices]:
    """Return the date of birth of each row; one between `first` and `last` where none is known that the number can hold."""
    drawn = source.take(last - first + 1) + first
    if draw.births is None:
        return parts(drawn)
    known = (draw.births >= _EARLIEST_KNOWN) & (draw.births <= _LATEST_KNOWN)
    return parts(np.where(known, draw.births, drawn))
