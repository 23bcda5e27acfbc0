"""Cells are strings; this is the one place that reads them as numbers and dates and writes them back as they came.

A column's type and format are findings: `infer` accepts a type only if writing back what was read gives every value
again, byte for byte. So `00123` is no integer, `1.50` stays `1.50`, and `31/12/1999` is written as `dd/mm/yyyy`.

Formats: a strftime pattern for dates and datetimes (`%-d` where days are not padded); `0.00`, `0.##` or `0.0#` (at least one
place, as pandas and Python write floats) for decimals, with `,` for a decimal comma; the two spellings for booleans (`no|yes`,
false first); None for the rest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column, LogicalType

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

BOOLEANS = (("0", "1"), ("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("off", "on"), ("nein", "ja"), ("non", "oui"))
NUMERIC_TYPES: frozenset[LogicalType] = frozenset({"integer", "decimal", "date", "datetime"})
MAX_CATEGORIES = 1000
MAX_CATEGORY_SHARE = 0.5

_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})([.,])(\d{1,12})|-?(0|[1-9]\d{0,14})")
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%-d/%-m/%Y",
          "%-m/%-d/%Y", "%-d.%-m.%Y", "%-d-%-m-%Y", "%d %b %Y", "%-d %b %Y", "%b %-d, %Y", "%B %-d, %Y", "%d %B %Y", "%-d %B %Y",
          "%d/%m/%y", "%m/%d/%y")
_TIMES = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%-I:%M:%S %p", "%-I:%M %p", "%I:%M:%S %p", "%I:%M %p")
_COULD_BE_DATE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[^\W\d_]{3,9})[-/. ]\d{2}|[^\W\d_]{3,9} \d{1,2}, \d{4}|\d{8}")
_JOINS = (" ", "T", ", ")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2}| [A-Z]{2,5})$")


_MARK = object()


def factorize(values: Any) -> tuple[Any, Any]:
    """Return the code of each value, -1 for null, and the distinct values in order of appearance.

    `pandas.factorize` compares arrays of nothing but strings as C strings, which end at the first NUL character: two values that
    differ after it get one code, and two people one pseudonym. One object among the values makes it compare objects.
    """
    import pandas as pd

    marked = np.empty(len(values) + 1, dtype=object)
    marked[:-1], marked[-1] = values, _MARK
    codes, levels = pd.factorize(marked)
    return codes[:-1], levels[:-1]


def infer(values: Sequence[str], n_rows: int) -> tuple[LogicalType, str | None]:
    """Return the logical type of a column and its format.

    Parameters
    ----------
    values : the column's distinct non-null, non-empty values.
    n_rows : number of non-null rows that hold them.
    """
    if not values:
        return "text", None
    if len(values) == 2 and tuple(sorted(value.lower() for value in values)) in BOOLEANS:
        order = sorted(values, key=str.lower)
        return "boolean", "|".join(order)
    if all(_INTEGER.fullmatch(value) for value in values) and not _looks_like_dates(values):
        return "integer", None
    decimal = _decimal_format(values)
    if decimal:
        return "decimal", decimal
    dated = _date_format(values)
    if dated:
        return dated
    if all(value[0] in "[{" and value[-1] in "]}" for value in values):
        return "json", None
    if len(values) <= MAX_CATEGORIES and len(values) <= MAX_CATEGORY_SHARE * n_rows:
        return "category", None
    return "text", None


def _looks_like_dates(values: Sequence[str]) -> bool:
    return all(len(value) == 8 and value[:2] in ("19", "20") for value in values) and _fits(values, "%Y%m%d")


def _decimal_format(values: Sequence[str]) -> str | None:
    if not all(_DECIMAL.fullmatch(value) for value in values[:20]):
        return None
    matches = [_DECIMAL.fullmatch(value) for value in values]
    if not all(matches):
        return None
    marks = {match.group(2) for match in matches if match and match.group(2)}
    if len(marks) != 1:
        return None
    places = [len(match.group(3) or "") for match in matches if match]
    mark = marks.pop()
    if min(places) == max(places):
        return "0" + mark + "0" * max(places)
    zeros = {match.group(3) for match in matches if match and match.group(3) and match.group(3).endswith("0")}
    if not zeros:
        return "0" + mark + "#" * max(places)
    return "0" + mark + "0" + "#" * (max(places) - 1) if zeros == {"0"} and min(places) else None


def _date_format(values: Sequence[str]) -> tuple[LogicalType, str] | None:
    if not all(6 <= len(value) <= 40 and _COULD_BE_DATE.match(value) for value in values[:20]):
        return None
    for pattern in _DATES:
        if _fits(values, pattern):
            return "date", pattern
    zone = _ZONE.search(values[0])
    suffix = zone.group(0) if zone and all(value.endswith(zone.group(0)) for value in values) else ""
    if suffix in (" AM", " PM"):
        suffix = ""
    for date in _DATES if ":" in values[0] else ():
        for join in (join for join in _JOINS if join in values[0]):
            for time in _TIMES:
                if _fits(values, date + join + time + suffix):
                    return "datetime", date + join + time + suffix
    return None


def _fits(values: Sequence[str], pattern: str) -> bool:
    """The first value alone, read by the standard library, rules out nearly every format at a hundredth of pandas' cost."""
    return _parses(values[0], pattern) and _round_trips(values[:200], pattern) and _round_trips(values, pattern)


def _parses(value: str, pattern: str) -> bool:
    try:
        datetime.datetime.strptime(value, _parse_pattern(pattern))
    except ValueError:
        return False
    return True


def _round_trips(values: Sequence[str], pattern: str) -> bool:
    import pandas as pd

    series = pd.Series(values, dtype=object)
    parsed = pd.to_datetime(series, format=_parse_pattern(pattern), errors="coerce")
    return bool(parsed.notna().all()) and bool((parsed.dt.strftime(pattern) == series).all())


def _parse_pattern(pattern: str) -> str:
    return pattern.replace("%-", "%")


def parse_dates(values: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    """Return timestamps; a value that does not have the format becomes NaT."""
    import pandas as pd

    return pd.to_datetime(values, format=_parse_pattern(pattern), errors="coerce")


def render_dates(timestamps: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    """Write timestamps in a format; NaT becomes None."""
    text = timestamps.dt.strftime(pattern).astype(object)
    return text.where(timestamps.notna(), None)


def to_numbers(values: pd.Series[Any], column: Column) -> Floats:
    """Read cells as float64: integers and decimals as they are, dates as days and datetimes as seconds since 1970.

    Null, empty and unreadable cells become NaN.
    """
    import pandas as pd

    if column.type in ("date", "datetime"):
        stamps = parse_dates(values, column.format or "")
        unit = pd.Timedelta(days=1) if column.type == "date" else pd.Timedelta(seconds=1)
        return np.asarray((stamps - pd.Timestamp(0)) / unit, dtype=np.float64)
    text = values.str.replace(",", ".", regex=False) if "," in (column.format or "") else values
    return np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)


def from_numbers(numbers: Floats, column: Column) -> pd.Series[Any]:
    """Write float64 as the column's cells, in its format; NaN becomes None. The inverse of `to_numbers` up to rounding."""
    import pandas as pd

    missing = np.isnan(numbers)
    filled = np.where(missing, 0.0, numbers)
    if column.type in ("date", "datetime"):
        unit = "D" if column.type == "date" else "s"
        stamps = pd.Series(pd.to_datetime(np.round(filled).astype(np.int64), unit=unit))
        text = render_dates(stamps, column.format or "%Y-%m-%d")
    elif column.type == "integer":
        text = pd.Series(np.round(filled).astype(np.int64)).astype(str)
    else:
        text = pd.Series(_render_decimals(filled, column.format or "0.##########"), dtype=object)
    return text.astype(object).where(~missing, None)


def _render_decimals(numbers: Floats, pattern: str) -> list[str]:
    mark, places = pattern[1], len(pattern) - 2
    rendered = (f"{number:.{places}f}" for number in numbers)
    text = [_shortened(value, pattern[2:]) for value in rendered] if pattern.endswith("#") else list(rendered)
    text = [value[1:] if value.strip("-0.") == "" and value.startswith("-") else value for value in text]
    return [value.replace(".", mark) for value in text] if mark != "." else text


def _shortened(number: str, places: str) -> str:
    """Take the zeros off the end of a decimal, down to as many places as the format always has."""
    shortest = number.rstrip("0").rstrip(".")
    return shortest + ".0" if places.startswith("0") and "." not in shortest else shortest
