"""A keyed permutation of the integers below any size: FF1 over bits, walked until the result is below the size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.transforms.ciphers.ff1 import FF1, MIN_DOMAIN

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]
    Belongs = Callable[[Numbers], npt.NDArray[np.bool_]]

WHOLE = 2**63
"""Numbers below this are 64-bit integers, others Python's."""


@dataclass(frozen=True)
class Permutation:
    """A one-to-one map of `0 … size - 1` onto itself, and back.

    Attributes
    ----------
    key : 16, 24 or 32 bytes.
    size : at least a million, as FF1 demands.
    """

    key: bytes = field(repr=False)
    size: int
    tweak: bytes = b""

    def __post_init__(self) -> None:
        if self.size < MIN_DOMAIN:
            raise ValueError(f"a permutation of {self.size} numbers can be listed; at least {MIN_DOMAIN} are needed")

    @property
    def kind(self) -> Any:
        """The dtype of the numbers: unsigned 64-bit integers where they fit."""
        return np.uint64 if self.size <= WHOLE else object

    def encrypt(self, numbers: Numbers, belongs: Belongs | None = None) -> Numbers:
        """Return where each number goes.

        Parameters
        ----------
        numbers : of dtype `kind`, below `size`.
        belongs : says which numbers are in a smaller set that the permutation has to stay in; all of `numbers` must be.
        """
        return walked(self._forth, numbers, self._inside(belongs))

    def decrypt(self, numbers: Numbers, belongs: Belongs | None = None) -> Numbers:
        """Return the number that went to each of these."""
        return walked(self._back, numbers, self._inside(belongs))

    def _inside(self, belongs: Belongs | None) -> Belongs:
        def inside(numbers: Numbers) -> npt.NDArray[np.bool_]:
            below = np.asarray(numbers < self.size, dtype=np.bool_)
            if belongs is not None:
                below[below] = belongs(numbers[below])
            return below

        return inside

    def _forth(self, numbers: Numbers) -> Numbers:
        return self._joined(*self._cipher.encrypt_halves(*self._halves(numbers), self._bits))

    def _back(self, numbers: Numbers) -> Numbers:
        return self._joined(*self._cipher.decrypt_halves(*self._halves(numbers), self._bits))

    @property
    def _cipher(self) -> FF1:
        return FF1(self.key, 2, self.tweak)

    @property
    def _bits(self) -> int:
        return (self.size - 1).bit_length()

    def _halves(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        right = self._bits - self._bits // 2
        kind = self._cipher.kind(self._bits)
        if self.kind is object:
            return (numbers >> right).astype(kind), (numbers & (2**right - 1)).astype(kind)
        return numbers >> np.uint64(right), numbers & np.uint64(2**right - 1)

    def _joined(self, left: Numbers, right: Numbers) -> Numbers:
        shift = self._bits - self._bits // 2
        if self.kind is object:
            return np.asarray((left.astype(object) << shift) | right.astype(object))
        return np.asarray((left << np.uint64(shift)) | right)


def walked(step: Callable[[Numbers], Numbers], start: Numbers, inside: Belongs) -> Numbers:
    """Apply a permutation until the result is in the set that it started in: a permutation of that set."""
    result = step(start)
    outside = np.flatnonzero(~inside(result))
    while len(outside):
        result[outside] = step(result[outside])
        outside = outside[~inside(result[outside])]
    return result
