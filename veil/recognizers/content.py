"""What kind of content a column has, without any cell: how its values are written, and which identifiers stand in them.

A reviewer approves a column by this fingerprint. The next drop's is compared with it, so that a column whose content changed its
kind is noticed although its name is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from veil.errors import few
from veil.model import ColumnSample
from veil.recognizers.base import known_values
from veil.recognizers.values.dates import DATE_LIKE
from veil.recognizers.values.screen import Stray, screen

STEP: Final = 0.05
PRESENT: Final = 0.01
"""Shares are written in steps of 5 %; 1 % says "there are some", however few."""

OTHER_CONTENT: Final = 0.5
"""If half of the values are written in another way than before, it is another kind of content."""

_DIGITS = re.compile(r"[0-9][0-9 ./()+-]{0,40}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[ ',.][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?")

SHAPES: Final = ("number", "date", "digits", "code", "word", "words", "text")
"""How a value is written, in order of preference: `code` has no space and is none of the others; `words` are two to four of
them, `text` is longer."""


@dataclass(frozen=True)
class Content:
    """The content of a column.

    `shapes` are shares of the `n_shapes` values looked at and add up to 1; `identifiers` count the values, of `n_values`, that
    hold an identifier of an entity. Both numbers are the same where only a sample was looked at.
    """

    column: str
    n_shapes: int
    shapes: Mapping[str, float]
    n_values: int
    identifiers: Mapping[str, int] = field(default_factory=dict)

    @property
    def fingerprint(self) -> dict[str, float]:
        """The shares in coarse steps, as a policy holds them; identifiers under the names of their entities."""
        held = {entity: count / self.n_values for entity, count in self.identifiers.items() if count}
        return {kind: _coarse(share) for kind, share in (*self.shapes.items(), *sorted(held.items())) if _coarse(share)}

    def changes(self, approved: Mapping[str, float], expected: str | None = None) -> tuple[str, ...]:
        """Say how the content differs from an approved fingerprint; empty if it is of the same kind, or if there is no value.

        Parameters
        ----------
        approved : the fingerprint; an empty one tells nothing, so nothing differs from it.
        expected : the entity that the column is approved to hold, which is never news.
        """
        if not self.n_shapes or not approved:
            return ()
        others = [entity for entity in sorted(self.identifiers) if entity != expected]
        new = [entity for entity in others if self._is_new(entity, approved.get(entity, 0.0))]
        held = [f"{few(self.identifiers[entity])} of {few(self.n_values)} values hold {entity}" for entity in new]
        return (*held, *self._other_shapes(approved))

    def _is_new(self, entity: str, approved: float) -> bool:
        """A single one where there was none is news: what chance explains was not counted."""
        share = self.identifiers[entity] / self.n_values
        return share > 0 if approved == 0 else share - approved >= OTHER_CONTENT

    def _other_shapes(self, approved: Mapping[str, float]) -> tuple[str, ...]:
        before = {shape: approved[shape] for shape in SHAPES if shape in approved}
        if not before:
            return ()
        moved = sum(max(0.0, share - before.get(shape, 0.0)) for shape, share in self.shapes.items())
        if moved < OTHER_CONTENT:
            return ()
        most, was = max(self.shapes, key=lambda shape: self.shapes[shape]), max(before, key=lambda shape: before[shape])
        return (f"{100 * moved:.0f} % of the values are written in another way: now mostly `{most}`, approved as mostly `{was}`",)


def content(sample: ColumnSample, strays: Mapping[str, Stray] | None = None) -> Content:
    """Return the content of a column.

    Parameters
    ----------
    sample : its distinct values; their shapes are counted.
    strays : what `screen` found in all distinct values; None screens the sample.
    """
    values = known_values(sample)
    counts = dict.fromkeys(SHAPES, 0)
    for value in values:
        counts[shape_of(value)] += 1
    shapes = {shape: count / len(values) for shape, count in counts.items() if count}
    found = screen(values) if strays is None else strays
    n_values = max((stray.n_values for stray in found.values()), default=sample.profile.n_distinct)
    return Content(sample.name, len(values), shapes, n_values, {entity: stray.n_holding for entity, stray in found.items()})


def shape_of(value: str) -> str:
    """Return how a value is written: one of `SHAPES`."""
    for shape, holds in _TESTS:
        if holds(value):
            return shape
    n_words = len(value.split())
    return "code" if n_words == 1 else "words" if n_words <= 4 and len(value) <= 60 else "text"


def _coarse(share: float) -> float:
    return max(PRESENT, round(round(share / STEP) * STEP, 2)) if share > 0 else 0.0


_TESTS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("number", lambda value: len(value) <= 40 and _NUMBER.fullmatch(value)),
    ("date", lambda value: len(value) <= 40 and DATE_LIKE.fullmatch(value)),
    ("digits", lambda value: len(value) <= 40 and _DIGITS.fullmatch(value)),
    ("word", lambda value: len(value) <= 60 and _WORD.fullmatch(value)),
)
