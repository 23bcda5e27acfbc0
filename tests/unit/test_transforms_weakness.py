"""Each judge on both sides of its bound: what is just strong enough passes, what is just too weak is told with a way out."""

import json
import math
from typing import Any

import pytest

from veil.transforms import TRANSFORMS
from veil.transforms.fakes.universe import unique_values
from veil.transforms.strength import collision_chance, fake_universe, hash_bits, token_bits
from veil.transforms.weakness import JUDGES, MAX_COLLISION, MAX_MEETING, Known, weaknesses

MILLION = Known(1_000_000, 1_000_000)


def told(name: str, known: Known = MILLION, **parameters: Any) -> list[str]:
    found = weaknesses(TRANSFORMS[name](**parameters), known)
    return [f"{weakness.parameter}: {weakness.message}; {weakness.repair}" for weakness in found]


MASKS = [
    (Known(110_000, 0), 4, ""),
    (Known(109_999, 0), 4, "the mask leaves 4 characters, 13 bits: 10 of 109,999 rows would share them, not 11; at most 3"),
    (Known(1_000_000, 0), 5, "17 bits: 10 of 1,000,000 rows would share them, not 11; at most 4"),
    (Known(1_000_000, 0, type="text"), 3, ""),
    (Known(1_000_000, 0, type="text"), 4, "21 bits: fewer than one of 1,000,000 rows would share them, not 11; at most 3"),
    (Known(1_000_000, 0, "CREDIT_CARD", "text"), 4, ""),
    (Known(10, 0), 1, "3 bits: 1 of 10 rows would share them, not 11; leave none, or `drop` the column"),
    (Known(1, 0), 0, ""),
    (Known(1_000_000, 0, "POSTCODE"), 2, ""),
    (Known(1_000_000, 0, "POSTCODE"), 3, "the mask leaves 3 of 4 characters of a short `POSTCODE`; leave at most half"),
    (Known(1_000_000, 0, "LAST_NAME"), 1, ""),
    (Known(1_000_000, 0, "LAST_NAME"), 2, "the mask leaves 2 of 3 characters of a short `LAST_NAME`"),
]


@pytest.mark.parametrize(("known", "n_open", "words"), MASKS)
def test_what_a_mask_leaves_is_shared_by_enough_rows(known: Known, n_open: int, words: str) -> None:
    found = told("mask", known, keep_last=n_open)
    assert bool(found) is bool(words)
    assert words in "".join(found)
    assert (told("mask", known, keep_first=n_open) == found) is True


@pytest.mark.parametrize(("name", "bits", "length"), [("token", token_bits, 19), ("hash", hash_bits, 20)])
def test_pseudonyms_are_long_enough_for_the_rows(name: str, bits: Any, length: int) -> None:
    n = int(math.sqrt(2 * MAX_COLLISION * 2 ** bits(length)))
    assert told(name, Known(1, int(n * 0.99)), length=length) == []
    (problem,) = told(name, Known(1, int(n * 1.01)), length=length)
    assert problem.startswith("length: ")
    enough = int(problem.split("`length: ")[1].split("`")[0])
    assert collision_chance(int(n * 1.01), bits(enough)) <= MAX_COLLISION
    assert told(name, Known(1, int(n * 1.01)), length=enough) == []


def test_the_defaults_do_for_a_hundred_million_rows() -> None:
    many = Known(100_000_000, 100_000_000, identifies=True)
    assert told("token", many) == told("hash", many) == []
    assert told("fake", many, of="email", unique=True) == []


def test_fakes_for_films_are_too_few_for_many_people() -> None:
    n = fake_universe("phone", "en_US", fictional=True)
    enough = Known(1, int(n * MAX_MEETING * 0.99))
    assert told("fake", enough, of="phone", style="fictional") == []
    (problem,) = told("fake", MILLION, of="phone", style="fictional")
    assert "4,000 fakes for 1,000,000 values: 100% of them would share one; `style: unreachable` has enough" in problem
    assert told("fake", MILLION, of="phone") == []


@pytest.mark.parametrize("of", ["first_name", "last_name", "person_name", "city", "company", "street"])
def test_people_may_share_names_and_towns_but_no_join_may_rest_on_them(of: str) -> None:
    assert told("fake", MILLION, of=of) == []
    (problem,) = told("fake", Known(1, 5_000, identifies=True), of=of)
    assert "fakes for 5,000 values: two people get one with a chance of" in problem
    assert "use `token` for what tells people apart" in problem


def test_a_count_under_ten_is_not_told() -> None:
    (problem,) = told("fake", Known(1, 7, identifies=True), of="first_name")
    assert "for fewer than 10 values" in problem


SIDES: list[tuple[str, Known, dict[str, Any], dict[str, Any], str]] = [
    ("date_shift", MILLION, {"days": [0, 30]}, {"days": [0, 29]}, "days: a window of 29 days hides too little, less than 30"),
    ("date_shift", MILLION, {"days": [-70, 70], "weeks_only": True}, {"days": [-69, 69], "weeks_only": True},
     "days: whole weeks leave 18 shifts, fewer than 20"),
    ("age_band", Known(1, 1, "BIRTH_DATE"), {"as_of": "2026"}, {}, "needs the day that it is taken on; add `as_of"),
    ("age_band", Known(1, 1, None, "date"), {"as_of": "2026"}, {}, "needs the day that it is taken on; add `as_of"),
    ("band", Known(1, 1, None, "integer"), {"width": 2}, {"width": 1}, "width: a step of 1 leaves numbers with steps of 1"),
    ("band", Known(1, 1, None, "decimal", "0.00"), {"width": 0.02}, {"width": 0.01}, "width: a step of 0.01 leaves numbers"),
    ("round", Known(1, 1, None, "decimal", "0.00"), {"places": 1}, {"places": 2}, "places: a step of 0.01 leaves numbers"),
    ("round", Known(1, 1, None, "integer"), {"to": 5}, {"to": 1}, "to: a step of 1 leaves numbers"),
    ("truncate", Known(1, 1, None, "integer"), {"step": 10}, {"step": 1}, "step: a step of 1 leaves numbers"),
    ("truncate", MILLION, {"to": "week"}, {"to": "day"}, "to: `to: day` leaves the exact day, which links data sets"),
    ("truncate", Known(10**6, 1, None, "text"), {"first": 3}, {"first": 4}, "first: the first 4 characters stay, 21 bits"),
    ("noise", Known(1, 1, None, "integer"), {"amount": 1}, {"amount": 0.5}, "amount: a step of 1.0 leaves numbers"),
    ("noise", MILLION, {"ratio": 0.01}, {"ratio": 0.009}, "ratio: moves a number by less than 1%"),
    ("noise", MILLION, {"epsilon": 10, "min": 0, "max": 9}, {"epsilon": 11, "min": 0, "max": 9}, "promises next to nothing"),
    ("pram", MILLION, {"retain": 0.9}, {"retain": 0.91}, "retain: leaves 91% of the cells as they are; at most 0.9"),
    ("pram", Known(1, 1, "GENDER"), {"retain": 0.5}, {}, ""),
    ("swap", Known(1, 1, "SALARY"), {}, {}, ""),
    ("geo_grid", MILLION, {"km": 1}, {"km": 0.9}, "km: a grid of 0.9 km leaves single houses"),
    ("ip_prefix", MILLION, {"v4": 24, "v6": 48}, {"v4": 25}, "v4: the first 25 bits lead to a few lines"),
    ("ip_prefix", MILLION, {"mode": "keyed"}, {"v6": 49}, "v6: the first 49 bits lead to a few lines"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "known", "strong", "weak", "words"), SIDES)
def test_both_sides_of_each_bound(name: str, known: Known, strong: dict[str, Any], weak: dict[str, Any], words: str) -> None:
    as_tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in strong.items()}
    assert told(name, known, **as_tuples) == []
    if words:
        (problem,) = told(name, known, **{key: tuple(value) if isinstance(value, list) else value for key, value in weak.items()})
        assert words in problem


@pytest.mark.parametrize("entity", ["PERSON", "EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER", "US_SSN"])
def test_values_that_point_to_people_are_not_merely_moved_to_other_rows(entity: str) -> None:
    (problem,) = told("swap", Known(1, 1, entity))
    assert "leaves the values themselves in the table" in problem
    assert told("pram", Known(1, 1, entity), retain=0) != []


def test_every_judge_judges_a_transform() -> None:
    assert set(JUDGES) <= set(TRANSFORMS)


def test_unique_fakes_hold_for_so_many_values_and_no_more() -> None:
    most = unique_values("mac", "en_US")
    assert told("fake", Known(1, most), of="mac", unique=True) == []
    (problem,) = told("fake", Known(1, most + 1), of="mac", unique=True)
    assert problem.startswith(f"unique: `unique` holds for {most:,} values of this kind, and there are {most + 1:,}")
    assert told("fake", Known(1, 10**9), of="phone", unique=True) == []


@pytest.mark.parametrize(
    ("of", "locale", "enough"),
    [("national_id", "fr_BE", False), ("national_id", "en_US", True), ("vat", "da_DK", False), ("iban", "nb_NO", False),
     ("iban", "de_DE", True), ("license_plate", "de_DE", False), ("ip", "de_DE", True), ("mac", "de_DE", True)],
)  # fmt: skip
def test_numbers_of_which_there_are_few_are_not_given_to_a_million_people(of: str, locale: str, enough: bool) -> None:
    assert (told("fake", MILLION, of=of, locale=locale) == []) is enough


def told_of_json(paths: dict[str, Any]) -> list[str]:
    transform = TRANSFORMS["redact_json"].model_validate_json(json.dumps({"paths": paths}))
    return [f"{weakness.parameter}: {weakness.message}" for weakness in weaknesses(transform, MILLION)]


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({"$.card": {"do": "mask", "keep_last": 4}}, ""),
        ({"$.card": {"do": "mask", "keep_last": 5}}, "paths: `$.card`: the mask leaves 5 characters"),
        ({"$.seen": {"do": "date_shift", "days": [-5, 5]}}, "paths: `$.seen`: a window of 10 days hides too little"),
        ({"$.note": "redact", "$.a.note": "keep"}, ""),
        ({"$..note": "redact", "$.a.note": "keep"}, "paths: `$.a.note` is never reached: `$..note` takes every value of it"),
        ({"$.a": "drop", "$.a.b": "keep"}, "paths: `$.a.b` is never reached: `$.a` takes every value of it"),
        ({"$.a.b": "keep", "$.a": "drop"}, ""),
        ({"$.items[*].id": "drop", "$.items[0].id": "keep"}, "`$.items[0].id` is never reached"),
        ({"$.items[0].id": "keep", "$.items[*].id": "drop"}, ""),
    ],
)
def test_paths_into_json_are_judged_as_columns_are(paths: dict[str, Any], words: str) -> None:
    found = told_of_json(paths)
    assert bool(found) is bool(words)
    assert words in "".join(found)
