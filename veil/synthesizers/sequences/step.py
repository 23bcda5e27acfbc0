"""One step of a family: the columns of its next row, drawn one after another from what is known and from each other.

Levels, nulls and spikes are drawn by their chances, then numbers, then levels that follow from a number (a flag above a limit).
Numbers are foretold by regression; what is left over is drawn from a circuit that is told the levels, the foretold and what else
tells of it. So habits and autocorrelation are kept by regressions, which are unbiased, and shapes and ties by the circuit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.rng import generator, integer
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.variables import entropy, pair_counts
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.sequences.chances import Chances
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands, indicators
from veil.synthesizers.sequences.leftover import Leftover
from veil.synthesizers.sequences.outlook import Known, Outlook

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Pair = tuple[Channel, EncodedColumn]

FOLLOWS = 0.5
"""Share of a column's entropy that may be left once a number is known, for its levels to be drawn after the numbers."""


@dataclass(frozen=True)
class Step:
    """How some columns of a row are drawn: `chances` of codes in the order of drawing, `following` those drawn after the numbers.

    `standing` are bands of the numbers, and `outlook` and `leftover` how they are drawn; None where all numbers are codes.
    """

    channels: tuple[Channel, ...]
    chances: Mapping[str, Chances] = field(repr=False)
    following: tuple[str, ...]
    standing: Mapping[str, Bands] = field(repr=False)
    outlook: Outlook | None = field(repr=False)
    leftover: Leftover | None = field(repr=False)

    @classmethod
    def fit(
        cls, channels: Sequence[Channel], encoded: Sequence[EncodedColumn], known: Known, circuit: Circuit, *, seed: int,
        progress: Progress,
    ) -> Step:  # fmt: skip
        """Learn from rows of many families, whose columns are `encoded` as `channels` has them."""
        pairs = list(zip(channels, encoded, strict=True))
        smooth = [(channel, own) for channel, own in pairs if channel.smooth is not None]
        standing = {channel.name: Bands.fit(channel.values(own)) for channel, own in smooth}
        following = tuple(channel.name for channel, own in pairs if _follows(channel, own, smooth, standing))
        chances: dict[str, Chances] = {}
        features, codes = known.features, dict(known.codes)
        for channel, own in pairs:
            if channel.n_codes > 1 and channel.name not in following:
                chances[channel.name] = Chances.fit(features, own.codes, channel.n_codes, known.position)
                features = _with_codes(features, own.codes, channel)
                codes["this " + channel.name] = own.codes
        outlook, leftover = None, None
        if smooth:
            outlook, left = Outlook.fit(smooth, known.but(features), generator(seed, "ties"))
            foretold = outlook.foretold(known.but(features))[1]
            codes |= {"foretold " + channel.name: each for (channel, _), each in zip(smooth, foretold, strict=True)}
            names = [channel.name for channel, _ in smooth]
            leftover = Leftover.fit(
                codes, dict(zip(names, left.T, strict=True)), circuit, seed=integer(seed, "left"), progress=progress
            )
            values = {channel.name: channel.values(own) for channel, own in smooth}
            features = _with_standing(features, standing, values)
        for channel, own in pairs:
            if channel.name in following:
                chances[channel.name] = Chances.fit(features, own.codes, channel.n_codes, known.position)
                features = _with_codes(features, own.codes, channel)
        return cls(tuple(channels), chances, following, standing, outlook, leftover)

    def draw(self, known: Known, rng: np.random.Generator) -> tuple[dict[str, Codes], dict[str, Floats]]:
        """Return, of each column, the codes that were drawn and the numbers, NaN where there is none."""
        n_rows = len(known.features)
        named = {channel.name: channel for channel in self.channels}
        found = {name: np.zeros(n_rows, dtype=np.int64) for name in named}
        features = self._coded([name for name in self.chances if name not in self.following], known.features, known, found, rng)
        smooth = [channel for channel in self.channels if channel.smooth is not None]
        scores = np.full((n_rows, len(smooth)), np.nan)
        if self.outlook is not None and self.leftover is not None:
            codes = {**known.codes, **{"this " + name: each for name, each in found.items()}}
            expected, foretold = self.outlook.foretold(known.but(features))
            codes |= {"foretold " + channel.name: each for channel, each in zip(smooth, foretold, strict=True)}
            left = self.leftover.draw(codes, n_rows, rng)
            is_number = np.column_stack([found[each.name] == each.n_codes - 1 for each in smooth])
            over = np.where(is_number, np.column_stack([left[each.name] for each in smooth]), np.nan)
            scores = self.outlook.scores(over, expected, known)
        places = {channel.name: place for place, channel in enumerate(smooth)}
        nothing = np.full(n_rows, np.nan)
        values = {
            name: each.drawn(found[name], scores[:, places[name]] if name in places else nothing) for name, each in named.items()
        }
        features = _with_standing(features, self.standing, values)
        self._coded(list(self.following), features, known, found, rng)
        return found, values

    def _coded(
        self, names: Sequence[str], features: Floats, known: Known, found: dict[str, Codes], rng: np.random.Generator
    ) -> Floats:
        """Draw the codes of columns one after another into `found`; return the features with them."""
        named = {channel.name: channel for channel in self.channels}
        for name in names:
            found[name] = self.chances[name].draw(features, int(np.max(known.position)), rng)
            features = _with_codes(features, found[name], named[name])
        return features

    def save(self, folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Write the circuit into a folder that is not there yet, and return the rest as a JSON value and as arrays by name."""
        value: dict[str, Any] = {"chances": list(self.chances), "following": list(self.following), "outlook": None,
                                 "standing": [[name, list(each.edges)] for name, each in self.standing.items()]}  # fmt: skip
        arrays: dict[str, Floats] = {}
        for place, each in enumerate(self.chances.values()):
            arrays |= {f"chances{place}.{name}": array for name, array in each.arrays().items()}
        if self.outlook is not None and self.leftover is not None:
            arrays |= {f"forecast.{name}": array for name, array in self.outlook.arrays().items()}
            value |= {"outlook": self.outlook.bands_to_json(), "leftover": self.leftover.save(folder)}
        return value, arrays

    @classmethod
    def load(cls, folder: Path, channels: tuple[Channel, ...], value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Step:
        """Read what `save` wrote and returned."""

        def started(start: str) -> dict[str, Floats]:
            return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}

        chances = {name: Chances.from_arrays(started(f"chances{place}.")) for place, name in enumerate(value["chances"])}
        standing = {name: Bands(tuple(edges)) for name, edges in value["standing"]}
        has = value["outlook"] is not None
        outlook = Outlook.load(channels, value["outlook"], started("forecast.")) if has else None
        return cls(
            channels,
            chances,
            tuple(value["following"]),
            standing,
            outlook,
            Leftover.load(folder, value["leftover"]) if has else None,
        )


def _follows(channel: Channel, encoded: EncodedColumn, smooth: Sequence[Pair], standing: Mapping[str, Bands]) -> bool:
    """Return whether a number all but says which level a column has."""
    if channel.is_number or channel.n_codes < 2:
        return False
    alone = entropy(np.bincount(encoded.codes))
    bands = [standing[other.name].codes(other.values(own)) for other, own in smooth]
    left = [entropy(pair_counts(each, encoded.codes, channel.n_codes)) - entropy(np.bincount(each)) for each in bands]
    return bool(left) and alone > 0 and min(left) <= FOLLOWS * alone


def _with_codes(features: Floats, codes: Codes, channel: Channel) -> Floats:
    """Return the features with those of a column: whether it has each of its frequent codes, and the number of its code."""
    own = indicators(codes, channel.n_codes)
    if channel.is_number and channel.smooth is None:
        own.append(np.nan_to_num(channel.scores(np.array(channel.numbers)[codes])))
    return np.column_stack([features, *own])


def _with_standing(features: Floats, standing: Mapping[str, Bands], values: Mapping[str, Floats]) -> Floats:
    """Return the features with whether each number is in each of its bands."""
    bands = [(codes == each).astype(np.float64) for name, own in standing.items() for codes in [own.codes(values[name])]
             for each in range(1, len(own.edges) + 2)]  # fmt: skip
    return np.column_stack([features, *bands])
