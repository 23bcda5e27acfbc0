"""Numbers whose check digit does not exist for some serials: the next serial is taken until there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Made: TypeAlias = tuple[Indices, npt.NDArray[np.bool_]]


def settled(serials: Indices, size: int, make: Callable[[Indices, Indices], Made]) -> Indices:
    """Return the digits of each row from the first serial on, modulo `size`, that makes a valid number.

    Parameters
    ----------
    make : takes serials and the rows that they are for; returns rows of digits and which of them are valid.
    """
    rows = np.arange(len(serials))
    serials = serials.copy()
    made, valid = make(serials, rows)
    while len(rows := rows[~valid]):
        serials[rows] = (serials[rows] + 1) % size
        made[rows], valid = make(serials[rows], rows)
    return made
