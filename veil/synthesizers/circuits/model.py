"""A fitted circuit: samples, also under conditions, tells likelihoods, and is saved as JSON and safetensors."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch, to_json
from veil.rng import generator
from veil.synthesizers.circuits.completing import completed
from veil.synthesizers.circuits.conditions import Asked, asked_of, drawn_within
from veil.synthesizers.circuits.evidence import evidence_of
from veil.synthesizers.circuits.gaps import given_codes, kept
from veil.synthesizers.circuits.mixture import Mixture
from veil.synthesizers.circuits.tree import Tree
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import Where
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.network import torch_threads

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Singles = npt.NDArray[np.float32]

KIND, FORMAT = "circuit", 2
FILES = ("model.json", "weights.safetensors")
PART_ROWS = 131_072


@dataclass(frozen=True)
class CircuitModel:
    """Fitted hidden Chow-Liu trees; `columns` are the table's, with their types."""

    columns: tuple[Column, ...]
    encoder: TableEncoder = field(repr=False)
    variables: Variables = field(repr=False)
    mixture: Mixture = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows: strings and None, in the columns and formats it was fitted on.

        Parameters
        ----------
        where : conditions that every returned row meets. Exact, not by rejection: rows are as likely as among all rows that the
            model would give and that meet them; a bound inside a range of numbers counts with the part of it that it leaves.

        Raises
        ------
        SynthesisFailed : a condition on a column that is not there, or on cells or a range that no learnt row had.
        """
        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        if not where:
            return self._drawn(n_rows, rng, Asked())
        asked = asked_of(self.encoder, self.variables, self.columns, where)
        return drawn_within(lambda n: self._drawn(n, rng, asked), n_rows, self.columns, where)

    def _drawn(self, n_rows: int, rng: np.random.Generator, asked: Asked) -> pd.DataFrame:
        """Return drawn rows; many are drawn part by part, so that the codes of few rows are in memory at a time."""
        import pandas as pd

        if n_rows <= PART_ROWS:
            return self._part(n_rows, rng, asked)
        cells = {column.name: np.empty(n_rows, dtype=object) for column in self.encoder.columns}
        for start in range(0, n_rows, PART_ROWS):
            part = self._part(min(PART_ROWS, n_rows - start), rng, asked)
            for name, column in cells.items():
                column[start : start + len(part)] = part[name].to_numpy(dtype=object)
        return pd.DataFrame(cells, dtype=object, copy=False)

    def _part(self, n_rows: int, rng: np.random.Generator, asked: Asked) -> pd.DataFrame:
        with torch_threads(1):
            levels = self.mixture.sample(n_rows, rng, asked.levels(self.variables))
        decoded = self.variables.decode(levels, rng, shares=asked.shares, intervals=asked.intervals)
        return asked.written(self.encoder.decode(decoded, rng), decoded, self.encoder, rng)

    def complete(self, given: pd.DataFrame, *, seed: int, missing: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return whole rows: the cells that are given as they are, the others drawn from their exact conditional distribution.

        A number conditions on the range it falls in, one beyond the learnt numbers on the outermost; a cell that was pooled as
        rare on the pool. Cells of columns that determine each other and never met count as what shares most of them.

        Parameters
        ----------
        given : some of the learnt columns, cells as strings and None (a given None is the null, not a gap).
        missing : (same rows, some or all of the same columns) True where the cell is not given in that row and is to be drawn.

        Raises
        ------
        SynthesisFailed : a column that was not learnt, a mask of another shape, or cells that no row of the fitted table had.
        """
        rng = generator(seed, "complete")
        codes, cells = given_codes(given, missing, self.encoder, self.variables)
        with torch_threads(1):
            levels = completed(self.mixture, evidence_of(self.variables, codes), len(given), rng)
        drawn = self.encoder.decode(self.variables.decode(levels, rng, given=codes), rng)
        return kept(drawn, cells, given.index)

    def log_likelihood(self, table: pd.DataFrame) -> Singles:
        """Return the log-likelihood of each row in nats; of numbers, that of the range they fall in."""
        with torch_threads(1):
            return self.mixture.log_likelihood(self.variables.encode(self.encoder.encode(table)))

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        trees = [{"order": part.tree.order, "parents": part.tree.parents} for part in self.mixture.parts]
        columns = [dataclasses.asdict(column) for column in self.columns]
        value = {"kind": KIND, "format": FORMAT, "columns": columns, "encoder": self.encoder.to_json(),
                 "variables": self.variables.to_json(),
                 "trees": trees, "shares": self.mixture.shares, "parameters": dict(self.parameters),
                 "history": self.history}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file(dict(sorted(self.mixture.arrays().items())), folder / FILES[1])


def read_circuit(folder: Path) -> CircuitModel | None:
    """Read a model that `CircuitModel.save` wrote; None if it is of another format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    trees = [Tree(tuple(each["order"]), tuple(each["parents"])) for each in value["trees"]]
    mixture = Mixture.from_arrays(trees, value["shares"], load_file(folder / FILES[1]))
    history = tuple(Epoch(**epoch) for epoch in value["history"])
    encoder, variables = TableEncoder.from_json(value["encoder"]), Variables.from_json(value["variables"])
    columns = tuple(Column(**column) for column in value["columns"])
    return CircuitModel(columns, encoder, variables, mixture, value["parameters"], history)
