"""A sample of a table's rows."""

from __future__ import annotations

import pandas as pd
import pytest

from tasks import store
from tasks.sampled import sampled_rows
from veil.errors import UnknownColumn

N = 1_000


@pytest.fixture
def table(tmp_path):
    def write(rows):
        ids, even = [str(row) for row in range(N)], [None if row % 2 else "yes" for row in range(N)]
        frame = pd.DataFrame({"id": ids, "even": even}, dtype=object)
        return store.write_table("people", iter([frame]), tmp_path / str(rows), stage="ingest", rows=rows)

    return write


def test_a_sample_has_as_many_rows_as_asked_in_order_and_whole(table):
    sample = sampled_rows(table(130), 400, 1)
    ids = sample["id"].astype(int)
    assert len(sample) == 400
    assert (ids.diff().dropna() > 0).all()
    assert sample.index.tolist() == list(range(400))
    assert ((ids % 2 == 1) == sample["even"].isna()).all()
    assert 0.4 < (ids < N / 2).mean() < 0.6


@pytest.mark.parametrize("rows", [9, 70, 999, 5_000])
def test_the_sample_is_the_same_for_any_partitions(table, rows):
    assert sampled_rows(table(rows), 50, 1).equals(sampled_rows(table(130), 50, 1))
    assert not sampled_rows(table(rows), 50, 2).equals(sampled_rows(table(130), 50, 1))


@pytest.mark.parametrize("most", [N, N + 1])
def test_a_table_that_is_small_enough_is_taken_whole(table, most):
    assert sampled_rows(table(130), most, 1).equals(store.read_table(table(130)))


def test_columns_can_be_chosen_and_an_unknown_one_is_refused(table):
    assert list(sampled_rows(table(130), 10, 1, ["even"]).columns) == ["even"]
    with pytest.raises(UnknownColumn, match="`absent`"):
        sampled_rows(table(130), 10, 1, ["absent"])
