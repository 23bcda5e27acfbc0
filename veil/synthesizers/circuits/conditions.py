"""What conditions on cells, numbers and dates allow: the share of each level that meets them, and where to draw inside it.

A range of numbers that a bound cuts counts with the part of its numbers that lies inside, and a pool of rare cells with the
rows of those that are asked for, so that what is drawn is exactly what is conditioned on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.circuits.ranges import Intervals
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import Between, Condition, OneOf, Where, bounds, met
from veil.synthesizers.encoding import EncodedColumn, LevelColumn, NumberColumn, TableEncoder

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]

INSIDE = 1e-6
"""Part of half a step by which a drawn number stays away from where it would be rounded to the next one."""

LEAST_SHARE = 1e-3
"""Share of its range that a number counts with that is asked for and lies between all that were learnt."""

MAX_REDRAWN = 200


@dataclass(frozen=True)
class Asked:
    """Conditions as the circuit meets them, by the place of a column.

    Attributes
    ----------
    shares : (n_codes,) the share of each code that meets the condition, in [0, 1].
    intervals : where the column's numbers must lie before they are written.
    pools : (n_pooled,) the share of each pooled cell among those of the pool that are asked for.
    numbers : the numbers that are asked for one by one, each with its cell.
    """

    shares: Mapping[int, Floats] = field(default_factory=dict, repr=False)
    intervals: Mapping[int, Intervals] = field(default_factory=dict, repr=False)
    pools: Mapping[int, Floats] = field(default_factory=dict, repr=False)
    numbers: Mapping[int, list[tuple[float, str]]] = field(default_factory=dict, repr=False)

    def levels(self, variables: Variables) -> dict[int, Singles]:
        """Return, per variable that a condition speaks of, the share of each of its levels that meets all conditions.

        Raises
        ------
        SynthesisFailed : conditions on columns that determine each other, which no combination meets together.
        """
        found = {}
        for at, variable in enumerate(variables.variables):
            if not any(place in self.shares for place in variable.columns):
                continue
            known, pooled = variable.weights(self.shares)
            rows = variable.pool_rows
            of_pool = [(pooled * rows).sum() / rows.sum()] if len(rows) else []
            found[at] = np.append(known, of_pool).astype(np.float32)
            if not found[at].any():
                raise SynthesisFailed("the conditions contradict each other: no combination that was learnt meets them all")
        return found

    def written(
        self, table: pd.DataFrame, decoded: Sequence[EncodedColumn], encoder: TableEncoder, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return rows in which pooled cells are drawn again among those that are asked for, and asked numbers stand as asked."""
        changed = {}
        for place in sorted(self.shares):
            column, own = encoder.columns[place], decoded[place]
            cells = table[column.name].to_numpy(dtype=object, copy=True)
            rows = np.flatnonzero(own.codes == len(column.levels))
            if place in self.pools and isinstance(column, LevelColumn):
                cells[rows] = np.array(column.pool, dtype=object)[rng.choice(len(column.pool), rows.size, p=self.pools[place])]
            elif place in self.numbers and rows.size and own.numbers is not None:
                numbers, texts = zip(*self.numbers[place], strict=True)
                between = (np.array(numbers[1:]) + np.array(numbers[:-1])) / 2
                cells[rows] = np.array(texts, dtype=object)[np.searchsorted(between, own.numbers[rows])]
            changed[column.name] = cells
        return table.assign(**changed)


def asked_of(encoder: TableEncoder, variables: Variables, columns: Sequence[Column], where: Where) -> Asked:
    """Return what conditions allow of each column.

    Parameters
    ----------
    columns : the learnt columns with their types, in the encoder's order.

    Raises
    ------
    SynthesisFailed : a column that was not learnt, a bound or cell that the column cannot hold, or one that nothing supports.
    """
    places = {column.name: place for place, column in enumerate(encoder.columns)}
    shares: dict[int, Floats] = {}
    intervals: dict[int, Intervals] = {}
    pools: dict[int, Floats] = {}
    numbers: dict[int, list[tuple[float, str]]] = {}
    for name, condition in where.items():
        if name not in places:
            raise SynthesisFailed(f"a condition on `{name}`, which was not learnt; name one of the learnt columns")
        place, column = places[name], encoder.columns[places[name]]
        if isinstance(column, NumberColumn):
            intervals[place] = _intervals(column, condition)
            inside = variables.ranges[place].shares(intervals[place])
            if isinstance(condition, OneOf):
                numbers[place] = _asked_numbers(column, condition)
                between = variables.ranges[place].codes(np.array(intervals[place]).reshape(-1, 2).mean(axis=1))
                inside[between] = np.maximum(inside[between], LEAST_SHARE)
            shares[place] = np.append(_level_shares(column.levels, column.column, condition), inside)
        else:
            shares[place], pool = _of_levels(column, columns[place], condition)
            if pool.any():
                pools[place] = pool / pool.sum()
        if not shares[place].any():
            raise SynthesisFailed(f"a condition on `{name}` asks for what no or too few learnt rows had; "
                                  "ask for cells or a range that occur")  # fmt: skip
    return Asked(shares, intervals, pools, numbers)


def drawn_within(
    draw: Callable[[int], pd.DataFrame], n_rows: int, columns: Sequence[Column], where: Where
) -> pd.DataFrame:
    """Return drawn rows; those whose numbers were written outside a bound, because none can lie where they fell, are drawn again.

    Raises
    ------
    SynthesisFailed : a bound inside which no number of the column can be written.
    """
    import pandas as pd

    rows = draw(n_rows)
    for _ in range(MAX_REDRAWN):
        missed = np.flatnonzero(~met(rows, columns, where))
        if not missed.size:
            return rows
        rows = pd.concat([rows.drop(index=missed), draw(missed.size)], ignore_index=True)
    asked = ", ".join(f"`{name}`" for name in where)
    raise SynthesisFailed(f"the conditions on {asked} ask for numbers that are not written in this column; widen a range")


def _of_levels(column: LevelColumn, own: Column, condition: Condition) -> tuple[Floats, Floats]:
    """Return the share of each code, and the rows of each pooled cell that is asked for."""
    shares = _level_shares(column.levels, own, condition)
    if not column.pool:
        return shares, np.zeros(0)
    rows = np.array(column.pool_rows) * _level_shares(column.pool, own, condition)
    return np.append(shares, rows.sum() / sum(column.pool_rows)), rows


def _level_shares(levels: Sequence[str | None], column: Column, condition: Condition) -> Floats:
    """Return 1 for each level that meets a condition, 0 for the others."""
    if isinstance(condition, OneOf):
        return np.array([float(level in condition.cells) for level in levels])
    low, high = bounds(column, condition)
    numbers = to_numbers(_series([level or None for level in levels]), column)
    return np.asarray((numbers >= low) & (numbers <= high), dtype=np.float64)


def _intervals(column: NumberColumn, condition: Condition) -> Intervals:
    """Return where numbers must lie for the cells to meet a condition: half a step around those that are asked for."""
    half = _step(column) / 2 * (1 - INSIDE)
    if isinstance(condition, Between):
        low, high = bounds(column.column, condition)
        low, high = max(low, column.low), min(high, column.high)
        return ((low - half, high + half),) if low <= high else ()
    inside = [number for number, _ in _asked_numbers(column, condition) if column.low <= number <= column.high]
    return tuple((number - half, number + half) for number in inside)


def _asked_numbers(column: NumberColumn, condition: OneOf) -> list[tuple[float, str]]:
    """Return the numbers that are asked for in order, each with its cell; none for a cell that the column does not write so."""
    cells = sorted({cell for cell in condition.cells if cell})
    numbers = to_numbers(_series(cells), column.column)
    written = from_numbers(numbers, column.column)
    return sorted((float(number), cell) for number, cell, own in zip(numbers, cells, written, strict=True) if own == cell)


def _step(column: NumberColumn) -> float:
    """Return the distance between two written numbers."""
    if column.lattice is not None and column.lattice.day is None:
        return float(column.lattice.step / 10.0**column.lattice.places)
    return float(10.0 ** -(len(column.column.format or "0.##########") - 2)) if column.column.type == "decimal" else 1.0


def _series(values: Any) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(list(values), dtype=object)
