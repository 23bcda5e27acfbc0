"""Sequence: rows that belong together, such as a patient's visits; subjects first, then their events one after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.columns import factorize, to_numbers
from veil.errors import SynthesisFailed, UnknownColumn, few
from veil.model import Column, Epoch
from veil.rng import integer
from veil.synthesizers.circuit import MIN_ROWS, Circuit
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.relational import Relational
from veil.synthesizers.sequences.axis import order_numbers
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.learning import counted
from veil.synthesizers.sequences.model import SequenceModel

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

N_CIRCUITS = 4


@dataclass(frozen=True)
class Sequence:
    """Parameters of `sequence`.

    Attributes
    ----------
    epochs : at most, of each of four circuits: subjects, first events, gaps and events.
    states : hidden states of each variable; fewer in small tables.
    max_seconds : wall time of learning; None where the same input must give the same output.
    max_rows : events are learnt from so many subjects, drawn, that they have at most that many rows.
    static : columns that every subject has once; None takes all that are the same in all rows of each subject.
    """

    name: ClassVar[str] = "sequence"
    conditions: ClassVar[HowMet] = "exact"

    epochs: int = 15
    states: int = 96
    max_seconds: float | None = None
    max_rows: int = 100_000
    static: tuple[str, ...] | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(
        self, table: pd.DataFrame, columns: tuple[Column, ...], *, subjects: pd.Series[Any], order_by: Several[str] = (),
        seed: int, progress: Progress,
    ) -> SequenceModel:  # fmt: skip
        """Learn a table of strings and None.

        Parameters
        ----------
        table : the events, a row each; the column that says whose they are is not among `columns`.
        subjects : (n_rows,) whose each row is; never null.
        order_by : columns that order a subject's events, the first one first: dates, time stamps or numbers, never null. Events
            that they do not tell apart stay in the table's order. None: all are in the table's order, and no time is learnt.

        Raises
        ------
        SynthesisFailed : fewer than 100 subjects, a row of nobody, an order column that orders nothing, or a column that cannot
            be learnt.
        """
        named = {column.name: column for column in columns}
        owners = _owners(subjects)
        orders = _order_columns(table, named, order_by, owners)
        families = Families.of(owners, [numbers for _, numbers in orders])
        static = self._static(table, columns, families, order_by)
        left_out = {column.name for column in static}
        counters = _counters(table, columns, families, {*order_by[:1], *left_out})
        first = families.rows[families.starts][np.argsort(families.names)]
        people = table.iloc[first].reset_index(drop=True)[[column.name for column in static]]
        history: list[Epoch] = []
        told = counted(progress, history, self.epochs * N_CIRCUITS)
        model = self._circuit().fit(people, static, seed=integer(seed, "subjects"), progress=told) if static else None
        left_out |= counters.keys() - {*order_by[:1]}
        events = tuple(column for column in columns if column.name not in left_out)
        relation = self._relation([name for name in order_by if name not in counters])
        learnt = relation.fit(people, table, owners, static, events, seed=integer(seed, "events"), progress=told)
        return SequenceModel(columns, static, tuple(named[name] for name in order_by), counters, model, learnt, self.parameters,
                             tuple(history))  # fmt: skip

    def _circuit(self) -> Circuit:
        seconds = None if self.max_seconds is None else self.max_seconds / N_CIRCUITS
        return Circuit(epochs=self.epochs, states=self.states, max_seconds=seconds)

    def _relation(self, order_by: Several[str]) -> Relational:
        seconds = None if self.max_seconds is None else self.max_seconds * (N_CIRCUITS - 1) / N_CIRCUITS
        return Relational(self.epochs, self.states, seconds, self.max_rows, tuple(order_by))

    def _static(
        self, table: pd.DataFrame, columns: Several[Column], families: Families, order_by: Several[str]
    ) -> tuple[Column, ...]:
        """Return the columns that every subject has once."""
        varying = {column.name for column in columns if not _is_constant(table[column.name], families)}
        if self.static is None:
            return tuple(column for column in columns if column.name not in {*varying, *order_by})
        for name in self.static:
            if name not in table or name in varying:
                raise SynthesisFailed(f"column `{name}` is said to be the same in all rows of a subject and is not; leave it out "
                                      "of `static`")  # fmt: skip
        return tuple(column for column in columns if column.name in self.static)


def _owners(subjects: pd.Series[Any]) -> Codes:
    codes, distinct = factorize(subjects.to_numpy(dtype=object))
    n_lost = int((codes < 0).sum())
    if n_lost:
        raise SynthesisFailed(f"{few(n_lost)} rows are of no subject; leave them out or name another subject column")
    if len(distinct) < MIN_ROWS:
        raise SynthesisFailed(f"sequence needs at least {MIN_ROWS} subjects to learn from and has {few(len(distinct))}; add "
                              "subjects, or learn the rows one by one with `circuit`")  # fmt: skip
    return np.asarray(codes, dtype=np.int64)


def _order_columns(
    table: pd.DataFrame, named: Mapping[str, Column], order_by: Several[str], owners: Codes
) -> list[tuple[Column, Floats]]:
    """Return the order columns and their numbers; refuse a first one that never changes within a subject."""
    for name in order_by:
        if name not in named:
            raise UnknownColumn(f"column `{name}` is to order events but is not among those to be learnt")
    found = [(named[name], order_numbers(table, named[name])) for name in order_by]
    if found and len(owners) > owners.max() + 1 and _is_level(found[0][1], owners):
        raise SynthesisFailed(f"column `{order_by[0]}` cannot order events: it is the same in all rows of each subject; name "
                              "another, or none where the rows are in order as they are")  # fmt: skip
    return found


def _is_level(numbers: Floats, owners: Codes) -> bool:
    """Return whether numbers are the same in all rows of each owner."""
    order = np.argsort(owners, kind="stable")
    return bool((np.diff(numbers[order])[np.diff(owners[order]) == 0] == 0).all())


def _is_constant(cells: pd.Series[Any], families: Families) -> bool:
    codes = factorize(cells.to_numpy(dtype=object))[0][families.rows]
    return bool((codes == np.repeat(codes[families.starts], families.lengths)).all())


def _counters(table: pd.DataFrame, columns: Several[Column], families: Families, but: set[str]) -> dict[str, int]:
    """Return the columns that count a subject's events, in order, and the number of the first."""
    found = {}
    for column in columns:
        if column.type == "integer" and column.name not in but:
            less = to_numbers(table[column.name], column)[families.rows] - families.positions
            if bool((less == less[0]).all()):
                found[column.name] = int(less[0])
    return found
