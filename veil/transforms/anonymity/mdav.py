"""Several columns of numbers averaged over the same small groups of rows that are near one another in all of them: MDAV.

Near by ranks, so that no unit and no outlier weighs more, and all distances are exact integers. Rows that are alike in all
columns stay together, so what a row becomes does not depend on where it stands.

Source: Domingo-Ferrer and Torra 2005, MDAV (10.1007/s10618-005-0007-5).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.classes import dense_codes
from veil.columns import factorize
from veil.errors import TransformFailed
from veil.transforms.base import present

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.transforms.base import Context

    Integers = npt.NDArray[np.int64]

MAX_ROWS: Final = 2**16
"""Each group is found by comparing all rows that are left: beyond this it takes minutes, and products of distances do not fit."""

FINEST: Final = 2**12 - 1


@dataclass
class Neighbors:
    """The columns of one table that are averaged over the same groups.

    Attributes
    ----------
    read : returns a column's distinct cells as integers, given its context.
    """

    size: int
    frame: Callable[[Sequence[str]], pd.DataFrame] = field(repr=False)
    read: Callable[[list[str], Context], npt.NDArray[Any]] = field(repr=False)
    members: dict[str, Context] = field(default_factory=dict, repr=False)
    _groups: tuple[Integers, dict[str, Any]] | None = field(default=None, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def add(self, size: int, context: Context) -> None:
        """Enter a column; refuse it if it asks for groups of another size, or comes too late."""
        if size != self.size or self._groups is not None:
            raise TransformFailed(context.column.name, "other columns of its `group` ask for another `size`")
        self.members[context.column.name] = context

    def groups(self) -> tuple[Integers, dict[str, Any]]:
        """Return the group of each row of the table, -1 without values, and each column's number in each such row."""
        with self._lock:
            if self._groups is None:
                self._groups = self._found()
            return self._groups

    def _found(self) -> tuple[Integers, dict[str, Any]]:
        names = sorted(self.members)
        columns = [self._numbers(name) for name in names]
        there = columns[0][0]
        for name, (has, _) in zip(names, columns, strict=True):
            self.members[name].refuse(has != there, "rows with a value in one column of the `group` and none in another")
        rows = np.flatnonzero(there)
        if len(rows) > MAX_ROWS:
            reason = f"`group` compares all rows with all, at most {MAX_ROWS:,} of them; leave it out, or see `k_anonymize`"
            raise TransformFailed(names[0], reason)
        groups = np.full(len(there), -1, dtype=np.int64)
        groups[rows] = self._grouped([numbers for _, numbers in columns])
        return groups, {name: numbers for name, (_, numbers) in zip(names, columns, strict=True)}

    def _numbers(self, name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[Any]]:
        """Return which rows have a value, and the numbers of these rows."""
        context, cells = self.members[name], self.frame((name,))[name].sort_index()
        there = present(cells, context).to_numpy(dtype=bool)
        codes, levels = factorize(cells.to_numpy(dtype=object)[there])
        return there, self.read(list(levels), context)[codes]

    def _grouped(self, columns: Sequence[npt.NDArray[Any]]) -> Integers:
        ranked = [np.unique(numbers, return_inverse=True) for numbers in columns]
        ranks = [(places.astype(np.int64), len(levels)) for levels, places in ranked]
        alike, n_points = dense_codes(ranks)
        if not n_points:
            return alike
        firsts = np.zeros(n_points, dtype=np.int64)
        firsts[alike[::-1]] = np.arange(len(alike))[::-1]
        points = np.stack([places[firsts] * FINEST // max(n - 1, 1) for places, n in ranks], axis=1)
        exact = np.stack([places[firsts] for places, _ in ranks], axis=1)
        order = np.lexsort(exact.T[::-1])
        counts = np.bincount(alike, minlength=n_points)
        groups = np.empty(n_points, dtype=np.int64)
        groups[order] = mdav(points[order], counts[order], self.size)
        return groups[alike]


def mdav(points: Integers, counts: Integers, size: int) -> Integers:
    """Return the group of each point: of at least `size` rows, the points nearest to one far from the middle.

    Parameters
    ----------
    points : (n_points, n_columns), whole numbers from 0 to 4095, in an order that decides ties.
    counts : rows at each point; together at least `size`.
    """
    groups, left, number = np.full(len(points), -1, dtype=np.int64), np.arange(len(points)), 0
    while True:
        n = int(counts[left].sum())
        if n < 2 * size:
            groups[left] = number if n >= size or not number else number - 1
            return groups
        middle = (points[left] * counts[left, None]).sum(axis=0)
        far = left[int(np.argmax(((points[left] * n - middle) ** 2).sum(axis=1)))]
        left, number = _closed(points, counts, groups, left, (far, number, size))
        if n >= 3 * size and int(counts[left].sum()) >= size:
            opposite = left[int(np.argmax(_distances(points, left, far)))]
            left, number = _closed(points, counts, groups, left, (opposite, number, size))


def _closed(
    points: Integers, counts: Integers, groups: Integers, left: Integers, group: tuple[int, int, int]
) -> tuple[Integers, int]:
    """Give the nearest points to one of them the group's number; return those that are left, and the next number."""
    place, number, size = group
    nearest = np.argsort(_distances(points, left, place), kind="stable")
    enough = int(np.searchsorted(np.cumsum(counts[left[nearest]]), size)) + 1
    groups[left[nearest[:enough]]] = number
    return np.sort(left[nearest[enough:]]), number + 1


def _distances(points: Integers, left: Integers, place: int) -> Integers:
    return np.asarray(((points[left] - points[place]) ** 2).sum(axis=1))
