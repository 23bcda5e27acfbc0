"""Cells that are absent together: questions that were skipped as one, a date that is there only where an event was.

A method learns of every column how often it is null, and of pairs that they go together, but a pattern that no row has comes out
all the same. Where columns' absences go together, a drawn row with a pattern that hardly any row has takes one of the nearest
patterns that occur. A cell that is to be there is taken from another drawn row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.rng import generator
from veil.synthesizers.encodings.distinct import RARE_ROWS
from veil.synthesizers.encodings.encoded import EncodedColumn

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    States = npt.NDArray[np.int8]

PRESENT, NULL, EMPTY = 0, 1, 2
MIN_SHARE = 0.005
MIN_CORRELATION = 0.3
MIN_PATTERN_SHARE = 0.002
MIN_COVER = 0.9
MAX_PATTERNS = 500
CORRELATED_ROWS = 20_000


@dataclass(frozen=True)
class Group:
    """Columns whose absences go together, and the patterns that enough rows have: 0 is present, 1 null and 2 empty."""

    columns: tuple[str, ...]
    patterns: tuple[tuple[int, ...], ...] = field(repr=False)

    def drawn(self, states: States, rng: np.random.Generator) -> States:
        """Return (n_rows, n_columns) states, each row's pattern one that occurs: its own, or one of the nearest."""
        import pandas as pd

        known = np.array(self.patterns, dtype=np.int8)
        weights = generator(0, "absences").integers(1, 2**62, len(self.columns))  # patterns as keys; fixed, for any seed
        places, keys = pd.factorize(_keys(states, weights))
        met = np.isin(keys, _keys(known, weights))
        changed = states.copy()
        order = np.argsort(places, kind="stable")
        stops = np.searchsorted(places[order], np.arange(len(keys) + 1))
        for place in np.flatnonzero(~met):
            rows = order[stops[place] : stops[place + 1]]
            away = (known != states[rows[0]]).sum(axis=1)
            nearest = np.flatnonzero(away == away.min())
            changed[rows] = known[nearest[rng.integers(len(nearest), size=len(rows))]]
        return changed


@dataclass(frozen=True)
class Absences:
    """All groups of a table."""

    groups: tuple[Group, ...] = ()

    @classmethod
    def fit(cls, table: pd.DataFrame, names: Sequence[str]) -> Absences:
        """Look for columns, among those of `names` that have absent cells, whose absences go together."""
        states = {name: _states(table[name]) for name in names}
        shares = {name: float((own != PRESENT).mean()) for name, own in states.items()}
        chosen = [name for name in names if MIN_SHARE <= shares[name] <= 1 - MIN_SHARE]
        if len(chosen) < 2:
            return cls()
        matrix = np.column_stack([states[name] for name in chosen])
        some = matrix[:: max(len(matrix) // CORRELATED_ROWS, 1)] != PRESENT
        with np.errstate(invalid="ignore"):  # what is never absent among some of the rows is tied to nothing
            tied = np.abs(np.nan_to_num(np.corrcoef(some.T))) >= MIN_CORRELATION
        groups = [_group(matrix[:, places], [chosen[place] for place in places]) for places in _components(tied)]
        return cls(tuple(group for group in groups if group is not None))

    def drawn(
        self, columns: Mapping[str, EncodedColumn], levels: Mapping[str, Sequence[str | None]], rng: np.random.Generator
    ) -> dict[str, EncodedColumn]:
        """Return encoded columns in which no pattern occurs that hardly any row had.

        Parameters
        ----------
        levels : of each column, the cell of each code, as far as a code has one.
        """
        changed = dict(columns)
        for group in self.groups:
            before = np.column_stack([_states_of(columns[name], levels[name]) for name in group.columns])
            after = group.drawn(before, rng)
            for place, name in enumerate(group.columns):
                changed[name] = _changed(columns[name], levels[name], before[:, place], after[:, place], rng)
        return changed

    def to_json(self) -> list[dict[str, Any]]:
        """Return a JSON value; each pattern is of at least five rows."""
        return [dataclasses.asdict(group) for group in self.groups]

    @classmethod
    def from_json(cls, value: Sequence[Mapping[str, Any]]) -> Absences:
        """Read what `to_json` returned."""
        return cls(tuple(Group(tuple(each["columns"]), tuple(map(tuple, each["patterns"]))) for each in value))


def _keys(states: States, weights: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return one integer for each row's pattern, column by column, so that no copy of all states is made."""
    keys = np.zeros(len(states), dtype=np.int64)
    for place, weight in enumerate(weights):
        keys += states[:, place].astype(np.int64) * weight
    return keys


def _states(cells: pd.Series[Any]) -> States:
    return np.where(cells.isna().to_numpy(), NULL, np.where((cells == "").to_numpy(), EMPTY, PRESENT)).astype(np.int8)


def _components(tied: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return the sets of places that are tied to each other directly or by others, those of two and more."""
    label = np.arange(len(tied))
    for place, row in enumerate(tied):
        label[np.isin(label, label[np.flatnonzero(row)])] = label[place]
    sets = [np.flatnonzero(label == each).tolist() for each in np.unique(label)]
    return [places for places in sets if len(places) > 1]


def _group(states: States, names: list[str]) -> Group | None:
    """Return the patterns that enough rows have; None where they are not nearly all, or too many to tell."""
    patterns, rows = np.unique(states, axis=0, return_counts=True)
    frequent = rows >= max(RARE_ROWS, MIN_PATTERN_SHARE * len(states))
    if rows[frequent].sum() < MIN_COVER * len(states) or frequent.sum() > MAX_PATTERNS:
        return None
    return Group(tuple(names), tuple(tuple(pattern) for pattern in patterns[frequent].tolist()))


def _states_of(column: EncodedColumn, levels: Sequence[str | None]) -> States:
    of_code = np.zeros(max(column.n_codes, len(levels)), dtype=np.int8)
    for code, level in enumerate(levels):
        of_code[code] = NULL if level is None else EMPTY if level == "" else PRESENT
    return of_code[column.codes]


def _changed(
    column: EncodedColumn, levels: Sequence[str | None], before: States, after: States, rng: np.random.Generator
) -> EncodedColumn:
    codes, numbers = column.codes.copy(), None if column.numbers is None else column.numbers.copy()
    for state, level in ((NULL, None), (EMPTY, "")):
        if level in levels:
            codes[(after == state) & (before != state)] = list(levels).index(level)
    donors, rows = np.flatnonzero(before == PRESENT), np.flatnonzero((after == PRESENT) & (before != PRESENT))
    if donors.size and rows.size:
        given = donors[rng.integers(len(donors), size=len(rows))]
        codes[rows] = column.codes[given]
        if numbers is not None and column.numbers is not None:
            numbers[rows] = column.numbers[given]
    return EncodedColumn(column.name, column.n_codes, codes, numbers)
