"""Drift across retrainings: how far a stand-in is from the one that was released before, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.checks.intervals import jackknife, random_groups
from veil.checks.marginals import column_score
from veil.checks.view import shared_views
from veil.model import CheckResult, Column
from veil.rng import generator

if TYPE_CHECKING:
    import pandas as pd

MIN_ROWS = 20


def retraining_drift(
    table: str, columns: tuple[Column, ...], before: pd.DataFrame, now: pd.DataFrame, *, release: str, seed: int
) -> CheckResult:
    """Return the mean distance of the columns' distributions, in [0, 1]: Kolmogorov-Smirnov for numbers, total variation else.

    A drift says that the data moved, that the training did, or both; it is small where neither did.

    Parameters
    ----------
    before, now : the stand-in released before and the new one; strings and None. Columns that only one has are left out.
    release : the name of the earlier release, told in the detail.
    seed : of the groups for the interval (delete-a-group jackknife).
    """
    shared = tuple(column for column in columns if column.name in before.columns)
    names = tuple(column.name for column in shared)
    if not shared or min(len(before), len(now)) < MIN_ROWS:
        reason = f"against {release}: needs a column in common and {MIN_ROWS} rows in each"
        return CheckResult("retraining_drift", "fidelity", table, names, None, better="lower", status="not_run", detail=reason)
    first, second = shared_views(shared, before, now)
    rng = generator(seed, "drift", table)
    groups = random_groups(first.n_rows, rng), random_groups(second.n_rows, rng)
    distances = 1 - np.stack([column_score(name, first, second, groups) for name in names])
    mean = distances.mean(axis=0)
    low, high = jackknife(mean)
    worst = names[int(np.argmax(distances[:, 0]))]
    detail = f"against {release}; furthest: `{worst}`, {float(distances[:, 0].max()):.3f}"
    return CheckResult("retraining_drift", "fidelity", table, names, float(mean[0]), low, high, better="lower", detail=detail,
                       n=len(now))  # fmt: skip
