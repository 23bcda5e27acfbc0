"""Which whole units a condition allows: disjoint ranges, counted and drawn from without listing their units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

_FARTHEST = 2.0**61


@dataclass(frozen=True)
class Ranges:
    """Disjoint ranges [start, stop) of whole units, in order."""

    starts: Codes = field(repr=False)
    stops: Codes = field(repr=False)

    @classmethod
    def of_units(cls, units: Codes) -> Ranges:
        """Allow single units."""
        distinct = np.unique(units)
        return cls(distinct, distinct + 1)

    @classmethod
    def between(cls, low: float, high: float, places: int) -> Ranges:
        """Allow numbers in [low, high], of that many decimal places."""
        ends = np.clip(np.array([low, high]) * 10.0**places, -_FARTHEST, _FARTHEST)
        tolerance = 1e-6  # 0.07 times 100 is 7.000000000000001
        start, stop = np.ceil(ends[0] - tolerance), np.floor(ends[1] + tolerance) + 1
        return cls(np.array([start], dtype=np.int64), np.array([max(start, stop)], dtype=np.int64))

    def below(self, units: Codes) -> Codes:
        """Return how many allowed units are below each of `units`."""
        if not len(self.starts):
            return np.zeros(len(units), dtype=np.int64)
        before = np.append(0, np.cumsum(self.stops - self.starts))
        at = np.searchsorted(self.starts, units, side="right")
        inside = np.minimum(units, self.stops[at - 1]) - self.starts[at - 1]
        return np.where(at > 0, before[at - 1] + inside, 0).astype(np.int64)

    def drawn(self, lows: Codes, highs: Codes, shares: Floats) -> Codes:
        """Return the allowed unit at each share in [0, 1) of those in [low, high), where there is one at least."""
        first, last = self.below(lows), self.below(highs)
        rank = first + np.minimum(np.floor(shares * (last - first)).astype(np.int64), np.maximum(last - first - 1, 0))
        before = np.append(0, np.cumsum(self.stops - self.starts))
        at = np.clip(np.searchsorted(before, rank, side="right") - 1, 0, max(len(self.starts) - 1, 0))
        return np.asarray(self.starts[at] + rank - before[at]) if len(self.starts) else lows
