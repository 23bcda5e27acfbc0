"""The only code that turns rows into something told. Every answer has noise and is paid from the account first.

Neighbors are two tables of which one has one unit more: a row (unit: record), or all rows of one data subject, of which at
most m are counted (unit: subject; see `contributions.py`). Let m = 1 for records. Proofs of what each answer costs:

**Counts.** Every counted row falls into at most one cell, so the unit adds a vector v of whole numbers with v >= 0 and
sum(v) <= m to the counts, and |v|_2 <= |v|_1 <= m. The discrete Gaussian mechanism with scale s is m^2 / (2 s^2)-zCDP then
(Canonne, Kamath and Steinke 2020, theorem 14). Neither the number of rows nor any count is public.

**Levels.** Of all levels there could be, only those that occur are counted, and of them only those are told whose noisy
count is above t = m + ceil(s z), where z is the normal quantile with P(N > z) = delta / m. If all levels of the unit occur
without it, both tables have the same levels, and the answer is one of counts. Else the unit adds at most m new levels, each
with a count c <= m. One of these is told with probability P(X >= t - c + 1) <= P(s N >= t - c) <= delta / m (tail of the
discrete Gaussian, ibid. proposition 25), any of them with at most delta. Where none is told, the answer is one of counts
over the other levels. So the mechanism is delta-approximately m^2 / (2 s^2)-zCDP; delta and rho add up over queries (Bun and
Steinke 2016, section 8).

**Selection.** Scores are whole numbers; that of a pair is the L1 distance of its counts to fixed numbers (what was told
earlier implies them), less a fixed number. The unit adds v with |v|_1 <= m to the counts, so by the triangle inequality no
score changes by more than m. Choosing n times by the exponential mechanism with scale s, without putting back, costs n (2m /
s)^2 / 8, for each choice has a bounded range of 2m / s (Cesar and Rogers 2021, arXiv 2004.07223); OpenDP's map says the
same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.private.ledger import Account, Query
from veil.synthesizers.private.noise import Noise

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]


class Mechanisms:
    """Answers about rows, with noise, until the account is empty."""

    def __init__(self, account: Account, noise: Noise, *, rows_per_unit: int = 1) -> None:
        self.account, self._noise, self.rows_per_unit = account, noise, rows_per_unit

    def scale(self, rho: float) -> float:
        """Return the standard deviation of counts that cost `rho`."""
        return self.rows_per_unit / math.sqrt(2 * rho)

    def counts(self, name: str, columns: Sequence[str], cells: Codes, n_cells: int, *, rho: float) -> tuple[Codes, float]:
        """Return how many rows fall into each cell, and the standard deviation of the noise.

        Parameters
        ----------
        cells : (n_rows,) the cell of each row, in [0, n_cells); -1 for a row that is in none. Which cells there are, and which
            one a row falls into, must not depend on other rows but by what was told.
        """
        cost = self.account.require(rho)
        scale = self._gaussian_scale(cost)
        self.account.pay(self._query(name, columns, cost, scale, n_cells))
        return self._noise.gaussian(_counted(cells, n_cells), scale), scale

    def levels(self, column: str, cells: Codes, n_cells: int, *, rho: float, delta: float) -> tuple[Truth, Codes, float]:
        """Return which of the levels that occur may be told, the noisy counts, and the standard deviation of the noise.

        Counts of levels that may not be told are in the answer too, as zeros.
        """
        cost = self.account.require(rho, delta)
        scale = self._gaussian_scale(cost)
        told = self._noise.gaussian(_counted(cells, n_cells), scale)
        kept = told > threshold(scale, delta, self.rows_per_unit)
        self.account.pay(self._query("levels", (column,), cost, scale, int(kept.sum()), delta))
        return kept, np.where(kept, told, 0), scale

    def highest(self, scores: Codes, n: int, *, rho: float) -> list[int]:
        """Return the places of `n` scores, the highest as far as privacy allows; the score's proof is above."""
        cost = self.account.require(rho)
        scale = self.rows_per_unit * math.sqrt(n / (2 * cost))
        while self._noise.highest_rho(n, scale, self.rows_per_unit) > cost:
            scale *= 1 + 1e-12
        self.account.pay(Query("selection", "exponential", (), cost, 0.0, self.rows_per_unit, scale, n))
        return self._noise.highest(scores, n, scale)

    def _gaussian_scale(self, cost: float) -> float:
        """Return the smallest scale that the cost pays for; OpenDP's privacy map has the last word."""
        scale = self.scale(cost)
        while self._noise.gaussian_rho(scale, self.rows_per_unit) > cost:
            scale *= 1 + 1e-12
        return scale

    def _query(self, name: str, columns: Sequence[str], rho: float, scale: float, n_cells: int, delta: float = 0.0) -> Query:
        return Query(name, "discrete gaussian", tuple(columns), rho, delta, self.rows_per_unit, scale, n_cells)


def threshold(scale: float, delta: float, rows_per_unit: int) -> int:
    """Return the noisy count above which a level is told; what only one unit has is told with at most probability `delta`."""
    return rows_per_unit + math.ceil(-scale * NormalDist().inv_cdf(delta / rows_per_unit))


def _counted(cells: Codes, n_cells: int) -> Codes:
    return np.bincount(cells[cells >= 0], minlength=n_cells).astype(np.int64)
