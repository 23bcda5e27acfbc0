"""Which rows a condition of the policy holds for, told by the raw cells of one column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize, parse_dates
from veil.errors import TransformFailed
from veil.transforms.base import Context
from veil.transforms.dates import date_format
from veil.transforms.numbers import decimals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from veil.model import Column, RowTest

    Truth = npt.NDArray[np.bool_]


def passing(test: RowTest, cells: pd.Series[Any], column: Column, null_values: frozenset[str] = frozenset()) -> Truth:
    """Return for each row whether it passes.

    Parameters
    ----------
    cells : the raw cells of `test.column`, strings and None.
    column : name, type and format of that column.
    null_values : cells that stand for null.

    Raises
    ------
    TransformFailed : cells that are no numbers or days, or null, where a bound asks for one; the message has their number only.
    """
    codes, levels = factorize(cells.to_numpy(dtype=object))
    values = [str(level) for level in levels]
    null = np.array([*(value == "" or value in null_values for value in values), True], dtype=bool)
    passes = np.full(len(null), _of_null(test, null[codes], column), dtype=bool)
    there = ~null
    passes[there] = _of_values(test, [value for value, absent in zip(values, null, strict=False) if not absent], column)
    return np.asarray(passes[codes])


def _of_null(test: RowTest, null: Truth, column: Column) -> bool:
    if test.null is not None:
        return test.null
    if test.at_least is not None or test.at_most is not None:
        reason = "null cells under a `where` with bounds; say `null: true` or `null: false` in it"
        Context(column).refuse(null, reason)
    return bool(test.others)


def _of_values(test: RowTest, values: Sequence[str], column: Column) -> Truth:
    if test.values or test.others:
        listed = np.isin(np.array(values, dtype=object), np.array(test.values or test.others, dtype=object))
        return np.asarray(listed if test.values else ~listed, dtype=bool)
    bounds = [bound for bound in (test.at_least, test.at_most) if bound is not None]
    if not bounds:
        return np.full(len(values), not test.null, dtype=bool)
    return _days(test, values, column) if isinstance(bounds[0], str) else _numbers(test, values, column)


def _numbers(test: RowTest, values: Sequence[str], column: Column) -> Truth:
    numbers = decimals(values, Context(column))
    low = None if test.at_least is None else Decimal(str(test.at_least))
    high = None if test.at_most is None else Decimal(str(test.at_most))
    inside = [(low is None or number >= low) and (high is None or number <= high) for number in numbers]
    return np.array(inside, dtype=bool)


def _days(test: RowTest, values: Sequence[str], column: Column) -> Truth:
    """Compare whole days: a time of day counts for its day."""
    import pandas as pd

    if column.type not in ("date", "datetime"):
        raise TransformFailed(column.name, f"a {column.type} column under a `where` that names a day")
    stamps = parse_dates(pd.Series(list(values), dtype=object), date_format(column, None))
    Context(column).refuse(stamps.isna(), "no dates of the column's format under a `where` that names a day")
    days = stamps.to_numpy(dtype="datetime64[D]")
    inside = np.ones(len(days), dtype=bool)
    if test.at_least is not None:
        inside &= days >= np.datetime64(str(test.at_least))
    if test.at_most is not None:
        inside &= days <= np.datetime64(str(test.at_most))
    return inside
