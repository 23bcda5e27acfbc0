"""What a family has in common, as its rows see it: a subject's or parent's columns, as few codes and as features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.encoding import EncodedColumn, TableEncoder
from veil.synthesizers.sequences.channels import Channel, fit_channels

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BANDS = 25
MIN_BAND_ROWS = 25
MAX_CODES = 60
MAX_FEATURES = 8


@dataclass(frozen=True)
class Bands:
    """Numbers as few codes: even shares of the rows."""

    edges: tuple[float, ...] = field(repr=False)

    @classmethod
    def fit(cls, numbers: Floats, n_bands: int = BANDS) -> Bands:
        """Cut at quantiles, a band of at least 25 numbers each."""
        known = numbers[np.isfinite(numbers)]
        n_bands = int(np.clip(len(known) // MIN_BAND_ROWS, 1, n_bands))
        edges = np.unique(np.quantile(known, np.linspace(0, 1, n_bands + 1)[1:-1])) if len(known) else np.zeros(0)
        return cls(tuple(edges.tolist()))

    def codes(self, numbers: Floats) -> Codes:
        """Return the band of each number; of NaN, the one after the last."""
        bands = np.searchsorted(np.array(self.edges), numbers, side="right")
        return np.where(np.isfinite(numbers), bands, len(self.edges) + 1).astype(np.int64)


@dataclass(frozen=True)
class Context:
    """How the columns of families are seen."""

    encoder: TableEncoder = field(repr=False)
    channels: tuple[Channel, ...] = field(repr=False)
    bands: Mapping[str, Bands] = field(repr=False)

    @classmethod
    def fit(cls, table: pd.DataFrame, columns: Sequence[Column]) -> Context | None:
        """Look at families, a row each; None where they have no columns."""
        if not columns:
            return None
        encoder = TableEncoder.fit(table, columns)
        encoded = encoder.encode(table)
        channels = fit_channels(encoder.columns, columns, encoded)
        wide = [each for each in zip(channels, encoded, strict=True) if each[0].is_number and each[0].n_codes > MAX_CODES]
        smooth = [each for each in zip(channels, encoded, strict=True) if each[0].smooth is not None]
        bands = {channel.name: Bands.fit(channel.values(own)) for channel, own in (*wide, *smooth)}
        return cls(encoder, channels, bands)

    def seen(self, table: pd.DataFrame) -> tuple[dict[str, Codes], Floats]:
        """Return, of each family, a code per column and (n_families, n_features) features."""
        encoded = self.encoder.encode(table)
        pairs = list(zip(self.channels, encoded, strict=True))
        codes = {channel.name: self._codes(channel, own) for channel, own in pairs}
        features = [each for channel, own in pairs for each in _features(channel, own)]
        return codes, np.column_stack(features) if features else np.zeros((len(table), 0))

    def _codes(self, channel: Channel, encoded: EncodedColumn) -> Codes:
        """Return bands of numbers beside the codes of what is none, or the most frequent levels and one code for the others."""
        if channel.name not in self.bands:
            return np.minimum(encoded.codes, MAX_CODES)
        values = channel.values(encoded)
        bands = self.bands[channel.name].codes(values)
        is_level = ~np.isfinite(values) if channel.smooth is None else encoded.codes < channel.n_codes - 1
        return np.where(is_level, encoded.codes, channel.n_codes + bands)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value. It holds levels, which are cells."""
        return {"encoder": self.encoder.to_json(), "channels": [each.to_json() for each in self.channels],
                "bands": {name: list(each.edges) for name, each in self.bands.items()}}  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Context:
        """Read what `to_json` returned."""
        bands = {name: Bands(tuple(edges)) for name, edges in value["bands"].items()}
        channels = tuple(Channel.from_json(each) for each in value["channels"])
        return cls(TableEncoder.from_json(value["encoder"]), channels, bands)


def _features(channel: Channel, encoded: EncodedColumn) -> list[Floats]:
    """Return the score of a number, 0 where there is none, or whether a row has each of the most frequent levels."""
    if channel.is_number:
        return [np.nan_to_num(channel.scores(channel.values(encoded)))]
    return indicators(encoded.codes, channel.n_codes)


def indicators(codes: Codes, n_codes: int) -> list[Floats]:
    """Return whether a row has each of the eight most frequent levels but the first; levels are sorted by frequency."""
    return [(codes == code).astype(np.float64) for code in range(1, min(n_codes, MAX_FEATURES + 1))]
