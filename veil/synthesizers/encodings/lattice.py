"""Where the numbers of a column can lie: only multiples of 1,000, prices that end in .99, the first of the month, working hours.

Learnt from the distinct numbers as written, in units of their last place (days of dates, seconds of datetimes), and applied to
whatever a synthesizer draws, so that a stand-in's numbers look as if the same people had written them down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.encodings.cycles import Cycle
from veil.synthesizers.encodings.distinct import RARE_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_EXACT = 2**53
MAX_SUPPORT = 1_000
SURE_COVER, LEAST_COVER = 0.98, 0.8
MICROSECONDS = 6
LAST_DAY, SHORTEST_MONTH = 0, 28
PERIODS = (1_000, 100, 10)
CLOCK = (1, 60, 3_600, 86_400, 604_800)
MIN_INFORMATION = 0.2
"""Nats by which the longer of two periods must tell more."""


@dataclass(frozen=True)
class Lattice:
    """The integers that a column's numbers are, in units of their last place; of months since 1970 where `day` says so.

    Attributes
    ----------
    places : decimals that are written.
    a_day : how many units a day has; 0 where the numbers are no dates.
    day : of the month, where all dates (or datetimes, at midnight) have the same; 0 is its last.
    signed : whether there are negative numbers; then all below is of amounts without their sign.
    step, offset : every number is `offset` more than a multiple of `step`.
    support : the values that at least five rows hold, where these are nearly all there are; else none.
    low, high : the least and the largest.
    """

    places: int
    a_day: int
    day: int | None
    signed: bool
    step: int
    offset: int
    support: tuple[int, ...] = field(repr=False)
    cycles: tuple[Cycle, ...]
    low: int = field(repr=False)
    high: int = field(repr=False)

    @classmethod
    def fit(cls, numbers: Floats, rows: Floats, column: Column) -> Lattice | None:
        """Learn from distinct numbers and how many rows hold each; None where they are too large or fine to be exact."""
        places = written_places(column)
        whole = np.round(numbers * 10.0**places)
        if np.abs(whole).max() >= MAX_EXACT or (not places and bool((whole != numbers).any())):
            return None
        units = whole.astype(np.int64)
        a_day = _a_day(column)
        day = _common_day(units // a_day) if a_day and not (units % a_day).any() else None
        units = units if day is None else _months(units // a_day)
        signed = column.type in ("integer", "decimal") and bool(units.min() < 0)
        values, at = np.unique(np.abs(units) if signed else units, return_inverse=True)
        held = np.bincount(at, weights=rows).astype(np.float64)
        step = max(int(np.gcd.reduce(np.diff(values))), 1) if len(values) > 1 else 1
        support = _support(values, held, step)
        cycles = () if support or day is not None else _cycles(values, held, step, column)
        offset = int(values[0]) % step
        return cls(places, a_day, day, signed, step, offset, support, cycles, int(values[0]), int(values[-1]))

    def units(self, numbers: Floats, rng: np.random.Generator) -> Integers:
        """Return the learnt integer that each number becomes: the nearest, or one near it that `rng` draws."""
        drawn = numbers * 10.0**self.places
        drawn = drawn if self.day is None else _fractional_months(drawn / self.a_day, self.day)
        amounts = np.clip(np.abs(drawn) if self.signed else drawn, self.low, self.high)
        integers = np.round((amounts - self.offset) / self.step).astype(np.int64) * self.step + self.offset
        integers = self._supported(amounts, integers)
        for cycle in self.cycles:
            integers = cycle.moved(integers, rng)
        integers = self._inside(integers)
        return np.where(drawn < 0, -integers, integers) if self.signed else integers

    def numbers(self, units: Integers) -> Floats:
        """Return the column's numbers for learnt integers."""
        written = units if self.day is None else _dated(units, self.day) * self.a_day
        return np.asarray(written / 10.0**self.places)

    def _supported(self, amounts: Floats, integers: Integers) -> Integers:
        if not self.support:
            return integers
        values = np.array(self.support, dtype=np.int64)
        nearest = values[np.searchsorted(self._midpoints, amounts)]
        between = (integers > values[0]) & (integers < values[-1])
        return np.where(between, nearest, integers)

    @cached_property
    def _midpoints(self) -> Floats:
        values = np.array(self.support, dtype=np.float64)
        return np.asarray((values[1:] + values[:-1]) / 2)

    def _inside(self, integers: Integers) -> Integers:
        """Bring back what a cycle moved out of the learnt range: by a whole turn of the longest, which keeps all residues."""
        if self.cycles:
            turn = max(cycle.unit * cycle.period for cycle in self.cycles)
            integers = np.where(integers > self.high, integers - turn, np.where(integers < self.low, integers + turn, integers))
        return np.clip(integers, self.low, self.high)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        plain = {name: getattr(self, name) for name in ("places", "a_day", "day", "signed", "step", "offset", "low", "high")}
        return {**plain, "support": list(self.support), "cycles": [cycle.to_json() for cycle in self.cycles]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Lattice:
        """Read what `to_json` returned."""
        cycles = tuple(Cycle.from_json(each) for each in value["cycles"])
        return cls(**{**value, "support": tuple(value["support"]), "cycles": cycles})


def written_places(column: Column) -> int:
    """Return how many decimals the column's numbers have when written."""
    if column.type == "decimal":
        return len(column.format or "0.##########") - 2
    return MICROSECONDS if column.type == "datetime" and "%f" in (column.format or "") else 0


def _a_day(column: Column) -> int:
    if column.type == "datetime":
        return 86_400 * int(10 ** written_places(column))
    return int(column.type == "date")


def _support(values: Integers, rows: Floats, step: int) -> tuple[int, ...]:
    """Return the values that at least five rows hold, where they are few, cover the rows, and leave gaps between them."""
    frequent = rows >= RARE_ROWS
    n_frequent, cover = int(frequent.sum()), float(rows[frequent].sum() / rows.sum())
    few_others = len(values) - n_frequent <= n_frequent and cover >= LEAST_COVER
    if not 2 <= n_frequent <= MAX_SUPPORT or not (cover >= SURE_COVER or few_others):
        return ()
    kept = values[frequent]
    if (kept[-1] - kept[0]) // step + 1 == n_frequent:
        return ()
    return tuple(int(value) for value in kept)


def _cycles(values: Integers, rows: Floats, step: int, column: Column) -> tuple[Cycle, ...]:
    """Return the cycles of digits, or of a calendar and a clock, from the shortest unit to the longest."""
    if column.type in ("integer", "decimal"):
        found = [cycle for period in PERIODS if (cycle := Cycle.fit(values, rows, step, period))]
        best = max(found, key=lambda cycle: cycle.information, default=None)
        shorter = [cycle for cycle in found if best and cycle.information >= best.information - MIN_INFORMATION]
        return tuple(shorter[-1:])
    scale = [unit * 10 ** written_places(column) for unit in CLOCK] if column.type == "datetime" else [1, 7]
    units = [step, *(unit for unit in scale if unit > step)]
    turns = [(unit, longer // unit) for unit, longer in pairwise(units) if longer % unit == 0 and unit % step == 0]
    return tuple(cycle for unit, period in turns if (cycle := Cycle.fit(values, rows, unit, period)))


def _common_day(days: Integers) -> int | None:
    """Return the day of the month that all dates have, 0 if each is its month's last; None if they differ."""
    dates = days.astype("datetime64[D]")
    of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    if len(days) < 2 or len(np.unique(dates.astype("datetime64[M]"))) < 2:
        return None
    if of_month[0] <= SHORTEST_MONTH and (of_month == of_month[0]).all():
        return int(of_month[0])
    following = (dates + 1).astype("datetime64[M]") != dates.astype("datetime64[M]")
    return LAST_DAY if following.all() else None


def _months(days: Integers) -> Integers:
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def _fractional_months(days: Floats, day: int | None) -> Floats:
    """Return how many months since 1970 a day is after the day of the month that all dates have."""
    whole = np.floor(days).astype(np.int64).astype("datetime64[D]")
    month = whole.astype("datetime64[M]")
    of_month = (whole - month.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray(month.astype(np.int64) + (of_month - (day or 31)) / 31)


def _dated(months: Integers, day: int) -> Integers:
    """Return the days of these months that have that day, or are its last."""
    first = (months + (day == LAST_DAY)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + (day - 1))
