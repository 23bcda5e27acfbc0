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

from veil.synthesizers.encodings.distinct import RARE_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MIN_ROWS_PER_RESIDUE = 10
"""With fewer rows for each residue, one that does not occur may be missing by chance: exp(-10) is one in 22,000."""

MAX_STRAY_SHARE = 0.005
"""Share of the rows whose residues fewer than 5 rows have, such as one typing error, that a cycle does without."""

MAX_RESIDUE_SHARE = 0.8
MIN_UNEVENNESS = 0.03
MIN_PERIODS = 50
"""Periods that the middle nine tenths of the numbers span at least, for a residue to be drawn whatever the number is. Where they
span fewer, the number itself says which residue it has, and is only moved to the nearest one that occurs."""


@dataclass(frozen=True)
class Cycle:
    """Residues of `number // unit` modulo `period`.

    Attributes
    ----------
    residues : those that at least five rows have, in order.
    shares : of the rows that have them; what is missing to 1 is even over the other residues.
    drawn : whether numbers are moved so that residues have their shares; else they are moved to the nearest that occurs.
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
        residues = np.flatnonzero(counts >= RARE_ROWS)
        held = float(counts[residues].sum())
        few = held >= (1 - MAX_STRAY_SHARE) * n_rows and len(residues) <= MAX_RESIDUE_SHARE * period
        if not few and not (drawn and _unevenness(counts) >= _by_chance(n_rows, period)):
            return None
        shares = counts[residues] / (held if few else n_rows)
        return cls(unit, period, tuple(residues.tolist()), tuple(shares.tolist()), drawn)

    def moved(self, numbers: Integers, rng: np.random.Generator) -> Integers:
        """Return each number at a residue that is learnt, moved by at most half a period, and only as many as must be."""
        places = (numbers // self.unit) % self.period
        if not self.drawn:
            return np.asarray(numbers + self._nearest[places] * self.unit)
        often = self._often * self.period  # the residues of what is drawn are even, for the numbers span many periods
        rows = np.flatnonzero(rng.random(len(numbers)) >= often[places])
        excess = np.cumsum(np.maximum(often - 1, 0))
        wanted = np.searchsorted(excess / max(excess[-1], 1e-300), rng.random(len(rows)), side="right")
        moved = numbers.copy()
        moved[rows] += _wrapped(np.minimum(wanted, self.period - 1) - places[rows], self.period) * self.unit
        return moved

    @cached_property
    def _often(self) -> Floats:
        """How often each residue is to be, (period,)."""
        often = np.zeros(self.period)
        often[list(self.residues)] = self.shares
        others = self.period - len(self.residues)
        often[often == 0] = max(1 - sum(self.shares), 0.0) / max(others, 1) if sum(self.shares) < 1 - 1e-9 else 0.0
        return often

    @cached_property
    def _nearest(self) -> Integers:
        """By how many units each residue is away from the nearest that occurs."""
        away = _wrapped(np.array(self.residues)[None, :] - np.arange(self.period)[:, None], self.period)
        return np.asarray(np.take_along_axis(away, np.abs(away).argmin(axis=1)[:, None], axis=1)[:, 0])

    @property
    def information(self) -> float:
        """How far the shares are from even ones, in nats; finer cycles are worth their while where it grows."""
        often = self._often[self._often > 0]
        return float((often * np.log(often * self.period)).sum())

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


def _unevenness(counts: Floats) -> float:
    """Return the total variation distance of counts from even ones."""
    return float(np.abs(counts / counts.sum() - 1 / len(counts)).sum() / 2)


def _by_chance(n_rows: float, period: int) -> float:
    """Return three times the unevenness that chance gives even residues, or what is worth keeping at all if that is more."""
    return max(MIN_UNEVENNESS, 1.5 * float(np.sqrt(2 / np.pi * period / n_rows)))
