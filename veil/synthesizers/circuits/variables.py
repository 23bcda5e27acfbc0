"""A table as discrete variables, and back: numbers as narrow ranges, and columns that determine each other as one variable.

A column of numbers is cut at quantiles into at most 100 ranges; a number is drawn inside its range from the range's own
quantile function, whose every knot is the mean of at least five rows. Columns of levels that (nearly) determine each other,
such as a city and its province, become one variable whose levels are the combinations that occur: a tree of pairs would
lose what ties three of them together. Combinations that fewer than five rows hold share one pooled level, as rare levels do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.circuits.ranges import Intervals, Ranges
from veil.synthesizers.encoding import RARE_ROWS, EncodedColumn

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

DETERMINED = 0.15
"""Share of a column's entropy that may be left once another is known, for the two to become one variable."""

__all__ = ["NOT_GIVEN", "Ranges", "Variable", "Variables", "entropy", "pair_counts"]

MAX_COMBINATIONS = 2_000
DENSE_PAIRS = 4_000_000
NOT_GIVEN = -1
"""Stands for the code of a cell that is not given."""


@dataclass(frozen=True)
class Variable:
    """One discrete variable of the circuit: a column, or several that determine each other.

    Attributes
    ----------
    columns : places of its columns in the table.
    combinations : (n_levels, n_columns) the columns' codes at each level; for a single column, its codes in order.
    pool : (n, n_columns) combinations that share the level after the last; `pool_rows` says how often each was.
    """

    columns: tuple[int, ...]
    combinations: Codes = field(repr=False)
    pool: Codes = field(repr=False)
    pool_rows: Codes = field(repr=False)

    @property
    def n_levels(self) -> int:
        """Number of levels, the pool counting as one."""
        return len(self.combinations) + bool(len(self.pool))

    def codes(self, table: Codes) -> Codes:
        """Return the variable's level in each row of the columns' codes; a combination that is not known is in the pool."""
        found = _places(self.combinations, table[:, list(self.columns)])
        return np.where(found < 0, len(self.combinations) if len(self.pool) else 0, found)

    def weights(self, shares: Mapping[int, Floats]) -> tuple[Floats, Floats]:
        """Return the share of each combination and of each pooled combination that meets conditions.

        Parameters
        ----------
        shares : by the place of a column, (n_codes,) the share of each of its codes that meets the condition on it.
        """
        found = []
        for combinations in (self.combinations, self.pool):
            weights = np.ones(len(combinations))
            for own, place in enumerate(self.columns):
                if place in shares:
                    weights *= shares[place][combinations[:, own]]
            found.append(weights)
        return found[0], found[1]

    def fill(self, table: Codes, levels: Codes, rng: np.random.Generator, shares: Mapping[int, Floats]) -> None:
        """Write the columns' codes of each level into a table of codes; pooled combinations are drawn by frequency.

        Codes that the table has already (not -1) are kept, and decide among the pooled combinations, as do the shares of codes
        that meet conditions (see `weights`).
        """
        given = table[:, list(self.columns)]
        pooled = np.flatnonzero(levels == len(self.combinations))
        known = self.combinations[np.where(levels == len(self.combinations), 0, levels)]
        if pooled.size:
            patterns, kinds = np.unique(given[pooled], axis=0, return_inverse=True)
            for kind, pattern in enumerate(patterns):
                rows = pooled[kinds.ravel() == kind]
                known[rows] = self.pool[rng.choice(len(self.pool), rows.size, p=self._pool_shares(pattern, shares))]
        table[:, list(self.columns)] = np.where(given == NOT_GIVEN, known, given)

    def _pool_shares(self, pattern: Codes, shares: Mapping[int, Floats]) -> Floats:
        """Return how often each pooled combination is meant by a row that has the given codes, as far as they go."""
        told = pattern != NOT_GIVEN
        shared = (self.pool[:, told] == pattern[told]).sum(axis=1)
        rows = np.where(shared == shared.max(), self.pool_rows, 0) * self.weights(shares)[1]
        return np.asarray(rows / rows.sum())

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        return {"columns": list(self.columns), "combinations": self.combinations.tolist(), "pool": self.pool.tolist(),
                "pool_rows": self.pool_rows.tolist()}  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Variable:
        """Read what `to_json` returned."""
        width = len(value["columns"])
        combinations, pool = (np.array(value[name], dtype=np.int64).reshape(-1, width) for name in ("combinations", "pool"))
        return cls(tuple(value["columns"]), combinations, pool, np.array(value["pool_rows"], dtype=np.int64))


@dataclass(frozen=True)
class Variables:
    """The table's columns cut and tied together; `ranges` by the place of a column of numbers."""

    names: tuple[str, ...]
    n_codes: tuple[int, ...]
    ranges: Mapping[int, Ranges] = field(repr=False)
    variables: tuple[Variable, ...]

    @classmethod
    def fit(cls, columns: Sequence[EncodedColumn]) -> Variables:
        """Decide from the training rows."""
        ranges = {
            place: Ranges.fit(column.numbers[column.codes == column.n_codes - 1])
            for place, column in enumerate(columns)
            if column.numbers is not None
        }
        n_codes = tuple(
            column.n_codes + (len(ranges[place].inside) - 1 if place in ranges else 0) for place, column in enumerate(columns)
        )
        names = tuple(column.name for column in columns)
        cut = cls(names, n_codes, ranges, ())
        codes = np.column_stack([cut.column_codes(place, column) for place, column in enumerate(columns)])
        groups = _groups(codes, n_codes, frozenset(ranges))
        return cls(names, n_codes, ranges, tuple(_variable(codes, group, n_codes) for group in groups))

    @property
    def n_levels(self) -> list[int]:
        """Number of levels of each variable."""
        return [variable.n_levels for variable in self.variables]

    def place(self, column: str) -> int:
        """Return the place of a column in the table."""
        return self.names.index(column)

    def encode(self, columns: Sequence[EncodedColumn]) -> Codes:
        """Return the level of each variable in each row: (n_rows, n_variables)."""
        codes = np.column_stack([self.column_codes(place, column) for place, column in enumerate(columns)])
        return np.column_stack([variable.codes(codes) for variable in self.variables])

    def column_codes(self, place: int, column: EncodedColumn) -> Codes:
        """Return one column's codes: levels first, then the ranges of its numbers."""
        codes = column.codes.copy()
        if place in self.ranges:
            assert column.numbers is not None
            is_number = column.codes == column.n_codes - 1
            codes[is_number] += self.ranges[place].codes(column.numbers[is_number])
        return codes

    def decode(
        self, levels: Codes, rng: np.random.Generator, *, given: Codes | None = None, shares: Mapping[int, Floats] | None = None,
        intervals: Mapping[int, Intervals] | None = None,
    ) -> tuple[EncodedColumn, ...]:  # fmt: skip
        """Return the columns of sampled levels; `rng` draws inside ranges and among pooled combinations.

        Parameters
        ----------
        given : (n_rows, n_columns) codes that cells have already, -1 where they have none.
        shares : by column, the share of each code that meets the condition on it.
        intervals : by column, where its numbers must lie.
        """
        codes = np.full((len(levels), len(self.names)), NOT_GIVEN, dtype=np.int64) if given is None else given.copy()
        for place, variable in enumerate(self.variables):
            variable.fill(codes, levels[:, place], rng, shares or {})
        within = intervals or {}
        return tuple(self._column(place, codes[:, place], rng, within.get(place)) for place in range(len(self.names)))

    def _column(self, place: int, codes: Codes, rng: np.random.Generator, within: Intervals | None) -> EncodedColumn:
        if place not in self.ranges:
            return EncodedColumn(self.names[place], self.n_codes[place], codes)
        ranges = self.ranges[place]
        first = self.n_codes[place] - len(ranges.inside)
        is_number = codes >= first
        numbers = np.full(len(codes), ranges.inside[0].values[0])
        numbers[is_number] = ranges.numbers(codes[is_number] - first, rng.random(int(is_number.sum())), within)
        return EncodedColumn(self.names[place], first + 1, np.minimum(codes, first), numbers)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        variables = [each.to_json() for each in self.variables]
        ranges = {str(place): each.to_json() for place, each in self.ranges.items()}
        return {"names": list(self.names), "n_codes": list(self.n_codes), "ranges": ranges, "variables": variables}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Variables:
        """Read what `to_json` returned."""
        ranges = {int(place): Ranges.from_json(each) for place, each in value["ranges"].items()}
        variables = tuple(Variable.from_json(each) for each in value["variables"])
        return cls(tuple(value["names"]), tuple(value["n_codes"]), ranges, variables)


def _groups(codes: Codes, n_codes: Sequence[int], numbers: frozenset[int]) -> list[tuple[int, ...]]:
    """Return which columns become one variable: joined, the surest pair first, while there are not too many combinations."""
    groups: list[tuple[int, ...]] = [(place,) for place in range(len(n_codes))]
    for one, other in _determining_pairs(codes, n_codes, numbers):
        first, second = (next(group for group in groups if place in group) for place in (one, other))
        joined = tuple(sorted(first + second))
        if first != second and _n_frequent(codes[:, list(joined)]) <= MAX_COMBINATIONS:
            groups = [group for group in groups if group not in (first, second)] + [joined]
    return sorted(groups)


def _determining_pairs(codes: Codes, n_codes: Sequence[int], numbers: frozenset[int]) -> list[tuple[int, int]]:
    """Return pairs of columns of which one leaves less than a share of the other's entropy, the least first."""
    places = [place for place in range(len(n_codes)) if place not in numbers and n_codes[place] > 1]
    alone = {place: entropy(np.bincount(codes[:, place])) for place in places}
    found = []
    for at, one in enumerate(places):
        for other in places[at + 1 :]:
            together = entropy(pair_counts(codes[:, one], codes[:, other], n_codes[other]))
            left = [(together - alone[known]) / alone[told] for known, told in ((one, other), (other, one)) if alone[told] > 0]
            if left and min(left) <= DETERMINED:
                found.append((min(left), one, other))
    return [(one, other) for _, one, other in sorted(found)]


def pair_counts(one: Codes, other: Codes, n_other: int) -> Codes:
    """Return how often each pair that occurs does so, in any order."""
    paired = one * n_other + other
    if len(paired) and int(paired.max()) < DENSE_PAIRS:
        return np.asarray(np.bincount(paired))
    return np.asarray(np.unique(paired, return_counts=True)[1])


def entropy(counts: Any) -> float:
    """Return the entropy of counts in nats."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _n_frequent(codes: Codes) -> int:
    return int((np.unique(codes, axis=0, return_counts=True)[1] >= RARE_ROWS).sum())


def _variable(codes: Codes, group: tuple[int, ...], n_codes: Sequence[int]) -> Variable:
    nothing = np.zeros((0, len(group)), dtype=np.int64)
    if len(group) == 1:
        return Variable(group, np.arange(n_codes[group[0]])[:, None], nothing, np.zeros(0, dtype=np.int64))
    combinations, rows = np.unique(codes[:, list(group)], axis=0, return_counts=True)
    order = np.argsort(-rows, kind="stable")
    combinations, rows = combinations[order], rows[order]
    n_kept = int((rows >= RARE_ROWS).sum())
    n_kept = n_kept if len(rows) - n_kept > 1 else len(rows)
    return Variable(group, combinations[:n_kept], combinations[n_kept:], rows[n_kept:])


def _places(known: Codes, wanted: Codes) -> Codes:
    """Return the place of each wanted row among the known ones, -1 where it is not there."""
    if known.shape[1] == 1:
        return np.where(wanted[:, 0] < len(known), wanted[:, 0], -1)
    both = np.vstack([known, wanted])
    inverse = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    places = np.full(inverse.max() + 1, -1, dtype=np.int64)
    places[inverse[: len(known)]] = np.arange(len(known))
    return places[inverse[len(known) :]]
