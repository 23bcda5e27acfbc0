"""From a column's counts to its profile: the facts about all of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc

from veil.columns import MAX_CATEGORIES, infer
from veil.model import ColumnProfile, LogicalType
from veil.recognizers.columns.counted import PART, Counts, counts_of
from veil.recognizers.columns.dated import surely

if TYPE_CHECKING:
    import pandas as pd

NO_TYPE: Final = ("text", "category")
HEAD: Final = MAX_CATEGORIES
"""So many values decide whether a column can be of a type at all."""

DOUBTED: Final = 0.1
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
    kind, form = inferred(filled, n_present)
    written = _written(filled)
    return ColumnProfile(
        column=name,
        type=kind,
        format=form,
        n_rows=every.n_rows + n_null,
        n_null=n_null,
        n_distinct=len(filled),
        unique_share=float((filled.rows == 1).sum() / n_present) if n_present else 0.0,
        mean_length=written.length / n_present if n_present else 0.0,
        max_length=written.longest,
        mean_words=written.words / n_present if n_present else 0.0,
    )


def inferred(counts: Counts, n_rows: int) -> tuple[LogicalType, str | None]:
    """Return what `infer` returns of all the values, without reading each in Python where that can be known.

    A type other than category holds of every value or not at all. So if any thousand of them are of no type, neither are all of
    them, and more than a thousand are no category; if the first are integers, the rest need only be written like one; and if
    every part is of the same type and format, so is the whole.
    """
    values = counts.values
    if len(values) <= HEAD:
        return infer(values.to_pylist(), n_rows)
    head = values.slice(0, HEAD).to_pylist()
    kind, form = infer(head, n_rows)
    if kind in NO_TYPE:
        return "text", None
    if form and kind in ("date", "datetime") and _are_dated(counts, head, (kind, form)):
        return kind, form
    if kind == "integer" and all(pc.all(pc.match_substring_regex(part, _INTEGER)).as_py() for part, _ in counts.parts()):
        return "integer", None
    found = set()
    for start in range(0, len(values), PART):
        part = values.slice(min(start, max(len(values) - PART, 0)), PART)  # the last ones are as many as the others
        found.add(infer(part.to_pylist(), len(part)))
        if ("text", None) in found:
            return "text", None
    return found.pop() if len(found) == 1 else infer(values.to_pylist(), n_rows)


def _are_dated(counts: Counts, head: Sequence[str], found: tuple[LogicalType, str]) -> bool:
    """Whether all values have the date format of the first; those that an expression cannot vouch for are read with these."""
    expression = surely(found[1])
    if expression is None:
        return False
    doubted = [part.filter(pc.invert(pc.match_substring_regex(part, expression))) for part, _ in counts.parts()]
    if sum(map(len, doubted)) > DOUBTED * len(counts):
        return False
    return infer([*head, *(value for part in doubted for value in part.to_pylist())], len(counts)) == found


@dataclass(frozen=True)
class _Written:
    """Characters and words of all rows, and the characters of the longest value."""

    length: int = 0
    words: int = 0
    longest: int = 0


def _written(counts: Counts) -> _Written:
    length = words = longest = 0
    for values, rows in counts.parts():
        lengths = np.asarray(pc.utf8_length(values), dtype=np.int64)
        length += int(lengths @ rows)
        words += int(np.asarray(pc.count_substring_regex(values, _WORD), dtype=np.int64) @ rows)
        longest = max(longest, int(lengths.max()))
    return _Written(length, words, longest)
