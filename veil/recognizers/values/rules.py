"""Check digits that python-stdnum does not know, from the published rules. Each takes a bare value of the right shape."""

from __future__ import annotations

from datetime import date
from typing import Final

from veil.recognizers.values.kinds import luhn_sum, stdnum, weighted

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digit_sum(number: int) -> int:
    """Return the sum of the digits."""
    return sum(int(digit) for digit in str(number))


def is_date(year: int, month: int, day: int) -> bool:
    """Return whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def german_pension(bare: str) -> bool:
    """Versicherungsnummer, VKVV § 4: the letter as two digits, weights 2 1 2 5 7 1 2 1 2 1 2 1, digits of products summed."""
    digits = bare[:8] + f"{ord(bare[8]) - 64:02}" + bare[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    return sum(digit_sum(weight * int(digit)) for weight, digit in zip(weights, digits, strict=True)) % 10 == int(bare[11])


def german_health(bare: str) -> bool:
    """Krankenversichertennummer, § 290 SGB V, annex 1: the letter as two digits, weights 1 2 1 2 …, digits of products summed."""
    digits = f"{ord(bare[0]) - 64:02}" + bare[1:9]
    return sum(digit_sum((1 + at % 2) * int(digit)) for at, digit in enumerate(digits)) % 10 == int(bare[9])


def travel_document(bare: str) -> bool:
    """ICAO Doc 9303, part 3, 4.9: weights 7 3 1, letters from A = 10; the last character is the check digit."""
    values = (_ALPHABET.index(char) for char in bare[:-1])
    return sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10 == int(bare[-1])


def hungarian_person(bare: str) -> bool:
    """Személyi azonosító, law XX of 1996, annex: born before 1997 weights 1 to 10, later 10 to 1, modulo 11."""
    year = (1900 if bare[0] in "1256" else 2000 if bare[0] in "34" else 1800) + int(bare[1:3])
    weights = tuple(range(1, 11)) if year < 1997 else tuple(range(10, 0, -1))
    return is_date(year, int(bare[3:5]), int(bare[5:7])) and weighted(bare, weights) % 11 == int(bare[10])


def hungarian_health(bare: str) -> bool:
    """TAJ szám, law XX of 1996, annex: weights 3 7 3 7 3 7 3 7, modulo 10."""
    return weighted(bare, (3, 7, 3, 7, 3, 7, 3, 7)) % 10 == int(bare[8])


def hungarian_tax(bare: str) -> bool:
    """Adóazonosító jel, law XX of 1996, annex: weights 1 to 9, modulo 11."""
    return weighted(bare, tuple(range(1, 10))) % 11 == int(bare[9])


def luxembourg_person(bare: str) -> bool:
    """Matricule, law of 19 June 2013: digit 12 by Luhn over the first eleven, digit 13 by Verhoeff over the same."""
    is_born = is_date(int(bare[:4]), int(bare[4:6]), int(bare[6:8]))
    return is_born and luhn_sum(bare[:12]) == 0 and stdnum("verhoeff")(bare[:11] + bare[12])


def latvian_person(bare: str) -> bool:
    """Personas kods of before July 2017: weights 1 6 3 7 9 10 5 8 4 2, 1101 minus the sum, modulo 11."""
    year = 1800 + 100 * int(bare[6]) + int(bare[4:6])
    check = (1101 - weighted(bare, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return is_date(year, int(bare[2:4]), int(bare[:2])) and check == int(bare[10])


def danish_person(bare: str) -> bool:
    """CPR number given out before October 2007: weights 4 3 2 7 6 5 4 3 2 1, sum divisible by 11."""
    return stdnum("dk.cpr")(bare) and weighted(bare, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def polish_card(bare: str) -> bool:
    """Dowód osobisty: three letters from A = 10, weights 7 3 1 9 7 3 1 7 3, sum divisible by 10; the check is the fourth."""
    values = [_ALPHABET.index(char) for char in bare]
    return sum(value * weight for value, weight in zip(values, (7, 3, 1, 9, 7, 3, 1, 7, 3), strict=True)) % 10 == 0


def portuguese_insurance(bare: str) -> bool:
    """NISS: weights 29 23 19 17 13 11 7 5 3 2, 9 minus the sum modulo 10."""
    return 9 - weighted(bare, (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == int(bare[10])


def spanish_insurance(bare: str) -> bool:
    """Número de afiliación, Tesorería General: province and number, modulo 97; a number under 10,000,000 is added, not joined."""
    province, number = int(bare[:2]), int(bare[2:10])
    joined = number + province * 10_000_000 if number < 10_000_000 else int(bare[:10])
    return joined % 97 == int(bare[10:12])


def singapore_person(bare: str) -> bool:
    """NRIC and FIN: weights 2 7 6 5 4 3 2, 4 more for T and G, 3 more for M; a row of letters for each series."""
    offset = {"S": 0, "T": 4, "F": 0, "G": 4, "M": 3}[bare[0]]
    rest = (weighted(bare[1:8], (2, 7, 6, 5, 4, 3, 2)) + offset) % 11
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}[bare[0]]
    return letters[10 - rest if bare[0] == "M" else rest] == bare[8]


def korean_firm(bare: str) -> bool:
    """Business registration number: weights 1 3 7 1 3 7 1 3 5, plus the tens of five times the ninth digit, modulo 10."""
    total = weighted(bare, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(bare[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(bare[9])


def mexican_tax(bare: str) -> bool:
    """RFC, with its check digit: weights 13 to 2 over `0123456789A…Z`, modulo 11, A for 10 (Anexo 1 of the SAT's resolution)."""
    import stdnum.mx.rfc as rfc

    return bool(rfc.is_valid(bare, validate_check_digits=True))


def australian_medicare(bare: str) -> bool:
    """Medicare card: weights 1 3 7 9 1 3 7 9 over the first eight digits, modulo 10, is the ninth."""
    return weighted(bare, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(bare[8])


def american_provider(bare: str) -> bool:
    """NPI, 45 CFR 162.406: Luhn with 80840 before it."""
    return luhn_sum("80840" + bare) == 0


def american_prescriber(bare: str) -> bool:
    """DEA number: digits 1, 3, 5 and twice digits 2, 4, 6; the last digit of the sum is digit 7."""
    digits = [int(char) for char in bare[2:]]
    return (sum(digits[0:5:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def vehicle(bare: str) -> bool:
    """VIN with check digit, 49 CFR 565.15: letters as digits, weights 8 … 2 10 0 9 … 2, modulo 11, X for 10; digits end it."""
    numbers = [int(char) if char.isdigit() else _TRANSLITERATED[char] for char in bare]
    rest = sum(n * weight for n, weight in zip(numbers, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return "0123456789X"[rest] == bare[8] and any(char.isalpha() for char in bare[:8]) and bare[13:].isdigit()


_TRANSLITERATED: Final = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))


def national_vat(bare: str) -> bool:
    """VAT number without its country: valid in one of the countries of the EU, Switzerland, Norway or the United Kingdom."""
    return any(stdnum(country)(bare) for country in _VAT)


_VAT: Final = (
    "at.uid", "be.vat", "bg.vat", "cy.vat", "cz.dic", "de.vat", "dk.cvr", "ee.kmkr", "es.nif", "fi.alv", "fr.tva", "gr.vat",
    "hr.oib", "hu.anum", "ie.vat", "it.iva", "lt.pvm", "lu.tva", "lv.pvn", "mt.vat", "nl.btw", "pl.nip", "pt.nif", "ro.cui",
    "se.vat", "si.ddv", "sk.dph", "gb.vat", "ch.uid", "no.orgnr",
)
