"""Laws of the transforms of numbers, dates, places and codes: what holds for any cells, in any batches."""

import ipaddress
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.whole_columns import KEY, NULLS, transformed
from veil.columns import infer
from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.grid import half_even, read_grid, write_grid
from veil.transforms.keys import Key
from veil.transforms.numbers import decimals, written

INTEGERS = st.integers(-(10**12), 10**12).map(str)
CENTS = st.integers(-(10**9), 10**9).map(lambda number: f"{Decimal(number).scaleb(-2):.2f}")
DATES = st.dates(pd.Timestamp("1700-01-01").date(), pd.Timestamp("2200-01-01").date()).map(str)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
PLACES = st.tuples(st.integers(-9000, 9000), st.integers(-18000, 18000)).map(lambda at: f"{at[0] / 100:.2f}, {at[1] / 100:.2f}")
CODES = st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True)

INTEGER, DECIMAL, DATE, TEXT = ("integer", None), ("decimal", "0.00"), ("date", "%Y-%m-%d"), ("text", None)
LEVELS = {"levels": {"x": ["a"], "y": ["b", "c"]}, "unknown": "hide"}

CASES = {
    "round places": ("round", {"places": -2}, INTEGERS, INTEGER),
    "round to": ("round", {"to": 0.25}, CENTS, DECIMAL),
    "round digits": ("round", {"digits": 2}, CENTS, DECIMAL),
    "truncate dates": ("truncate", {"to": "quarter"}, DATES, DATE),
    "truncate weeks": ("truncate", {"to": "week"}, DATES, DATE),
    "truncate texts": ("truncate", {"first": 3}, TEXTS, TEXT),
    "truncate numbers": ("truncate", {"step": 50}, INTEGERS, INTEGER),
    "regex": ("regex", {"pattern": r"\pL+", "replace": "#", "unmatched": "mask"}, TEXTS, TEXT),
    "hierarchy": ("hierarchy", LEVELS, st.one_of(TEXTS, st.sampled_from("abc")), TEXT),
    "noise": ("noise", {"amount": 25, "distribution": "normal"}, CENTS, DECIMAL),
    "noise in bounds": ("noise", {"amount": 3, "min": -(10**12), "max": 10**12}, INTEGERS, INTEGER),
    "noise by ratio": ("noise", {"ratio": 0.2, "distribution": "laplace"}, INTEGERS, INTEGER),
    "microaggregate": ("microaggregate", {"size": 3}, CENTS, DECIMAL),
    "microaggregate dates": ("microaggregate", {"size": 3, "by": "median"}, DATES, DATE),
    "swap": ("swap", {}, TEXTS, TEXT),
    "swap in a window": ("swap", {"window": 50}, INTEGERS, INTEGER),
    "pram": ("pram", {"retain": 0.3}, st.sampled_from(["a", "b", "=1+1", "\ud800"]), ("category", None)),
    "ip_prefix": ("ip_prefix", {}, ADDRESSES, TEXT),
    "ip_prefix keyed": ("ip_prefix", {"mode": "keyed"}, ADDRESSES, TEXT),
    "postcode_prefix": ("postcode_prefix", {"keep": 3, "country": "US", "min_rows": 2}, CODES, TEXT),
    "geo_grid": ("geo_grid", {"km": 30}, PLACES, TEXT),
    "top_bottom": ("top_bottom", {"bottom": -50, "top": 50.5}, CENTS, DECIMAL),
    "k_anonymize": ("k_anonymize", {"k": 2}, INTEGERS, INTEGER),
    "k_anonymize texts": ("k_anonymize", {"k": 2, "max_suppressed": 0.3}, TEXTS, TEXT),
    "mondrian": ("k_anonymize", {"k": 2, "method": "mondrian"}, DATES, DATE),
}
NEEDS_ROWS = {
    "swap": 2,
    "swap in a window": 4,
    "microaggregate": 3,
    "microaggregate dates": 3,
    "k_anonymize": 2,
    "k_anonymize texts": 2,
    "mondrian": 2,
}
laws = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def declared(label):
    return TRANSFORMS[CASES[label][0]].model_validate(CASES[label][1]).declared


def run(label, values, **engine):
    name, parameters, _, (kind, form) = CASES[label]
    return transformed(name, values, parameters=parameters, kind=kind, form=form, **engine)


def columns_of(label):
    """Return columns with nulls, and as many values besides as the transform needs."""
    few = NEEDS_ROWS.get(label, 0)
    values = st.lists(CASES[label][2].filter(lambda value: value not in NULLS), min_size=few, max_size=12)
    return st.tuples(values, st.lists(st.sampled_from(NULLS), max_size=3)).map(lambda parts: [*parts[0], *parts[1]])


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_nulls_stay_and_values_do_not_become_null(label, data):
    values = data.draw(columns_of(label))
    for cell, value in zip(run(label, values), values, strict=True):
        if "nulls" in declared(label).keeps:
            assert (cell == value) if value in NULLS else cell is not None
        else:
            assert cell == value or cell == "*" or value not in NULLS


@pytest.mark.parametrize("label", CASES)
@laws
@given(data=st.data())
def test_batches_and_their_order_change_nothing(label, data):
    values = data.draw(columns_of(label))
    cuts = data.draw(st.lists(st.integers(0, len(values)), max_size=3))
    order = data.draw(st.permutations(range(len(values))))
    whole = run(label, values)
    assert run(label, values, cuts=cuts) == run(label, values, order=order, cuts=cuts) == whole == run(label, values)


@pytest.mark.parametrize(
    "label", [label for label, (name, given_, *_) in CASES.items() if not TRANSFORMS[name].model_validate(given_).declared.keyed]
)
@laws
@given(data=st.data())
def test_without_a_key_a_cell_depends_on_cells_alone(label, data):
    values = data.draw(columns_of(label))
    order = data.draw(st.permutations(range(len(values))))
    moved = run(label, [values[row] for row in order], key=None)
    whole = run(label, values, key=None)
    assert moved == [whole[row] for row in order]


@pytest.mark.parametrize(
    "label", [label for label, (name, given_, *_) in CASES.items() if TRANSFORMS[name].model_validate(given_).declared.keyed]
)
def test_another_key_epoch_or_keyspace_gives_other_cells(label):
    kind = CASES[label][3][0]
    values = [
        f"192.0.2.{row}" if label.startswith("ip") else f"{row * 7 + 1}.00" if kind == "decimal" else f"{row * 7 + 1}"
        for row in range(60)
    ]
    first = run(label, values)
    for engine in (
        {"key": Key("main", "2026-12", KEY.secret)},
        {"key": Key("main", "2026-11", b"x" * 32)},
        {"keyspace": "other"},
    ):
        assert run(label, values, **engine) != first
    with pytest.raises(TransformFailed, match="without a key"):
        run(label, values, key=None)


@pytest.mark.parametrize("label", [label for label in CASES if "format" in declared(label).keeps and CASES[label][3] != TEXT])
@laws
@given(data=st.data())
def test_what_keeps_the_format_can_be_read_as_before(label, data):
    values = data.draw(st.lists(CASES[label][2], min_size=max(3, NEEDS_ROWS.get(label, 0)), max_size=12))
    kind, form = CASES[label][3]
    cells = run(label, values)
    if kind == "date":
        assert all(str(pd.Timestamp(cell).date()) == cell for cell in cells)
    elif kind == "decimal":
        assert infer(list(dict.fromkeys(cells)), len(cells)) == (kind, form)
    elif kind == "integer":
        assert all(str(int(cell)) == cell for cell in cells)


@pytest.mark.parametrize("label", [label for label in CASES if "order" in declared(label).keeps])
@laws
@given(data=st.data())
def test_what_keeps_the_order_never_turns_it(label, data):
    values = data.draw(st.lists(CASES[label][2], min_size=3, max_size=12))
    key = str if CASES[label][3] == DATE else Decimal
    ordered = sorted(zip(map(key, values), run(label, values), strict=True))
    after = [key(cell) for _, cell in sorted(ordered, key=lambda pair: pair[0])]
    assert all(before <= then for before, then in pairwise(after))


@laws
@given(values=st.lists(ADDRESSES, unique=True, max_size=20))
def test_keyed_addresses_are_injective_and_of_their_version(values):
    after = run("ip_prefix keyed", values)
    assert len(set(after)) == len({ipaddress.ip_address(value) for value in values})
    versions = [
        (ipaddress.ip_address(cell).version, ipaddress.ip_address(value).version)
        for cell, value in zip(after, values, strict=True)
    ]
    assert all(here == there for here, there in versions)


@laws
@given(values=st.lists(TEXTS.filter(lambda value: value not in NULLS), min_size=2, max_size=30))
def test_swap_is_a_permutation(values):
    assert Counter(run("swap", values)) == Counter(values)


@laws
@given(values=st.lists(INTEGERS, min_size=3, max_size=40), size=st.integers(3, 9))
def test_microaggregate_groups_hold_at_least_their_size(values, size):
    if len(values) >= size:
        after = transformed("microaggregate", values, parameters={"size": size}, kind="integer")
        groups = Counter(after)
        assert min(groups.values()) >= size
        assert all(min(map(int, values)) <= int(cell) <= max(map(int, values)) for cell in after)


BY_VALUE = [label for label, (name, given_, *_) in CASES.items() if TRANSFORMS[name].model_validate(given_).by_value]


@pytest.mark.parametrize("label", BY_VALUE)
@laws
@given(data=st.data())
def test_what_goes_by_value_gives_a_cell_alone_what_it_gives_among_others(label, data):
    values = data.draw(columns_of(label))
    assert run(label, values) == [run(label, [value])[0] for value in values]


def test_what_needs_rows_or_the_column_does_not_go_by_value():
    assert {label.split()[0] for label in CASES} - {label.split()[0] for label in BY_VALUE} == {
        "noise", "pram", "swap", "microaggregate", "postcode_prefix", "k_anonymize", "mondrian"
    }  # fmt: skip


FORMATS = ["0.00", "0.##", "0.0#", "0,00", "0,##", "0.000000"]


@pytest.mark.parametrize("form", FORMATS)
@laws
@given(numbers=st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=20))
def test_numbers_read_and_written_at_once_are_those_read_one_by_one(form, numbers):
    context = Context(Column("c", "decimal", form))
    exactly = [Decimal(number).scaleb(-(len(form) - 2)) for number in numbers]
    cells = written(exactly, context)
    assert write_grid(np.array(numbers), context) == cells
    assert list(read_grid(cells, context)) == numbers
    assert [number.scaleb(len(form) - 2) for number in decimals(cells, context)] == numbers


@pytest.mark.parametrize("bad", ["1e5", "+5", " 5", "", "5\n", "٣", "1.2.3", "1,5", "9" * 19, "0.123", "\ud800", "-", ".5", "5."])
def test_numbers_that_do_not_fit_are_left_to_be_read_one_by_one(bad):
    assert read_grid(["1", bad], Context(Column("c", "decimal", "0.00"))) is None


@laws
@given(pairs=st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(1, 10**6)), min_size=1, max_size=20))
def test_halves_go_to_the_even_neighbor(pairs):
    numerators, denominators = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    assert half_even(numerators, denominators).tolist() == [round(Fraction(*pair)) for pair in pairs]


@laws
@given(values=st.lists(INTEGERS, max_size=20), to=st.integers(1, 10**6))
def test_round_goes_to_the_nearest_multiple(values, to):
    for value, cell in zip(values, transformed("round", values, parameters={"to": to}, kind="integer"), strict=True):
        assert int(cell) % to == 0
        assert 2 * abs(int(cell) - int(value)) <= to


HOSTILE = [
    "\x00", "\x07\x1b[31m", "\u202eevil", "\u200f\u200b", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\ud800", "\udfff\ud800", "😀",
    "👩\u200d👩", "ﷺ", "e\u0301" * 50, "A" * 1_000_000, "9" * 1_000_000, "\n", "'; DROP TABLE", "${jndi}", "../..", "\ufeffx",
    "１２３",
    "1e999", "NaN", "%s%n", "\r\n", "a\x00b",
]  # fmt: skip


@pytest.mark.parametrize("label", CASES)
def test_hostile_strings_are_transformed_or_refused_by_number(label):
    for value in HOSTILE:
        cells, refusal = attempt(label, [value] * 4)
        told = str(refusal or "").removeprefix("column `c`: ").replace("fewer than 10 values", "")
        assert len(value) < 3 or value not in told
        assert refusal is None or refusal.__cause__ is refusal.__context__ is None
        assert all(type(cell) is str for cell in cells)
        if CASES[label][0] in ("truncate", "regex", "hierarchy"):
            assert value not in cells or not any(sign.isalpha() for sign in value)


def attempt(label, values):
    try:
        return run(label, values), None
    except TransformFailed as refusal:
        return [], refusal
