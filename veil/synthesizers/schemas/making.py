"""One chunk of rows in the making: column after column, each from a random stream of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import from_numbers
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import generator
from veil.synthesizers.schemas.chunk import Chunk, Fakes, written_as
from veil.synthesizers.schemas.codes import codes, keys
from veil.synthesizers.schemas.distributions import Numbers
from veil.synthesizers.schemas.flaws import find, in_order
from veil.synthesizers.schemas.kinds import (
    Boolean,
    Category,
    Code,
    Computed,
    Date,
    Decimal,
    FakeColumn,
    Integer,
    Kind,
    Reference,
    Serial,
    Uuid,
)
from veil.synthesizers.schemas.parts import LAST_YEAR
from veil.synthesizers.schemas.schema import Schema, TableSchema

if TYPE_CHECKING:
    from veil.synthesizers.schemas.chunk import Cells, Floats, Rows

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
MAX_ROUNDS = 100
MIN_TRIES = 4_096
MOST_EXACT = 10**15


@dataclass(frozen=True)
class Making:
    """One chunk in the making."""

    schema: Schema
    table: str
    own: TableSchema
    seed: int
    fakes: Fakes
    name: str
    first: int
    n_rows: int
    parent: Chunk | None
    cells: dict[str, Cells] = field(default_factory=dict, repr=False)
    numbers: dict[str, Floats] = field(default_factory=dict, repr=False)

    def chunk(self) -> Chunk:
        for column in in_order(self.own):
            self._make(column, self.own.columns[column])
        ordered = {column: self.cells[column] for column in self.own.columns}
        return Chunk(self.name, self.first, self.n_rows, ordered, self.numbers)

    def _make(self, column: str, kind: Kind) -> None:
        numbers: Floats | None = None
        if isinstance(kind, (Integer, Decimal, Date, Computed)):
            numbers = self._numbers(column, kind)
            cells = from_numbers(numbers, written_as(column, kind)).to_numpy(dtype=object)
        else:
            cells = self._cells(column, kind)
        if kind.nulls:
            absent = self._rng(column, "nulls").random(self.n_rows) < kind.nulls
            cells = np.where(absent, None, cells)
            numbers = None if numbers is None else np.where(absent, np.nan, numbers)
        self.cells[column] = cells
        if numbers is not None:
            self.numbers[column] = numbers

    def _rng(self, column: str, purpose: str = "") -> np.random.Generator:
        return generator(self.seed, "generate", self.table, column, purpose, self.name)

    @property
    def _rows(self) -> Rows:
        return np.arange(self.first, self.first + self.n_rows, dtype=np.int64)

    def _cells(self, column: str, kind: Kind) -> Cells:
        if isinstance(kind, (Serial, Uuid)):
            return keys(kind, self._rows, self.seed, "generate", self.table, column)
        if isinstance(kind, Code):
            return codes(kind, self._rows, self._rng(column), self.seed, "generate", self.table, column)
        if isinstance(kind, Reference):
            return self._keys(column, kind)
        if isinstance(kind, FakeColumn):
            related = {name: self._related(name) for name in kind.needed}
            return self.fakes(kind, f"{self.table}/{kind.about}", self._rows, related)
        assert isinstance(kind, (Category, Boolean))
        return np.asarray(self._by_case(column, kind, _chosen, np.empty(self.n_rows, dtype=object)))

    def _numbers(self, column: str, kind: Integer | Decimal | Date | Computed) -> Floats:
        if isinstance(kind, Date):
            return self._dates(column, kind)
        what = f"`{self.table}.{column}`"
        if isinstance(kind, Computed):
            needed = {name: self._number(name) for name in kind.needed}
            return _exact(np.round(kind.read.value(needed, self.n_rows), kind.places) + 0.0, kind.places, what)

        def drawn(case: Any, n_rows: int, rng: np.random.Generator) -> Floats:
            places = getattr(case, "places", 0)
            _exact(np.array([case.low or 0.0, case.high or 0.0]), places, what)
            return _exact(case.draw(n_rows, rng, places=places, what=what), places, what)

        return np.asarray(self._by_case(column, kind, drawn, np.empty(self.n_rows)))

    def _by_case(self, column: str, kind: Any, draw: Callable[[Any, int, np.random.Generator], Any], empty: Any) -> Any:
        """Draw the rows of each case from its own settings, the others from the column's."""
        if kind.given is None:
            return draw(kind, self.n_rows, self._rng(column))
        given = self._cell(kind.given)
        left = np.ones(self.n_rows, dtype=bool)
        for cell in kind.cases:
            rows = np.flatnonzero(given == cell)
            empty[rows] = draw(kind.case(cell), len(rows), self._rng(column, f"case {cell}"))
            left[rows] = False
        empty[left] = draw(kind, int(left.sum()), self._rng(column))
        return empty

    def _dates(self, column: str, kind: Date) -> Floats:
        per_day = 1 if kind.kind == "date" else 86_400
        last = (_day(kind.to or f"{LAST_YEAR}-12-31") + 1) * per_day - 1
        if kind.after is None or kind.gap is None:
            first = _day(kind.first or "1970-01-01") * per_day
            return self._rng(column).integers(first, last + 1, self.n_rows).astype(np.float64)
        base = self._number(kind.after) * (per_day / self._per_day(kind.after))
        base = np.floor(base) if per_day == 1 else base
        unit = 1 if kind.kind == "date" else SECONDS[kind.unit]
        return self._after(column, kind.gap, base, unit, float(last))

    def _after(self, column: str, gap: Numbers, base: Floats, unit: int, last: float) -> Floats:
        """Return `base` and a gap; gaps that end after `last` are drawn again."""
        rng, dates = self._rng(column), np.full(self.n_rows, np.nan)
        missing = np.flatnonzero(~np.isnan(base))
        places, what = 0 if unit == 1 else None, f"`gap` of `{self.table}.{column}`"
        for _ in range(MAX_ROUNDS):
            if not len(missing):
                return dates
            tries = max(1, MIN_TRIES // len(missing))
            gaps = np.round(unit * gap.draw(len(missing) * tries, rng, places=places, what=what)).reshape(len(missing), tries)
            inside = base[missing, None] + gaps <= last
            found, first = inside.any(axis=1), inside.argmax(axis=1)
            dates[missing[found]] = base[missing[found]] + gaps[found, first[found]]
            missing = missing[~found]
        raise SynthesisFailed(f"`{self.table}.{column}`: for {len(missing)} rows nothing lies between what it comes after and "
                              f"`to`, {LAST_YEAR} if there is none; make `to` later, or the gap shorter")  # fmt: skip

    def _keys(self, column: str, kind: Reference) -> Cells:
        if kind.each is not None:
            assert self.parent is not None
            return self.parent.cells[kind.column]
        parent = self.schema.tables[kind.table]
        n_parents, rng = parent.rows or 0, self._rng(column)
        if kind.skew is None:
            drawn = rng.integers(0, n_parents, self.n_rows)
        else:
            ranks = Numbers(distribution="zipf", exponent=kind.skew, high=float(min(n_parents, 1_000_000)))
            drawn = ranks.draw(self.n_rows, rng, places=0, what=f"`{self.table}.{column}`").astype(np.int64) - 1
        key = parent.columns[kind.column]
        assert isinstance(key, (Serial, Uuid))
        return keys(key, drawn, self.seed, "generate", kind.table, kind.column)

    def _related(self, name: str) -> Cells:
        kind = self._kind(name)
        if isinstance(kind, Date):
            iso = Column(name, "date", "%Y-%m-%d")
            return np.asarray(from_numbers(np.floor(self._number(name)), iso).to_numpy(dtype=object))
        return self._cell(name)

    def _cell(self, name: str) -> Cells:
        return self.cells[name] if name in self.cells else self._of_parent(name).cells[name.split(".", 1)[1]]

    def _number(self, name: str) -> Floats:
        return self.numbers[name] if name in self.numbers else self._of_parent(name).numbers[name.split(".", 1)[1]]

    def _of_parent(self, name: str) -> Chunk:
        assert self.parent is not None, name
        return self.parent

    def _kind(self, name: str) -> Kind:
        kind = find(self.schema, self.own, name)
        assert kind is not None
        return kind

    def _per_day(self, name: str) -> int:
        return 1 if self._kind(name).kind == "date" else 86_400


def _exact(numbers: Floats, places: int, what: str) -> Floats:
    """Return the numbers; refuse those with more digits than can be added without loss."""
    if np.nanmax(np.abs(numbers), initial=0) * 10.0**places > MOST_EXACT:
        raise SynthesisFailed(f"{what}: numbers with more than fifteen digits, which do not add up exactly; make them smaller "
                              "or give them fewer `places`")  # fmt: skip
    return numbers


def _chosen(kind: Any, n_rows: int, rng: np.random.Generator) -> Any:
    if isinstance(kind, Boolean):
        return np.array(kind.written.split("|"), dtype=object)[(rng.random(n_rows) < kind.share).astype(np.int64)]
    weights = np.array(list(kind.values.values()), dtype=np.float64)
    return np.array(list(kind.values), dtype=object)[rng.choice(len(weights), n_rows, p=weights / weights.sum())]


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))
