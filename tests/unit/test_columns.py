"""Cells read as numbers and dates and written back."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from veil.checks.validity import number_pattern
from veil.columns import factorize, from_numbers, infer, to_numbers
from veil.model import Column

DECIMALS = {
    "0.00": ["1.50", "12.25", "-3.00"],
    "0.##": ["1.5", "12.25", "3", "-0.75"],
    "0.0#": ["1.5", "12.25", "3.0", "-0.75", "0.0"],
    "0.0": ["1.5", "3.0"],
    "0,0#": ["1,5", "12,25", "3,0"],
}


@pytest.mark.parametrize("form", DECIMALS)
def test_decimals_are_written_back_as_they_came(form: str):
    values = DECIMALS[form]
    column = Column("amount", *infer(values, len(values)))
    assert (column.type, column.format) == ("decimal", form)
    assert list(from_numbers(to_numbers(pd.Series(values, dtype=object), column), column)) == values
    assert all(re.fullmatch(number_pattern(column), value) for value in values)


@pytest.mark.parametrize("values", [["1.50", "2.5"], ["1.0", "2"], ["1.10", "3.0"], ["01.5", "2.5"]])
def test_decimals_without_one_way_of_writing_stay_text(values: list[str]):
    assert infer(values, len(values))[0] == "text"


def test_a_new_number_is_written_in_the_shortest_form_that_the_format_has():
    column = Column("amount", "decimal", "0.0##")
    assert list(from_numbers(np.array([3.0, 2.5, 1.2345, -0.0, 10.0]), column)) == ["3.0", "2.5", "1.234", "0.0", "10.0"]
    assert not re.fullmatch(number_pattern(column), "3")
    assert not re.fullmatch(number_pattern(column), "2.50")


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["a\0b", "a\0c", "a\0b", None], [0, 1, 0, -1]),
        ([0, 1, 0, 2], [0, 1, 0, 2]),
        ([-1, 0, -1], [0, 1, 0]),
        ([], []),
        (["0", 0, "0"], [0, 1, 0]),
    ],
)
def test_values_are_told_apart_whole_numbers_too(values, codes):
    found, levels = factorize(np.array(values, dtype=object))
    assert list(found) == codes
    assert len(levels) == len({value for value in values if value is not None})
