"""Laws of redact_text and redact_json: shape, nulls, partitions, and nothing of an own value left, for any cells."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veil.model import Column, Span
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key
from veil.transforms.own import Owner, OwnValue, OwnValues

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
CANARY = "Qzvaxelmund"
OWNERS = (Owner((OwnValue("PERSON", f"Anna {CANARY}", "Lena Peeters"),)), Owner((OwnValue("PERSON", "Bob Ray", "Tom Maes"),)))
MISSING = (None, "", "NA")
TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
NOTES = st.one_of(TEXTS, TEXTS.map(lambda text: f"{text} Anna {CANARY} {text}"), st.sampled_from(MISSING))
LEAVES = st.one_of(TEXTS, st.integers(), st.none(), st.just(f"x {CANARY.upper()}."))
JSONS = st.one_of(
    st.dictionaries(TEXTS, LEAVES, max_size=3).map(json.dumps),
    st.sampled_from(MISSING),
)
CASES = {
    **{f"redact_text {replace}": ("redact_text", {"replace": replace}, NOTES) for replace in ("label", "fake", "mask")},
    "redact_text subject": ("redact_text", {"using": ["subject"], "replace": "fake"}, NOTES),
    **{f"redact_json {replace}": ("redact_json", {"replace": replace}, JSONS) for replace in ("label", "fake", "mask")},
    "redact_json drop": ("redact_json", {"default": "drop", "paths": {"$.a": "redact"}}, JSONS),
    "redact_json rule": ("redact_json", {"paths": {"$.a": {"do": "token"}}}, JSONS),
}
laws = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def finds_canaries(texts):
    places = [text.find(CANARY) for text in texts]
    return [[Span(place, place + len(CANARY), "PERSON", 1.0)] if place >= 0 else [] for place in places]


def apply(label, values, rows=None):
    name, parameters, _ = CASES[label]
    rows = list(range(len(values))) if rows is None else list(rows)
    own = OwnValues(OWNERS, np.array([row % 2 for row in rows], dtype=np.int64))
    context = Context(
        Column("c"), key=KEY, keyspace="person", null_values=frozenset({"NA"}), find_spans=finds_canaries, own=own,
        subject=pd.Series([f"s{row % 2}" for row in rows], dtype=object),
    )  # fmt: skip
    cells = pd.Series(values, index=rows, name="c", dtype=object)
    before = cells.copy(deep=True)
    result = TRANSFORMS[name].model_validate_json(json.dumps(parameters)).apply(cells, context)
    pd.testing.assert_series_equal(cells, before)
    return result


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_index_name_type_and_nulls_are_kept(label, data):
    values = data.draw(st.lists(CASES[label][2], max_size=8))
    result = apply(label, values)
    assert (list(result.index), result.name, result.dtype) == (list(range(len(values))), "c", object)
    assert all((cell == value) if value in MISSING else type(cell) is str for cell, value in zip(result, values, strict=True))


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_halves_and_any_order_give_what_the_whole_gives(label, data):
    values = data.draw(st.lists(CASES[label][2], max_size=8))
    cut = data.draw(st.integers(0, len(values)))
    whole = list(apply(label, values))
    halves = [*apply(label, values[:cut]), *apply(label, values[cut:], rows=range(cut, len(values)))]
    backwards = list(apply(label, values[::-1], rows=range(len(values))[::-1]))[::-1]
    assert whole == halves == backwards


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_no_own_value_is_left(label, data):
    values = data.draw(st.lists(CASES[label][2], min_size=1, max_size=4))
    for at, cell in enumerate(apply(label, values)):
        assert at % 2 or cell is None or label == "redact_json rule" or CANARY.casefold() not in cell.casefold()


@pytest.mark.parametrize("label", [label for label in CASES if "json" in label])
@laws
@given(values=st.lists(JSONS, max_size=4))
def test_json_stays_json(label, values):
    for cell, value in zip(apply(label, values), values, strict=True):
        if value not in MISSING:
            assert isinstance(json.loads(cell), dict)
