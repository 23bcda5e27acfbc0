"""Numbers of fakes: check digits that others compute too, and ranges that are nobody's."""

import datetime
import importlib
import ipaddress
import re
import uuid

import pandas as pd
import phonenumbers
import pytest
import stdnum.iban
import stdnum.luhn

from veil.model import Column
from veil.transforms import Context
from veil.transforms.fake import Fake
from veil.transforms.fakes.packs import LOCALES, load
from veil.transforms.fakes.spelling import alphanumeric, fold
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
VALUES = [f"value {place}" for place in range(400)]
BIRTHS = [str(datetime.date(1935, 1, 3) + datetime.timedelta(days=61 * place)) for place in range(400)]


def fakes(of: str, locale: str, values=VALUES, *, subject=False, related=None, **parameters) -> list[str]:
    known = {name: pd.Series(cells, dtype=object) for name, cells in (related or {}).items()}
    people = pd.Series([f"p{place}" for place in range(len(values))], dtype=object) if subject else None
    context = Context(Column("c"), key=KEY, keyspace="k", related=known, subject=people, subject_keyspace="people")
    return list(Fake.model_validate({"of": of, "locale": locale, **parameters}).apply(pd.Series(values, dtype=object), context))


def module(path: str):
    return importlib.import_module(f"stdnum.{path}")


def is_valid(country: str, number: str) -> bool:
    allowed = {"allow_temporary": True} if country == "FI" else {}
    return module(VALID[country]).is_valid(number, **allowed)


VALID = {
    "AT": "at.vnr", "BE": "be.nn", "CZ": "cz.rc", "DK": "dk.cpr", "ES": "es.dni", "FI": "fi.hetu", "FR": "fr.nir", "IE": "ie.pps",
    "IT": "it.codicefiscale", "NL": "nl.bsn", "PL": "pl.pesel", "PT": "pt.nif", "SE": "se.personnummer",
}  # fmt: skip
NOBODYS = {
    "AT": r"\d{10}", "BE": r"\d{6}(000|999)\d\d", "CZ": r"\d{9,10}", "DE": r"0\d{10}",
    "DK": r"\d{6}[5-8]\d{3}",
    "ES": r"99\d{6}[A-Z]", "FI": r"\d{6}[-A]9\d\d[0-9A-Y]", "FR": r"[12]\d{4}\d\d000\d{3}\d\d",
    "GB": r"(BG|GB|KN|NK|NT|QQ|TN|ZZ)\d{6}[A-D]", "IE": r"00\d{5}[A-W]A", "IT": r"[A-Z]{6}\d\d[A-T]\d\dQ\d{3}[A-Z]",
    "NL": r"(9999|900)\d+", "NO": r"\d\d(8[1-9]|9[0-2])\d{7}", "PL": r"\d\d(8[1-9]|9[0-2])\d{7}", "PT": r"4[46789]\d{7}",
    "SE": r"\d{8}9[89]\d\d", "US": r"(000|666|9\d\d)\d{6}",
}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_a_national_number_is_valid_and_in_a_range_of_nobody(locale):
    country = locale[3:]
    numbers = fakes("national_id", locale)
    assert all(re.fullmatch(NOBODYS[country], number) for number in numbers)
    if country in VALID:
        assert all(is_valid(country, number) for number in numbers)
    assert len(set(numbers)) > 390


def test_a_german_tax_number_has_one_digit_twice_and_its_check_digit():
    for number in fakes("national_id", "de_DE"):
        assert sorted(map(number[:10].count, set(number[:10]))) in ([1] * 8 + [2], [1] * 7 + [3])
        assert module("iso7064.mod_11_10").is_valid(number)


def test_a_norwegian_number_has_both_check_digits():
    no = module("no.fodselsnummer")
    for number in fakes("national_id", "nb_NO"):
        assert (number[-2], number[-1]) == (no.calc_check_digit1(number), no.calc_check_digit2(number))
        assert 1 <= int(number[2:4]) - 80 <= 12


def test_american_numbers_are_none_of_the_tax_office():
    us = module("us.itin")
    assert not any(us.is_valid(number) or module("us.ssn").is_valid(number) for number in fakes("national_id", "en_US"))


SEX_OF = {
    "BE": lambda text: int(text[6:9]) % 2,
    "CZ": lambda text: int(int(text[2:4]) <= 12),
    "DK": lambda text: int(text[-1]) % 2,
    "FI": lambda text: int(text[7:10]) % 2,
    "FR": lambda text: int(text[0]) % 2,
    "IT": lambda text: int(int(text[9:11]) <= 31),
    "NO": lambda text: int(text[8]) % 2,
    "PL": lambda text: int(text[9]) % 2,
    "SE": lambda text: int(text[-2]) % 2,
}
BIRTH_OF = {
    "AT": lambda text: (text[8:10], text[6:8], text[4:6]),
    "BE": lambda text: (text[0:2], text[2:4], text[4:6]),
    "CZ": lambda text: (text[0:2], f"{int(text[2:4]) % 50:02d}", text[4:6]),
    "DK": lambda text: (text[4:6], text[2:4], text[0:2]),
    "FI": lambda text: (text[4:6], text[2:4], text[0:2]),
    "FR": lambda text: (text[1:3], text[3:5], None),
    "IT": lambda text: (text[6:8], f"{'ABCDEHLMPRST'.index(text[8]) + 1:02d}", f"{int(text[9:11]) % 40:02d}"),
    "NO": lambda text: (text[4:6], f"{int(text[2:4]) - 80:02d}", text[0:2]),
    "PL": lambda text: (text[0:2], f"{int(text[2:4]) % 20:02d}", text[4:6]),
    "SE": lambda text: (text[2:4], text[4:6], text[6:8]),
}


@pytest.mark.parametrize("subject", [False, True])
@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale[3:] in BIRTH_OF])
def test_a_national_number_agrees_with_the_fake_date_of_birth_and_the_sex(locale, subject):
    country, sexes = locale[3:], ["M", "V" if locale[:2] == "nl" else "F"] * 200
    numbers = fakes("national_id", locale, subject=subject, sex_from="sex", birth_from="born", band=10,
                    related={"sex": sexes, "born": BIRTHS})  # fmt: skip
    people = pd.Series([f"p{place}" for place in range(400)], dtype=object) if subject else None
    context = Context(Column("born", "date", "%Y-%m-%d"), key=KEY, keyspace="k", subject=people, subject_keyspace="people")
    births = Fake(of="date_of_birth", band=10).apply(pd.Series(BIRTHS, dtype=object), context)
    for number, birth, sex in zip(numbers, births, sexes, strict=True):
        year, month, day = BIRTH_OF[country](number)
        assert (year, month, day or birth[8:]) == (birth[2:4], birth[5:7], birth[8:])
        assert country not in SEX_OF or SEX_OF[country](number) == (sex == "M")
        assert country not in VALID or is_valid(country, number)


def test_an_italian_number_holds_the_letters_of_the_fake_name():
    related = {"sex": ["F", "M"] * 200}
    codes = fakes("national_id", "it_IT", subject=True, sex_from="sex", related=related)
    given = fakes("first_name", "it_IT", subject=True, sex_from="sex", related=related)
    names = zip(fakes("last_name", "it_IT", subject=True), given, strict=True)
    for code, (family, given) in zip(codes, names, strict=True):
        assert code[:6] == letters_of(family) + letters_of(given, skips=True)


def letters_of(name: str, *, skips: bool = False) -> str:
    plain = alphanumeric(fold(name))
    consonants = [sign for sign in plain if sign not in "aeiou"]
    if skips and len(consonants) > 3:
        del consonants[1]
    return "".join([*consonants, *re.findall("[aeiou]", plain), "x", "x"])[:3].upper()


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en_US"])
def test_an_iban_is_valid_and_of_no_bank(locale):
    for number in fakes("iban", locale):
        assert number[:2] == locale[3:]
        assert stdnum.iban.is_valid(number, check_country=locale[3:] != "BE")
        if locale[3:] == "BE":  # the country's own module refuses banks that it does not know: that is the point
            assert int(number[4:14]) % 97 in (int(number[14:]), 0)
            assert not module("be.iban").info(number)
        assert locale[3:] != "CZ" or not module("cz.bankaccount").to_bic(f"{number[8:14]}-{number[14:]}/{number[4:8]}")


@pytest.mark.parametrize(("locale", "style"), [("en_US", None), ("nl_BE", "unreachable")])
def test_an_iban_of_no_country_has_valid_check_digits(locale, style):
    for number in fakes("iban", locale, style=style):
        assert re.fullmatch(r"QZ\d{22}", number)
        assert int(number[4:] + "2635" + number[2:4]) % 97 == 1


VATS = {
    "AT": "at.uid", "BE": "be.vat", "CZ": "cz.dic", "DE": "de.vat", "DK": "dk.cvr", "ES": "es.cif", "FI": "fi.alv",
    "FR": "fr.tva", "GB": "gb.vat", "IE": "ie.vat", "IT": "it.iva", "NL": "nl.btw", "NO": "no.mva", "PL": "pl.nip",
    "PT": "pt.nif", "SE": "se.vat",
}  # fmt: skip


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en_US"])
def test_a_vat_number_is_valid(locale):
    numbers = fakes("vat", locale)
    assert all(number.startswith(locale[3:]) for number in numbers)
    bare = [number.removeprefix("ES") for number in numbers]
    assert all(module(VATS[locale[3:]]).is_valid(number) for number in bare)


def test_an_american_employer_number_has_a_prefix_that_does_not_exist():
    assert all(re.fullmatch(r"00-\d{7}", number) for number in fakes("vat", "en_US"))
    assert not any(module("us.ein").is_valid(number) for number in fakes("vat", "en_US"))


def test_cards_pass_luhn_and_have_no_issuer():
    assert all(stdnum.luhn.is_valid(number) and number.startswith("99") for number in fakes("card", "en_US"))


@pytest.mark.parametrize("locale", LOCALES)
def test_national_phones_are_possible_and_assigned_to_nobody(locale):
    for number in fakes("phone", locale, style="national"):
        read = phonenumbers.parse(number, locale[3:])
        assert phonenumbers.is_possible_number(read)
        assert not phonenumbers.is_valid_number(read)


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if load(locale).fictional_phones])
def test_phones_of_films_are_written_as_the_country_writes_them(locale):
    for number in fakes("phone", locale, style="fictional"):
        assert phonenumbers.is_possible_number(phonenumbers.parse(number, locale[3:]))


def test_addresses_of_machines_are_reserved():
    fours = [ipaddress.ip_address(text) for text in fakes("ip", "en_US")]
    assert all(four.version == 4 and four.is_reserved for four in fours)
    six = [ipaddress.ip_address(text) for text in fakes("ip", "en_US", [f"2a02::{place:x}" for place in range(400)])]
    assert all(address in ipaddress.ip_network("2001:db8::/32") for address in six)
    documented = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert all(any(ipaddress.ip_address(text) in net for net in documented) for text in fakes("ip", "en_US", style="fictional"))
    assert all(ipaddress.ip_address(text).version == 6 for text in fakes("ip", "en_US", unique=True))
    assert all(int(text[:2], 16) & 3 == 2 for text in fakes("mac", "en_US"))
    assert all(uuid.UUID(text).version == 8 and uuid.UUID(text).variant == uuid.RFC_4122 for text in fakes("uuid", "en_US"))


@pytest.mark.parametrize("locale", LOCALES)
def test_bics_are_test_bics_of_the_country(locale):
    assert all(code[4:6] == locale[3:] and code[-1] == "0" and module("bic").is_valid(code) for code in fakes("bic", locale))
