"""A sample of a column's distinct values, for the recognizers to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from veil.model import ColumnProfile, ColumnSample
from veil.rng import generator

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SIZE: Final = 400
LONGEST_CELL: Final = 2000


def sample(
    profile: ColumnProfile, counts: pd.Series[Any], neighbours: Sequence[str], size: int = SAMPLE_SIZE, seed: int = 0
) -> ColumnSample:
    """Return a sample of the distinct values: half of it the most frequent ones, half drawn from the rest.

    The same counts in any order give the same sample: values are ranked by count, then by text.
    """
    ranked = sorted((str(value) for value in counts.index if value != ""), key=_by_count(counts))
    frequent, rest = ranked[: size // 2], ranked[size // 2 :]
    n_drawn = min(len(rest), size - len(frequent))
    drawn = generator(seed, "classify", profile.column).choice(len(rest), size=n_drawn, replace=False) if n_drawn else ()
    values = (*frequent, *(rest[place] for place in sorted(drawn)))
    return ColumnSample(profile, tuple(neighbours), tuple(value[:LONGEST_CELL] for value in values))


def _by_count(counts: pd.Series[Any]) -> Any:
    rows = dict(zip(counts.index, counts.to_numpy(), strict=True))
    return lambda value: (-rows[value], value)
