"""date_shift, date_part and age_band."""

import datetime

import pandas as pd
import pytest
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
NULLS = [None, "", "NA"]


def apply(name, values, *, kind="date", form="%Y-%m-%d", subject=None, key=KEY, keyspace="", **parameters) -> list:
    subjects = pd.Series(subject or [str(place) for place in range(len(values))], dtype=object)
    context = Context(
        Column("c", kind, form), key=key, subject=subjects, subject_keyspace=keyspace, null_values=frozenset({"NA"})
    )
    return list(TRANSFORMS[name].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


def days_between(before: str, after: str, form: str = "%Y-%m-%d") -> int:
    return (datetime.datetime.strptime(after, form) - datetime.datetime.strptime(before, form)).days


@pytest.mark.parametrize(
    ("form", "value", "python_form"),
    [
        ("%Y-%m-%d", "2020-02-29", "%Y-%m-%d"),
        ("%d/%m/%Y", "31/12/1999", "%d/%m/%Y"),
        ("%-d.%-m.%Y", "1.2.2003", "%d.%m.%Y"),
        ("%b %-d, %Y", "Dec 16, 2021", "%b %d, %Y"),
        ("%Y%m%d", "19660408", "%Y%m%d"),
        ("%d/%m/%y", "08/04/66", "%d/%m/%y"),
    ],
)
def test_date_shift_keeps_the_format(form, value, python_form):
    shifted = apply("date_shift", [value] * 60 + NULLS, form=form)
    assert shifted[60:] == NULLS
    days = {days_between(value, after, python_form) for after in shifted[:60]}
    assert len(days) > 30
    assert all(-180 <= day <= 180 and day != 0 for day in days)


def test_date_shift_keeps_the_time_of_day_and_the_zone():
    form = "%b %-d, %Y, %-I:%M:%S %p PST"
    [shifted] = apply("date_shift", ["Dec 16, 2021, 9:00:18 AM PST"], kind="datetime", form=form)
    assert shifted.endswith(", 9:00:18 AM PST")
    assert not shifted.startswith("Dec 16, 2021")


def test_date_shift_keeps_the_intervals_of_a_subject():
    dates = ["2020-01-31", "2020-03-01", "2021-12-24", "2020-01-31"]
    shifted = apply("date_shift", dates, subject=["a", "a", "a", "b"])
    assert [days_between(shifted[0], after) for after in shifted[1:3]] == [30, 693]
    assert shifted[3] != shifted[0]


@pytest.mark.parametrize(
    ("parameters", "choices"),
    [
        ({"days": [-2, 2]}, {-2, -1, 1, 2}),
        ({"days": (5, 8)}, {5, 6, 7, 8}),
        ({"days": [-20, 15], "weeks_only": True}, {-14, -7, 7, 14}),
    ],
)
def test_date_shift_draws_every_shift_but_zero(parameters, choices):
    shifted = apply("date_shift", ["2020-06-15"] * 300, **parameters)
    assert {days_between("2020-06-15", after) for after in shifted} == choices


@pytest.mark.parametrize(
    "parameters",
    [
        {"days": [0, 0]}, {"days": [0, 1]}, {"days": [9, 3]}, {"days": [-6, 6], "weeks_only": True}, {"days": [1]},
        {"days": ["-1", "1"]}, {"days": [-1.5, 5]}, {"format": "dd/mm/yyyy"}, {"format": "%Y-%m-%d %z"}, {"format": "%d %Z"},
    ],
)  # fmt: skip
def test_date_shift_refuses_parameters_that_do_not_shift(parameters):
    with pytest.raises(ValidationError):
        TRANSFORMS["date_shift"].model_validate(parameters)


def test_date_shift_depends_on_key_epoch_and_the_register_of_the_subject():
    dates = ["2020-01-01"] * 50
    results = [
        apply("date_shift", dates),
        apply("date_shift", dates, key=Key("main", "2026-12", KEY.secret)),
        apply("date_shift", dates, key=Key("main", "2026-11", b"x" * 32)),
        apply("date_shift", dates, keyspace="employees"),
    ]
    assert len({tuple(result) for result in results}) == 4


def test_date_shift_without_subject_or_key_is_refused():
    context = Context(Column("c", "date", "%Y-%m-%d"), key=KEY)
    cells = pd.Series(["2020-01-01"], dtype=object)
    with pytest.raises(TransformFailed, match="data subject"):
        TRANSFORMS["date_shift"]().apply(cells, context)
    with pytest.raises(TransformFailed, match="key"):
        apply("date_shift", ["2020-01-01"], key=None)
    with pytest.raises(TransformFailed, match="fewer than 10 values: rows without a data subject"):
        apply("date_shift", ["2020-01-01"], subject=[None])


@pytest.mark.parametrize("parameters", [("date_shift", {}), ("date_part", {"part": "year"}), ("age_band", {"as_of": 2026})])
@pytest.mark.parametrize("bad", ["secret", "2020-02-30", "31/12/1999", "9999-12-31", "2020-01-01x", "٢٠٢٠"])
def test_values_that_are_no_dates_are_refused_by_number(parameters, bad):
    name, rest = parameters
    with pytest.raises(TransformFailed) as failed:
        apply(name, ["2020-01-01", bad], **rest)
    assert "fewer than 10 values" in str(failed.value)
    assert bad not in str(failed.value).replace("such as 9999-12-31", "")
    assert failed.value.__cause__ is None


@pytest.mark.parametrize("name", ["date_shift", "date_part"])
def test_a_column_without_a_date_format_is_refused_unless_the_policy_gives_one(name):
    rest = {"part": "year"} if name == "date_part" else {}
    with pytest.raises(TransformFailed, match="`format`"):
        apply(name, ["1/2/2003"], kind="text", form=None, **rest)
    [written] = apply(name, ["1/2/2003"], kind="text", form=None, format="%-d/%-m/%Y", **rest)
    assert written != "1/2/2003"


@pytest.mark.parametrize(
    ("part", "expected"), [("year", "1966"), ("quarter", "1966-Q2"), ("month", "1966-04"), ("weekday", "Friday")]
)
def test_date_part_leaves_one_part(part, expected):
    assert apply("date_part", ["08.04.1966", *NULLS], form="%d.%m.%Y", part=part) == [expected, *NULLS]


@pytest.mark.parametrize("part", [None, "day", "Year"])
def test_date_part_refuses_other_parts(part):
    with pytest.raises(ValidationError):
        TRANSFORMS["date_part"].model_validate({"part": part})


@pytest.mark.parametrize(
    ("born", "as_of", "band"),
    [
        ("1966-04-08", "2026-04-07", "55-59"),
        ("1966-04-08", "2026-04-08", "60-64"),
        ("1966-04-08", 2026, "60-64"),
        ("1966-12-31", "2026", "60-64"),
        ("2004-02-29", "2024-02-28", "15-19"),
        ("2004-02-29", "2025-02-28", "20-24"),
        ("1936-04-08", datetime.date(2026, 4, 7), "85-89"),
        ("1936-04-08", datetime.date(2026, 4, 8), "90+"),
        ("1900-01-01", "2026-01-01", "90+"),
        ("2026-01-01", "2026-01-01", "0-4"),
    ],
)
def test_age_band_of_a_birth_date(born, as_of, band):
    assert apply("age_band", [born, *NULLS], as_of=as_of) == [band, *NULLS]


@pytest.mark.parametrize(
    ("age", "parameters", "band"),
    [
        ("42", {}, "40-44"), ("0", {}, "0-4"), ("89", {}, "85-89"), ("90", {}, "90+"), ("104", {}, "90+"),
        ("88", {"width": 7}, "84-89"), ("42", {"width": 1}, "42"), ("61", {"top": 60}, "60+"),
        ("89", {"width": 7, "top": 85}, "85+"),
    ],
)  # fmt: skip
def test_age_band_of_an_age(age, parameters, band):
    assert apply("age_band", [age, *NULLS], kind="integer", form=None, **parameters) == [band, *NULLS]


def test_age_band_of_a_broken_age_is_that_of_the_years_completed():
    assert apply("age_band", ["44.9", "45.0"], kind="decimal", form="0.0") == ["40-44", "45-49"]


@pytest.mark.parametrize(("value", "kind"), [("-1", "integer"), ("-0.5", "decimal"), ("abc", "text"), ("1999", "integer")])
def test_age_band_refuses_what_is_no_age(value, kind):
    with pytest.raises(TransformFailed, match="fewer than 10 values"):
        apply("age_band", [value], kind=kind, form=None)


def test_age_band_needs_a_day_for_birth_dates():
    with pytest.raises(TransformFailed, match="`as_of`"):
        apply("age_band", ["1966-04-08"])
    with pytest.raises(TransformFailed, match="born after"):
        apply("age_band", ["2026-04-08"], as_of="2026-04-07")


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", 26, True, "26", 2026.5])
def test_age_band_refuses_what_is_no_day(as_of):
    with pytest.raises(ValidationError):
        TRANSFORMS["age_band"].model_validate({"as_of": as_of})
