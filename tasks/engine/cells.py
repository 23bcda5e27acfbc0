"""Cells between Arrow and pandas: worked on as distinct values where nothing else counts, and one rule for nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from veil.errors import TransformFailed
from veil.model import Step

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Cells: TypeAlias = pd.Series[Any]

MAX_REMEMBERED: Final = 50_000
"""Distinct values of a column whose results are remembered from partition to partition: about 10 MB."""

SELDOM_TWICE: Final = 0.5


class Apply(Protocol):
    """A transform as it is applied to cells; `distinct` says that no cell comes twice."""

    def __call__(self, cells: Cells, /, *, distinct: bool) -> Cells:
        """Return as many cells, strings and None."""
        ...


def series(cells: pa.ChunkedArray | pa.Array, rows: pd.Index[Any] | None = None) -> Cells:
    """Return cells as strings and None; the index is the rows' numbers, or counts from zero."""
    import pandas as pd

    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return pd.Series(np.asarray(whole.to_numpy(zero_copy_only=False), dtype=object), index=rows, dtype=object)


def strings(cells: Any) -> pa.Array:
    """Return strings and None as Arrow cells; `TypeError` or an Arrow error for anything else."""
    return pa.array(cells if isinstance(cells, list) else np.asarray(cells, dtype=object), pa.string(), from_pandas=True)


class ByValue:
    """Applies a transform whose results depend on the value alone; values that were seen before are not worked on again."""

    def __init__(self) -> None:
        self._known: dict[str | None, str | None] = {}

    def __call__(self, cells: pa.ChunkedArray, apply: Apply) -> pa.Array:
        """Return the transformed cells, as `apply` gives them for each distinct value, null included."""
        encoded = pc.dictionary_encode(cells.combine_chunks(), null_encoding="encode")
        levels = series(encoded.dictionary)
        return self._results(levels, apply, often=len(levels) < SELDOM_TWICE * len(cells)).take(encoded.indices)

    def _results(self, levels: Cells, apply: Apply, *, often: bool) -> pa.Array:
        if not often:
            return strings(apply(levels, distinct=True))
        known = self._known
        new = levels[[level not in known for level in levels]].reset_index(drop=True)
        if len(known) + len(new) > MAX_REMEMBERED:
            known.clear()
            return strings(apply(levels, distinct=True))
        if len(new):
            known.update(zip(new, apply(new, distinct=True), strict=True))
        return strings([known[level] for level in levels])


def with_null_rule(step: Step, null_values: tuple[str, ...], apply: Apply) -> Apply:
    """Return the transform with what the policy says of null, empty and declared null cells: one rule for all transforms."""
    if step.nulls == "keep":
        return apply

    def ruled(cells: Cells, *, distinct: bool) -> Cells:
        missing = is_missing(cells, null_values)
        if step.nulls == "refuse" and missing.any():
            reason = "there are null or empty cells, and the policy says `nulls: refuse`"
            raise TransformFailed(step.column, reason)
        transformed = apply(cells, distinct=distinct)
        if missing.any():
            transformed = transformed.copy()
            transformed[missing] = step.fill
        return transformed

    return ruled


def is_missing(cells: Cells, null_values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return True where a cell is null, empty, or one of the declared null values."""
    return np.asarray(cells.isna() | cells.isin(["", *null_values]), dtype=bool)
