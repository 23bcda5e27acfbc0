"""Learning the rows of families: what is known before each row is gathered by walking through them, then the steps are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from veil.model import Column, Epoch
from veil.rng import generator, integer
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.sequences.axis import Axis
from veil.synthesizers.sequences.context import Bands, Context
from veil.synthesizers.sequences.events import Events, gap_scores
from veil.synthesizers.sequences.families import Families
from veil.synthesizers.sequences.outlook import Known
from veil.synthesizers.sequences.part import Part, Row

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Truth = npt.NDArray[np.bool_]
    Encoded = tuple[EncodedColumn, ...]

LENGTH_BANDS = 12


@dataclass(frozen=True)
class Material:
    """What rows of families are learnt from.

    Attributes
    ----------
    rows : (n_rows, …) the table; `columns` those to be drawn, `order` the one that orders them, `times` its numbers.
    families : the rows of each family, in order.
    parents : a row for each family, by its name; `context` how they are seen.
    """

    rows: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    families: Families
    parents: pd.DataFrame = field(repr=False)
    context: Context | None
    order: Column | None = None
    times: Floats | None = field(repr=False, default=None)


def learn_events(material: Material, circuit: Circuit, max_rows: int, *, seed: int, progress: Progress) -> Events:
    """Return the rows of families, fitted on as many families as have at most `max_rows` rows."""
    families = material.families
    times = material.times[families.rows] if material.times is not None else np.full(len(families.rows), np.nan)
    axis = Axis.fit(times, families, material.order) if material.order is not None else None
    when, gaps = _gaps(axis, times, families)
    what, cells = _cells(material)
    lengths = Bands.fit(families.lengths.astype(np.float64), LENGTH_BANDS)
    events = Events(axis, material.context, lengths, when, what)
    some = families.drawn(max_rows, generator(seed, "families"))
    gathering = _Gathering(events, families.only(some), families.starts[some], material.parents, times, gaps, cells)
    before_gaps, before_rows = gathering.run()

    def learnt(name: str, part: Part | None, encoded: Encoded, before: _Before) -> Part | None:
        if part is None or before.known is None:
            return part
        return part.learnt(_taken(encoded, before.places), before.known, circuit, seed=integer(seed, name), progress=progress)

    return replace(events, when=learnt("when", when, gaps, before_gaps), what=learnt("what", what, cells, before_rows))


def _gaps(axis: Axis | None, times: Floats, families: Families) -> tuple[Part | None, Encoded]:
    """Return the gaps as columns and, for every row, as codes and numbers: -1 and NaN at a family's first row."""
    later = families.positions > 0
    if axis is None or not later.any():
        return None, ()
    cells = axis.gap_cells(times, families)[later]
    part = Part.fit(cells, axis.gap_columns)
    return part, tuple(_spread(each, later) for each in part.encoder.encode(cells))


def _cells(material: Material) -> tuple[Part | None, Encoded]:
    """Return the columns of the rows and, for every row in order, their codes and numbers."""
    if not material.columns:
        return None, ()
    table = material.rows.iloc[material.families.rows]
    part = Part.fit(table, material.columns)
    return part, part.encoder.encode(table)


def _spread(encoded: EncodedColumn, where: Truth) -> EncodedColumn:
    codes, numbers = np.full(len(where), -1, dtype=np.int64), None
    codes[where] = encoded.codes
    if encoded.numbers is not None:
        numbers = np.full(len(where), np.nan)
        numbers[where] = encoded.numbers
    return replace(encoded, codes=codes, numbers=numbers)


def _taken(encoded: Encoded, places: Codes) -> Encoded:
    return tuple(replace(each, codes=each.codes[places], numbers=None if each.numbers is None else each.numbers[places])
                 for each in encoded)  # fmt: skip


@dataclass(frozen=True)
class _Before:
    """What is known before each of some rows, and their places; None where there are none."""

    known: Known | None
    places: Codes = field(repr=False)

    @classmethod
    def of(cls, parts: Sequence[tuple[Known, Codes]]) -> _Before:
        if not parts:
            return cls(None, np.zeros(0, dtype=np.int64))
        codes = {name: np.concatenate([known.codes[name] for known, _ in parts]) for name in parts[0][0].codes}
        features = np.concatenate([known.features for known, _ in parts])
        positions = np.concatenate([np.broadcast_to(known.position, len(at)) for known, at in parts])
        return cls(Known(codes, features, positions), np.concatenate([at for _, at in parts]))


@dataclass(frozen=True)
class _Gathering:
    """Walks through families that are known and keeps what is known before each row.

    `starts` says where each family's rows begin among `times`, `gaps` and `cells`, which hold the rows of all families.
    """

    events: Events
    families: Families
    starts: Codes = field(repr=False)
    parents: pd.DataFrame = field(repr=False)
    times: Floats = field(repr=False)
    gaps: Encoded = field(repr=False)
    cells: Encoded = field(repr=False)

    def run(self) -> tuple[_Before, _Before]:
        """Return what is known before each gap, and before each row."""
        when, what = self.events.when, self.events.what
        walk = self.events.walk(self.parents.iloc[self.families.names], self.families.lengths)
        gaps: list[tuple[Known, Codes]] = []
        rows: list[tuple[Known, Codes]] = []
        for position in range(int(self.families.lengths.max())):
            n_active = self.families.n_active(position)
            at = self.starts[:n_active] + position
            if when is not None and position:
                gaps.append((walk.before_gap(n_active, self.times[at - 1]), at))
            row = when.read(_taken(self.gaps, at)) if when is not None else Row({}, {})
            if what is not None:
                rows.append((walk.before_row(n_active, self.times[at], gap_scores(when, row)), at))
                row |= what.read(_taken(self.cells, at))
            walk.add(row, n_active)
        return _Before.of(gaps), _Before.of(rows)


def counted(progress: Progress, history: list[Epoch], n_epochs: int) -> Progress:
    """Return a progress for one of several circuits: epochs are counted on, in `history`, and told with the total number."""

    def told(epoch: Epoch, _: int) -> None:
        history.append(Epoch(len(history) + 1, epoch.losses))
        progress(history[-1], n_epochs)

    return told
