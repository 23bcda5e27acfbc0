"""A column as synthesizers see it: numbers for levels, and numbers for numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veil.synthesizers.encodings.distinct import Codes, Floats


@dataclass(frozen=True)
class EncodedColumn:
    """A column without strings: a level per row, and a number in the rows whose level says so.

    Attributes
    ----------
    codes : (n_rows,) the level of each row, in [0, n_codes).
    n_codes : number of levels.
    numbers : (n_rows,) without NaN, counting only in rows whose code is the last one, `n_codes - 1`, and the column's
        lowest number elsewhere; None for a column that is levels only.
    """

    name: str
    n_codes: int
    codes: Codes = field(repr=False)
    numbers: Floats | None = field(default=None, repr=False)
