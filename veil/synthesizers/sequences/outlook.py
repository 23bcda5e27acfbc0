"""What a row's numbers are foretold to be, by their scores, and as few codes for the circuit."""

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

    def but(self, features: Floats) -> Known:
        """Return the same with other features."""
        return Known(self.codes, features, self.position)


@dataclass(frozen=True)
class Outlook:
    """Regressions of channels whose numbers are scores, and bands of what they foretell, in the same order."""

    forecast: Forecast = field(repr=False)
    bands: tuple[Bands, ...] = field(repr=False)

    @classmethod
    def fit(
        cls, smooth: Sequence[tuple[Channel, EncodedColumn]], known: Known, rng: np.random.Generator
    ) -> tuple[Outlook, Floats]:
        """Learn from rows; return also (n_rows, n_channels) what is left over what was foretold, NaN for codes."""
        scores = np.column_stack([channel.targets(own, rng) for channel, own in smooth])
        forecast = Forecast.fit(known.features, scores, known.position, BREAKS)
        expected = forecast.expected(known.features, known.position)
        bands = tuple(Bands.fit(each) for each in expected.T)
        return cls(forecast, bands), forecast.left(scores, expected, known.position)

    def foretold(self, known: Known) -> tuple[Floats, list[Codes]]:
        """Return (n_rows, n_channels) what is foretold, and its bands."""
        expected = self.forecast.expected(known.features, known.position)
        return expected, [bands.codes(expected[:, place]) for place, bands in enumerate(self.bands)]

    def scores(self, left: Floats, expected: Floats, known: Known) -> Floats:
        """Return the scores from what is left over what was foretold."""
        return self.forecast.scores(left, expected, known.position)

    def bands_to_json(self) -> Any:
        """Return the bands as a JSON value."""
        return [list(each.edges) for each in self.bands]

    @classmethod
    def load(cls, bands: Any, arrays: Mapping[str, Floats]) -> Outlook:
        """Read the bands, and the forecast's arrays."""
        return cls(Forecast.from_arrays(arrays), tuple(Bands(tuple(edges)) for edges in bands))
