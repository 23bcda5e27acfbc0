"""Numbers as rows of digits, patterns filled with them, and check digits: whole columns at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.spelling import as_strings

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]
    Signs = npt.NDArray[np.uint8]

CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXZ"
_ZERO: Final = ord("0")


def digits(numbers: Indices, width: int) -> Indices:
    """Return the decimal digits of each number, the highest first: (n, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return numbers[:, None] // powers % 10


def columns(*parts: Indices) -> Indices:
    """Return digits side by side; a single column may come flat, a constant as one row."""
    n = max(len(part) for part in parts)
    wide = [part[:, None] if part.ndim == 1 else np.broadcast_to(part, (n, part.shape[1])) for part in parts]
    return np.hstack(wide)


def constant(text: str) -> Indices:
    """Return the digits of a text as one row, for `columns`."""
    return np.array([[int(sign) for sign in text]], dtype=np.int64)


def number(rows: Indices) -> Indices:
    """Return the number that each row of up to 18 digits is."""
    powers = 10 ** np.arange(rows.shape[1] - 1, -1, -1, dtype=np.int64)
    return np.asarray(rows @ powers)


def written(rows: Indices, template: str = "") -> Strings:
    """Return each row of digits as text; in a template each `#` is the next digit.

    A row may hold signs too: numbers from 10 on are ASCII codes.
    """
    signs = np.where(rows < 10, rows + _ZERO, rows).astype(np.uint8)
    if template:
        filled = np.empty((len(rows), len(template)), dtype=np.uint8)
        filled[:] = np.frombuffer(template.encode("ascii"), dtype=np.uint8)
        filled[:, [place for place, sign in enumerate(template) if sign == "#"]] = signs
        signs = filled
    return texts(signs)


def texts(signs: Signs) -> Strings:
    """Return each row of ASCII codes as text."""
    width, joined = signs.shape[1], signs.tobytes().decode("ascii")
    return as_strings([joined[start : start + width] for start in range(0, len(joined), width)])


def letters(indices: Indices, alphabet: str = CONSONANTS) -> Indices:
    """Return the ASCII code of the letter at each index, for `written`."""
    return np.frombuffer(alphabet.encode("ascii"), dtype=np.uint8).astype(np.int64)[indices]


@lru_cache
def pattern_sizes(patterns: tuple[str, ...]) -> tuple[int, ...]:
    """Return how many texts each pattern gives: ten per `#`, twenty per `@`."""
    return tuple(10 ** pattern.count("#") * 20 ** pattern.count("@") for pattern in patterns)


def filled(patterns: tuple[str, ...], indices: Indices) -> Strings:
    """Return the text at each index into all texts of all patterns, one after the other."""
    sizes = pattern_sizes(patterns)
    ends = np.cumsum(sizes)
    of = np.searchsorted(ends, indices, side="right")
    results = np.empty(len(indices), dtype=object)
    for place, pattern in enumerate(patterns):
        rows = np.flatnonzero(of == place)
        if len(rows):
            results[rows] = _one_filled(pattern, indices[rows] - (ends[place] - sizes[place]))
    return results


def _one_filled(pattern: str, rest: Indices) -> Strings:
    places = [sign for sign in pattern if sign in "#@"]
    signs = np.empty((len(rest), len(places)), dtype=np.int64)
    for place in range(len(places) - 1, -1, -1):
        size = 10 if places[place] == "#" else 20
        signs[:, place] = rest % size if size == 10 else letters(rest % size)
        rest = rest // size
    return written(signs, pattern.replace("@", "#"))


def luhn(rows: Indices) -> Indices:
    """Return the Luhn check digit of each row, ISO/IEC 7812-1 annex B."""
    doubled = rows.copy()
    doubled[:, ::-2] *= 2
    return np.asarray(-(doubled // 10 + doubled % 10).sum(axis=1) % 10)


def weighted(rows: Indices, weights: Sequence[int]) -> Indices:
    """Return the sum of each row's digits times the weights."""
    return np.asarray(rows @ np.array(weights, dtype=np.int64))


def mod_97(rows: Indices) -> Indices:
    """Return each row of digits modulo 97, however many there are."""
    rest = np.zeros(len(rows), dtype=np.int64)
    for start in range(0, rows.shape[1], 15):
        part = rows[:, start : start + 15]
        rest = (rest * pow(10, part.shape[1], 97) + number(part)) % 97
    return rest


def mod_11_10(rows: Indices) -> Indices:
    """Return the check digit of ISO/IEC 7064, MOD 11,10."""
    check = np.full(len(rows), 5, dtype=np.int64)
    for place in range(rows.shape[1]):
        check = (np.where(check == 0, 10, check) * 2 % 11 + rows[:, place]) % 10
    return np.asarray((1 - np.where(check == 0, 10, check) * 2 % 11) % 10)
