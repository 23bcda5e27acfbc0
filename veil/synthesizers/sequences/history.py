"""What has happened so far in each family: the last numbers, their mean, the last level and the usual one.

Nothing of it looks ahead, so what is learnt from a family's history holds for one that is still being drawn. The mean so far
carries what is lasting about a family: under a random level of each family, it is all that the past tells of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

LAGS = 3
MAX_TALLIED = 30
NONE = MAX_TALLIED + 1
OFTEN = 4


@dataclass
class History:
    """The state of families that are walked through, all one row further at a time.

    Attributes
    ----------
    lags : (3, n_families, n_numbers) the last scores; a missing one repeats the one before.
    fresh : (n_families, n_numbers) whether the last score was not missing; `sums` and `seen` of the scores so far.
    last : (n_families, n_levels_columns) codes; `tally` how often each was so far, codes from 30 on together.
    season : (period, n_families, n_numbers) the scores of a whole period, where the families have one.
    """

    lags: Floats = field(repr=False)
    fresh: Floats = field(repr=False)
    sums: Floats = field(repr=False)
    seen: Floats = field(repr=False)
    last: Codes = field(repr=False)
    tally: Codes = field(repr=False)
    season: Floats | None = field(repr=False)
    position: int = 0

    @classmethod
    def start(cls, n_families: int, n_numbers: int, n_levels_columns: int, period: int | None) -> History:
        """Return the state before the first row."""
        numbers = np.zeros((n_families, n_numbers))
        last = np.full((n_families, n_levels_columns), NONE, dtype=np.int64)
        tally = np.zeros((n_families, n_levels_columns, NONE + 1), dtype=np.int64)
        season = np.zeros((period, n_families, n_numbers)) if period else None
        return cls(np.zeros((LAGS, n_families, n_numbers)), numbers, numbers.copy(), numbers.copy(), last, tally, season)

    def numbers(self, n_active: int) -> Floats:
        """Return (n_active, n_features) what the scores tell: three lags, a fresh one once more, the mean, a period ago."""
        means = self.sums[:n_active] / np.maximum(self.seen[:n_active], 1)
        parts = [*self.lags[:, :n_active], self.lags[0, :n_active] * self.fresh[:n_active], means]
        if self.season is not None:
            parts.append(self.season[self.position % len(self.season), :n_active])
        return np.concatenate(parts, axis=1)

    def levels(self, n_active: int) -> tuple[Codes, Codes]:
        """Return the last code of each column, and the most frequent one so far; 31 where there is none."""
        last, tally = self.last[:n_active].copy(), self.tally[:n_active, :, :NONE]
        return last, np.where(tally.any(axis=2), tally.argmax(axis=2), NONE)

    def habits(self, n_active: int, n_codes: int) -> Floats:
        """Return (n_active, n_levels_columns, n_codes) logarithms of the first codes' shares so far, drawn towards even."""
        tally = self.tally[:n_active, :, :n_codes] + 1.0
        return np.asarray(np.log(tally / (self.tally[:n_active].sum(axis=2, keepdims=True) + n_codes)))

    def often(self, n_active: int, n_codes: int) -> Floats:
        """Return (n_active, n_levels_columns, n_codes) how often each of the first codes was so far, four times or more as 1."""
        return np.asarray(np.minimum(self.tally[:n_active, :, :n_codes], OFTEN) / OFTEN)

    def add(self, scores: Floats, codes: Codes) -> None:
        """Go one row further with the first families: their scores, NaN where missing, and codes, -1 where there is none."""
        n_active = len(scores)
        known = np.isfinite(scores)
        filled = np.where(known, scores, self.lags[0, :n_active])
        if self.season is not None:
            self.season[self.position % len(self.season), :n_active] = filled
        self.lags[1:, :n_active] = self.lags[:-1, :n_active].copy()
        self.lags[0, :n_active], self.fresh[:n_active] = filled, known
        self.sums[:n_active] += np.where(known, scores, 0.0)
        self.seen[:n_active] += known
        clipped = np.where(codes < 0, NONE, np.minimum(codes, MAX_TALLIED))
        families, places = np.indices(clipped.shape)
        self.tally[families, places, clipped] += 1
        self.last[:n_active] = clipped
        self.position += 1
