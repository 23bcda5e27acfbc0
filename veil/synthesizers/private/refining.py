"""A histogram of numbers whose cells are split where they are heavy; every split is decided by what was told before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.model import Column
from veil.synthesizers.private.domain import Declared

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]

BRANCHES = 32
HEAVY_SHARE, HEAVY_NOISE = 0.015, 4.0
"""A range is split if so large a share of the rows is in it, and so many standard deviations of noise."""

SURELY_ROWS = 4.4
"""Standard deviations above which a first range is no noise: of 120 ranges one passes by chance in about 1,500 columns."""

BITS = {"date": 16, "datetime": 33}
"""Days and seconds from 1970 on, either way, that pandas can write; other numbers have 60 bits."""


def roots(column: Column, declared: Declared | None, places: int) -> tuple[Codes, Codes]:
    """Return the first ranges: even ones within declared bounds, or by powers of two of all that a column can write."""
    if declared is not None:
        ends = np.array([declared.low, declared.high]) * 10.0**places
        low, high = int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6)) + 1
        edges = low + np.arange(min(BRANCHES, high - low) + 1) * (high - low) // min(BRANCHES, high - low)
    else:
        powers = 2 ** np.arange(BITS.get(column.type, 60) + 1, dtype=np.int64)
        edges = np.concatenate([1 - powers[::-1], powers])
    return edges[:-1].astype(np.int64), edges[1:].astype(np.int64)


@dataclass(frozen=True)
class Histogram:
    """Ranges [low, high) of whole units, in order, with noisy weights and the variances of their noise."""

    lows: Codes = field(repr=False)
    highs: Codes = field(repr=False)
    weights: Floats = field(repr=False)
    variances: Floats = field(repr=False)

    def cleaned(self) -> Histogram:
        """Return it without the weights that are likely to be noise."""
        sure = self.weights > SURELY_ROWS * np.sqrt(self.variances)
        return Histogram(self.lows, self.highs, np.where(sure, self.weights, 0.0), self.variances)

    def heavy(self, n_rows: float) -> Truth:
        """Return which ranges are worth splitting."""
        least = np.maximum(HEAVY_SHARE * n_rows, HEAVY_NOISE * np.sqrt(self.variances))
        return np.asarray((self.weights > least) & (self.highs - self.lows > 1))

    def split(self, chosen: Truth) -> tuple[Histogram, Codes]:
        """Return up to 32 parts of each chosen range, without weights yet, and which range each is of."""
        places = np.flatnonzero(chosen)
        widths = (self.highs - self.lows)[places]
        n_parts = np.minimum(widths, BRANCHES)
        parents = np.repeat(places, n_parts)
        part = np.arange(len(parents)) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
        width, n = np.repeat(widths, n_parts), np.repeat(n_parts, n_parts)
        lows = self.lows[parents] + _part_of(width, part, n)
        highs = self.lows[parents] + _part_of(width, part + 1, n)
        return Histogram(lows, highs, np.zeros(len(lows)), np.zeros(len(lows))), parents

    def places(self, units: Codes) -> Codes:
        """Return the range that each unit falls into, -1 where there is none."""
        found = np.searchsorted(self.lows, units, side="right") - 1
        return np.where((found >= 0) & (units < self.highs[np.maximum(found, 0)]), found, -1)

    def refined(self, chosen: Truth, children: Histogram, parents: Codes, told: Floats, scale: float) -> Histogram:
        """Return it with the chosen ranges replaced by their parts, except where the parts look even within the noise.

        What was told of a range and of its parts is averaged by precision, and the parts are made to add up to it
        (Hay et al. 2010, doi 10.14778/1920841.1920970).
        """
        n = len(self.weights)
        n_parts = np.bincount(parents, minlength=n)
        own, of_parts = 1 / self.variances, 1 / np.maximum(n_parts * scale**2, 1e-300)
        sums = np.bincount(parents, weights=told, minlength=n)
        agreed = np.where(chosen, (self.weights * own + sums * of_parts) / (own + of_parts), self.weights)
        share = np.maximum(n_parts, 1)
        adjusted = told + ((agreed - sums) / share)[parents]
        unevenness = np.bincount(parents, weights=(adjusted - (agreed / share)[parents]) ** 2, minlength=n) / scale**2
        uneven = chosen & (unevenness > n_parts + 2.5 * np.sqrt(2 * n_parts))
        stay, taken = ~uneven, uneven[parents]
        variances = np.where(chosen, 1 / (own + of_parts), self.variances)
        lows = np.append(self.lows[stay], children.lows[taken])
        order = np.argsort(lows, kind="stable")
        return Histogram(
            lows[order],
            np.append(self.highs[stay], children.highs[taken])[order],
            np.append(agreed[stay], adjusted[taken])[order],
            np.append(variances[stay], np.full(int(taken.sum()), scale**2))[order],
        )


def _part_of(width: Codes, part: Codes, n_parts: Codes) -> Codes:
    """Return width * part // n_parts without leaving 64 bits."""
    return width // n_parts * part + width % n_parts * part // n_parts
