"""Where the digits of a fake come from: the words of a MAC, or one permuted number, taken field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.keys import Words

    Indices = npt.NDArray[np.int64]
    Strings = npt.NDArray[Any]

_ROOM: Final = 2**44


class Source:
    """Fields of fakes, many rows at a time: each `take` is a digit of a mixed radix, independent of those before.

    Attributes
    ----------
    size : how many different fakes there are for what was taken so far.
    """

    def __init__(self, words: Words, *, exact: bool = False) -> None:
        """Start at the first word of each row.

        Parameters
        ----------
        words : (n, words) of MACs. A field of a word that is used for 2^44 fakes at most has a bias below 2^-20.
        exact : the words are one column of numbers below the product of all fields: two numbers give two fakes.
        """
        self._words, self._exact = words.astype(np.uint64, copy=True), exact
        self._column, self._used = 0, 1
        self.size = 1

    def __len__(self) -> int:
        return len(self._words)

    def take(self, size: int) -> Indices:
        """Return a number below `size` per row."""
        if not self._exact and self._used > 1 and self._used * size > _ROOM:
            self._column, self._used = self._column + 1, 1
        word = self._words[:, self._column]
        taken, self._words[:, self._column] = (word % np.uint64(size)).astype(np.int64), word // np.uint64(size)
        self._used *= size
        self.size *= size
        return taken


def below(words: npt.NDArray[np.uint64], size: int) -> Indices:
    """Return one number below `size` per word."""
    return (words % np.uint64(size)).astype(np.int64)
