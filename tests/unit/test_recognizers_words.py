from __future__ import annotations

import pytest

from veil.errors import VeilError
from veil.recognizers.words.files import read
from veil.recognizers.words.lexicon import harmless_in, matches, words_of


@pytest.mark.parametrize(("name", "entity", "language"), [
    ("Förnamn", "FIRST_NAME", "sv"),
    ("fodelsedatum", "BIRTH_DATE", "sv"),
    ("Efternavn", "LAST_NAME", "da"),
    ("CPR-nr", "NATIONAL_ID", "da"),
    ("Kjønn", "GENDER", "no"),
    ("foedselsdato", "BIRTH_DATE", "no"),
    ("sähköposti", "EMAIL_ADDRESS", "fi"),
    ("PUHELINNUMERO", "PHONE_NUMBER", "fi"),
    ("Příjmení", "LAST_NAME", "cs"),
    ("rodne_cislo", "NATIONAL_ID", "cs"),
    ("priezvisko", "LAST_NAME", "sk"),
    ("datum_narodenia", "BIRTH_DATE", "sk"),
    ("Születési dátum", "BIRTH_DATE", "hu"), ("taj_szam", "HEALTH_INSURANCE_ID", "hu"), ("data_nasterii", "BIRTH_DATE", "ro"),
    ("Prezime", "LAST_NAME", "hr"), ("Doğum Tarihi", "BIRTH_DATE", "tr"), ("SOYADI", "LAST_NAME", "tr"), ("by", "CITY", "da"),
    ("house_no", "HOUSE_NUMBER", "en"), ("full_address", "ADDRESS", "en"), ("MRN", "MEDICAL_RECORD_ID", "en"),
    ("cvv", "CARD_SECURITY_CODE", "en"), ("card_exp_date", "CARD_EXPIRY", "en"), ("medicare_no", "HEALTH_INSURANCE_ID", "en"),
])
def test_names_in_many_languages_meet_their_entity(name: str, entity: str, language: str) -> None:
    assert (entity, language) in {(match.entity, match.phrase.language) for match in matches(words_of(name))}


def test_a_whole_phrase_counts_only_alone() -> None:
    assert "CITY" not in {match.entity for match in matches(words_of("created_by"))}


@pytest.mark.parametrize(("name", "words"), [
    ("CUSTFIRSTNM", ("cust", "first", "nm")),
    ("customeremailaddress", ("customer", "email", "address")),
    ("candidate", ("candidate",)),
])
def test_words_run_together_are_cut_only_where_all_are_known(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("name", [
    "phone_model", "email_count", "product_name", "file_name", "server_name", "email_opt_in", "email_verified",
    "name_length", "address_type",
    "patient_count", "num_patients", "is_customer", "avg_salary", "movie_title", "vehicle_age", "nombre_producto",
    "tipo_direccion",
])
def test_a_harmless_head_is_told(name: str) -> None:
    words = words_of(name)
    assert harmless_in(words, matches(words))


@pytest.mark.parametrize("name", [
    "customer_email", "store_manager_email", "project_manager", "order_date", "billing_city", "first_name", "Nachname",
    "company_phone",
])
def test_a_personal_head_is_not_harmless(name: str) -> None:
    words = words_of(name)
    assert harmless_in(words, matches(words)) is None


@pytest.mark.parametrize(("text", "line"), [
    ("name, surname", 1), ("[PERSON]\n@nobody id", 2), ("[PERSON", 1), ("# why\n[unheard of]", 2), ("[PERSON]\nname, ???", 2),
    ("[PERSON]\na, --", 2), ("@Group words", 1), ("@x =", 1),
])
def test_a_malformed_line_names_file_and_line(text: str, line: int) -> None:
    with pytest.raises(VeilError, match=rf"xx\.txt, line {line}:"):
        read("xx.txt", text, {})
