"""Keyed draws: random numbers that a key gives for a row and a value, so that reading twice draws the same.

All arithmetic on the way is exact or one multiplication and one addition: a logarithm that a processor computes four at a time
can differ in its last bit from one computed alone, and then the size of a batch would change a cell.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from veil.transforms.keys import mac_words, macs

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells, Context
    from veil.transforms.keys import Key

    Words: TypeAlias = npt.NDArray[np.uint64]
    Floats: TypeAlias = npt.NDArray[np.float64]

Distribution: TypeAlias = Literal["uniform", "normal", "laplace"]

STEPS: Final = 2**16
"""Points at which a distribution's quantiles are tabled; between two of them a draw is interpolated."""


def owners(cells: Cells, context: Context) -> npt.NDArray[Any]:
    """Return for each row a text for who it is about: drawn from the subject's key, or the row's number without one."""
    if context.subject is None:
        return np.array([f"row {row}" for row in cells.index.tolist()], dtype=object)
    codes, subjects = context.subject_codes()
    words = context.words(context.subject_keyspace, subjects, "cell draws")[:, :2]
    names = np.empty(len(words), dtype=object)
    names[:] = [row.tobytes().hex() for row in words.astype(">u8")]
    return names[codes]


def cell_words(context: Context, who: npt.NDArray[Any], values: npt.NDArray[Any], *, purpose: str) -> Words:
    """Return four 64-bit words for each cell, from the key, who the row is about and the cell's value.

    Parameters
    ----------
    who, values : of the same length; `who` as `owners` returns it.
    purpose : the transform, so that what one of them draws tells nothing of another.
    """
    named = [f"{one}:{value}" for one, value in zip(who, values, strict=True)]
    return mac_words(context.require_key(), f"cells of {context.keyspace}\x1f{context.column.name}", named, purpose=purpose)


def stream(key: Key, keyspace: str, names: tuple[str, ...], n: int, *, purpose: str) -> Words:
    """Return `n` 64-bit words that the key gives under a name: SHAKE-256 of a MAC, one long keyed stream.

    Source: FIPS 202, an extendable output of a secret seed.
    """
    [seed] = macs(key, keyspace, ["\x1f".join(names)], purpose=purpose)
    return np.frombuffer(hashlib.shake_256(seed).digest(8 * n), dtype="<u8").astype(np.uint64)


def units(words: Words) -> Floats:
    """Return each word as a number from 0 to below 1, on a grid of 2^-53."""
    return np.asarray((words >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def drawn(words: Words, distribution: Distribution) -> Floats:
    """Return a draw for each word: uniform within ±1, normal or Laplace with a scale of 1."""
    if distribution == "uniform":
        return units(words) * 2.0 - 1.0
    table = _quantiles(distribution)
    place = (words >> np.uint64(48)).astype(np.intp)
    between = ((words << np.uint64(16)) >> np.uint64(16)).astype(np.float64) * 2.0**-48
    return np.asarray(table[place] + (table[place + 1] - table[place]) * between)


@cache
def _quantiles(distribution: Literal["normal", "laplace"]) -> Floats:
    """Return the quantiles at every 2^-16; the two ends stand for 2^-18 and its complement, as nothing ends there."""
    quantile = NormalDist().inv_cdf if distribution == "normal" else _laplace
    half = [quantile(max(place, 0.25) / STEPS) for place in range(STEPS // 2)]
    return np.array([*half, 0.0, *(-value for value in reversed(half))], dtype=np.float64)


def _laplace(share: float) -> float:
    return math.log(2 * share) if share < 0.5 else -math.log(2 * (1 - share))
