"""Telephone numbers that ring nowhere.

- unreachable: +999, a country code that the ITU has assigned to nobody, and twelve digits, without gaps: in groups of four digits
  the scan for identifiers would find somebody's customer number by chance. `unique` takes fifteen, so that each
  of the 10^15 possible numbers of E.164 has one of its own.
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
E164_DIGITS: Final = 15


def unreachable_phones(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write numbers under +999."""
    if draw.permuted is not None:
        return written_unlike(draw, _fifteen)
    return written_unlike(draw, _twelve)


def fictional_phones(draw: Draw, pack: Pack) -> Strings:
    """Write numbers of films."""
    return _patterns(draw, pack.fictional_phones)


def national_phones(draw: Draw, pack: Pack) -> Strings:
    """Write numbers under a prefix that is assigned to nobody."""
    return _patterns(draw, pack.national_phones)


def e164_number(canonical: str) -> int:
    """Return the number that a canonical form `+…` stands for, -1 if it is none: E.164 begins with no zero."""
    digits_of = canonical[1:]
    well_formed = canonical[:1] == "+" and 0 < len(digits_of) <= E164_DIGITS and digits_of.isascii() and digits_of.isdigit()
    return int(digits_of) if well_formed and digits_of[0] != "0" else -1


def _twelve(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    return written(digits(source.take(10**PHONE_DIGITS), PHONE_DIGITS), "+999############")


def _fifteen(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    return written(digits(source.take(10**E164_DIGITS), E164_DIGITS), "+999###############")


def _patterns(draw: Draw, patterns: tuple[str, ...]) -> Strings:
    size = sum(pattern_sizes(patterns))
    return written_unlike(draw, lambda source, _: filled(patterns, source.take(size)))
