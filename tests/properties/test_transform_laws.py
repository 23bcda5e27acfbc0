"""Laws that hold for every transform and any cells."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from veil.errors import TransformFailed
from veil.model import Column, Span
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
OTHER_KEYS = (Key("main", "2026-12", KEY.secret), Key("main", "2026-11", b"x" * 32))
MISSING = (None, "", "NA")
CANARY = "Qzvaxelmund"


def redacts_canaries(texts):
    places = [text.find(CANARY) for text in texts]
    return [[Span(place, place + len(CANARY), "PERSON", 1.0)] if place >= 0 else [] for place in places]


TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
DATES = st.dates(min_value=pd.Timestamp("1700-01-01").date(), max_value=pd.Timestamp("2200-01-01").date()).map(str)
AGES = st.integers(0, 199).map(str)
NUMBERS = st.integers(-(10**20), 10**20).map(str)
OF_ANY_TEXT = ("company", "email", "person_name", "phone", "street")  # the others are in test_laws_fakes.py
OF_TEXT = {
    "keep": {"reason": "test"},
    "null": {},
    "constant": {"value": "x"},
    "mask": {},
    "postcode_prefix": {"keep": 2},
    "hash": {},
    "token": {"prefix": "T"},
    **{f"fake {of}": {"of": of, "sex_from": "sex" if of == "person_name" else None} for of in OF_ANY_TEXT},
    **{f"fake name {locale}": {"of": "person_name", "locale": locale} for locale in ("cs_CZ", "es_ES")},
    "fake fictional": {"of": "phone", "style": "fictional"},
    "fake by value": {"of": "email", "by": "value", "from": "name"},
    "redact_text label": {"replace": "label"},
    "redact_text fake": {"replace": "fake"},
    "redact_text mask": {"replace": "mask"},
}
CASES = {
    **{label: (label.split()[0], parameters, TEXTS, "text") for label, parameters in OF_TEXT.items()},
    "date_shift": ("date_shift", {"days": [-400, 400]}, DATES, "date"),
    "date_part": ("date_part", {"part": "month"}, DATES, "date"),
    "age_band of dates": ("age_band", {"as_of": 2201}, DATES, "date"),
    "age_band of ages": ("age_band", {"width": 7}, AGES, "integer"),
    "band": ("band", {"width": 10, "origin": 3}, NUMBERS, "integer"),
    "top_bottom": ("top_bottom", {"bottom": -5, "top": 5}, NUMBERS, "integer"),
}
KEYED = [label for label, (name, *_) in CASES.items() if TRANSFORMS[name].properties.keyed] + ["redact_text fake"]
HIDING = [
    label
    for label, (name, _, values, _) in CASES.items()
    if TRANSFORMS[name].properties.effect in ("suppress", "pseudonymize", "fake") and values is TEXTS
]


def build(label):
    name, parameters, _, _ = CASES[label]
    return TRANSFORMS[name].model_validate({key: value for key, value in parameters.items() if value is not None})


def apply(label, values, *, rows=None, key=KEY, keyspace="person"):
    rows = list(range(len(values))) if rows is None else rows
    kind = CASES[label][3]
    cells = pd.Series(values, index=[place % 3 for place in rows], name="c", dtype=object)
    context = Context(
        Column("c", kind, "%Y-%m-%d" if kind == "date" else None),
        key=key,
        keyspace=keyspace,
        subject=pd.Series([f"s{row % 4}" for row in rows], dtype=object),
        subject_keyspace=keyspace,
        related={
            "sex": pd.Series([("f", "M", None)[row % 3] for row in rows], dtype=object),
            "name": pd.Series([(f"n{row % 5}", None)[row % 2] for row in rows], dtype=object),
        },
        null_values=frozenset({"NA"}),
        find_spans=redacts_canaries,
    )
    before = cells.copy(deep=True)
    result = build(label).apply(cells, context)
    pd.testing.assert_series_equal(cells, before)
    return result


def columns_of(label):
    return st.lists(st.one_of(CASES[label][2], st.sampled_from(MISSING)), max_size=12)


laws = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_index_name_type_and_nulls_are_kept(label, data):
    values = data.draw(columns_of(label))
    result = apply(label, values)
    assert list(result.index) == [place % 3 for place in range(len(values))]
    assert (result.name, result.dtype) == ("c", object)
    assert all(cell is None or type(cell) is str for cell in result)
    for cell, value in zip(result, values, strict=True):
        assert value not in MISSING or cell == (None if label == "null" else value)
        assert value in MISSING or cell is not None or label == "null"


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_halves_give_what_the_whole_gives(label, data):
    values = data.draw(columns_of(label))
    cut = data.draw(st.integers(0, len(values)))
    whole = list(apply(label, values))
    halves = [*apply(label, values[:cut], rows=range(cut)), *apply(label, values[cut:], rows=range(cut, len(values)))]
    backwards = list(apply(label, values[::-1], rows=list(range(len(values)))[::-1]))[::-1]
    assert whole == halves == backwards == list(apply(label, values))


@pytest.mark.parametrize("label", sorted(set(KEYED)))
@laws
@given(data=st.data())
def test_another_key_epoch_or_keyspace_gives_another_pseudonym(label, data):
    values = data.draw(st.lists(CASES[label][2].filter(lambda value: value not in MISSING), min_size=12, max_size=12))
    values = [value + CANARY for value in values] if CASES[label][3] == "text" else values
    here = list(apply(label, values))
    for changed in (*({"key": key} for key in OTHER_KEYS), {"keyspace": "other"}):
        assert list(apply(label, values, **changed)) != here


@pytest.mark.parametrize("label", HIDING)
@laws
@given(before=TEXTS, after=TEXTS)
def test_a_canary_is_never_in_the_output(label, before, after):
    assume(CANARY not in before + after)
    values = [before + CANARY + after, CANARY, CANARY.upper() if not label.startswith("redact") else CANARY]
    assert not [1 for cell in apply(label, values) if cell is not None and CANARY.casefold() in cell.casefold()]


@pytest.mark.parametrize("label", ["hash", "token"])
@laws
@given(values=st.lists(TEXTS.filter(lambda value: value not in MISSING), unique=True, max_size=30))
def test_distinct_values_get_distinct_pseudonyms(label, values):
    assert len(set(apply(label, values))) == len(values)


@pytest.mark.parametrize("label", [label for label in CASES if label.startswith("fake")])
@laws
@given(values=st.lists(TEXTS.filter(lambda value: value not in MISSING), max_size=12))
def test_a_fake_is_never_the_value_it_replaces(label, values):
    assert not [1 for cell, value in zip(apply(label, values), values, strict=True) if cell.casefold() == value.casefold()]


@laws
@given(dates=st.lists(DATES, min_size=2, max_size=12))
def test_date_shift_keeps_intervals_and_never_stays(dates):
    shifts = [pd.Timestamp(after) - pd.Timestamp(before) for before, after in zip(dates, apply("date_shift", dates), strict=True)]
    assert all(shift != pd.Timedelta(0) and abs(shift.days) <= 400 for shift in shifts)
    assert all(shift == shifts[row % 4] for row, shift in enumerate(shifts))


@laws
@given(numbers=st.lists(st.integers(-(10**12), 10**12), max_size=20), width=st.integers(1, 10**6), origin=st.integers(-100, 100))
def test_a_band_holds_its_numbers_and_keeps_their_order(numbers, width, origin):
    cells = pd.Series([str(number) for number in numbers], dtype=object)
    bands = TRANSFORMS["band"](width=width, origin=origin).apply(cells, Context(Column("c", "integer")))
    ends = [[int(end) for end in (band.split(" to ") if " to " in band else band.split("-"))] for band in bands]
    assert all(low <= number <= high and high - low == width - 1 for number, (low, high) in zip(numbers, ends, strict=True))
    assert all((low - origin) % width == 0 for low, _ in ends)


@laws
@given(numbers=st.lists(st.integers(-(10**20), 10**20), max_size=20))
def test_top_bottom_is_a_clip(numbers):
    assert list(apply("top_bottom", [str(number) for number in numbers])) == [str(min(max(number, -5), 5)) for number in numbers]


@pytest.mark.parametrize("label", [label for label, (*_, kind) in CASES.items() if kind != "text"])
@laws
@given(values=st.lists(TEXTS.filter(lambda value: value not in MISSING), min_size=1, max_size=15))
def test_a_refusal_holds_no_value(label, values):
    with pytest.raises(TransformFailed) as failed:
        apply(label, [f"{CANARY}{value}" for value in values])
    assert CANARY not in f"{failed.value}{failed.value!r}"
    assert failed.value.__cause__ is failed.value.__context__ is None
