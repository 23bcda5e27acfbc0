"""Payment cards that no network issues: valid check digit, but numbers that begin with 99.

ISO/IEC 7812-1 keeps the first digit 9 for national use, followed by the three digits of a country; 900 to 999 stand for no
country (ISO 3166-1 leaves them to users), so no issuer has a number under 99.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from veil.transforms.fakes.digits import columns, constant, digits, luhn, written
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

PREFIX: Final = "99"
_FREE, UNIQUE_DIGITS = 13, 16
# Numbers of 12 to 15 digits before the check digit, one after the other: where each length begins.
_STARTS: Final[dict[int, int]] = {length: sum(10**shorter for shorter in range(12, length)) for length in range(12, 16)}
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
UNIQUE_CARDS: Final[int] = sum(10**length for length in range(12, 16))


def cards(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write numbers of sixteen digits; of nineteen where each is to have one of its own."""
    free = _FREE if draw.permuted is None else UNIQUE_DIGITS

    def write(source: Source, _: Draw) -> Strings:
        payload = columns(constant(PREFIX), digits(source.take(10**free), free))
        return written(columns(payload, luhn(payload)))

    return written_unlike(draw, write)


def card_number(text: str) -> int:
    """Return the place of a card's number among all of 13 to 16 digits, -1 if it is none: nothing but digits, Luhn valid."""
    if not (text.isascii() and text.isdigit() and len(text) - 1 in _STARTS):
        return -1
    odd, even = text[-1::-2], text[-2::-2]
    checked = sum(map(int, odd)) + sum(_DOUBLED[int(sign)] for sign in even)
    return _STARTS[len(text) - 1] + int(text[:-1]) if checked % 10 == 0 else -1


def security_codes(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write three digits."""
    return written_unlike(draw, lambda source, _: written(digits(source.take(1000), 3)))


def expiry_dates(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write month and year, 2030 to 2039: it depends on no clock."""

    def write(source: Source, _: Draw) -> Strings:
        month = source.take(12) + 1
        return written(columns(digits(month, 2), digits(source.take(10) + 30, 2)), "##/##")

    return written_unlike(draw, write)
