"""Addresses put together from their parts, and cut where a postcode and a place follow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.model import Span
from veil.recognizers import Models, TextAnalyzer
from veil.recognizers.text.addresses import assembled

PLAIN = TextAnalyzer(models=Models())


def told(text: str, *found: tuple[str, str]) -> list[tuple[str, str]]:
    spans = sorted(Span(text.index(value), text.index(value) + len(value), entity, 0.7) for value, entity in found)
    return [(text[span.start : span.end], span.entity) for span in assembled(spans, text)]


STREET = ("12 Elm Street", "STREET_ADDRESS")


@pytest.mark.parametrize(("text", "found", "expected"), [
    ("at 12 Elm Street, Suite 4 now", [STREET, ("Suite 4", "STREET_ADDRESS")], ["12 Elm Street, Suite 4"]),
    ("at 12 Elm Street\n Leeds now", [STREET, ("Leeds", "LOCATION")], ["12 Elm Street\n Leeds"]),
    ("at 12 Elm Street\n\nLeeds now", [STREET, ("Leeds", "LOCATION")], ["12 Elm Street", "Leeds"]),
    ("at 12 Elm Street and Leeds", [STREET, ("Leeds", "LOCATION")], ["12 Elm Street", "Leeds"]),
    ("at 5021 12 Elm Street now", [("5021", "POSTCODE"), STREET], ["5021 12 Elm Street"]),
    ("at 12 Elm Street\nZyxville, ZV 12345 now", [STREET], ["12 Elm Street\nZyxville, ZV 12345"]),
    ("at 12 Elm Street\n Zyx u Zyxa\n Belgium.", [STREET], ["12 Elm Street\n Zyx u Zyxa\n Belgium"]),
    ("at 12 Elm Street, Suite 4 Zyxville.", [STREET, ("Suite 4", "STREET_ADDRESS")], ["12 Elm Street, Suite 4 Zyxville"]),
    ("at 12 Elm Street Zyxa called", [STREET], ["12 Elm Street"]),
    ("the corner of 12 Elm Street and Oak Lane.", [STREET], ["the corner of 12 Elm Street and Oak Lane"]),
    ("at 12 Elm Street Anna Zyx\n Leeds 12345", [STREET, ("Anna Zyx", "PERSON")], ["12 Elm Street Anna Zyx\n Leeds 12345"]),
    ("at 12 Elm Street\n555 1234 office", [STREET, ("555 1234", "PHONE_NUMBER")], ["12 Elm Street", "555 1234"]),
    ("in Leeds, 12 Elm Street", [("Leeds", "LOCATION"), STREET], ["Leeds", "12 Elm Street"]),
    ("in Leeds, Belgium", [("Leeds", "LOCATION"), ("Belgium", "LOCATION")], ["Leeds", "Belgium"]),
])
def test_parts_of_an_address_are_one(text: str, found: list[tuple[str, str]], expected: list[str]) -> None:
    assert [value for value, _ in told(text, *found)] == expected


@pytest.mark.parametrize(("address", "expected"), [
    ("Hauptstraße 5, 10115 Berlin", ["Hauptstraße 5", "10115", "Berlin"]),
    ("Hauptstraße 5\n10115 Berlin", ["Hauptstraße 5", "10115", "Berlin"]),
    ("Hauptstraße 5, D-10115 Berlin", ["Hauptstraße 5", "D-10115", "Berlin"]),
    ("Dorpsweg 7, 1234 AB Den Haag", ["Dorpsweg 7", "1234 AB", "Den Haag"]),
    ("ul. Prosta 51, 00-838 Warszawa", ["ul. Prosta 51", "00-838", "Warszawa"]),
    ("15 Richard Loop, BS12 7YT Leeds", ["15 Richard Loop", "BS12 7YT", "Leeds"]),
    ("12 Elm Street, Springfield, IL 62701", ["12 Elm Street, Springfield, IL 62701"]),
    ("10115 Elm Street", ["10115 Elm Street"]),
])
def test_a_postcode_and_the_place_behind_it_are_spans_of_their_own(address: str, expected: list[str]) -> None:
    assert [value for value, _ in told(f"at {address}", (address, "STREET_ADDRESS"))] == expected


def test_a_name_before_the_street_is_a_person() -> None:
    value = "Anna van Zyx, Lolabaan 38"
    assert told(f"bij {value}.", (value, "STREET_ADDRESS")) == [("Anna van Zyx", "PERSON"), ("Lolabaan 38", "STREET_ADDRESS")]


@pytest.mark.parametrize(("text", "expected"), [
    ("write to P.O. Box 211 soon", "P.O. Box 211"), ("an Postfach 12 34 schreiben", "Postfach 12 34"),
    ("at PSC 0272, Box 1651\nAPO AA 94530 now", "PSC 0272, Box 1651\nAPO AA 94530"),
    ("at 6570 Zyxa z Zyxbrad 1874\n Apt. 008", "6570 Zyxa z Zyxbrad 1874\n Apt. 008"),
    ("live at Erzsébet tér 19 here", "Erzsébet tér 19"), ("auf der Königsallee 7 dort", "Königsallee 7"),
    ("in the trg revolucije 17 there", "trg revolucije 17"),
])
def test_addresses_of_many_countries(text: str, expected: str) -> None:
    assert (expected, "STREET_ADDRESS") in [(text[span.start : span.end], span.entity) for span in PLAIN.spans([text])[0]]


@pytest.mark.parametrize("text", ["During 1984, it grew", "measured 12 of 30", "a vitamin c intake of 500 mg"])
def test_a_year_or_an_amount_is_no_house_number(text: str) -> None:
    assert "STREET_ADDRESS" not in [span.entity for span in PLAIN.spans([text])[0]]


PLACES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=4)


@given(st.text(alphabet="A1 ,\nz", max_size=40), PLACES)
def test_nothing_overlaps_and_nothing_becomes_uncovered(text: str, drawn: list[tuple[int, int]]) -> None:
    spans, last = [], 0
    for start, length in sorted(drawn):
        if start >= last and start + length <= len(text):
            spans.append(Span(start, start + length, ("STREET_ADDRESS", "PERSON", "POSTCODE")[start % 3], 0.5))
            last = start + length
    found = assembled(spans, text)
    covered = {place for span in found for place in range(span.start, span.end)}
    assert sum(span.end - span.start for span in found) == len(covered)
    assert all(place in covered for span in spans for place in range(span.start, span.end) if text[place].isalnum())


@pytest.mark.parametrize("text", [
    "12 Elm Street" + " Zyx" * 30_000, "12 Elm Street" + ", A" * 30_000, "12 Elm Street\n" * 8_000,
    "12 Elm Street " + "(" * 50_000,
])
def test_hostile_texts_take_no_more_time_than_their_length(text: str) -> None:
    places = [place for place in range(0, len(text) - 14, 14) if text.startswith("12 Elm", place)]
    spans = [Span(place, place + 13, "STREET_ADDRESS", 0.7) for place in places]
    started = time.process_time()
    assembled(spans, text)
    assert time.process_time() - started < 5
