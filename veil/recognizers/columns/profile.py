"""From a column's counts to its profile: the facts about all of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import infer
from veil.model import ColumnProfile

if TYPE_CHECKING:
    import pandas as pd


def profile(name: str, counts: pd.Series[Any], n_null: int) -> ColumnProfile:
    """Return the facts about a column.

    Parameters
    ----------
    name : the column's name.
    counts : index the distinct values that are not null, values the number of rows of each. The empty string may be among
        them; it counts as a row, but not as a value: a column of empty strings has no distinct value.
    n_null : number of null rows.
    """
    filled = counts[counts.index != ""]
    values = [str(value) for value in filled.index]
    n_present = int(filled.sum())
    kind, form = infer(values, n_present)
    rows = filled.to_numpy(dtype=np.float64)
    lengths = np.fromiter((len(value) for value in values), dtype=np.float64, count=len(values))
    words = np.fromiter((len(value.split()) for value in values), dtype=np.float64, count=len(values))
    return ColumnProfile(
        column=name,
        type=kind,
        format=form,
        n_rows=int(counts.sum()) + n_null,
        n_null=n_null,
        n_distinct=len(values),
        unique_share=float((rows == 1).sum() / n_present) if n_present else 0.0,
        mean_length=float(lengths @ rows / n_present) if n_present else 0.0,
        max_length=int(lengths.max()) if n_present else 0,
        mean_words=float(words @ rows / n_present) if n_present else 0.0,
    )
