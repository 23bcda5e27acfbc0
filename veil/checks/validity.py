"""Validity: is every synthetic cell one that the original could hold?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family
from veil.columns import parse_dates, render_dates, to_numbers
from veil.errors import few
from veil.model import CheckResult, Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Validity:
    """Share of the synthetic cells that are valid.

    Valid is a cell that the original (train and holdout) holds too; else, a number or date in the column's format
    and within the original's range, any text in a text column, any JSON in a JSON column. A null is valid only in a
    column that has nulls in the original; a level that the original does not know never is. `beyond` names columns of which
    numbers outside the original's range were asked for; there the range is not demanded, and the detail says so.
    """

    name: ClassVar[str] = "validity"
    family: ClassVar[Family] = "structure"
    measures: ClassVar[tuple[str, ...]] = ("validity",)

    beyond: tuple[str, ...] = ()

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result in [0, 1]; exactly 1 if every cell is valid."""
        import pandas as pd

        invalid = {}
        for column in tables.columns:
            original = pd.concat([tables.train[column.name], tables.holdout[column.name]], ignore_index=True)
            bounded = column.name not in self.beyond
            invalid[column.name] = count_invalid(original, tables.synthetic[column.name], column, bounded=bounded)
        n_cells = len(tables.synthetic) * len(tables.columns)
        value = 1 - sum(invalid.values()) / n_cells if n_cells else 1.0
        wrong = [f"column `{name}`: {few(count)} invalid cells" for name, count in invalid.items() if count]
        wrong += [f"column `{name}`: numbers beyond the original's range are allowed" for name in self.beyond]
        return (CheckResult("validity", "structure", tables.table, tuple(invalid), value, value, value,
                            detail="; ".join(wrong) or "every cell is valid", n=n_cells),)


def count_invalid(original: pd.Series[Any], synthetic: pd.Series[Any], column: Column, *, bounded: bool = True) -> int:
    """Return how many synthetic cells the original's column could not hold; works on distinct values.

    Parameters
    ----------
    bounded : whether numbers and dates must lie within the original's range.
    """
    import pandas as pd

    known = original.dropna().unique()
    counts = synthetic.value_counts(dropna=True)
    new = pd.Series(counts.index[~counts.index.isin(known)], dtype=object)
    bad = new[~_plausible(new, pd.Series(known, dtype=object), column, bounded)]
    nulls = int(synthetic.isna().sum()) if not original.isna().any() else 0
    return int(counts[bad].sum()) + nulls


def _plausible(new: pd.Series[Any], known: pd.Series[Any], column: Column, bounded: bool) -> Booleans:
    if len(new) == 0:
        return np.zeros(0, dtype=bool)
    if column.type == "text":
        return np.ones(len(new), dtype=bool)
    if column.type == "json":
        return np.fromiter((_is_json(value) for value in new), dtype=bool, count=len(new))
    if column.type in ("category", "boolean"):
        return np.zeros(len(new), dtype=bool)
    numbers, range_of = to_numbers(new, column), to_numbers(known, column)
    if np.isnan(range_of).all():
        return np.zeros(len(new), dtype=bool)
    inside = (numbers >= np.nanmin(range_of)) & (numbers <= np.nanmax(range_of)) if bounded else np.isfinite(numbers)
    return inside & _well_formed(new, column)


def _well_formed(values: pd.Series[Any], column: Column) -> Booleans:
    if column.type in ("date", "datetime"):
        written = render_dates(parse_dates(values, column.format or ""), column.format or "")
        return np.asarray(written == values, dtype=bool)
    return np.asarray(values.str.fullmatch(number_pattern(column)), dtype=bool)


def number_pattern(column: Column) -> str:
    """Return the regular expression of a number in the column's format (see `veil.columns`)."""
    whole = r"-?(?:0|[1-9]\d*)"
    if column.type == "integer" or not column.format:
        return whole if column.type == "integer" else whole + r"(?:\.\d+)?"
    mark, places = re.escape(column.format[1]), len(column.format) - 2
    if column.format.endswith("#") and column.format[2] == "0":
        return rf"{whole}{mark}(?:0|\d{{0,{places - 1}}}[1-9])"
    if column.format.endswith("#"):
        return rf"{whole}(?:{mark}\d{{0,{places - 1}}}[1-9])?"
    return rf"{whole}{mark}\d{{{places}}}"


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True

