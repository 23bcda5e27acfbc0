"""Conditions on rows to sample: per column, the cells it may have or the range its number or date must lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from veil.columns import NUMERIC_TYPES, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class OneOf:
    """The cell is one of these; None is the null."""

    cells: tuple[str | None, ...] = field(repr=False)


@dataclass(frozen=True)
class Between:
    """The number or date lies in [low, high], both written as the column writes them; None is no bound. A null does not."""

    low: str | None = field(default=None, repr=False)
    high: str | None = field(default=None, repr=False)


Condition = OneOf | Between
HowMet = Literal["exact", "learned", "rejected"]
Where = Mapping[str, Condition]


def met(table: pd.DataFrame, columns: Sequence[Column], where: Where) -> Truth:
    """Return which rows meet all conditions.

    Raises
    ------
    SynthesisFailed : a condition on a column that is not there, or a bound that the column cannot hold.
    """
    rows = np.ones(len(table), dtype=bool)
    for name, condition in where.items():
        column = condition_column(columns, name)
        if isinstance(condition, OneOf):
            rows &= _one_of(table[name], condition)
        else:
            low, high = bounds(column, condition)
            numbers = to_numbers(table[name], column)
            rows &= (numbers >= low) & (numbers <= high)
    return rows


def _one_of(cells: pd.Series[str], condition: OneOf) -> Truth:
    wanted = [cell for cell in condition.cells if cell is not None]
    found = cells.isin(wanted).to_numpy()
    return np.asarray(found | cells.isna().to_numpy() if None in condition.cells else found)


def condition_column(columns: Sequence[Column], name: str) -> Column:
    """Return the column that a condition speaks of."""
    for column in columns:
        if column.name == name:
            return column
    raise SynthesisFailed(f"a condition on `{name}`, which was not learnt; name one of the learnt columns")


def bounds(column: Column, condition: Between) -> tuple[float, float]:
    """Return the bounds as numbers (see `veil.columns.to_numbers`), infinite where there is none.

    Raises
    ------
    SynthesisFailed : a column that holds no numbers and no dates, a bound that is neither, or a range that is empty.
    """
    import pandas as pd

    if column.type not in NUMERIC_TYPES:
        raise SynthesisFailed(f"a range for `{column.name}`, which holds no numbers and no dates; list its cells instead")
    given = pd.Series([condition.low, condition.high], dtype=object)
    numbers = to_numbers(given, column)
    if bool((given.notna().to_numpy() & ~np.isfinite(numbers)).any()):
        raise SynthesisFailed(f"a range for `{column.name}` has a bound that is not written as its cells are ({column.type})")
    low = -np.inf if condition.low is None else float(numbers[0])
    high = np.inf if condition.high is None else float(numbers[1])
    if low > high:
        raise SynthesisFailed(f"a range for `{column.name}` ends before it begins")
    return low, high
