"""Check digits, a few lines each, written here so that the truth does not lean on the code that is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_VERHOEFF_D: Final = tuple(
    tuple(int(digit) for digit in row)
    for row in ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")
)
_VERHOEFF_P: Final = tuple(
    tuple(int(digit) for digit in row)
    for row in ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258")
)
_VERHOEFF_INVERSE: Final = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of digits times weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> str:
    """Return the check digit of cards, IMEIs and several national numbers."""
    doubled = (int(digit) * 2 if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(digits)))
    return str(-sum(number - 9 if number > 9 else number for number in doubled) % 10)


def mod_11_10(digits: str) -> str:
    """Return the check digit of ISO 7064 mod 11,10: German tax numbers and VAT ids, the Croatian OIB."""
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def verhoeff(digits: str) -> str:
    """Return the check digit of the Indian Aadhaar number."""
    state = 0
    for place, digit in enumerate(reversed(digits), 1):
        state = _VERHOEFF_D[state][_VERHOEFF_P[place % 8][int(digit)]]
    return str(_VERHOEFF_INVERSE[state])


def iban_check(country: str, account: str) -> str:
    """Return the two check digits of an IBAN."""
    number = int("".join(str(int(each, 36)) for each in account + country + "00"))
    return f"{98 - number % 97:02d}"
