"""The intervals that checks report, each 95 % and two-sided unless said otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats

Interval = tuple[float, float]
Z95 = 1.959963984540054
N_GROUPS = 10


def clopper_pearson(hits: int, trials: int, alpha: float = 0.05) -> Interval:
    """Return the exact interval of a binomial share; (0, 1) without trials.

    Source: Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404.
    """
    from scipy.stats import beta

    if trials == 0:
        return 0.0, 1.0
    low = 0.0 if hits == 0 else float(beta.ppf(alpha / 2, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1 - alpha / 2, hits + 1, trials - hits))
    return low, high


def hanley_mcneil(auc: float, n_positive: int, n_negative: int) -> Interval:
    """Return the interval of an area under the ROC curve, cut to [0, 1].

    Source: Hanley and McNeil 1982, doi 10.1148/radiology.143.1.7063747.
    """
    both_positive, both_negative = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (n_positive - 1) * (both_positive - auc * auc) + (n_negative - 1) * (both_negative - auc * auc)
    half = Z95 * math.sqrt(max(variance, 0.0) / (n_positive * n_negative))
    return max(0.0, auc - half), min(1.0, auc + half)


def jackknife(replicates: Floats) -> Interval:
    """Return the interval of a statistic from its replicates, cut to [0, 1].

    Parameters
    ----------
    replicates : (1 + n_groups,) the statistic on all rows, then with one random group of rows left out each.

    Source: delete-a-group jackknife, Kott 2001, Journal of Official Statistics 17(4), 521-526; Student's t with
    n_groups - 1 degrees of freedom.
    """
    from scipy.stats import t

    value, left_out = float(replicates[0]), replicates[1:]
    n_groups = len(left_out)
    error = math.sqrt((n_groups - 1) / n_groups * float(np.sum((left_out - left_out.mean()) ** 2)))
    half = float(t.ppf(0.975, n_groups - 1)) * error
    return max(0.0, value - half), min(1.0, value + half)


def random_groups(n_rows: int, rng: np.random.Generator, n_groups: int = N_GROUPS) -> Codes:
    """Return a group in [0, n_groups) per row, at random and of equal sizes up to one row."""
    return rng.permutation(np.arange(n_rows, dtype=np.int64) % n_groups)


def leave_one_out(per_group: Floats) -> Floats:
    """Turn sums per group (n_groups, ...) into sums over all rows and without each group (1 + n_groups, ...)."""
    total = per_group.sum(axis=0, keepdims=True)
    return np.concatenate([total, total - per_group])


def counts_without_each_group(codes: Codes, n_codes: int, groups: Codes) -> Floats:
    """Return counts (1 + n_groups, n_codes) of all rows and without each group."""
    flat = np.bincount(groups * n_codes + codes, minlength=N_GROUPS * n_codes)
    return leave_one_out(flat.reshape(N_GROUPS, n_codes).astype(np.float64))
