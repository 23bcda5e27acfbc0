"""Numbers as narrow ranges: cut at quantiles, and drawn inside a range from the range's own quantile function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.spans import Quantiles

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_RANGES = 100
MIN_RANGE_ROWS = 25

Intervals = tuple[tuple[float, float], ...]
"""Where a number may lie: intervals that do not overlap, in order."""


@dataclass(frozen=True)
class Ranges:
    """How a column's numbers are cut: `edges` between ranges, and the quantile function inside each."""

    edges: tuple[float, ...] = field(repr=False)
    inside: tuple[Quantiles, ...] = field(repr=False)

    @classmethod
    def fit(cls, numbers: Floats) -> Ranges:
        """Cut numbers at their quantiles, so that a range holds at least 25 of them; ties stay together."""
        n_ranges = int(np.clip(len(numbers) // MIN_RANGE_ROWS, 1, MAX_RANGES))
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, n_ranges + 1)[1:-1]))
        codes = np.searchsorted(edges, numbers, side="right")
        filled = np.unique(codes)
        edges = edges[filled[1:] - 1]
        codes = np.searchsorted(edges, numbers, side="right")
        order = np.argsort(codes, kind="stable")
        parts = np.split(numbers[order], np.cumsum(np.bincount(codes))[:-1])
        return cls(tuple(edges.tolist()), tuple(Quantiles.fit(part) for part in parts))

    def codes(self, numbers: Floats) -> Codes:
        """Return the range of each number."""
        return np.searchsorted(np.array(self.edges), numbers, side="right").astype(np.int64)

    def numbers(self, codes: Codes, ranks: Floats, within: Intervals | None = None) -> Floats:
        """Return numbers at ranks in [0, 1] inside their ranges, or inside what of their ranges lies in some intervals."""
        drawn = np.zeros(len(codes))
        order = np.argsort(codes, kind="stable")
        stops = np.searchsorted(codes[order], np.arange(len(self.inside) + 1))
        for code, quantiles in enumerate(self.inside):
            rows = order[stops[code] : stops[code + 1]]
            if rows.size:
                drawn[rows] = quantiles.at(ranks[rows]) if within is None else _within(quantiles, ranks[rows], within)
        return drawn

    def shares(self, within: Intervals) -> Floats:
        """Return the share of each range's numbers that lies in some intervals: (n_ranges,)."""
        return np.array([np.diff(_pieces(quantiles, within), axis=1).sum() for quantiles in self.inside])

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        return {"edges": list(self.edges), "inside": [[list(each.ranks), list(each.values)] for each in self.inside]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Ranges:
        """Read what `to_json` returned."""
        return cls(tuple(value["edges"]), tuple(Quantiles(tuple(ranks), tuple(values)) for ranks, values in value["inside"]))


def _pieces(quantiles: Quantiles, within: Intervals) -> Floats:
    """Return the ranks between which the numbers lie in each interval: (n_intervals, 2)."""
    return rank_below(quantiles, np.array(within, dtype=np.float64).reshape(-1, 2))


def _within(quantiles: Quantiles, ranks: Floats, within: Intervals) -> Floats:
    """Return numbers inside the intervals, at ranks among what of the range lies in them."""
    pieces = _pieces(quantiles, within)
    ends = np.cumsum(np.diff(pieces, axis=1).ravel())
    wanted = ranks * ends[-1]
    piece = np.minimum(np.searchsorted(ends, wanted, side="right"), len(ends) - 1)
    numbers = quantiles.at(pieces[piece, 1] - (ends[piece] - wanted))
    bounds = np.array(within)
    return np.clip(numbers, bounds[piece, 0], bounds[piece, 1])


def rank_below(quantiles: Quantiles, numbers: Floats) -> Floats:
    """Return the share of ranks whose number is less than each of the given: the quantile function's inverse."""
    ranks, values = np.array(quantiles.ranks), np.array(quantiles.values)
    place = np.searchsorted(values, numbers, side="left")
    above, below = np.clip(place, 1, len(values) - 1), np.clip(place - 1, 0, len(values) - 2)
    if len(values) == 1:
        return np.asarray(np.where(place == 0, 0.0, 1.0))
    width = np.maximum(values[above] - values[below], np.finfo(np.float64).tiny)
    between = ranks[below] + (np.clip(numbers, values[0], values[-1]) - values[below]) / width * (ranks[above] - ranks[below])
    return np.asarray(np.where(place == 0, 0.0, np.where(place == len(values), 1.0, between)))
