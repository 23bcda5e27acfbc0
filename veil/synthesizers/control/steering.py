"""From what is asked to rows that have it: a fitted model is steered.

Where the training rows must not be looked at any more (differential privacy), everything is planned from rows of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.control.allocation import allocated, largest_remainder
from veil.synthesizers.control.asked import Control
from veil.synthesizers.control.constraints import Determines, Unique
from veil.synthesizers.control.drawing import Drawing
from veil.synthesizers.control.factors import Category, Factor, factors, strata
from veil.synthesizers.control.facts import Fact, Facts, measured_facts
from veil.synthesizers.control.preparing import Prepared
from veil.synthesizers.control.tails import Tail

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Model

    Truth = npt.NDArray[np.bool_]

PILOT_ROWS = 10_000
MAX_LEVELS = 200
MARKS = ("no", "yes")


@dataclass(frozen=True)
class Steered:
    """A stand-in that has what was asked. `extreme` tells the rows that hold numbers beyond what was observed."""

    frame: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    facts: Facts
    extreme: Truth = field(repr=False)


def steered(prepared: Prepared, model: Model, n_rows: int, *, seed: int) -> Steered:
    """Return `n_rows` rows of a fitted model that have all that was asked, and the figures of it.

    Parameters
    ----------
    model : fitted on `prepared.frame` and `prepared.learnable`.

    Raises
    ------
    SynthesisFailed : shares that contradict each other, a tail that cannot be fitted, or a demand that the model does not meet.
    """
    control = prepared.control
    if not (control.quotas or control.oversample or control.balance or control.parity or control.extremes or control.constraints):
        plain = model.sample(n_rows, seed=seed)
        facts = Facts(tuple(measured_facts(control, {}, {})), n_rows, n_rows)
        return _completed(prepared, plain, np.zeros(len(plain), dtype=bool), facts)
    return _Steering(prepared, model, n_rows, seed).run()


@dataclass(frozen=True)
class _Groups:
    """Rows of all groups, the place of the extremes that each holds (-1: none), and how many were drawn for them."""

    rows: pd.DataFrame = field(repr=False)
    beyond: npt.NDArray[np.int64] = field(repr=False)
    n_drawn: int
    hit_rate: float | None


@dataclass(frozen=True)
class _Steering:
    prepared: Prepared
    model: Model = field(repr=False)
    n_rows: int
    seed: int

    def run(self) -> Steered:
        control, columns = self.prepared.control, self.prepared.steerable
        pilot = self._drawing(()).plain(PILOT_ROWS, "pilot")
        reference = pilot if self.prepared.original is None else self.prepared.original
        tails = tuple(Tail.fit(asked, reference[asked.column], columns[asked.column]) for asked in control.extremes)
        demands = [*factors(control, columns, reference, pilot), *_beyond(control, tails)]
        groups = strata(demands, columns)
        counts = _counts(groups, demands, pilot, columns, self.n_rows)
        drawn = self._drawn(groups, counts, pilot, self._drawing(tails, reference))
        self._require_met(drawn.rows)
        tables = {"original": self.prepared.original, "unsteered": pilot, "steered": drawn.rows}
        facts = [*measured_facts(control, columns, tables), *_tail_facts(control, tails, drawn.beyond)]
        extreme = drawn.beyond >= 0
        told = Facts(tuple(facts), self.n_rows, drawn.n_drawn, drawn.hit_rate, int(extreme.sum()))
        order = generator(self.seed, "order").permutation(self.n_rows)
        return _completed(self.prepared, drawn.rows.iloc[order].reset_index(drop=True), extreme[order], told)

    def _drawn(
        self, groups: Mapping[tuple[int, ...], Category], counts: npt.NDArray[np.int64], pilot: pd.DataFrame, drawing: Drawing
    ) -> _Groups:
        import pandas as pd

        looks_back = any(isinstance(constraint, (Unique, Determines)) for constraint in drawing.constraints)
        earlier, frames, beyond = pilot.iloc[:0], [pilot.iloc[:0]], [np.empty(0, dtype=np.int64)]
        n_drawn = n_hit = n_asked = 0
        for places, group in groups.items():
            own = drawing.rows(group, int(counts[places]), "group " + " ".join(map(str, places)), earlier)
            frames.append(own.frame)
            earlier = pd.concat([earlier, own.frame], ignore_index=True) if looks_back else earlier
            beyond.append(np.full(len(own.frame), group.beyond[0] if group.beyond else -1))
            n_drawn += own.n_drawn
            n_hit, n_asked = (n_hit + own.n_of_group, n_asked + own.n_drawn) if group.where else (n_hit, n_asked)
        hit_rate = n_hit / n_asked if n_asked else None
        return _Groups(pd.concat(frames, ignore_index=True), np.concatenate(beyond), n_drawn, hit_rate)

    def _drawing(self, tails: Sequence[Tail], reference: pd.DataFrame | None = None) -> Drawing:
        prepared = self.prepared
        names = frozenset(column.name for column in prepared.learnable if column in prepared.columns)
        levels = {} if reference is None else {name: _levels(reference, name) for name in names}
        return Drawing(self.model, prepared.steerable, names, levels, prepared.reshapings, prepared.watched, tails,
                       self.seed)  # fmt: skip

    def _require_met(self, rows: pd.DataFrame) -> None:
        columns = self.prepared.steerable
        for constraint in self.prepared.control.constraints:
            failing = int((~constraint.holds(rows, columns)).sum())
            if failing:
                raise SynthesisFailed(f"the constraint {constraint.told()} is undone in {failing} rows by another constraint; "
                                      "take one of the two out")  # fmt: skip


def _levels(reference: pd.DataFrame, name: str) -> tuple[str | None, ...]:
    """Return the cells of a column that has few, in a fixed order, None last; nothing for a column of many."""
    cells = reference[name]
    levels = sorted(cells.dropna().unique())
    return (*levels, *([None] if cells.isna().any() else [])) if len(levels) <= MAX_LEVELS else ()


def _beyond(control: Control, tails: Sequence[Tail]) -> Iterator[Factor]:
    """Yield one demand for all extremes: rows of each tail, and the others."""
    if tails:
        asked = zip(control.extremes, tails, strict=True)
        categories = [Category(each.share, {tail.column.name: tail.condition}, beyond=(place,))
                      for place, (each, tail) in enumerate(asked)]  # fmt: skip
        rest = Category(max(1 - sum(category.share for category in categories), 0.0))
        yield Factor(tuple(tail.column.name for tail in tails), (*categories, rest))


def _counts(
    groups: Iterable[tuple[int, ...]], demands: Sequence[Factor], pilot: pd.DataFrame, columns: Mapping[str, Column], n_rows: int
) -> npt.NDArray[np.int64]:
    """Return the rows of each group, in an array with an axis for each demand."""
    if not demands:
        return np.array(n_rows, dtype=np.int64)
    shape = tuple(len(demand.categories) for demand in demands)
    weights, possible = np.zeros(shape), np.zeros(shape, dtype=bool)
    np.add.at(weights, tuple(demand.codes(pilot, columns) for demand in demands), 1.0)
    for places in groups:
        possible[places] = True
    return allocated(weights, possible, [largest_remainder(demand.shares, n_rows) for demand in demands])


def _tail_facts(control: Control, tails: Sequence[Tail], beyond: npt.NDArray[np.int64]) -> Iterator[Fact]:
    for place, (asked, tail) in enumerate(zip(control.extremes, tails, strict=True)):
        told = (f"beyond the {asked.side} end of `{asked.column}`: generalized Pareto tail of shape {tail.shape:.2f}, "
                f"fitted to {tail.n_excesses} rows")  # fmt: skip
        yield Fact("extremes", (asked.column,), told, asked.share, 0.0, 0.0, float((beyond == place).sum() / max(len(beyond), 1)))


def _completed(prepared: Prepared, rows: pd.DataFrame, extreme: Truth, facts: Facts) -> Steered:
    """Return the rows with excluded columns, empty or left out, and with the mark."""
    control = prepared.control
    columns = [column for column in prepared.columns if control.exclude.get(column.name) != "drop"]
    whole = rows.copy()
    for place, column in enumerate(columns):
        if column.name in control.exclude:
            whole.insert(place, column.name, np.full(len(rows), None, dtype=object))
    if control.mark is not None:
        whole[control.mark] = np.array(MARKS, dtype=object)[extreme.astype(np.int64)]
        columns.append(Column(control.mark, "boolean", "|".join(MARKS), nullable=False))
    return Steered(whole[[column.name for column in columns]], tuple(columns), facts, extreme)
