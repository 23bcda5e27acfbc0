"""How many children a parent has, given its columns: learnt by a circuit that is parted by classes of size, none being one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.model import CircuitModel, read_circuit
from veil.synthesizers.sequences.sizes import CLASS, COLUMNS, Sizes
from veil.synthesizers.sequences.step import coded
from veil.synthesizers.sequences.telling import telling

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]

MAX_TOLD = 8


@dataclass(frozen=True)
class Numbers:
    """Fitted numbers of children; `circuit` is None where no column of the parents tells of them."""

    sizes: Sizes
    found: tuple[int, ...] = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    circuit: CircuitModel | None = field(repr=False)

    @classmethod
    def fit(cls, parents: Mapping[str, Codes], children: Codes, circuit: Circuit, *, seed: int, progress: Progress) -> Numbers:
        """Learn from parents.

        Parameters
        ----------
        parents : codes of their columns; `children` (n_parents,) how many each has, zero included.
        """
        sizes, found = Sizes.fit(children), tuple(np.sort(children).tolist())
        told = telling(parents, {"children": children}, at_most=MAX_TOLD)
        seen = {name: np.unique(parents[name]) for name in told}
        if not told:
            return cls(sizes, found, seen, None)
        table = coded(parents, seen).join(sizes.cells(children))
        columns = (*(Column(name, "category") for name in told), *COLUMNS)
        parted = replace(circuit, focus=CLASS)
        return cls(sizes, found, seen, parted.fit(table, columns, seed=seed, progress=progress))

    def alike(self, n_parents: int, rng: np.random.Generator) -> Codes:
        """Return how many children each parent has where nothing tells: as the parents that were learnt from, in any order."""
        return rng.choice(np.array(self.found), n_parents) if len(self.found) else np.zeros(n_parents, dtype=np.int64)

    def sample(self, parents: Mapping[str, Codes], *, seed: int) -> Codes:
        """Return how many children each parent has."""
        assert self.circuit is not None
        return self.sizes.sizes(self.circuit.complete(coded(parents, self.seen), seed=seed))

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the circuit into a folder that is not there yet; return the rest as a JSON value."""
        if self.circuit is not None:
            folder.mkdir(mode=0o700)
            self.circuit.save(folder)
        return {"least": list(self.sizes.least), "found": list(self.found), "seen": {name: each.tolist() for name, each in self.seen.items()},
                "circuit": self.circuit is not None}  # fmt: skip

    @classmethod
    def load(cls, folder: Path, value: Mapping[str, Any]) -> Numbers:
        """Read what `save` wrote and returned."""
        seen = {name: np.array(each, dtype=np.int64) for name, each in value["seen"].items()}
        return cls(Sizes(tuple(value["least"])), tuple(value["found"]), seen, read_circuit(folder) if value["circuit"] else None)


def scaled(children: Codes, n_rows: int, rng: np.random.Generator) -> Codes:
    """Return numbers of children that add up to `n_rows`: each as near to its own as can be, rounded up or down at random."""
    total = int(children.sum())
    if total == n_rows:
        return children
    wanted = children * (n_rows / total) if total else np.full(len(children), n_rows / len(children))
    sizes = np.floor(wanted).astype(np.int64)
    lacking = n_rows - int(sizes.sum())
    keys = np.log(np.maximum(wanted - sizes, 1e-12)) + rng.gumbel(size=len(sizes))
    sizes[np.argsort(-np.where(wanted > sizes, keys, -np.inf), kind="stable")[:lacking]] += 1
    return sizes
