"""Which columns of numbers are null together: one more variable, whose levels are the patterns that occur.

A null is no number and has no place among them. A pattern that fewer than five rows have becomes the frequent one most like it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.encodings.distinct import RARE_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]

PRESENT = -1


@dataclass(frozen=True)
class Patterns:
    """Patterns by frequency.

    Attributes
    ----------
    variables : those that are null anywhere.
    levels : (n_patterns, n of these) the level that stands for null or empty, -1 where there is a number.
    """

    variables: tuple[int, ...]
    levels: Codes = field(repr=False)

    @classmethod
    def fit(cls, levels: Codes, absent: Mapping[int, Codes]) -> Patterns:
        """Count patterns of (n_rows, n_variables) levels, given the levels of each variable that stand for an absent number."""
        variables = tuple(sorted(absent))
        seen, rows = np.unique(_absences(levels, variables, absent), axis=0, return_counts=True)
        order = np.lexsort((np.arange(len(rows)), -rows))
        kept = order[rows[order] >= RARE_ROWS]
        return cls(variables, seen[kept if len(kept) else order[:1]])

    def of(self, levels: Codes, absent: Mapping[int, Codes]) -> Codes:
        """Return each row's pattern, or that which differs least from its own."""
        rows, at = np.unique(_absences(levels, self.variables, absent), axis=0, return_inverse=True)
        differing = (rows[:, None, :] != self.levels[None, :, :]).sum(axis=2)
        return np.asarray(differing.argmin(axis=1)[at.ravel()])

    def possible(self, could: Mapping[int, Truth]) -> Truth:
        """Return which patterns rows can have that meet conditions, given the levels of each variable that could."""
        met = np.ones(len(self.levels), dtype=bool)
        for place, variable in enumerate(self.variables):
            if variable in could:
                allowed, own = could[variable], self.levels[:, place]
                present = np.delete(allowed, own[own != PRESENT]).any()
                met &= np.where(own == PRESENT, present, allowed[own])
        return met

    def nulls(self, variable: int, allowed: Truth) -> bool:
        """Return whether the allowed levels of a variable are such as stand for an absent number, or some of them."""
        if variable not in self.variables:
            return False
        own = self.levels[:, self.variables.index(variable)]
        return bool(allowed[own[own != PRESENT]].any())

    def fill(self, levels: Codes, patterns: Codes) -> None:
        """Write the levels that stand for null into the rows whose pattern says so."""
        own = self.levels[patterns]
        for place, variable in enumerate(self.variables):
            absent = own[:, place] != PRESENT
            levels[absent, variable] = own[absent, place]


def _absences(levels: Codes, variables: tuple[int, ...], absent: Mapping[int, Codes]) -> Codes:
    columns = [np.where(np.isin(levels[:, each], absent[each]), levels[:, each], PRESENT) for each in variables]
    return np.column_stack(columns) if columns else np.zeros((len(levels), 0), dtype=np.int64)
