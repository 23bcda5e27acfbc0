"""keep, drop, null, constant, mask, postcode_prefix: the transforms without a key."""

import random
import unicodedata

import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed, few
from veil.model import Column
from veil.transforms import TRANSFORMS, Context, operator_table
from veil.transforms.base import Transform, distinct_rows, map_distinct

NULLS = [None, "", "NA"]


def apply(transform: Transform, values: list, **context) -> list:
    cells = pd.Series(values, dtype=object, name="c")
    return list(transform.apply(cells, Context(Column("c"), null_values=frozenset({"NA"}), **context)))


def make(name: str, **parameters) -> Transform:
    return TRANSFORMS[name].model_validate(parameters)


def test_transforms_are_in_alphabetical_order_under_their_own_names():
    assert list(TRANSFORMS) == sorted(TRANSFORMS)
    assert all(name == transform.name for name, transform in TRANSFORMS.items())


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_unknown_parameters_are_refused(name):
    with pytest.raises(ValidationError, match="extra"):
        make(name, no_such_parameter=1)


def test_keep_returns_the_cells_as_they_are():
    values = ["00123", " x ", "é", *NULLS]
    assert apply(make("keep", reason="counts need it"), values) == values


@pytest.mark.parametrize("parameters", [{}, {"reason": ""}, {"reason": " \t"}, {"reason": None}])
def test_keep_demands_a_reason(parameters):
    with pytest.raises(ValidationError, match="reason"):
        make("keep", **parameters)


def test_drop_has_no_cells_to_return():
    with pytest.raises(TransformFailed, match=r"`c`.*leave the column out"):
        apply(make("drop"), ["secret"])
    assert make("drop").properties.effect == "suppress"


def test_null_empties_every_cell():
    assert apply(make("null"), ["a", *NULLS]) == [None] * 4


def test_constant_leaves_nulls():
    assert apply(make("constant", value="x"), ["a", "é", *NULLS]) == ["x", "x", *NULLS]


@pytest.mark.parametrize(
    ("parameters", "value", "expected"),
    [
        ({}, "Anna-3", "****-*"),
        ({"char": "#"}, "a b", "# #"),
        ({"keep_last": 4}, "4111 1111 1111 1234", "**** **** **** 1234"),
        ({"keep_first": 1, "keep_last": 1}, "abcd", "a**d"),
        ({"keep_first": 2, "keep_last": 2}, "abcd", "****"),
        ({"keep_first": 9}, "abcd", "****"),
        ({}, "José", "****"),
        ({}, unicodedata.normalize("NFD", "José"), "*****"),
        ({}, "नमस्ते", "******"),
        ({}, "a😀b", "***"),
        ({}, "\x07a\u200b", "***"),
        ({}, "+32 (0)470", "+** (*)***"),
    ],
)
def test_mask_hides_what_tells_and_leaves_the_shape(parameters, value, expected):
    assert apply(make("mask", **parameters), [value, *NULLS]) == [expected, *NULLS]


@pytest.mark.parametrize("char", ["", "**", " ", "\n", "\x00"])
def test_mask_refuses_a_char_that_cannot_be_seen(char):
    with pytest.raises(ValidationError):
        make("mask", char=char)


@pytest.mark.parametrize(
    ("keep", "value", "expected"),
    [
        (2, "SW1A 1AA", "SW** ***"),
        (3, "90210", "902**"),
        (2, "1000-001", "10**-***"),
        (2, "B-1000", "B-1***"),
        (2, "12", "**"),
        (3, "1", "*"),
        (2, "१२३४", "१२**"),
    ],
)
def test_postcode_prefix_keeps_length_and_gaps(keep, value, expected):
    assert apply(make("postcode_prefix", keep=keep), [value, *NULLS]) == [expected, *NULLS]


@pytest.mark.parametrize("keep", [0, 6, True, "2"])
def test_postcode_prefix_refuses_other_lengths(keep):
    with pytest.raises(ValidationError):
        make("postcode_prefix", keep=keep)


def test_map_distinct_calls_the_function_once_with_distinct_values():
    calls = []
    cells = pd.Series(["a", "b", "a", None, "a", ""], dtype=object, index=[5, 5, 1, 0, 2, 2])
    mapped = map_distinct(cells, Context(Column("c")), lambda values: calls.append(values) or [value * 2 for value in values])
    assert calls == [["a", "b"]]
    assert list(mapped) == ["aa", "bb", "aa", None, "aa", ""]
    assert list(mapped.index) == [5, 5, 1, 0, 2, 2]


@pytest.mark.parametrize("values", [[], [None], ["", None, "NA"]])
def test_map_distinct_of_nothing_is_nothing(values):
    assert apply(make("mask"), values) == values


def test_distinct_rows_counts_combinations():
    first = pd.Series(["a", "a", "b", "a", "b"], dtype=object).to_numpy()
    second = pd.Series(["x", "y", "x", "x", "x"], dtype=object).to_numpy()
    codes, firsts = distinct_rows(first, second)
    assert (list(codes), list(firsts)) == ([0, 1, 2, 0, 2], [0, 1, 2])


@pytest.mark.parametrize(("failed", "told"), [(1, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (250, "250")])
def test_a_refusal_tells_the_count_and_nothing_smaller_than_ten(failed, told):
    assert few(failed) == told
    with pytest.raises(TransformFailed, match=f"column `c`: {told} values: no good"):
        Context(Column("c")).refuse([True] * failed + [False], "no good")
    Context(Column("c")).refuse([False], "no good")


def test_operator_table_is_what_the_transforms_declare():
    table = {row["transform"]: row for row in operator_table()}
    assert list(table) == sorted(TRANSFORMS)
    assert {name for name, row in table.items() if row["keyed"]} >= {"date_shift", "fake", "hash", "token", "noise", "swap"}
    assert not {name for name, row in table.items() if row["keyed"]} & {"band", "drop", "keep", "mask", "null", "regex", "round"}
    assert {"of", "locale", "from"} <= set(table["fake"]["parameters"])
    assert table["band"]["parameters"] == ["width", "origin"]
    assert table["keep"]["keeps"] == ["equality", "format", "intervals", "length", "nulls", "order"]
    assert all(row["does"] for row in table.values())


@pytest.mark.parametrize("keep", [(0, 0), (1, 0), (0, 2), (2, 1), (3, 3)])
def test_mask_hides_what_a_plain_loop_hides(keep):
    signs, rng = "abZ09 -_/()é\u0301\ufdd0\ud800😀*#\x00\u200b٣", random.Random(1)
    values = ["".join(rng.choices(signs, k=rng.randint(1, 9))) for _ in range(500)]
    hidden = apply(make("mask", keep_first=keep[0], keep_last=keep[1], char="#"), values)
    for value, cell in zip(values, hidden, strict=True):
        places = [place for place, sign in enumerate(value) if unicodedata.category(sign)[0] in "LMNC" or sign == "😀"]
        stay = set(places[: keep[0]] + places[len(places) - keep[1] :]) if sum(keep) < len(places) else set()
        assert cell == "".join("#" if place in places and place not in stay else sign for place, sign in enumerate(value))
