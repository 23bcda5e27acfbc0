"""When a parent's first child is, given the parent's columns and how many children it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.model import CircuitModel, read_circuit
from veil.synthesizers.sequences.context import Bands
from veil.synthesizers.sequences.leftover import coded
from veil.synthesizers.sequences.opening import Opening
from veil.synthesizers.sequences.telling import telling

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

N_CHILDREN = "number of children"
MAX_TOLD = 8


@dataclass(frozen=True)
class FirstTimes:
    """Fitted first times."""

    opening: Opening
    bands: Bands = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    circuit: CircuitModel = field(repr=False)

    @classmethod
    def fit(
        cls, first: Floats, parents: pd.DataFrame, codes: Mapping[str, Codes], children: Codes, opening: Opening,
        circuit: Circuit, *, seed: int, progress: Progress,
    ) -> FirstTimes:  # fmt: skip
        """Learn from parents that have children: a row, codes, how many children and the time of the first one of each."""
        bands = Bands.fit(children.astype(np.float64))
        known = {N_CHILDREN: bands.codes(children.astype(np.float64)), **codes}
        cells = opening.cells(first, parents).reset_index(drop=True)
        starts = cells[opening.columns[0].name].astype(float).to_numpy()
        told = [N_CHILDREN, *telling(codes, {"start": Bands.fit(starts).codes(starts)}, at_most=MAX_TOLD)]
        seen = {name: np.unique(known[name]) for name in told}
        columns = (*(Column(name, "category") for name in told), *opening.columns)
        given = coded({name: known[name] for name in told}, seen)
        return cls(opening, bands, seen, circuit.fit(given.join(cells), columns, seed=seed, progress=progress))

    def sample(self, parents: pd.DataFrame, codes: Mapping[str, Codes], children: Codes, *, seed: int) -> Floats:
        """Return the time of each parent's first child."""
        known = {N_CHILDREN: self.bands.codes(children.astype(np.float64)), **codes}
        given = coded({name: known[name] for name in self.seen}, self.seen)
        return self.opening.times(self.circuit.complete(given, seed=seed), parents)

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the circuit into a folder that is not there yet; return the rest as a JSON value."""
        folder.mkdir(mode=0o700)
        self.circuit.save(folder)
        return {"opening": self.opening.to_json(), "bands": list(self.bands.edges),
                "seen": [[name, each.tolist()] for name, each in self.seen.items()]}  # fmt: skip

    @classmethod
    def load(cls, folder: Path, value: Mapping[str, Any]) -> FirstTimes:
        """Read what `save` wrote and returned."""
        circuit = read_circuit(folder)
        assert circuit is not None
        seen = {name: np.array(each, dtype=np.int64) for name, each in value["seen"]}
        return cls(Opening.from_json(value["opening"]), Bands(tuple(value["bands"])), seen, circuit)
