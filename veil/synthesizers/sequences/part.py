"""The columns of a row that are drawn together: the gaps to the row before, or what the row holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.encoding import EncodedColumn, TableEncoder
from veil.synthesizers.sequences.channels import Channel, fit_channels
from veil.synthesizers.sequences.outlook import Known
from veil.synthesizers.sequences.step import Step

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_LEVELS = 400


@dataclass(frozen=True)
class Row:
    """The next rows of some families: of each column the code, -1 where there is none, and the number, else NaN."""

    codes: Mapping[str, Codes] = field(repr=False)
    numbers: Mapping[str, Floats] = field(repr=False)

    def __or__(self, other: Row) -> Row:
        return Row({**self.codes, **other.codes}, {**self.numbers, **other.numbers})


@dataclass(frozen=True)
class Part:
    """How the columns are encoded and drawn; `step` is None where each has one value only, or before it is learnt."""

    encoder: TableEncoder = field(repr=False)
    channels: tuple[Channel, ...]
    step: Step | None = field(repr=False, default=None)

    @classmethod
    def fit(cls, table: pd.DataFrame, columns: Sequence[Column]) -> Part:
        """Look at the columns of all rows."""
        encoder = TableEncoder.fit(table, columns, max_levels=MAX_LEVELS)
        return cls(encoder, fit_channels(encoder.columns, columns, encoder.encode(table)))

    def learnt(self, encoded: Sequence[EncodedColumn], known: Known, circuit: Circuit, *, seed: int, progress: Progress) -> Part:
        """Return the part with its step, learnt from rows and what is known before each."""
        if all(channel.n_codes == 1 and channel.smooth is None for channel in self.channels):
            return self
        return replace(self, step=Step.fit(self.channels, encoded, known, circuit, seed=seed, progress=progress))

    def read(self, encoded: Sequence[EncodedColumn]) -> Row:
        """Return encoded columns as codes and numbers."""
        pairs = list(zip(self.channels, encoded, strict=True))
        codes = {channel.name: own.codes for channel, own in pairs}
        return Row(codes, {channel.name: channel.values(own) for channel, own in pairs})

    def none(self, n_rows: int) -> Row:
        """Return rows that have nothing in these columns, as a family's first row has no gap."""
        return Row({each.name: np.full(n_rows, -1, dtype=np.int64) for each in self.channels},
                   {each.name: np.full(n_rows, np.nan) for each in self.channels})  # fmt: skip

    def draw(self, known: Known, rng: np.random.Generator) -> Row:
        """Return the next rows."""
        if self.step is None:
            codes = {each.name: np.zeros(len(known.features), dtype=np.int64) for each in self.channels}
            return Row(codes, {each.name: np.array(each.numbers)[codes[each.name]] for each in self.channels})
        return Row(*self.step.draw(known, rng))

    def decode(self, row: Row, rng: np.random.Generator) -> pd.DataFrame:
        """Return the cells of rows."""
        numbers = {each.name: row.numbers[each.name] if each.smooth is not None else None for each in self.channels}
        columns = [EncodedColumn(each.name, each.n_codes, row.codes[each.name], numbers[each.name]) for each in self.channels]
        return self.encoder.decode(columns, rng)

    def save(self, folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Write the step's circuit into a folder that is not there yet; return the rest as a JSON value and arrays by name."""
        value: dict[str, Any] = {"encoder": self.encoder.to_json(), "step": None}
        value["channels"] = [each.to_json() for each in self.channels]
        arrays: dict[str, Floats] = {}
        if self.step is not None:
            value["step"], arrays = self.step.save(folder)
        return value, arrays

    @classmethod
    def load(cls, folder: Path, value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Part:
        """Read what `save` wrote and returned."""
        channels = tuple(Channel.from_json(each) for each in value["channels"])
        step = None if value["step"] is None else Step.load(folder, channels, value["step"], arrays)
        return cls(TableEncoder.from_json(value["encoder"]), channels, step)
