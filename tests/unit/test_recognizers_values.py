"""Forms, check digits, telephone numbers, streets: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from veil.recognizers.values import phones
from veil.recognizers.values.checksums import checked
from veil.recognizers.values.coins import is_wallet, keccak_256
from veil.recognizers.values.forms import are_releases, form, forms
from veil.recognizers.values.streets import is_street

WHOLE = [
    ("EMAIL_ADDRESS", "jan.peeters+x@mail.example.org", True), ("EMAIL_ADDRESS", "jan@localhost", False),
    ("EMAIL_ADDRESS", "@example.org", False),
    ("EMAIL_ADDRESS", "write to jan@example.org", False),
    ("IBAN_CODE", "DE89370400440532013000", True), ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", True), ("IBAN_CODE",
    "BE68539007547034", True),
    ("IBAN_CODE", "DE89370400440532013001", False), ("IBAN_CODE", "AB12CDEFGH", False),
    ("CREDIT_CARD", "4111 1111 1111 1111", True), ("CREDIT_CARD", "5500005555555559", True), ("CREDIT_CARD",
    "4111111111111112", False),
    ("CREDIT_CARD", "0000000000000000", False),
    ("IP_ADDRESS", "192.168.1.10", True), ("IP_ADDRESS", "2001:db8::1", True), ("IP_ADDRESS", "300.1.1.1", False),
    ("IP_ADDRESS", "12:30", False),
    ("MAC_ADDRESS", "00:1a:2b:3c:4d:5e", True), ("MAC_ADDRESS", "00:00:00:00:00:00", False),
    ("URL", "https://example.org/u/12", True), ("URL", "no. 5", False),
    ("URL", "example.org", True), ("URL", "example.info/a?b=1", True), ("URL", "report.pdf", False), ("URL", "1.2.3", False),
    ("CRYPTO", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", True), ("CRYPTO", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", False),
    ("CRYPTO", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
    ("CRYPTO", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", False),
    ("US_SSN", "536-90-4399", True), ("US_SSN", "000-12-3456", False), ("US_SSN", "536904399", False),
]


@pytest.mark.parametrize(("entity", "value", "whole"), WHOLE)
def test_a_form_takes_the_whole_value_and_its_check_digits(entity: str, value: str, whole: bool) -> None:
    assert form(entity).is_whole(value) is whole


def test_a_very_long_value_is_no_identifier() -> None:
    assert not any(each.is_whole("a" * 5_000 + "@example.org") for each in forms())


@pytest.mark.parametrize(("text", "entity", "found"), [
    ("pay to DE89 3704 0044 0532 0130 00 before Friday", "IBAN_CODE", "DE89 3704 0044 0532 0130 00"),
    ("pay to BE68 5390 0754 7034 2 days from now", "IBAN_CODE", "BE68 5390 0754 7034"),
    ("mail jan@example.org.", "EMAIL_ADDRESS", "jan@example.org"),
    ("card 4111-1111-1111-1111, thanks", "CREDIT_CARD", "4111-1111-1111-1111"),
])
def test_a_form_is_found_inside_a_text(text: str, entity: str, found: str) -> None:
    assert found in [text[start:end] for start, end in form(entity).find(text)]


@pytest.mark.parametrize("text", ["version 1.2.3.4", "v1.2.3.4", "firmware: 10.1.2.3", "Release 4.10.0.12"])
def test_a_release_is_no_internet_address(text: str) -> None:
    assert not list(form("IP_ADDRESS").find(text))
    assert list(form("IP_ADDRESS").find("from 1.2.3.4"))


@pytest.mark.parametrize(("values", "releases"), [
    (["1.2.3.4", "1.2.4.0", "2.0.0.1"], True), (["4.10.0.12", "4.9.1.1", "5.0.0.0", "n/a"], True),
    (["10.0.0.1", "10.0.0.2", "10.0.0.3"], False), (["8.8.8.8", "1.1.1.1", "9.9.9.9", "4.2.2.64"], False),
    (["192.168.1.1"] * 3, False), (["1.2.3.4"], False), ([], False),
])
def test_a_column_of_releases_is_told_from_addresses(values: list[str], releases: bool) -> None:
    assert are_releases(values) is releases


@pytest.mark.parametrize("value", [
    "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
])
def test_wallets_have_their_own_checksums(value: str) -> None:
    assert is_wallet(value)
    assert [value] == [f"to {value}."[start:end] for start, end in form("CRYPTO").find(f"to {value}.")]


@pytest.mark.parametrize("value", ["", "0x12", "1" * 34, "z" * 40, "bc1" + "q" * 40])
def test_what_only_looks_like_a_wallet(value: str) -> None:
    assert not is_wallet(value)


def test_keccak_is_the_one_of_before_the_standard() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_finding_an_address_in_a_long_text_without_one_takes_no_time() -> None:
    assert not list(form("EMAIL_ADDRESS").find("a." * 200_000 + " @ " + "b" * 200_000))


@pytest.mark.parametrize(("value", "shaped"), [
    ("+32 470 12 34 56", True), ("(212) 555-0123", True), ("1 (11) 500 555-0162", True), ("0470123456", True),
    ("555-0123 x12", True),
    ("2021-04-05", False), ("31/12/1999", False), ("20211116", False), ("12.50", False), ("AB-1234567", False), ("12", False),
])
def test_what_could_be_a_telephone_number(value: str, shaped: bool) -> None:
    assert phones.is_shaped(value) is shaped


@pytest.mark.parametrize(("text", "n_found"), [
    ("call +32 470 12 34 56 now", 1), ("bel 0470 12 34 56 of 02 555 12 12", 2), ("(212) 736-5000", 1),
    ("invoice 2021-00123", 0), ("from 12/03/2021 to 13/03/2021", 0), ("total 1,234.50", 0), ("items 1 2 3", 0),
])
def test_telephone_numbers_in_texts(text: str, n_found: int) -> None:
    assert len(list(phones.find(text))) == n_found


def pesels(n: int) -> list[str]:
    bodies = [f"{80 + i % 20}{1 + i % 12:02d}{1 + i % 28:02d}{1000 + 37 * i:04d}" for i in range(n)]
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    return [body + str(-sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 10) for body in bodies]


def test_check_digits_name_the_kind_of_number() -> None:
    assert ("NATIONAL_ID", "pl.pesel", 1.0) in checked(pesels(40))


def test_check_digits_say_nothing_of_few_values() -> None:
    assert checked(pesels(4)) == []


def test_check_digits_say_nothing_of_other_numbers() -> None:
    assert checked([str(10_000_000_000 + 7_919 * i) for i in range(100)]) == []


@pytest.mark.parametrize(("value", "street"), [
    ("3761 N. 14th St", True), ("Hauptstraße 5", True), ("12 rue de la Paix", True), ("Via Roma 7", True), ("ul. Długa 5", True),
    ("Kerkstraat 12", True), ("P.O. Box 123", True), ("Room 5", False), ("Street", False), ("Kirchplatz", False),
    ("version 12", False),
])
def test_street_lines(value: str, street: bool) -> None:
    assert is_street(value) is street
