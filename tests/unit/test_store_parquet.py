from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.store import detect, read_table, write_output, write_table
from tasks.store.arrow_types import parse_type, to_text
from tasks.store.parquet_rows import read_parquet
from veil.errors import DropRefused
from veil.model import Table

BRUSSELS = pa.timestamp("ms", tz="Europe/Brussels")
CASES: list[tuple[pa.DataType, list[Any], list[str]]] = [
    (pa.int64(), [2**63 - 1, -(2**63)], ["9223372036854775807", "-9223372036854775808"]),
    (pa.uint64(), [2**64 - 1, 0], ["18446744073709551615", "0"]),
    (pa.int8(), [-1, 7], ["-1", "7"]),
    (pa.float64(), [0.1, 1 / 3, 1e300, -0.0, 5e-324, 1e16], ["0.1", "0.3333333333333333", "1e+300", "-0", "5e-324", "1e+16"]),
    (pa.float64(), [float("nan"), float("inf"), float("-inf")], ["nan", "inf", "-inf"]),
    (pa.float32(), [np.float32(0.1)], ["0.1"]),
    (pa.float16(), [np.float16(1.5)], ["1.5"]),
    (pa.decimal128(20, 2), [Decimal("1.50"), Decimal("-123456789012345678.90")], ["1.50", "-123456789012345678.90"]),
    (pa.decimal128(20, 10), [Decimal("1E-10")], ["1E-10"]),
    (pa.decimal256(50, 3), [Decimal("1.5")], ["1.500"]),
    (pa.bool_(), [True, False], ["true", "false"]),
    (pa.date32(), [dt.date(1, 1, 1), dt.date(9999, 12, 31)], ["0001-01-01", "9999-12-31"]),
    (pa.date64(), [dt.date(2020, 1, 2)], ["2020-01-02"]),
    (pa.timestamp("ms"), [dt.datetime(2020, 1, 2)], ["2020-01-02 00:00:00.000"]),
    (pa.timestamp("us"), [dt.datetime(2020, 1, 2, 3, 4, 5, 6)], ["2020-01-02 03:04:05.000006"]),
    (pa.timestamp("ns", tz="UTC"), [dt.datetime(2020, 1, 2, tzinfo=dt.UTC)], ["2020-01-02 00:00:00.000000000Z"]),
    (BRUSSELS, [dt.datetime(2020, 7, 2, tzinfo=dt.UTC)], ["2020-07-02 02:00:00.000+0200"]),
    (pa.time32("ms"), [dt.time(1, 2, 3)], ["01:02:03.000"]),
    (pa.time64("us"), [dt.time(1, 2, 3, 4)], ["01:02:03.000004"]),
    (pa.duration("ms"), [dt.timedelta(seconds=-1)], ["-1000"]),
    (pa.string(), ["00123", "", " a\n\0"], ["00123", "", " a\n\0"]),
    (pa.large_string(), ["é"], ["é"]),
    (pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a"], ["a", "b", "a"]),
    (pa.null(), [], []),
]


def table_of(folder: Path, columns: dict[str, pa.Array], **options: Any) -> Table:
    path = folder / "people.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return write_table("people", read_parquet(path), folder / "table", stage="ingest")


@pytest.mark.parametrize(("kind", "values", "expected"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_value_has_lossless_text_and_comes_back_in_its_type(
    tmp_path: Path, kind: pa.DataType, values: list[Any], expected: list[str]
) -> None:
    source = pa.array([None, *values], kind)
    table = table_of(tmp_path, {"x": source})
    assert read_table(table)["x"].tolist() == [None, *expected]
    out = tmp_path / "out.parquet"
    write_output(table, detect(tmp_path / "people.parquet"), out)
    stored = pq.read_table(tmp_path / "people.parquet")
    again = pq.read_table(out)
    assert parse_type(table.columns[0].physical) is not None
    assert to_text(again.column("x")).to_pylist() == [None, *expected]
    if not pa.types.is_dictionary(kind):
        assert again.schema.field("x").type == stored.schema.field("x").type
    else:
        assert pa.types.is_dictionary(again.schema.field("x").type)


def test_a_column_that_no_longer_has_its_type_is_written_as_strings(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"age": [30, 41], "born": [dt.date(2020, 1, 2)] * 2, "pay": [1, 2]}), path)
    raw = write_table("people", read_parquet(path), tmp_path / "raw", stage="ingest")
    frame = read_table(raw).assign(age=["30-39", "40-49"], born=["2020-01-01", None], pay=["01", "2"])
    table = write_table("people", [frame], tmp_path / "table", stage="transform", columns=raw.columns)
    write_output(table, detect(path), tmp_path / "out.parquet")
    out = pq.read_table(tmp_path / "out.parquet")
    assert [str(kind) for kind in out.schema.types] == ["string", "date32[day]", "string"]
    assert out.to_pydict() == {"age": ["30-39", "40-49"], "born": [dt.date(2020, 1, 1), None], "pay": ["01", "2"]}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"x": pa.array([b"secret"])}, "column 1 is of type binary"),
        ({"y": pa.array([1]), "x": pa.array([[1]])}, "column 2 is of type list"),
        ({"x": pa.array([{"secret": 1}])}, "column 1 is of type struct"),
        ({"x": pa.array([], pa.int64())}, "no rows"),
        ({" ": pa.array([1])}, "column 1 has no name"),
    ],
)
def test_what_has_no_lossless_text_is_refused(tmp_path: Path, columns: dict[str, pa.Array], reason: str) -> None:
    with pytest.raises(DropRefused) as refused:
        table_of(tmp_path, columns)
    assert reason in refused.value.reason
    assert "secret" not in str(refused.value)


def test_duplicate_names_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]), path)
    with pytest.raises(DropRefused, match="columns 1 and 2 have the same name"):
        list(read_parquet(path))


def test_a_damaged_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"x": [f"secret{number}" for number in range(2000)]}), path, write_page_checksum=True)
    whole = path.read_bytes()
    for share in range(64):
        path.write_bytes(whole[: len(whole) * share // 64])
        with pytest.raises(DropRefused) as refused:
            list(read_parquet(path))
        assert refused.value.__context__ is None
        assert "secret" not in str(refused.value)


def test_a_flipped_byte_in_a_checked_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"x": ["value"] * 50}), path, write_page_checksum=True, compression="none", use_dictionary=False)
    whole = path.read_bytes()
    middle = whole.index(b"value", whole.index(b"value" + (5).to_bytes(4, "little") + b"value") + 20)
    path.write_bytes(whole[:middle] + b"w" + whole[middle + 1 :])
    with pytest.raises(DropRefused, match="not a readable Parquet file"):
        list(read_parquet(path))


def test_invalid_utf8_in_a_string_column_is_refused(tmp_path: Path) -> None:
    cells = pa.array([b"\xff\xfe"]).view(pa.string())
    with pytest.raises(DropRefused, match="column 1 holds values that have no lossless text"):
        table_of(tmp_path, {"x": cells})


def test_a_table_that_swells_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.source.MAX_INFLATED_BYTES", 10_000)
    with pytest.raises(DropRefused, match="unpacks to more than 200 times"):
        table_of(tmp_path, {"x": pa.nulls(5_000_000, pa.string())})


def test_names_of_no_type_are_not_parsed() -> None:
    names = ("number", "json", "", "struct<a: int64>", "dictionary<values=list<x>, indices=int32, ordered=0>")
    assert [parse_type(name) for name in names] == [None] * 5
