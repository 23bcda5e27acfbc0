"""Which levels of a variable can meet the conditions: what cannot is thrown away before the later columns are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Between, Condition, OneOf, Where, bounds, condition_column
from veil.synthesizers.encoding import LevelColumn, NumberColumn, TableEncoder
from veil.synthesizers.encodings.distinct import numbers_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.circuits.ranges import Ranges
    from veil.synthesizers.circuits.variables import Variables

    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]

ROUNDING = 0.5
"""How far a number may move when it is written."""


def possible_levels(encoder: TableEncoder, variables: Variables, where: Where) -> dict[int, Truth]:
    """Return, per variable that a condition speaks of, which of its levels have cells that could meet it.

    Raises
    ------
    SynthesisFailed : a column that was not learnt, a range without order, or a condition that no learnt cell can meet.
    """
    found: dict[int, Truth] = {}
    for name, condition in where.items():
        condition_column(encoder.table_columns, name)
        column = variables.place(name)
        could = _codes(encoder.columns[column], variables.ranges.get(column), condition)
        if not could.any():
            raise SynthesisFailed(f"a condition on `{name}` that no learnt row met; ask for what the column holds")
        place = next(place for place, each in enumerate(variables.variables) if column in each.columns)
        variable = variables.variables[place]
        own = variable.columns.index(column)
        met = np.append(could[variable.combinations[:, own]], [True] * (variable.n_levels - len(variable.combinations)))
        found[place] = found.get(place, np.ones(variable.n_levels, dtype=bool)) & met.astype(bool)
        if not found[place].any():
            raise SynthesisFailed("the conditions contradict each other: no combination that was learnt meets them all")
    return found


def _codes(column: LevelColumn | NumberColumn, cut: Ranges | None, condition: Condition) -> Truth:
    """Return which codes of a column could meet a condition."""
    levels = _levels(column, condition)
    if isinstance(column, LevelColumn):
        pooled = isinstance(condition, OneOf) and any(cell in column.pool for cell in condition.cells)
        return np.append(levels, [pooled] * bool(column.pool)).astype(bool)
    assert cut is not None
    low, high = _reach(column.column, condition)
    least, most = (np.array([each.values[end] for each in cut.inside]) for end in (0, -1))
    inside = np.any((least[:, None] - ROUNDING <= high) & (most[:, None] + ROUNDING >= low), axis=1)
    beside = np.append(inside[1:], False) | np.append(False, inside[:-1])  # a lattice may write a number in the next range
    return np.concatenate([levels, inside | beside])


def _levels(column: LevelColumn | NumberColumn, condition: Condition) -> Truth:
    """Return which levels meet a condition."""
    if isinstance(condition, OneOf):
        return np.array([level in condition.cells for level in column.levels], dtype=bool)
    low, high = bounds(column.column or Column(column.name, "category"), condition)
    assert column.column is not None
    numbers = np.array([np.nan if not level else number for level, number in _numbered(column.column, column.levels)])
    return np.asarray((numbers >= low) & (numbers <= high))


def _reach(column: Column, condition: Condition) -> tuple[Floats, Floats]:
    if isinstance(condition, Between):
        low, high = bounds(column, condition)
        return np.array([low]), np.array([high])
    numbers = np.array([number for cell, number in _numbered(column, condition.cells) if cell and np.isfinite(number)])
    return numbers, numbers


def _numbered(column: Column, cells: tuple[str | None, ...]) -> list[tuple[str | None, float]]:
    return list(zip(cells, numbers_of(cells, column).tolist(), strict=True))
