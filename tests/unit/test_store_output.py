from __future__ import annotations

import csv
import gzip
import json
import os
import stat
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.store import detect, read_drop, read_table, write_output, write_table
from tasks.store.csv_rows import read_csv
from tasks.store.jsonl_rows import read_jsonl
from veil.errors import ReleaseFailed
from veil.model import Column, FileFormat, Table

DATA = Path(__file__).parents[2].parent / "shared" / "data"
CELLS = st.one_of(
    st.none(),
    st.just(""),
    st.text(st.sampled_from(list("ab ,;\t|'\"\n\ré€\ufeff\u2028")), max_size=6),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)
NAMES = CELLS.filter(lambda name: bool(name and name.strip()))
FORMATS = st.builds(
    FileFormat,
    kind=st.just("csv"),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    bom=st.booleans(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quote=st.sampled_from(['"', "'"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    final_newline=st.booleans(),
    compression=st.sampled_from(["none", "gzip"]),
)


def table_of(folder: Path, columns: dict[str, list[str | None]], physical: str = "string") -> Table:
    described = [Column(name, physical=physical) for name in columns]
    return write_table("t", [pd.DataFrame(columns, dtype=object)], folder / "table", stage="transform", columns=described)


def output_of(folder: Path, table: Table, file_format: FileFormat) -> bytes:
    write_output(table, file_format, folder / "out")
    return (folder / "out").read_bytes()


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        (None, b""),
        ("", b'""'),
        ("NA", b"NA"),
        (" a ", b" a "),
        ("a,b", b'"a,b"'),
        ("a;b'c", b"a;b'c"),
        ('5" pipe', b'"5"" pipe"'),
        ("a\nb", b'"a\nb"'),
        ("a\rb", b'"a\rb"'),
        ("=1+1", b"=1+1"),
        ("é", "é".encode()),
    ],
)
def test_a_cell_is_quoted_only_where_it_must_be(tmp_path: Path, cell: str | None, field: bytes) -> None:
    table = table_of(tmp_path, {"x": [cell, None], "y": ["1", "2"]})
    assert output_of(tmp_path, table, FileFormat("csv")) == b"x,y\n" + field + b",1\n,2\n"


@settings(max_examples=300, deadline=None)
@given(data=st.data(), file_format=FORMATS, n_columns=st.integers(1, 3))
def test_a_csv_table_reads_back_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, file_format: FileFormat, n_columns: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    names = data.draw(st.lists(NAMES, min_size=n_columns, max_size=n_columns, unique=True))
    records = data.draw(st.lists(st.tuples(*[CELLS] * n_columns), min_size=1, max_size=12))
    table = table_of(folder, dict(zip(names, map(list, zip(*records, strict=True)), strict=True)))
    output_of(folder, table, file_format)
    again = write_table("t", read_csv(folder / "out", file_format, block_bytes=9), folder / "again", stage="ingest")
    assert again.sha256 == table.sha256
    assert output_of(folder, again, file_format) == output_of(folder, table, file_format)
    assert read_table(again).to_numpy().tolist() == [list(record) for record in records]


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=12), final_newline=st.booleans())
def test_a_jsonl_table_reads_back_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str | None], final_newline: bool
) -> None:
    folder, file_format = tmp_path_factory.getbasetemp(), FileFormat("jsonl", final_newline=final_newline, suffix=".jsonl")
    table = table_of(folder, {'x"\n': cells, "y": cells[::-1]})
    content = output_of(folder, table, file_format)
    assert [list(json.loads(line).values()) for line in content.decode().rstrip("\n").split("\n")] == [
        [one, other] for one, other in zip(cells, cells[::-1], strict=True)]
    again = write_table("t", read_jsonl(folder / "out", file_format), folder / "again", stage="ingest")
    assert again.sha256 == table.sha256


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        ("number", ["1.50", None, "-1E+5", "9" * 30], ["1.50", "null", "-1E+5", "9" * 30]),
        ("number", ["1", "20-24"], ['"1"', '"20-24"']),
        ("number", ["01"], ['"01"']),
        ("number", ["1\n"], ['"1\\n"']),
        ("number", [""], ['""']),
        ("boolean", ["true", "false", None], ["true", "false", "null"]),
        ("boolean", ["true", "***"], ['"true"', '"***"']),
        ("json", ['{"a":[1.50]}', "[]", None], ['{"a":[1.50]}', "[]", "null"]),
        ("json", ['{"a":1}', "gone"], ['"{\\"a\\":1}"', '"gone"']),
        ("json", ['{"a"'], ['"{\\"a\\""']),
        ("json", ["[1,\n2]"], ['"[1,\\n2]"']),
        ("string", ["1", "true"], ['"1"', '"true"']),
    ],
)
def test_a_json_value_stands_bare_while_its_whole_column_is_of_its_kind(
    tmp_path: Path, kind: str, cells: list[str | None], values: list[str]
) -> None:
    content = output_of(tmp_path, table_of(tmp_path, {"x": cells}, kind), FileFormat("jsonl"))
    assert content.decode() == "".join(f'{{"x":{value}}}\n' for value in values)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"x,y\n1,\n,\"\"\n"),
        ("a.csv", b"\xef\xbb\xbfx;y\r\n1,5;\"a;b\"\r\n2;\"\""),
        ("a.csv", b"\xff\xfe" + "x|y\né|\"\n\"\n".encode("utf-16-le")),
        ("a.tsv", b"x\ty\n1\t2"),
        ("a.csv", b"'x','y'\n'a,b','c'\n".replace(b"'x','y'", b"x,y").replace(b"'c'", b"c")),
        ("a.csv.gz", gzip.compress(b"x,y\n1,2\n", mtime=0)),
        ("a.jsonl", '{"x":1.50,"y":"é","z":null}\n{"x":2,"y":"","z":{"a":[true]}}\n'.encode()),
        ("a.ndjson", b'{"x":true}\r\n{"x":false}'),
    ],
)
def test_a_file_in_plain_style_comes_back_byte_for_byte(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    drop = read_drop(tmp_path / name, tmp_path / "work", dataset="d", received_at="now")
    found = output_of(tmp_path, drop.tables[0], drop.files[0].format)
    if name.endswith(".gz"):
        found, content = gzip.decompress(found), gzip.decompress(content)
    assert found == content
    out = tmp_path / f"again{drop.files[0].format.suffix}"
    write_output(drop.tables[0], drop.files[0].format, out)
    assert detect(out) == drop.files[0].format


def test_a_lone_column_keeps_its_last_null_without_a_final_newline(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"x": ["a", None]})
    assert output_of(tmp_path, table, FileFormat("csv", final_newline=False)) == b"x\na\n\n"


def test_a_table_without_rows_is_a_header(tmp_path: Path) -> None:
    assert output_of(tmp_path, table_of(tmp_path, {"x": [], "y": []}), FileFormat("csv")) == b"x,y\n"


def test_files_are_private_and_the_same_each_time(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"x": ["a", None], "y": ["1", "2"]}, "int64")
    mask = os.umask(0)
    try:
        for file_format in (FileFormat("csv", compression="gzip"), FileFormat("jsonl"), FileFormat("parquet")):
            first = output_of(tmp_path, table, file_format)
            assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
            os.utime(tmp_path / "out", (0, 0))
            assert output_of(tmp_path, table, file_format) == first
    finally:
        os.umask(mask)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "out").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic links"):
        output_of(tmp_path, table_of(tmp_path, {"x": ["a"]}), FileFormat("csv"))
    assert (tmp_path / "target").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": ["é"] * 12, "y": ["Ω"] * 12}, "column `y`: 12 cells cannot be written in cp1252"),
        ({"x": ["Ω", "a"]}, "column `x`: fewer than 10 cells cannot be written"),
        ({"Ω": ["a"]}, "a column's name cannot be written in cp1252"),
    ],
)
def test_a_cell_that_the_encoding_lacks_fails_the_release(
    tmp_path: Path, columns: dict[str, list[str | None]], message: str
) -> None:
    table = table_of(tmp_path, columns)
    assert output_of(tmp_path, table, FileFormat("csv")).decode()
    with pytest.raises(ReleaseFailed, match=message) as failed:
        output_of(tmp_path, table, FileFormat("csv", encoding="cp1252"))
    assert failed.value.__context__ is None


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data sets are not here")
@pytest.mark.parametrize(
    ("name", "n_rows", "n_columns"),
    [("adventure-works-bike-buying.csv", 16_519, 24), ("adult.csv", 32_561, 15), ("google-meet-mycompany.csv", 6_407, 59)],
)
def test_real_files_come_back_cell_by_cell(tmp_path: Path, name: str, n_rows: int, n_columns: int) -> None:
    drop = read_drop(DATA / name, tmp_path / "work", dataset="d", received_at="now")
    table = drop.tables[0]
    assert (table.n_rows, len(table.columns)) == (n_rows, n_columns)
    write_output(table, drop.files[0].format, tmp_path / name)
    with open(DATA / name, newline="", encoding="utf-8") as source, open(tmp_path / name, newline="", encoding="utf-8") as out:
        expected = list(csv.reader(source, strict=True))
        assert list(csv.reader(out, strict=True)) == expected
    assert read_table(table).fillna("").to_numpy().tolist() == expected[1:]
    again = read_drop(tmp_path / name, tmp_path / "again", dataset="d", received_at="now")
    assert again.tables[0].sha256 == table.sha256
    assert again.files[0].format == drop.files[0].format
