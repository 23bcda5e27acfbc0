"""PRAM: a category, now and then exchanged for another, so that no single cell can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, Whole, distinct, present, replaced
from veil.transforms.draws import cell_words, owners, units
from veil.transforms.private_noise import randomized_response

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells

MAX_VALUES: Final = 1000
"""A column with more distinct values holds identifiers or texts: exchanging them would only move them to other people."""

Values = Annotated[tuple[str, ...], BeforeValidator(lambda values: tuple(values) if isinstance(values, list) else values)]


@dataclass(frozen=True)
class Marginals:
    """The column's categories, sorted, and how many rows have at most each of them."""

    values: tuple[str, ...] = field(repr=False)
    cumulative: npt.NDArray[np.int64] = field(repr=False)


class Pram(Transform):
    """Keep a category with probability `retain`; else draw one by how often each occurs in the column, the same one included.

    So the column's shares stay what they are, up to chance (invariant PRAM; Gouweleeuw, Kooiman, Willenborg, De Wolf 1998).
    Drawn from the key, who the row is about (its number where there is no subject) and the value, the same in every run.

    With `epsilon` and the column's `values` declared, each cell is ε-differentially private instead: randomized response from
    the system's secure source, other answers in every run. That holds for one cell of one column in one run; the ε of more of
    them add up.
    """

    name: ClassVar[str] = "pram"
    properties: ClassVar[Properties] = Properties("perturb", keyed=True, keeps=frozenset({"nulls"}))

    retain: Number | None = Field(default=None, ge=0, lt=1, allow_inf_nan=False)
    epsilon: Number | None = Field(default=None, ge=0.001, le=20, allow_inf_nan=False)
    values: Values | None = Field(default=None, min_length=2, max_length=MAX_VALUES)

    @model_validator(mode="after")
    def _says_one(self) -> Pram:
        if (self.retain is None) == (self.epsilon is None):
            raise ValueError("give `retain`, the probability that a cell stays, or `epsilon`")
        if (self.epsilon is None) != (self.values is None):
            raise ValueError("`epsilon` and `values` go together: which values there can be must not be read off the data")
        if self.values is not None and len(set(self.values)) < len(self.values):
            raise ValueError("`values` names a value twice")
        return self

    @property
    def declared(self) -> Properties:
        """With `epsilon` neither keyed nor the same again."""
        if self.epsilon is None:
            return self.properties
        return Properties("perturb", deterministic=False, keeps=self.properties.keeps)

    @property
    def needs_whole(self) -> bool:
        """The shares are those of the whole column; with `epsilon` they do not matter."""
        return self.epsilon is None

    @property
    def by_value(self) -> bool:
        """Each row has a draw of its own."""
        return False

    def fit(self, whole: Whole, context: Context) -> Marginals:
        """Return how often each category occurs."""
        counts = whole.counts()
        counts = counts[~counts.index.isin(["", *context.null_values])].sort_index()
        if len(counts) > MAX_VALUES:
            raise TransformFailed(context.column.name, f"more than {MAX_VALUES} distinct values; see `swap` and `noise`")
        return Marginals(tuple(counts.index), np.cumsum(counts.to_numpy(dtype=np.int64)))

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Draw the category of each row."""
        there = present(cells, context).to_numpy(dtype=bool)
        values = cells.to_numpy(dtype=object)[there]
        if self.values is not None:
            return replaced(cells, there, *self._answered(values, self.values, context))
        words = cell_words(context, owners(cells, context)[there], values, purpose="pram")
        stays = units(words[:, 0]) < float(self.retain or 0)
        marginals: Marginals = context.fitted
        drawn = _categories(words[:, 1], marginals.cumulative)
        results = np.array([*marginals.values, *values[stays]], dtype=object)
        drawn[stays] = len(marginals.values) + np.arange(np.count_nonzero(stays))
        return replaced(cells, there, drawn, results)

    def _answered(self, values: npt.NDArray[Any], known: Sequence[str], context: Context) -> tuple[Any, Any]:
        place = {value: number for number, value in enumerate(known)}
        codes, places = distinct(values, lambda levels: [place.get(level, -1) for level in levels])  # type: ignore[misc]
        answers = places.astype(np.int64)[codes] if len(codes) else np.zeros(0, dtype=np.int64)
        context.refuse(answers < 0, "not among the declared `values`")
        return randomized_response(answers, len(known), float(self.epsilon or 0)), np.array(known, dtype=object)


def _categories(words: npt.NDArray[np.uint64], cumulative: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Return a category for each word, with the probability of its rows among all rows."""
    if not len(words):
        return np.zeros(0, dtype=np.intp)
    return np.searchsorted(cumulative, (words % np.uint64(cumulative[-1])).astype(np.int64), side="right")
