"""When a family's first event is: days and a time of day, counted from a date of the family that it never comes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers, to_numbers
from veil.model import Column
from veil.synthesizers.sequences.axis import DAY, SHARE_FORMAT, follows_less

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

START, START_CLOCK = "(first event)", "(time of the first event)"


@dataclass(frozen=True)
class Opening:
    """How first times are written.

    Attributes
    ----------
    column : that orders events.
    anchor : a date of the family that its first event never came before; days count from there. None if there is none.
    horizon : the last time of any event. Where `of_room`, the wait is learnt as a share of the time from the anchor to there.
    """

    column: Column
    anchor: Column | None
    horizon: float
    of_room: bool = False

    @classmethod
    def fit(cls, first: Floats, families: pd.DataFrame, columns: Sequence[Column], order: Column, horizon: float) -> Opening:
        """Look for the date of the family that the first events follow most closely.

        Parameters
        ----------
        first : (n_families,) the time of each first event.
        families : a row for each, with `columns`.
        """
        if order.type not in ("date", "datetime"):
            return cls(order, None, horizon)
        dates = [column for column in columns if column.type in ("date", "datetime")]
        waits = {column: first - _in_unit_of(order, to_numbers(families[column.name], column), column) for column in dates}
        followed = [column for column, wait in waits.items() if bool((wait >= 0).all()) and len(wait)]
        if not followed:
            return cls(order, None, horizon)
        anchor = min(followed, key=lambda column: float(waits[column].mean()))
        room = horizon - (first - waits[anchor])
        return cls(order, anchor, horizon, follows_less(waits[anchor] / np.maximum(room, 1e-9), waits[anchor], room))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that say when a first event is."""
        if self.of_room:
            return (Column(START, "decimal", SHARE_FORMAT),)
        if self.column.type == "datetime":
            return Column(START, "integer"), Column(START_CLOCK, "integer")
        return (Column(START, "decimal", self.column.format) if self.column.type == "decimal" else Column(START, "integer"),)

    def cells(self, first: Floats, families: pd.DataFrame) -> pd.DataFrame:
        """Write first times as the cells of `columns`."""
        import pandas as pd

        if self.of_room:
            anchor = self._anchors(families)
            share = from_numbers((first - anchor) / np.maximum(self.horizon - anchor, 1.0), self.columns[0])
            return pd.DataFrame({START: share.to_numpy(dtype=object)}, index=families.index, dtype=object)
        days, clock = (np.floor(first / DAY), first % DAY) if self.column.type == "datetime" else (first, first)
        numbers = {START: days - self._anchor_days(families), START_CLOCK: clock}
        cells = {column.name: from_numbers(numbers[column.name], column).to_numpy(dtype=object) for column in self.columns}
        return pd.DataFrame(cells, index=families.index, dtype=object)

    def times(self, cells: pd.DataFrame, families: pd.DataFrame) -> Floats:
        """Read first times; never before the anchor."""
        numbers = [np.nan_to_num(to_numbers(cells[column.name], column)) for column in self.columns]
        if self.of_room:
            anchor = self._anchors(families)
            return np.fmax(np.round(anchor + numbers[0] * np.maximum(self.horizon - anchor, 0.0)), anchor)
        days = numbers[0] + self._anchor_days(families)
        times = days * DAY + numbers[1] if self.column.type == "datetime" else days
        if self.anchor is None:
            return np.asarray(times)
        return np.fmax(times, self._anchors(families))

    def _anchors(self, families: pd.DataFrame) -> Floats:
        assert self.anchor is not None
        return _in_unit_of(self.column, to_numbers(families[self.anchor.name], self.anchor), self.anchor)

    def _anchor_days(self, families: pd.DataFrame) -> Floats:
        if self.anchor is None:
            return np.zeros(len(families))
        numbers = to_numbers(families[self.anchor.name], self.anchor)
        return np.nan_to_num(np.floor(numbers / DAY) if self.anchor.type == "datetime" else numbers)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Opening:
        """Read what `to_json` returned."""
        anchor = value["anchor"] and Column(**value["anchor"])
        return cls(**{**value, "column": Column(**value["column"]), "anchor": anchor})


def _in_unit_of(order: Column, numbers: Floats, column: Column) -> Floats:
    """Return dates in the unit of the order column, rounded down where that is a day."""
    if order.type == column.type:
        return numbers
    return numbers * DAY if order.type == "datetime" else np.floor(numbers / DAY)
