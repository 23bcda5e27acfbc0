"""Swap: rows exchange their values, so that the column stays what it is and belongs to nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from veil.classes import dense_codes, value_codes
from veil.columns import NUMERIC_TYPES, factorize, to_numbers
from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, Whole, present, replaced
from veil.transforms.draws import stream

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.transforms.base import Cells

    Places = npt.NDArray[np.int64]

Names = Annotated[tuple[str, ...], BeforeValidator(lambda names: tuple(names) if isinstance(names, list) else names)]


@dataclass(frozen=True)
class Exchange:
    """Which distinct value each row of the table gets; -1 where the row takes no part."""

    levels: npt.NDArray[Any] = field(repr=False)
    codes: npt.NDArray[np.int32] = field(repr=False)


class Swap(Transform):
    """Give each row the value of another: of a rank at most `window` percent away, or of the same stratum of `within` columns.

    Without either, of any other row. The exchange is a ring drawn from the key by row number: nobody keeps the own cell, though
    the one received may say the same. Rows without a value take no part. The values themselves stay in the table: swap what is
    not identifying by itself. Source of the idea: Dalenius and Reiss 1982; of the window: Moore 1996.
    """

    name: ClassVar[str] = "swap"
    properties: ClassVar[Properties] = Properties("perturb", keyed=True, keeps=frozenset({"nulls", "format"}))

    window: Number | None = Field(default=None, gt=0, le=100, allow_inf_nan=False)
    within: Names = ()

    @model_validator(mode="after")
    def _says_one(self) -> Swap:
        if self.window is not None and self.within:
            raise ValueError("give `window` or `within`, not both")
        return self

    @property
    def needs_whole(self) -> bool:
        """A value comes from any other row."""
        return True

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """The columns of the strata."""
        return self.within

    def fit(self, whole: Whole, context: Context) -> Exchange:
        """Draw the exchange over all rows of the table."""
        name = context.column.name
        frame = whole.frame((name, *self.within))
        rows = np.flatnonzero(present(frame[name], context).to_numpy(dtype=bool))
        values = frame[name].to_numpy(dtype=object)[rows]
        codes, levels = factorize(values)
        names = (name, "swap", *self.within)
        words = stream(context.require_key(), context.keyspace, names, len(frame), purpose="swap")[rows]
        groups = self._groups(frame.iloc[rows], words, context)
        order = np.lexsort((words, groups))
        got = np.full(len(frame), -1, dtype=np.int32)
        got[rows[order]] = codes[order[_next_in_ring(groups[order])]]
        return Exchange(levels, got)

    def _groups(self, frame: pd.DataFrame, words: npt.NDArray[np.uint64], context: Context) -> Places:
        """Return which rows exchange with one another."""
        if self.window is not None:
            return self._windows(frame[context.column.name], words, context)
        if self.within and len(frame):
            strata, _ = dense_codes([value_codes(frame[name].to_numpy(dtype=object)) for name in self.within])
        else:
            strata = np.zeros(len(frame), dtype=np.int64)
        alone = np.bincount(strata)[strata] == 1 if len(strata) else np.zeros(0, dtype=bool)
        context.refuse(alone, "alone in their stratum, with nobody to swap with; name fewer or coarser `within` columns")
        return strata

    def _windows(self, cells: Cells, words: npt.NDArray[np.uint64], context: Context) -> Places:
        if context.column.type not in NUMERIC_TYPES:
            raise TransformFailed(context.column.name, f"`window` for a {context.column.type} column: only numbers have ranks")
        numbers = to_numbers(cells, context.column)
        context.refuse(np.isnan(numbers), f"cannot be read as {context.column.type}")
        n, reach = len(numbers), int(len(numbers) * float(self.window or 0) / 100)
        if n and reach < 2:
            enough = min(100, -(-200 // n))
            raise TransformFailed(context.column.name, f"`window` reaches fewer than 2 rows; `window: {enough}` would do")
        n_groups = -(-n // (reach + 1))
        groups = np.empty(n, dtype=np.int64)
        groups[np.lexsort((words, numbers))] = np.arange(n) * n_groups // max(n, 1)
        return groups

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write what each row got."""
        exchange: Exchange = context.fitted
        there = present(cells, context).to_numpy(dtype=bool)
        return replaced(cells, there, exchange.codes[cells.index.to_numpy()[there]], exchange.levels)


def _next_in_ring(groups: Places) -> Places:
    """Return, for sorted groups, the place after each within its group; after the last comes the first."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    following = np.arange(1, len(groups) + 1)
    following[np.r_[starts[1:], len(groups)] - 1] = starts
    return following
