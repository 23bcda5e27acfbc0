"""Noise: a number, moved by a little that only the key can tell."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field, model_validator

from veil.columns import factorize
from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, present, replaced
from veil.transforms.draws import Distribution, cell_words, drawn, owners
from veil.transforms.grid import units, units_of, write_grid
from veil.transforms.numbers import exact, places_of, writable
from veil.transforms.private_noise import discrete_laplace

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells

    Integers = npt.NDArray[np.int64]

LARGEST: Final = 2**53
ROUNDS: Final = 16
"""Draws are repeated up to 64 times, four to a MAC: from a value on the bound itself they all miss once in 2^64 times."""


class Noise(Transform):
    """Add up to ±`amount`, or up to ±`ratio` of the number itself; a normal or Laplace `distribution` takes them as its scale.

    Drawn from the key, who the row is about (its number where there is no subject) and the value: reading twice gives the same
    noise, so that it cannot be averaged away. `min` and `max` are held by drawing again, never by clipping, which would pile
    values up at the bound. Integers stay integers; zero stays zero under a `ratio`.

    With `epsilon` each cell gets discrete Laplace noise from the system's secure source, other noise in every run: numbers
    are clamped to `min` and `max` first, and the cell is ε-differentially private for any two numbers in them. That holds for
    one cell of one column in one run; the ε of more of them add up.
    """

    name: ClassVar[str] = "noise"
    properties: ClassVar[Properties] = Properties("perturb", keyed=True, keeps=frozenset({"nulls", "format"}))

    amount: Number | None = Field(default=None, gt=0, allow_inf_nan=False)
    ratio: Number | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    distribution: Distribution | None = None
    min: Number | None = Field(default=None, allow_inf_nan=False)
    max: Number | None = Field(default=None, allow_inf_nan=False)
    epsilon: Number | None = Field(default=None, ge=0.001, le=20, allow_inf_nan=False)

    @model_validator(mode="after")
    def _says_one(self) -> Noise:
        if sum(way is not None for way in (self.amount, self.ratio, self.epsilon)) != 1:
            raise ValueError("give one of `amount`, `ratio` and `epsilon`")
        if self.epsilon is not None and (self.min is None or self.max is None or self.distribution is not None):
            raise ValueError("`epsilon` needs `min` and `max`, the bounds of all numbers, and no `distribution`: it is Laplace")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("`min` must be less than `max`")
        return self

    @property
    def declared(self) -> Properties:
        """With `epsilon` neither keyed nor the same again."""
        if self.epsilon is None:
            return self.properties
        return Properties("perturb", deterministic=False, keeps=self.properties.keeps)

    @property
    def by_value(self) -> bool:
        """Each row has noise of its own."""
        return False

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Move the number of each row."""
        if places_of(context) is None:
            raise TransformFailed(context.column.name, f"noise for a {context.column.type} column, not integer or decimal")
        there = present(cells, context).to_numpy(dtype=bool)
        values = cells.to_numpy(dtype=object)[there]
        codes, levels = factorize(values)
        numbers = units(list(levels), context)
        context.refuse(np.abs(numbers) >= LARGEST, "numbers with more than 15 digits")
        before = numbers.astype(np.int64)[codes] if len(codes) else np.zeros(0, dtype=np.int64)
        private = self.epsilon is not None
        moved = self._private(before, context) if private else self._keyed(before, owners(cells, context)[there], values, context)
        distinct, places = np.unique(moved, return_inverse=True)
        results = np.empty(len(distinct), dtype=object)
        results[:] = write_grid(distinct, context)
        return replaced(cells, there, places, results)

    def _keyed(self, before: Integers, who: Any, values: Any, context: Context) -> Integers:
        low, high = self._bounds(context)
        scale = np.abs(before) * float(self.ratio or 0)
        if self.amount is not None:
            scale = np.full(len(before), float(self.amount) * 10 ** (places_of(context) or 0))
        after = np.zeros(len(before), dtype=np.int64)
        open_places = np.arange(len(before))
        for turn in range(ROUNDS):
            words = cell_words(context, who[open_places], values[open_places], purpose=f"noise {turn}")
            for word in range(words.shape[1]):
                noise = drawn(words[:, word], self.distribution or "uniform") * scale[open_places]
                after[open_places] = np.rint(before[open_places] + noise).astype(np.int64)
                out = (after[open_places] < low) | (after[open_places] > high)
                open_places, words = open_places[out], words[out]
            if not len(open_places):
                return after
        context.refuse(np.ones(len(open_places), dtype=bool), "too far outside `min` and `max` for any noise to lead back")
        return after

    def _bounds(self, context: Context) -> tuple[int, int]:
        low = -LARGEST if self.min is None else units_of(writable(self.min, context, "min"), context)
        return low, LARGEST if self.max is None else units_of(writable(self.max, context, "max"), context)

    def _private(self, before: Integers, context: Context) -> Integers:
        low, high = self._bounds(context)
        scale = Fraction(high - low) / Fraction(exact(self.epsilon or 1))
        try:
            noise = discrete_laplace(len(before), scale)
        except ValueError as error:
            reason = str(error)
        else:
            return np.asarray(np.clip(before, low, high) + noise)
        raise TransformFailed(context.column.name, reason)
