"""Constraints that are learnt instead of hoped for: the gap instead of the later date, no total, nothing that others determine.

A model that never sees the total cannot get it wrong: it is computed from what was sampled. Each step says what it took out of
the table, and puts it back after sampling. What is put back stays within what was observed; rows beyond it are drawn again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from veil.columns import NUMERIC_TYPES, from_numbers, to_numbers
from veil.model import Column
from veil.synthesizers.control.constraints import Constraint, Determines, Order, Total

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]
    Columns = Mapping[str, Column]

MAX_DETERMINING_NUMBERS = 20


class Reshaping(Protocol):
    """One step of a table on its way to the model, and back."""

    @property
    def derived(self) -> tuple[str, ...]:
        """The columns that are put back after sampling."""
        ...

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that they are computed from."""
        ...

    def reshaped(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table as it is learnt."""
        ...

    def learnt(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns of that table."""
        ...

    def restored(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        """Return sampled rows with the derived columns, in any order, and which of them stay within what was observed."""
        ...


@dataclass(frozen=True)
class Gaps:
    """Later columns of an order, each learnt as its distance from the one before."""

    columns: tuple[Column, ...]
    ranges: tuple[tuple[float, float], ...] = field(repr=False)

    @property
    def derived(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns[1:])

    @property
    def needed(self) -> tuple[str, ...]:
        return (self.columns[0].name,)

    def reshaped(self, frame: pd.DataFrame) -> pd.DataFrame:
        numbers = [to_numbers(frame[column.name], column) for column in self.columns]
        gaps = {after.name: from_numbers(numbers[place + 1] - numbers[place], self._gap(after)).to_numpy(dtype=object)
                for place, after in enumerate(self.columns[1:])}  # fmt: skip
        return frame.assign(**gaps)

    def learnt(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        later = {column.name: self._gap(column) for column in self.columns[1:]}
        return tuple(later.get(column.name, column) for column in columns)

    def restored(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        numbers, inside = to_numbers(frame[self.columns[0].name], self.columns[0]), np.ones(len(frame), dtype=bool)
        cells: dict[str, object] = {}
        for column, (low, high) in zip(self.columns[1:], self.ranges, strict=True):
            numbers = numbers + to_numbers(frame[column.name], self._gap(column))
            inside &= np.isnan(numbers) | ((numbers >= low) & (numbers <= high))
            cells[column.name] = from_numbers(numbers, column).to_numpy(dtype=object)
        return frame.assign(**cells), inside

    def _gap(self, column: Column) -> Column:
        if column.type != "decimal":
            return dataclasses.replace(column, type="integer", format=None)
        places = max(len(each.format or "0.") - 2 for each in self.columns if each.type == "decimal")
        return dataclasses.replace(column, format="0." + "#" * max(places, 1))


@dataclass(frozen=True)
class Sum:
    """A total that is not learnt, but computed from its parts."""

    constraint: Total
    columns: Mapping[str, Column]
    low: float = field(repr=False)
    high: float = field(repr=False)

    @property
    def derived(self) -> tuple[str, ...]:
        return (self.constraint.total,)

    @property
    def needed(self) -> tuple[str, ...]:
        return self.constraint.parts

    def reshaped(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[self.constraint.total])

    def learnt(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(column for column in columns if column.name != self.constraint.total)

    def restored(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        sums = self.constraint.summed(frame, self.columns)
        cells = from_numbers(sums, self.columns[self.constraint.total])
        inside = np.isnan(sums) | ((sums >= self.low) & (sums <= self.high))
        return frame.assign(**{self.constraint.total: cells.to_numpy(dtype=object)}), inside


@dataclass(frozen=True)
class Lookup:
    """Columns that are not learnt, but looked up by those that determine them. Holds cells of the training rows."""

    constraint: Determines
    usual: pd.DataFrame = field(repr=False)

    @property
    def derived(self) -> tuple[str, ...]:
        return self.constraint.names

    @property
    def needed(self) -> tuple[str, ...]:
        return self.constraint.by

    def reshaped(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=list(self.derived))

    def learnt(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(column for column in columns if column.name not in self.derived)

    def restored(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        return self.constraint.looked_up(frame, self.usual)


def reshaping(constraint: Constraint, frame: pd.DataFrame, columns: Columns, *, bounded: bool) -> Reshaping | None:
    """Return how a constraint can be learnt; None where it does not hold everywhere, or where nulls do not follow each other.

    Parameters
    ----------
    frame : the training rows.
    bounded : whether what is put back must stay within what the training rows hold. A differentially private model must not
        look at their ends.
    """
    if not constraint.holds(frame, columns).all():
        return None
    if isinstance(constraint, Order):
        return _gaps(constraint, frame, columns, bounded=bounded)
    if isinstance(constraint, Total):
        return _sum(constraint, frame, columns, bounded=bounded)
    if isinstance(constraint, Determines):
        return _lookup(constraint, frame, columns)
    return None


def _gaps(constraint: Order, frame: pd.DataFrame, columns: Columns, *, bounded: bool) -> Gaps | None:
    used = tuple(columns[name] for name in constraint.names)
    numbers = [to_numbers(frame[column.name], column) for column in used]
    nulls_follow = all((np.isnan(later) | ~np.isnan(earlier)).all() for earlier, later in pairwise(numbers))
    units = {column.type if column.type in ("date", "datetime") else "number" for column in used}
    if len(units) > 1 or not nulls_follow or any(not _reads(frame, column) for column in used):
        return None
    if any(column.type == "integer" and earlier.type == "decimal" for earlier, column in pairwise(used)):
        return None
    return Gaps(used, tuple(_ends(each, bounded=bounded) for each in numbers[1:]))


def _sum(constraint: Total, frame: pd.DataFrame, columns: Columns, *, bounded: bool) -> Sum | None:
    sums = constraint.summed(frame, columns)
    total = to_numbers(frame[constraint.total], columns[constraint.total])
    if (np.isnan(sums) != np.isnan(total)).any() or not _reads(frame, columns[constraint.total]):
        return None
    low, high = _ends(total, bounded=bounded)
    used = {name: columns[name] for name in constraint.columns}
    return Sum(constraint, used, low, high)


def _lookup(constraint: Determines, frame: pd.DataFrame, columns: Columns) -> Lookup | None:
    for name in constraint.by:
        if columns[name].type in NUMERIC_TYPES and frame[name].nunique() > MAX_DETERMINING_NUMBERS:
            return None
    return Lookup(constraint, constraint.usual(frame))


def _reads(frame: pd.DataFrame, column: Column) -> bool:
    """Return whether a column holds nothing but nulls and cells that are written as its numbers are: so none changes its form."""
    cells = frame[column.name]
    back = from_numbers(to_numbers(cells, column), column)
    return bool((back.to_numpy(dtype=object)[cells.notna()] == cells.to_numpy(dtype=object)[cells.notna()]).all())


def _ends(numbers: Floats, *, bounded: bool) -> tuple[float, float]:
    known = numbers[~np.isnan(numbers)]
    return (float(known.min()), float(known.max())) if bounded and len(known) else (-np.inf, np.inf)
