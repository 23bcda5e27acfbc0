"""What conditions mean to a network: which members of each softmax span a row may have that meets them.

A level is a member; a number or date is a mode, which meets a condition where its range of values overlaps the one asked for. So
members are necessary, not sufficient: what was drawn is held against the conditions again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.columns import to_numbers
from veil.errors import SynthesisFailed
from veil.synthesizers.conditions import Condition, OneOf, Where, bounds, condition_column, met
from veil.synthesizers.encoding import LevelColumn, NumberColumn, TableEncoder

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.spans import Layout, Span

    Truth = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]


def allowed_members(encoder: TableEncoder, layout: Layout, where: Where) -> dict[int, Truth]:
    """Return, by the place of each span that a condition is about, which of its members may be.

    Raises
    ------
    SynthesisFailed : a condition on a column that was not learnt, or that none of its values meets.
    """
    places = {span.name: place for place, span in enumerate(layout.spans)}
    learnt = {column.name: column for column in encoder.columns}
    result: dict[int, Truth] = {}
    for name, condition in where.items():
        condition_column(encoder.table_columns, name)
        column, place = learnt[name], places.get(name)
        allowed = _levels(column, condition)
        if place is not None and isinstance(column, NumberColumn):
            allowed = np.concatenate([allowed, _modes(column, layout.spans[place], condition)])
        if not allowed.any():
            raise SynthesisFailed(f"the condition on `{name}` has no support: no learnt value meets it; "
                                  "ask for values that the column has")  # fmt: skip
        if place is not None:
            result[place] = allowed
    return result


def _levels(column: LevelColumn | NumberColumn, condition: Condition) -> Truth:
    """Return which levels meet a condition, the pool where one of its members does."""
    allowed = _met(column, column.levels, condition)
    if isinstance(column, LevelColumn) and column.pool:
        return np.append(allowed, _met(column, column.pool, condition).any())
    return allowed


def _met(column: LevelColumn | NumberColumn, cells: Sequence[str | None], condition: Condition) -> Truth:
    import pandas as pd

    own = TableEncoder((column,)).table_columns
    return met(pd.DataFrame({column.name: list(cells)}, dtype=object), own, {column.name: condition})


def _modes(column: NumberColumn, span: Span, condition: Condition) -> Truth:
    """Return which modes hold values that, once rounded to the column's format, may meet a condition."""
    assert span.quantiles is not None
    edges = np.clip(span.quantiles.at(np.linspace(0, 1, span.n_modes + 1)), column.low, column.high)
    slack = _half_a_step(column)
    lows, highs = edges[:-1] - slack, edges[1:] + slack
    if isinstance(condition, OneOf):
        asked = _numbers(column, condition)
        return np.asarray(((asked[:, None] >= lows) & (asked[:, None] <= highs)).any(axis=0))
    low, high = bounds(column.column, condition)
    return np.asarray((highs >= low) & (lows <= high))


def _numbers(column: NumberColumn, condition: OneOf) -> Floats:
    import pandas as pd

    numbers = to_numbers(pd.Series([cell for cell in condition.cells if cell], dtype=object), column.column)
    return numbers[np.isfinite(numbers)]


def _half_a_step(column: NumberColumn) -> float:
    if column.column.type != "decimal":
        return 0.5
    return 0.5 * 10.0 ** -(len(column.column.format or "0.0") - 2)
