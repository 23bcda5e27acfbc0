"""Date shift: move all dates of a data subject by the same secret number of days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field, model_validator

from veil.columns import factorize, render_dates
from veil.transforms.base import Context, Pair, Properties, Transform, present, replaced
from veil.transforms.dates import DateFormat, date_format, timestamps

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells


class DateShift(Transform):
    """Shift by a number of days within `days`, drawn per subject from the key; never by zero.

    Intervals between the dates of one subject, their order and the time of day are kept; `weeks_only` keeps the weekday.
    Whoever knows one true date of a subject knows all of that subject, and the key reverses it: a perturbation of a
    record, no anonymity.
    """

    name: ClassVar[str] = "date_shift"
    properties: ClassVar[Properties] = Properties(
        "perturb", keyed=True, reversible=True, needs_subject=True, keeps=frozenset({"nulls", "format", "intervals"})
    )

    days: Pair[int] = Field(default=(-180, 180))
    weeks_only: bool = False
    format: DateFormat = None

    @model_validator(mode="after")
    def _leaves_a_choice(self) -> DateShift:
        if len(self.shifts) < 2:
            raise ValueError("`days` leaves fewer than two shifts; widen it (zero is left out)")
        return self

    @property
    def shifts(self) -> npt.NDArray[np.int64]:
        """The possible shifts in days, all equally likely."""
        low, high = self.days
        choices = np.arange(low, high + 1, dtype=np.int64)
        return np.asarray(choices[(choices != 0) & ((choices % 7 == 0) | (not self.weeks_only))])

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Shift each distinct pair of subject and date."""
        return self._moved(cells, context, 1)

    def reverse(self, cells: Cells, context: Context) -> Cells:
        """Return the dates as they were before the shift."""
        return self._moved(cells, context, -1)

    def _moved(self, cells: Cells, context: Context, direction: int) -> Cells:
        there = present(cells, context).to_numpy(dtype=bool)
        pattern = date_format(context.column, self.format)
        dates, levels = factorize(cells.to_numpy(dtype=object)[there])
        stamps = timestamps(levels, pattern, context).to_numpy(dtype="datetime64[us]")
        shifts = direction * self._days(context)[there]
        moved, written = _written(stamps[dates] + shifts.astype("timedelta64[D]"), pattern)
        return replaced(cells, there, moved, written)

    def _days(self, context: Context) -> npt.NDArray[np.int64]:
        """Return the shift of each row."""
        codes, subjects = context.subject_codes()
        shifts = self.shifts
        words = context.words(context.subject_keyspace, subjects, "date_shift")
        return np.asarray(shifts[(words[:, 0] % np.uint64(len(shifts))).astype(np.intp)][codes])


def _written(stamps: npt.NDArray[np.datetime64], pattern: str) -> tuple[Any, Any]:
    import pandas as pd

    codes, levels = pd.factorize(stamps)
    return codes, render_dates(pd.Series(levels), pattern).to_numpy(dtype=object)
