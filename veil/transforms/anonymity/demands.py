"""What a class of records must meet: k-anonymity, l-diversity, t-closeness. All counts are exact integers.

All of them hold for the union of two classes that meet them, so that classes which happen to be written alike do no harm.

Sources: k Sweeney 2002 (10.1142/S0218488502001648); l Machanavajjhala et al. 2007 (10.1145/1217299.1217302); t Li, Li,
Venkatasubramanian 2007 (10.1109/ICDE.2007.367856).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers: TypeAlias = npt.NDArray[np.int64]
    Truths: TypeAlias = npt.NDArray[np.bool_]

Diversity: TypeAlias = Literal["distinct", "entropy", "recursive"]

TOLERANCE: Final = 1e-9
"""For entropy alone, which is no rational number: two values, half and half, are 2-diverse."""

CHUNK: Final = 2**22


@dataclass(frozen=True)
class Demands:
    """What every class must meet.

    Attributes
    ----------
    k : records at least.
    l, diversity, c : how diverse the sensitive values must be; `c` for recursive (c, l)-diversity only.
    t : how far the sensitive values of a class may be from those of the table: earth mover's distance, from 0 to 1.
    """

    k: int
    l: Fraction | None = None  # noqa: E741 - its name in the literature
    diversity: Diversity = "distinct"
    c: Fraction = Fraction(1)
    t: Fraction | None = None


@dataclass(frozen=True)
class Sensitive:
    """A sensitive column, counted per distinct combination of quasi-identifiers.

    Attributes
    ----------
    combinations, values, counts : of the same length, sorted: how many rows of a combination have a value.
    n_values : of the whole table; null is one of them.
    ordered : whether one value can be nearer than another, as with numbers; else all are equally far apart.
    """

    combinations: Integers = field(repr=False)
    values: Integers = field(repr=False)
    counts: Integers = field(repr=False)
    n_values: int
    ordered: bool = False

    @cached_property
    def totals(self) -> Integers:
        """How many rows of the whole table have each value."""
        return np.bincount(self.values, weights=self.counts, minlength=self.n_values).astype(np.int64)

    @cached_property
    def _starts(self) -> Integers:
        n = int(self.combinations[-1]) + 1 if len(self.combinations) else 0
        return np.searchsorted(self.combinations, np.arange(n + 1)).astype(np.int64)

    def rows_of(self, chosen: Integers) -> tuple[Integers, Integers]:
        """Return the places of all entries of the chosen combinations, and for each which of them it belongs to."""
        starts = self._starts[chosen]
        lengths = self._starts[chosen + 1] - starts
        owner = np.repeat(np.arange(len(chosen)), lengths)
        return np.arange(int(lengths.sum())) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths), owner


@dataclass(frozen=True)
class Judge:
    """Counts whether classes of combinations meet the demands.

    Attributes
    ----------
    rows : of each distinct combination of quasi-identifiers.
    """

    demands: Demands
    rows: Integers = field(repr=False)
    sensitive: tuple[Sensitive, ...] = field(default=(), repr=False)

    def sizes(self, classes: Integers, n_classes: int, chosen: Integers | None = None) -> Integers:
        """Return the rows of each class; `classes` says which class each combination, or each chosen one, belongs to."""
        rows = self.rows if chosen is None else self.rows[chosen]
        return np.bincount(classes, weights=rows, minlength=n_classes).astype(np.int64)

    def passing(self, classes: Integers, n_classes: int, chosen: Integers | None = None) -> Truths:
        """Return which classes meet all demands."""
        good = self.sizes(classes, n_classes, chosen) >= self.demands.k
        for column in self.sensitive:
            if not good.any():
                break
            table = _counted(column, classes, chosen)
            if self.demands.l is not None:
                good &= _diverse(table, n_classes, self.demands)
            if self.demands.t is not None:
                good &= _close(table, n_classes, column, self.demands.t)
        return np.asarray(good)

    def union_passes(self, chosen: Integers) -> bool:
        """Return whether the chosen combinations, as one class, meet all demands."""
        return bool(self.passing(np.zeros(len(chosen), dtype=np.int64), 1, chosen)[0])


@dataclass(frozen=True)
class _Counted:
    """How many rows of a class have a sensitive value: sorted by class, then value; only those that occur."""

    classes: Integers
    values: Integers
    counts: Integers


def _counted(column: Sensitive, classes: Integers, chosen: Integers | None) -> _Counted:
    if chosen is None:
        owner, values, counts = classes[column.combinations], column.values, column.counts
    else:
        places, local = column.rows_of(chosen)
        owner, values, counts = classes[local], column.values[places], column.counts[places]
    keys, places = np.unique(owner * column.n_values + values, return_inverse=True)
    summed = np.bincount(places, weights=counts).astype(np.int64)
    return _Counted(keys // column.n_values, keys % column.n_values, summed)


def _diverse(table: _Counted, n_classes: int, demands: Demands) -> Truths:
    least = demands.l or Fraction(1)
    if demands.diversity == "distinct":
        return np.asarray(np.bincount(table.classes, minlength=n_classes) >= float(least))
    if demands.diversity == "entropy":
        return np.asarray(_entropy(table, n_classes) >= math.log(least) - TOLERANCE)
    return _recursive(table, n_classes, int(least), demands.c)


def _entropy(table: _Counted, n_classes: int) -> npt.NDArray[np.float64]:
    sizes = np.bincount(table.classes, weights=table.counts, minlength=n_classes)
    shares = table.counts / sizes[table.classes]
    return np.bincount(table.classes, weights=-shares * np.log(shares), minlength=n_classes).astype(np.float64)


def _recursive(table: _Counted, n_classes: int, least: int, c: Fraction) -> Truths:
    """Return where the most frequent value is rarer than c times all from the l-th most frequent on."""
    order = np.lexsort((-table.counts, table.classes))
    classes, counts = table.classes[order], table.counts[order]
    ranks = np.arange(len(classes)) - np.searchsorted(classes, classes)
    most = np.bincount(classes, weights=counts * (ranks == 0), minlength=n_classes).astype(np.int64)
    tail = np.bincount(classes, weights=counts * (ranks >= least - 1), minlength=n_classes).astype(np.int64)
    return np.asarray(most * c.denominator < tail * c.numerator)


def _close(table: _Counted, n_classes: int, column: Sensitive, t: Fraction) -> Truths:
    """Return where the distance is at most t; both sides times all denominators, so that nothing is rounded."""
    n, sizes = int(column.totals.sum()), np.bincount(table.classes, weights=table.counts, minlength=n_classes).astype(np.int64)
    if column.ordered:
        moved, unit = _moved_in_order(table, sizes, column.totals, n), max(column.n_values - 1, 1)
    else:
        moved, unit = _moved(table, sizes, column.totals, n), 2
    small = unit * n * n * max(t.denominator, t.numerator) < 2**62
    kind: Any = np.int64 if small else object
    return np.asarray(moved.astype(kind) * t.denominator <= sizes.astype(kind) * (unit * n * t.numerator), dtype=bool)


def _moved(table: _Counted, sizes: Integers, totals: Integers, n: int) -> Integers:
    """Return the sum of |class share - table share| over all values, times the class's rows and the table's."""
    here = sizes[table.classes]
    differing = np.abs(table.counts * n - totals[table.values] * here) - totals[table.values] * here
    summed = np.zeros(len(sizes), dtype=np.int64)
    np.add.at(summed, table.classes, differing)
    return summed + sizes * n


def _moved_in_order(table: _Counted, sizes: Integers, totals: Integers, n: int) -> Integers:
    """Return the sum of the running differences of the shares, times the class's rows and the table's."""
    running, n_values = np.cumsum(totals), len(totals)
    moved = np.zeros(len(sizes), dtype=np.int64)
    step = max(1, CHUNK // max(n_values, 1))
    for first in range(0, len(sizes), step):
        last = min(first + step, len(sizes))
        start, end = np.searchsorted(table.classes, (first, last))
        held = np.zeros((last - first, n_values), dtype=np.int64)
        held[table.classes[start:end] - first, table.values[start:end]] = table.counts[start:end]
        difference = np.cumsum(held, axis=1) * n - running[None, :] * sizes[first:last, None]
        moved[first:last] = np.abs(difference).sum(axis=1)
    return moved
