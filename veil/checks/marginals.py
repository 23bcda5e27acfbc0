"""How alike the distributions of one column are in two tables, as a score in [0, 1] and as shares to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.checks.intervals import counts_without_each_group
from veil.checks.view import View
from veil.model import Comparison

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats

MAX_BARS = 20
MIN_ROWS_IN_BAR = 10


def column_score(name: str, first: View, second: View, groups: tuple[Codes, Codes]) -> Floats:
    """Return 1 - KS for a numeric column or 1 - TV for a discrete one, on all rows and without each group.

    Parameters
    ----------
    first, second : views made together.
    groups : of the rows of each, in [0, 10); a group is left out of both tables at a time.

    Returns
    -------
    scores : (11,), in [0, 1], 1 if the distributions are equal. A numeric column's nulls are left out, as SDMetrics does;
        a column without a number in one table only scores 0, without any in both 1. A discrete column's null is a level.

    Source: KSComplement and TVComplement, docs.sdv.dev/sdmetrics; the Column Shapes of its quality report.
    """
    if name in first.numeric:
        return ks_complement(first.numbers[name], second.numbers[name], groups)
    n_levels = first.n_levels[name]
    return tv_complement(*(counts_without_each_group(view.codes[name], n_levels, group)
                           for view, group in zip((first, second), groups, strict=True)))


def ks_complement(first: Floats, second: Floats, groups: tuple[Codes, Codes]) -> Floats:
    """Return 1 minus the largest distance of the two empirical distribution functions, with replicates."""
    there = ~np.isnan(first), ~np.isnan(second)
    if not there[0].any() or not there[1].any():
        return np.full(11, float(there[0].any() == there[1].any()))
    points, codes = np.unique(np.concatenate([first[there[0]], second[there[1]]]), return_inverse=True)
    split = int(there[0].sum())
    left = _cumulative(codes[:split], len(points), groups[0][there[0]])
    right = _cumulative(codes[split:], len(points), groups[1][there[1]])
    return np.asarray(1 - np.abs(left - right).max(axis=1))


def _cumulative(codes: Codes, n_codes: int, groups: Codes) -> Floats:
    counts = counts_without_each_group(codes, n_codes, groups).cumsum(axis=1)
    return np.asarray(counts / np.maximum(counts[:, -1:], 1))


def tv_complement(first: Floats, second: Floats) -> Floats:
    """Return 1 minus the total variation distance of counts (..., n_levels); 1 for two empty tables, 0 for one."""
    n_first, n_second = first.sum(axis=-1, keepdims=True), second.sum(axis=-1, keepdims=True)
    distance = np.abs(first / np.maximum(n_first, 1) - second / np.maximum(n_second, 1)).sum(axis=-1) / 2
    one_empty = (n_first == 0)[..., 0] ^ (n_second == 0)[..., 0]
    return np.where(one_empty, 0.0, 1 - distance)


def compare_column(table: str, name: str, original: View, synthetic: View, score: float) -> Comparison:
    """Return the shares to draw: bars without labels, and no bar for fewer than 10 rows.

    Numeric: 20 bins of equal width between the original's 1st and 99th percentile, what is outside in the end bins, nulls
    left out. Categorical: the 19 most frequent levels of the original by rank, null one of them, and all others
    together as the last bar. Shares are of all rows.
    """
    if name in original.numeric:
        edges = _bar_edges(original.numbers[name])
        counts = [_bar_counts(view.numbers[name], edges) for view in (original, synthetic)]
    else:
        counts = _level_counts(name, original, synthetic)
    left, right = (_shares(count, view.n_rows) for count, view in zip(counts, (original, synthetic), strict=True))
    return Comparison(table, name, "numeric" if name in original.numeric else "categorical", left, right, round(score, 6))


def _bar_edges(numbers: Floats) -> Floats:
    known = numbers[~np.isnan(numbers)]
    low, high = np.percentile(known, [1, 99]) if known.size else (0.0, 0.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, MAX_BARS + 1)[1:-1]


def _bar_counts(numbers: Floats, edges: Floats) -> Codes:
    return np.bincount(np.digitize(numbers[~np.isnan(numbers)], edges), minlength=MAX_BARS)


def _level_counts(name: str, original: View, synthetic: View) -> list[Codes]:
    n_levels = original.n_levels[name]
    counts = [np.bincount(view.codes[name], minlength=n_levels) for view in (original, synthetic)]
    ranked = np.argsort(-counts[0], kind="stable")
    shown = ranked[: MAX_BARS - 1][counts[0][ranked[: MAX_BARS - 1]] >= MIN_ROWS_IN_BAR]
    others = np.setdiff1d(ranked, shown)
    return [np.append(count[shown], count[others].sum()) for count in counts]


def _shares(counts: Codes, n_rows: int) -> tuple[float, ...]:
    shown = np.where(counts < MIN_ROWS_IN_BAR, 0, counts)
    return tuple(round(float(share), 6) for share in shown / max(n_rows, 1))
