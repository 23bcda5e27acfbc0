"""What rows of a schema are while they are made: a chunk, its columns, and the fakes that come from outside."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from veil.model import Column, LogicalType
from veil.synthesizers.schemas.kinds import Boolean, Computed, Date, Decimal, FakeColumn, Kind

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Cells = npt.NDArray[np.object_]
    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]


class Fakes(Protocol):
    """Makes fakes; given from outside, because dictionaries of names belong to another part of the core."""

    def __call__(self, kind: FakeColumn, whom: str, rows: Rows, related: Mapping[str, Cells]) -> Cells:
        """Return a fake per row.

        Parameters
        ----------
        whom : together with the row's number, the person that fakes agree about.
        related : cells of the columns that the kind names; dates as ISO days.
        """
        ...


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table: cells as written, and numbers of what is a number or a date (days or seconds since 1970).

    `first` is the number of the first row in its table; `name` tells the chunk from the table's others.
    """

    name: str
    first: int
    n_rows: int
    cells: Mapping[str, Cells] = field(repr=False)
    numbers: Mapping[str, Floats] = field(repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a frame of strings and None."""
        import pandas as pd

        return pd.DataFrame(dict(self.cells), dtype=object)

    def take(self, rows: Rows) -> Chunk:
        """Return some rows, each as often as it is named."""
        cells = {name: column[rows] for name, column in self.cells.items()}
        return Chunk(self.name, self.first, len(rows), cells, {name: column[rows] for name, column in self.numbers.items()})


def written_as(name: str, kind: Kind) -> Column:
    """Return a column's type and format, as a classifier would find them."""
    nullable = bool(kind.nulls) or isinstance(kind, (Date, Computed))
    types: dict[str, LogicalType] = {"integer": "integer", "decimal": "decimal", "category": "category", "boolean": "boolean",
                                     "date": "date", "datetime": "datetime", "reference": "category"}  # fmt: skip
    column = Column(name, types.get(kind.kind, "text"), nullable=nullable)
    if isinstance(kind, (Decimal, Computed)):
        whole = isinstance(kind, Computed) and not kind.places
        pattern = None if whole else f"0{kind.mark}{'0' * kind.places}"
        return dataclasses.replace(column, type="integer" if whole else "decimal", format=pattern)
    if isinstance(kind, Date):
        return dataclasses.replace(column, format=kind.format)
    return dataclasses.replace(column, format=kind.written) if isinstance(kind, Boolean) else column
