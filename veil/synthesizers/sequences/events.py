"""The rows of families, drawn one after another: when each is, then what it holds, given the family and what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.rng import generator
from veil.synthesizers.sequences.axis import GAP, Axis
from veil.synthesizers.sequences.channels import Channel
from veil.synthesizers.sequences.context import Bands, Context
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.part import Part, Row
from veil.synthesizers.sequences.walk import Walk

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BATCH_FAMILIES = 20_000


@dataclass(frozen=True)
class Drawn:
    """Rows of families: the family of each, rising; its cells; its time, NaN where nothing orders rows."""

    owners: Codes = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    times: Floats = field(repr=False)


@dataclass(frozen=True)
class Events:
    """Fitted rows of families.

    Attributes
    ----------
    axis : the column that orders rows, and `when` the gaps on it; None where nothing orders them or no family has two rows.
    context : how the family's own columns are seen; None where it has none.
    what : the other columns; None where there are none.
    """

    axis: Axis | None
    context: Context | None = field(repr=False)
    length_bands: Bands = field(repr=False)
    when: Part | None
    what: Part | None

    @property
    def channels(self) -> list[Channel]:
        """The channels of the gaps, then those of the other columns."""
        return [channel for part in (self.when, self.what) if part is not None for channel in part.channels]

    def walk(self, table: pd.DataFrame, lengths: Codes) -> Walk:
        """Return families, the longest first, before their first row; `table` has a row for each."""
        codes, features = self.context.seen(table) if self.context else ({}, np.zeros((len(lengths), 0)))
        return Walk(self.channels, lengths, codes, features, self.axis, self.length_bands)

    def sample(self, table: pd.DataFrame, lengths: Codes, starts: Floats, *, seed: int) -> Drawn:
        """Return the rows of families.

        Parameters
        ----------
        table : (n_families, …) the columns that the context was fitted on.
        lengths : (n_families,) rows that each is to have, zero included.
        starts : (n_families,) the time of each family's first row; not looked at where nothing orders them.
        """
        import pandas as pd

        batches = range(0, max(len(lengths), 1), BATCH_FAMILIES)
        parts = [self._batch(table, lengths, starts, slice(batch, batch + BATCH_FAMILIES), seed) for batch in batches]
        cells = pd.concat([part.cells for part in parts], ignore_index=True)
        return Drawn(np.concatenate([part.owners for part in parts]), cells, np.concatenate([part.times for part in parts]))

    def _batch(self, table: pd.DataFrame, lengths: Codes, starts: Floats, batch: slice, seed: int) -> Drawn:
        import pandas as pd

        own = np.arange(len(lengths))[batch]
        own = own[lengths[own] > 0]
        order = own[np.argsort(-lengths[own], kind="stable")]
        families = Families(order, lengths[order], np.arange(int(lengths[order].sum())))
        rng = generator(seed, "events", str(batch.start))
        drawing = Drawing(self, self.walk(table.iloc[order], lengths[order]), families, starts[order], rng)
        row, times = drawing.run()
        owners = np.repeat(order, lengths[order])
        back = np.argsort(owners, kind="stable")
        cells = pd.DataFrame(index=range(len(back))) if self.what is None else self.what.decode(row, rng)
        return Drawn(owners[back], cells.iloc[back], times[back])

    def save(self, folder: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Write the circuits into folders in an existing one; return the rest as a JSON value and arrays by name."""
        value: dict[str, Any] = {"axis": self.axis and self.axis.to_json(), "context": self.context and self.context.to_json(),
                                 "length_bands": list(self.length_bands.edges)}  # fmt: skip
        arrays: dict[str, Floats] = {}
        for name, part in (("when", self.when), ("what", self.what)):
            value[name], own = part.save(folder / name) if part is not None else (None, {})
            arrays |= {f"{name}.{each}": array for each, array in own.items()}
        return value, arrays

    @classmethod
    def load(cls, folder: Path, value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Events:
        """Read what `save` wrote and returned."""
        parts: list[Part | None] = []
        for name in ("when", "what"):
            own = {each.removeprefix(f"{name}."): array for each, array in arrays.items() if each.startswith(f"{name}.")}
            parts.append(Part.load(folder / name, value[name], own) if value[name] else None)
        axis = Axis.from_json(value["axis"]) if value["axis"] else None
        context = Context.from_json(value["context"]) if value["context"] else None
        return cls(axis, context, Bands(tuple(value["length_bands"])), *parts)


@dataclass(frozen=True)
class Drawing:
    """A batch of families on their way, drawn row by row, all of them at once."""

    events: Events
    walk: Walk
    families: Families
    starts: Floats = field(repr=False)
    rng: np.random.Generator

    def run(self) -> tuple[Row, Floats]:
        """Return all rows, family by family, and their times."""
        n_rows, axis, what = len(self.families.rows), self.events.axis, self.events.what
        times = np.full(n_rows, np.nan)
        kept = what.none(n_rows) if what is not None else Row({}, {})
        for position in range(int(self.families.lengths.max(initial=0))):
            at = self.families.at(position)
            row = self._gap(at, times, position)
            if axis is not None:
                times[at] = axis.after(times[at - 1], row.numbers) if position else self.starts[: len(at)]
            if what is not None:
                gap = gap_scores(self.events.when, row)
                row |= what.draw(self.walk.before_row(len(at), times[at], gap), self.rng)
            self.walk.add(row, len(at))
            for name in kept.codes:
                kept.codes[name][at], kept.numbers[name][at] = row.codes[name], row.numbers[name]
        return kept, times if axis is None or axis.regular is not None else axis.within(times, self.families)

    def _gap(self, at: Codes, times: Floats, position: int) -> Row:
        when = self.events.when
        if when is None:
            return Row({}, {})
        if not position:
            return when.none(len(at))
        return when.draw(self.walk.before_gap(len(at), times[at - 1]), self.rng)


def gap_scores(when: Part | None, row: Row) -> Floats | None:
    """Return the scores of the gaps; None where there are none, or all are the same."""
    channel = next((each for each in when.channels if each.name == GAP and each.is_number), None) if when is not None else None
    return None if channel is None else channel.scores(row.numbers[GAP])
