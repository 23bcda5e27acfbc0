"""Equivalence classes: which rows have the same combination of values, and how many. Exact, on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.columns import factorize

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]

DENSE: Final = 2**22
"""Up to this many possible combinations are counted in an array of all of them, without a hash table."""


def value_codes(values: Any) -> tuple[Codes, int]:
    """Return a code from 0 for each cell and how many codes there are; null is a value of its own."""
    codes, levels = factorize(values)
    codes = np.asarray(codes, dtype=np.int64)
    has_nulls = bool(len(codes)) and bool((codes < 0).any())
    return (np.where(codes < 0, len(levels), codes) if has_nulls else codes), len(levels) + has_nulls


def combination_codes(columns: Sequence[tuple[Codes, int]]) -> tuple[Codes, int]:
    """Return a code from 0 for each row's combination of codes, and a bound that all of them are below.

    Parameters
    ----------
    columns : for each column the codes of its rows and the number of codes, as `value_codes` returns them; at least one.
    """
    combined, bound = columns[0]
    for codes, n_codes in columns[1:]:
        if bound * max(n_codes, 1) >= 2**62:
            combined, bound = _compacted(combined)
        combined, bound = combined * n_codes + codes, bound * max(n_codes, 1)
    return combined, bound


def sizes_of(columns: Sequence[tuple[Codes, int]]) -> Codes:
    """Return how many rows each combination has, in no particular order; combinations without rows are left out."""
    combined, bound = combination_codes(columns)
    if bound > max(DENSE, len(combined)):
        combined, _ = _compacted(combined)
    sizes = np.bincount(combined)
    return np.asarray(sizes[sizes > 0], dtype=np.int64)


def dense_codes(columns: Sequence[tuple[Codes, int]]) -> tuple[Codes, int]:
    """Return a code from 0 for each row's combination, in order of appearance, and how many combinations there are."""
    return _compacted(combination_codes(columns)[0])


def _compacted(codes: Codes) -> tuple[Codes, int]:
    import pandas as pd

    compact, levels = pd.factorize(codes)
    return np.asarray(compact, dtype=np.int64), len(levels)
