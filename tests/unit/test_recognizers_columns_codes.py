"""Columns of codes, dates, user names, firms and streets without a header: what all values together give away."""

# ruff: noqa: E501 - a case a row
from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence

import pytest

from veil.model import ColumnProfile, ColumnSample
from veil.recognizers.base import NOTHING
from veil.recognizers.columns.code_forms import FORMS, CodeForm
from veil.recognizers.columns.codes import Codes
from veil.recognizers.columns.dialing import plan_share
from veil.recognizers.columns.dictionary import Dictionary
from veil.recognizers.columns.firms import firm_share
from veil.recognizers.columns.lines import built_share
from veil.recognizers.columns.logins import login_share
from veil.recognizers.columns.names import ColumnNames
from veil.recognizers.columns.statistics import Statistics
from veil.recognizers.columns.thoroughfares import names_street
from veil.recognizers.columns.written_dates import written_share, year_of

RNG = random.Random(11)
UNKNOWN_TOWNS = ["Zellwig", "Qvistor", "Mervanek", "Oldhart", "Fennimar", "Tarvessen", "Kolbrand", "Wistow", "Drosten"]
GERMAN = [f"{town}-{pair} {number}" for town in ("M", "LG", "WUP", "B") for pair in ("NU", "X", "EM") for number in (7, 18, 846, 8513)]


def drawn(form: str, n: int = 80) -> list[str]:
    """Draw values: A any letter, B a British plate's, S a Spanish plate's, 0 a digit, x a digit of hexadecimals."""
    pools = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "B": "ABCDEFGHJKLMNPRSTUVWXY", "S": "BCDFGHJKLMNPRSTVWXYZ", "0": "0123456789",
             "x": "0123456789abcdef", "P": "PCHF"}
    return ["".join(RNG.choice(pools[char]) if char in pools else char for char in form) for _ in range(n)]


def a_sample(values: Sequence[str], kind: str = "text", name: str = "c1") -> ColumnSample:
    distinct = tuple(dict.fromkeys(values))
    words = sum(len(value.split()) for value in distinct) / len(distinct)
    lengths = [len(value) for value in distinct]
    profile = ColumnProfile(name, kind, None, len(values), 0, len(distinct), 1.0, sum(lengths) / len(lengths), max(lengths), words)  # type: ignore[arg-type]
    return ColumnSample(profile, (), distinct)


def told(values: Sequence[str], kind: str = "text") -> set[str]:
    return {evidence.entity for evidence in Codes().inspect(a_sample(values, kind))}


@pytest.mark.parametrize(("values", "entity"), [
    (drawn("BB00 BBB"), "LICENSE_PLATE"), (drawn("0000 SSS"), "LICENSE_PLATE"), (GERMAN, "LICENSE_PLATE"),
    ([f"{county}-{number}-ABC" for county in ("DJ", "TM", "CJ", "B", "IS") for number in (13, 23, 89)], "LICENSE_PLATE"),
    (drawn("AAAPA0000A"), "TAX_ID"),
    (["240" + "01" + value for value in drawn("0000000000")], "DEVICE_ID"),
    ([head + tail for head, tail in zip(["A4471C", "C8ADA4"] * 40, drawn("000000"), strict=True)], "MAC_ADDRESS"),
    (["$2b$12$" + value for value in drawn("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")], "PASSWORD"),
    (["sk_live_" + value for value in drawn("AAAA0000AAAA0000")], "PASSWORD"),
    (["bc1q" + "".join(RNG.choices("023456789acdefghjklmnpqrstuvwxyz", k=38)) for _ in range(30)], "CRYPTO"),
    (["978-" + value for value in drawn("0-000-00000-0")], NOTHING), (["#" + value for value in drawn("xxxxxx")], NOTHING),
    (["0x7f" + "".join(RNG.choices("0123456789abcdef", k=8)) for _ in range(30)], NOTHING),
])
def test_a_column_of_codes_is_told_by_what_all_keep_to(values: list[str], entity: str) -> None:
    assert told(values) == {entity}


@pytest.mark.parametrize("values", [
    drawn("AA00 AAA"), drawn("0000 AAA"), [f"AB{place:05d}" for place in range(200)], drawn("AA-0000-A"), drawn("AAA000"),
    drawn("BB00 BBB")[:4], ["SO 1234", "SO 99", "SO 7"] * 8, drawn("AAAAA0000A"), drawn("000000000000000"), ["red", "blue", "green"] * 10,
])
def test_codes_of_things_are_told_as_nothing(values: list[str]) -> None:
    assert told(values) == set()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_every_form_is_bounded_on_hostile_values(form: CodeForm) -> None:
    values = [value + str(place) for place in range(20) for value in ("A" * 3000, "1-" * 1500, "$2b$" + "x" * 2900)]
    assert form.holds(values) == 0.0


@pytest.mark.parametrize(("value", "year"), [
    ("1989.06.28.", 1989), ("15Nov72", 1972), ("26-Mar-1986", 1986), ("3. marts 1984", 1984), ("12 de março de 1990", 1990),
    ("05Oct24 1213", 2024), ("1987. 03. 12.", 1987), ("March 3, 1990", 1990), ("12Rue99", None), ("CH4679S", None), ("2-es tipus", None),
    ("1.2.3", None), ("", None), ("9" * 500, None),
])
def test_dates_are_read_as_people_write_them(value: str, year: int | None) -> None:
    assert year_of(value) == year


def test_dates_over_a_lifetime_are_of_birth() -> None:
    births = [f"{day:02d}{month}{year}" for day, (month, year) in enumerate(zip(["Nov", "Jan", "May"] * 9, range(45, 99, 2), strict=True), 1)]
    visits = [f"{day:02d}Nov23" for day in range(1, 28)]
    assert written_share(births) == 1.0
    assert {each.entity for each in Statistics().inspect(a_sample(births))} == {"EVENT_DATE", "BIRTH_DATE"}
    assert {each.entity for each in Statistics().inspect(a_sample(visits))} == {"EVENT_DATE"}


NAMES = ["anna", "marco", "giulia", "peter", "carmen", "lucas", "emma", "louis", "sophie", "thomas", "martin", "julia"]


@pytest.mark.parametrize(("made", "are"), [
    (lambda name: f"{name}.rossi", True), (lambda name: f"{name}{len(name)}4", True), (lambda name: f"{name}_w30", True),
    (lambda name: name, False), (lambda name: name.title(), False), (lambda name: f"{name[::-1]}-lib", False), (lambda name: f"db{len(name)}", False),
])
def test_user_names_are_made_of_names(made: Callable[[str], str], are: bool) -> None:
    assert (login_share([made(name) for name in NAMES]) >= 0.4) is are


def test_few_user_names_are_not_judged() -> None:
    assert login_share(["anna.rossi", "marco.rossi"]) == 0.0


@pytest.mark.parametrize(("value", "holds"), [
    ("Petőfi Sándor utca", True), ("Akácfa tér", True), ("Atatürk Caddesi", True), ("Str. Unirii", True), ("Masarykovo náměstí", True),
    ("Λεωφ. Κηφισίας", True), ("Schillerstraße", True), ("Mannerheimintie", True), ("Bulwar", False), ("utca", False), ("Room", False),
    ("0035g00AV1", False), ("U1D14898A", False), ("", False),
])
def test_kinds_of_street_are_known_across_europe(value: str, holds: bool) -> None:
    assert names_street(value) is holds


def test_a_few_streets_with_many_numbers_are_street_lines() -> None:
    streets = ["Dlouhá", "Tyršova", "Sokolská", "Zahradní", "Na Příkopě", "Polní", "Lipová"]
    lines = [f"{number} {street}" for street in streets for number in range(3, 90, 7)]
    parts = [f"{thing} {number}" for thing in ("Sensor", "Motor", "Filter", "Room", "Line", "Station", "Unit") for number in range(3, 90, 7)]
    assert built_share(a_sample(lines), lines) > 0.9
    assert built_share(a_sample(parts), parts) == 0.0


FIRMS = ["Wessex Insurance Services", "Harrogate Motors Ltd", "Pastificio Orlando S.p.A.", "Banca Popolare", "Mairie de Niort",
         "Pelletier & Fils", "Klinikum Weser", "Hubbard and Sons"]


def test_firms_are_told_by_their_words_and_are_no_people() -> None:
    assert firm_share(FIRMS) == 1.0
    assert firm_share(["Anna Rossi", "Bank", "Peter Smith", "Marco Polo", "Emma Jones"]) == 0.0
    named = [f"{family} {form}" for family in ("Carlson", "Cruz", "Martin", "Porter", "Smith") for form in ("Ltd", "and Sons", "GmbH")]
    assert {each.entity for each in Dictionary().inspect(a_sample(named))} == {"ORGANIZATION"}


@pytest.mark.parametrize("form", ["Dr {}", "Dr. med. {}", "Mme {}", "RA {}", "Prof. Dr. {}"])
def test_titled_names_are_people(form: str) -> None:
    families = ["Foucher", "Beaufils", "Vogelsang", "Dietz", "Zellwig", "Qvistor", "Mervanek", "Oldhart", "Fennimar"]
    assert {each.entity for each in Dictionary().inspect(a_sample([form.format(family) for family in families]))} == {"PERSON"}


def test_names_turned_round_are_people() -> None:
    families = ["Sorrentino", "Zellwig", "Qvistor", "Mervanek", "Oldhart", "Fennimar", "Tarvessen", "Kolbrand", "Wistow", "Drosten", "Haugby", "Xan"]
    values = [f"{family} {name}".upper() for family, name in zip(families, NAMES, strict=True)]
    assert "PERSON" in {each.entity for each in Dictionary().inspect(a_sample(values))}


@pytest.mark.parametrize(("values", "low", "high"), [
    ([f"+32 475 {a}{b} 12 34" for a in range(2, 9) for b in range(2, 9)], 0.9, 1.0),
    ([f"0475 {a}{b} 12 34" for a in range(2, 9) for b in range(2, 9)], 0.9, 1.0),
    ([f"00000{a}{b}" for a in range(9) for b in range(9)], 0.0, 0.1),
])
def test_numbers_are_judged_by_the_plan_that_fits(values: list[str], low: float, high: float) -> None:
    assert low <= plan_share(values) <= high


@pytest.mark.parametrize(("name", "beside", "entity"), [
    ("emp no", (), "EMPLOYEE_ID"), ("versicherten nr", (), "HEALTH_INSURANCE_ID"), ("kundennummer", (), "CUSTOMER_ID"),
    ("nom utilisateur", (), "USER_NAME"), ("zorvex city", ("first name", "birth date"), "CITY"),
])
def test_the_special_is_told_before_the_general(name: str, beside: tuple[str, ...], entity: str) -> None:
    values = UNKNOWN_TOWNS if entity in ("CITY", "USER_NAME") else drawn("A000000000")
    sample = dataclasses.replace(a_sample(values, name=name), neighbours=beside)
    assert {each.entity for each in ColumnNames().inspect(sample)} == {entity}


def test_half_a_name_in_a_table_of_nobody_is_believed_less() -> None:
    alone = a_sample(UNKNOWN_TOWNS, name="zorvex city")
    beside = dataclasses.replace(alone, neighbours=("first name", "birth date"))
    assert ColumnNames().inspect(alone)[0].score < 0.5 < ColumnNames().inspect(beside)[0].score
