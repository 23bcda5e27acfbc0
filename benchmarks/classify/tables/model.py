"""The values that travel here: a table's description, what a maker draws from, and a table with its truth."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Half = Literal["dev", "held-out", "fresh", "fourth"]
HALVES: Final[tuple[Half, ...]] = ("dev", "held-out", "fresh", "fourth")
"""`dev` is for tuning. `held-out` is not, nor are `fresh` and `fourth`, which were written later, each by somebody who had
read neither the classifier nor an error of it."""
Words = Mapping[str, tuple[str, ...]]
Cells = list[str | None]
Truth = tuple[str | None, ...] | None | Literal["ignore"]
"""Accepted entities of a column, one or more equally right; None for harmless, also among others where either can be
defended; "ignore" for what nobody can decide."""


@dataclass(frozen=True)
class Person:
    """A made-up person; `female` decides titles and gender codes, `place` is an index into the locale's places."""

    first: str
    middle: str
    last: str
    female: bool
    born: datetime.date


@dataclass(frozen=True)
class Place:
    """A made-up address."""

    street: str
    number: str
    postcode: str
    city: str
    region: str
    code: str


@dataclass(frozen=True)
class Draw:
    """What the maker of one column draws from: its own random stream, the table's people and places, a row each."""

    rng: random.Random = field(repr=False)
    n_rows: int
    locale: str
    half: Half
    words: Words = field(repr=False)
    people: tuple[Person, ...] = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)
    owners: tuple[int, ...] = field(repr=False)

    def per_owner(self, make: Callable[[], str]) -> Cells:
        """Return one value per row, the same for all rows of one person."""
        made = {owner: make() for owner in sorted(set(self.owners))}
        return [made[owner] for owner in self.owners]


Maker = Callable[[Draw, str], Cells]


@dataclass(frozen=True)
class ColumnSpec:
    """One line of a description: header, truth, the maker with its argument, share of nulls and how they are written, dirt."""

    header: str
    truth: Truth
    maker: str
    argument: str
    null_share: float = 0.0
    null_text: str | None = None
    case: str = ""
    stray_share: float = 0.0


@dataclass(frozen=True)
class TableSpec:
    """A table's description. `n_people` of 0 means a person per row; fewer people come back in several rows."""

    name: str
    locale: str
    domain: str
    half: Half
    n_rows: int
    n_people: int
    columns: tuple[ColumnSpec, ...]

    @property
    def language(self) -> str:
        """Two letters of the language of the values."""
        return self.locale[:2]


@dataclass(frozen=True)
class LabelledTable:
    """A table as strings, with the accepted entities of each column."""

    name: str
    language: str
    domain: str
    cells: Mapping[str, Cells] = field(repr=False)
    truth: Mapping[str, Truth]
