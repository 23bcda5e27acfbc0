"""A sample of a column's distinct values, for the recognizers to look at, and what a sample of that size can miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from veil.model import ColumnProfile, ColumnSample
from veil.recognizers.columns.counted import PART, Counts, counts_of
from veil.recognizers.columns.hashed import hashed, mixed
from veil.rng import integer

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SIZE: Final = 400
LONGEST_CELL: Final = 2000
CERTAINTY: Final = 0.95


def sample(
    profile: ColumnProfile, counts: Counts | pd.Series[Any], neighbours: Sequence[str], size: int = SAMPLE_SIZE, seed: int = 0
) -> ColumnSample:
    """Return a sample of the distinct values: half of it the most frequent ones, half drawn from the rest.

    The same counts in any order give the same sample: the frequent are ranked by count, then by text, and those are drawn whose
    numbers (`hashed`), mixed with the seed, are the smallest.
    """
    filled = counts_of(counts).filled
    frequent = filled.most_frequent(size if len(filled) <= size else size // 2)
    drawn = _drawn(filled, frequent, size - len(frequent), integer(seed, "classify", profile.column))
    values = [value for places in (frequent, drawn) for value in filled.texts(places).to_pylist()]
    return ColumnSample(profile, tuple(neighbours), tuple(value[:LONGEST_CELL] for value in values))


def _drawn(counts: Counts, frequent: npt.NDArray[np.int64], n_drawn: int, key: int) -> npt.NDArray[np.int64]:
    """Return the places of values drawn from all but the frequent ones, those of higher counts first."""
    if n_drawn <= 0 or len(frequent) == len(counts):
        return np.empty(0, dtype=np.int64)
    nearly, numbers = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
    for at, (values, _) in enumerate(counts.parts()):
        own = np.setdiff1d(np.arange(len(values)) + at * PART, frequent, assume_unique=True)
        nearly = np.concatenate([nearly, own])
        numbers = np.concatenate([numbers, mixed(hashed(values), key)[own - at * PART]])
        if len(numbers) > n_drawn:
            small = numbers <= np.partition(numbers, n_drawn - 1)[n_drawn - 1]
            nearly, numbers = nearly[small], numbers[small]
    texts = counts.texts(nearly).to_pylist()
    by_number = sorted(range(len(nearly)), key=lambda place: (numbers[place], texts[place]))[:n_drawn]
    return nearly[sorted(by_number, key=lambda place: (-counts.rows[nearly[place]], texts[place]))]


def detectable_share(n_distinct: int, size: int = SAMPLE_SIZE, certainty: float = CERTAINTY) -> float:
    """Return the smallest share of the distinct values of which a sample shows at least one, with that certainty.

    Parameters
    ----------
    n_distinct : values in the column.
    size : values in the sample, half of them the most frequent ones. These are no draw: values that hide do so among the
        others, so only the drawn half counts.
    certainty : in (0, 1).

    Returns
    -------
    share : in [0, 1]; 0 if the sample holds every value, 1 if it cannot show anything for certain. Of D among n values that
        hold an identifier, m draws without replacement miss all with the hypergeometric probability C(n - D, m) / C(n, m); the
        share is the least D / n_distinct for which that is at most 1 - certainty.
    """
    if n_distinct <= size:
        return 0.0
    n_rest = n_distinct - size // 2
    n_drawn = size - size // 2
    low, high = 0, n_rest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _missed(n_rest, middle, n_drawn) <= 1 - certainty else (middle, high)
    return high / n_distinct


def _missed(n_values: int, n_held: int, n_drawn: int) -> float:
    """Return the chance that none of the draws is one of those held."""
    if n_held > n_values - n_drawn:
        return 0.0
    draws = np.arange(n_drawn, dtype=np.float64)
    return float(np.exp(np.log1p(-n_held / (n_values - draws)).sum()))
