"""Families walked through from their first rows to their last, the same way when they are learnt and when they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.sequences.axis import Axis
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands, indicators
from veil.synthesizers.sequences.history import MAX_TALLIED, History
from veil.synthesizers.sequences.outlook import Known
from veil.synthesizers.sequences.part import Row

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

POSITIONS = np.array([1, 2, 3, 4, 6, 9, 16, 32, 64, 128])
MAX_LEFT = 3
MAX_HABITS = 10


@dataclass
class Walk:
    """Families on their way.

    Attributes
    ----------
    channels : of the gaps, then of the events.
    lengths : (n_families,) rows of each, falling.
    codes, features : of each family's context.
    length_bands : lengths as few codes.
    """

    channels: Sequence[Channel]
    lengths: Codes = field(repr=False)
    codes: Mapping[str, Codes] = field(repr=False)
    features: Floats = field(repr=False)
    axis: Axis | None
    length_bands: Bands = field(repr=False)
    history: History = field(init=False, repr=False)

    def __post_init__(self) -> None:
        period = self.axis.period if self.axis else None
        self.history = History.start(len(self.lengths), len(self._numbers), len(self._levels), period)
        scores = np.log1p(self.lengths)
        self.features = np.column_stack([np.ones(len(scores)), scores / 4, self.features])

    @property
    def _numbers(self) -> list[Channel]:
        return [channel for channel in self.channels if channel.is_number]

    @property
    def _levels(self) -> list[Channel]:
        return [channel for channel in self.channels if channel.n_codes > 1]

    def before_gap(self, n_active: int, times: Floats) -> Known:
        """Return what is known before it is drawn when the next rows are.

        Parameters
        ----------
        times : (n_active,) of the rows before.
        """
        assert self.axis is not None
        position = self.history.position
        room = self.axis.room(times, self.lengths[:n_active] - position)
        phases, waves = self.axis.phases(times)
        features = np.column_stack([self._past(n_active), room, np.sqrt(room), waves])
        return Known({**self._codes(n_active), **phases}, features, position)

    def before_row(self, n_active: int, times: Floats, gap: Floats | None) -> Known:
        """Return what is known before the next rows are drawn.

        Parameters
        ----------
        times : (n_active,) of the rows; not looked at where nothing orders them.
        gap : (n_active,) scores of the gaps to the rows before, NaN at the first rows.
        """
        past, codes = self._past(n_active), self._codes(n_active)
        if self.axis is None:
            return Known(codes, past, self.history.position)
        phases, waves = self.axis.phases(times)
        parts = [past, waves]
        if gap is not None:
            known = np.nan_to_num(gap)[:, None]
            parts += [known, known * self.history.lags[0, :n_active]]
            codes["gap"] = np.where(np.isfinite(gap), np.clip(np.round(2 * gap), -4, 4) + 5, 0).astype(np.int64)
        return Known({**codes, **phases}, np.column_stack(parts), self.history.position)

    def add(self, row: Row, n_active: int) -> None:
        """Go on by one row of the families that have one."""
        numbers = [channel.scores(row.numbers[channel.name]) for channel in self._numbers]
        levels = [row.codes[channel.name] for channel in self._levels]
        self.history.add(np.column_stack(numbers) if numbers else np.zeros((n_active, 0)),
                         np.column_stack(levels) if levels else np.zeros((n_active, 0), dtype=np.int64))  # fmt: skip

    def _past(self, n_active: int) -> Floats:
        last, _ = self.history.levels(n_active)
        habits, often = self.history.habits(n_active, MAX_HABITS), self.history.often(n_active, MAX_HABITS)
        named = []
        for place, channel in enumerate(self._levels):
            if channel.smooth is not None or not channel.is_number:
                named += indicators(last[:, place], min(channel.n_codes, MAX_TALLIED))
                named += [habits[:, place, : channel.n_codes], often[:, place, : channel.n_codes]]
        so_far = self.history.position / self.lengths[:n_active]
        return np.column_stack([self.features[:n_active], so_far, self.history.numbers(n_active), *named])

    def _codes(self, n_active: int) -> dict[str, Codes]:
        last, usual = self.history.levels(n_active)
        position = self.history.position
        codes = {"context " + name: each[:n_active] for name, each in self.codes.items()}
        for place, channel in enumerate(self._levels):
            codes["last " + channel.name] = last[:, place]
            codes["usual " + channel.name] = usual[:, place]
        n_left = self.lengths[:n_active] - position - 1
        codes["position"] = np.full(n_active, np.searchsorted(POSITIONS, position, side="right"))
        codes["left"] = np.minimum(n_left, MAX_LEFT)
        codes["length"] = self.length_bands.codes(self.lengths[:n_active].astype(np.float64))
        return codes
