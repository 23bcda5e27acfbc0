"""What the `ctgan` package learnt, as arrays: sampled and saved without the package and without pickle."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Epoch, to_json
from veil.rng import generator
from veil.synthesizers.conditions import Where
from veil.synthesizers.encoding import EncodedColumn, NumberColumn, TableEncoder
from veil.synthesizers.network import BATCH_ROWS, FILES, draw_conditions, forward, gumbel, torch_threads
from veil.synthesizers.rejection import accepted

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Singles = npt.NDArray[np.float32]
    Weights = Mapping[str, Singles]

KIND, FORMAT = "ctgan-library", 1
NOISE, DEVIATIONS = 128, 4


@dataclass(frozen=True)
class Part:
    """A column, or the levels beside a column of numbers, in the network's output.

    Attributes
    ----------
    place : of the column in the table.
    start : first output; a number's scalar comes before its modes.
    members, shares : the codes of discrete outputs and their frequency among the training rows.
    means, deviations : of the modes of a number.
    """

    place: int
    start: int
    members: tuple[int, ...]
    shares: tuple[float, ...]
    means: tuple[float, ...] = ()
    deviations: tuple[float, ...] = ()


@dataclass(frozen=True)
class LibraryModel:
    """A generator that the package trained; conditions are drawn by true frequency."""

    encoder: TableEncoder = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    weights: Weights = field(repr=False)
    parameters: Mapping[str, Any]
    history: tuple[Epoch, ...] = field(repr=False)

    def sample(self, n_rows: int, *, seed: int, where: Where | None = None) -> pd.DataFrame:
        """Return `n_rows` synthetic rows that meet the conditions; see `Model.sample`."""
        if n_rows < 0:
            raise SynthesisFailed(f"cannot sample {n_rows} rows; ask for none or more")
        rng = generator(seed, "sample")
        if where:
            return accepted(lambda size: self._sampled(size, rng), n_rows, self.encoder.table_columns, where)
        return self._sampled(n_rows, rng)

    def _sampled(self, n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
        with torch_threads(1):
            made = [self._logits(min(BATCH_ROWS, n_rows - start), rng) for start in range(0, n_rows, BATCH_ROWS)]
        logits = np.concatenate(made) if made else np.zeros((0, len(self.weights["output.bias"])), dtype=np.float32)
        return self.encoder.decode(self._columns(logits, rng), rng)

    def _logits(self, n_rows: int, rng: np.random.Generator) -> Singles:
        asked = [part for part in self.parts if part.members]
        places = np.zeros(n_rows, dtype=np.int64)
        if asked:
            offsets = np.cumsum([0, *(len(part.members) for part in asked)])
            spans, members = draw_conditions(tuple(np.array(part.shares) / sum(part.shares) for part in asked), n_rows, rng)
            places = offsets[spans] + members
        return forward(self.weights, rng.standard_normal((n_rows, NOISE), dtype=np.float32), places)

    def _columns(self, logits: Singles, rng: np.random.Generator) -> tuple[EncodedColumn, ...]:
        codes: dict[int, Any] = {}
        numbers: dict[int, Any] = {}
        for part in self.parts:
            start = part.start if part.members else part.start + 1
            width = len(part.members or part.means)
            drawn = (logits[:, start : start + width] + gumbel((len(logits), width), rng)).argmax(axis=1)
            if part.members:
                codes[part.place] = np.array(part.members, dtype=np.int64)[drawn]
            else:
                scalars = np.tanh(logits[:, part.start].astype(np.float64))
                numbers[part.place] = np.array(part.means)[drawn] + DEVIATIONS * np.array(part.deviations)[drawn] * scalars
        zeros = np.zeros(len(logits), dtype=np.int64)
        return tuple(EncodedColumn(column.name, column.n_codes, codes.get(place, zeros),
                                   numbers[place] if isinstance(column, NumberColumn) else None)
                     for place, column in enumerate(self.encoder.columns))  # fmt: skip

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.safetensors` into an existing folder. The JSON holds levels, which are cells."""
        from safetensors.numpy import save_file

        value = {"kind": KIND, "format": FORMAT, "encoder": self.encoder.to_json(), "history": self.history,
                 "parts": [dataclasses.asdict(part) for part in self.parts], "parameters": dict(self.parameters)}  # fmt: skip
        (folder / FILES[0]).write_text(to_json(value), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in sorted(self.weights.items())}, folder / FILES[1])


def read_library(folder: Path) -> LibraryModel | None:
    """Read a model that `LibraryModel.save` wrote; None if it is of another kind or format."""
    from safetensors.numpy import load_file

    value = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
    if (value.get("kind"), value.get("format")) != (KIND, FORMAT):
        return None
    lists = ("members", "shares", "means", "deviations")
    parts = tuple(Part(part["place"], part["start"], *(tuple(part[name]) for name in lists)) for part in value["parts"])
    return LibraryModel(TableEncoder.from_json(value["encoder"]), parts, load_file(folder / FILES[1]), value["parameters"],
                        tuple(Epoch(**epoch) for epoch in value["history"]))  # fmt: skip
