"""A column learnt as numbers: null, empty and spikes are levels beside them, and what is drawn is written as the rows were."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers, render_dates
from veil.model import Column
from veil.synthesizers.encodings.distinct import RARE_ROWS, Distinct, all_known, by_frequency, numbers_of
from veil.synthesizers.encodings.encoded import EncodedColumn
from veil.synthesizers.encodings.lattice import Lattice, written_places

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.encodings.distinct import Cells, Codes, Floats, Level

MIN_DISTINCT_NUMBERS = 21
MIN_RARE_ROWS = 10
MAX_WRITTEN, MAX_WRITTEN_DATES = 10_000, 40_000
"""Numbers that are written once and kept, of a column; a date costs ten times as much to write, and 110 years have 40,000."""

SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class NumberColumn:
    """A column learnt as numbers in [low, high], with levels for null, empty and spikes. "A number" is the last code."""

    column: Column
    levels: tuple[Level, ...] = field(repr=False)
    low: float = field(repr=False)
    high: float = field(repr=False)
    lattice: Lattice | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def n_codes(self) -> int:
        """Number of levels, "a number" counting as one."""
        return len(self.levels) + 1

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        """Return level and number of each cell; a cell that is neither a number nor a known level is refused."""
        distinct = Distinct.of(cells)
        numbers = numbers_of(distinct.values, self.column)
        codes = np.where(np.isfinite(numbers), len(self.levels), -1)
        known = {level: code for code, level in enumerate(self.levels)}
        at = [place for place, value in enumerate(distinct.values) if value in known]
        codes[at] = [known[distinct.values[place]] for place in at]
        numbers = np.where(codes == len(self.levels), numbers, self.low)
        return EncodedColumn(self.name, self.n_codes, all_known(self.name, codes[distinct.places]), numbers[distinct.places])

    def decode(self, encoded: EncodedColumn, rng: np.random.Generator) -> Cells:
        """Return cells, numbers clipped to the learnt range, moved to where the rows' numbers lie, in the column's format."""
        assert encoded.numbers is not None
        numbers = np.clip(encoded.numbers[encoded.codes == len(self.levels)], self.low, self.high)
        places, written = self._written(numbers, rng)
        texts = np.array([*self.levels, *written], dtype=object)
        codes = encoded.codes.copy()
        codes[codes == len(self.levels)] += places
        return np.asarray(texts[codes])

    def _written(self, numbers: Floats, rng: np.random.Generator) -> tuple[Codes, Cells]:
        """Return the place of each number among the texts that follow; every text is written once."""
        import pandas as pd

        if self.lattice is None:
            places, distinct = pd.factorize(numbers)
            return np.asarray(places), from_numbers(np.asarray(distinct, dtype=np.float64), self.column).to_numpy(dtype=object)
        least, most = (round(each * 10.0**self.lattice.places) for each in (self.low, self.high))
        units = self.lattice.units(numbers, rng)
        units = np.clip(units, least, most) if self.lattice.signed else units
        most = MAX_WRITTEN_DATES if self.column.type == "date" else MAX_WRITTEN
        if self.lattice.high - self.lattice.low < most * self.lattice.step and not self.lattice.signed:
            return (units - self.lattice.low) // self.lattice.step, self._all_written
        places, distinct = pd.factorize(units)
        return np.asarray(places), self._texts(np.asarray(distinct))

    @cached_property
    def _all_written(self) -> Cells:
        """Every number that the lattice has, written: sampling a million rows or partition after partition needs it once."""
        assert self.lattice is not None
        return self._texts(np.arange(self.lattice.low, self.lattice.high + 1, self.lattice.step))

    def _texts(self, units: Codes) -> Cells:
        assert self.lattice is not None
        clock = _clock(self.column.format or "")
        if self.column.type == "datetime" and self.lattice.places and self.lattice.day is None:
            return _written_microseconds(units, self.column)
        if self.column.type != "datetime" or clock is None or self.lattice.day is not None or len(units) < SECONDS_A_DAY // 4:
            return np.asarray(from_numbers(self.lattice.numbers(units), self.column).to_numpy(dtype=object))
        days, seconds = units // SECONDS_A_DAY, units % SECONDS_A_DAY
        first, at = np.unique(days, return_inverse=True)
        dates = from_numbers((first * SECONDS_A_DAY).astype(np.float64), _formatted(self.column, clock[0])).to_numpy(dtype=object)
        return np.asarray(dates[at] + self._times[seconds])

    @cached_property
    def _times(self) -> Cells:
        """Every second of a day, written; the format's part for the time comes last."""
        clock = _clock(self.column.format or "")
        assert clock is not None
        seconds = np.arange(SECONDS_A_DAY, dtype=np.float64)
        return np.asarray(from_numbers(seconds, _formatted(self.column, clock[1])).to_numpy(dtype=object))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; `TableEncoder.from_json` reads it."""
        column = {"name": self.name, "type": self.column.type, "format": self.column.format}
        return {"learnt_as": "numbers", "column": column, "levels": list(self.levels), "low": self.low, "high": self.high,
                "lattice": self.lattice.to_json() if self.lattice else None}  # fmt: skip


def fit_numbers(counted: dict[Level, int], column: Column, spike_share: float) -> NumberColumn | None:
    """Return None where the column is better learnt as levels: few distinct numbers, or cells that are no numbers.

    A spike is a value that more than `spike_share` of the rows hold, and at least five of them.
    """
    least = max(spike_share * sum(counted.values()), RARE_ROWS - 1)
    spikes = {value for value, rows in counted.items() if not value or rows > least}
    found = _numbers(counted, spikes, column)
    if found is None:
        return None
    numbers, rows = found
    if len(np.unique(numbers)) < MIN_DISTINCT_NUMBERS:
        spikes = {value for value, n in counted.items() if not value or n >= RARE_ROWS}
        numbers, rows = _numbers(counted, spikes, column) or found
        if rows.sum() < MIN_RARE_ROWS:  # the few rows that are left take the nearest level
            return None
    low, high = float(numbers.min(initial=np.inf)), float(numbers.max(initial=-np.inf))
    if not written_places(column):
        low, high = float(np.ceil(low)), float(np.floor(high))
    if not low < high:
        return None
    return NumberColumn(column, tuple(by_frequency(counted, spikes)), low, high, Lattice.fit(numbers, rows, column))


def _numbers(counted: dict[Level, int], spikes: set[Level], column: Column) -> tuple[Floats, Floats] | None:
    """Return the numbers beside the spikes and how many rows hold each; None if a cell is no number."""
    values = [value for value in counted if value not in spikes]
    numbers = numbers_of(values, column)
    if not np.isfinite(numbers).all():
        return None
    return numbers, np.array([counted[value] for value in values], dtype=np.float64)


def _written_microseconds(units: Codes, column: Column) -> Cells:
    import pandas as pd

    stamps = pd.Series(pd.to_datetime(units, unit="us"))
    return np.asarray(render_dates(stamps, column.format or "").to_numpy(dtype=object))


def _clock(pattern: str) -> tuple[str, str] | None:
    """Return a format's parts for the date and, after it, for the time; None if it has no such parts or fractions of seconds."""
    starts = [pattern.index(mark) for mark in ("%H", "%I", "%-I", "%-H") if mark in pattern]
    if not starts or "%f" in pattern:
        return None
    date, time = pattern[: min(starts)], pattern[min(starts) :]
    return None if any(mark in time for mark in "YymdbB") else (date, time)


def _formatted(column: Column, pattern: str) -> Column:
    return Column(column.name, column.type, pattern)
