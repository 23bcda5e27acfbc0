"""Ladders: what each value of a column becomes, step by step, from the cell itself up to `*`.

Each step's groups are unions of the groups below: only so does a coarser step never tear a class apart. Null, empty and
declared null cells are values of their own and stay as they are, up to the last step, at which `*` hides even whether there was
a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from veil.transforms.band import band_label
from veil.transforms.dates import date_format, is_dated, timestamps
from veil.transforms.numbers import ARITHMETIC, decimal_mark, decimals, exact

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.anonymity.levels import Row
    from veil.transforms.base import Context, Number

Period: TypeAlias = Literal["day", "month", "quarter", "year", "decade"]
PERIODS: Final[tuple[Period, ...]] = ("day", "month", "quarter", "year", "decade")

HIDDEN: Final = "*"
DOUBLINGS: Final = 5


@dataclass(frozen=True)
class Steps:
    """How one column may be generalized, as its line of the policy says it; what is None is chosen by the column's type."""

    widths: tuple[Number, ...] | None = None
    periods: tuple[Period, ...] | None = None
    prefixes: tuple[int, ...] | None = None
    levels: tuple[Row, ...] | None = field(default=None, repr=False)
    format: str | None = None
    may_hide: bool = True


@dataclass(frozen=True)
class Ladder:
    """A column's distinct cells, in order, and the label of each at every step.

    Attributes
    ----------
    cells : the distinct cells: null, empty and declared nulls first, then by number, by date, by the hierarchy, or by text.
    n_nulls : how many of them stand for null.
    labels : per step, the label of each cell; the first step is the cell itself.
    groups : per step, a code of each cell's label: (n_steps, n_cells).
    closed : whether a run of neighboring cells can be written as a range, as with numbers and dates.
    """

    cells: tuple[str | None, ...] = field(repr=False)
    n_nulls: int
    labels: tuple[tuple[str | None, ...], ...] = field(repr=False)
    groups: npt.NDArray[np.int64] = field(repr=False)
    closed: bool = False

    @property
    def n_steps(self) -> int:
        """The number of steps, the cells themselves counted."""
        return len(self.labels)

    def weights(self) -> npt.NDArray[np.int64]:
        """Return how many other cells each cell cannot be told from, at each step: (n_steps, n_cells).

        Source: the loss metric of Iyengar 2002, doi 10.1145/775047.775089.
        """
        return np.array([np.bincount(groups)[groups] - 1 for groups in self.groups], dtype=np.int64).reshape(self.groups.shape)

    def span(self, codes: npt.NDArray[np.int64]) -> str | None:
        """Return one label for some of the cells: the cell, a range, or the finest step at which they are alike, else `*`."""
        low, high = int(codes.min()), int(codes.max())
        if low == high:
            return self.cells[low]
        if self.closed and low >= self.n_nulls:
            first, last = str(self.cells[low]), str(self.cells[high])
            return f"{first}-{last}" if first.isdigit() and last.isdigit() else f"{first} to {last}"
        alike = (step for step in range(1, self.n_steps) if (self.groups[step][codes] == self.groups[step][low]).all())
        step = next(alike, None)
        return HIDDEN if step is None else self.labels[step][low]


def build_ladder(cells: Sequence[str | None], steps: Steps, context: Context) -> Ladder:
    """Return the ladder of a column's distinct cells, which come in any order.

    Raises
    ------
    TransformFailed : cells that are no numbers, dates, or values of the hierarchy.
    """
    nulls = [cell for cell in (None, "", *sorted(context.null_values - {""})) if cell in set(cells)]
    present = sorted({cell for cell in cells if cell is not None and cell not in nulls})
    ordered, labels, closed = _labels(present, steps, context)
    rows = [(*nulls, *ordered), *((*nulls, *step) for step in labels)]
    if steps.may_hide:
        rows.append((HIDDEN,) * len(rows[0]))
    groups = np.array([_codes(row) for row in rows], dtype=np.int64).reshape(len(rows), len(rows[0]))
    return Ladder(tuple(rows[0]), len(nulls), tuple(tuple(row) for row in rows), groups, closed)


def _codes(labels: Sequence[str | None]) -> list[int]:
    found: dict[str | None, int] = {}
    return [found.setdefault(label, len(found)) for label in labels]


def _labels(present: list[str], steps: Steps, context: Context) -> tuple[list[str], list[list[str]], bool]:
    """Return the cells in their order, their labels at each step, and whether they have ranges."""
    if steps.levels is not None:
        return (*_by_hierarchy(present, steps.levels, context), False)
    if steps.prefixes is not None:
        return present, [_prefixed(present, length) for length in steps.prefixes], False
    if steps.widths is not None or (context.column.type in ("integer", "decimal") and steps.periods is None):
        return (*_by_width(present, steps.widths, context), True)
    if is_dated(context.column, steps.format) or steps.periods is not None:
        return (*_by_period(present, steps, context), True)
    if context.column.type == "text":
        longest = max(map(len, present), default=0)
        lengths = sorted({-(-longest * quarter // 4) for quarter in (1, 2, 3)} - {0, longest}, reverse=True)
        return present, [_prefixed(present, length) for length in lengths], False
    return present, [], False


def _prefixed(values: Sequence[str], length: int) -> list[str]:
    return [value if len(value) <= length else value[:length] + HIDDEN for value in values]


def _by_hierarchy(present: Sequence[str], levels: Sequence[Row], context: Context) -> tuple[list[str], list[list[str]]]:
    above = {row[0]: row[1:] for row in levels}
    context.refuse([value not in above for value in present], "not in the hierarchy; add them to its levels")
    ordered = sorted(present, key=lambda value: (above[value][::-1], value))
    return ordered, [[above[value][level] for value in ordered] for level in range(len(levels[0]) - 1)]


def _by_width(present: list[str], widths: Sequence[Number] | None, context: Context) -> tuple[list[str], list[list[str]]]:
    numbers = dict(zip(present, decimals(present, context), strict=True))
    ordered = sorted(present, key=lambda value: (numbers[value], value))
    whole = all(number == number.to_integral_value() for number in numbers.values())
    given = [exact(width) for width in widths] if widths is not None else _doublings(list(numbers.values()))
    return ordered, [[_band(numbers[value], width, context, whole=whole) for value in ordered] for width in given]


def _band(number: Decimal, width: Decimal, context: Context, *, whole: bool) -> str:
    low = ARITHMETIC.multiply(ARITHMETIC.divide(number, width).to_integral_value(ROUND_FLOOR, ARITHMETIC), width)
    places = max(0, -int(width.normalize().as_tuple().exponent))
    label = band_label(low, low + width, whole=whole and places == 0, places=places)
    return label.replace(".", decimal_mark(context))


def _doublings(numbers: Sequence[Decimal]) -> list[Decimal]:
    """Return up to five widths, each twice the one before: 5, 10, 20, 40 or a power of ten of these.

    The widest makes a few bands of the range that nine in ten of the distinct numbers lie in, whatever the outliers are.
    """
    if not numbers:
        return []
    ordered = sorted(numbers)
    unit = min(Decimal(1).scaleb(int(number.as_tuple().exponent)) for number in numbers)
    spread = ordered[len(ordered) * 19 // 20] - ordered[len(ordered) // 20]
    first = unit * 5
    while first * 2**DOUBLINGS < spread:
        first *= 10
    while first * 2**DOUBLINGS >= spread * 10 and first > unit:
        first /= 10
    widths = [first * 2**step for step in range(DOUBLINGS)]
    return [width for width in widths if unit < width < spread]


def _by_period(present: list[str], steps: Steps, context: Context) -> tuple[list[str], list[list[str]]]:
    stamps = timestamps(present, date_format(context.column, steps.format), context)
    place = dict(zip(present, stamps.to_numpy(), strict=True))
    ordered = sorted(present, key=lambda value: (place[value], value))
    days = [str(place[value].astype("datetime64[D]")) for value in ordered]
    with_time = context.column.type == "datetime"
    periods = steps.periods or (("day", "month", "year", "decade") if with_time else ("month", "year", "decade"))
    return ordered, [[_PERIOD[period](day) for day in days] for period in periods]


_PERIOD: Final[dict[Period, Callable[[str], str]]] = {
    "day": lambda day: day,
    "month": lambda day: day[:7],
    "quarter": lambda day: f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}",
    "year": lambda day: day[:4],
    "decade": lambda day: f"{day[:3]}0-{day[:3]}9",
}


def require_nested(widths: Sequence[Number] | None, periods: Sequence[Period] | None, prefixes: Sequence[int] | None) -> None:
    """Refuse steps of which one is no coarsening of the one before."""
    exactly: list[Any] = [exact(width) for width in widths or ()]
    if any(wide % narrow or wide == narrow for narrow, wide in pairwise(exactly)):
        raise ValueError("`widths` must grow, each a multiple of the one before, such as [5, 10, 20]")
    places = [PERIODS.index(period) for period in periods or ()]
    if places != sorted(set(places)):
        raise ValueError("`periods` must grow: day, month, quarter, year, decade")
    lengths = list(prefixes or ())
    if lengths != sorted(set(lengths), reverse=True):
        raise ValueError("`prefixes` must shrink, such as [4, 3, 2]")
