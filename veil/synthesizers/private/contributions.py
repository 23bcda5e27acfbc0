"""Which rows are counted: all, or at most m of each data subject, so that one subject changes a count by at most m."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.columns import factorize
from veil.errors import SynthesisFailed
from veil.rng import generator

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]


def counted_rows(subjects: npt.NDArray[np.object_] | Codes, rows_per_subject: int, seed: int) -> Codes:
    """Return the places of the rows that are counted, in order.

    Which rows of a subject are chosen follows from the seed and how many rows that subject has, and from nobody else's rows.
    Were it drawn by one generator for all, one subject more could change what is counted of all the others.

    Raises
    ------
    SynthesisFailed : a row that belongs to nobody, for which no contribution could be bounded.
    """
    codes, distinct = factorize(np.asarray(subjects, dtype=object))
    if (codes < 0).any():
        raise SynthesisFailed("some rows belong to no data subject, so what one adds cannot be bounded; take unit `record`, "
                              "or give every row a subject")
    by_subject = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=len(distinct))
    starts = np.cumsum(sizes) - sizes
    kept = [by_subject[_within(starts[sizes <= rows_per_subject], sizes[sizes <= rows_per_subject])]]
    for size in np.unique(sizes[sizes > rows_per_subject]).tolist():
        chosen = generator(seed, "contributions", str(size)).choice(size, rows_per_subject, replace=False)
        kept.append(by_subject[(starts[sizes == size][:, None] + chosen).ravel()])
    return np.sort(np.concatenate(kept)).astype(np.int64)


def _within(starts: Codes, sizes: Codes) -> Codes:
    """Return all places of the ranges that start and are as long as told."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
