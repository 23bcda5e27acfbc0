from __future__ import annotations

import typing

import pytest

from veil.model import Role
from veil.recognizers import ENTITIES, RECOGNIZERS
from veil.recognizers.columns.scorer import KIN
from veil.recognizers.words.lexicon import matches, phrases, words_of

ART_9 = ("HEALTH", "RELIGION", "POLITICS", "UNION_MEMBERSHIP", "ETHNICITY", "SEXUAL_ORIENTATION", "BIOMETRIC", "GENETIC")


def test_every_entity_has_a_role_and_its_own_name() -> None:
    assert all(entity.role in typing.get_args(Role) and entity.role != "other" for entity in ENTITIES.values())
    assert all(name == entity.name for name, entity in ENTITIES.items())


@pytest.mark.parametrize("name", [*ART_9, "CRIMINAL_RECORD"])
def test_special_categories_are_sensitive(name: str) -> None:
    assert ENTITIES[name].special_category
    assert ENTITIES[name].role == "sensitive"


@pytest.mark.parametrize(("name", "high_entropy"), [
    ("EMAIL_ADDRESS", True), ("STREET_ADDRESS", True), ("CUSTOMER_ID", True), ("SESSION_ID", True),
    ("USER_NAME", True), ("IP_ADDRESS", True),
    ("FIRST_NAME", False), ("PERSON", False), ("CITY", False), ("BIRTH_DATE", False), ("POSTCODE", False),
    ("ADDRESS_LINE", False),
])
def test_high_entropy_is_what_cannot_meet_by_chance(name: str, high_entropy: bool) -> None:
    assert ENTITIES[name].high_entropy is high_entropy


def test_every_section_of_the_words_is_an_entity() -> None:
    assert set(phrases()) <= set(ENTITIES)
    assert all(phrase.key for entries in phrases().values() for phrase in entries)


def test_kin_are_entities_and_in_one_group_only() -> None:
    kin = [entity for group in KIN for entity in group]
    assert len(kin) == len(set(kin))
    assert set(kin) <= set(ENTITIES)


def test_recognizers_are_entered_under_their_names() -> None:
    assert list(RECOGNIZERS) == ["names", "patterns", "dictionary", "vocabulary", "statistics", "ner"]
    assert all(name == recognizer.name for name, recognizer in RECOGNIZERS.items())


@pytest.mark.parametrize(("name", "words"), [
    ("CustomerID", ("customer", "id")),
    ("AddressLine2", ("address", "line", "2")),
    ("IPAddress", ("ip", "address")),
    ("straße_nr", ("strasse", "nr")),
    ("Prénom du client", ("prenom", "du", "client")),
    ("imięNazwisko", ("imie", "nazwisko")),
    ("", ()),
    ("___", ()),
])
def test_names_are_cut_into_plain_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(("name", "entity"), [
    ("E-MAIL", "EMAIL_ADDRESS"), ("eMail", "EMAIL_ADDRESS"), ("firstname", "FIRST_NAME"), ("FIRST_NAME", "FIRST_NAME"),
    ("Lieferadresse", "STREET_ADDRESS"), ("Kundentelefonnummer", "PHONE_NUMBER"), ("kundennr", "CUSTOMER_ID"),
    ("mobiel nummer", "PHONE_NUMBER"), ("dateOfBirth", "BIRTH_DATE"), ("date_de_naissance", "BIRTH_DATE"),
])
def test_names_meet_their_phrase_however_they_are_written(name: str, entity: str) -> None:
    assert entity in {match.entity for match in matches(words_of(name))}


@pytest.mark.parametrize("name", ["mileage", "page", "usage", "update", "hostname", "network", "statement"])
def test_a_phrase_inside_another_word_is_not_found(name: str) -> None:
    assert matches(words_of(name)) == []


def test_the_longer_phrase_wins() -> None:
    assert {match.entity for match in matches(words_of("AddressLine2"))} == {"ADDRESS_LINE"}
    assert {match.entity for match in matches(words_of("email address"))} == {"EMAIL_ADDRESS"}
