"""One step of a family: the columns of its next row, drawn from a circuit over what is known and what is to come.

Numbers are foretold by regression and only what is left over is learnt by the circuit, together with the levels, the foretold and
what the family's past and context are; so autocorrelation is kept by the regression, and shapes, levels and ties by the circuit.
Numbers are drawn first. Then the circuit is told where they stand, and draws the levels that go with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.rng import generator, integer
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.model import CircuitModel
from veil.synthesizers.circuits.variables import Ranges
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands
from veil.synthesizers.sequences.outlook import Known, Outlook
from veil.synthesizers.sequences.telling import telling

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

GIVEN, FORETOLD, STANDING, TARGET = "given ", "foretold ", "standing ", "drawn "


@dataclass(frozen=True)
class Step:
    """How some columns of a row are drawn.

    Attributes
    ----------
    seen : the codes of each column that is told to the circuit that rows of the fitted table had; another counts as the nearest one.
    left : ranges of what is left over what was foretold, and `standing` bands of the numbers themselves, by channel.
    """

    channels: tuple[Channel, ...]
    outlook: Outlook = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    left: Mapping[str, Ranges] = field(repr=False)
    standing: Mapping[str, Bands] = field(repr=False)
    circuit: CircuitModel = field(repr=False)

    @classmethod
    def fit(
        cls, channels: Sequence[Channel], encoded: Sequence[EncodedColumn], known: Known, circuit: Circuit, *, seed: int,
        progress: Progress,
    ) -> Step:  # fmt: skip
        """Learn from rows of many families, whose columns are `encoded` as `channels` has them."""
        outlook = Outlook.fit(channels, encoded, known, generator(seed, "ties"))
        over = outlook.left(channels, encoded, known, generator(seed, "ties"))
        numbers = [channel.name for channel in channels if channel.is_number]
        left, standing = {}, {}
        codes = _named(GIVEN, known.codes) | _named(FORETOLD, outlook.foretold(known)[1])
        targets = {}
        for channel, own in zip(channels, encoded, strict=True):
            target = own.codes.copy()
            if channel.smooth is not None:
                values, rest = channel.values(own), over[:, numbers.index(channel.name)]
                left[channel.name], standing[channel.name] = Ranges.fit(rest[np.isfinite(rest)]), Bands.fit(values)
                target[np.isfinite(rest)] += left[channel.name].codes(rest[np.isfinite(rest)])
                codes[STANDING + channel.name] = standing[channel.name].codes(values)
            targets[TARGET + channel.name] = target
        told = {*telling(codes, targets), *_named(STANDING, standing), next(iter(codes))}
        codes = {name: each for name, each in codes.items() if name in told}
        seen = {name: np.unique(each) for name, each in (codes | targets).items()}
        table = coded(codes | targets, seen)
        columns = tuple(Column(name, "category") for name in table.columns)
        learnt = circuit.fit(table, columns, seed=integer(seed, "circuit"), progress=progress)
        return cls(tuple(channels), outlook, seen, left, standing, learnt)

    def draw(self, known: Known, rng: np.random.Generator) -> tuple[dict[str, Codes], dict[str, Floats]]:
        """Return, of each column, the codes that were drawn and the numbers, NaN where there is none."""
        expected, foretold = self.outlook.foretold(known)
        codes = _named(GIVEN, known.codes) | _named(FORETOLD, foretold)
        targets = self._completed(codes, rng)
        numbers = [channel for channel in self.channels if channel.is_number]
        scores = self.outlook.scores(self._left(targets, numbers, rng), expected, known)
        nothing = np.full(len(known.features), np.nan)
        found = {each.name: np.minimum(targets[TARGET + each.name], each.n_codes - 1) for each in self.channels}
        drawn = {each.name: each.drawn(found[each.name], scores[:, place]) for place, each in enumerate(numbers)}
        codes |= {STANDING + name: bands.codes(drawn[name]) for name, bands in self.standing.items()}
        codes |= {TARGET + each.name: found[each.name] for each in numbers if each.name not in self.standing}
        others = [channel for channel in self.channels if not channel.is_number]
        if others and self.standing:
            targets = self._completed(codes, rng)
            found |= {each.name: targets[TARGET + each.name] for each in others}
        return found, drawn | {each.name: nothing for each in others}

    def _left(self, targets: Mapping[str, Codes], numbers: Sequence[Channel], rng: np.random.Generator) -> Floats:
        """Return (n_rows, n_numbers) what is left over what was foretold, drawn inside the ranges; NaN where there is none."""
        left = np.full((len(next(iter(targets.values()))), len(numbers)), np.nan)
        for place, channel in enumerate(numbers):
            if channel.name in self.left:
                ranges = targets[TARGET + channel.name] - (channel.n_codes - 1)
                rows = np.flatnonzero(ranges >= 0)
                left[rows, place] = self.left[channel.name].numbers(ranges[rows], rng.random(len(rows)))
        return left

    def _completed(self, codes: Mapping[str, Codes], rng: np.random.Generator) -> dict[str, Codes]:
        """Return the codes of all columns to be drawn, drawn given those that are told."""
        drawn = self.circuit.complete(coded(codes, self.seen), seed=int(rng.integers(2**62)))
        names = [TARGET + channel.name for channel in self.channels]
        return {name: drawn[name].to_numpy(dtype=object).astype(np.int64) for name in names}

    def save(self, folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Write the circuit into a folder that is not there yet, and return the rest as a JSON value and as arrays by name."""
        folder.mkdir(mode=0o700)
        self.circuit.save(folder)
        value = {"outlook": self.outlook.to_json(), "seen": {name: each.tolist() for name, each in self.seen.items()},
                 "left": {name: each.to_json() for name, each in self.left.items()},
                 "standing": {name: list(each.edges) for name, each in self.standing.items()}}  # fmt: skip
        return value, self.outlook.forecast.arrays()

    @classmethod
    def load(cls, folder: Path, channels: tuple[Channel, ...], value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Step:
        """Read what `save` wrote and returned."""
        from veil.synthesizers.circuits.model import read_circuit

        circuit = read_circuit(folder)
        assert circuit is not None
        seen = {name: np.array(each, dtype=np.int64) for name, each in value["seen"].items()}
        left = {name: Ranges.from_json(each) for name, each in value["left"].items()}
        standing = {name: Bands(tuple(edges)) for name, edges in value["standing"].items()}
        return cls(channels, Outlook.from_json(value["outlook"], arrays), seen, left, standing, circuit)


def _named(start: str, codes: Mapping[str, Codes]) -> dict[str, Codes]:
    return {start + name: each for name, each in codes.items()}


def _nearest(seen: Codes, codes: Codes) -> Codes:
    """Return the seen code that is nearest to each, the lower one of two."""
    after = np.clip(np.searchsorted(seen, codes), 0, len(seen) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(seen[before] - codes) <= np.abs(seen[after] - codes), seen[before], seen[after])


def coded(codes: Mapping[str, Codes], seen: Mapping[str, Codes]) -> pd.DataFrame:
    """Return the columns that are in `seen` as cells of a table, since a circuit learns strings; unseen codes as the nearest seen."""
    import pandas as pd

    near = {name: _nearest(seen[name], each) for name, each in codes.items() if name in seen}
    size = 1 + max((int(each.max(initial=0)) for each in near.values()), default=0)
    written = np.array([str(code) for code in range(size)], dtype=object)
    return pd.DataFrame({name: written[each] for name, each in near.items()}, dtype=object)
