from __future__ import annotations

import gzip
from functools import partial
from pathlib import Path

import pytest

from tasks.store import detect
from veil.errors import DropRefused
from veil.model import FileFormat

TEXT = "name;note\nÉva;a,b\n"

# The same bytes in every process: a clock in them would give a test another name in each.
packed = partial(gzip.compress, mtime=0)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"x,y\n1,2\n", FileFormat("csv")),
        ("A.CSV", b"x,y\n1,2", FileFormat("csv", final_newline=False)),
        ("a.csv", b"x;y\r\n1,5;2,5\r\n", FileFormat("csv", delimiter=";", newline="\r\n")),
        ("a.csv", b"x|y\n1|2\n", FileFormat("csv", delimiter="|")),
        ("a.tsv", b"x\ty\n1,0\t2\n", FileFormat("csv", delimiter="\t", suffix=".tsv")),
        ("a.tsv", b"x,z\ty\n1,0\t2\n", FileFormat("csv", delimiter="\t", suffix=".tsv")),
        ("a.txt", b"x\ty\n1\t2\n", FileFormat("csv", delimiter="\t", suffix=".txt")),
        ("a.csv", b'"x;1","y"\n"a;b","c"\n', FileFormat("csv")),
        ("a.csv", b'x,y\n"a;\nb;",c\n', FileFormat("csv")),
        ("a.csv", b"'x','y'\n'a,b','c'\n", FileFormat("csv", quote="'")),
        ("a.csv", b"x,y\n'a,b','c'\n", FileFormat("csv", quote="'")),
        ("a.csv", b"x,y\nO'Brien,'t\n", FileFormat("csv")),
        ("a.csv", b"note\nhello\nthere\n", FileFormat("csv")),
        ("a.csv", b"x,y\n1,2\n\n\n", FileFormat("csv")),
        ("a.csv", b"\xef\xbb\xbfx,y\n1,2\n", FileFormat("csv", bom=True)),
        ("a.csv", b"\xff\xfe" + TEXT.encode("utf-16-le"), FileFormat("csv", "utf-16-le", True, ";")),
        ("a.csv", b"\xfe\xff" + TEXT.encode("utf-16-be"), FileFormat("csv", "utf-16-be", True, ";")),
        ("a.csv.gz", packed(b"x,y\n1,2\n"), FileFormat("csv", compression="gzip", suffix=".csv.gz")),
        ("a.csv.gz", packed(b"x,y\n") + packed(b"1,2"),
         FileFormat("csv", compression="gzip", suffix=".csv.gz", final_newline=False)),
        ("a.jsonl", b'{"x":1}\n', FileFormat("jsonl", suffix=".jsonl")),
        ("a.ndjson.gz", packed(b'{"x":1}\r\n'),
         FileFormat("jsonl", newline="\r\n", compression="gzip", suffix=".ndjson.gz")),
        ("a.json", b'{"x":1}', FileFormat("jsonl", final_newline=False, suffix=".json")),
        ("a.parquet", b"PAR1", FileFormat("parquet", suffix=".parquet")),
    ],
)
def test_a_format_is_found_and_reported(tmp_path: Path, name: str, content: bytes, expected: FileFormat) -> None:
    assert detect(written(tmp_path, name, content)) == expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv.gz", packed(b""), "is empty"),
        ("a.jsonl", b"", "is empty"),
        ("a.parquet", b"", "is empty"),
        ("a.xlsx", b"PK\x03\x04", "no known format"),
        ("a", b"x,y\n1,2\n", "no known format"),
        ("a.parquet.gz", b"", "no known format"),
        ("a.csv", b"PK\x03\x04", "a zip archive"),
        ("a.csv", b"PAR1", "holds Parquet data"),
        ("a.parquet", b"x,y\n1,2\n", "damaged Parquet"),
        ("a.csv", packed(b"x,y\n1,2\n"), "end its name with .gz"),
        ("a.csv.gz", packed(packed(b"x,y\n1,2\n")), "end its name with .gz, once"),
        ("a.csv.gz", b"x,y\n1,2\n", "gzip data or its trailer is damaged"),
        ("a.csv.gz", packed(b"x,y\n1,2\n")[:-3], "ends early"),
        ("a.csv.gz", packed(b"x,y\n1,2\n")[:-8] + b"12345678", "trailer is damaged"),
        ("a.csv.gz", packed(b"x,y\n1,2\n") + b"more", "trailer is damaged"),
        ("a.csv", b'{"x":1,"y":2}\n', "holds JSON"),
        ("a.csv", b"x,y;z\n1,2;3\n", "comma and semicolon alike"),
        ("a.csv", "x,y\n1,É\n".encode("latin-1"), "offset 6 is not valid utf-8; declare its encoding"),
        ("a.csv", "x,y\n1,2\n".encode("utf-16-le"), "NUL"),
    ],
)
def test_what_is_not_certain_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(DropRefused) as refused:
        detect(written(tmp_path, name, content))
    assert refused.value.file == name
    assert reason in refused.value.reason
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("declared", "content", "expected"),
    [
        ("latin-1", "x,y\n1,É\n".encode("latin-1"), "iso8859-1"),
        ("cp1252", "x,y\n1,€\n".encode("cp1252"), "cp1252"),
        ("UTF8", b"x,y\n1,2\n", "utf-8"),
        ("utf-16-le", "x,y\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("utf-16", b"\xfe\xff" + "x,y\n1,2\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_a_declared_encoding_is_taken(tmp_path: Path, declared: str, content: bytes, expected: str) -> None:
    assert detect(written(tmp_path, "a.csv", content), encoding=declared).encoding == expected


@pytest.mark.parametrize(
    ("declared", "content", "reason"),
    [
        ("cp1252", b"\xef\xbb\xbfx,y\n1,2\n", "begins with the byte order mark of utf-8"),
        ("cp1252", b"x,y\n1,\x81\n", "offset 6 is not valid cp1252"),
        ("utf-16-le", b"\xff\xfe" + "x,y\n1,".encode("utf-16-le") + b"\x00\xd8\n\x00", "offset 14 is not valid utf-16-le"),
        ("utf-7", b"x,y\n1,2\n", "declared encoding is not one of"),
        ("klingon", b"x,y\n1,2\n", "declared encoding is not one of"),
        ("utf-16", b"x,y\n1,2\n", "declared encoding is not one of"),
    ],
)
def test_a_declared_encoding_that_does_not_hold_is_refused(tmp_path: Path, declared: str, content: bytes, reason: str) -> None:
    with pytest.raises(DropRefused, match=reason):
        detect(written(tmp_path, "a.csv", content), encoding=declared)


def test_a_declared_delimiter_settles_an_ambiguous_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"x,y;z\n1,2;3\n")
    assert detect(path, delimiter=";").delimiter == ";"
    with pytest.raises(DropRefused, match="not a comma, semicolon, tab, pipe"):
        detect(path, delimiter=":")


def test_a_ragged_file_keeps_the_delimiter_of_most_records(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"x;y\n" + b"1;2,0\n" * 20 + b"1;2;3\n")
    assert detect(path).delimiter == ";"


def test_only_the_beginning_decides_the_dialect(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"x,y\n" + b"1,2\n" * 1_000_000 + b"1;2\n")
    assert detect(path).delimiter == ","
