"""What is left of numbers over what was foretold, drawn from a circuit that is told what tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.circuit import MIN_ROWS, Circuit
from veil.synthesizers.circuits.model import CircuitModel, read_circuit
from veil.synthesizers.circuits.variables import Ranges
from veil.synthesizers.sequences.telling import telling

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

NOTHING = 0
DRAWN = "drawn "


@dataclass(frozen=True)
class Leftover:
    """Ranges of what is left, by channel, and the codes that each told column had; `circuit` is None under 100 rows."""

    ranges: Mapping[str, Ranges] = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    circuit: CircuitModel | None = field(repr=False)

    @classmethod
    def fit(
        cls, known: Mapping[str, Codes], left: Mapping[str, Floats], circuit: Circuit, *, seed: int, progress: Progress
    ) -> Leftover:
        """Learn from rows: codes that are known, and what is left of each channel, NaN where a row has no number."""
        ranges, targets = {}, {}
        for name, each in left.items():
            is_number = np.isfinite(each)
            ranges[name] = Ranges.fit(each[is_number])
            targets[DRAWN + name] = np.full(len(each), NOTHING, dtype=np.int64)
            targets[DRAWN + name][is_number] = 1 + ranges[name].codes(each[is_number])
        told = telling(known, targets) or [next(iter(known))]
        codes = {name: known[name] for name in told} | targets
        seen = {name: np.unique(codes[name]) for name in codes}
        if len(next(iter(targets.values()))) < MIN_ROWS:
            return cls(ranges, {}, None)
        table = coded(codes, seen)
        columns = tuple(Column(name, "category") for name in table.columns)
        return cls(ranges, {name: seen[name] for name in told}, circuit.fit(table, columns, seed=seed, progress=progress))

    def draw(self, known: Mapping[str, Codes], n_rows: int, rng: np.random.Generator) -> dict[str, Floats]:
        """Return what is left of each channel."""
        if self.circuit is None:
            codes = {name: rng.integers(1, 1 + len(each.inside), n_rows) for name, each in self.ranges.items()}
        else:
            table = self.circuit.complete(coded(known, self.seen), seed=int(rng.integers(2**62)))
            codes = {name: table[DRAWN + name].to_numpy(dtype=object).astype(np.int64) for name in self.ranges}
        return {name: self._left(name, codes[name], rng) for name in self.ranges}

    def _left(self, name: str, codes: Codes, rng: np.random.Generator) -> Floats:
        """Return numbers inside ranges; where the circuit says that there is none and there is to be one, of any range."""
        ranges = self.ranges[name]
        codes = np.where(codes == NOTHING, rng.integers(1, 1 + len(ranges.inside), len(codes)), codes)
        return ranges.numbers(codes - 1, rng.random(len(codes)))

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the circuit into a folder that is not there yet, and return the rest as a JSON value."""
        if self.circuit is not None:
            folder.mkdir(mode=0o700)
            self.circuit.save(folder)
        return {"ranges": [[name, each.to_json()] for name, each in self.ranges.items()], "circuit": self.circuit is not None,
                "seen": [[name, each.tolist()] for name, each in self.seen.items()]}  # fmt: skip

    @classmethod
    def load(cls, folder: Path, value: Mapping[str, Any]) -> Leftover:
        """Read what `save` wrote and returned."""
        seen = {name: np.array(each, dtype=np.int64) for name, each in value["seen"]}
        ranges = {name: Ranges.from_json(each) for name, each in value["ranges"]}
        return cls(ranges, seen, read_circuit(folder) if value["circuit"] else None)


def coded(codes: Mapping[str, Codes], seen: Mapping[str, Codes]) -> pd.DataFrame:
    """Return the columns in `seen` as cells, since a circuit learns strings; a code that was not seen as the nearest one."""
    import pandas as pd

    near = {name: _nearest(seen[name], codes[name]) for name in seen}
    size = 1 + max((int(each.max(initial=0)) for each in near.values()), default=0)
    written = np.array([str(code) for code in range(size)], dtype=object)
    return pd.DataFrame({name: written[each] for name, each in near.items()}, dtype=object)


def _nearest(seen: Codes, codes: Codes) -> Codes:
    """Return the seen code that is nearest to each, the lower one of two."""
    after = np.clip(np.searchsorted(seen, codes), 0, len(seen) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(seen[before] - codes) <= np.abs(seen[after] - codes), seen[before], seen[after])
