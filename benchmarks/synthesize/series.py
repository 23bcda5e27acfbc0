"""Measures of longitudinal tables: lengths, gaps, how each column follows itself, and whether subjects can be recognized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.synthesize.longitudinal import Longitudinal
from veil.columns import NUMERIC_TYPES, factorize, to_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

LAGS = (1, 2, 3)
MIN_EVENTS_WITHIN = 8


@dataclass(frozen=True)
class Measured:
    """What is compared: numbers to be like, by name."""

    length: Floats
    gap: Floats
    following: dict[str, float]
    columns: dict[str, Any]


def measured(data: Longitudinal) -> Measured:
    """Return the figures of a table whose rows are in order within each subject.

    Autocorrelation of a number, and of the gap, is Pearson's over all pairs of events that are k apart in a subject, and `within`
    that of what deviates from the subject's own mean, over subjects of at least 8 events; of a category, how much more often than
    by chance both are of one level (Cohen's kappa of the pairs).
    """
    owners, lengths = data.owners, np.bincount(data.owners)
    times = _numbers(data, data.order_by[0])
    gap = np.where(np.diff(owners, prepend=-1) == 0, np.diff(times, prepend=0), np.nan)
    following: dict[str, float] = {}
    columns: dict[str, Any] = {}
    for column in data.columns:
        if column.name in data.order_by:
            continue
        numbers = _numbers(data, column.name) if column.type in NUMERIC_TYPES else None
        codes = data.table[column.name].to_numpy(dtype=object) if numbers is None else None
        columns[column.name] = numbers if numbers is not None else codes
        if _is_static(data, column.name):
            continue
        following |= _following(column.name, owners, lengths, numbers, codes)
    following |= _following("gap", owners, lengths, gap, None)
    return Measured(lengths.astype(float), gap[np.isfinite(gap)], following, columns)


def distance(one: Any, other: Any) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples of numbers, nulls counting as less than all; else total variation."""
    if np.asarray(one).dtype == object:
        both = np.concatenate([one, other])
        codes = factorize(both)[0] + 1
        shares = [np.bincount(part, minlength=codes.max() + 1) / len(part) for part in (codes[: len(one)], codes[len(one) :])]
        return float(np.abs(shares[0] - shares[1]).sum() / 2)
    first, second = (np.sort(np.nan_to_num(np.asarray(part, dtype=float), nan=-1e300)) for part in (one, other))
    values = np.union1d(first, second)
    steps = [np.searchsorted(part, values, side="right") / max(len(part), 1) for part in (first, second)]
    return float(np.abs(steps[0] - steps[1]).max(initial=0))


def recognized(
    members: Longitudinal, others: Longitudinal, synthetic: Longitudinal, rng: np.random.Generator
) -> tuple[float, ...]:
    """Return the AUC of an attack on subjects, with its 95 % interval over bootstrapped subjects.

    The attacker knows a subject's whole history, sums it up (length, gaps, mean and spread of numbers, shares of levels, static
    columns) and takes subjects for members that are near to a synthetic one.
    """
    from scipy.spatial import cKDTree

    profiles = _profiles([members, others, synthetic])
    near = [cKDTree(profiles[2]).query(part)[0] for part in profiles[:2]]
    n = min(len(each) for each in near)
    inside, outside = (-each[rng.choice(len(each), n, replace=False)] for each in near)
    draws = [_auc(inside[rng.integers(0, n, n)], outside[rng.integers(0, n, n)]) for _ in range(200)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return _auc(inside, outside), float(low), float(high)


def _auc(high: Floats, low: Floats) -> float:
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([high, low]))[: len(high)]
    return float((ranks.sum() - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))


def _following(name: str, owners: Codes, lengths: Codes, numbers: Floats | None, codes: Any) -> dict[str, float]:
    found = {}
    for lag in LAGS:
        pairs = np.flatnonzero(owners[lag:] == owners[:-lag])
        if numbers is None:
            found[f"{name} lag {lag}"] = _kappa(codes[pairs], codes[pairs + lag])
            continue
        found[f"{name} lag {lag}"] = _correlation(numbers[pairs], numbers[pairs + lag])
        long = pairs[lengths[owners[pairs]] >= MIN_EVENTS_WITHIN]
        if len(long) > 500:
            around = numbers - _means(numbers, owners)
            found[f"{name} lag {lag} within"] = _correlation(around[long], around[long + lag])
    return found


def _correlation(one: Floats, other: Floats) -> float:
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3 or one[known].std() == 0 or other[known].std() == 0:
        return 0.0
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _kappa(one: Any, other: Any) -> float:
    codes = factorize(np.concatenate([one, other]))[0] + 1
    first, second = codes[: len(one)], codes[len(one) :]
    shares = [np.bincount(part, minlength=codes.max() + 1) / len(part) for part in (first, second)]
    chance = float((shares[0] * shares[1]).sum())
    return float(((first == second).mean() - chance) / max(1 - chance, 1e-9))


def _means(numbers: Floats, owners: Codes) -> Floats:
    known = np.isfinite(numbers)
    sums = np.bincount(owners, weights=np.where(known, numbers, 0))
    counts = np.bincount(owners, weights=known)
    return np.asarray((sums / np.maximum(counts, 1))[owners])


def _profiles(tables: list[Longitudinal]) -> list[Floats]:
    """Return each subject's summary, (n_subjects, n_figures), on one scale."""
    levels = {name: sorted({cell for cell in tables[0].table[name] if cell is not None})[:8]
              for name in (column.name for column in tables[0].columns if column.type not in NUMERIC_TYPES)}  # fmt: skip
    found = []
    for data in tables:
        counts = np.bincount(data.owners)
        figures = [np.log1p(counts)]
        for column in data.columns:
            if column.type in NUMERIC_TYPES:
                numbers = np.nan_to_num(_numbers(data, column.name), nan=0.0)
                numbers = np.diff(numbers, prepend=numbers[:1]) if column.name in data.order_by else numbers
                mean = np.bincount(data.owners, weights=numbers) / counts
                figures += [mean, np.sqrt(np.bincount(data.owners, weights=(numbers - mean[data.owners]) ** 2) / counts)]
            else:
                cells = data.table[column.name].to_numpy(dtype=object)
                figures += [np.bincount(data.owners, weights=cells == level) / counts for level in levels[column.name]]
        found.append(np.column_stack(figures))
    center, spread = found[0].mean(axis=0), found[0].std(axis=0) + 1e-9
    return [(part - center) / spread for part in found]


def _numbers(data: Longitudinal, name: str) -> Floats:
    return to_numbers(data.table[name], next(column for column in data.columns if column.name == name))


def _is_static(data: Longitudinal, name: str) -> bool:
    codes = factorize(data.table[name].to_numpy(dtype=object))[0]
    same = np.diff(data.owners) == 0
    return bool((np.diff(codes)[same] == 0).all())
