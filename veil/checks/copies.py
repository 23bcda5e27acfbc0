"""Exact copies: does the synthetic table repeat rows of the people that it was learnt from?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family, not_run
from veil.checks.intervals import Interval, clopper_pearson
from veil.checks.view import row_codes
from veil.errors import few
from veil.model import CheckResult

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats


@dataclass(frozen=True)
class ExactCopies:
    """Share of synthetic rows that equal a row of train on all learnt columns, beyond the holdout's rate.

    Rows that train and holdout both have prove nothing and are left out. A row that c real records share and one side
    alone has is on the train side with probability n_train^c / (n_train^c + n_holdout^c) if nothing was copied, whatever
    the two sizes are. So the value is 0 on average for fresh rows and the share of copied rows for copies.
    The interval is the exact conditional binomial one, on distinct rows: one row repeated often is one observation.

    Source: conditional test of two Poisson rates, Przyborowski and Wilenski 1940, doi 10.1093/biomet/31.3-4.313.
    """

    name: ClassVar[str] = "exact_copies"
    family: ClassVar[Family] = "privacy"
    measures: ClassVar[tuple[str, ...]] = ("exact_copies",)

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result in [-1, 1], 0 is ideal and lower is better."""
        if not tables.columns or not len(tables.train) or not len(tables.holdout) or not len(tables.synthetic):
            return (not_run(self.name, "privacy", tables, "needs a column and rows in each table", better="lower"),)
        train, holdout, synthetic = row_codes(tables.columns, tables.train, tables.holdout, tables.synthetic)
        on_train, on_holdout, chance = _matches(train, holdout, synthetic)
        value, (low, high) = excess_share(on_train, on_holdout, chance, len(synthetic))
        detail = f"{few(int(on_train.sum()))} rows equal train only, {few(int(on_holdout.sum()))} equal holdout only"
        names = tuple(column.name for column in tables.columns)
        return (CheckResult(self.name, "privacy", tables.table, names, value, low, high, "lower",
                            detail=detail, n=len(synthetic)),)


def _matches(train: Codes, holdout: Codes, synthetic: Codes) -> tuple[Codes, Codes, Floats]:
    """Return, per distinct synthetic row on one real side only: rows if on train, if on holdout, chance of train."""
    n_codes = int(max(train.max(), holdout.max(), synthetic.max())) + 1
    in_train, in_holdout, made = (np.bincount(codes, minlength=n_codes) for codes in (train, holdout, synthetic))
    one_sided = (made > 0) & ((in_train > 0) ^ (in_holdout > 0))
    records = (in_train + in_holdout)[one_sided]
    chance = 1 / (1 + (len(holdout) / len(train)) ** records.astype(np.float64))
    hits = made[one_sided]
    is_train = in_train[one_sided] > 0
    return np.where(is_train, hits, 0), np.where(is_train, 0, hits), chance


def excess_share(on_train: Codes, on_holdout: Codes, chance: Floats, n_rows: int) -> tuple[float, Interval]:
    """Return by how much the share of rows that match train exceeds what the holdout's matches lead to expect.

    Parameters
    ----------
    on_train, on_holdout : synthetic rows per distinct real row that they equal; one of the two is 0.
    chance : probability that this real row is on the train side.
    n_rows : synthetic rows in all.
    """
    n_hits = int(on_train.sum() + on_holdout.sum())
    if n_hits == 0:
        return 0.0, (0.0, clopper_pearson(0, n_rows)[1])
    expected = float(np.sum((on_train + on_holdout) * chance)) / n_hits
    if expected >= 1:
        return 0.0, (-1.0, 1.0)
    scale = n_hits / n_rows / (1 - expected)
    value = (int(on_train.sum()) / n_hits - expected) * scale
    low, high = ((end - float(chance.mean())) * scale for end in clopper_pearson(int((on_train > 0).sum()), len(chance)))
    return float(np.clip(value, -1, 1)), (max(-1.0, min(low, value)), min(1.0, max(high, value)))
