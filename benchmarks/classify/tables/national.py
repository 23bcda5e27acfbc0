"""National, tax and health numbers with valid check digits. Each maker takes a random stream and the person it is for."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.classify.tables.checks import luhn, mod_11_10, verhoeff, weighted
from benchmarks.classify.tables.model import Person
from benchmarks.classify.tables.patterns import filled

NationalId = Callable[[random.Random, Person], str]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _checked(make: Callable[[], str | None]) -> str:
    """Try until a number has a check digit; some bodies have none."""
    while (made := make()) is None:
        pass
    return made


def _mod11(body: str, weights: tuple[int, ...], *, of: int = 11) -> str | None:
    check = -weighted(body, weights) % of
    return None if check > 9 else body + str(check)


def _steuer_id(rng: random.Random, _: Person) -> str:
    kept = rng.sample("0123456789", 9)
    doubled = [*kept, rng.choice(kept)]
    rng.shuffle(doubled)
    if doubled[0] == "0" or any(doubled[place] == doubled[place + 1] for place in range(9)):
        return _steuer_id(rng, _)
    body = "".join(doubled)
    return body + mod_11_10(body)


def _rvnr(rng: random.Random, person: Person) -> str:
    letter = person.last[0].upper() if person.last[0].upper().isascii() else "S"
    body = f"{rng.choice(('12', '13', '52', '65', '50'))}{person.born:%d%m%y}"
    serial = f"{rng.randrange(50, 99) if person.female else rng.randrange(0, 49):02d}"
    digits = f"{body}{ord(letter) - 64:02d}{serial}"
    products = (int(digit) * weight for digit, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return f"{body}{letter}{serial}{sum(number // 10 + number % 10 for number in products) % 10}"


def _nir(rng: random.Random, person: Person) -> str:
    place = f"{rng.choice(('75', '69', '13', '59', '33', '44'))}{rng.randrange(1, 600):03d}{rng.randrange(1, 400):03d}"
    body = f"{2 if person.female else 1}{person.born:%y%m}{place}"
    return f"{body}{97 - int(body) % 97:02d}"


def _dni(rng: random.Random, _: Person) -> str:
    body = _digits(rng, 8)
    return body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(body) % 23]


def _nie(rng: random.Random, _: Person) -> str:
    first, body = rng.choice("XYZ"), _digits(rng, 7)
    return first + body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(str("XYZ".index(first)) + body) % 23]


_CF_LETTERS: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CF_ODD: Final = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (*_CF_LETTERS[:10], *_CF_LETTERS), strict=True))


def _codice_fiscale(rng: random.Random, person: Person) -> str:
    names = filled("{RSS|BNC|FRR|GRD|SNT|VTL|ZNT|MNC}{MRA|LCU|GNN|SFO|FNC|PTR|CHR}", rng)
    day = person.born.day + (40 if person.female else 0)
    place = filled("{H501|F205|F839|L219|D612|A944|G273}", rng)
    body = f"{names}{person.born:%y}{'ABCDEHLMPRST'[person.born.month - 1]}{day:02d}{place}"
    odd = sum(_CF_ODD[letter] for letter in body[0::2])
    total = odd + sum(int(letter, 36) - (10 if letter.isalpha() else 0) for letter in body[1::2])
    return body + chr(65 + total % 26)


def _bsn(rng: random.Random, _: Person) -> str:
    def once() -> str | None:
        body = filled("{1|2|3}#######", rng)
        check = weighted(body, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
        return None if check > 9 else body + str(check)

    return _checked(once)


def _rijksregister(rng: random.Random, person: Person) -> str:
    body = f"{person.born:%y%m%d}{rng.randrange(1, 498) * 2 + (0 if person.female else 1):03d}"
    number = int(("2" if person.born.year >= 2000 else "") + body)
    check = 97 - number % 97
    return f"{body[:2]}.{body[2:4]}.{body[4:6]}-{body[6:]}.{check:02d}"


def _pesel(rng: random.Random, person: Person) -> str:
    month = person.born.month + (20 if person.born.year >= 2000 else 0)
    body = f"{person.born:%y}{month:02d}{person.born:%d}{_digits(rng, 3)}{rng.choice('02468' if person.female else '13579')}"
    return body + str(-weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def _nip(rng: random.Random, _: Person) -> str:
    def once() -> str | None:
        body = filled("{5|6|7|8|9}########", rng)
        check = weighted(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        return None if check > 9 else body + str(check)

    return _checked(once)


def _nif(rng: random.Random, _: Person) -> str:
    body = filled("{1|2}#######", rng)
    check = 11 - weighted(body, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return body + str(0 if check > 9 else check)


def _personnummer(rng: random.Random, person: Person) -> str:
    serial = f"{rng.randrange(10, 99)}{rng.choice('2468' if person.female else '1357')}"
    return f"{person.born:%Y%m%d}-{serial}{luhn(f'{person.born:%y%m%d}{serial}')}"


def _cpr(rng: random.Random, person: Person) -> str:
    def once() -> str | None:
        century = rng.choice("0123") if person.born.year < 2000 else rng.choice("4567")
        body = f"{person.born:%d%m%y}{century}{_digits(rng, 2)}"
        return _mod11(body, (4, 3, 2, 7, 6, 5, 4, 3, 2))

    made = _checked(once)
    return f"{made[:6]}-{made[6:]}"


def _hetu(rng: random.Random, person: Person) -> str:
    serial = f"{rng.randrange(1, 449) * 2 + (0 if person.female else 1):03d}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(f"{person.born:%d%m%y}{serial}") % 31]
    return f"{person.born:%d%m%y}{'A' if person.born.year >= 2000 else '-'}{serial}{check}"


def _rodne_cislo(rng: random.Random, person: Person) -> str:
    def once() -> str | None:
        body = f"{person.born:%y}{person.born.month + (50 if person.female else 0):02d}{person.born:%d}{_digits(rng, 3)}"
        check = int(body) % 11
        return None if check > 9 else f"{body[:6]}/{body[6:]}{check}"

    return _checked(once)


def _cnp(rng: random.Random, person: Person) -> str:
    first = (2 if person.female else 1) + (4 if person.born.year >= 2000 else 0)
    body = f"{first}{person.born:%y%m%d}{rng.randrange(1, 41):02d}{rng.randrange(1, 999):03d}"
    check = weighted(body, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return body + str(1 if check == 10 else check)


def _taj(rng: random.Random, _: Person) -> str:
    body = _digits(rng, 8)
    made = body + str(weighted(body, (3, 7, 3, 7, 3, 7, 3, 7)) % 10)
    return f"{made[:3]} {made[3:6]} {made[6:]}"


def _adoazonosito(rng: random.Random, _: Person) -> str:
    def once() -> str | None:
        body = "8" + _digits(rng, 8)
        check = weighted(body, range(1, 10)) % 11
        return None if check > 9 else body + str(check)

    return _checked(once)


def _amka(rng: random.Random, person: Person) -> str:
    body = f"{person.born:%d%m%y}{_digits(rng, 3)}{rng.choice('02468' if person.female else '13579')}"
    return body + luhn(body)


def _afm(rng: random.Random, _: Person) -> str:
    body = filled("{0|1}#######", rng)
    return body + str(weighted(body, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10)


def _tckn(rng: random.Random, _: Person) -> str:
    body = [int(digit) for digit in filled("^########", rng)]
    tenth = (sum(body[0::2]) * 7 - sum(body[1::2])) % 10
    return "".join(map(str, [*body, tenth, (sum(body) + tenth) % 10]))


def _fodselsnummer(rng: random.Random, person: Person) -> str:
    def once() -> str | None:
        serial = rng.randrange(0, 499) if person.born.year < 2000 else rng.randrange(500, 999)
        one = _mod11(f"{person.born:%d%m%y}{serial:03d}", (3, 7, 6, 1, 8, 9, 4, 5, 2))
        return None if one is None else _mod11(one, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))

    return _checked(once)


def _ahv(rng: random.Random, _: Person) -> str:
    body = "756" + _digits(rng, 9)
    check = -weighted(body, (1, 3) * 6) % 10
    return f"756.{body[3:7]}.{body[7:11]}.{body[11]}{check}"


def _svnr(rng: random.Random, person: Person) -> str:
    def once() -> str | None:
        serial = filled("^##", rng)
        check = weighted(serial, (3, 7, 9)) + weighted(f"{person.born:%d%m%y}", (5, 8, 4, 2, 1, 6))
        return None if check % 11 > 9 else f"{serial}{check % 11} {person.born:%d%m%y}"

    return _checked(once)


def _pps(rng: random.Random, _: Person) -> str:
    body = filled("^######", rng)
    return body + "WABCDEFGHIJKLMNOPQRSTUV"[weighted(body, (8, 7, 6, 5, 4, 3, 2)) % 23]


def _nhs(rng: random.Random, _: Person) -> str:
    def once() -> str | None:
        return _mod11(filled("{4|6|7|9}########", rng), (10, 9, 8, 7, 6, 5, 4, 3, 2))

    made = _checked(once)
    return f"{made[:3]} {made[3:6]} {made[6:]}"


def _sin(rng: random.Random, _: Person) -> str:
    body = filled("{1|2|4|5|6|7}#######", rng)
    made = body + luhn(body)
    return f"{made[:3]}-{made[3:6]}-{made[6:]}"


def _aadhaar(rng: random.Random, _: Person) -> str:
    body = filled("{2|3|4|5|6|7|8|9}##########", rng)
    made = body + verhoeff(body)
    return f"{made[:4]} {made[4:8]} {made[8:]}"


def _oib(rng: random.Random, _: Person) -> str:
    body = _digits(rng, 10)
    return body + mod_11_10(body)


def _egn(rng: random.Random, person: Person) -> str:
    body = f"{person.born:%y}{person.born.month + (40 if person.born.year >= 2000 else 0):02d}{person.born:%d}{_digits(rng, 3)}"
    return body + str(weighted(body, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10)


def _isikukood(rng: random.Random, person: Person) -> str:
    first = (4 if person.female else 3) + (2 if person.born.year >= 2000 else 0)
    body = f"{first}{person.born:%y%m%d}{_digits(rng, 3)}"
    check = weighted(body, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    check = weighted(body, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10 if check == 10 else check
    return body + str(check)


def _cpf(rng: random.Random, _: Person) -> str:
    body = _digits(rng, 9)
    for length in (10, 11):
        body += str(weighted(body, range(length, 1, -1)) * 10 % 11 % 10)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def _tfn(rng: random.Random, _: Person) -> str:
    def once() -> str | None:
        body = filled("^#######", rng)
        weights = (1, 4, 3, 7, 5, 8, 6, 9)
        fits = [str(last) for last in range(10) if (weighted(body, weights) + 10 * last) % 11 == 0]
        return body + fits[0] if fits else None

    return _checked(once)


def _vat_de(rng: random.Random, _: Person) -> str:
    body = filled("^#######", rng)
    return f"DE{body}{mod_11_10(body)}"


def _vat_it(rng: random.Random, _: Person) -> str:
    body = filled("0######0{12|15|63|58}", rng)
    return f"IT{body}{luhn(body)}"


def _vat_fr(rng: random.Random, _: Person) -> str:
    siren = _digits(rng, 8)
    siren += luhn(siren)
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _vat_be(rng: random.Random, _: Person) -> str:
    body = filled("0{4|5|6|7}######", rng)
    return f"BE{body}{97 - int(body) % 97:02d}"


NATIONAL_IDS: Final[Mapping[str, NationalId]] = {
    "steuer_id": _steuer_id, "rvnr": _rvnr, "nir": _nir, "dni": _dni, "nie": _nie, "codice_fiscale": _codice_fiscale,
    "bsn": _bsn, "rijksregister": _rijksregister, "pesel": _pesel, "nip": _nip, "nif": _nif, "personnummer": _personnummer,
    "cpr": _cpr, "hetu": _hetu, "rodne_cislo": _rodne_cislo, "cnp": _cnp, "taj": _taj, "adoazonosito": _adoazonosito,
    "amka": _amka, "afm": _afm, "tckn": _tckn, "fodselsnummer": _fodselsnummer, "ahv": _ahv, "svnr": _svnr, "pps": _pps,
    "nhs": _nhs, "sin": _sin, "aadhaar": _aadhaar, "oib": _oib, "egn": _egn, "isikukood": _isikukood, "cpf": _cpf, "tfn": _tfn,
    "vat_de": _vat_de, "vat_it": _vat_it, "vat_fr": _vat_fr, "vat_be": _vat_be,
    "ssn": lambda rng, _: filled("{1|2|3|4|5}##-{1|2|3|4}^-^###", rng),
    "nino": lambda rng, _: filled("{AB|CE|JK|LM|NR|PS|TW|WA|YZ} ## ## ## {A|B|C|D}", rng),
    "pan": lambda rng, person: filled(f"@@@P{person.last[0].upper() if person.last[0].isascii() else 'K'}####@", rng),
}
