"""Laws of k_anonymize and of counting classes, for any table."""

from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.whole_columns import transformed
from veil.checks import smallest_class, unique_share
from veil.checks.k import class_sizes
from veil.classes import combination_codes, dense_codes, sizes_of, value_codes
from veil.errors import TransformFailed

CELLS = st.one_of(
    st.none(), st.text(st.characters(exclude_categories=()), max_size=3), st.sampled_from(["a", "a\x00b", "a\x00c", "", "*"])
)
NUMBERS = st.integers(0, 50).map(str)
laws = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tables(n_columns):
    rows = st.lists(st.tuples(*[CELLS] * n_columns), min_size=1, max_size=30)
    return rows.map(lambda cells: pd.DataFrame(cells, columns=[f"c{column}" for column in range(n_columns)], dtype=object))


@pytest.mark.parametrize("n_columns", [1, 2, 4])
@laws
@given(data=st.data())
def test_classes_are_counted_as_a_dictionary_counts_them(n_columns, data):
    table = data.draw(tables(n_columns))
    expected = Counter(table.itertuples(index=False, name=None)).values()
    assert sorted(class_sizes(table, list(table.columns)).tolist()) == sorted(expected)
    assert smallest_class(table, list(table.columns)) == min(expected)
    assert unique_share(table, list(table.columns)) == sum(size == 1 for size in expected) / len(table)


@laws
@given(codes=st.lists(st.tuples(*[st.integers(0, 2**20 - 1)] * 4), min_size=1, max_size=30))
def test_combinations_that_do_not_fit_a_word_are_told_apart(codes):
    columns = [(pd.Series(column).to_numpy(dtype="int64"), 2**20) for column in zip(*codes, strict=True)]
    combined, bound = combination_codes(columns)
    assert len(set(combined.tolist())) == len(set(codes))
    assert combined.max() < bound < 2**63
    assert sorted(sizes_of(columns).tolist()) == sorted(Counter(codes).values())
    dense, n = dense_codes(columns)
    assert set(dense.tolist()) == set(range(n))


def test_null_is_a_value_of_its_own():
    codes, n = value_codes(pd.Series([None, "", None, "x"], dtype=object).to_numpy())
    assert (codes.tolist(), n) == ([2, 0, 2, 1], 3)


@pytest.mark.parametrize("method", ["lattice", "mondrian"])
@laws
@given(values=st.lists(NUMBERS, max_size=40), k=st.integers(2, 6))
def test_every_class_has_k_rows_or_the_table_is_refused(method, values, k):
    parameters = {"k": k, "method": method}
    if 0 < len(values) < k:
        with pytest.raises(TransformFailed, match="cannot be made"):
            transformed("k_anonymize", values, kind="integer", parameters=parameters)
    else:
        sizes = Counter(transformed("k_anonymize", values, kind="integer", parameters=parameters)).values()
        assert min(sizes, default=k) >= k


@laws
@given(values=st.lists(NUMBERS, min_size=12, max_size=40))
def test_a_larger_k_never_gives_finer_classes(values):
    classes = [len(set(transformed("k_anonymize", values, kind="integer", parameters={"k": k}))) for k in (2, 3, 5, 8, 12)]
    assert all(finer >= coarser for finer, coarser in pairwise(classes))


@laws
@given(values=st.lists(NUMBERS, min_size=2, max_size=40))
def test_mondrian_ranges_hold_their_numbers(values):
    for value, cell in zip(
        values, transformed("k_anonymize", values, kind="integer", parameters={"k": 2, "method": "mondrian"}), strict=True
    ):
        low, _, high = cell.partition("-")
        assert int(low) <= int(value) <= int(high or low)
