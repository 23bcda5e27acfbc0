"""A fitted relation: how many children each parent has, when the first is, and the children one after another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers
from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import generator, integer
from veil.synthesizers.circuits.model import FILES, CircuitModel, read_circuit
from veil.synthesizers.relations.numbers import Numbers, scaled
from veil.synthesizers.relations.opening import FirstTimes
from veil.synthesizers.sequences.events import Events
from veil.synthesizers.sequences.offsets import Offsets

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

KIND, FORMAT = "relational", 1
NOBODY = -1


@dataclass(frozen=True)
class RelationalModel:
    """Fitted parents and children.

    Attributes
    ----------
    columns : of the children, in their order.
    first : when a parent's first child is; None where no column orders children.
    alone : children that have no parent, and `share_alone` of the children; None where fewer than 100 had none.
    """

    columns: tuple[Column, ...]
    numbers: Numbers
    first: FirstTimes | None = field(repr=False)
    offsets: Offsets | None
    events: Events = field(repr=False)
    alone: CircuitModel | None = field(repr=False)
    share_alone: float
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, parents: pd.DataFrame, n_rows: int | None = None, *, seed: int) -> tuple[Codes, pd.DataFrame]:
        """Return the place of each child's parent, -1 where it has none, and the children.

        Parameters
        ----------
        parents : (n_parents, …) synthetic parents with the columns that were learnt from.
        n_rows : children to return; None takes as many as the parents come to have.

        Raises
        ------
        SynthesisFailed : children are asked for and there is no parent.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return self._sampled(parents, n_rows, seed)

    def _sampled(self, parents: pd.DataFrame, n_rows: int | None, seed: int) -> tuple[Codes, pd.DataFrame]:
        if n_rows and not len(parents) and self.share_alone < 1:
            raise SynthesisFailed(f"{n_rows} children are asked for and there is no parent; synthesize parents first")
        codes = self.events.context.seen(parents)[0] if self.events.context else {}
        children = self._children(codes, len(parents), seed)
        n_owned = int(children.sum()) if n_rows is None else n_rows - round(n_rows * self.share_alone)
        n_alone = round(n_owned * self.share_alone / (1 - self.share_alone)) if n_rows is None else n_rows - n_owned
        if len(children):
            children = scaled(children, n_owned, generator(seed, "round"))
        starts = self._starts(parents, codes, children, seed)
        owners, table = self._rows(parents, children, starts, integer(seed, "rows"))
        if n_alone:
            owners, table = self._with_alone(owners, table, n_alone, seed)
        return owners, table

    def _children(self, codes: Mapping[str, Codes], n_parents: int, seed: int) -> Codes:
        return self.numbers.sample(codes, n_parents, generator(seed, "children"))

    def _starts(self, parents: pd.DataFrame, codes: Mapping[str, Codes], children: Codes, seed: int) -> Floats:
        starts, has = np.zeros(len(parents)), np.flatnonzero(children)
        if self.first is not None and len(has):
            own = {name: each[has] for name, each in codes.items()}
            starts[has] = self.first.sample(parents.iloc[has], own, children[has], seed=integer(seed, "first"))
        return starts

    def _rows(self, parents: pd.DataFrame, children: Codes, starts: Floats, seed: int) -> tuple[Codes, pd.DataFrame]:
        drawn = self.events.sample(parents, children, starts, seed=seed)
        table = drawn.cells
        if self.offsets is not None:
            table = self.offsets.read(table, drawn.times)
        if self.first is not None:
            order = self.first.opening.column
            table = table.assign(**{order.name: from_numbers(drawn.times, order).to_numpy(dtype=object)})
        return drawn.owners, table[[column.name for column in self.columns]].astype(object)

    def _with_alone(self, owners: Codes, table: pd.DataFrame, n_alone: int, seed: int) -> tuple[Codes, pd.DataFrame]:
        """Return the rows with children that have no parent after them: from their own model, else like other children."""
        import pandas as pd

        if self.alone is not None:
            rows = self.alone.sample(n_alone, seed=integer(seed, "alone"))
        else:
            rows = table.iloc[generator(seed, "alone").integers(0, len(table), n_alone)]
        nobody = np.full(n_alone, NOBODY, dtype=np.int64)
        return np.concatenate([owners, nobody]), pd.concat([table, rows[table.columns]], ignore_index=True)

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder: JSON and safetensors, the circuits in folders of their own."""
        from safetensors.numpy import save_file

        events, arrays = self.events.save(folder)
        arrays |= {f"numbers.{name}": array for name, array in self.numbers.chances.arrays().items()}
        if self.alone is not None:
            (folder / "alone").mkdir(mode=0o700)
            self.alone.save(folder / "alone")
        offsets = self.offsets and {
            "order": asdict(self.offsets.order),
            "columns": [asdict(each) for each in self.offsets.columns],
        }
        value = {"kind": KIND, "format": FORMAT, "columns": [asdict(each) for each in self.columns],
                 "numbers": self.numbers.to_json(), "first": self.first and self.first.save(folder / "first"),
                 "offsets": offsets, "events": events, "alone": self.alone is not None, "share_alone": self.share_alone,
                 "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, folder / FILES[1])


def read_relational(folder: Path) -> RelationalModel | None:
    """Read a model that `RelationalModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    offsets, arrays = value["offsets"], load_file(folder / FILES[1])
    chances = {name.removeprefix("numbers."): array for name, array in arrays.items() if name.startswith("numbers.")}
    return RelationalModel(
        tuple(Column(**each) for each in value["columns"]),
        Numbers.load(value["numbers"], chances),
        value["first"] and FirstTimes.load(folder / "first", value["first"]),
        offsets and Offsets(Column(**offsets["order"]), tuple(Column(**each) for each in offsets["columns"])),
        Events.load(folder, value["events"], arrays),
        read_circuit(folder / "alone") if value["alone"] else None,
        value["share_alone"], value["parameters"], tuple(Epoch(**epoch) for epoch in value["history"]),
    )  # fmt: skip
