"""Columns that together single people out: the smallest sets whose combination of values is a row's alone.

Level by level. A set that singles out more than the demanded share is found and never extended, so that every set found is
minimal; one that does not is joined with others to sets of one column more. A set is tried only if all its parts were tried
before and none of them was found, and only if its numbers of distinct values, multiplied, are enough combinations.

Whether a row is alone is a matter of the whole table, but it need not be asked of every row. A sample of rows is probed: a probe
that is not alone among the probes is not alone in the table, so the sample bounds the share from above; what passes is compared
with all rows, until too few probes are left or the table ends. The share is then that of the probes, with its Wilson interval.

Source: Motwani and Xu 2007, "Efficient algorithms for masking and finding quasi-identifiers" (minimal sets from a sample of
rows); Mannila and Toivonen 1997, doi 10.1023/A:1009796218281 (levels); Wilson 1927, doi 10.1080/01621459.1927.10502953.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import prod, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]
Set = tuple[int, ...]
Shares = tuple[float, float, float]
"""A share with the ends of its interval."""

ABOVE: Final = 0.05
MOST_COLUMNS: Final = 3
MOST_CANDIDATES: Final = 40
N_PROBES: Final = 20_000
N_BEST: Final = 20
_Z: Final = 1.959963984540054
_SLOTS: Final = 1 << 20
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Budget:
    """What a search may spend: sets to try, and rows to compare with probes, all sets together (25 million a second)."""

    sets: int = 5_000
    visits: int = 50_000_000


USUAL: Final = Budget()
THOROUGH: Final = Budget(20_000, 1_000_000_000)
"""For a gate: every set of three among 40 columns, and a minute of a processor."""


@dataclass(frozen=True)
class SingledOut:
    """A minimal set of columns and the share of rows that its values single out, with a 95 % interval.

    The interval has no width if every row was looked at.
    """

    columns: tuple[str, ...]
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Search:
    """What a search found, and how far it looked.

    `sets` are the best ones: fewest columns first, then the largest share. `columns` were looked at, `n_left_out` more were
    not, the less telling ones. `n_untried` sets were left when a budget was spent; with 0, no minimal set of up to
    `most_columns` of the columns that singles out more than `above` is missing before the last one listed, but for those whose
    share the sample of `n_probed` rows cannot tell from `above`. `most` is an upper bound on the share of those that were tried
    and not found.
    """

    sets: tuple[SingledOut, ...] = ()
    above: float = ABOVE
    most_columns: int = MOST_COLUMNS
    n_rows: int = 0
    n_probed: int = 0
    columns: tuple[str, ...] = ()
    n_left_out: int = 0
    n_tried: int = 0
    n_untried: int = 0
    most: float = 0.0

    @property
    def told(self) -> str:
        """How far the search looked, in words."""
        rows = "all rows" if self.n_probed == self.n_rows else f"{self.n_probed:,} of {self.n_rows:,} rows against all"
        columns = f"{len(self.columns)} columns" + (f" ({self.n_left_out} left out)" if self.n_left_out else "")
        return f"{rows}, {columns}, {self.n_tried:,} sets" + (f" ({self.n_untried:,} left out)" if self.n_untried else "")


@dataclass(frozen=True)
class Rows:
    """Rows as codes, a column of the matrices per column.

    Parameters
    ----------
    probes : (n_probes, n_columns), at least 1; equal codes are equal values, null being one.
    others : the whole table in parts of the same columns and codes, 0 for a value that no probe has, the probes among the rows;
        empty if the probes are the whole table.
    n_rows : of the table.
    """

    probes: Codes = field(repr=False)
    others: Sequence[Codes] = field(repr=False)
    n_rows: int

    @property
    def is_whole(self) -> bool:
        """Whether the probes are all rows."""
        return len(self.probes) == self.n_rows


def single_out(
    alone: Mapping[str, float],
    rows_of: Callable[[Sequence[str]], Rows],
    *,
    n_rows: int,
    n_left_out: int = 0,
    above: float = ABOVE,
    most_columns: int = MOST_COLUMNS,
    budget: Budget = USUAL,
) -> Search:
    """Return the minimal sets of columns that single out more than a share of the rows.

    Parameters
    ----------
    alone : per candidate, the share of rows whose value no other row has, over the whole table.
    rows_of : gives the rows of some of the candidates, in the order asked for; asked once, and only if there is a pair to try.
    n_rows : of the table.
    n_left_out : columns that could have been candidates as well.
    above : in [0, 1); a set that singles out just this share is not found.
    most_columns : of a set, 1 to 4.
    budget : the search stops where it is spent, and says so.

    Raises
    ------
    ValueError : numbers out of range.
    """
    if not 1 <= most_columns <= 4 or not 0 <= above < 1:
        raise ValueError(f"sets of 1 to 4 columns and shares in [0, 1) can be searched, not {most_columns} and {above}")
    found: dict[tuple[str, ...], Shares] = {(name,): (share, share, share) for name, share in alone.items() if share > above}
    names = [name for name, share in alone.items() if share <= above]
    is_enough = most_columns == 1 or len(found) >= N_BEST or len(names) < 2
    hunt = None if is_enough else _Hunt(rows_of(names), above, budget)
    if hunt is not None:
        together = hunt.found(most_columns, len(found))
        found.update((tuple(names[place] for place in each), shares) for each, shares in together.items())
    best = sorted(found, key=lambda each: (len(each), -found[each][0]))[:N_BEST]  # a stable sort: columns in their order
    return Search(
        sets=tuple(SingledOut(each, *found[each]) for each in best),
        above=above,
        most_columns=most_columns,
        n_rows=n_rows,
        n_probed=n_rows if hunt is None else hunt.n_probed,
        columns=tuple(alone),
        n_left_out=n_left_out,
        n_tried=len(alone) + (hunt.n_tried if hunt else 0),
        n_untried=hunt.n_untried if hunt else 0,
        most=max((share for share in (*alone.values(), hunt.most if hunt else 0.0) if share <= above), default=0.0),
    )


def tolerable(share: float, n_rows: int) -> float:
    """Return the share of the probes up to which the upper end of the interval is not above a share of the table's rows."""
    return share if n_rows <= N_PROBES else max(0.0, share - _Z * sqrt(share * (1 - share) / N_PROBES))


def _joined(sets: Sequence[Set]) -> list[Set]:
    """Return the sets of one column more whose parts are all among the given ones."""
    known, heads = set(sets), dict[Set, list[int]]()
    for each in sets:
        heads.setdefault(each[:-1], []).append(each[-1])
    grown = [(*head, *pair) for head, tails in sorted(heads.items()) for pair in combinations(sorted(tails), 2)]
    return [each for each in grown if all(each[:place] + each[place + 1 :] in known for place in range(len(each) - 2))]


class _Hunt:
    """One search: its rows, and what is left of its budgets."""

    def __init__(self, rows: Rows, above: float, budget: Budget) -> None:
        self._rows, self._above, self._n_sets, self._visits = rows, above, budget.sets, budget.visits
        self.n_probed = len(rows.probes)
        self._probes = [np.ascontiguousarray(column, dtype=np.int64) for column in rows.probes.T]
        self._widths = [int(column.max()) + 1 if len(column) else 1 for column in self._probes]
        self.n_tried = self.n_untried = 0
        self.most = 0.0

    def found(self, most_columns: int, n_known: int) -> dict[Set, Shares]:
        """Return the minimal sets of two columns and more; none of more columns once there are enough of fewer."""
        found: dict[Set, Shares] = {}
        open_sets: list[Set] = [(place,) for place in range(len(self._probes))]
        for _ in range(1, most_columns):
            if open_sets and n_known + len(found) < N_BEST:
                here, tried = self._level(_joined(open_sets))
                found |= here
                open_sets = sorted(set(tried) - set(here))
        return found

    def _level(self, sets: Iterable[Set]) -> tuple[dict[Set, Shares], list[Set]]:
        """Return those of the sets that single out more than the share, and all that were tried."""
        ranked = sorted(sets, key=lambda each: (-self._n_combinations(each), each))
        room = max(0, self._n_sets - self.n_tried)
        self.n_untried += len(ranked[room:])
        tried = ranked[:room]
        self.n_tried += len(tried)
        bounds = {each: self._bound(each) for each in tried if self._can_reach(each)}
        self.most = max([self.most, *(bound for bound in bounds.values() if bound <= self._above)])
        passing = sorted((each for each in bounds if bounds[each] > self._above), key=lambda each: (-bounds[each], each))
        found: dict[Set, Shares] = {}
        for each in passing:
            if self._is_settled(found, bounds[each]):
                break
            share = bounds[each] if self._rows.is_whole else self._share(each)
            if share is None:
                self.n_untried += 1
                tried.remove(each)
            elif share > self._above:
                found[each] = self._with_interval(share)
            else:
                self.most = max(self.most, share)
        return found, tried

    def _is_settled(self, found: dict[Set, Shares], bound: float) -> bool:
        """Whether no set with this bound can be among the best."""
        return len(found) >= N_BEST and sorted(share for share, _, _ in found.values())[-N_BEST] >= bound

    def _n_combinations(self, each: Set) -> int:
        return prod(self._widths[place] for place in each)

    def _can_reach(self, each: Set) -> bool:
        """Each row that is singled out needs a combination of its own among the probes."""
        n_combinations = prod(self._widths[place] - 1 for place in each)
        can_reach = n_combinations > self._above * self.n_probed
        self.most = self.most if can_reach else max(self.most, n_combinations / self.n_probed)
        return can_reach

    def _keys(self, each: Set, columns: Sequence[Codes] | Codes) -> npt.NDArray[np.int64]:
        keys = np.asarray(columns[each[0]], dtype=np.int64)
        for place in each[1:]:
            keys = keys * self._widths[place] + columns[place]
        return keys

    def _alone(self, each: Set) -> npt.NDArray[np.int64]:
        """Return the keys that one probe has, in ascending order."""
        keys = np.sort(self._keys(each, self._probes))
        differs = np.concatenate([[True], keys[1:] != keys[:-1], [True]])
        alone: npt.NDArray[np.int64] = keys[differs[1:] & differs[:-1]]
        return alone

    def _bound(self, each: Set) -> float:
        return len(self._alone(each)) / self.n_probed

    def _share(self, each: Set) -> float | None:
        """Return the share of probes that no other row equals; one that is not above the demanded share if too few are left.

        None if the budget is spent.
        """
        alone, n_probes = self._alone(each), self.n_probed
        n_alone = len(alone)
        seen = np.zeros(len(alone), dtype=np.int64)
        slots = np.zeros(_SLOTS, dtype=bool)
        slots[_slot(alone)] = True
        for part in self._rows.others:
            if self._visits < len(part):
                return None
            self._visits -= len(part)
            keys = self._keys(each, part.T)
            keys = keys[slots[_slot(keys)]]
            places = np.minimum(np.searchsorted(alone, keys), len(alone) - 1)
            seen += np.bincount(places[alone[places] == keys], minlength=len(alone))
            n_alone = int((seen <= 1).sum())
            if n_alone <= self._above * n_probes:
                break
        return n_alone / n_probes

    def _with_interval(self, share: float) -> Shares:
        if self._rows.is_whole:
            return share, share, share
        n = self.n_probed
        center, spread = share + _Z**2 / (2 * n), _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
        return share, max(0.0, (center - spread) / (1 + _Z**2 / n)), min(1.0, (center + spread) / (1 + _Z**2 / n))


def _slot(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return a number under `_SLOTS` that equal keys share, by multiplicative hashing."""
    return (keys.view(np.uint64) * _ODD) >> np.uint64(44)
