"""National numbers that hold a date of birth: they agree with the fake date and sex where the policy names the columns.

They are written without gaps: in groups of four digits the scan for identifiers would find somebody's customer number by chance.

What keeps each from being somebody's:

- BE: serials 000 and 999; the register gives 001 to 998. FI: 900 to 999, kept for tests and never given.
- FR: commune 000, which no department has. NO: 80 is added to the month, as Skatteetaten does for synthetic people.
- SE: birth numbers 980 to 999, kept for tests.
- DK, PL: without a date, born 1858 to 1899 and 1800 to 1859: nobody of them lives. With a date of birth no range is free.
- AT, CZ: no range is free; one in a great many numbers can be somebody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.births import born, days_of
from veil.transforms.fakes.digits import columns, constant, digits, letters, luhn, number, weighted, written
from veil.transforms.fakes.draw import Draw
from veil.transforms.fakes.retry import settled
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

_FINNISH: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_DANISH: Final = (4, 3, 2, 7, 6, 5, 4, 3, 2)
_NORWEGIAN: Final = ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
_POLISH: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_AUSTRIAN: Final = (3, 7, 9, 5, 8, 4, 2, 1, 6)


def belgian(source: Source, draw: Draw) -> Strings:
    """Write a rijksregisternummer: YYMMDDSSSCC."""
    year, month, day = born(source, draw)
    serial = np.where(draw.sex == 1, 999, 0)
    payload = columns(_two(year), _two(month), _two(day), digits(serial, 3))
    check = 97 - (number(payload) + np.where(year >= 2000, 2 * 10**9, 0)) % 97
    return written(columns(payload, digits(check, 2)))


def french(source: Source, draw: Draw) -> Strings:
    """Write a NIR: sex, YY, MM, department, commune, order, key."""
    year, month, _ = born(source, draw)
    department = source.take(94) + 1
    department += department >= 20  # Corsica is 2A and 2B
    sex = np.where(draw.sex == 1, 1, 2)
    order = digits(source.take(999) + 1, 3)
    payload = columns(sex, _two(year), _two(month), digits(department, 2), constant("000"), order)
    return written(columns(payload, digits(97 - number(payload) % 97, 2)))


def finnish(source: Source, draw: Draw) -> Strings:
    """Write a henkilötunnus: DDMMYY, a sign for the century, individual number, check sign."""
    year, month, day = born(source, draw)
    date = columns(_two(day), _two(month), _two(year))
    individual = digits(900 + 2 * source.take(50) + (draw.sex == 1), 3)
    century = np.where(year < 2000, ord("-"), ord("A"))
    check = letters(number(columns(date, individual)) % 31, _FINNISH)
    return written(columns(date, century, individual, check))


def swedish(source: Source, draw: Draw) -> Strings:
    """Write a personnummer: YYYYMMDDNNNC."""
    year, month, day = born(source, draw)
    individual = 980 + 2 * source.take(10) + (draw.sex == 1)
    payload = columns(_two(year), _two(month), _two(day), digits(individual, 3))
    return written(columns(digits(year // 100, 2), payload, luhn(payload)))


def danish(source: Source, draw: Draw) -> Strings:
    """Write a CPR number: DDMMYYSSSS, with a valid modulus."""
    year, month, day = born(source, draw, days_of(1858), days_of(1899, 12, 31))
    first = np.select([year < 1900, year < 2000], [5, 0], 4)
    date = columns(_two(day), _two(month), _two(year))
    odd = draw.sex == 1

    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:
        payload = columns(date[rows], digits(first[rows] * 100 + serials, 3))
        check = -weighted(payload, _DANISH) % 11
        return columns(payload, check), (check < 10) & (check % 2 == odd[rows])

    return written(settled(source.take(400), 400, make))


def norwegian(source: Source, draw: Draw) -> Strings:
    """Write a fødselsnummer of a synthetic person: DD, MM + 80, YY, individual number, two check digits."""
    year, month, day = born(source, draw)
    date = columns(_two(day), digits(month + 80, 2), _two(year))
    odd, first = draw.sex == 1, np.where(year < 2000, 0, 500)

    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:
        payload = columns(date[rows], digits(first[rows] + 2 * serials + odd[rows], 3))
        one = -weighted(payload, _NORWEGIAN[0]) % 11
        other = -weighted(columns(payload, one), _NORWEGIAN[1]) % 11
        return columns(payload, one, other), (one < 10) & (other < 10)

    return written(settled(source.take(250), 250, make))


def polish(source: Source, draw: Draw) -> Strings:
    """Write a PESEL: YYMMDD with the century in the month, serial, sex, check digit."""
    year, month, day = born(source, draw, days_of(1800), days_of(1859, 12, 31))
    century = np.select([year < 1900, year < 2000], [80, 0], 20)
    sex = 2 * source.take(5) + (draw.sex == 1)
    payload = columns(_two(year), digits(month + century, 2), _two(day), digits(source.take(1000), 3), sex)
    return written(columns(payload, -weighted(payload, _POLISH) % 10))


def czech(source: Source, draw: Draw) -> Strings:
    """Write a rodné číslo: YYMMDDSSSC, 50 added to a woman's month; nine digits for who was born before 1954."""
    year, month, day = born(source, draw, days_of(1954))
    date = columns(_two(year), digits(month + np.where(draw.sex == 1, 0, 50), 2), _two(day))

    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:
        payload = columns(date[rows], digits(serials, 3))
        check = number(payload) % 11
        return columns(payload, check), (check < 10) | (year[rows] < 1954)

    made = settled(source.take(1000), 1000, make)
    return np.where(year < 1954, written(made[:, :9]), written(made % 10)).astype(object)


def austrian(source: Source, draw: Draw) -> Strings:
    """Write a Sozialversicherungsnummer: serial, check digit, DDMMYY."""
    year, month, day = born(source, draw)
    date = columns(_two(day), _two(month), _two(year))

    def make(serials: Indices, rows: Indices) -> tuple[Indices, Any]:
        serial = digits(serials + 100, 3)
        check = weighted(columns(serial, date[rows]), _AUSTRIAN) % 11
        return columns(serial, check, date[rows]), check < 10

    return written(settled(source.take(900), 900, make))


def _two(numbers: Indices) -> Indices:
    return digits(numbers % 100, 2)
