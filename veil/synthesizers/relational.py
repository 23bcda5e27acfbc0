"""Relational: several tables with references; a parent's children follow its columns and each other, and none is an orphan."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.columns import to_numbers
from veil.errors import SynthesisFailed, UnknownColumn, few
from veil.model import Column, Epoch
from veil.rng import generator, integer
from veil.synthesizers.circuit import MIN_ROWS, Circuit
from veil.synthesizers.relations.model import NOBODY, RelationalModel
from veil.synthesizers.relations.numbers import Numbers
from veil.synthesizers.relations.opening import FirstTimes
from veil.synthesizers.sequences.axis import order_numbers
from veil.synthesizers.sequences.context import Context
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.learning import Material, counted, learn_events
from veil.synthesizers.sequences.offsets import Offsets
from veil.synthesizers.sequences.opening import Opening

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

N_CIRCUITS = 4


@dataclass(frozen=True)
class Relational:
    """Parameters of `relational`: a child table, given the synthetic parents that its rows belong to.

    Attributes
    ----------
    epochs : at most, of each circuit: first times, gaps, children, children without parent.
    states : hidden states of each variable; fewer in small tables.
    max_seconds : wall time of learning; None where the same input must give the same output.
    max_rows : children are learnt from so many parents, drawn, that they have at most that many.
    order_by : columns that order a parent's children, the first one first; None takes the first date that every child has.
        Children that they do not tell apart, or all where there are none, stay in the table's order.
    """

    name: ClassVar[str] = "relational"

    epochs: int = 15
    states: int = 96
    max_seconds: float | None = None
    max_rows: int = 100_000
    order_by: tuple[str, ...] | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(
        self, parents: pd.DataFrame, children: pd.DataFrame, parent_of_child: Codes, parent_columns: Sequence[Column],
        child_columns: Sequence[Column], *, seed: int, progress: Progress,
    ) -> RelationalModel:  # fmt: skip
        """Learn children.

        Parameters
        ----------
        parents, children : strings and None; identifiers and references are not among the columns.
        parent_of_child : (n_children,) the place of each child's parent; -1 where it has none.
        parent_columns, child_columns : to learn from, and to learn. A parent may have the columns of its own parent too.

        Raises
        ------
        SynthesisFailed : fewer than 100 parents or 100 children of theirs, an orphan, or a column that cannot be learnt.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # more would change the last digits
            return self._learnt(parents, children, parent_of_child, parent_columns, child_columns, seed, progress)

    def _learnt(
        self, parents: pd.DataFrame, children: pd.DataFrame, parent_of_child: Codes, parent_columns: Sequence[Column],
        child_columns: Sequence[Column], seed: int, progress: Progress,
    ) -> RelationalModel:  # fmt: skip
        owned = _owned(parent_of_child, len(parents), len(children))
        parents = parents[[column.name for column in parent_columns]].reset_index(drop=True)
        rows, owners = children[owned].reset_index(drop=True), parent_of_child[owned]
        history: list[Epoch] = []
        told = counted(progress, history, self.epochs * N_CIRCUITS)
        circuit = self._circuit()
        n_children = np.bincount(owners, minlength=len(parents)).astype(np.int64)
        context = Context.fit(parents, parent_columns)
        codes = context.seen(parents)[0] if context else {}
        numbers = Numbers.fit(codes, n_children, generator(seed, "numbers"))
        orders = self._orders(rows, child_columns)
        order, times = orders[0] if orders else (None, None)
        families = Families.of(owners, [each for _, each in orders])
        drawn = tuple(column for column in child_columns if order is None or column.name != order.name)
        first, offsets = None, None
        if order is not None and times is not None:
            offsets = Offsets.fit(rows, drawn, times, order)
            rows, drawn = offsets.written(rows, times), offsets.learnt(drawn)
            first = _first(families, times, parents, parent_columns, codes, order, circuit, integer(seed, "first"), told)
        material = Material(rows, drawn, families, parents, context, order, times)
        events = learn_events(material, circuit, self.max_rows, seed=seed, progress=told)
        alone = None
        if (~owned).sum() >= MIN_ROWS:
            alone = circuit.fit(children[~owned], tuple(child_columns), seed=integer(seed, "alone"), progress=told)
        share_alone, learnt = float((~owned).mean()), tuple(child_columns)
        return RelationalModel(learnt, numbers, first, offsets, events, alone, share_alone, self.parameters, tuple(history))

    def _circuit(self) -> Circuit:
        seconds = None if self.max_seconds is None else self.max_seconds / N_CIRCUITS
        return Circuit(epochs=self.epochs, states=self.states, max_seconds=seconds, max_rows=self.max_rows)

    def _orders(self, rows: pd.DataFrame, columns: Sequence[Column]) -> list[tuple[Column, Floats]]:
        """Return the columns that order children, and their numbers."""
        if self.order_by is not None:
            named = {column.name: column for column in columns}
            absent = [name for name in self.order_by if name not in named]
            if absent:
                raise UnknownColumn(f"column `{absent[0]}` is to order rows but is not among those to be learnt")
            return [(named[name], order_numbers(rows, named[name])) for name in self.order_by]
        for column in columns:
            if column.type in ("date", "datetime"):
                numbers = to_numbers(rows[column.name], column)
                if np.isfinite(numbers).all():
                    return [(column, numbers)]
        return []


def _first(
    families: Families, times: Floats, parents: pd.DataFrame, columns: Sequence[Column], codes: Mapping[str, Codes],
    order: Column, circuit: Circuit, seed: int, progress: Progress,
) -> FirstTimes:  # fmt: skip
    has = families.names
    own = parents.iloc[has]
    first = times[families.rows[families.starts]]
    opening = Opening.fit(first, own, columns, order, float(times.max()))
    known = {name: each[has] for name, each in codes.items()}
    return FirstTimes.fit(first, own, known, families.lengths, opening, circuit, seed=seed, progress=progress)


def _owned(parent_of_child: Codes, n_parents: int, n_children: int) -> npt.NDArray[np.bool_]:
    """Return which children have a parent; refuse orphans and tables that are too small."""
    if len(parent_of_child) != n_children:
        raise SynthesisFailed(f"{n_children} children and {len(parent_of_child)} places of parents; give one for each child")
    n_orphans = int(((parent_of_child >= n_parents) | (parent_of_child < NOBODY)).sum())
    if n_orphans:
        raise SynthesisFailed(f"{few(n_orphans)} children refer to a parent that is not there; -1 says that a child has none")
    owned = np.asarray(parent_of_child > NOBODY)
    n_having = len(np.unique(parent_of_child[owned]))
    if n_having < MIN_ROWS:
        raise SynthesisFailed(f"relational needs at least {MIN_ROWS} parents with children to learn from and has "
                              f"{few(n_having)}; add parents, or learn the children by themselves with `circuit`")  # fmt: skip
    return owned
