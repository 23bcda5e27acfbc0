"""band and top_bottom."""

import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context

NULLS = [None, "", "NA"]


def apply(name, values, kind="integer", form=None, **parameters) -> list:
    context = Context(Column("c", kind, form), null_values=frozenset({"NA"}))
    return list(TRANSFORMS[name].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("23456", {"width": 10000}, "20000-29999"),
        ("20000", {"width": 10000}, "20000-29999"),
        ("29999", {"width": 10000}, "20000-29999"),
        ("0", {"width": 10}, "0-9"),
        ("-1", {"width": 10}, "-10 to -1"),
        ("-10", {"width": 10}, "-10 to -1"),
        ("7", {"width": 5, "origin": 2}, "7-11"),
        ("6", {"width": 5, "origin": 2}, "2-6"),
        ("3", {"width": 1}, "3-3"),
        ("3", {"width": 2.5}, "2.5-<5.0"),
        ("12345678901234567890", {"width": 10}, "12345678901234567890-12345678901234567899"),
    ],
)
def test_band_of_an_integer(value, parameters, expected):
    assert apply("band", [value, *NULLS], **parameters) == [expected, *NULLS]


@pytest.mark.parametrize(
    ("value", "form", "parameters", "expected"),
    [
        ("23.456", "0.000", {"width": 0.5}, "23.0-<23.5"),
        ("0.30", "0.00", {"width": 0.1}, "0.3-<0.4"),
        ("23,4", "0,0", {"width": 0.25}, "23,25-<23,50"),
        ("-0.1", "0.0", {"width": 1}, "-1 to <0"),
        ("5", "0.##", {"width": 10}, "0-<10"),
    ],
)
def test_band_of_a_decimal(value, form, parameters, expected):
    assert apply("band", [value, *NULLS], "decimal", form, **parameters) == [expected, *NULLS]


@pytest.mark.parametrize("width", [None, 0, -1, float("nan"), float("inf"), "5"])
def test_band_refuses_a_width_that_is_none(width):
    with pytest.raises(ValidationError):
        TRANSFORMS["band"].model_validate({"width": width})


@pytest.mark.parametrize(
    ("value", "form", "parameters", "expected"),
    [
        ("1.50", "0.00", {"top": 100, "bottom": 0}, "1.50"),
        ("100.00", "0.00", {"top": 100}, "100.00"),
        ("100.01", "0.00", {"top": 100}, "100.00"),
        ("-3.20", "0.00", {"bottom": 0.5}, "0.50"),
        ("1000,5", "0,0", {"top": 99.5}, "99,5"),
        ("1000.25", "0.##", {"top": 100}, "100"),
    ],
)
def test_top_bottom_pools_to_the_bound_in_the_column_format(value, form, parameters, expected):
    assert apply("top_bottom", [value, *NULLS], "decimal", form, **parameters) == [expected, *NULLS]


def test_top_bottom_of_integers():
    assert apply("top_bottom", ["1", "5", "9", *NULLS], bottom=3, top=8) == ["3", "5", "8", *NULLS]
    assert apply("top_bottom", ["10"], "text", None, top=8.5) == ["8.5"]


def test_top_bottom_refuses_a_bound_that_the_format_cannot_write():
    with pytest.raises(TransformFailed, match=r"`top: 8\.5` cannot be written"):
        apply("top_bottom", ["1"], top=8.5)
    with pytest.raises(TransformFailed, match=r"`top: 8\.125` cannot be written"):
        apply("top_bottom", ["1.00"], "decimal", "0.00", top=8.125)


@pytest.mark.parametrize(("bottom", "top"), [(None, None), (1, 1), (2, 1), (None, "9"), (None, float("inf"))])
def test_top_bottom_refuses_bounds_that_do_not_hold(bottom, top):
    with pytest.raises(ValidationError):
        TRANSFORMS["top_bottom"].model_validate({"bottom": bottom, "top": top})


@pytest.mark.parametrize("parameters", [("band", {"width": 10}), ("top_bottom", {"top": 10})])
@pytest.mark.parametrize("bad", ["secret", "1e5", "1,5", "+5", " 5", "5 ", "0x10", "1_000", "٣", "NaN", "inf", "--1", "1."])
def test_values_that_are_no_plain_numbers_are_refused_by_number(parameters, bad):
    name, rest = parameters
    with pytest.raises(TransformFailed, match="fewer than 10 values: no plain numbers") as failed:
        apply(name, ["1", bad, "2"], **rest)
    assert failed.value.count == 1
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
