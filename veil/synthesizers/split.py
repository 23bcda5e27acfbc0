"""The holdout: rows of data subjects that nothing is fitted on, so that what a synthesizer memorized can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, factorize, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]

MIN_SUBJECTS = 20
MAX_SUBJECT_SHARE = 0.5
N_DRAWS = 64


def holdout_split(
    subjects: pd.Series[Any], share: float, rng: np.random.Generator, *, profiles: Sequence[tuple[slice, Codes]] = ()
) -> npt.NDArray[np.bool_]:
    """Return which rows are held out, all rows of a data subject together.

    The holdout is the control group of every privacy check, so it must be comparable. Where subjects have many rows, a single
    draw is not: on a log of 372 people, real people who were never learnt from look like members with AUC 0.62 in the worst of
    six splits (`python -m benchmarks.noise_floor`). So of 64 draws the one is taken whose columns, one by one, are most alike
    on both sides (rerandomization: Morgan and Rubin 2012, doi 10.1214/12-AOS1008).

    Parameters
    ----------
    subjects : (n_rows,) each row's data subject; None is a subject of its own, row by row.
    share : of the rows to hold out, in (0, 1); met up to the rows of one subject.
    rng : draws the subjects.
    profiles : columns to compare the sides by, as (rows it is about, its level in each of them); see `coarse_levels`. Without
        any, the first draw is taken.

    Returns
    -------
    held_out : (n_rows,), True for at least one subject and False for at least one.

    Raises
    ------
    SynthesisFailed : fewer than 20 subjects, one with over half of the rows, or a share that is none.
    """
    if not 0 < share < 1:
        raise SynthesisFailed(f"a holdout of {share:g} of the rows is none or all; give a share between 0 and 1")
    codes, _ = factorize(subjects.to_numpy(dtype=object))
    nulls = np.flatnonzero(codes < 0)
    codes[nulls] = codes.max(initial=-1) + 1 + np.arange(len(nulls))
    rows = np.bincount(codes) if len(codes) else np.empty(0, dtype=np.int64)
    _refuse_too_few(rows)
    draws = [_drawn(rows, share, rng)[codes] for _ in range(N_DRAWS if profiles else 1)]
    best = int(np.argmin([_unlikeness(held, profiles) for held in draws]))
    return np.asarray(draws[best])


def coarse_levels(cells: pd.Series[Any], column: Column) -> Codes:
    """Return a column as few levels, to compare the sides of a split by: deciles of numbers, else the cells; null is one."""
    if column.type not in NUMERIC_TYPES:
        return np.asarray(factorize(cells.to_numpy(dtype=object))[0] + 1, dtype=np.int64)
    numbers = to_numbers(cells, column)
    missing = np.isnan(numbers)
    if missing.all():
        return np.zeros(len(numbers), dtype=np.int64)
    cuts = np.unique(np.quantile(numbers[~missing], np.linspace(0.1, 0.9, 9)))
    return np.where(missing, 0, 1 + np.searchsorted(cuts, np.where(missing, 0.0, numbers), side="right"))


def _drawn(rows: Codes, share: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Draw subjects until they have the share of the rows."""
    order = rng.permutation(len(rows))
    before = np.cumsum(rows[order]) - rows[order]
    n_held = int(np.searchsorted(before + rows[order] / 2, share * int(rows.sum())))
    held = np.zeros(len(rows), dtype=bool)
    held[order[: min(max(n_held, 1), len(rows) - 1)]] = True
    return held


def _unlikeness(held: npt.NDArray[np.bool_], profiles: Sequence[tuple[slice, Codes]]) -> float:
    """Return the sum over the columns of the total variation distance between the two sides; a side without rows is 1."""
    total = 0.0
    for where, levels in profiles:
        side = held[where]
        n_levels, n_held = int(levels.max(initial=0)) + 1, int(side.sum())
        if n_held in (0, len(side)):
            total += 1.0
            continue
        out = np.bincount(levels[side], minlength=n_levels) / n_held
        total += 0.5 * float(np.abs(out - np.bincount(levels[~side], minlength=n_levels) / (len(side) - n_held)).sum())
    return total


def _refuse_too_few(rows: npt.NDArray[np.int64]) -> None:
    if len(rows) < MIN_SUBJECTS:
        raise SynthesisFailed(f"{len(rows)} data subjects cannot be split into train and holdout; {MIN_SUBJECTS} would be enough")
    largest, total = int(rows.max()), int(rows.sum())
    if largest > MAX_SUBJECT_SHARE * total:
        raise SynthesisFailed(f"one data subject holds {largest} of {total} rows, which cannot be split into train and holdout; "
                              f"at most {total // 2} would be enough, or name another subject column")
