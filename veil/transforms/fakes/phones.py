"""Telephone numbers that ring nowhere.

- unreachable: +999, a country code that the ITU has assigned to nobody, and twelve digits, without gaps: in groups of four digits
  the scan for identifiers would find somebody's customer number by chance. `unique` takes sixteen, so that each number of E.164,
  and each row of up to fifteen digits that no country is known of, has one of its own.
- fictional: numbers that the regulator keeps for films and books, in national format.
- national: national format under a prefix that the country's plan does not assign (checked with `phonenumbers` by a test).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from veil.transforms.fakes.digits import digits, filled, pattern_sizes, written
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

PHONE_DIGITS: Final = 12
UNIQUE_DIGITS: Final = 16
_LONGEST: Final = 15
# Numbers of E.164 are numbered by their digits; after them rows of digits of each length, one after the other.
_STARTS: Final[dict[int, int]] = {
    length: 10**_LONGEST + sum(10**shorter for shorter in range(1, length)) for length in range(1, _LONGEST + 2)
}
UNIQUE_PHONES: Final[int] = _STARTS[_LONGEST + 1]


def unreachable_phones(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write numbers under +999."""
    if draw.permuted is not None:
        return written_unlike(draw, _sixteen)
    return written_unlike(draw, _twelve)


def fictional_phones(draw: Draw, pack: Pack) -> Strings:
    """Write numbers of films."""
    return _patterns(draw, pack.fictional_phones)


def national_phones(draw: Draw, pack: Pack) -> Strings:
    """Write numbers under a prefix that is assigned to nobody."""
    return _patterns(draw, pack.national_phones)


def phone_number(canonical: str) -> int:
    """Return the place of a canonical form among all phones, -1 if it is none: E.164, or digits that no country is known of."""
    plain = canonical.removeprefix("+")
    if not (0 < len(plain) <= _LONGEST and plain.isascii() and plain.isdigit()):
        return -1
    if plain == canonical:
        return _STARTS[len(plain)] + int(plain)
    return int(plain) if plain[0] != "0" else -1


def _twelve(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    return written(digits(source.take(10**PHONE_DIGITS), PHONE_DIGITS), "+999############")


def _sixteen(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    return written(digits(source.take(10**UNIQUE_DIGITS), UNIQUE_DIGITS), "+999################")


def _patterns(draw: Draw, patterns: tuple[str, ...]) -> Strings:
    size = sum(pattern_sizes(patterns))
    return written_unlike(draw, lambda source, _: filled(patterns, source.take(size)))
