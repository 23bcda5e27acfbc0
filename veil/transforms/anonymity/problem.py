"""One table's columns made anonymous together: they enter one by one, and are solved at once when a result is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from veil.classes import dense_codes, value_codes
from veil.columns import NUMERIC_TYPES, factorize, infer, to_numbers
from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms.anonymity.demands import Demands, Judge, Sensitive
from veil.transforms.anonymity.ladder import HIDDEN, Ladder, Steps, build_ladder
from veil.transforms.anonymity.lattice import MAX_NODES, Lattice, n_nodes
from veil.transforms.anonymity.mondrian import Mondrian

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.transforms.anonymity.demands import Integers
    from veil.transforms.base import Context

SHARED: Final = "k_anonymize"


@dataclass(frozen=True)
class Joint:
    """What all columns of the problem must say alike."""

    demands: Demands
    sensitive: tuple[str, ...] = ()
    ordered: bool | None = None
    max_suppressed: Fraction = Fraction(0)
    method: Literal["lattice", "mondrian"] = "lattice"


@dataclass(frozen=True)
class Solution:
    """What each column's rows become: labels, and for every row of the table the place of its label."""

    labels: Mapping[str, tuple[str | None, ...]] = field(repr=False)
    codes: Mapping[str, Any] = field(repr=False)


@dataclass
class Problem:
    """The columns of one table that are to be made anonymous together."""

    joint: Joint
    frame: Callable[[Sequence[str]], pd.DataFrame] = field(repr=False)
    members: dict[str, tuple[Steps, Context]] = field(default_factory=dict, repr=False)
    _solution: Solution | None = field(default=None, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def add(self, joint: Joint, steps: Steps, context: Context) -> None:
        """Enter a column; refuse it if it demands something else than the columns before, or comes too late."""
        name = context.column.name
        if joint != self.joint:
            raise TransformFailed(name, "other columns of the table say `k_anonymize` with other demands; only steps may differ")
        if name in joint.sensitive:
            raise TransformFailed(name, "is generalized and `sensitive` at once; leave it out of one of them")
        if self._solution is not None:
            raise TransformFailed(name, "was fitted after the other columns had been solved")
        self.members[name] = (steps, context)

    def solution(self) -> Solution:
        """Return what all columns become; computed once."""
        with self._lock:
            if self._solution is None:
                self._solution = self._solved()
            return self._solution

    def _solved(self) -> Solution:
        names = sorted(self.members)
        columns = [self._coded(name) for name in names]  # one column in memory at a time
        ladders = tuple(ladder for ladder, _ in columns)
        by_row, n_combinations = dense_codes([(codes, len(ladder.cells)) for ladder, codes in columns])
        firsts = np.zeros(n_combinations, dtype=np.int64)
        firsts[by_row[::-1]] = np.arange(len(by_row))[::-1]
        combinations = np.stack([codes[firsts] for _, codes in columns], axis=1)
        # In the order of their values, not of their rows: ties are then decided alike however the rows are ordered.
        order = np.lexsort(combinations.T[::-1])
        place = np.empty(n_combinations, dtype=np.int64)
        place[order] = np.arange(n_combinations)
        table = _Table(names, ladders, combinations[order], place[by_row], self.members[names[0]][1])
        sensitive = tuple(self._sensitive(name, table.by_row) for name in self.joint.sensitive)
        return table.solved(self.joint, sensitive)

    def _cells(self, name: str) -> npt.NDArray[Any]:
        """Return a column's cells in the order of the rows' numbers."""
        column = self.frame((name,))[name]
        return np.asarray(column.sort_index(), dtype=object)

    def _coded(self, name: str) -> tuple[Ladder, Integers]:
        """Return the column's ladder and, for each row, the code of its cell there."""
        steps, context = self.members[name]
        codes, levels = factorize(self._cells(name))
        nulls = [None] if (codes < 0).any() else []
        ladder = build_ladder([*levels, *nulls], steps, context)
        known = {cell: code for code, cell in enumerate(ladder.cells)}
        recoded = np.array([known[level] for level in levels] + [known.get(None, -1)], dtype=np.int64)
        return ladder, recoded[codes]

    def _sensitive(self, name: str, by_row: Integers) -> Sensitive:
        """Return how many rows of each combination have each value; numbers in their order, null as a value of its own."""
        cells = self._cells(name)
        null_values = next(iter(self.members.values()))[1].null_values
        unordered = self.joint.demands.t is None or self.joint.ordered is False
        ranked = None if unordered else _ordered(cells, null_values)
        if ranked is None and self.joint.ordered:
            raise TransformFailed(name, "`distance: ordered` for a sensitive column whose cells are no numbers or dates")
        codes, n_values = value_codes(cells) if ranked is None else ranked
        keys, counts = np.unique(by_row * max(n_values, 1) + codes, return_counts=True)
        return Sensitive(keys // max(n_values, 1), keys % max(n_values, 1), counts, n_values, ranked is not None)


@dataclass(frozen=True)
class _Table:
    names: list[str]
    ladders: tuple[Ladder, ...]
    combinations: Integers
    by_row: Integers
    context: Context

    def solved(self, joint: Joint, sensitive: tuple[Sensitive, ...]) -> Solution:
        rows = np.bincount(self.by_row, minlength=len(self.combinations)).astype(np.int64)
        if not len(self.by_row):
            return self._solution([np.zeros(0, dtype=np.int64)] * len(self.names), [() for _ in self.names])
        judge = Judge(joint.demands, rows, sensitive)
        return self._cut(judge) if joint.method == "mondrian" else self._searched(judge, joint)

    def _searched(self, judge: Judge, joint: Joint) -> Solution:
        nodes = n_nodes(self.ladders)
        if nodes > MAX_NODES:
            reason = f"{nodes:,} ways to generalize these columns, of which {MAX_NODES:,} can be searched; name fewer steps"
            raise TransformFailed(self.context.column.name, reason)
        most = int(joint.max_suppressed * len(self.by_row))
        lattice = Lattice(self.ladders, self.combinations, judge, most)
        choice = lattice.best()
        if choice is None:
            everything = replace(lattice, max_suppressed=len(self.by_row)).choice(lattice.top)
            share = None if everything is None else Fraction(int(judge.rows[everything.suppressed].sum()), len(self.by_row))
            reason = _infeasible(judge, lambda other: replace(lattice, judge=other).choice(lattice.top) is not None, share)
            raise TransformFailed(self.context.column.name, reason)
        codes = [np.where(choice.suppressed, len(ladder.cells), self.combinations[:, c]) for c, ladder in enumerate(self.ladders)]
        steps = zip(self.ladders, choice.node, strict=True)
        return self._solution(codes, [(*ladder.labels[step], HIDDEN) for ladder, step in steps])

    def _cut(self, judge: Judge) -> Solution:
        parts = Mondrian(self.ladders, self.combinations, judge).parts()
        if parts is None:
            whole = np.arange(len(self.combinations))
            raise TransformFailed(self.context.column.name, _infeasible(judge, lambda other: other.union_passes(whole), None))
        part_of = np.empty(len(self.combinations), dtype=np.int64)
        for number, part in enumerate(parts):
            part_of[part] = number
        spans = [[ladder.span(self.combinations[part, c]) for part in parts] for c, ladder in enumerate(self.ladders)]
        return self._solution([part_of] * len(self.names), [tuple(column) for column in spans])

    def _solution(self, codes: Sequence[Integers], labels: Sequence[Sequence[str | None]]) -> Solution:
        by_row = [column[self.by_row].astype(np.int32) for column in codes]
        return Solution(
            dict(zip(self.names, (tuple(column) for column in labels), strict=True)), dict(zip(self.names, by_row, strict=True))
        )


def _ordered(cells: Any, null_values: frozenset[str]) -> tuple[Integers, int] | None:
    """Return the place of each cell among the column's numbers or dates, nulls first; None if it has no such order."""
    import pandas as pd

    codes, levels = factorize(cells)
    known = np.array([level not in null_values and level != "" for level in levels], dtype=bool)
    kind, pattern = infer(list(levels[known]), 2 * int(known.sum()))
    if kind not in NUMERIC_TYPES:
        return None
    numbers = np.full(len(levels) + 1, -np.inf)
    numbers[:-1][known] = to_numbers(pd.Series(levels[known], dtype=object), Column("", kind, pattern))
    distinct, places = np.unique(numbers[codes], return_inverse=True)
    return places.astype(np.int64), len(distinct)


def _infeasible(judge: Judge, passes: Callable[[Judge], bool], share: Fraction | None) -> str:
    """Say that the demands cannot be met, and which smaller k or larger share of suppressed rows would do."""
    demands = judge.demands
    smaller = (k for k in range(demands.k - 1, 1, -1) if passes(replace(judge, demands=replace(demands, k=k))))
    largest = next(smaller, None)
    ways = [] if largest is None else [f"`k: {largest}`"]
    if share is not None and share < 1:
        ways.append(f"`max_suppressed: {-(-share * 1000 // 1) / 1000}`")
    told = f"{' or '.join(ways)} would do" if ways else "no smaller k and no suppression would do; see `l` and `t`"
    return f"the table cannot be made to meet `k: {demands.k}` and what else is demanded: {told}"
