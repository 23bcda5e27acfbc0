"""When the events of a family happen: the column that orders them, as gaps in its own resolution, and back.

Dates, numbers and regular time stamps are steps: a gap is the difference to the event before. Irregular time stamps are days and
a time of day (`clock`), or the seconds since the event before where both are on one day (`soon`), so that what happens in the
evening happens in the evening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, from_numbers, to_numbers
from veil.errors import SynthesisFailed, few
from veil.model import Column
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.telling import beyond_chance, coarse

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

DAY = 86_400
GAP, CLOCK, SOON = "gap", "clock", "soon"
MAX_REGULAR_GAPS = 20
REGULAR_SHARE = 0.95
MAX_PERIOD = 288
MANY = 12
MAX_WAVES = 8
SHARE_FORMAT = "0.00000000"


@dataclass(frozen=True)
class Axis:
    """The column that orders events.

    Attributes
    ----------
    in_days : its unit is a day and a time of day, else the column's own unit (a day, a second, 1).
    regular : the one gap that nearly all events have, None if there is none.
    period : events of a day (of a week, where there is one a day) of a regular axis; None if there is no such period.
    horizon : the last time that any event has.
    of_room : whether a gap is learnt as a share of the time that is left to the horizon. So it is where that explains gaps: of
        events that are spread over however long a family has been watched.
    """

    column: Column
    in_days: bool
    regular: float | None
    period: int | None
    horizon: float
    of_room: bool = False

    @classmethod
    def fit(cls, times: Floats, families: Families, column: Column) -> Axis:
        """Look at the times of rows that are in order."""
        gaps = _gaps(times, families)
        distinct, counts = np.unique(gaps, return_counts=True)
        most = int(counts.argmax()) if len(counts) else 0
        regular = float(distinct[most]) if len(counts) and counts[most] >= REGULAR_SHARE * len(gaps) else None
        in_days = column.type == "datetime" and len(distinct) > MAX_REGULAR_GAPS and regular is None
        period = _period(column, regular)
        if period is not None and families.lengths.max() < 2 * period:
            period = None
        axis = cls(column, in_days, regular, period, float(times.max()))
        return replace(axis, of_room=regular is None and not in_days and axis.is_dated and axis._is_spread(times, families))

    def _is_spread(self, times: Floats, families: Families) -> bool:
        """Return whether gaps follow the time that is left less as shares of it than as they are."""
        later = families.positions > 0
        room = (self.horizon - _before(times))[later]
        n_left = (np.repeat(families.lengths, families.lengths) - families.positions)[later]
        gap, even = _gaps(times, families), room / n_left
        return follows_less(gap / np.maximum(even, 1e-9), gap, even)

    @property
    def gap_columns(self) -> tuple[Column, ...]:
        """The columns that say how far the next event is."""
        if self.of_room:
            return (Column(GAP, "decimal", SHARE_FORMAT),)
        if self.in_days:
            return Column(GAP, "integer"), Column(CLOCK, "integer"), Column(SOON, "integer")
        if self.column.type == "decimal":
            return (Column(GAP, "decimal", self.column.format),)
        return (Column(GAP, "integer"),)

    @property
    def is_dated(self) -> bool:
        """Whether times are dates, so that they have a day of the week."""
        return self.column.type in ("date", "datetime")

    def gap_cells(self, times: Floats, families: Families) -> pd.DataFrame:
        """Return the cells of the gap columns, a row for each event in order; of a family's first event, all null."""
        before, is_first = _before(times), families.positions == 0
        if not self.in_days:
            gaps = times - before
            numbers = {GAP: gaps / np.maximum(self.horizon - before, 1.0) if self.of_room else gaps}
        else:
            days = np.floor(times / DAY) - np.floor(before / DAY)
            numbers = {GAP: days, CLOCK: np.where(days > 0, times % DAY, np.nan),
                       SOON: np.where(days > 0, np.nan, times - before)}  # fmt: skip
        return self.cells({name: np.where(is_first, np.nan, each) for name, each in numbers.items()})

    def cells(self, numbers: Mapping[str, Floats]) -> pd.DataFrame:
        """Write numbers as the cells of the gap columns."""
        import pandas as pd

        columns = [column for column in self.gap_columns if column.name in numbers]
        return pd.DataFrame({column.name: from_numbers(numbers[column.name], column) for column in columns}, dtype=object)

    def after(self, before: Floats, gaps: Mapping[str, Floats]) -> Floats:
        """Return the times of events from those before and what the gap columns say."""
        gap = np.maximum(np.nan_to_num(gaps[GAP]), 0.0)
        if self.of_room:
            return np.asarray(np.round(before + gap * np.maximum(self.horizon - before, 0.0)))
        if not self.in_days:
            return np.asarray(before + gap)
        next_day = (np.floor(before / DAY) + gap) * DAY + np.nan_to_num(gaps[CLOCK], nan=DAY / 2)
        same_day = before + np.maximum(np.nan_to_num(gaps[SOON]), 0.0)
        return np.where(gap > 0, next_day, same_day)

    def room(self, before: Floats, n_left: Codes) -> Floats:
        """Return how far apart the events that are left could be, on a logarithmic scale."""
        unit = DAY if self.in_days else 1.0
        return np.log1p(np.maximum(self.horizon - before, 0.0) / unit / np.maximum(n_left, 1))

    def phases(self, times: Floats) -> tuple[dict[str, Codes], Floats]:
        """Return hour and day of the week as codes; as features eight waves of a day, one of a year, and the days."""
        if not self.is_dated:
            return {}, np.zeros((len(times), 0))
        seconds = times if self.column.type == "datetime" else times * DAY
        day, hour = np.floor(seconds / DAY), seconds % DAY / DAY
        weekday = (day.astype(np.int64) + 3) % 7
        codes = {"weekday": weekday}
        turns = [day / 365.25]
        if self.column.type == "datetime":
            codes["hour"] = (hour * 24).astype(np.int64)
            turns += [hour * turn for turn in range(1, MAX_WAVES + 1)]
        waves = [wave(2 * np.pi * turn) for turn in turns for wave in (np.sin, np.cos)]
        return codes, np.column_stack([*waves, *(weekday == each for each in range(1, 7))])

    def within(self, times: Floats, families: Families) -> Floats:
        """Return times of which none is after the horizon: a family that goes beyond it has its gaps shortened evenly."""
        starts, ends = times[families.starts], times[families.starts + families.lengths - 1]
        shrink = np.where(ends > self.horizon, (self.horizon - starts) / np.maximum(ends - starts, 1e-9), 1.0)
        shrink, first = (np.repeat(each, families.lengths) for each in (np.clip(shrink, 0.0, 1.0), starts))
        return np.where(shrink < 1, first + (times - first) * shrink, times)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Axis:
        """Read what `to_json` returned."""
        return cls(**{**value, "column": Column(**value["column"])})


def follows_less(one: Floats, other: Floats, what: Floats) -> bool:
    """Return whether one column of numbers tells less than half of what the other tells of a third."""
    codes = [coarse(np.unique(each, return_inverse=True)[1].astype(np.int64), MANY) for each in (one, other, what)]
    nothing = np.zeros(len(one), dtype=np.int64)
    told = [beyond_chance(each, codes[2], nothing) for each in codes[:2]]
    return len(one) > 0 and told[1] > 0 and told[0] < told[1] / 2


def order_numbers(table: pd.DataFrame, column: Column) -> Floats:
    """Return an order column as numbers.

    Raises
    ------
    SynthesisFailed : a column that orders nothing, or cells of it that are null or cannot be read.
    """
    if column.type not in NUMERIC_TYPES:
        raise SynthesisFailed(f"column `{column.name}` cannot order events: it holds no numbers and no dates ({column.type}); "
                              "name a date, a time stamp or a number")  # fmt: skip
    numbers = to_numbers(table[column.name], column)
    unread = int((~np.isfinite(numbers)).sum())
    if unread:
        raise SynthesisFailed(f"column `{column.name}` cannot order events: {few(unread)} cells are null or not written as "
                              "the others; leave these rows out or name another column")  # fmt: skip
    return numbers


def _before(times: Floats) -> Floats:
    return np.concatenate([times[:1], times[:-1]])


def _gaps(times: Floats, families: Families) -> Floats:
    return (times - _before(times))[families.positions > 0]


def _period(column: Column, regular: float | None) -> int | None:
    if regular is None or regular <= 0:
        return None
    if column.type == "date":
        return 7 if regular == 1 else None
    events = DAY / regular
    return int(events) if column.type == "datetime" and events == int(events) and 2 <= events <= MAX_PERIOD else None
