"""One step of a family: the columns of its next row, drawn from a circuit over what is known and what is to come.

Numbers are foretold by regression and only what is left over is learnt by the circuit, together with the levels, the foretold and
what the family's past and context are; so autocorrelation is kept by the regression, and shapes, levels and ties by the circuit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.model import CircuitModel
from veil.synthesizers.circuits.variables import Ranges
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands
from veil.synthesizers.sequences.forecast import Forecast

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BREAKS = np.array([0, 1, 2, 3, 4, 6, 9, 16, 32])
GIVEN, FORETOLD, TARGET = "given ", "foretold ", "drawn "


@dataclass(frozen=True)
class Known:
    """What is known of rows before they are drawn.

    Attributes
    ----------
    codes : of each known column; `features` (n_rows, n_features) for the regressions, the first always 1.
    position : rows of the family before each.
    """

    codes: Mapping[str, Codes] = field(repr=False)
    features: Floats = field(repr=False)
    position: Codes | int


@dataclass(frozen=True)
class Step:
    """How some columns of a row are drawn.

    Attributes
    ----------
    known_codes : the codes of each known column that rows of the fitted table had; another one counts as the nearest of them.
    bands : of what is foretold, and `left` the ranges of what is left over it, per channel of numbers.
    """

    channels: tuple[Channel, ...]
    known_codes: Mapping[str, Codes] = field(repr=False)
    forecast: Forecast | None = field(repr=False)
    bands: Mapping[str, Bands] = field(repr=False)
    left: Mapping[str, Ranges] = field(repr=False)
    circuit: CircuitModel = field(repr=False)

    @classmethod
    def fit(
        cls, channels: Sequence[Channel], encoded: Sequence[EncodedColumn], known: Known, circuit: Circuit, *, seed: int,
        rng: np.random.Generator, progress: Progress,
    ) -> Step:  # fmt: skip
        """Learn from rows of many families.

        Parameters
        ----------
        encoded : the rows' columns, as `channels` has them.
        rng : breaks ties of numbers.
        """
        pairs = [(channel, own) for channel, own in zip(channels, encoded, strict=True) if channel.is_number]
        forecast, bands, left, codes = None, {}, {}, dict(known.codes)
        targets = {channel.name: own.codes for channel, own in zip(channels, encoded, strict=True)}
        if pairs:
            scores = np.column_stack([_scores(channel, own, rng) for channel, own in pairs])
            mixed = np.array([channel.smooth is not None for channel, _ in pairs])
            positions = np.broadcast_to(known.position, len(scores))
            forecast = Forecast.fit(known.features, scores, positions, BREAKS, mixed)
            expected = forecast.expected(known.features, positions)
            over = forecast.left(scores, expected, positions)
            for place, (channel, own) in enumerate(pairs):
                bands[channel.name] = Bands.fit(expected[:, place])
                codes[FORETOLD + channel.name] = bands[channel.name].codes(expected[:, place])
                if channel.smooth is not None:
                    is_number = np.isfinite(over[:, place])
                    left[channel.name] = Ranges.fit(over[is_number, place])
                    targets[channel.name] = own.codes.copy()
                    targets[channel.name][is_number] += left[channel.name].codes(over[is_number, place])
        known_codes = {name: np.unique(each) for name, each in codes.items()}
        table = _frame({**{GIVEN + name: each for name, each in codes.items()},
                        **{TARGET + name: each for name, each in targets.items()}})  # fmt: skip
        columns = tuple(Column(name, "category") for name in table.columns)
        return cls(tuple(channels), known_codes, forecast, bands, left, circuit.fit(table, columns, seed=seed, progress=progress))

    def draw(self, known: Known, rng: np.random.Generator) -> tuple[dict[str, Codes], dict[str, Floats]]:
        """Return, of each column, the codes that were drawn and the scores, NaN where a code says it all."""
        numbers = [channel for channel in self.channels if channel.is_number]
        codes = dict(known.codes)
        expected = np.zeros((len(known.features), 0))
        if self.forecast is not None:
            expected = self.forecast.expected(known.features, known.position)
            bands = {FORETOLD + each.name: self.bands[each.name].codes(expected[:, at]) for at, each in enumerate(numbers)}
            codes.update(bands)
        given = _frame({GIVEN + name: _nearest(self.known_codes[name], each) for name, each in codes.items()})
        drawn = self.circuit.complete(given, seed=int(rng.integers(2**62)))
        found = {each.name: drawn[TARGET + each.name].to_numpy(dtype=object).astype(np.int64) for each in self.channels}
        left = np.full(expected.shape, np.nan)
        for place, channel in enumerate(numbers):
            if channel.name in self.left:
                rows = np.flatnonzero(found[channel.name] >= channel.n_codes - 1)
                ranges = found[channel.name][rows] - (channel.n_codes - 1)
                left[rows, place] = self.left[channel.name].numbers(ranges, rng.random(len(rows)))
                found[channel.name] = np.minimum(found[channel.name], channel.n_codes - 1)
        if self.forecast is None:
            return found, {}
        scores = self.forecast.scores(left, expected, known.position)
        return found, {channel.name: scores[:, place] for place, channel in enumerate(numbers)}

    def save(self, folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Write the circuit into a folder that is not there yet, and return the rest as a JSON value and as arrays by name."""
        folder.mkdir(mode=0o700)
        self.circuit.save(folder)
        value = {"channels": [each.to_json() for each in self.channels],
                 "known_codes": {name: each.tolist() for name, each in self.known_codes.items()},
                 "bands": {name: list(each.edges) for name, each in self.bands.items()},
                 "left": {name: each.to_json() for name, each in self.left.items()}}  # fmt: skip
        return value, self.forecast.arrays() if self.forecast is not None else {}

    @classmethod
    def read(cls, folder: Path, value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Step:
        """Read what `save` wrote and returned."""
        from veil.synthesizers.circuits.model import read_circuit

        circuit = read_circuit(folder)
        assert circuit is not None
        return cls(
            tuple(Channel.from_json(each) for each in value["channels"]),
            {name: np.array(each, dtype=np.int64) for name, each in value["known_codes"].items()},
            Forecast.from_arrays(arrays) if arrays else None,
            {name: Bands(tuple(edges)) for name, edges in value["bands"].items()},
            {name: Ranges.from_json(each) for name, each in value["left"].items()},
            circuit,
        )


def _scores(channel: Channel, encoded: EncodedColumn, rng: np.random.Generator) -> Floats:
    """Return the scores to foretell: of a column whose numbers are all codes, those of the codes."""
    return channel.targets(encoded, rng) if channel.smooth is not None else channel.scores(channel.values(encoded))


def _nearest(known: Codes, codes: Codes) -> Codes:
    """Return the known code that is nearest to each, the lower one of two."""
    after = np.clip(np.searchsorted(known, codes), 0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(known[before] - codes) <= np.abs(known[after] - codes), known[before], known[after])


def _frame(codes: Mapping[str, Codes]) -> pd.DataFrame:
    """Return codes as cells of a table, in the order of their names: a circuit learns strings."""
    import pandas as pd

    size = 1 + max((int(each.max(initial=0)) for each in codes.values()), default=0)
    written = np.array([str(code) for code in range(size)], dtype=object)
    return pd.DataFrame({name: written[codes[name]] for name in codes}, dtype=object)
