"""Nearest share: are synthetic rows nearer to the people that they were learnt from than to others like them?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family, not_run
from veil.checks.distance import embed, nearest
from veil.checks.intervals import Z95, Interval
from veil.checks.view import shared_views
from veil.model import CheckResult
from veil.rng import generator

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.checks.view import Codes

    Booleans = npt.NDArray[np.bool_]

MIN_ROWS = 50


@dataclass(frozen=True)
class NearestShare:
    """Share of synthetic rows whose nearest real row is of train, had the holdout as many rows as train.

    Every query looks at all real rows of both sides, never at a sample of them: sampling the reference would hide copies. That
    train is larger than the holdout is undone by odds, a / (a + b * n_train / n_holdout): 0.5 if synthetic rows
    are as near to the holdout as to train, 1 for a copy. Equally near rows are told apart at random.
    At most `max_queries` synthetic rows are asked.
    """

    name: ClassVar[str] = "nearest_share"
    family: ClassVar[Family] = "privacy"
    measures: ClassVar[tuple[str, ...]] = ("nearest_share",)

    max_queries: int = 10_000

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result in [0, 1]; 0.5 is ideal and lower is better."""
        n_train, n_holdout = len(tables.train), len(tables.holdout)
        if not tables.columns or min(n_train, n_holdout, len(tables.synthetic)) < MIN_ROWS:
            return (not_run(self.name, "privacy", tables, f"needs a column and {MIN_ROWS} rows in each table", better="lower"),)
        views = shared_views(tables.columns, tables.train, tables.holdout, tables.synthetic)
        train, holdout, synthetic = embed(views, 2, tables.seed)
        rng = generator(tables.seed, self.name)
        order = rng.permutation(n_train + n_holdout)
        asked = rng.permutation(len(synthetic))[: self.max_queries]
        _, found = nearest(synthetic[asked], np.concatenate([train, holdout])[order])
        value, (low, high) = balanced_share(np.bincount(found, minlength=len(order)), order < n_train)
        names = tuple(column.name for column in tables.columns)
        detail = f"{len(asked)} synthetic rows against {n_train} of train and {n_holdout} of holdout"
        return (CheckResult(self.name, "privacy", tables.table, names, value, low, high, "lower", detail=detail, n=len(asked)),)


def balanced_share(hits: Codes, is_train: Booleans) -> tuple[float, Interval]:
    """Return the share of hits on train at equal sizes, with an interval that takes real rows as the clusters.

    Parameters
    ----------
    hits : per real row, how many synthetic rows have it as their nearest. One real row can serve many, which a plain
        binomial interval would count as so many observations (measured: 27 % too narrow).
    is_train : per real row.

    Source: ratio of two cluster totals, delta method on the log-odds; Cochran 1977, Sampling Techniques, chapter 9.
    """
    sides = hits[is_train], hits[~is_train]
    totals = [max(float(side.sum()), 0.5) for side in sides]
    log_odds = math.log(totals[0] / len(sides[0])) - math.log(totals[1] / len(sides[1]))
    variance = sum(max(len(side) * float(side.var()), total) / total**2 for side, total in zip(sides, totals, strict=True))
    half = Z95 * math.sqrt(variance)
    return _share(log_odds), (_share(log_odds - half), _share(log_odds + half))


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
