"""Multidimensional generalization: the table is cut in two, and each half again, as long as both halves meet the demands.

Strict: equal values never part. The column is the one that the part is widest in, by ranks of its cells in the whole table; the
cut is the most even one that there is.

Source: LeFevre, DeWitt, Ramakrishnan 2006, Mondrian (10.1109/ICDE.2006.101).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from veil.transforms.anonymity.demands import Integers, Judge
    from veil.transforms.anonymity.ladder import Ladder

SPARSE: Final = 64
"""Cells of a column for each row of a part: beyond this its few codes are numbered anew before they are counted."""


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
        if int(self.judge.rows[part].sum()) < 2 * self.judge.demands.k:
            return None
        for column in self._by_width(part):
            halves = self._cut(part, column)
            if halves is not None:
                return halves
        return None

    def _by_width(self, part: Integers) -> list[int]:
        """Return the columns in which the part can be cut, the widest first, of equal ones the first."""
        codes = self.combinations[part]
        spans = (codes.max(axis=0) - codes.min(axis=0)).tolist()
        widths = [span * share for span, share in zip(spans, self._shares, strict=True)]
        return sorted((column for column, width in enumerate(widths) if width), key=lambda column: (-widths[column], column))

    @cached_property
    def _shares(self) -> list[int]:
        """The factors that make the columns' spans comparable: shares of their distinct cells over one denominator."""
        most = [max(len(ladder.cells) - 1, 1) for ladder in self.ladders]
        return [math.lcm(*most) // each for each in most]

    def _cut(self, part: Integers, column: int) -> tuple[Integers, Integers] | None:
        """Return the two sides of the most even cut, of equally even ones the lower; None if they do not meet the demands."""
        codes = self.combinations[part, column]
        places = codes - codes.min()
        if int(places.max()) > SPARSE * len(part):
            places = np.unique(codes, return_inverse=True)[1]
        upto = np.bincount(places, weights=self.judge.rows[part]).cumsum()
        above = places > np.argmax(np.minimum(upto[:-1], upto[-1] - upto[:-1]))
        if not self.judge.passing(above.astype(np.int64), 2, part).all():
            return None
        return part[~above], part[above]
