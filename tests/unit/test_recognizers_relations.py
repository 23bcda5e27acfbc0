"""What stands beside a column, and what its values bear out: the evidence that no column has alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pytest

from veil.model import ColumnSample, Evidence
from veil.recognizers import classify, profile, sample
from veil.recognizers.columns.calibration import TABLE, calibrated
from veil.recognizers.columns.lines import built_share, named_share, whole_share
from veil.recognizers.columns.neighbors import company, names_people
from veil.recognizers.columns.numbers import are_measured
from veil.recognizers.columns.support import holds_job, holds_name, support

FIRST = ["Anna", "Pieter", "Marie", "Lucas", "Emma", "Katarzyna", "Giulia", "Marco", "Carmen", "Hans", "Greta", "Louis"]
LAST = ["Xanderby", "Qvistor", "Zellwig", "Brunotti", "Mervanek", "Oldhart", "Fennimar",
        "Tarvessen", "Kolbrand", "Wistow", "Drosten", "Haugby"]
MAILS = [f"{first}.{last}@example.org".lower() for first, last in zip(FIRST, LAST, strict=True)]
STREETS = [f"{number} {name} Street" for number, name in zip(range(11, 143, 11), LAST, strict=True)]


def samples(table: Mapping[str, Sequence[str]]) -> list[ColumnSample]:
    counts = {name: pd.Series(list(values), dtype=object).value_counts() for name, values in table.items()}
    return [
        sample(profile(name, counts[name], 0), counts[name], [other for other in table if other != name]) for name in table
    ]


def entities(table: Mapping[str, Sequence[str]], name: str = "") -> dict[str, str | None]:
    return {each.column: each.entity for each in classify(samples(table), models=None, table=name)}


def test_names_unknown_to_any_list_are_found_in_the_mail_addresses() -> None:
    assert entities({"c1": LAST})["c1"] is None
    assert entities({"c1": LAST, "c2": MAILS})["c1"] == "LAST_NAME"


def test_five_digits_beside_an_address_are_postcodes_and_alone_are_nothing() -> None:
    codes = [f"{number:05d}" for number in range(10115, 10115 + 12 * 731, 731)]
    assert entities({"c1": codes}).get("c1") is None
    assert entities({"c1": STREETS, "c2": codes})["c2"] == "POSTCODE"


def test_years_beside_an_address_are_no_postcodes() -> None:
    assert entities({"c1": STREETS, "c2": [str(year) for year in range(1990, 2002)]})["c2"] is None


def test_ages_must_agree_with_the_birth_dates() -> None:
    born = [f"{year}-03-0{1 + year % 9}" for year in range(1940, 2000, 2)]
    ages = [str(2024 - year) for year in range(1940, 2000, 2)]
    beds = [str(number) for number in range(1, 31)]
    found = entities({"date of birth": born, "c2": ages, "c3": beds})
    assert (found["c2"], found["c3"]) == ("AGE", None)


def test_codes_are_keys_in_a_table_of_people_only() -> None:
    codes = [f"KX{number}-7" for number in range(100, 112)]
    assert entities({"c1": codes, "price": ["1.50"] * 12})["c1"] is None
    assert entities({"c1": codes, "c2": MAILS})["c1"] == "RECORD_ID"
    assert entities({"shade": codes, "c2": MAILS})["shade"] is None


def test_months_and_years_beside_cards_are_expiries() -> None:
    months = [f"{month:02d}/27" for month in range(1, 13)]
    cards = [f"4{number:014d}" for number in range(12)]
    cards = [card + str(-sum(sum(divmod(int(c) * 2, 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(card))) % 10)
             for card in cards]
    assert entities({"c1": months})["c1"] is None
    assert entities({"card number": cards, "c2": months})["c2"] == "CARD_EXPIRY"


def test_letters_are_genders_where_the_rows_are_people() -> None:
    letters = ["m", "f"] * 6
    assert entities({"c1": letters})["c1"] is None
    assert entities({"c1": letters, "first name": FIRST, "birth date": [f"19{y}-01-02" for y in range(60, 72)]})["c1"] == "GENDER"


@pytest.mark.parametrize(("table", "values", "entity"), [
    ("customers", FIRST, "FIRST_NAME"), ("", ["Blue Lagoon", "Iron Gate", "Quick Stop"] * 4, None),
])
def test_a_name_is_a_persons_by_its_values_or_its_table(table: str, values: list[str], entity: str | None) -> None:
    found = entities({"name": values}, table)["name"]
    assert (found is None) == (entity is None)


@pytest.mark.parametrize(("name", "is_people"), [("customers", True), ("patient_list", True), ("products", False), ("", False)])
def test_table_names_tell_people_from_things(name: str, is_people: bool) -> None:
    assert names_people(name) == is_people


def test_shops_have_addresses_too() -> None:
    assert not company(["email", "phone", "street", "city"]).is_of_people
    assert company(["email", "birth_date"]).is_of_people


@pytest.mark.parametrize(("values", "measured"), [
    (("1.5", "2", "3.25"), True), (("1e-5", "0.2"), True), (("12345.0", "54321.0"), False), (("12", "13"), False), ((), False),
    (("a", "1.5"), False),
])
def test_measured_numbers_have_fractions_that_are_not_zero(values: tuple[str, ...], measured: bool) -> None:
    assert are_measured(values) == measured


def test_floats_of_whole_numbers_keep_their_meaning() -> None:
    assert entities({"zip": [f"{number}.0" for number in range(10115, 10215)]})["zip"] == "POSTCODE"


@pytest.mark.parametrize(("entity", "values", "low"), [
    ("REGION", ["running", "stopped", "idle"], True),
    ("REGION", ["Ohio", "Texas", "Utah"], False),
    ("REGION", ["OPS", "MKT", "QQX"], True),
    ("EMAIL_ADDRESS", ["running"], False),
])
def test_values_can_speak_against_a_name(entity: str, values: list[str], low: bool) -> None:
    assert (support(entity, values, weak=False) < 0.5) == low


def test_process_states_are_no_regions_whatever_the_name_says() -> None:
    assert entities({"state": ["running", "stopped", "pending", "failed"] * 10})["state"] is None


@pytest.mark.parametrize(("value", "name", "job"), [
    ("maria qq", True, False), ("zz manager", False, True), ("qq zz", False, False),
])
def test_words_are_known_as_names_or_jobs(value: str, name: bool, job: bool) -> None:
    assert (holds_name(value), holds_job(value)) == (name, job)


@pytest.mark.parametrize(("title", "values", "entity"), [
    ("title", ["Sales Manager", "Engineer", "Accountant"] * 9, "OCCUPATION"),
    ("title", ["Vertigo", "Alien", "Rope"] * 9, None),
    ("title", ["Mr", "Mrs", "Dr"] * 9, "TITLE"),
])
def test_titles_are_told_apart_by_their_values(title: str, values: list[str], entity: str | None) -> None:
    assert entities({title: values})[title] == entity


@pytest.mark.parametrize(("name", "values", "entity"), [
    ("house_age", [str(age) for age in range(1, 50)], None),
    ("age_of_account", [str(age) for age in range(1, 50)], None),
    ("age_at_diagnosis", [str(age) for age in range(30, 80)], "AGE"),
    ("city_population", [str(number) for number in range(10_000, 90_000, 977)], None),
    ("phone_model", ["Pixel 8", "Galaxy S9", "Nokia 3310"] * 9, None),
    ("app_version", [f"124.0.{n}.9" for n in range(5000, 5060)], None),
    ("mem_address", [f"0x7ffd{n:08x}" for n in range(60)], None),
    ("server", [f"10.{n}.77.3" for n in range(60, 120)], "IP_ADDRESS"),
])
def test_traps_get_nothing_and_values_get_their_due(name: str, values: list[str], entity: str | None) -> None:
    assert entities({name: values})[name] == entity


def test_street_lines_are_known_by_their_build() -> None:
    lines = [f"{number} {name} Vista" for number, name in zip(range(11, 143, 11), LAST, strict=True)]
    rooms = [f"Room {number}" for number in range(100, 112)]
    streets = [f"rue de {name}" for name in LAST]
    whole = [f"{line}, 75{place:03d} Paris" for place, line in enumerate(STREETS)]
    cases = [
        (built_share, lines, True), (built_share, rooms, False), (named_share, streets, True), (whole_share, whole, True),
    ]
    for share, values, holds in cases:
        (drawn,) = samples({"c1": values})
        assert (share(drawn, drawn.values) > 0.9) == holds


def test_a_whole_address_is_more_than_a_street() -> None:
    whole = [f"{line}, 75{place:03d} Paris" for place, line in enumerate(STREETS)]
    assert entities({"c1": whole, "address": whole}) == {"c1": "ADDRESS", "address": "ADDRESS"}


@dataclass(frozen=True)
class _Lockers:
    name = "lockers"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        return (Evidence("EMPLOYEE_ID", self.name, 0.9, 1.0, "locker numbers"),) if sample.name == "c1" else ()


def test_a_policys_recognizer_is_asked_as_well() -> None:
    table = samples({"c1": ["L1", "L2"], "c2": ["a", "b"]})
    found = classify(table, models=None, custom=(_Lockers(),))
    assert [(each.entity, each.recognizer) for each in found] == [("EMPLOYEE_ID", "lockers"), (None, "none")]


def test_confidence_rises_with_the_total() -> None:
    assert [calibrated(total) for total, _ in TABLE] == [confidence for _, confidence in TABLE]
    steps = [calibrated(step / 100) for step in range(101)]
    assert steps == sorted(steps)
