"""The holdout: rows of data subjects that nothing is fitted on, so that what a synthesizer memorized can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize
from veil.errors import SynthesisFailed

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

MIN_SUBJECTS = 20
MAX_SUBJECT_SHARE = 0.5


def holdout_split(subjects: pd.Series[Any], share: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return which rows are held out, all rows of a data subject together.

    Parameters
    ----------
    subjects : (n_rows,) each row's data subject; None is a subject of its own, row by row.
    share : of the rows to hold out, in (0, 1); met up to the rows of one subject.
    rng : draws the subjects.

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
    order = rng.permutation(len(rows))
    before = np.cumsum(rows[order]) - rows[order]
    n_held = int(np.searchsorted(before + rows[order] / 2, share * len(codes)))
    held = np.zeros(len(rows), dtype=bool)
    held[order[: min(max(n_held, 1), len(rows) - 1)]] = True
    return np.asarray(held[codes])


def _refuse_too_few(rows: npt.NDArray[np.int64]) -> None:
    if len(rows) < MIN_SUBJECTS:
        raise SynthesisFailed(f"{len(rows)} data subjects cannot be split into train and holdout; {MIN_SUBJECTS} would be enough")
    largest, total = int(rows.max()), int(rows.sum())
    if largest > MAX_SUBJECT_SHARE * total:
        raise SynthesisFailed(f"one data subject holds {largest} of {total} rows, which cannot be split into train and holdout; "
                              f"at most {total // 2} would be enough, or name another subject column")
