# ruff: noqa: E501 - a case a row
from __future__ import annotations

from importlib.resources import files

import pytest

from veil.recognizers.entities import ENTITIES
from veil.recognizers.words.vocabulary import (
    VOCABULARIES,
    coded_share,
    languages,
    vocabulary,
    vocabulary_shares,
)


@pytest.mark.parametrize("entity", VOCABULARIES)
def test_each_vocabulary_is_of_an_entity_and_in_ten_languages(entity: str) -> None:
    assert entity in ENTITIES
    assert len(languages(entity)) >= 10
    assert len(vocabulary(entity)) >= 80


@pytest.mark.parametrize("entity", VOCABULARIES)
def test_each_file_says_where_it_is_from(entity: str) -> None:
    text = files("veil.recognizers.words").joinpath("vocabularies", f"{entity}.txt").read_text("utf-8")
    assert text.startswith("# Typed from general knowledge")


def test_every_special_category_has_a_vocabulary() -> None:
    special = {name for name, entity in ENTITIES.items() if entity.special_category} - {"NRP"}
    assert special <= set(VOCABULARIES)


def test_an_entity_without_a_vocabulary_has_an_empty_one() -> None:
    assert vocabulary("EMAIL_ADDRESS") == frozenset()
    assert "EMAIL_ADDRESS" not in vocabulary_shares(["a"])


@pytest.mark.parametrize(("value", "entity"), [
    ("\u00c9vang\u00e9lique", "RELIGION"), ("Roman Catholic", "RELIGION"), ("ROMAN-CATHOLIC", "RELIGION"), ("konfessionslos", "RELIGION"),
    ("Senior Software Engineer", "OCCUPATION"), ("Krankenpfleger", "OCCUPATION"), ("nauczycielka", "OCCUPATION"),
    ("Acute bronchitis (left)", "HEALTH"), ("Diabetes Typ 2", "HEALTH"), ("Alzheimer's disease", "HEALTH"), ("Alzheimer\u2019s disease", "HEALTH"),
    ("Mr.", "TITLE"), ("Sig.ra", "TITLE"), ("Prof. Dr.", "TITLE"), ("Never-married", "MARITAL_STATUS"), ("gehuwd", "MARITAL_STATUS"),
    ("Ph.D.", "SUFFIX"), ("Straight/Heterosexual", "SEXUAL_ORIENTATION"), ("m\u00e4nnlich", "GENDER"), ("ver.di", "UNION_MEMBERSHIP"),
    ("Black or African American", "ETHNICITY"), ("Die Gr\u00fcnen", "POLITICS"), ("Partido Popular", "POLITICS"), ("Labour Party", "POLITICS"),
    ("Theft of a bicycle", "CRIMINAL_RECORD"), ("Diebstahl", "CRIMINAL_RECORD"), ("left index finger", "BIOMETRIC"), ("BRCA1", "GENETIC"),
    ("polska", "NATIONALITY"), ("n\u00e9erlandaise", "NATIONALITY"), ("laurea magistrale", "EDUCATION"),
])
def test_what_people_write_is_known(value: str, entity: str) -> None:
    assert vocabulary_shares([value])[entity] == 1.0


@pytest.mark.parametrize("entity", VOCABULARIES)
@pytest.mark.parametrize("value", ["chair", "blue widget", "", "12345", "Springfield", "2024-01-05", "word " * 400, "12 volt battery", "model x", "latex gloves"])
def test_other_words_speak_of_nothing(value: str, entity: str) -> None:
    assert entity not in vocabulary_shares([value])


def test_shares_are_over_all_values_and_leave_out_nothings() -> None:
    values = ["catholic", "jewish", "muslim", "chair"]
    assert vocabulary_shares(values)["RELIGION"] == 0.75
    assert "HEALTH" not in vocabulary_shares(values)
    assert vocabulary_shares([]) == {}


@pytest.mark.parametrize(("values", "entity", "share"), [
    (["A+", "O-", "AB Rh+", "B neg"], "HEALTH", 1.0), (["E11.9", "J45.0", "chair"], "HEALTH", 2 / 3), (["A10BA02", "N02BE01"], "HEALTH", 1.0),
    (["E11", "B12"], "HEALTH", 0.0), (["A", "B", "O"], "HEALTH", 0.0), (["12.5", "3.0"], "HEALTH", 0.0),
    (["rs429358", "c.68_69delAG", "HLA-B*57:01", "46,XY"], "GENETIC", 1.0), (["AG", "CC", "TT"], "GENETIC", 1.0), (["AG", "CC"], "GENETIC", 0.0),
    (["AT", "CA", "GA", "NY"], "GENETIC", 0.0), ([], "HEALTH", 0.0), (["x"], "RELIGION", 0.0),
])
def test_codes(values: list[str], entity: str, share: float) -> None:
    assert coded_share(values, entity) == pytest.approx(share)
