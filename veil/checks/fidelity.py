"""Fidelity: are the columns, and every two columns together, distributed as in the original?

The formulas are SDMetrics' (docs.sdv.dev/sdmetrics: quality report), written anew, so that figures can be compared:
column shapes, pair trends, and their mean, the quality score. Two things differ, both so that losing
something never raises the score: a numeric column that is constant only in the synthetic table counts as uncorrelated
there instead of being left out, and one without a number in one table only has shape 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.association import correlations
from veil.checks.base import CheckInput, Family, not_run
from veil.checks.intervals import N_GROUPS, counts_without_each_group, jackknife, random_groups
from veil.checks.marginals import column_score, compare_column, tv_complement
from veil.checks.view import View, shared_views
from veil.model import CheckReport, CheckResult, Comparison
from veil.rng import generator

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats


@dataclass(frozen=True)
class Fidelity:
    """`shapes`, `pairs` and their mean `fidelity`, of synthetic against train; `detail` has holdout against train.

    The holdout's figure is what a perfect sample of that size reaches. Intervals are a delete-a-group jackknife.
    """

    name: ClassVar[str] = "fidelity"
    family: ClassVar[Family] = "fidelity"
    measures: ClassVar[tuple[str, ...]] = ("shapes", "pairs", "fidelity")

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return three results in [0, 1]."""
        return self.report(tables).results

    def report(self, tables: CheckInput) -> CheckReport:
        """Return the results and, per column, the shares to draw."""
        if not tables.columns or min(len(tables.train), len(tables.holdout), len(tables.synthetic)) < 2 * N_GROUPS:
            reason = "needs a column and 20 rows in each table"
            return CheckReport(tuple(not_run(name, "fidelity", tables, reason) for name in self.measures))
        train, holdout, synthetic = shared_views(tables.columns, tables.train, tables.holdout, tables.synthetic)
        shapes, pairs = _scores(train, synthetic, tables.seed)
        best_shapes, best_pairs = _scores(train, holdout, tables.seed)
        results = (
            _result("shapes", tables, shapes, best_shapes),
            _result("pairs", tables, pairs, best_pairs),
            _result("fidelity", tables, _quality(shapes, pairs), _quality(best_shapes, best_pairs)),
        )
        return CheckReport(results, comparisons=_comparisons(tables.table, train, synthetic, shapes))


def _quality(shapes: Floats, pairs: Floats) -> Floats:
    means = shapes.mean(axis=0)
    return np.asarray((means + pairs.mean(axis=0)) / 2 if len(pairs) else means)[None]


def _result(name: str, tables: CheckInput, scores: Floats, best: Floats) -> CheckResult:
    if not len(scores):
        return not_run(name, "fidelity", tables, "no two columns that vary")
    mean = scores.mean(axis=0)
    low, high = jackknife(mean)
    return CheckResult(name, "fidelity", tables.table, tuple(column.name for column in tables.columns), float(mean[0]), low, high,
                       detail=f"holdout against train: {float(best.mean(axis=0)[0]):.4f}", n=len(tables.synthetic))


def _comparisons(table: str, train: View, synthetic: View, shapes: Floats) -> tuple[Comparison, ...]:
    return tuple(compare_column(table, column.name, train, synthetic, float(score[0]))
                 for column, score in zip(train.columns, shapes, strict=True))


def _scores(first: View, second: View, seed: int) -> tuple[Floats, Floats]:
    """Return the scores of the columns (n_columns, 11) and of the pairs that vary in the first table (n_pairs, 11)."""
    rng = generator(seed, "fidelity", "groups")
    groups = random_groups(first.n_rows, rng), random_groups(second.n_rows, rng)
    shapes = np.stack([column_score(column.name, first, second, groups) for column in first.columns])
    pairs = [*_discrete_pairs(first, second, groups), *_numeric_pairs(first, second, groups)]
    return shapes, np.stack(pairs) if pairs else np.empty((0, 1 + N_GROUPS))


def _discrete_pairs(first: View, second: View, groups: tuple[Codes, Codes]) -> list[Floats]:
    names = [column.name for column in first.columns]
    return [contingency_similarity(left, right, first, second, groups) for left, right in combinations(names, 2)
            if not (left in first.numbers and right in first.numbers)]


def contingency_similarity(left: str, right: str, first: View, second: View, groups: tuple[Codes, Codes]) -> Floats:
    """Return 1 minus the total variation distance of the joint counts of two columns, with replicates (11,).

    Numeric columns take part by their bins, nulls as a level of their own.
    Source: ContingencySimilarity, docs.sdv.dev/sdmetrics.
    """
    codes = [view.codes[left] * view.n_levels[right] + view.codes[right] for view in (first, second)]
    cells, of_cell = np.unique(np.concatenate(codes), return_inverse=True)
    parts = of_cell[: first.n_rows], of_cell[first.n_rows :]
    return tv_complement(*(counts_without_each_group(part, len(cells), group) for part, group in zip(parts, groups, strict=True)))


def _numeric_pairs(first: View, second: View, groups: tuple[Codes, Codes]) -> list[Floats]:
    """Return 1 - |r1 - r2| / 2 per numeric pair; pairs without a correlation in the first table are left out.

    Source: CorrelationSimilarity, docs.sdv.dev/sdmetrics.
    """
    if len(first.numeric) < 2:
        return []
    original, synthetic = (correlations(view, group) for view, group in zip((first, second), groups, strict=True))
    scores = 1 - np.abs(np.nan_to_num(original) - np.nan_to_num(synthetic)) / 2
    pairs = combinations(range(len(first.numeric)), 2)
    return [scores[:, left, right] for left, right in pairs if not np.isnan(original[0, left, right])]
