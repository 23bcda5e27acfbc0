from __future__ import annotations

import json
import random
import time

import pytest

from tests.unit import identifier_alarms as alarms
from tests.unit.identifier_rules import PATH, RULES, vectors
from veil.recognizers.base import NOTHING
from veil.recognizers.entities import ENTITIES
from veil.recognizers.values.checksums import chance, checked, validator
from veil.recognizers.values.identifiers import find_numbers
from veil.recognizers.values.kinds import bare_of, by_length, kinds

VECTORS = json.loads(PATH.read_text("utf-8"))
EUROPE = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO", "GB", "CH",
]
WORLD = ["US", "CA", "IN", "AU", "BR", "MX", "ZA", "TR", "CN", "KR", "SG", "TH"]


def test_the_vectors_are_those_of_the_published_rules() -> None:
    assert {name: vectors(name) for name in RULES} == VECTORS


@pytest.mark.parametrize("name", VECTORS)
def test_valid_numbers_are_known_and_invalid_ones_are_not(name: str) -> None:
    valid = validator(name)
    assert len(set(VECTORS[name]["valid"])) >= 20
    assert len(set(VECTORS[name]["invalid"])) >= 15
    assert len(VECTORS[name]["invalid"]) >= 20
    assert [number for number in VECTORS[name]["valid"] if not valid(number)] == []
    assert [number for number in VECTORS[name]["invalid"] if valid(number)] == []


@pytest.mark.parametrize("country", [*EUROPE, *WORLD])
def test_each_country_has_an_identifier_with_vectors(country: str) -> None:
    assert any(country in kinds()[name].countries for name in VECTORS)


def test_kinds_are_of_entities_and_say_their_source() -> None:
    for kind in kinds().values():
        assert kind.entity == NOTHING or kind.entity in ENTITIES
        assert kind.source
        assert bool(kind.check) == (kind.one_in > 1)
        assert kind.lengths[0] <= kind.lengths[1]
        assert kind.words or kind.entity == NOTHING


def test_a_number_is_looked_for_among_the_kinds_of_its_length() -> None:
    for name, sets in VECTORS.items():
        assert all(kinds()[name] in by_length()[len(bare_of(number))] for number in sets["valid"])


@pytest.mark.parametrize("name", [name for name in VECTORS if kinds()[name].check and kinds()[name].entity != NOTHING])
def test_a_column_of_valid_numbers_is_typed_by_its_values(name: str) -> None:
    found = checked(VECTORS[name]["valid"])
    assert kinds()[name].entity in {entity for entity, _, _ in found}
    assert name in {kind for _, kind, _ in found}


@pytest.mark.parametrize("name", [name for name in VECTORS if not kinds()[name].check])
def test_a_column_without_check_digits_is_typed_only_by_its_name(name: str) -> None:
    entity, values = kinds()[name].entity, VECTORS[name]["valid"]
    assert name not in {kind for _, kind, _ in checked(values)}
    assert (entity, name) in {(found, kind) for found, kind, _ in checked(values, {entity})}


@pytest.mark.parametrize(("entity", "values", "kind"), [
    ("PASSPORT", ["C01X00T47", "CFGHJK123", "K1234567X"], "passport.de"),
    ("LICENSE_PLATE", ["B-MW 1234", "M-AB 99", "HH-X 7"], "plate.de"),
    ("LICENSE_PLATE", ["AB-123-CD", "GH-456-KL", "FZ-001-AA"], "plate.fr"),
    ("CARD_SECURITY_CODE", ["123", "0456", "999"], "card.code"),
    ("CARD_EXPIRY", ["12/27", "01/29", "05/2031"], "card.expiry"),
    ("MEDICAL_RECORD_ID", ["00123456", "P0098761", "7734521"], "patient"),
    ("DEVICE_ID", ["310150123456789", "429011234567890", "262011234567890"], "imsi"),
    ("DEVICE_ID", ["38400000-8cf0-11bd-b23e-10b96e40000d", "6D92078A-8246-4BA4-AE5B-76104861E7DC"], "advertising.id"),
    ("VAT_ID", ["0403019261", "0428759497"], "vat.national"),
    ("DRIVING_LICENSE", ["MORGA657054SM9IJ", "SMITH711010JJ9AB"], "license.gb"),
])
def test_a_name_lets_weak_forms_speak(entity: str, values: list[str], kind: str) -> None:
    assert checked(values) == []
    assert kind in {name for found, name, _ in checked(values, {entity}) if found == entity}


@pytest.mark.parametrize("values", [
    [], ["", " "], ["x" * 5000] * 40, [f"word number {i}" for i in range(40)], [f"2024-01-{i:02}" for i in range(1, 29)],
    [f"2024-{m:02}-{d:02} 10:{d:02}:00" for m in range(1, 13) for d in range(1, 9)], [f"1.{i}.0.{i}" for i in range(99)],
    [str(i) for i in range(40)], [f"{i}.50" for i in range(1000, 1400)], [f"SKU{i:07}" for i in range(40)],
    [f"2024{m:02}{d:02}-{m + d:04}" for m in range(1, 13) for d in range(1, 29)],
    [str(1_700_000_000 + 3571 * i) for i in range(200)],
    [f"AB{i:06}A" for i in range(40)], [f"CALENDA{c}" for c in "ABCDEFGHIJKL"],
])
def test_other_columns_are_not_numbers_of_people(values: list[str]) -> None:
    assert [found for found in checked(values) if found[0] != NOTHING] == []


def test_goods_are_told_from_people() -> None:
    body = [f"400{i:09}" for i in range(1000, 1040)]
    eans = [each + str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(each)) % 10) for each in body]
    assert checked(eans)[0][0] == NOTHING
    assert checked(VECTORS["ch.ssn"]["valid"])[0][:2] == ("NATIONAL_ID", "ch.ssn")


def test_chance_is_the_tail_of_a_binomial() -> None:
    assert chance(10, 0, 5) == pytest.approx(1.0)
    assert chance(10, 5, 5) == pytest.approx(1e-5)
    assert chance(2, 1, 2) == pytest.approx(0.75)
    assert chance(11, 15, 15) < 1e-15


def test_one_false_digit_in_ten_is_forgiven_and_two_are_not() -> None:
    valid, invalid = VECTORS["nl.bsn"]["valid"][:18], VECTORS["nl.bsn"]["invalid"]
    assert "nl.bsn" in {kind for _, kind, _ in checked([*valid, *invalid[:2]])}
    assert checked([*valid[:16], *invalid[:4]]) == []
    assert "nl.bsn" in {kind for _, kind, _ in checked([*valid[:12], *invalid[:8]], {"NATIONAL_ID"})}


@pytest.mark.parametrize("length", alarms.LENGTHS)
def test_random_digits_are_hardly_ever_an_identifier(length: int) -> None:
    assert alarms.texts_alarmed(length, 5000) <= 0.001
    assert alarms.columns_alarmed(length, 60) == 0.0
    assert alarms.columns_alarmed(length, 60, size=15) == 0.0


def test_random_values_of_the_right_shape_are_no_proof() -> None:
    assert {kind.name for kind in alarms.judged() if alarms.shaped_alarmed(kind, 8)} == set()


@pytest.mark.parametrize(("text", "found"), [
    ("Mijn BSN is 111222333.", [("111222333", "NATIONAL_ID")]),
    ("order 111222333 shipped", []),
    ("85.07.30-033.28 belde", [("85.07.30-033.28", "NATIONAL_ID")]),
    ("codice fiscale RSSMRA85T10A562S", [("RSSMRA85T10A562S", "TAX_ID")]),
    ("NIR 1 85 05 78 006 084 91 et", [("1 85 05 78 006 084 91", "NATIONAL_ID")]),
    ("880320-0016 ringde", [("880320-0016", "NATIONAL_ID")]),
    ("her NHS number is 943 476 5919.", [("943 476 5919", "HEALTH_INSURANCE_ID")]),
    ("Su DNI es 12.345.678-Z", [("12.345.678-Z", "NATIONAL_ID")]),
    ("passport number C01X00T47", [("C01X00T47", "PASSPORT")]),
    ("cvv 123, exp 12/27", [("123", "CARD_SECURITY_CODE"), ("12/27", "CARD_EXPIRY")]),
    ("VIN 1M8GDM9AXKP042788", [("1M8GDM9AXKP042788", "VIN")]),
    ("PESEL 44051401359 i", [("44051401359", "NATIONAL_ID")]),
    ("Kennzeichen B-MW 1234", [("B-MW 1234", "LICENSE_PLATE")]),
    ("Steuer-ID: 36 574 261 809", [("36 574 261 809", "TAX_ID")]),
    ("MRN: 00482913", [("00482913", "MEDICAL_RECORD_ID")]),
    ("a patient came in 2019", []),
    ("patient 2019", []),
    ("invoice 2024-00123 of 12.05.2023 for 1,234.50", []),
    ("call 555-123-4567 ext 12", []),
    ("version 1.2.3.4", []),
    ("", []),
])
def test_identifiers_in_texts(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[span.start : span.end], span.entity) for span in find_numbers(text)] == found


def test_a_mistyped_number_counts_where_it_is_announced() -> None:
    [span] = find_numbers("her BSN is 111222334")
    assert (span.entity, span.score) == ("NATIONAL_ID", 0.6)


@pytest.mark.parametrize("hostile", ["1 " * 20_000, "A1-" * 20_000, "bsn " * 20_000, "1.1/" * 20_000, "1" * 100_000])
def test_hostile_texts_take_linear_time(hostile: str) -> None:
    list(find_numbers("BSN 111222333"))
    start = time.process_time()
    list(find_numbers(hostile))
    assert time.process_time() - start < 10


def test_columns_of_words_cost_next_to_nothing() -> None:
    checked(VECTORS["nl.bsn"]["valid"])
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefgh", k=9)) for _ in range(200)]
    start = time.process_time()
    for _ in range(20):
        checked(words)
    assert (time.process_time() - start) / 20 < 0.003
