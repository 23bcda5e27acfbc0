"""A fitted sequence model: subjects drawn first, then how many events each has, when the first is, and the events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import to_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import integer
from veil.synthesizers.circuits.model import FILES, CircuitModel, read_circuit
from veil.synthesizers.conditions import OneOf, Where
from veil.synthesizers.rejection import accepted
from veil.synthesizers.relations.model import RelationalModel, read_relational

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
    orders : columns that order events, the first one first.
    counters : columns that count a subject's events, and the number of the first.
    subjects : the circuit over the static columns, None if there are none; `events` what belongs to a subject.
    """

    columns: tuple[Column, ...]
    static: tuple[Column, ...]
    orders: tuple[Column, ...]
    counters: Mapping[str, int]
    subjects: CircuitModel | None = field(repr=False)
    events: RelationalModel = field(repr=False)
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

        if n_subjects < 0:
            raise SynthesisFailed(f"cannot sample {n_subjects} subjects; ask for none or more")
        subjects = self._subjects(n_subjects, where or {}, seed)
        owners, drawn = self.events.sample(subjects, seed=integer(seed, "events"))
        cells: dict[str, pd.Series[Any]] = {name: drawn[name] for name in drawn}
        for column in self.static:
            cells[column.name] = subjects[column.name].iloc[owners].reset_index(drop=True)
        for name, first in self.counters.items():
            cells[name] = pd.Series(_positions(owners) + first, dtype=np.int64).astype(str).astype(object)
        times = to_numbers(drawn[self.orders[0].name], self.orders[0]) if self.orders else np.zeros(len(owners))
        for column in self.orders[1:]:
            if column.name not in self.counters:
                order = np.lexsort((to_numbers(cells[column.name], column), times, owners))
                cells[column.name] = cells[column.name].iloc[order].reset_index(drop=True)
        return owners, pd.DataFrame({column.name: cells[column.name] for column in self.columns}, dtype=object)

    def _subjects(self, n_subjects: int, where: Where, seed: int) -> pd.DataFrame:
        """Draw subjects: conditions on levels exactly, on ranges by drawing again."""
        import pandas as pd

        names = [column.name for column in self.static]
        for name in where:
            if name not in names:
                told = ", ".join(f"`{each}`" for each in names) or "there is none"
                raise SynthesisFailed(
                    f"a condition on `{name}`, which is not the same in all rows of a subject; columns that are: {told}"
                )
        circuit = self.subjects
        if circuit is None:
            return pd.DataFrame(index=range(n_subjects))
        exact = {name: condition for name, condition in where.items() if isinstance(condition, OneOf)}
        ranges = {name: condition for name, condition in where.items() if name not in exact}
        if not ranges:
            return circuit.sample(n_subjects, seed=integer(seed, "subjects"), where=exact)
        draws = iter(range(10**9))

        def draw(n_rows: int) -> pd.DataFrame:
            return circuit.sample(n_rows, seed=integer(seed, "subjects", str(next(draws))), where=exact)

        return accepted(draw, n_subjects, self.static, ranges)

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder: JSON and safetensors, subjects and events in folders of their own."""
        from safetensors.numpy import save_file

        parts: dict[str, CircuitModel | RelationalModel] = {"events": self.events}
        if self.subjects is not None:
            parts["subjects"] = self.subjects
        for name, part in parts.items():
            (folder / name).mkdir(mode=0o700)
            part.save(folder / name)
        value = {"kind": KIND, "format": FORMAT, "columns": [asdict(each) for each in self.columns],
                 "static": [each.name for each in self.static], "orders": [each.name for each in self.orders],
                 "counters": dict(self.counters), "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({"none": np.zeros(1, dtype=np.float32)}, folder / FILES[1])


def read_sequence(folder: Path) -> SequenceModel | None:
    """Read a model that `SequenceModel.save` wrote; None if it is of another format."""
    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    columns = tuple(Column(**each) for each in value["columns"])
    named = {column.name: column for column in columns}
    events = read_relational(folder / "events")
    assert events is not None
    return SequenceModel(
        columns, tuple(named[name] for name in value["static"]), tuple(named[name] for name in value["orders"]),
        value["counters"], read_circuit(folder / "subjects") if value["static"] else None, events, value["parameters"],
        tuple(Epoch(**epoch) for epoch in value["history"]),
    )  # fmt: skip


def _positions(owners: Codes) -> Codes:
    """Return how many rows of its owner come before each; owners rise."""
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    return np.asarray(np.arange(len(owners)) - np.repeat(first, np.diff(np.append(first, len(owners)))))
