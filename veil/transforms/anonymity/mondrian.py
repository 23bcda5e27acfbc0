"""Multidimensional generalization: the table is cut in two, and each half again, as long as both halves meet the demands.

Strict: equal values never part. The column is the one that the part is widest in, by ranks of its cells in the whole table; the
cut is the most even one that there is.

Source: LeFevre, DeWitt, Ramakrishnan 2006, Mondrian (10.1109/ICDE.2006.101).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from veil.transforms.anonymity.demands import Integers, Judge
    from veil.transforms.anonymity.ladder import Ladder


@dataclass(frozen=True)
class Mondrian:
    """A table's quasi-identifiers, to be cut into parts that meet the demands.

    Attributes
    ----------
    ladders, combinations, judge : as in `Lattice`.
    """

    ladders: tuple[Ladder, ...]
    combinations: Integers = field(repr=False)
    judge: Judge = field(repr=False)

    def parts(self) -> list[Integers] | None:
        """Return the combinations of each part; None if not even the whole table meets the demands."""
        whole = np.arange(len(self.combinations))
        if not self.judge.union_passes(whole):
            return None
        open_parts, parts = [whole], []
        while open_parts:
            part = open_parts.pop()
            halves = self._halves(part)
            if halves is None:
                parts.append(part)
            else:
                open_parts += halves[::-1]
        return parts

    def _halves(self, part: Integers) -> tuple[Integers, Integers] | None:
        for column in self._by_width(part):
            halves = self._cut(part, column)
            if halves is not None:
                return halves
        return None

    def _by_width(self, part: Integers) -> list[int]:
        """Return the columns in which the part can be cut, the widest first, of equal ones the first."""
        codes = self.combinations[part]
        spans = (codes.max(axis=0) - codes.min(axis=0)).tolist()
        widths = [Fraction(span, max(len(ladder.cells) - 1, 1)) for span, ladder in zip(spans, self.ladders, strict=True)]
        return sorted((column for column, width in enumerate(widths) if width), key=lambda column: (-widths[column], column))

    def _cut(self, part: Integers, column: int) -> tuple[Integers, Integers] | None:
        """Return the two sides of the most even cut, of equally even ones the lower; None if they do not meet the demands."""
        codes = self.combinations[part, column]
        levels, places = np.unique(codes, return_inverse=True)
        upto = np.cumsum(np.bincount(places, weights=self.judge.rows[part]).astype(np.int64))
        last = int(np.argmax(np.minimum(upto[:-1], upto[-1] - upto[:-1])))
        above = codes > levels[last]
        if not self.judge.passing(above.astype(np.int64), 2, part).all():
            return None
        return part[~above], part[above]
