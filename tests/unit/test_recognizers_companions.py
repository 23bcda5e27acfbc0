"""What found names say of the words beside them."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.model import Span
from veil.recognizers.text.companions import with_companions


def told(text: str, *found: tuple[str, str]) -> list[tuple[str, str]]:
    spans = sorted(Span(text.index(value), text.index(value) + len(value), entity, 0.7) for value, entity in found)
    known = {(span.start, span.end) for span in spans}
    return [
        (text[span.start : span.end], span.entity)
        for span in with_companions(spans, text) if (span.start, span.end) not in known
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "found", "expected"), [
    ("founders: Vrbka, Olsen and Reed.", [("Olsen", "PERSON")], [("Vrbka", "PERSON")]),
    ("met Zyxwer and Anna there", [("Anna", "PERSON")], [("Zyxwer", "PERSON")]),
    ("by Qwerta, Zyx GmbH and Vorta.", [("Zyx GmbH", "ORGANIZATION")], [("Qwerta", "ORGANIZATION"), ("Vorta", "ORGANIZATION")]),
    ("Anna Miller, Vrbka", [("Anna Miller", "PERSON")], []),
    ("Yesterday and Anna", [("Anna", "PERSON")], []),
    ("May and Anna", [("Anna", "PERSON")], []),
    ("apples and Anna", [("Anna", "PERSON")], []),
])
def test_in_an_enumeration_one_name_speaks_for_the_others(
    text: str, found: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert told(text, *found) == expected


@pytest.mark.parametrize(("text", "found", "expected"), [
    ("Anna Zyxwer came. Then Zyxwer left.", [("Anna Zyxwer", "PERSON")], [("Zyxwer", "PERSON")]),
    ("Anna Zyxwer wrote to Zyxwerston", [("Anna Zyxwer", "PERSON")], []),
    ("Anna came, then anna left", [("Anna", "PERSON")], []),
])
def test_a_family_name_is_found_again(text: str, found: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    assert told(text, *found) == expected


@pytest.mark.parametrize(("text", "found", "expected"), [
    ("Anna Miller of Vortexa is here", [("Anna Miller", "PERSON")], [("Vortexa", "ORGANIZATION")]),
    ("Anna Miller, a manager at Vortexa.", [("Anna Miller", "PERSON")], [("Vortexa", "ORGANIZATION")]),
    ("Anna Miller of Toulouse is here", [("Anna Miller", "PERSON")], [("Toulouse", "LOCATION")]),
    ("Vortexa's Anna Miller said so", [("Anna Miller", "PERSON")], [("Vortexa", "ORGANIZATION")]),
    ("Vortexa engineer Anna Miller said so", [("Anna Miller", "PERSON")], [("Vortexa", "ORGANIZATION")]),
    ("My engineer Anna Miller said so", [("Anna Miller", "PERSON")], []),
    ("Anna Miller of the year", [("Anna Miller", "PERSON")], []),
])
def test_who_a_person_belongs_to_is_an_organization(
    text: str, found: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert told(text, *found) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Anna Miller\nVortexa\n12 Elm Street", [("Vortexa", "ORGANIZATION")]),
    ("> Anna Miller\n> vortexa tools\n> 12 Elm Street", [("vortexa tools", "ORGANIZATION")]),
    ("Anna Miller\nPhone: home\n12 Elm Street", []),
    ("Anna Miller\nshe called twice, was not amused, and will call again\n12 Elm Street", []),
    ("Dear Anna Miller, hello\nVortexa\n12 Elm Street", []),
])
def test_the_line_between_a_person_and_an_address_is_an_organization(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text, ("Anna Miller", "PERSON"), ("12 Elm Street", "STREET_ADDRESS")) == expected


@given(st.text(alphabet="AbZ ,.\n'&", max_size=60), st.integers(0, 50), st.integers(1, 9))
def test_what_was_found_stays_and_nothing_overlaps(text: str, start: int, length: int) -> None:
    if start + length > len(text):
        return
    span = Span(start, start + length, "PERSON", 0.7)
    found = with_companions([span], text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    covered = {place for each in found for place in range(each.start, each.end)}
    assert all(place in covered for place in range(start, start + length) if text[place].isalnum())


@pytest.mark.parametrize("text", ["Ann, " * 20_000, "Ann and " * 20_000, "Ann\n" * 20_000, "Anna of " * 20_000, "A" * 100_000])
def test_hostile_texts_take_no_more_time_than_their_length(text: str) -> None:
    started = time.process_time()
    with_companions([Span(0, 3, "PERSON", 0.7)], text)
    assert time.process_time() - started < 5
