from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.store import (
    distinct,
    read_partitions,
    read_table,
    replace_columns,
    write_table,
)
from tests.unit.stored_columns import column_sha256, n_nulls
from veil.errors import StageFailed, UnknownColumn, VeilError
from veil.model import Column

COLUMNS = (Column("x"), Column("y", physical="number"))
CELLS = st.one_of(st.none(), st.just(""), st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
RECORDS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=30)


def frame_of(records: list[tuple[str | None, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(records, columns=["x", "y"], dtype=object)


def sha256_of(folder: Path, records: list[tuple[str | None, str | None]]) -> str:
    return write_table("people", [frame_of(records)], folder, stage="ingest", columns=COLUMNS).sha256


@settings(max_examples=100, deadline=None)
@given(records=RECORDS, cut=st.integers(0, 30), rows=st.integers(1, 8))
def test_content_and_digests_do_not_depend_on_batches_or_partitions(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str | None, str | None]], cut: int, rows: int
) -> None:
    folder, frame = tmp_path_factory.getbasetemp(), frame_of(records)
    whole = write_table("people", [frame], folder / "whole", stage="ingest", columns=COLUMNS)
    batches = [frame[:cut], pa.table({name: pa.array(frame[name], pa.string()) for name in "xy"})[cut:]]
    parts = write_table("people", batches, folder / "parts", stage="ingest", rows=rows)
    assert whole.sha256 == parts.sha256
    assert [column_sha256(whole, name) for name in "xy"] == [column_sha256(parts, name) for name in "xy"]
    assert len(list((folder / "parts").iterdir())) == -(-len(records) // rows)
    pd.testing.assert_frame_equal(read_table(whole), frame)
    pd.testing.assert_frame_equal(pd.concat(read_partitions(parts)), frame)


@settings(max_examples=200, deadline=None)
@given(one=RECORDS, other=RECORDS)
def test_equal_digests_mean_equal_cells(
    tmp_path_factory: pytest.TempPathFactory, one: list[tuple[str | None, str | None]], other: list[tuple[str | None, str | None]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert (sha256_of(folder / "one", one) == sha256_of(folder / "other", other)) == (one == other)


@pytest.mark.parametrize(
    "other",
    [
        [("", "b"), ("c", None)],
        [(None, "b"), ("c", "")],
        [("b", None), ("c", None)],
        [(None, "bc"), ("", None)],
        [("c", None), (None, "b")],
        [(None, "b")],
        [(None, "b"), ("c", None), (None, None)],
    ],
)
def test_a_small_difference_changes_the_digest(tmp_path: Path, other: list[tuple[str | None, str | None]]) -> None:
    assert sha256_of(tmp_path / "one", [(None, "b"), ("c", None)]) != sha256_of(tmp_path / "other", other)


def test_a_column_name_changes_the_table_digest_and_not_the_column_digest(tmp_path: Path) -> None:
    one = write_table("t", [pa.table({"x": ["a"]})], tmp_path / "one", stage="ingest")
    other = write_table("t", [pa.table({"y": ["a"]})], tmp_path / "other", stage="ingest")
    assert one.sha256 != other.sha256
    assert column_sha256(one, "x") == column_sha256(other, "y")


def test_partitions_are_private_deterministic_and_replace_those_of_a_broken_attempt(tmp_path: Path) -> None:
    frame = frame_of([(str(number), None) for number in range(10)])
    folders = [tmp_path / "one", tmp_path / "other"]
    folders[1].mkdir()
    (folders[1] / "part-00007.parquet").write_bytes(b"stale")
    for folder in folders:
        write_table("people", [frame], folder, stage="ingest", columns=COLUMNS, rows=4)
    names = ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert [sorted(file.name for file in folder.iterdir()) for folder in folders] == [names, names]
    assert all((folders[0] / name).read_bytes() == (folders[1] / name).read_bytes() for name in names)
    assert {stat.S_IMODE(file.stat().st_mode) for folder in folders for file in folder.iterdir()} == {0o600}


def test_very_long_cells_make_smaller_partitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.partitions.MAX_PARTITION_BYTES", 1000)
    frame = frame_of([("a" * 400, "b")] * 8)
    table = write_table("people", [frame], tmp_path / "t", stage="ingest")
    assert len(list((tmp_path / "t").iterdir())) == 4
    pd.testing.assert_frame_equal(read_table(table), frame)


def test_declared_columns_are_kept_and_found_ones_are_described(tmp_path: Path) -> None:
    frame = frame_of([("a", None), ("b", "1")])
    declared = write_table("t", [frame[["y", "x"]]], tmp_path / "t", stage="transform", columns=COLUMNS)
    assert (declared.columns, declared.stage, declared.n_rows, declared.name) == (COLUMNS, "transform", 2, "t")
    found = write_table("t", [frame], tmp_path / "u", stage="ingest")
    assert [(column.name, column.nullable, column.physical) for column in found.columns] == [
        ("x", False, "string"), ("y", True, "string")]
    assert found.sha256 == declared.sha256
    assert replace_columns(found, COLUMNS).columns == COLUMNS


def test_a_column_that_appears_late_is_null_before(tmp_path: Path) -> None:
    batches = [pa.table({"x": ["a", "b"]}), pa.table({"y": ["1"], "x": ["c"]}), pa.table({"x": ["d"]})]
    expected = [["a", None], ["b", None], ["c", "1"], ["d", None]]
    tables = [write_table("t", batches, tmp_path / str(rows), stage="ingest", rows=rows) for rows in (1, 2, 3, 100)]
    assert [read_table(table).to_numpy().tolist() for table in tables] == [expected] * 4
    assert len({(table.sha256, table.columns) for table in tables}) == 1
    assert [column.nullable for column in tables[0].columns] == [False, True]


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    table = write_table("t", [], tmp_path / "t", stage="transform", columns=COLUMNS)
    assert table.n_rows == 0
    assert list(read_table(table).columns) == ["x", "y"]
    assert (len(distinct(table, "x")), n_nulls(table, "x")) == (0, 0)


@pytest.mark.parametrize("frame", [pd.DataFrame({"x": ["a"]}), pd.DataFrame({"x": ["a"], "y": ["b"], "z": ["c"]})])
def test_other_columns_than_declared_are_refused(tmp_path: Path, frame: pd.DataFrame) -> None:
    with pytest.raises(UnknownColumn):
        write_table("t", [frame], tmp_path / "t", stage="transform", columns=COLUMNS)


@pytest.mark.parametrize("cell", [1, 1.5, True, ["secret"], "\ud800secret"])
def test_a_cell_that_is_no_string_is_refused_without_being_shown(tmp_path: Path, cell: object) -> None:
    with pytest.raises(StageFailed) as failed:
        write_table("t", [pd.DataFrame({"x": pd.Series([cell]), "y": ["b"]})], tmp_path / "t", stage="transform", columns=COLUMNS)
    assert failed.value.__context__ is None
    assert "secret" not in str(failed.value)


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é"])), max_size=40), rows=st.integers(1, 9))
def test_distinct_counts_like_a_loop(tmp_path_factory: pytest.TempPathFactory, cells: list[str | None], rows: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "distinct"
    table = write_table("t", [pd.DataFrame({"x": pd.Series(cells, dtype=object)})], folder, stage="ingest",
                        columns=[Column("x")], rows=rows)
    expected = Counter(cell for cell in cells if cell is not None)
    found = distinct(table, "x")
    assert list(found.items()) == list(expected.items())
    assert n_nulls(table, "x") == cells.count(None)


def test_distinct_merges_what_many_partitions_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.counts.ROWS_PER_PARTITION", 10)
    cells = [str(number % 97) for number in range(1000)]
    table = write_table("t", [pd.DataFrame({"x": cells})], tmp_path / "t", stage="ingest", rows=7)
    assert dict(distinct(table, "x")) == Counter(cells)


def test_reading_asks_for_columns_by_name(tmp_path: Path) -> None:
    batch = pa.table({"a": ["1"], "a.b": ["2"], "c": [None]}).cast(pa.schema([(name, pa.string()) for name in ("a", "a.b", "c")]))
    table = write_table("t", [batch], tmp_path / "t", stage="ingest")
    frame = read_table(table, ["c", "a"])
    assert (list(frame.columns), frame.to_numpy().tolist()) == (["c", "a"], [[None, "1"]])
    assert set(frame.dtypes) == {np.dtype(object)}
    for ask in (lambda: read_table(table, ["b"]), lambda: distinct(table, "b"), lambda: n_nulls(table, "b"),
                lambda: column_sha256(table, "b"), lambda: replace_columns(table, COLUMNS)):
        with pytest.raises(UnknownColumn):
            ask()


def test_a_missing_partition_is_noticed(tmp_path: Path) -> None:
    table = write_table("t", [frame_of([("a", "b")] * 10)], tmp_path / "t", stage="ingest", rows=3)
    (tmp_path / "t" / "part-00002.parquet").unlink()
    with pytest.raises(VeilError, match="do not hold the 10 rows"):
        read_table(table)
