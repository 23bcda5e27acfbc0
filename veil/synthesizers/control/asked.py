"""What can be asked of a stand-in beyond looking like the original: shares, rare events, extremes, constraints, parity."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from veil.columns import NUMERIC_TYPES, from_numbers
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Between, Condition, OneOf, bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from veil.synthesizers.control.constraints import Constraint

Bound = int | float | str
Leaves = Literal["empty", "drop"]
Side = Literal["upper", "lower"]


@dataclass(frozen=True)
class Criterion:
    """Rows told by one column: its cell is one of `cells` (None is the null), or its number or day lies within the bounds.

    Bounds are numbers, or days such as 2026-01-31, however the column writes them; both are included.
    """

    column: str
    cells: tuple[str | None, ...] = field(default=(), repr=False)
    at_least: Bound | None = None
    at_most: Bound | None = None

    @property
    def is_range(self) -> bool:
        """Whether it is about numbers or days rather than about cells."""
        return not self.cells

    def condition(self, column: Column) -> Condition:
        """Return it as a condition on cells, as the column writes them.

        Raises
        ------
        SynthesisFailed : bounds of a column that holds no numbers and no dates, or numbers for dates, or the other way round.
        """
        if not self.is_range:
            return OneOf(self.cells)
        found = Between(written(self.at_least, column), written(self.at_most, column))
        bounds(column, found)
        return found


Criteria = tuple[Criterion, ...]


def written(bound: Bound | None, column: Column) -> str | None:
    """Return a number or an ISO day as a column writes it; a number that the column cannot write exactly is refused."""
    if bound is None:
        return None
    if column.type not in NUMERIC_TYPES or isinstance(bound, str) != (column.type in ("date", "datetime")):
        wanted = "days such as 2026-01-31" if column.type in ("date", "datetime") else "numbers"
        takes = f"its bounds are {wanted}" if column.type in NUMERIC_TYPES else "list its cells instead"
        raise SynthesisFailed(f"bounds for `{column.name}`, whose cells are of type {column.type}: {takes}")
    if isinstance(bound, str):
        days = float((datetime.date.fromisoformat(bound) - datetime.date(1970, 1, 1)).days)
        return str(from_numbers(np.array([days if column.type == "date" else 86_400 * days]), column).iloc[0])
    if column.type == "integer":
        if float(bound) != int(bound):
            raise SynthesisFailed(f"a bound for `{column.name}` has a fraction, and its cells are whole numbers")
        return str(int(bound))
    return f"{float(bound):.12f}".rstrip("0").rstrip(".").replace(".", (column.format or "0.")[1])


@dataclass(frozen=True)
class Quota:
    """So large a share of the rows meets all criteria; the remaining rows do not."""

    where: Criteria
    share: float


@dataclass(frozen=True)
class Oversample:
    """Rows that meet all criteria come `factor` times as often as in the original."""

    where: Criteria
    factor: float


@dataclass(frozen=True)
class Balance:
    """Shares of a column's cells: those given, or the same for each. What is left over is for the others, nulls among them."""

    column: str
    shares: Mapping[str, float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Parity:
    """Statistical parity: the outcome comes at the same rate in every group. `rate`: which; None takes the overall one.

    Source: Dwork et al. 2012, doi 10.1145/2090236.2090255; Calders and Verwer 2010, doi 10.1007/s10618-010-0190-x.
    """

    outcome: Criterion
    across: str
    rate: float | None = None


@dataclass(frozen=True)
class Extremes:
    """A share of rows whose number lies beyond all that was observed, up to `bound`. They are marked, and counted as facts."""

    column: str
    share: float
    side: Side = "upper"
    bound: Bound | None = None


@dataclass(frozen=True)
class Control:
    """All that is asked of one table.

    Attributes
    ----------
    exclude : columns that are not learnt, and what the stand-in has of each: an `empty` column, or none (`drop`).
    mark : a boolean column that is added, true in the rows that hold extremes; None adds none.
    """

    quotas: tuple[Quota, ...] = ()
    oversample: tuple[Oversample, ...] = ()
    balance: tuple[Balance, ...] = ()
    parity: tuple[Parity, ...] = ()
    extremes: tuple[Extremes, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    exclude: Mapping[str, Leaves] = field(default_factory=dict)
    mark: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked, so that rows are sampled as they come."""
        return self == Control()
