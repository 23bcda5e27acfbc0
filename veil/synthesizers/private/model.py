"""A fitted private network: samples, also under conditions, tells its ledger, and is saved as JSON and safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import generator
from veil.synthesizers.conditions import Where, condition_column
from veil.synthesizers.private.cells import LevelCells, NumberCells, PrivateCells, bin_shares, draw_places
from veil.synthesizers.private.network import Network
from veil.synthesizers.private.ranges import Ranges

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

KIND, FORMAT = "dp_network", 1
FILES = ("model.json", "weights.safetensors")


@dataclass(frozen=True)
class PrivateModel:
    """A network over private columns.

    Attributes
    ----------
    parameters : what the method was given, and its claim: epsilon, delta, unit, neighbors, and the ledger of all queries.
    """

    columns: tuple[PrivateCells, ...] = field(repr=False)
    network: Network = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows: strings and None, in the columns and formats it was fitted on.

        Parameters
        ----------
        where : conditions that every returned row meets. Exact, not by rejection; more samples cost no privacy.

        Raises
        ------
        SynthesisFailed : a condition on a column that is not there, or that nothing which may be told meets.
        """
        import pandas as pd

        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        conditions = self._conditions(where or {})
        allowed = {
            place: np.minimum(np.bincount(own.bins, bin_shares(own.weights, own.bins, own.n_bins) * shares, own.n_bins), 1.0)
            for place, (shares, _) in conditions.items()
            for own in [self.columns[place]]
        }
        bins = self.network.sample(n_rows, rng, allowed)
        cells = {}
        for place, own in enumerate(self.columns):
            shares, ranges = conditions.get(place, (None, None))
            cells[own.column.name] = own.cells(draw_places(own, bins[place], shares, rng), rng, ranges)
        return pd.DataFrame(cells, columns=[own.column.name for own in self.columns], dtype=object)

    def _conditions(self, where: Where) -> dict[int, tuple[Floats, Ranges | None]]:
        table_columns = [own.column for own in self.columns]
        found = {}
        for name, condition in where.items():
            place = table_columns.index(condition_column(table_columns, name))
            shares, ranges = self.columns[place].accepted(condition)
            if not (shares * self.columns[place].weights > 0).any():
                raise SynthesisFailed(f"a condition on `{name}` asks for cells that no or too few rows had to be told; "
                                      "loosen it, or declare the column's `domain`")
            found[place] = (shares, ranges)
        return found

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which may be told."""
        from safetensors.numpy import save_file

        columns = [{"column": _facts(own.column), **own.to_json()} for own in self.columns]
        value = {"kind": KIND, "format": FORMAT, "columns": columns, "parameters": dict(self.parameters), "history": self.history}
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        arrays: dict[str, npt.NDArray[Any]] = {"states": self.network.states}
        for place, (own, given) in enumerate(zip(self.columns, self.network.given, strict=True)):
            arrays.update({f"given.{place}": given, f"weights.{place}": own.weights, f"bins.{place}": own.bins})
            if isinstance(own, NumberCells):
                arrays.update({f"lows.{place}": own.lows, f"highs.{place}": own.highs})
        save_file({name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}, folder / FILES[1])


def read_private(folder: Path) -> PrivateModel | None:
    """Read a model that `PrivateModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    arrays = load_file(folder / FILES[1])
    columns = tuple(_column(each, place, arrays) for place, each in enumerate(value["columns"]))
    network = Network(arrays["states"], tuple(arrays[f"given.{place}"] for place in range(len(columns))))
    return PrivateModel(columns, network, value["parameters"], tuple(Epoch(**epoch) for epoch in value["history"]))


def _facts(column: Column) -> Mapping[str, Any]:
    return {"name": column.name, "type": column.type, "format": column.format}


def _column(value: Mapping[str, Any], place: int, arrays: Mapping[str, Any]) -> PrivateCells:
    column, weights, bins = Column(**value["column"]), arrays[f"weights.{place}"], arrays[f"bins.{place}"]
    if value["learnt_as"] == "levels":
        return LevelCells(column, tuple(value["levels"]), weights, bins, value["n_bins"], value["unknown"], value["other"])
    return NumberCells(column, value["places"], arrays[f"lows.{place}"], arrays[f"highs.{place}"], weights, bins, value["n_bins"])
