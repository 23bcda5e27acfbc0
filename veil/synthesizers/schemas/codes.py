"""Keys and codes: serial numbers, UUIDs, patterns with check digits. A function of the row's number, so that none comes twice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.rng import generator, integer
from veil.synthesizers.schemas.kinds import Code, Serial, Uuid

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Cells = npt.NDArray[np.object_]

DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_PERMUTED = 2**31
"""Codes that are numbered: products of two numbers below it fit 63 bits."""


def keys(kind: Serial | Uuid, rows: Rows, seed: int, *names: str) -> Cells:
    """Return the key of each row, told by its number alone."""
    return _serials(kind, rows) if isinstance(kind, Serial) else _uuids(rows, integer(seed, *names))


def _serials(kind: Serial, rows: Rows) -> Cells:
    import pandas as pd

    texts = pd.Series(rows + kind.start).astype(str).str.zfill(kind.width)
    return np.asarray((kind.prefix + texts).to_numpy(dtype=object))


def _uuids(rows: Rows, seed: int) -> Cells:
    """Return version 4 UUIDs whose random bits are two mixed numbers of the row."""
    high = _mixed(rows.astype(np.uint64) ^ np.uint64(seed))
    low = _mixed(high ^ np.uint64(integer(seed, "low")) ^ rows.astype(np.uint64))
    high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    text = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    parts = (text[start : start + 32] for start in range(0, len(text), 32))
    return np.array([f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}" for hexes in parts], dtype=object)


def _mixed(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mix 64 bits one to one: the finalizer of SplitMix64 (Steele et al. 2014, doi 10.1145/2660193.2660195)."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def capacity(pattern: str) -> int:
    """Return how many unique codes a pattern gives: all of a short one, and of a long one those that are numbered."""
    return math.prod(sizes[place] for sizes in [_sizes(pattern)] for place in _numbered(sizes))


def codes(kind: Code, rows: Rows, rng: np.random.Generator, seed: int, *names: str) -> Cells:
    """Return codes of a pattern.

    Parameters
    ----------
    rows : numbers of the rows; where codes are unique, the last signs of the pattern are a permutation of them.
    """
    sizes = _sizes(kind.pattern)
    signs = np.stack([rng.integers(0, size, len(rows)) for size in sizes], axis=1)
    if kind.unique:
        left = _permuted(rows, capacity(kind.pattern), seed, *names)
        for place in _numbered(sizes):
            signs[:, place], left = left % sizes[place], left // sizes[place]
    return _written(kind, signs)


def _sizes(pattern: str) -> list[int]:
    return [10 if char == "#" else 26 for char in pattern if char in "#@"]


def _numbered(sizes: list[int]) -> list[int]:
    """Return the places of the last signs, as many as can be numbered."""
    places: list[int] = []
    product = 1
    for place in reversed(range(len(sizes))):
        if product * sizes[place] > MOST_PERMUTED:
            break
        product *= sizes[place]
        places.append(place)
    return places


def _permuted(rows: Rows, size: int, seed: int, *names: str) -> Rows:
    """Return another number below `size` for each number below `size`, one to one."""
    rng = generator(seed, *names, "permutation")
    factor = int(rng.integers(size // 3, max(size - 1, size // 3 + 1))) if size > 2 else 1
    while math.gcd(factor, size) != 1:
        factor += 1
    return np.asarray((rows * factor + int(rng.integers(size))) % size)


def _written(kind: Code, signs: Rows) -> Cells:
    columns, place = [], 0
    for char in kind.pattern:
        if char in "#@":
            columns.append(np.array(list(DIGITS if char == "#" else LETTERS))[signs[:, place]])
            place += 1
        else:
            columns.append(np.full(len(signs), char))
    if kind.check == "luhn":
        digits = [column for char, column in zip(kind.pattern, columns, strict=True) if char == "#" or char.isdigit()]
        columns.append(_luhn([column.astype(np.int64) for column in digits]).astype(str))
    text = np.ascontiguousarray(np.stack(columns, axis=1).astype("<U1"))
    return np.asarray(text.view(f"<U{text.shape[1]}").ravel().astype(object)) if len(signs) else np.empty(0, dtype=object)


def _luhn(digits: list[Any]) -> Rows:
    """Return the check digit that comes last (ISO/IEC 7812-1, annex B)."""
    total = np.zeros(len(digits[0]), dtype=np.int64)
    for distance, digit in enumerate(reversed(digits)):
        weighted = digit * 2 if distance % 2 == 0 else digit
        total += weighted - 9 * (weighted > 9)
    return np.asarray(-total % 10)
