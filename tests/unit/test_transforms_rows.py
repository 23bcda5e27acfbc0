"""`where` tells rows apart by the raw cells of one column: by words, bounds and nulls, and refuses what it cannot read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veil.errors import TransformFailed
from veil.model import Column, RowTest
from veil.transforms.rows import passing

NULLS = frozenset({"NA"})
CONSENT = ["yes", "no", None, "", "NA", "No", "yes "]
NUMBERS = ["17", "18", "65", "66", None]
DAYS = ["31/12/1999", "01/01/2000", "02/01/2000", ""]


def rows(test: RowTest, cells: list[str | None], kind: str = "text", pattern: str | None = None) -> str:
    series = pd.Series(cells, index=range(100, 100 + len(cells)), dtype=object)
    return "".join("x" if one else "." for one in passing(test, series, Column(test.column, kind, pattern), NULLS))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "passed"),
    [
        (RowTest("c", values=("no",)), ".x....."),
        (RowTest("c", values=("no", "yes")), "xx....."),
        (RowTest("c", values=("no",), null=True), ".xxxx.."),
        (RowTest("c", others=("yes",)), ".xxxxxx"),
        (RowTest("c", others=("yes",), null=False), ".x...xx"),
        (RowTest("c", null=True), "..xxx.."),
        (RowTest("c", null=False), "xx...xx"),
        (RowTest("c", values=("NA",)), "......."),
    ],
)
def test_words_are_compared_letter_by_letter_and_nulls_are_apart(test: RowTest, passed: str) -> None:
    assert rows(test, CONSENT) == passed


@pytest.mark.parametrize(
    ("test", "passed"),
    [
        (RowTest("n", at_least=18, null=False), ".xxx."),
        (RowTest("n", at_most=65, null=False), "xxx.."),
        (RowTest("n", at_least=18, at_most=65, null=True), ".xx.x"),
        (RowTest("n", at_least=17.5, null=False), ".xxx."),
    ],
)
def test_bounds_are_included(test: RowTest, passed: str) -> None:
    assert rows(test, NUMBERS, "integer") == passed


def test_numbers_are_compared_exactly() -> None:
    cells: list[str | None] = ["0.1", "0.30000000000000004", "0.3", "12345678901234567890.1"]
    assert rows(RowTest("n", at_most=0.3), cells, "decimal", "0.##") == "x.x."
    assert rows(RowTest("n", at_least=0.3), ["0,1", "0,3", "0,4"], "decimal", "0,0") == ".xx"


def test_days_are_read_in_the_column_s_format_and_a_time_counts_for_its_day() -> None:
    assert rows(RowTest("d", at_least="2000-01-01", null=False), DAYS, "date", "%d/%m/%Y") == ".xx."
    assert rows(RowTest("d", at_most="2000-01-01", null=True), DAYS, "date", "%d/%m/%Y") == "xx.x"
    stamps: list[str | None] = ["2000-01-01 23:59:59", "2000-01-02 00:00:00"]
    assert rows(RowTest("d", at_most="2000-01-01"), stamps, "datetime", "%Y-%m-%d %H:%M:%S") == "x."


@pytest.mark.parametrize(
    ("test", "cells", "column", "words"),
    [
        (RowTest("n", at_least=18), NUMBERS, Column("n", "integer"), "say `null: true` or `null: false`"),
        (RowTest("n", at_least=18), ["17", "secret"], Column("n"), "no plain numbers"),
        (RowTest("d", at_least="2000-01-01"), ["secret"], Column("d"), "a text column under a `where` that names a day"),
        (RowTest("d", at_least="2000-01-01"), ["2000-01-01", "secret"], Column("d", "date", "%Y-%m-%d"), "no dates"),
    ],
)
def test_a_cell_that_cannot_be_compared_stops_and_is_not_told(
    test: RowTest, cells: list[str | None], column: Column, words: str
) -> None:
    with pytest.raises(TransformFailed, match=words) as caught:
        passing(test, pd.Series(cells, dtype=object), column)
    assert "secret" not in str(caught.value)
    assert "17" not in str(caught.value)


cell = st.none() | st.sampled_from(["yes", "no", "", "NA", "a\0b", "a\0c", "=1+1", "\u202e", "🙂"]) | st.text(max_size=4)


@given(st.lists(cell, max_size=30), st.lists(st.sampled_from(["yes", "no", "a\0b", "🙂"]), min_size=1, max_size=3),
       st.sampled_from([None, True, False]), st.data())  # fmt: skip
def test_a_row_passes_by_its_own_cell_only(
    cells: list[str | None], words: list[str], null: bool | None, data: st.DataObject
) -> None:
    """The slow, obvious version; and cutting a column anywhere changes nothing."""
    wanted, unwanted = RowTest("c", values=tuple(words), null=null), RowTest("c", others=tuple(words), null=null)
    series, column = pd.Series(cells, dtype=object), Column("c")
    empty = [value in (None, "", "NA") for value in cells]
    expected = [bool(null) if gone else value in words for value, gone in zip(cells, empty, strict=True)]
    opposite = [null is not False if gone else value not in words for value, gone in zip(cells, empty, strict=True)]
    assert list(passing(wanted, series, column, NULLS)) == expected
    assert list(passing(unwanted, series, column, NULLS)) == opposite
    cut = data.draw(st.integers(0, len(cells)))
    parts = [passing(wanted, part, column, NULLS) for part in (series[:cut], series[cut:])]
    assert list(np.concatenate(parts)) == expected
