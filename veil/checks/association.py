"""How strongly every two columns hang together, and by how much that differs between two tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family, not_run
from veil.checks.intervals import N_GROUPS, counts_without_each_group, jackknife, leave_one_out, random_groups
from veil.checks.view import View, shared_views
from veil.model import Association, CheckReport, CheckResult
from veil.rng import generator

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.checks.view import Codes, Floats

    Booleans = npt.NDArray[np.bool_]

FLAT = 1e-12


@dataclass(frozen=True)
class CorrelationDifference:
    """Mean absolute difference of the association matrices of train and synthetic, over all pairs of columns.

    Pairs of which a column is constant in both tables are left out. `detail` gives the holdout's difference from train:
    what sampling alone brings about.
    """

    name: ClassVar[str] = "correlation_difference"
    family: ClassVar[Family] = "fidelity"
    measures: ClassVar[tuple[str, ...]] = ("correlation_difference",)

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result in [0, 1], with a jackknife interval."""
        return self.report(tables).results

    def report(self, tables: CheckInput) -> CheckReport:
        """Return the result and the two matrices that it was computed from."""
        views = shared_views(tables.columns, tables.train, tables.holdout, tables.synthetic)
        names = tuple(column.name for column in tables.columns)
        if len(names) < 2 or any(view.n_rows < 2 * N_GROUPS for view in views):
            reason = "needs two columns and 20 rows in each table"
            return CheckReport((not_run(self.name, "fidelity", tables, reason, better="lower"),))
        train, holdout, synthetic = (
            association(view, random_groups(view.n_rows, generator(tables.seed, "correlation", part)))
            for view, part in zip(views, ("train", "holdout", "synthetic"), strict=True)
        )
        moving = _moving_pairs(views[0], views[2])
        difference = _mean_difference(train, synthetic, moving)
        low, high = jackknife(difference)
        reference = float(_mean_difference(train, holdout, moving)[0])
        result = CheckResult(self.name, "fidelity", tables.table, names, float(difference[0]), low, high, "lower",
                             detail=f"{int(moving.sum())} pairs; holdout against train: {reference:.4f}", n=views[2].n_rows)
        return CheckReport((result,), associations=(Association(tables.table, names, _rows(train[0]), _rows(synthetic[0])),))


def _mean_difference(first: Floats, second: Floats, pairs: Booleans) -> Floats:
    differences = np.abs(first - second)[:, pairs]
    return differences.mean(axis=1) if differences.size else np.zeros(len(first))


def _moving_pairs(first: View, second: View) -> Booleans:
    moves = np.array([not (is_constant(first, column.name) and is_constant(second, column.name)) for column in first.columns])
    return np.triu(np.outer(moves, moves), k=1).astype(bool)


def is_constant(view: View, name: str) -> bool:
    """Return True if a column holds one value only; nulls are a value of a discrete column and none of a numeric one."""
    if name in view.numeric:
        known = view.numbers[name][~np.isnan(view.numbers[name])]
        return bool(known.size == 0 or known.min() == known.max())
    return len(np.unique(view.codes[name])) < 2


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 6) for value in row) for row in matrix)


def association(view: View, groups: Codes) -> Floats:
    """Return the association of every two columns in [0, 1], with 1 on the diagonal.

    Two numeric columns: absolute Pearson correlation of the rows where both are known. Two discrete: Cramér's V,
    bias-corrected. Mixed: correlation ratio, corrected for the number of levels. 0 where a column is constant.

    Returns
    -------
    matrices : (11, n_columns, n_columns), of all rows and without each group.
    """
    names = [column.name for column in view.columns]
    place = {name: at for at, name in enumerate(names)}
    result = np.broadcast_to(np.eye(len(names)), (1 + N_GROUPS, len(names), len(names))).copy()
    numeric = [place[name] for name in view.numeric]
    if numeric:
        result[np.ix_(range(1 + N_GROUPS), numeric, numeric)] = np.abs(np.nan_to_num(correlations(view, groups)))
        result[:, numeric, numeric] = 1.0
    for left, right in combinations(names, 2):
        if left in view.numbers and right in view.numbers:
            continue
        value = _pair(view, left, right, groups)
        result[:, place[left], place[right]] = result[:, place[right], place[left]] = value
    return result


def _pair(view: View, left: str, right: str, groups: Codes) -> Floats:
    if left in view.numbers:
        return correlation_ratio(view.numbers[left], view.codes[right], view.n_levels[right], groups)
    if right in view.numbers:
        return correlation_ratio(view.numbers[right], view.codes[left], view.n_levels[left], groups)
    return cramers_v(view.codes[left], view.codes[right], groups)


def correlations(view: View, groups: Codes) -> Floats:
    """Return Pearson's r of all numeric columns, over the rows where both are known; NaN where one is constant.

    Returns
    -------
    matrices : (11, n_numeric, n_numeric) in `view.numeric` order, of all rows and without each group.
    """
    values = np.column_stack([standardized(view.numbers[name]) for name in view.numeric])
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    in_group = [groups == group for group in range(N_GROUPS)]

    def sums(left: Floats, right: Floats) -> Floats:
        return leave_one_out(np.stack([left[rows].T @ right[rows] for rows in in_group]))

    n, sum_left, squares_left = sums(known, known), sums(filled, known), sums(filled**2, known)
    covariance = n * sums(filled, filled) - sum_left * sum_left.transpose(0, 2, 1)
    variance = n * squares_left - sum_left**2
    variance = np.where(variance > FLAT * np.maximum(n, 1) ** 2, variance, np.nan)
    return np.asarray(np.clip(covariance / np.sqrt(variance * variance.transpose(0, 2, 1)), -1, 1))


def standardized(numbers: Floats) -> Floats:
    """Return numbers with mean 0 and deviation 1, NaN kept: large offsets such as seconds since 1970 cost digits."""
    known = numbers[~np.isnan(numbers)]
    if known.size == 0:
        return numbers
    deviation = float(known.std())
    return np.asarray((numbers - known.mean()) / (deviation if deviation > 0 else 1.0))


def cramers_v(left: Codes, right: Codes, groups: Codes) -> Floats:
    """Return bias-corrected Cramér's V (11,), 0 where a column is constant; null is a level.

    Source: Bergsma 2013, doi 10.1016/j.jkss.2012.10.002.
    """
    n_right = int(right.max()) + 1
    cells, of_cell = np.unique(left * n_right + right, return_inverse=True)
    counts = counts_without_each_group(of_cell, len(cells), groups)
    margins = [_margins(counts, codes) for codes in (cells // n_right, cells % n_right)]
    n = counts.sum(axis=1)
    expected = margins[0][0] * margins[1][0]
    phi2 = (np.divide(counts**2, expected, out=np.zeros_like(counts), where=expected > 0)).sum(axis=1) - 1
    rows, columns = margins[0][1], margins[1][1]
    phi2 = np.maximum(0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    smaller = np.minimum(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    explained = np.divide(phi2, smaller, out=np.zeros_like(phi2), where=smaller > FLAT)
    return np.asarray(np.sqrt(np.clip(explained, 0, 1)))


def _margins(counts: Floats, codes: Codes) -> tuple[Floats, Floats]:
    """Return each cell's margin (11, n_cells) and the number of levels that occur (11,)."""
    n_levels = int(codes.max()) + 1
    totals: Floats = np.stack([np.bincount(codes, weights=row, minlength=n_levels) for row in counts]).astype(np.float64)
    return totals[:, codes], (totals > 0).sum(axis=1).astype(np.float64)


def correlation_ratio(numbers: Floats, codes: Codes, n_levels: int, groups: Codes) -> Floats:
    """Return the correlation ratio (11,) of numbers by level, corrected for the number of levels; 0 if constant.

    Source: epsilon squared, Kelley 1935, doi 10.1073/pnas.21.9.554; its square root is returned. Without the
    correction, a column with many levels would seem to explain anything.
    """
    known = ~np.isnan(numbers)
    values, codes, groups = standardized(numbers)[known], codes[known], groups[known]
    counts = counts_without_each_group(codes, n_levels, groups)
    sums, squares = (_sums(values**power, codes, n_levels, groups) for power in (1, 2))
    n, levels = counts.sum(axis=1), (counts > 0).sum(axis=1)
    total = squares.sum(axis=1) - sums.sum(axis=1) ** 2 / np.maximum(n, 1)
    within = (squares - sums**2 / np.maximum(counts, 1)).sum(axis=1)
    usable = (total > FLAT * np.maximum(n, 1)) & (n > levels)
    unexplained = np.divide(within * (n - 1), total * (n - levels), out=np.ones_like(total), where=usable)
    return np.asarray(np.sqrt(np.clip(1 - unexplained, 0, 1)))


def _sums(weights: Floats, codes: Codes, n_levels: int, groups: Codes) -> Floats:
    flat = np.bincount(groups * n_levels + codes, weights=weights, minlength=N_GROUPS * n_levels)
    return leave_one_out(flat.reshape(N_GROUPS, n_levels).astype(np.float64))
