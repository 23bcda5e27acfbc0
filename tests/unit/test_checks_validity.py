"""Structure and validity: exactly 1 when right, below 1 for every single way to be wrong."""

import pandas as pd
import pytest

from veil.checks import CheckInput, Structure
from veil.checks.validity import Validity, count_invalid, number_pattern
from veil.model import Column


def frame(**columns):
    return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()})


ORIGINAL = frame(
    age=["20", "30", "40", "50"],
    price=["1.50", "2.00", "9.99", "4.25"],
    born=["01/02/1990", "31/12/1999", "15/06/1985", "02/02/1992"],
    color=["red", "blue", "red", None],
    note=["a b", "c d", "e f", "g h"],
    ok=["yes", "no", "yes", "no"],
    extra=['{"a":1}', "[]", "[1]", "{}"],
)
COLUMNS = (
    Column("age", "integer"),
    Column("price", "decimal", "0.00"),
    Column("born", "date", "%d/%m/%Y"),
    Column("color", "category"),
    Column("note", "text"),
    Column("ok", "boolean", "no|yes"),
    Column("extra", "json"),
)


def tables(synthetic, **other):
    return CheckInput("t", COLUMNS, (), ORIGINAL[:2], ORIGINAL[2:], synthetic, **other)


def validity(synthetic):
    return Validity().measure(tables(synthetic))[0]


def test_real_rows_are_valid_exactly():
    assert validity(ORIGINAL).value == 1.0
    assert validity(ORIGINAL.iloc[[3, 0, 0]].reset_index(drop=True)).value == 1.0


def test_new_values_in_range_and_format_are_valid():
    made = frame(
        age=["33"], price=["3.10"], born=["01/01/1995"], color=["blue"], note=["never seen"], ok=["no"], extra=['{"b": 2}']
    )
    assert validity(made).value == 1.0


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("age", "51"),
        ("age", "19"),
        ("age", "030"),
        ("age", "30.0"),
        ("age", ""),
        ("age", None),
        ("age", "x"),
        ("price", "3.1"),
        ("price", "3,10"),
        ("price", "10.00"),
        ("price", "3.100"),
        ("born", "1995-01-01"),
        ("born", "01/01/2005"),
        ("born", "1/1/1995"),
        ("born", "31/02/1995"),
        ("color", "green"),
        ("color", "Red"),
        ("ok", "YES"),
        ("ok", None),
        ("note", None),
        ("extra", "{"),
    ],
)
def test_one_bad_cell_is_counted_and_not_shown(column, cell):
    made = ORIGINAL.copy()
    made.loc[0, column] = cell
    result = validity(made)
    assert result.value == pytest.approx(1 - 1 / 28)
    assert result.detail == f"column `{column}`: fewer than 10 invalid cells"


def test_null_is_valid_only_where_the_original_has_nulls():
    made = ORIGINAL.copy()
    made["color"] = None
    assert validity(made).value == 1.0


def test_a_declared_null_value_of_the_original_is_valid_in_a_numeric_column():
    known = pd.Series(["1", "NA", "3"], dtype=object)
    made = pd.Series(["2", "NA", "N/A"], dtype=object)
    assert count_invalid(known, made, Column("n", "integer")) == 1


def test_range_of_a_column_without_a_number_admits_nothing_new():
    nothing = pd.Series([None, None], dtype=object)
    assert count_invalid(nothing, pd.Series(["1", None], dtype=object), Column("n", "integer")) == 1


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("0.##", ["1", "1.5", "-2.25"], ["1.50", "1.", "1.234", "01"]),
        ("0,00", ["1,50", "-0,05"], ["1.50", "1,5"]),
        (None, ["1", "1.5", "1.50"], ["1,5", "x"]),
    ],
)
def test_decimal_formats(pattern, good, bad):
    column = Column("d", "decimal", pattern)
    matches = pd.Series(good + bad).str.fullmatch(number_pattern(column)).tolist()
    assert matches == [True] * len(good) + [False] * len(bad)


def test_microseconds_survive_the_format_check():
    column = Column("at", "datetime", "%Y-%m-%d %H:%M:%S.%f")
    known = pd.Series(["2020-01-01 00:00:00.000001", "2020-12-31 23:59:59.999999"], dtype=object)
    made = pd.Series(["2020-06-01 12:00:00.123456", "2020-06-01 12:00:00.5"], dtype=object)
    assert count_invalid(known, made, column) == 1


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (lambda t: t, 1.0),
        (lambda t: t[:3], 0.75),
        (lambda t: pd.concat([t, t]), 0.5),
        (lambda t: t[[*t.columns[1:], t.columns[0]]], 0.0),
        (lambda t: t.drop(columns="extra"), 6 / 7),
        (lambda t: t.assign(more="x"), 7 / 8),
        (lambda t: t[:0], 0.0),
    ],
)
def test_structure_is_one_only_for_the_same_columns_in_order_and_all_rows(change, value):
    assert Structure().measure(tables(change(ORIGINAL)))[0].value == pytest.approx(value)


def test_structure_takes_the_number_of_rows_that_was_asked_for():
    assert Structure(n_rows=2).measure(tables(ORIGINAL[:2]))[0].value == 1.0
    assert Structure(n_rows=0).measure(tables(ORIGINAL[:0]))[0].value == 1.0
