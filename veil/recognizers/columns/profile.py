"""From a column's counts to its profile: the facts about all of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from veil.columns import MAX_CATEGORIES, infer
from veil.model import ColumnProfile, LogicalType
from veil.recognizers.columns.counted import Counts, counts_of

if TYPE_CHECKING:
    import pandas as pd

HEAD: Final = MAX_CATEGORIES
"""So many values decide whether a column can be of a type at all."""

_WORD: Final = (
    r"[^\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"  # what `str.split` leaves
)
_INTEGER: Final = r"^-?(?:0|[1-9][0-9]{0,17})\z"


def profile(name: str, counts: Counts | pd.Series[Any], n_null: int) -> ColumnProfile:
    """Return the facts about a column.

    Parameters
    ----------
    name : the column's name.
    counts : the distinct values that are not null and the number of rows of each; as a series, the values are the index. The
        empty string may be among them; it counts as a row, but not as a value: a column of empty strings has no distinct value.
    n_null : number of null rows.
    """
    every = counts_of(counts)
    filled = every.filled
    n_present = filled.n_rows
    kind, form = inferred(filled.values, n_present)
    rows = filled.rows.astype(np.float64)
    lengths = _floats(pc.utf8_length(filled.values))
    words = _floats(pc.count_substring_regex(filled.values, _WORD))
    return ColumnProfile(
        column=name,
        type=kind,
        format=form,
        n_rows=every.n_rows + n_null,
        n_null=n_null,
        n_distinct=len(filled),
        unique_share=float((filled.rows == 1).sum() / n_present) if n_present else 0.0,
        mean_length=float(lengths @ rows / n_present) if n_present else 0.0,
        max_length=int(lengths.max()) if n_present else 0,
        mean_words=float(words @ rows / n_present) if n_present else 0.0,
    )


def inferred(values: pa.ChunkedArray, n_rows: int) -> tuple[LogicalType, str | None]:
    """Return what `infer` returns of all the values, without reading each in Python where that can be known.

    A type other than category holds of every value or not at all. So if the first thousand are of no type, neither are all of
    them, and more than a thousand are no category; and if they are integers, the rest need only be written like one.
    """
    if len(values) <= HEAD:
        return infer(values.to_pylist(), n_rows)
    kind, _ = infer(values.slice(0, HEAD).to_pylist(), n_rows)
    if kind in ("text", "category"):
        return "text", None
    if kind == "integer" and pc.all(pc.match_substring_regex(values, _INTEGER)).as_py():
        return "integer", None
    return infer(values.to_pylist(), n_rows)


def _floats(numbers: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(numbers, dtype=np.float64)
