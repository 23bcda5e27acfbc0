"""Fitted sequential trees: sample column after column, also under conditions, and are saved as JSON and safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Epoch, to_json
from veil.rng import generator
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import Where
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.rejection import accepted
from veil.synthesizers.trees.conditions import possible_levels
from veil.synthesizers.trees.features import Feature
from veil.synthesizers.trees.growing import Column
from veil.synthesizers.trees.tree import Tree

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Truth = npt.NDArray[np.bool_]

KIND, FORMAT = "cart", 1
FILES = ("model.json", "weights.safetensors")
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class CartModel:
    """A tree per variable, in the order in which they are drawn."""

    encoder: TableEncoder = field(repr=False)
    variables: Variables = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows that meet the conditions; see `Model.sample`.

        A condition on columns that are drawn first costs nothing (`first`); for others, rows that cannot meet it are dropped
        as soon as its column is drawn. Either way rows are distributed as those of the model that meet it.
        """
        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        if where:
            could = possible_levels(self.encoder, self.variables, where)
            return accepted(lambda size: self._sampled(size, rng, could), n_rows, self.encoder.table_columns, where)
        return self._sampled(n_rows, rng, {})

    def _sampled(self, n_rows: int, rng: np.random.Generator, could: Mapping[int, Truth]) -> pd.DataFrame:
        sizes = [min(BATCH_ROWS, n_rows - start) for start in range(0, max(n_rows, 1), BATCH_ROWS)]
        levels = np.concatenate([self._levels(size, rng, could) for size in sizes])
        return self.encoder.decode(self.variables.decode(levels, rng), rng)

    def _levels(self, n_rows: int, rng: np.random.Generator, could: Mapping[int, Truth]) -> Codes:
        """Return levels of at most `n_rows` rows: those that could meet the conditions."""
        levels = np.zeros((n_rows, len(self.columns)), dtype=np.int64)
        for place, column in enumerate(self.columns):
            allowed = could.get(column.variable)
            if place == 0 and allowed is not None:
                levels[:, column.variable] = column.tree.draw_root(len(levels), allowed, rng)
                continue
            levels[:, column.variable] = column.draw(levels, rng)
            if allowed is not None:
                levels = levels[allowed[levels[:, column.variable]]]
        return levels

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        trees = [{"variable": each.variable, "features": [own.variable for own in each.features]} for each in self.columns]
        value = {"kind": KIND, "format": FORMAT, "encoder": self.encoder.to_json(), "variables": self.variables.to_json(),
                 "trees": trees, "parameters": dict(self.parameters), "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        arrays = {}
        for place, each in enumerate(self.columns):
            arrays.update({f"{place}.{name}": array for name, array in each.tree.arrays().items()})
            arrays.update({f"{place}.places.{own}": feature.places for own, feature in enumerate(each.features)})
        save_file(dict(sorted(arrays.items())), folder / FILES[1])


def read_cart(folder: Path) -> CartModel | None:
    """Read a model that `CartModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    arrays = load_file(folder / FILES[1])
    columns = []
    for place, each in enumerate(value["trees"]):
        own = {name.removeprefix(f"{place}."): array for name, array in arrays.items() if name.startswith(f"{place}.")}
        features = tuple(Feature(variable, own[f"places.{at}"]) for at, variable in enumerate(each["features"]))
        columns.append(Column(each["variable"], features, Tree.from_arrays(own)))
    encoder, variables = TableEncoder.from_json(value["encoder"]), Variables.from_json(value["variables"])
    return CartModel(encoder, variables, tuple(columns), value["parameters"], tuple(Epoch(**epoch) for epoch in value["history"]))
