"""Constraints that every row of a stand-in meets. A row that a constraint cannot judge, because a cell is null, meets it."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.columns import from_numbers, to_numbers
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.synthesizers.conditions import met
from veil.synthesizers.control.asked import Criterion

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]
    Columns = Mapping[str, Column]

SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class Constraint(abc.ABC):
    """Base of all constraints. `repair`: it may be asked of a stand-in although the original does not hold it."""

    kind: ClassVar[str]
    repair: bool = field(default=False, kw_only=True)

    @property
    @abc.abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns it is about."""

    @abc.abstractmethod
    def told(self) -> str:
        """Return it in words, with column names and what the policy wrote."""

    @abc.abstractmethod
    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:
        """Return which rows meet it."""

    def put_right(self, frame: pd.DataFrame, columns: Columns, earlier: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG002
        """Return the rows, put right where that needs no new draw."""
        return frame

    def fits(self, frame: pd.DataFrame, columns: Columns, earlier: pd.DataFrame) -> Truth:  # noqa: ARG002
        """Return which rows meet it beside the `earlier` ones."""
        return self.holds(frame, columns)

    def checked(self, columns: Columns) -> None:
        """Refuse columns that are not there or hold the wrong type."""
        for name in self.columns:
            if name not in columns:
                raise UnknownColumn(f"the constraint {self.told()} names `{name}`, which is not learnt in this table")


def measured(frame: pd.DataFrame, column: Column) -> Floats:
    """Return a column's numbers; dates and datetimes both in seconds, so that they can be compared."""
    numbers = to_numbers(frame[column.name], column)
    return numbers * SECONDS_PER_DAY if column.type == "date" else numbers


@dataclass(frozen=True)
class Order(Constraint):
    """Numbers or dates of a row in order: each at most the next one, or less than it where `strict`."""

    kind: ClassVar[str] = "order"

    names: tuple[str, ...]
    strict: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names

    def told(self) -> str:
        return (" < " if self.strict else " <= ").join(f"`{name}`" for name in self.names)

    def checked(self, columns: Columns) -> None:
        super().checked(columns)
        kinds = {columns[name].type for name in self.names}
        if not (kinds <= {"integer", "decimal"} or kinds <= {"date", "datetime"}):
            raise SynthesisFailed(f"the constraint {self.told()} compares columns of type {', '.join(sorted(kinds))}; "
                                  "compare numbers with numbers, and dates with dates")  # fmt: skip

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:
        met = np.ones(len(frame), dtype=bool)
        last = np.full(len(frame), -np.inf)
        for name in self.names:
            numbers = measured(frame, columns[name])
            known = ~np.isnan(numbers)
            met &= ~known | (numbers > last if self.strict else numbers >= last)
            last = np.where(known, numbers, last)
        return met


@dataclass(frozen=True)
class Total(Constraint):
    """A column is the sum of others, to the last place that it writes; null where one of them is."""

    kind: ClassVar[str] = "total"

    total: str
    parts: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.total, *self.parts)

    def told(self) -> str:
        return f"`{self.total}` = " + " + ".join(f"`{name}`" for name in self.parts)

    def checked(self, columns: Columns) -> None:
        super().checked(columns)
        wrong = [name for name in self.columns if columns[name].type not in ("integer", "decimal")]
        if wrong:
            raise SynthesisFailed(f"the constraint {self.told()} adds `{wrong[0]}`, which is of type {columns[wrong[0]].type}; "
                                  "sums are of numbers")  # fmt: skip

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:
        column = columns[self.total]
        differs = np.abs(self.summed(frame, columns) - to_numbers(frame[self.total], column))
        return np.asarray(~(differs > 0.5 * 10.0 ** -_places(column) + 1e-9))

    def summed(self, frame: pd.DataFrame, columns: Columns) -> Floats:
        """Return the sum of the parts, NaN where one is null."""
        return np.asarray(np.sum([to_numbers(frame[name], columns[name]) for name in self.parts], axis=0, dtype=np.float64))

    def put_right(self, frame: pd.DataFrame, columns: Columns, earlier: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG002
        sums = self.summed(frame, columns)
        judged = ~np.isnan(sums) & frame[self.total].notna().to_numpy()
        computed = from_numbers(sums, columns[self.total]).to_numpy(dtype=object)
        cells = np.where(judged, computed, frame[self.total].to_numpy(dtype=object))
        return frame.assign(**{self.total: cells})


def _places(column: Column) -> int:
    return len(column.format) - 2 if column.type == "decimal" and column.format else 0


@dataclass(frozen=True)
class Unique(Constraint):
    """No two rows have the same cells in these columns; rows with a null in one of them are left out."""

    kind: ClassVar[str] = "unique"

    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names

    def told(self) -> str:
        return "unique " + ", ".join(f"`{name}`" for name in self.names)

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:  # noqa: ARG002
        part = frame[list(self.names)]
        return np.asarray(~part.duplicated().to_numpy() | part.isna().any(axis=1).to_numpy())

    def fits(self, frame: pd.DataFrame, columns: Columns, earlier: pd.DataFrame) -> Truth:
        return self.holds(_after(earlier, frame, self.names), columns)[len(earlier) :]


@dataclass(frozen=True)
class OneFilled(Constraint):
    """Exactly one of these columns holds a cell that is neither null nor empty."""

    kind: ClassVar[str] = "one filled"

    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names

    def told(self) -> str:
        return "exactly one of " + ", ".join(f"`{name}`" for name in self.names) + " filled"

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:  # noqa: ARG002
        part = frame[list(self.names)]
        return np.asarray((part.notna() & (part != "")).sum(axis=1).to_numpy() == 1)


@dataclass(frozen=True)
class Within(Constraint):
    """A column's cells are from a list, or its numbers or days within bounds."""

    kind: ClassVar[str] = "within"

    criterion: Criterion

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.criterion.column,)

    def told(self) -> str:
        own = self.criterion
        if not own.is_range:
            return f"`{own.column}` in a list of {len(own.cells)}"
        least = "" if own.at_least is None else f" at least {own.at_least}"
        return f"`{own.column}`{least}" + ("" if own.at_most is None else f" at most {own.at_most}")

    def checked(self, columns: Columns) -> None:
        super().checked(columns)
        self.criterion.condition(columns[self.criterion.column])

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:
        column = columns[self.criterion.column]
        where = {column.name: self.criterion.condition(column)}
        return np.asarray(met(frame, (column,), where) | frame[column.name].isna().to_numpy())


@dataclass(frozen=True)
class Determines(Constraint):
    """Columns determine others, as a city its state: rows that agree in `by` agree in `names`. Null counts as a value.

    A row meets it if it has what most rows of its kind have, the first of them where several are as frequent.
    """

    kind: ClassVar[str] = "determines"

    by: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.by, *self.names)

    def told(self) -> str:
        return ", ".join(f"`{name}`" for name in self.by) + " determines " + ", ".join(f"`{name}`" for name in self.names)

    def holds(self, frame: pd.DataFrame, columns: Columns) -> Truth:  # noqa: ARG002
        usual = self.looked_up(frame, self.usual(frame))[0]
        own, usual = frame[list(self.names)].reset_index(drop=True), usual[list(self.names)]
        return np.asarray(((own == usual) | (own.isna() & usual.isna())).all(axis=1).to_numpy())

    def usual(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return, for each combination of `by`, what most rows have in the others; in order of first appearance."""
        part = frame[[*self.by, *self.names]].reset_index(drop=True)
        counted = part.groupby([*self.by, *self.names], dropna=False, sort=False).size().reset_index(name="\0rows")
        ordered = counted.sort_values("\0rows", ascending=False, kind="stable").drop(columns="\0rows").astype(object)
        ordered = ordered.where(ordered.notna(), None)
        return ordered.drop_duplicates(list(self.by)).sort_index().reset_index(drop=True)

    def looked_up(self, frame: pd.DataFrame, usual: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        """Return the rows with the usual cells of their kind, and which rows are of a kind that `usual` has."""
        others = frame.drop(columns=list(self.names), errors="ignore").reset_index(drop=True)
        found = others[list(self.by)].merge(usual, on=list(self.by), how="left", indicator="\0found")
        cells = {name: found[name].astype(object).where(found[name].notna(), None) for name in self.names}
        return others.assign(**cells), np.asarray(found["\0found"] == "both")

    def put_right(self, frame: pd.DataFrame, columns: Columns, earlier: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG002
        first = _after(earlier, frame, self.columns).drop_duplicates(list(self.by))
        return self.looked_up(frame, first)[0][list(frame.columns)]


def _after(earlier: pd.DataFrame, frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([earlier[list(names)], frame[list(names)]], ignore_index=True)
