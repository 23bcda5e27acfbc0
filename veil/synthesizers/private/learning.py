"""Private columns are learnt from noisy histograms: which levels there are, where numbers lie, and how many rows each has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, factorize
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.private.cells import SPECIALS, LevelCells, NumberCells, PrivateCells, whole_units
from veil.synthesizers.private.domain import Declared
from veil.synthesizers.private.mechanisms import Mechanisms, threshold
from veil.synthesizers.private.refining import Histogram, roots

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

NUMBER_BINS, LEVEL_BINS, TARGET_BINS = 16, 24, 8
ROUNDS = 3
"""How often heavy ranges of numbers are split further, so that 40 hours stay 40 hours."""

MIN_BIN_SHARE, NOISE_LEVEL = 0.003, 2.0
"""A level has a bin of its own from this share of the rows on, and from this many standard deviations of noise on."""


@dataclass(frozen=True)
class LearntColumn:
    """A private column, and what was told of its bins: noisy rows and the variance of their noise."""

    cells: PrivateCells
    totals: Floats = field(repr=False)
    variances: Floats = field(repr=False)


def learnt_as_numbers(column: Column, declared: Declared | None) -> bool:
    """Return whether a column is learnt as numbers: by its type, unless levels are declared. No row is looked at."""
    return column.type in NUMERIC_TYPES and (declared is None or not declared.levels)


def n_questions(column: Column, declared: Declared | None) -> int:
    """Return how many histograms a column needs at most."""
    return 1 + ROUNDS if learnt_as_numbers(column, declared) else 1


def learn_levels(
    cells: pd.Series[Any], column: Column, declared: Declared | None, mechanisms: Mechanisms,
    *, rho: float, delta: float, n_rows: float, max_bins: int = LEVEL_BINS,
) -> LearntColumn:  # fmt: skip
    """Learn a column of levels: those declared, or those that so many rows have that they may be told.

    Parameters
    ----------
    delta : for telling levels that are not declared.
    n_rows : about how many rows there are, as told with noise.
    """
    codes, distinct = factorize(cells.to_numpy(dtype=object))
    occurring = sorted((cell for cell in distinct), key=str)
    levels: list[str | None] = [*SPECIALS, *declared.levels] if declared else [*SPECIALS, *(cell for cell in occurring if cell)]
    place = {level: code for code, level in enumerate(levels)}
    unknown = place.get(declared.other, -1) if declared and declared.other else -1
    codes = np.array([place.get(cell, unknown) for cell in [*distinct, None]], dtype=np.int64)[codes]
    if declared:
        told, scale = mechanisms.counts("levels", (column.name,), codes, len(levels), rho=rho)
        weights = projected(told.astype(float), max(n_rows, 1.0))
        return _pooled(column, levels, weights, scale, max_bins, n_rows=n_rows, missing=0.0, other=declared.other)
    present = np.flatnonzero(np.bincount(codes, minlength=len(levels)))
    renamed = np.searchsorted(present, codes)
    kept, told, scale = mechanisms.levels(column.name, renamed, len(present), rho=rho, delta=delta)
    if not kept.any():
        raise SynthesisFailed(f"column `{column.name}`: with this budget a value must be held by about "
                              f"{threshold(scale, delta, mechanisms.rows_per_unit)} rows to be told, and none is; declare its "
                              "levels in `domain`, raise epsilon, or leave the column out")
    missing = n_rows - float(told[kept].sum())
    levels = [levels[place] for place in present[kept].tolist()]
    return _pooled(column, levels, told[kept].astype(float), scale, max_bins, n_rows=n_rows, missing=missing, other=None)


def _pooled(
    column: Column, levels: Sequence[str | None], weights: Floats, scale: float, max_bins: int,
    *, n_rows: float, missing: float, other: str | None,
) -> LearntColumn:  # fmt: skip
    """Give frequent levels a bin each, and the others, with cells that may not be told, one bin together."""
    wanted = max(MIN_BIN_SHARE * n_rows, NOISE_LEVEL * scale)
    order = np.argsort(-weights, kind="stable")
    own = [place for place in order[: max_bins - 1].tolist() if weights[place] >= wanted] or order[:1].tolist()
    rare = [place for place in order.tolist() if place not in set(own)]
    missing = missing if missing > NOISE_LEVEL * scale * np.sqrt(len(levels) + 1) else 0.0
    pool = len(own)
    bins = np.full(len(levels), pool, dtype=np.int64)
    bins[own] = np.arange(pool)
    totals = np.append(weights[own], weights[rare].sum() + missing)
    variances = np.append(np.full(pool, scale**2), scale**2 * (len(rare) + (len(levels) + 1) * (missing > 0)))
    if missing:  # cells that may not be told are drawn like those that may
        levels, bins = [*levels, *levels], np.append(bins, np.full(len(bins), pool))
        weights = np.append(weights, missing * weights / weights.sum())
    elif rare:
        weights = np.where((bins == pool) & (weights[rare].sum() <= 0), 1.0, weights)
    n_bins = pool + bool(rare or missing)
    unknown = pool if n_bins > pool else 0
    cells = LevelCells(column, tuple(levels), weights, bins, n_bins, unknown, other)
    return LearntColumn(cells, totals[:n_bins], variances[:n_bins])


def learn_numbers(
    cells: pd.Series[Any], column: Column, declared: Declared | None, mechanisms: Mechanisms,
    *, rhos: Sequence[float], n_rows: float, max_bins: int = NUMBER_BINS,
) -> LearntColumn:  # fmt: skip
    """Learn a column of numbers or dates: first where they lie, then heavy ranges more finely, as often as there are `rhos`."""
    places = decimal_places(column)
    codes, distinct = factorize(cells.to_numpy(dtype=object))
    units = np.append(whole_units(distinct, column, places), 0)[codes]
    special = np.append(np.where([cell == "" for cell in distinct], 1, -1), 0).astype(np.int64)[codes]
    lows, highs = roots(column, declared, places)
    found = np.clip(np.searchsorted(lows, units, side="right") - 1, 0, len(lows) - 1) + len(SPECIALS)
    start = np.where(special >= 0, special, found)
    told, scale = mechanisms.counts("numbers", (column.name,), start, len(lows) + len(SPECIALS), rho=rhos[0])
    histogram = Histogram(lows, highs, told[len(SPECIALS) :].astype(float), np.full(len(lows), scale**2)).cleaned()
    for rho in rhos[1:]:
        heavy = histogram.heavy(n_rows)
        if not heavy.any():
            break
        children, parents = histogram.split(heavy)
        inside = np.where(special < 0, children.places(units), -1)
        counted, scale = mechanisms.counts("numbers", (column.name,), inside, len(parents), rho=rho)
        histogram = histogram.refined(heavy, children, parents, counted.astype(float), scale)
    return _binned(column, places, histogram, told[: len(SPECIALS)].astype(float), n_rows=n_rows, scale=scale, max_bins=max_bins)


def _binned(
    column: Column, places: int, histogram: Histogram, special: Floats, *, n_rows: float, scale: float, max_bins: int
) -> LearntColumn:
    """Pool ranges into bins of about equal weight; a heavy range, null and the empty cell have bins of their own."""
    special = np.where(special > NOISE_LEVEL * scale, special, 0.0)
    weights = projected(histogram.weights, max(n_rows - special.sum(), 1.0))
    bins = equal_bins(weights, max_bins)
    own = np.flatnonzero(special)
    special_bins = np.zeros(len(SPECIALS), dtype=np.int64)
    special_bins[own] = bins.max() + 1 + np.arange(len(own))
    bins, weights = np.append(special_bins, bins), np.append(special, weights)
    variances = np.append(np.full(len(SPECIALS), scale**2), histogram.variances)
    n_bins = int(bins.max()) + 1
    cells = NumberCells(column, places, histogram.lows, histogram.highs, weights, bins, n_bins)
    return LearntColumn(cells, _summed(bins, weights, n_bins), _summed(bins, variances, n_bins))


def _summed(bins: Codes, values: Floats, n_bins: int) -> Floats:
    return np.asarray(np.bincount(bins, weights=values, minlength=n_bins), dtype=np.float64)


def decimal_places(column: Column) -> int:
    """Return how many decimal places are learnt, at most six."""
    return min(len(column.format or "0.######") - 2, 6) if column.type == "decimal" else 0


def equal_bins(weights: Floats, n_bins: int) -> Codes:
    """Return the bin of each cell: bins are neighbors of about equal weight; what is heavier than that stays alone."""
    share = weights.sum() / n_bins
    bins = np.zeros(len(weights), dtype=np.int64)
    current, gathered = 0, 0.0
    for place, weight in enumerate(weights.tolist()):
        if weight > 0 and gathered > 0 and (gathered + weight > 1.3 * share or weight > share):
            current, gathered = current + 1, 0.0
        bins[place] = current
        gathered += weight
    return bins


def projected(weights: Floats, total: float) -> Floats:
    """Return the nearest weights (in L2) that are not negative and sum to `total`."""
    ordered = np.sort(weights)[::-1]
    excess = (np.cumsum(ordered) - total) / np.arange(1, len(ordered) + 1)
    n_filled = int(np.flatnonzero(ordered > excess)[-1])
    return np.asarray(np.maximum(weights - excess[n_filled], 0.0))
