"""Which columns are looked at together, and what is told of them: noisy counts of pairs, or of pairs by level of a target column.

All pairs are asked for where the budget lets each be told well. Otherwise a target's pairs come first, and the pairs that
differ most from what is known are chosen by the exponential mechanism, as in AIM (McKenna et al. 2022, arXiv 2201.12677) but
at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.private.learning import LearntColumn
from veil.synthesizers.private.ledger import shares, whole
from veil.synthesizers.private.mechanisms import Mechanisms

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

NOISE_SHARE = 0.01
"""So many pairs are asked for that the noise of a count is about this share of the rows."""

SELECTION_SHARE, TARGET_SHARE = 0.15, 0.3
MAX_CELLS = 200_000
"""Of all counts together, for each takes ten microseconds of secure noise."""


@dataclass(frozen=True)
class Marginal:
    """What was told of two columns: (n_target_levels, n_bins, n_bins) noisy rows; one level where there is no target.

    A pair of a column with itself is that column alone: (n_target_levels, n_bins, 1).
    """

    pair: tuple[int, int]
    told: Floats = field(repr=False)
    scale: float


@dataclass(frozen=True)
class Rows:
    """The rows that are counted, as bins. Nothing but `Mechanisms` may tell of them."""

    bins: tuple[Codes, ...] = field(repr=False)
    n_bins: tuple[int, ...]
    names: tuple[str, ...]
    target: int | None

    @property
    def n_target(self) -> int:
        """Levels of the target, one if there is none."""
        return 1 if self.target is None else self.n_bins[self.target]

    def cells(self, pair: tuple[int, int]) -> Codes:
        """Return the cell of each row in the counts of a pair."""
        first, second = pair
        top = 0 if self.target is None else self.bins[self.target] * self.n_bins[first]
        return np.asarray((top + self.bins[first]) * self.n_bins[second] + self.bins[second])

    def shape(self, pair: tuple[int, int]) -> tuple[int, int, int]:
        """Return the shape of a pair's counts."""
        return self.n_target, self.n_bins[pair[0]], self.n_bins[pair[1]]

    def columns(self, pair: tuple[int, int]) -> tuple[str, ...]:
        """Return the names of the columns that a pair's counts are of."""
        places = pair if self.target is None else (self.target, *pair)
        return tuple(self.names[place] for place in places)


def measure(rows: Rows, learnt: Sequence[LearntColumn], mechanisms: Mechanisms, n_rows: float) -> list[Marginal]:
    """Spend all that is left of the account on counts of pairs of columns."""
    others = [place for place in range(len(rows.bins)) if place != rows.target]
    pairs = list(combinations(others, 2))
    budget = mechanisms.account.left
    if not pairs:
        return _alone(rows, others, mechanisms, budget)
    affordable = max(int(2 * budget * (NOISE_SHARE * n_rows / mechanisms.rows_per_unit) ** 2), len(others))
    while affordable > 1 and affordable / len(pairs) * sum(math.prod(rows.shape(pair)) for pair in pairs) > MAX_CELLS:
        affordable //= 2
    if affordable >= len(pairs):
        return _told(rows, pairs, mechanisms, budget)
    first: list[Marginal] = []
    if rows.target is not None:
        first = _alone(rows, others, mechanisms, whole(budget * TARGET_SHARE))
    chosen = _chosen(rows, pairs, learnt, first, mechanisms, n=affordable, n_rows=n_rows, rho=budget * SELECTION_SHARE)
    return [*first, *_told(rows, chosen, mechanisms, mechanisms.account.left)]


def _told(rows: Rows, pairs: Sequence[tuple[int, int]], mechanisms: Mechanisms, rho: float) -> list[Marginal]:
    """Tell pairs at the same cost each."""
    told = []
    for pair, cost in zip(pairs, shares(rho, [1.0] * len(pairs)), strict=True):
        shape = rows.shape(pair)
        counts, scale = mechanisms.counts("marginal", rows.columns(pair), rows.cells(pair), math.prod(shape), rho=cost)
        told.append(Marginal(pair, counts.reshape(shape).astype(float), scale))
    return told


def _alone(rows: Rows, places: Sequence[int], mechanisms: Mechanisms, rho: float) -> list[Marginal]:
    """Tell each column by level of the target, without another column."""
    told = []
    for place, cost in zip(places, shares(rho, [1.0] * len(places)), strict=True):
        n = rows.n_bins[place]
        cells = rows.bins[place] if rows.target is None else rows.bins[rows.target] * n + rows.bins[place]
        columns = rows.columns((place, place))[:-1]
        counts, scale = mechanisms.counts("marginal", columns, cells, rows.n_target * n, rho=cost)
        told.append(Marginal((place, place), counts.reshape(rows.n_target, n, 1).astype(float), scale))
    return told


def _chosen(
    rows: Rows, pairs: Sequence[tuple[int, int]], learnt: Sequence[LearntColumn], first: Sequence[Marginal],
    mechanisms: Mechanisms, *, n: int, n_rows: float, rho: float,
) -> list[tuple[int, int]]:  # fmt: skip
    """Choose pairs whose counts are far from what is known of each column, beyond the noise that they would be told with."""
    known = _known(rows, learnt, first)
    noise = math.sqrt(2 / math.pi) * mechanisms.scale((mechanisms.account.left - rho) / n)
    by_target = next(iter(known.values())).sum(1)[:, None, None]
    scores = []
    for pair in pairs:
        expected = np.rint(n_rows * known[pair[0]][:, :, None] * known[pair[1]][:, None, :] / by_target)
        counts = np.bincount(rows.cells(pair), minlength=expected.size)
        distance = int(np.abs(counts - expected.ravel().astype(np.int64)).sum())
        scores.append(distance - round(noise * expected.size))
    return [pairs[place] for place in mechanisms.highest(np.array(scores, dtype=np.int64), n, rho=rho)]


def _known(rows: Rows, learnt: Sequence[LearntColumn], first: Sequence[Marginal]) -> dict[int, Floats]:
    """Return (n_target_levels, n_bins) shares of each column, by level of the target, that sum to one."""
    if first:
        tables = {marginal.pair[0]: np.maximum(marginal.told[:, :, 0], 0.1) for marginal in first}
        target = _as_shares(learnt[rows.target].totals if rows.target is not None else np.ones(1))
        return {place: table / table.sum(1, keepdims=True) * target[:, None] for place, table in tables.items()}
    return {place: _as_shares(column.totals)[None] for place, column in enumerate(learnt)}


def _as_shares(totals: Floats) -> Floats:
    filled = np.maximum(totals, 0.1)
    return np.asarray(filled / filled.sum())
