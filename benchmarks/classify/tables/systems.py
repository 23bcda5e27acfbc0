"""Cells as systems export them: keys of Salesforce and Firebase, several forms of a date in a column, SIMs, more checked ids."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables.checks import iban_check, luhn, weighted
from benchmarks.classify.tables.model import Cells, Draw, Maker
from benchmarks.classify.tables.patterns import filled
from benchmarks.classify.tables.persons import MAKERS as PERSONS

_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FIRST: Final = datetime.datetime(2020, 1, 1)
_ALNUM: Final = "{#|@|~}"


def _born_as(draw: Draw, forms: str) -> Cells:
    """`bornas %d.%m.%Y / %Y-%m-%d`: birth dates, each cell in one of the forms."""
    known = forms.split(" / ")
    return [person.born.strftime(draw.rng.choice(known)) for person in draw.people]


def _student_born(draw: Draw, argument: str) -> Cells:
    """`studentborn 2007 FORMS`: birth dates of the twelve years from the given one on."""
    year, _, forms = argument.partition(" ")
    first = datetime.date(int(year), 9, 1)
    days = [first + datetime.timedelta(days=person.born.toordinal() * 37 % 4380) for person in draw.people]
    return [day.strftime(draw.rng.choice(forms.split(" / "))) for day in days]


def _birth_year(draw: Draw, _: str) -> Cells:
    return [str(person.born.year) for person in draw.people]


def _date_as(draw: Draw, forms: str) -> Cells:
    """`dateas %d.%m.%Y / %Y-%m-%d`: moments of 2020 to 2025, each cell in one of the forms."""
    known = forms.split(" / ")
    moments = [_FIRST + datetime.timedelta(seconds=draw.rng.randrange(170_000_000)) for _ in range(draw.n_rows)]
    return [moment.strftime(draw.rng.choice(known)) for moment in moments]


def _ticks(draw: Draw, step: str) -> Cells:
    """`ticks SECONDS`: moments one after another, as loggers write them."""
    return [(_FIRST + datetime.timedelta(seconds=row * int(step or 60))).isoformat() + "Z" for row in range(draw.n_rows)]


def _sales_key(draw: Draw, prefix: str) -> Cells:
    """`sfid 003`: ids of 18 signs as Salesforce gives them, one per person."""
    return draw.per_owner(lambda: prefix + "5g00000" + filled(_ALNUM * 5 + "AA{A|Q|I}", draw.rng))


def _token(draw: Draw, length: str) -> Cells:
    """`token 28`: letters and digits without order, one per person."""
    return draw.per_owner(lambda: filled(_ALNUM * int(length or 28), draw.rng))


def _luhned(draw: Draw, pattern: str) -> Cells:
    """`luhned 8945##############`: a pattern of digits with the Luhn digit after it (SIM cards, SIREN, SIRET)."""
    def one() -> str:
        body = filled(pattern, draw.rng)
        return body + luhn(body)

    return draw.per_owner(one)


def _emso(draw: Draw, _: str) -> Cells:
    """EMŠO of Slovenia: birth date, region 50, sex and order, and a check digit modulo 11."""
    by_owner = dict(zip(draw.owners, draw.people, strict=True))
    made = {}
    for owner in sorted(by_owner):
        person, check = by_owner[owner], 10
        while check == 10:
            order = draw.rng.randrange(500) + (500 if person.female else 0)
            body = person.born.strftime("%d%m") + f"{person.born.year % 1000:03d}" + f"50{order:03d}"
            check = -weighted(body, (7, 6, 5, 4, 3, 2) * 2) % 11
        made[owner] = f"{body}{check}"
    return [made[owner] for owner in draw.owners]


def _rnokpp(draw: Draw, _: str) -> Cells:
    """RNOKPP of Ukraine: days since 1899, order, and a check digit modulo 11."""
    by_owner = dict(zip(draw.owners, draw.people, strict=True))
    made = {}
    for owner in sorted(by_owner):
        days = (by_owner[owner].born - datetime.date(1899, 12, 31)).days
        body = f"{days:05d}{draw.rng.randrange(10_000):04d}"
        made[owner] = body + str(weighted(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10)
    return [made[owner] for owner in draw.owners]


def _rut(draw: Draw, style: str) -> Cells:
    """RUT of Chile with its check sign; `rut dots` with points in the number."""
    def one() -> str:
        body = str(draw.rng.randint(5_000_000, 25_000_000))
        check = -weighted(body[::-1], (2, 3, 4, 5, 6, 7) * 2) % 11
        return (f"{int(body):,}".replace(",", ".") if style == "dots" else body) + "-" + "0123456789K"[check]

    return draw.per_owner(one)


def _davcna(draw: Draw, _: str) -> Cells:
    """Tax number of Slovenia: seven digits and a check digit modulo 11."""
    def one() -> str:
        while True:
            body = filled("^######", draw.rng)
            check = 11 - weighted(body, (8, 7, 6, 5, 4, 3, 2)) % 11
            if check != 11:
                return f"{body}{check % 10}"

    return draw.per_owner(one)


def _slovenian_iban(draw: Draw, _: str) -> Cells:
    """Slovenian accounts end in two check digits of their own, so that the IBAN's are always 56."""
    def one() -> str:
        body = filled("0{2|3|4}#{0|1|9}#########", draw.rng)
        account = f"{body}{98 - int(body + '00') % 97:02d}"
        return f"SI{iban_check('SI', account)}{account}"

    return draw.per_owner(one)


def _npi(draw: Draw, _: str) -> Cells:
    """Numbers of American care givers, a few of them: Luhn over the prefix 80840 and nine digits."""
    bodies = [filled("1########", draw.rng) for _ in range(25)]
    return [body + luhn("80840" + body) for body in draw.rng.choices(bodies, k=draw.n_rows)]


def _bech32(draw: Draw, _: str) -> Cells:
    """Bitcoin addresses of BIP 173 with their six check signs."""
    def one() -> str:
        data = [0, *(draw.rng.randrange(32) for _ in range(31)), draw.rng.choice((0, 8, 16, 24))]
        sums = [3, 3, 0, 2, 3, *data, 0, 0, 0, 0, 0, 0]
        state = 1
        for value in sums:
            top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
            for bit, step in enumerate(_BECH32_STEPS):
                state ^= step if top >> bit & 1 else 0
        state ^= 1
        return "bc1" + "".join(_BECH32[each] for each in (*data, *(state >> 5 * (5 - place) & 31 for place in range(6))))

    return draw.per_owner(one)


def _each_as(maker: str) -> Maker:
    """Return a maker that gives each cell one of several forms (` / ` between them) of another maker."""
    def make(draw: Draw, forms: str) -> Cells:
        made = [PERSONS[maker](draw, form) for form in forms.split(" / ")]
        return [draw.rng.choice(cells) for cells in zip(*made, strict=True)]

    return make


MAKERS: Final[Mapping[str, Maker]] = {
    "bornas": _born_as, "birthyear": _birth_year, "dateas": _date_as, "ticks": _ticks, "sfid": _sales_key, "token": _token,
    "luhned": _luhned, "emso": _emso, "rnokpp": _rnokpp, "rut": _rut, "davcna": _davcna, "npi": _npi,
    "siiban": _slovenian_iban, "bech32": _bech32, "studentborn": _student_born, "othersas": _each_as("others"),
    "useras": _each_as("user"),
}
