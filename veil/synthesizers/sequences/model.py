"""A fitted sequence model: subjects drawn first, with their lengths and first times, then their events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers, to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import integer
from veil.synthesizers.circuits.model import FILES, CircuitModel, read_circuit
from veil.synthesizers.conditions import OneOf, Where
from veil.synthesizers.rejection import accepted
from veil.synthesizers.sequences.events import Drawn, Events
from veil.synthesizers.sequences.opening import Opening
from veil.synthesizers.sequences.sizes import Sizes

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

KIND, FORMAT = "sequence", 1


@dataclass(frozen=True)
class SequenceModel:
    """Fitted sequences.

    Attributes
    ----------
    columns : of the table, in its order; `static` those that every subject has once.
    later_orders : columns that order events which the first order column does not tell apart.
    counters : columns that count a subject's events, and the number of the first.
    subjects : the circuit over the static columns, the number of events and when the first is.
    """

    columns: tuple[Column, ...]
    static: tuple[Column, ...]
    later_orders: tuple[Column, ...]
    counters: Mapping[str, int]
    sizes: Sizes
    subjects: CircuitModel = field(repr=False)
    opening: Opening | None
    events: Events = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_subjects: int, *, seed: int, where: Where | None = None) -> tuple[Codes, pd.DataFrame]:
        """Return synthetic subjects: which one each row is of, rising from 0, and the rows, in order.

        Parameters
        ----------
        where : conditions on static columns; every returned subject meets them all.

        Raises
        ------
        SynthesisFailed : a condition on a column that is not static, or that nothing supports.
        """
        import pandas as pd

        subjects = self._subjects(n_subjects, where or {}, seed)
        lengths = self.sizes.sizes(subjects)
        starts = self.opening.times(subjects, subjects) if self.opening is not None else np.zeros(n_subjects)
        drawn = self.events.sample(subjects, lengths, starts, seed=integer(seed, "rows"))
        cells: dict[str, pd.Series[Any]] = {name: drawn.cells[name] for name in drawn.cells}
        for column in self.static:
            cells[column.name] = subjects[column.name].iloc[drawn.owners].reset_index(drop=True)
        if self.opening is not None:
            cells[self.opening.column.name] = from_numbers(drawn.times, self.opening.column)
        for name, first in self.counters.items():
            cells[name] = pd.Series(_positions(drawn.owners) + first).astype(str).astype(object)
        for column in self.later_orders:
            if column.name not in self.counters:
                cells[column.name] = _in_order(cells[column.name], column, drawn)
        return drawn.owners, pd.DataFrame({column.name: cells[column.name] for column in self.columns}, dtype=object)

    def _subjects(self, n_subjects: int, where: Where, seed: int) -> pd.DataFrame:
        """Draw subjects: conditions on levels exactly, on ranges by drawing again."""
        names = [column.name for column in self.static]
        for name in where:
            if name not in names:
                told = ", ".join(f"`{each}`" for each in names) or "there is none"
                raise SynthesisFailed(f"a condition on `{name}`, which is not the same in all rows of a subject; "
                                      f"columns that are: {told}")  # fmt: skip
        exact = {name: condition for name, condition in where.items() if isinstance(condition, OneOf)}
        ranges = {name: condition for name, condition in where.items() if name not in exact}
        if not ranges:
            return self.subjects.sample(n_subjects, seed=integer(seed, "subjects"), where=exact)
        draws = iter(range(10**9))

        def draw(n_rows: int) -> pd.DataFrame:
            return self.subjects.sample(n_rows, seed=integer(seed, "subjects", str(next(draws))), where=exact)

        return accepted(draw, n_subjects, self.static, ranges)

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder: JSON and safetensors, the circuits in folders of their own."""
        from safetensors.numpy import save_file

        (folder / "subjects").mkdir(mode=0o700)
        self.subjects.save(folder / "subjects")
        events, arrays = self.events.save(folder)
        value = {"kind": KIND, "format": FORMAT, "columns": [asdict(each) for each in self.columns],
                 "static": [each.name for each in self.static], "later_orders": [each.name for each in self.later_orders],
                 "counters": dict(self.counters), "sizes": list(self.sizes.least), "opening": self.opening and self.opening.to_json(), "events": events,
                 "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, folder / FILES[1])


def read_sequence(folder: Path) -> SequenceModel | None:
    """Read a model that `SequenceModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    columns = tuple(Column(**each) for each in value["columns"])
    named = {column.name: column for column in columns}
    subjects = read_circuit(folder / "subjects")
    assert subjects is not None
    return SequenceModel(
        columns, tuple(named[name] for name in value["static"]), tuple(named[name] for name in value["later_orders"]),
        value["counters"], Sizes(tuple(value["sizes"])), subjects, value["opening"] and Opening.from_json(value["opening"]),
        Events.load(folder, value["events"], load_file(folder / FILES[1])), value["parameters"],
        tuple(Epoch(**epoch) for epoch in value["history"]),
    )  # fmt: skip


def _positions(owners: Codes) -> Codes:
    """Return how many rows of its owner come before each; owners rise."""
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    return np.asarray(np.arange(len(owners)) - np.repeat(first, np.diff(np.append(first, len(owners)))))


def _in_order(cells: pd.Series[Any], column: Column, drawn: Drawn) -> pd.Series[Any]:
    """Return the cells with those of events at the same time put in order."""
    times = np.zeros(len(cells)) if np.isnan(drawn.times).all() else drawn.times
    order = np.lexsort((to_numbers(cells, column), times, drawn.owners))
    return cells.iloc[order].reset_index(drop=True)
