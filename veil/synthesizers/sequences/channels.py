"""A column of events as codes and as scores: numbers become normal scores of their rank, in which the past foretells the next.

A number with few distinct values, and each spike (0, null, empty), is a code. Every other number is a score, and comes back
through the column's quantile function, whose every knot is the mean of at least five rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, to_numbers
from veil.model import Column
from veil.synthesizers.encoding import EncodedColumn, LevelColumn, NumberColumn
from veil.synthesizers.spans import Quantiles

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_SCORE = 4.5


@dataclass(frozen=True)
class Channel:
    """How one column is learnt.

    Attributes
    ----------
    n_codes : codes of the encoded column; where `smooth` is there, the last one says "a number".
    numbers : the number of each code, NaN for null, empty and texts.
    ranked : quantile function of all numbers; None for a column without numbers.
    smooth : quantile function of the numbers that are no code of their own; None where all are.
    places : decimals that a number is written with.
    """

    name: str
    n_codes: int
    numbers: tuple[float, ...] = field(repr=False)
    ranked: Quantiles | None = field(repr=False)
    smooth: Quantiles | None = field(repr=False)
    places: int = 0

    @classmethod
    def fit(cls, learnt: LevelColumn | NumberColumn, column: Column, encoded: EncodedColumn) -> Channel:
        """Look at an encoded column."""
        numbers = _code_numbers(learnt, column)
        per_row = numbers[encoded.codes]
        smooth = None
        if encoded.numbers is not None:
            is_number = encoded.codes == encoded.n_codes - 1
            per_row = np.where(is_number, encoded.numbers, per_row)
            smooth = Quantiles.fit(encoded.numbers[is_number])
        known = per_row[np.isfinite(per_row)]
        ranked = Quantiles.fit(known) if len(np.unique(known)) > 1 else None
        places = len(column.format or "0.##########") - 2 if column.type == "decimal" else 0
        return cls(column.name, encoded.n_codes, tuple(numbers.tolist()), ranked, smooth, places)

    @property
    def is_number(self) -> bool:
        """Whether the column has numbers whose past foretells the next."""
        return self.ranked is not None

    def values(self, encoded: EncodedColumn) -> Floats:
        """Return the number of each row, NaN where there is none."""
        values = np.where(encoded.codes < 0, np.nan, np.array(self.numbers)[encoded.codes])
        return values if encoded.numbers is None else np.where(encoded.codes == self.n_codes - 1, encoded.numbers, values)

    def scores(self, values: Floats) -> Floats:
        """Return the normal score of each number's rank among all of the column, NaN where there is none."""
        assert self.ranked is not None
        knots, places = np.unique(np.array(self.ranked.values), return_inverse=True)
        ranks = np.bincount(places, weights=np.array(self.ranked.ranks)) / np.bincount(places)
        return np.where(np.isfinite(values), normal_scores(np.interp(values, knots, ranks)), np.nan)

    def targets(self, encoded: EncodedColumn, rng: np.random.Generator) -> Floats:
        """Return the scores to learn: of numbers that are no code, ties in random order; NaN for the others."""
        scores = np.full(len(encoded.codes), np.nan)
        if self.smooth is not None and encoded.numbers is not None:
            rows = np.flatnonzero(encoded.codes == self.n_codes - 1)
            order = np.lexsort((rng.random(len(rows)), encoded.numbers[rows]))
            ranks = np.empty(len(rows))
            ranks[order] = (np.arange(len(rows)) + 0.5) / len(rows)
            scores[rows] = normal_scores(ranks)
        return scores

    def drawn(self, codes: Codes, scores: Floats) -> Floats:
        """Return the number of each row from its code or score, rounded as it will be written."""
        values = np.array(self.numbers)[codes]
        if self.smooth is None:
            return values
        from scipy.special import ndtr

        is_number = codes == self.n_codes - 1
        smooth = self.smooth.at(ndtr(np.where(is_number, scores, 0.0)))
        return np.where(is_number, np.round(smooth, self.places), values)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; the quantiles are means of at least five rows."""
        numbers = [None if np.isnan(number) else number for number in self.numbers]
        quantiles = [each and [list(each.ranks), list(each.values)] for each in (self.ranked, self.smooth)]
        return {"name": self.name, "n_codes": self.n_codes, "numbers": numbers, "ranked": quantiles[0], "smooth": quantiles[1],
                "places": self.places}  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Channel:
        """Read what `to_json` returned."""
        ranked, smooth = (value[name] and Quantiles(*map(tuple, value[name])) for name in ("ranked", "smooth"))
        numbers = tuple(np.nan if number is None else number for number in value["numbers"])
        return cls(value["name"], value["n_codes"], numbers, ranked, smooth, value["places"])


def normal_scores(ranks: Floats) -> Floats:
    """Return the standard normal quantile of ranks in (0, 1), at most 4.5 from zero."""
    from scipy.special import ndtri

    return np.asarray(np.clip(ndtri(np.clip(ranks, 1e-9, 1 - 1e-9)), -MAX_SCORE, MAX_SCORE))


def fit_channels(
    learnt: Sequence[LevelColumn | NumberColumn], columns: Sequence[Column], encoded: Sequence[EncodedColumn]
) -> tuple[Channel, ...]:
    """Return a channel for each column."""
    return tuple(Channel.fit(*each) for each in zip(learnt, columns, encoded, strict=True))


def _code_numbers(learnt: LevelColumn | NumberColumn, column: Column) -> Floats:
    """Return the number of each code; of pooled values, their mean; NaN where there is none."""
    import pandas as pd

    if column.type not in NUMERIC_TYPES:
        return np.full(learnt.n_codes, np.nan)
    numbers = to_numbers(pd.Series([level or None for level in learnt.levels], dtype=object).astype(object), column)
    if isinstance(learnt, NumberColumn):
        return np.append(numbers, np.nan)
    if learnt.pool:
        pooled = to_numbers(pd.Series(list(learnt.pool), dtype=object), column)
        numbers = np.append(numbers, np.average(pooled, weights=learnt.pool_rows))
    return numbers
