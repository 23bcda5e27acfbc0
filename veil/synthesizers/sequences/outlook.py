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
from veil.synthesizers.sequences.history import MAX_TALLIED

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BREAKS = np.array([0, 1, 2, 3, 4, 6, 9, 16, 32])
MIN_WIDTH_ROWS, LEAST_WIDTH = 50, 1e-3


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
    """Regressions of channels whose numbers are scores, and bands of what they foretell, in the same order.

    `widths` (n_stages, 2, n_channels) is how far numbers are from what was foretold, in units of the forecast's scale, where the
    number before is missing and where it is there: what is foretold from an older one, or none, is less sure.
    """

    channels: tuple[Channel, ...] = field(repr=False)
    forecast: Forecast = field(repr=False)
    bands: tuple[Bands, ...] = field(repr=False)
    widths: Floats = field(repr=False)

    @classmethod
    def fit(
        cls, smooth: Sequence[tuple[Channel, EncodedColumn]], known: Known, rng: np.random.Generator
    ) -> tuple[Outlook, Floats]:
        """Learn from rows; return also (n_rows, n_channels) what is left over what was foretold, NaN for codes."""
        channels = tuple(channel for channel, _ in smooth)
        scores = np.column_stack([channel.targets(own, rng) for channel, own in smooth])
        forecast = Forecast.fit(known.features, scores, known.position, BREAKS)
        expected = forecast.expected(known.features, known.position)
        bands = tuple(Bands.fit(each) for each in expected.T)
        left = forecast.left(scores, expected, known.position)
        widths = np.ones((len(forecast.first), 2, len(channels)))
        stage, fresh = cls._stages(forecast, known), _fresh(channels, known)
        for each in range(len(widths)):
            for is_fresh in (0, 1):
                for place in range(len(channels)):
                    own = left[(stage == each) & (fresh[:, place] == is_fresh), place]
                    own = own[np.isfinite(own)]
                    if len(own) >= MIN_WIDTH_ROWS:
                        widths[each, is_fresh, place] = max(float(own.std()), LEAST_WIDTH)
        outlook = cls(channels, forecast, bands, widths)
        return outlook, left / outlook._widths(known)

    def foretold(self, known: Known) -> tuple[Floats, list[Codes]]:
        """Return (n_rows, n_channels) what is foretold, and its bands."""
        expected = self.forecast.expected(known.features, known.position)
        return expected, [bands.codes(expected[:, place]) for place, bands in enumerate(self.bands)]

    def scores(self, left: Floats, expected: Floats, known: Known) -> Floats:
        """Return the scores from what is left over what was foretold."""
        return self.forecast.scores(left * self._widths(known), expected, known.position)

    @staticmethod
    def _stages(forecast: Forecast, known: Known) -> Codes:
        positions = np.broadcast_to(known.position, len(known.features))
        return np.asarray(np.searchsorted(forecast.first, positions, side="right") - 1)

    def _widths(self, known: Known) -> Floats:
        stage, fresh = self._stages(self.forecast, known), _fresh(self.channels, known)
        return np.asarray(self.widths[stage[:, None], fresh, np.arange(len(self.channels))])

    def bands_to_json(self) -> Any:
        """Return the bands as a JSON value."""
        return [list(each.edges) for each in self.bands]

    def arrays(self) -> dict[str, Floats]:
        """Return all parameters by name, to be saved."""
        return {**self.forecast.arrays(), "widths": self.widths}

    @classmethod
    def load(cls, channels: Sequence[Channel], bands: Any, arrays: Mapping[str, Floats]) -> Outlook:
        """Read the bands and the arrays, of the channels whose numbers are scores."""
        smooth = tuple(channel for channel in channels if channel.smooth is not None)
        return cls(smooth, Forecast.from_arrays(arrays), tuple(Bands(tuple(edges)) for edges in bands), arrays["widths"])


def _fresh(channels: Sequence[Channel], known: Known) -> Codes:
    """Return (n_rows, n_channels) 1 where the row before has a number, and in columns that always have one."""
    fresh = np.ones((len(known.features), len(channels)), dtype=np.int64)
    for place, channel in enumerate(channels):
        last = known.codes.get("last " + channel.name)
        if last is not None:
            fresh[:, place] = last == min(channel.n_codes - 1, MAX_TALLIED)
    return fresh
