"""National numbers that hold no date of birth, and the Italian one, which holds letters of the name.

What keeps each from being somebody's:

- DE: the first digit 0 marks test numbers. GB: prefixes that are never given (BG, GB, KN, NK, NT, QQ, TN, ZZ).
- NL: 9999 and 900, which test environments use. US: areas 000 and 666, and 9xx without the groups of the tax office.
- ES, PT: number ranges that are not in use (99 million; 44, 46 to 49 million). IE: numbers under 100,000, invented.
- IT: place codes that begin with Q, which no place has.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.births import born
from veil.transforms.fakes.digits import columns, constant, digits, letters, mod_11_10, number, weighted, written
from veil.transforms.fakes.draw import Draw
from veil.transforms.fakes.names import name_indices
from veil.transforms.fakes.packs import Locale, Pack, load
from veil.transforms.fakes.retry import settled
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

_DNI: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_PPS: Final = "WABCDEFGHIJKLMNOPQRSTUV"
_NINO: Final = ("BG", "GB", "KN", "NK", "NT", "QQ", "TN", "ZZ")
_BSN: Final = (9, 8, 7, 6, 5, 4, 3, 2)
_NIF: Final = (9, 8, 7, 6, 5, 4, 3, 2)
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MONTHS: Final = "ABCDEHLMPRST"
# What a sign counts at an odd place of a codice fiscale, 0 to 9 and then A to Z; at an even place it counts its own number.
_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_ODD_LETTERS: Final = (*_ODD, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
# Groups of the areas 900 to 999 that the tax office gives to people without a number: ITIN, and ATIN for children.
_TAX_GROUPS: Final = (*range(50, 66), *range(70, 89), *range(90, 100))
_FREE_GROUPS: Final = np.array([group for group in range(1, 100) if group not in _TAX_GROUPS])


def dutch(source: Source, draw: Draw) -> Strings:  # noqa: ARG001 - one signature for all countries
    """Write a BSN: nine digits that pass the test of eleven."""

    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:  # noqa: ARG001
        payload = digits(np.where(serials < 10**4, 99_990_000 + serials, 90_000_000 + serials - 10**4), 8)
        check = weighted(payload, _BSN) % 11
        return columns(payload, check), check < 10

    return written(settled(source.take(11 * 10**4), 11 * 10**4, make))


def german(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a Steuer-ID: after the 0, nine digits of which one more stands twice, and a check digit."""
    payload = columns(constant("0"), _shuffled(source))
    place, other = source.take(9), source.take(8)
    rows = np.arange(len(payload))
    payload[rows, 1 + place] = payload[rows, 1 + (place + 1 + other) % 9]
    return written(columns(payload, mod_11_10(payload)))


def _shuffled(source: Source) -> Indices:
    """Return the digits 1 to 9 in a drawn order, by Fisher and Yates."""
    order = np.tile(np.arange(1, 10, dtype=np.int64), (len(source), 1))
    rows = np.arange(len(source))
    for place in range(8, 0, -1):
        other = source.take(place + 1)
        order[rows, place], order[rows, other] = order[rows, other].copy(), order[rows, place].copy()
    return order


def spanish(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a DNI: eight digits and a letter."""
    payload = columns(constant("99"), digits(source.take(10**6), 6))
    return written(columns(payload, letters(number(payload) % 23, _DNI)))


def portuguese(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a NIF."""
    second = np.array([4, 6, 7, 8, 9])[source.take(5)]
    payload = columns(constant("4"), second, digits(source.take(10**6), 6))
    return written(columns(payload, (11 - weighted(payload, _NIF) % 11) % 11 % 10))


def irish(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a PPS number: seven digits, check letter, and the A of numbers since 2013."""
    payload = columns(constant("00"), digits(source.take(10**5), 5))
    check = (weighted(payload, (8, 7, 6, 5, 4, 3, 2)) + 9) % 23
    return written(columns(payload, letters(check, _PPS), np.full(len(payload), ord("A"))))


def british(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a National Insurance number."""
    prefixes = np.array([[ord(sign) for sign in prefix] for prefix in _NINO])[source.take(len(_NINO))]
    return written(columns(prefixes, digits(source.take(10**6), 6), letters(source.take(4), "ABCD")))


def american(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    """Write a Social Security number."""
    area = source.take(102)
    area = np.select([area == 100, area == 101], [0, 666], 900 + area)
    group = _FREE_GROUPS[source.take(len(_FREE_GROUPS))]
    return written(columns(digits(area, 3), digits(group, 2), digits(source.take(9999) + 1, 4)))


def italian(source: Source, draw: Draw, pack: Pack) -> Strings:
    """Write a codice fiscale: letters of the fake name, date of birth, sex, place, check letter."""
    year, month, day = born(source, draw)
    given, family = name_indices(draw, pack)
    codes = [_given_codes(pack.locale, sex) for sex in (0, 1)]
    names = np.where((draw.sex == 1)[:, None], codes[1][np.where(draw.sex == 1, given, 0)],
                     codes[0][np.where(draw.sex == 0, given, 0)])  # fmt: skip
    women = np.where(draw.sex == 0, 40, 0)
    payload = columns(_family_codes(pack.locale)[family], names, digits(year % 100, 2), letters(month - 1, _MONTHS),
                      digits(day + women, 2), np.full(len(draw), ord("Q")), digits(source.take(1000), 3))  # fmt: skip
    value = np.where(payload >= ord("A"), payload - ord("A"), payload)
    odd = np.array(_ODD_LETTERS)[np.where(value[:, ::2] < len(_ODD_LETTERS), value[:, ::2], 0)]
    return written(columns(payload, letters((odd.sum(axis=1) + value[:, 1::2].sum(axis=1)) % 26, _CAPITALS)))


@lru_cache
def _family_codes(locale: Locale) -> Indices:
    return np.array([_code(slug, skips=False) for slug in load(locale).family.slugs])


@lru_cache
def _given_codes(locale: Locale, sex: int) -> Indices:
    return np.array([_code(slug, skips=True) for slug in load(locale).given[sex].slugs])


def _code(slug: str, *, skips: bool) -> list[int]:
    """Return three letters: consonants, then vowels, then X; of a given name with four consonants not the second."""
    consonants = [sign for sign in slug if sign not in "aeiou"]
    if skips and len(consonants) >= 4:
        consonants = [consonants[0], *consonants[2:]]
    return [ord(sign.upper()) for sign in [*consonants, *(sign for sign in slug if sign in "aeiou"), *"xxx"][:3]]
