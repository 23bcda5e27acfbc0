"""A sample of a column's distinct values, for the recognizers to look at, and what a sample of that size can miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from veil.model import ColumnProfile, ColumnSample
from veil.recognizers.columns.counted import Counts, counts_of
from veil.rng import generator

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SIZE: Final = 400
LONGEST_CELL: Final = 2000
CERTAINTY: Final = 0.95


def sample(
    profile: ColumnProfile, counts: Counts | pd.Series[Any], neighbours: Sequence[str], size: int = SAMPLE_SIZE, seed: int = 0
) -> ColumnSample:
    """Return a sample of the distinct values: half of it the most frequent ones, half drawn from the rest.

    The same counts in any order give the same sample: values are ranked by count, then by text.
    """
    filled = counts_of(counts).filled
    n_frequent = min(size // 2, len(filled))
    n_rest = len(filled) - n_frequent
    n_drawn = min(n_rest, size - n_frequent)
    drawn = generator(seed, "classify", profile.column).choice(n_rest, size=n_drawn, replace=False) if n_drawn else ()
    places = np.concatenate([np.arange(n_frequent), n_frequent + np.sort(np.asarray(drawn, dtype=np.int64))]).astype(np.int64)
    values = filled.values.take(pa.array(filled.ranking[places])).to_pylist()
    return ColumnSample(profile, tuple(neighbours), tuple(value[:LONGEST_CELL] for value in values))


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
