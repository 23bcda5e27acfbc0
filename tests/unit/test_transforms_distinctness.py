"""The exact count of values that lost their pseudonym."""

import pandas as pd
import pytest

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.distinctness import n_merged
from veil.transforms.keys import Key

CONTEXT = Context(Column("c"), key=Key("main", "1", bytes(32)), keyspace="k", canonical="numeric-id")


@pytest.mark.parametrize(
    ("values", "pseudonyms", "merged"),
    [
        ([], [], 0),
        (["1", "2"], ["a", "b"], 0),
        (["1", "2"], ["a", "a"], 1),
        (["1", "01", "2"], ["a", "a", "b"], 0),
        (["1", "2", "3"], ["a"] * 3, 2),
    ],
)
def test_values_that_share_a_pseudonym_are_counted_and_spellings_are_not(values, pseudonyms, merged):
    assert n_merged(values, pseudonyms, CONTEXT) == merged


@pytest.mark.parametrize("name", ["token", "hash", "encrypt", "fpe"])
def test_no_value_of_many_loses_its_pseudonym(name):
    values = [str(number) for number in range(1_000_000, 1_050_000)]
    pseudonyms = TRANSFORMS[name]().apply(pd.Series(values, dtype=object), CONTEXT)
    assert n_merged(values, list(pseudonyms), CONTEXT) == 0
