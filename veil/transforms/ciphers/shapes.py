"""Texts of digits and letters, encrypted in their own shape: a digit stays a digit, a letter keeps its case, signs between stay.

Values of one shape are worked on together. Digits alone and letters alone are FF1 strings of radix 10 and 26; where both occur,
the value is a number of mixed radix, and the permutation is one of the integers below the number of such values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from veil.transforms.ciphers.derive import framed
from veil.transforms.ciphers.ff1 import FF1
from veil.transforms.ciphers.permutation import Permutation

if TYPE_CHECKING:
    import numpy.typing as npt

    Signs = npt.NDArray[np.uint32]
    Rows = npt.NDArray[np.int64]

Alphabet = Literal["digits", "letters", "alphanumeric"]
SEPARATORS = " \t\u00a0\u2009\u202f-\u2010\u2011.,:;/()+_#*&'"
MAX_SIGNS = 128

_CLASSES = str.maketrans(
    {**dict.fromkeys(map(chr, range(48, 58)), "0"), **dict.fromkeys(map(chr, range(65, 91)), "A"),
     **dict.fromkeys(map(chr, range(97, 123)), "a")}
)  # fmt: skip
_RADIX = {"0": 10, "A": 26, "a": 26}
_FIRST = {"0": ord("0"), "A": ord("A"), "a": ord("a")}
_ALLOWED: dict[Alphabet, frozenset[str]] = {
    "digits": frozenset("0" + SEPARATORS),
    "letters": frozenset("Aa" + SEPARATORS),
    "alphanumeric": frozenset("0Aa" + SEPARATORS),
}


@dataclass(frozen=True)
class Secret:
    """A key, and the tweak that keeps keyspaces and kinds of values apart."""

    key: bytes = field(repr=False)
    tweak: bytes
    back: bool = False

    def apart(self, *parts: str) -> Secret:
        """Return the same key for values that share nothing with others."""
        return Secret(self.key, self.tweak + framed(*parts), self.back)

    def numerals(self, radix: int) -> Callable[[Any], Any]:
        """Return the permutation of rows of numerals."""
        cipher = FF1(self.key, radix, self.tweak)
        return cipher.decrypt if self.back else cipher.encrypt

    def numbers(self, size: int) -> Callable[..., Any]:
        """Return the permutation of the numbers below `size`."""
        permutation = Permutation(self.key, size, self.tweak)
        return permutation.decrypt if self.back else permutation.encrypt


def shapes_of(values: Sequence[str]) -> list[str]:
    """Return the shape of each value: `0` for a digit, `A` and `a` for a letter, anything else as it is."""
    return [value.translate(_CLASSES) for value in values]


def has_foreign(shape: str, alphabet: Alphabet) -> bool:
    """Return whether a shape has signs that are neither of the alphabet nor separators, and would stay readable."""
    return not _ALLOWED[alphabet].issuperset(shape)


def payload(shape: str) -> str:
    """Return the places of a shape that are encrypted, by their class."""
    return "".join(sign for sign in shape if sign in _RADIX)


def domain(shape: str) -> int:
    """Return how many values have this shape; the payload must not be longer than `MAX_SIGNS`."""
    return math.prod(_RADIX[sign] for sign in payload(shape))


def groups(labels: Sequence[Any]) -> list[tuple[Any, Rows]]:
    """Return each distinct label with its rows, in order of appearance."""
    codes: dict[Any, int] = {}
    coded = np.fromiter((codes.setdefault(label, len(codes)) for label in labels), dtype=np.int64, count=len(labels))
    ends = np.cumsum(np.bincount(coded, minlength=len(codes)))
    rows = np.split(np.argsort(coded, kind="stable"), ends)
    return list(zip(codes, rows[: len(codes)], strict=True))


def permuted(values: Sequence[str], shapes: Sequence[str], secret: Secret) -> list[str]:
    """Return the values with their digits and letters encrypted, or decrypted, place by place in the same shape."""
    results = [""] * len(values)
    for shape, rows in groups(shapes):
        for row, text in zip(rows.tolist(), _of_one_shape([values[row] for row in rows], shape, secret), strict=True):
            results[row] = text
    return results


def _of_one_shape(values: Sequence[str], shape: str, secret: Secret) -> list[str]:
    places = [at for at, sign in enumerate(shape) if sign in _RADIX]
    classes = payload(shape)
    first = np.array([_FIRST[sign] for sign in classes], dtype=np.uint32)
    signs = to_signs(values, len(shape))
    numerals = (signs[:, places] - first).astype(np.uint8)
    signs[:, places] = _permuted(numerals, classes, secret) + first
    return from_signs(signs)


def _permuted(numerals: npt.NDArray[np.uint8], classes: str, secret: Secret) -> npt.NDArray[np.uint32]:
    radices = {_RADIX[sign] for sign in classes}
    if len(radices) == 1:
        return np.asarray(secret.numerals(radices.pop())(numerals).astype(np.uint32))
    by_place = [_RADIX[sign] for sign in classes]
    permutation = Permutation(secret.key, math.prod(by_place), secret.apart(classes.upper()).tweak)
    step = permutation.decrypt if secret.back else permutation.encrypt
    return _unmixed(step(_mixed(numerals, by_place, permutation.kind)), by_place)


def _mixed(numerals: npt.NDArray[np.uint8], radices: Sequence[int], kind: Any) -> Any:
    total = np.zeros(len(numerals), dtype=kind)
    for column, radix in zip(numerals.T, radices, strict=True):
        total = total * (radix if kind is object else np.uint64(radix)) + column.astype(kind)
    return total


def _unmixed(numbers: Any, radices: Sequence[int]) -> npt.NDArray[np.uint32]:
    rows = np.empty((len(numbers), len(radices)), dtype=np.uint32)
    for place in reversed(range(len(radices))):
        radix = radices[place] if numbers.dtype == object else np.uint64(radices[place])
        rows[:, place] = (numbers % radix).astype(np.uint32)
        numbers = numbers // radix
    return rows


def to_signs(values: Sequence[str], length: int) -> Signs:
    """Return texts of one length as rows of code points."""
    joined = "".join(values).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype="<u4").reshape(len(values), length).astype(np.uint32)


def from_signs(signs: Signs) -> list[str]:
    """Return rows of code points as texts."""
    text, length = signs.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"), signs.shape[1]
    return [text[start : start + length] for start in range(0, len(text), length)]
