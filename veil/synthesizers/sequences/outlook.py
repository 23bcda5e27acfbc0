"""What a row's columns are foretold to be: numbers by their scores, levels by their chances, each as few codes for the circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands
from veil.synthesizers.sequences.forecast import Forecast

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BREAKS = np.array([0, 1, 2, 3, 4, 6, 9, 16, 32])
MAX_LEVELS = 5
LEVEL_BANDS = 12


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
class Outlook:
    """Regressions of the channels of numbers, in order; of those in which some numbers are codes, once more of all numbers; and of the
    chances of the most frequent levels of the others.

    `bands` has the same order; `names` says what each is of.
    """

    names: tuple[str, ...]
    n_numbers: int
    forecast: Forecast = field(repr=False)
    bands: tuple[Bands, ...] = field(repr=False)

    @classmethod
    def fit(cls, channels: Sequence[Channel], encoded: Sequence[EncodedColumn], known: Known, rng: np.random.Generator) -> Outlook:
        """Learn from rows; `rng` breaks ties of numbers."""
        pairs = list(zip(channels, encoded, strict=True))
        numbers = [(channel.name, _scores(channel, own, rng), channel.smooth is not None) for channel, own in pairs if channel.is_number]
        levels = [(f"{channel.name} {code}", (own.codes == code).astype(np.float64), False)
                  for channel, own in pairs if not channel.is_number
                  for code in range(min(channel.n_codes, MAX_LEVELS) if channel.n_codes > 2 else channel.n_codes - 1)]  # fmt: skip
        whole = [(f"{channel.name} at all", channel.scores(channel.values(own)), False)
                 for channel, own in pairs if channel.smooth is not None and channel.n_codes > 1 and channel.is_number]
        names, scores, mixed = zip(*numbers, *whole, *levels, strict=True)
        forecast = Forecast.fit(known.features, np.column_stack(scores), known.position, BREAKS, np.array(mixed))
        expected = forecast.expected(known.features, known.position)
        limits = [Bands.fit(each) if place < len(numbers) else Bands.fit(each, LEVEL_BANDS) for place, each in enumerate(expected.T)]
        return cls(names, len(numbers), forecast, tuple(limits))

    def left(self, channels: Sequence[Channel], encoded: Sequence[EncodedColumn], known: Known, rng: np.random.Generator) -> Floats:
        """Return (n_rows, n_numbers) what is left of the numbers' scores over what was foretold; NaN where a code says it all."""
        nothing = np.full((len(known.features), len(self.names)), np.nan)
        numbers = [channel for channel in channels if channel.is_number]
        for channel, own in zip(channels, encoded, strict=True):
            if channel.smooth is not None:
                nothing[:, numbers.index(channel)] = channel.targets(own, rng)
        expected = self.forecast.expected(known.features, known.position)
        return self.forecast.left(nothing, expected, known.position)[:, : self.n_numbers]

    def foretold(self, known: Known) -> tuple[Floats, dict[str, Codes]]:
        """Return (n_rows, n_columns) what is foretold, and as codes by name."""
        expected = self.forecast.expected(known.features, known.position)
        return expected, {name: self.bands[place].codes(expected[:, place]) for place, name in enumerate(self.names)}

    def scores(self, left: Floats, expected: Floats, known: Known) -> Floats:
        """Return (n_rows, n_numbers) the scores from what is left over what was foretold."""
        filled = np.full(expected.shape, np.nan)
        filled[:, : self.n_numbers] = left
        return self.forecast.scores(filled, expected, known.position)[:, : self.n_numbers]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value of all but the forecast's arrays."""
        return {"names": list(self.names), "n_numbers": self.n_numbers, "bands": [list(each.edges) for each in self.bands]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Outlook:
        """Read what `to_json` returned, and the forecast's arrays."""
        bands = tuple(Bands(tuple(edges)) for edges in value["bands"])
        return cls(tuple(value["names"]), value["n_numbers"], Forecast.from_arrays(arrays), bands)


def _scores(channel: Channel, encoded: EncodedColumn, rng: np.random.Generator) -> Floats:
    """Return the scores to foretell: of a column whose numbers are all codes, those of the codes."""
    return channel.targets(encoded, rng) if channel.smooth is not None else channel.scores(channel.values(encoded))
