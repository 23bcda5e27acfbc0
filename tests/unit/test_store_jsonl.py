from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.store import read_table, write_table
from tasks.store.jsonl_rows import read_jsonl
from veil.errors import DropRefused
from veil.model import FileFormat

JSONL = FileFormat("jsonl", suffix=".jsonl")


def table_of(folder: Path, content: bytes, **options: int) -> tuple[dict[str, str], list[list[str | None]]]:
    path = folder / "people.jsonl"
    path.write_bytes(content)
    table = write_table("people", read_jsonl(path, JSONL, **options), folder / "table", stage="ingest")
    return {column.name: column.physical for column in table.columns}, read_table(table).to_numpy().tolist()


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("1.50", "number", "1.50"),
        ("-0", "number", "-0"),
        ("1E+05", "number", "1E+05"),
        ("9" * 5000, "number", "9" * 5000),
        ("0.1000000000000000055511151231257827", "number", "0.1000000000000000055511151231257827"),
        ('"1.50"', "string", "1.50"),
        ('""', "string", ""),
        ('"a\\u00e9\\n\\"\\ud83d\\ude00"', "string", 'aé\n"\U0001f600'),
        ('"\u2028"', "string", "\u2028"),
        ("true", "boolean", "true"),
        ("false", "boolean", "false"),
        ("null", "string", None),
        ('{"b": [1.50, null, "é"], "a": true}', "json", '{"b":[1.50,null,"é"],"a":true}'),
        ("[ ]", "json", "[]"),
    ],
)
def test_a_value_keeps_its_text_and_kind(tmp_path: Path, value: str, kind: str, text: str | None) -> None:
    assert table_of(tmp_path, f'{{"x": {value}}}\n'.encode()) == ({"x": kind}, [[text]])


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("block_bytes", [3, 1 << 20])
def test_keys_come_in_order_of_first_appearance_and_are_null_where_absent(tmp_path: Path, rows: int, block_bytes: int) -> None:
    content = b'{"b":null,"a":"x"}\r\n{"a":"y","c":2}\r\n{"b":true}\r\n\r\n'
    kinds, cells = table_of(tmp_path, content, rows=rows, block_bytes=block_bytes)
    assert list(kinds.items()) == [("b", "boolean"), ("a", "string"), ("c", "number")]
    assert cells == [[None, "x", None], [None, "y", "2"], ["true", None, None]]


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b'{"x":1}\n{"x":secret}\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":1\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":01}\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":NaN}\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":1} {"x":2}\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":"a\tb"}\n', 2, "not valid JSON"),
        (b'{"x":1}\n{"x":' + b"[" * 100_000 + b"\n", 2, "not valid JSON"),
        (b'{"x":1}\n[{"x":1}]\n', 2, "not a JSON object"),
        (b'{"x":1}\n"secret"\n', 2, "not a JSON object"),
        (b'{"x":1}\n{"x":1,"x":2}\n', 2, "twice"),
        (b'{"x":{"y":1}}\n{"x":{"y":1,"y":2}}\n', 2, "twice"),
        (b'{"x":1}\n{"x":"secret"}\n', 2, "column 1 holds more than one kind"),
        (b'{"x":null}\n{"x":true}\n{"x":1}\n', 3, "column 1 holds more than one kind"),
        (b'{"x":1}\n{"x":[1]}\n', 2, "column 1 holds more than one kind"),
        (b'{"x":1}\n{"":1}\n', 2, "a key is empty"),
        (b'{"x":1}\n{" ":1}\n', 2, "a key is empty"),
        (b'{"x":"a"}\n{"x":"\\ud800"}\n', 2, "half a surrogate"),
        (b'{"x":"a"}\n{"\\ud800":"a"}\n', 2, "half a character"),
        (b'{"x":1}\n\n{"x":2}\n', 2, "a blank line"),
        (b'{"x":"\xe9"}\n', 1, "offset 6 is not valid utf-8"),
        (b"", None, "no record"),
        (b"{}\n", None, "no record"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, content: bytes, line: int | None, reason: str, rows: int
) -> None:
    with pytest.raises(DropRefused) as refused:
        table_of(tmp_path, content, rows=rows)
    assert (refused.value.file, refused.value.line) == ("people.jsonl", line)
    assert reason in refused.value.reason
    assert refused.value.__context__ is None
    assert "secret" not in str(refused.value)


def test_a_value_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DropRefused, match=r"nested too deeply|not valid JSON"):
        table_of(tmp_path, b'{"x":' + b"[" * 900 + b"]" * 900 + b"}\n")


def test_a_line_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.store.jsonl_rows.MAX_LINE_BYTES", 100)
    with pytest.raises(DropRefused, match="line 2: is over 64 MiB"):
        table_of(tmp_path, b'{"x":1}\n{"x":"' + b"a" * 200, block_bytes=10)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))), min_size=1))
def test_any_string_is_read_as_it_is(tmp_path_factory: pytest.TempPathFactory, values: list[str | None]) -> None:
    content = "".join(json.dumps({"x": value}) + "\n" for value in values).encode()
    _, cells = table_of(tmp_path_factory.getbasetemp(), content)
    assert cells == [[value] for value in values]
