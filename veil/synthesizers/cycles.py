"""What repeats in how numbers are written: prices that end in .99, amounts rounded to hundreds, hours of work, working days.

A cycle looks at one place of an integer: with unit 1 and period 100 at the last two digits, with unit 3,600 and period 24 at
the hour of a time in seconds. Where few of the residues occur, or some far more often than others, a drawn number is moved by
whole units to a residue that is learnt. What smaller units say of it stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.distinct import RARE_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MIN_ROWS_PER_RESIDUE = 10
"""With fewer rows for each residue, one that does not occur may be missing by chance: exp(-10) is one in 22,000."""

MAX_STRAY_SHARE = 0.005
"""Share of the rows whose residues fewer than 5 rows have, such as one typing error, that a cycle does without."""

MAX_RESIDUE_SHARE = 0.8
MIN_EXCESS = 0.1
MIN_PERIODS = 50
"""Periods that the middle nine tenths of the numbers span at least, for a residue to be drawn whatever the number is. Where they
span fewer, the number itself says which residue it has, and is only moved to the nearest one that occurs."""


@dataclass(frozen=True)
class Cycle:
    """Residues of `number // unit` modulo `period`.

    Attributes
    ----------
    residues : those that occur, or those that occur more often than the others, in order.
    shares : how often a number is moved to each; less than 1 in all where the other numbers stay where they are.
    drawn : whether the residue is drawn by `shares`; else it is the nearest one.
    """

    unit: int
    period: int
    residues: tuple[int, ...] = field(repr=False)
    shares: tuple[float, ...] = field(repr=False)
    drawn: bool

    @classmethod
    def fit(cls, values: Integers, rows: Floats, unit: int, period: int) -> Cycle | None:
        """Look for the cycle in distinct values that so many rows hold; None if it is not there."""
        counts = np.bincount((values // unit) % period, weights=rows, minlength=period).astype(np.float64)
        n_rows = float(counts.sum())
        if n_rows < MIN_ROWS_PER_RESIDUE * period:
            return None
        drawn = _spread(values, rows) >= MIN_PERIODS * unit * period
        occurs = counts >= RARE_ROWS
        if counts[~occurs].sum() <= MAX_STRAY_SHARE * n_rows and occurs.sum() <= MAX_RESIDUE_SHARE * period:
            residues = np.flatnonzero(occurs)
            return cls(unit, period, _integers(residues), _shares(counts[residues] / counts[residues].sum()), drawn)
        return cls._heaped(counts, unit, period) if drawn else None

    @classmethod
    def _heaped(cls, counts: Floats, unit: int, period: int) -> Cycle | None:
        """Return the residues that have more rows than chance would give them, and how many more."""
        n_rows, even = counts.sum(), counts.sum() / period
        heaped = (counts >= RARE_ROWS) & (counts >= 2 * even) & (counts > even + 4 * np.sqrt(even))
        excess = (counts[heaped] - counts[~heaped].mean()) / n_rows
        if excess.sum() < MIN_EXCESS:
            return None
        return cls(unit, period, _integers(np.flatnonzero(heaped)), _shares(excess), drawn=True)

    def moved(self, numbers: Integers, rng: np.random.Generator) -> Integers:
        """Return each number at a residue that is learnt, moved by at most half a period."""
        places = (numbers // self.unit) % self.period
        if not self.drawn:
            return np.asarray(numbers + self._nearest[places] * self.unit)
        chosen = np.searchsorted(np.cumsum(self.shares), rng.random(len(numbers)), side="right")
        wanted = np.append(np.array(self.residues, dtype=np.int64), -1)[chosen]
        if sum(self.shares) > 1 - 1e-9:
            wanted = np.where(wanted < 0, self.residues[-1], wanted)
        by = np.where(wanted < 0, 0, _wrapped(wanted - places, self.period))
        return np.asarray(numbers + by * self.unit)

    @cached_property
    def _nearest(self) -> Integers:
        """By how many units each residue is away from the nearest that occurs."""
        away = _wrapped(np.array(self.residues)[None, :] - np.arange(self.period)[:, None], self.period)
        return np.asarray(np.take_along_axis(away, np.abs(away).argmin(axis=1)[:, None], axis=1)[:, 0])

    @property
    def information(self) -> float:
        """How far the shares are from even ones, in nats; finer cycles are worth their while where it grows."""
        shares = np.array(self.shares)
        rest = 1 - shares.sum()
        even = np.full(self.period, max(rest, 0.0) / self.period)
        even[list(self.residues)] += shares
        even = even[even > 0]
        return float((even * np.log(even * self.period)).sum())

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; each residue is of at least five rows."""
        return {"unit": self.unit, "period": self.period, "residues": list(self.residues), "shares": list(self.shares),
                "drawn": self.drawn}  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Cycle:
        """Read what `to_json` returned."""
        return cls(value["unit"], value["period"], tuple(value["residues"]), tuple(value["shares"]), value["drawn"])


def _spread(values: Integers, rows: Floats) -> float:
    """Return how much the middle nine tenths of the rows span."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(rows[order])
    low, high = (order[min(int(np.searchsorted(below, share * below[-1])), len(order) - 1)] for share in (0.05, 0.95))
    return float(values[high] - values[low])


def _wrapped(by: Integers, period: int) -> Integers:
    """Return the same step modulo the period, the shortest way round."""
    short = by % period
    return np.where(short * 2 > period, short - period, short)


def _integers(values: Integers) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def _shares(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
