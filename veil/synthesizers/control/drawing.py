"""Rows of one group: sampled under its conditions, put back into their full form, and drawn again where a demand is not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed, few
from veil.model import Column
from veil.rng import generator, integer
from veil.synthesizers.conditions import Condition, OneOf
from veil.synthesizers.control.constraints import Constraint
from veil.synthesizers.control.factors import Category
from veil.synthesizers.control.gaps import Reshaping
from veil.synthesizers.control.tails import Tail

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Model

    Truth = npt.NDArray[np.bool_]
    Columns = Mapping[str, Column]
    Conditions = Mapping[str, Condition]

MAX_DRAWN_PER_ROW = 200
MIN_BATCH, MAX_BATCH = 500, 200_000


@dataclass(frozen=True)
class Drawn:
    """Rows of a group, how many were drawn for them, and how many of those were of the group at once."""

    frame: pd.DataFrame = field(repr=False)
    n_drawn: int
    n_of_group: int


@dataclass(frozen=True)
class Drawing:
    """Draws rows of a fitted model that meet all demands.

    Attributes
    ----------
    columns : of the full table, by name.
    learnt : the columns that the model knows as they are, so that it can be asked for them.
    levels : cells of columns with few, to ask for "not this one" by all others.
    """

    model: Model = field(repr=False)
    columns: Columns
    learnt: frozenset[str]
    levels: Mapping[str, tuple[str | None, ...]] = field(repr=False)
    reshapings: Sequence[Reshaping]
    constraints: Sequence[Constraint]
    tails: Sequence[Tail]
    seed: int

    def plain(self, n_rows: int, name: str) -> pd.DataFrame:
        """Return rows as the model gives them, in their full form, no demand applied."""
        return self._restored(self.model.sample(n_rows, seed=integer(self.seed, name)))[0]

    def rows(self, group: Category, n_rows: int, name: str, earlier: pd.DataFrame) -> Drawn:
        """Return `n_rows` rows of a group.

        Parameters
        ----------
        name : of the group; other names draw other rows.
        earlier : rows of other groups, beside which these must fit.

        Raises
        ------
        SynthesisFailed : of 200 rows drawn for each one that was asked, too few met the demands.
        """
        import pandas as pd

        kept = earlier
        where = self._asked(group)
        n_kept = n_drawn = n_of_group = 0
        while n_kept < n_rows:
            if n_drawn >= MAX_DRAWN_PER_ROW * max(n_rows, MIN_BATCH):
                raise SynthesisFailed(self._told(group, n_drawn, n_kept, n_rows))
            size = self._size(n_rows - n_kept, n_kept, n_drawn)
            seed = integer(self.seed, name, str(n_drawn))
            sampled, where = self._sampled(size, seed, where)
            rows, of_group = self._fitting(group, sampled, f"{name} {n_drawn}", kept)
            n_drawn, n_of_group = n_drawn + size, n_of_group + of_group
            rows = rows.iloc[: n_rows - n_kept]
            n_kept += len(rows)
            kept = pd.concat([kept, rows], ignore_index=True)
        return Drawn(kept.iloc[len(earlier) :].reset_index(drop=True), n_drawn, n_of_group)

    def _size(self, n_missing: int, n_kept: int, n_drawn: int) -> int:
        if not n_drawn:
            return min(n_missing, MAX_BATCH)
        share = max(n_kept, 1) / n_drawn
        return int(np.clip(n_missing / share * 1.1, MIN_BATCH, MAX_BATCH))

    def _asked(self, group: Category) -> Conditions | None:
        """Return what the model can be asked of a group; the rest is left to drawing again."""
        asked: dict[str, Condition] = {name: condition for name, condition in group.where.items() if name in self.learnt}
        for conditions in group.avoid:
            name, condition = next(iter(conditions.items()))
            levels = self.levels.get(name)
            if len(conditions) == 1 and isinstance(condition, OneOf) and levels and name in self.learnt:
                known = asked.get(name, OneOf(levels))
                if isinstance(known, OneOf):
                    asked[name] = OneOf(tuple(cell for cell in known.cells if cell not in condition.cells))
        return asked or None

    def _sampled(self, size: int, seed: int, where: Conditions | None) -> tuple[pd.DataFrame, Conditions | None]:
        """Sample under conditions; without ranges, then without any, from the first time on that the model cannot meet them."""
        while where is not None:
            try:
                return self.model.sample(size, seed=seed, where=where), where
            except SynthesisFailed:
                cells = {name: condition for name, condition in where.items() if isinstance(condition, OneOf)}
                where = cells if cells and len(cells) < len(where) else None
        return self.model.sample(size, seed=seed), None

    def _fitting(self, group: Category, sampled: pd.DataFrame, name: str, earlier: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        """Return the rows that meet all demands, and how many were of the group as they came."""
        extreme = sampled
        for place in group.beyond:
            tail = self.tails[place]
            cells = tail.cells(len(sampled), generator(self.seed, "beyond", str(place), name))
            extreme = extreme.assign(**{tail.column.name: cells})
        rows, inside = self._restored(extreme)
        of_group = group.holds(rows, self.columns)
        rows = rows[of_group & (inside | bool(group.beyond))].reset_index(drop=True)
        for constraint in self.constraints:
            rows = constraint.put_right(rows, self.columns, earlier)
        for constraint in self.constraints:
            rows = rows[constraint.fits(rows, self.columns, earlier)].reset_index(drop=True)
        if self.constraints:
            rows = rows[group.holds(rows, self.columns)].reset_index(drop=True)
        return rows, int(of_group.sum())

    def _restored(self, sampled: pd.DataFrame) -> tuple[pd.DataFrame, Truth]:
        rows, inside = sampled, np.ones(len(sampled), dtype=bool)
        for step in reversed(self.reshapings):
            rows, within = step.restored(rows)
            inside &= within
        return rows[list(self.columns)], inside

    def _told(self, group: Category, n_drawn: int, n_kept: int, n_rows: int) -> str:
        names = dict.fromkeys([*group.where, *(name for conditions in group.avoid for name in conditions)])
        by = " and ".join(f"`{name}`" for name in names)
        rules = "; ".join(constraint.told() for constraint in self.constraints)
        parts = [f"the shares by {by}"] * bool(by) + [f"the constraints {rules}"] * bool(rules)
        demands = " and ".join(parts)
        return (f"of {n_drawn} drawn rows {few(n_kept)} met {demands or 'the range that was observed'}; {n_rows} are asked; "
                "ask for fewer rows or a smaller share, or loosen a constraint")  # fmt: skip
