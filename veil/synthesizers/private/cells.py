"""A private column: fine cells (levels, ranges of numbers) with noisy weights, and the bins that they are pooled into.

The network knows bins. A bin is turned into a cell by drawing one of its fine cells by weight, and a number of its range evenly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize, from_numbers, to_numbers
from veil.model import Column
from veil.synthesizers.conditions import Between, Condition, OneOf, bounds
from veil.synthesizers.private.ranges import Ranges

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Cells = npt.NDArray[np.object_]
    Level = str | None

SPECIALS: tuple[Level, ...] = (None, "")


@dataclass(frozen=True)
class LevelCells:
    """A column of levels. A level may be there twice: once for itself, and once in the bin of cells that may not be told.

    Attributes
    ----------
    weights, bins : (n_levels,) of each level; the bin of cells that are no level here is `unknown`.
    """

    column: Column
    levels: tuple[Level, ...] = field(repr=False)
    weights: Floats = field(repr=False)
    bins: Codes = field(repr=False)
    n_bins: int
    unknown: int
    other: str | None = field(default=None, repr=False)

    def encode(self, cells: pd.Series[Any]) -> Codes:
        """Return the bin of each cell."""
        codes, distinct = factorize(cells.to_numpy(dtype=object))
        known: dict[Level, int] = {}
        for level, code in zip(self.levels, self.bins.tolist(), strict=True):
            known.setdefault(level, code)
        unknown = known.get(self.other, self.unknown) if self.other else self.unknown
        places = np.array([known.get(cell, unknown) for cell in [*distinct, None]], dtype=np.int64)
        return np.asarray(places[codes])

    def accepted(self, condition: Condition) -> tuple[Floats, None]:
        """Return 1 for each level that meets a condition, 0 for the others."""
        if isinstance(condition, Between):
            import pandas as pd

            low, high = bounds(self.column, condition)
            numbers = to_numbers(pd.Series([level or None for level in self.levels], dtype=object), self.column)
            return ((numbers >= low) & (numbers <= high)).astype(np.float64), None
        wanted = set(condition.cells)
        return np.array([level in wanted for level in self.levels], dtype=np.float64), None

    def cells(self, places: Codes, _: np.random.Generator, __: Ranges | None = None) -> Cells:
        """Return the cells of fine places."""
        return np.array([*self.levels, None], dtype=object)[places]

    def to_json(self) -> Mapping[str, Any]:
        """Return what the arrays do not hold; it holds levels, which are cells."""
        return {"learnt_as": "levels", "levels": self.levels, "n_bins": self.n_bins, "unknown": self.unknown, "other": self.other}


@dataclass(frozen=True)
class NumberCells:
    """A column of numbers or dates: null, the empty cell, then ranges [low, high) of whole units, of which all is covered.

    Attributes
    ----------
    places : decimal places; a unit is 10^-places (a day for dates, a second for datetimes).
    lows, highs : (n_ranges,) of the ranges, in units, in order.
    weights, bins : (2 + n_ranges,) of null, empty, and the ranges.
    """

    column: Column
    places: int
    lows: Codes = field(repr=False)
    highs: Codes = field(repr=False)
    weights: Floats = field(repr=False)
    bins: Codes = field(repr=False)
    n_bins: int

    def encode(self, cells: pd.Series[Any]) -> Codes:
        """Return the bin of each cell; a number outside all ranges is counted in the nearest."""
        codes, distinct = factorize(cells.to_numpy(dtype=object))
        units = whole_units(distinct, self.column, self.places)
        fine = np.clip(np.searchsorted(self.lows, units, side="right") - 1, 0, len(self.lows) - 1) + len(SPECIALS)
        fine = np.where([cell == "" for cell in distinct], 1, fine) if len(distinct) else fine
        return np.asarray(self.bins[np.append(fine, 0)[codes]])

    def accepted(self, condition: Condition) -> tuple[Floats, Ranges | None]:
        """Return which share of each fine cell meets a condition, and the units that do."""
        if isinstance(condition, OneOf):
            units = whole_units([cell for cell in condition.cells if cell], self.column, self.places)
            special = [float(level in condition.cells) for level in SPECIALS]
            allowed = Ranges.of_units(units)
        else:
            special = [0.0, 0.0]
            allowed = Ranges.between(*bounds(self.column, condition), self.places)
        shares = (allowed.below(self.highs) - allowed.below(self.lows)) / (self.highs - self.lows)
        return np.concatenate([special, shares]), allowed

    def cells(self, places: Codes, rng: np.random.Generator, allowed: Ranges | None = None) -> Cells:
        """Return cells of fine places: numbers are drawn evenly among the (allowed) units of the range."""
        special = places < len(SPECIALS)
        ranges = np.where(special, 0, places - len(SPECIALS))
        shares = rng.random(len(places))
        if allowed is None:
            units = self.lows[ranges] + np.floor(shares * (self.highs - self.lows)[ranges]).astype(np.int64)
        else:
            units = allowed.drawn(self.lows[ranges], self.highs[ranges], shares)
        distinct, codes = np.unique(units, return_inverse=True)
        written: Cells = from_numbers(distinct / 10.0**self.places, self.column).to_numpy(dtype=object)
        cells = written[codes]
        cells[special] = np.array(SPECIALS, dtype=object)[places[special]]
        return cells

    def to_json(self) -> Mapping[str, Any]:
        """Return what the arrays do not hold."""
        return {"learnt_as": "numbers", "places": self.places, "n_bins": self.n_bins}


PrivateCells = LevelCells | NumberCells


def whole_units(cells: Any, column: Column, places: int) -> Codes:
    """Return numbers and dates as whole units; cells that are neither become 0."""
    import pandas as pd

    numbers = to_numbers(pd.Series(cells, dtype=object), column) if len(cells) else np.empty(0)
    scaled = np.round(np.where(np.isfinite(numbers), numbers, 0.0) * 10.0**places)
    return np.clip(scaled, -(2.0**61), 2.0**61).astype(np.int64)


def draw_places(column: PrivateCells, bins: Codes, accepted: Floats | None, rng: np.random.Generator) -> Codes:
    """Draw a fine cell of each bin, by weight and by what a condition accepts of it."""
    weights = column.weights if accepted is None else column.weights * accepted
    order = np.argsort(column.bins, kind="stable")
    ends = np.cumsum(bin_shares(weights, column.bins, column.n_bins)[order])
    filled = np.flatnonzero(weights[order] > 0)
    first, last = np.zeros(column.n_bins, dtype=np.int64), np.zeros(column.n_bins, dtype=np.int64)
    last[column.bins[order][filled]] = filled
    first[column.bins[order][filled[::-1]]] = filled[::-1]
    before = np.append(0.0, ends)[first[bins]]
    at = np.searchsorted(ends, before + rng.random(len(bins)) * (ends[last[bins]] - before), side="right")
    return np.asarray(order[np.clip(at, first[bins], last[bins])])


def bin_shares(weights: Floats, bins: Codes, n_bins: int) -> Floats:
    """Return the share of each fine cell in its bin."""
    totals = np.bincount(bins, weights=weights, minlength=n_bins)
    return np.divide(weights, totals[bins], out=np.zeros_like(weights), where=totals[bins] > 0)
