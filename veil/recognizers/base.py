"""What every recognizer is, the word for "nothing personal", and the few counts that all reasons are written with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar, Final, Protocol

from veil.errors import few
from veil.model import ColumnSample, Evidence

NOTHING: Final = "NOTHING"
"""The entity of evidence *against*: the column is a count, a flag, a product. It is never the entity of a finding."""

PLACEHOLDERS: Final = frozenset({"", "?", "-", "--", ".", "n/a", "na", "nan", "none", "null", "nil", "unknown", "n.a.", "\\n"})
"""Cells that stand for "not known"; no recognizer counts them for or against anything."""


class Recognizer(Protocol):
    """Looks at one column and says what it may hold."""

    name: ClassVar[str]

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return at most one piece of evidence per entity, strongest first or in any order; empty if it cannot say."""
        ...


def known_values(sample: ColumnSample) -> tuple[str, ...]:
    """Return the sampled values without surrounding spaces and without placeholders, in the sample's order."""
    return _known(sample.values)


@lru_cache(maxsize=2)
def _known(values: tuple[str, ...]) -> tuple[str, ...]:
    """Six recognizers ask for the same column in a row."""
    stripped = (value.strip() for value in values)
    return tuple(value for value in stripped if value.lower() not in PLACEHOLDERS)


def share_of(values: Sequence[str], holds: Callable[[str], object]) -> float:
    """Return the share of the values for which `holds` is true; 0 if there are none."""
    return sum(1 for value in values if holds(value)) / len(values) if values else 0.0


def counted(share: float, n_values: int) -> str:
    """Write "98 % of 400 distinct values", with small counts hidden."""
    percent = f"{100 * share:.0f} %" if n_values >= 10 else ("all" if share == 1.0 else "most" if share >= 0.5 else "some")
    return f"{percent} of {few(n_values)} distinct values"
