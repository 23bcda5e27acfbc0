"""One table in ten formats: each is released in its own format, and what is in it does not depend on the format."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import CITIES, FAMILY, GIVEN

HEADER = ["customer_id", "full_name", "gender", "visits", "score", "active", "signed_at", "city"]
KEPT = ["gender", "score", "active", "city"]
N_ROWS = 260
POLICY = """
policy: formats
version: 1
keys: {main: {from: env:VEIL_TEST_KEY, epoch: "1"}}
keyspaces: {person: {key: main, canonical: text}}
tables:
  people:
    match: {files: "people*"}
    #encoding
    subject: customer_id
    quasi_identifiers: [gender, city]
    columns:
      customer_id: {do: token, in: person, prefix: C-}
      full_name: {do: fake, of: person_name, sex_from: gender}
      gender: {do: keep, reason: needed}
      visits: {do: top_bottom, top: 90}
      score: {do: keep, reason: needed}
      active: {do: keep, reason: needed}
      signed_at: {do: date_shift, days: [-180, 180]}
      city: {do: keep, reason: large cities}
gates:
  check: {fidelity: off, utility_kept: off, correlation_difference: off, membership_auc: 1, membership_tpr: 1,
          nearest_share: 1, exact_copies: 1}
"""
TYPES = {
    "customer_id": pa.int64(), "full_name": pa.string(), "gender": pa.string(), "visits": pa.int32(), "score": pa.float64(),
    "active": pa.bool_(), "signed_at": pa.date32(), "city": pa.string(),
}  # fmt: skip
BARE = {"customer_id", "visits", "score", "active"}

Rows = list[list[str | None]]


def people() -> Rows:
    """Return the cells as text, None for null; names and cities have letters that Latin-1 has and ASCII has not."""
    rng = np.random.default_rng(11)

    def maybe(value: str) -> str | None:
        return None if rng.random() < 0.1 else value

    return [
        [
            f"{30_000_111 + 7 * row}",
            f"{GIVEN[rng.integers(len(GIVEN))]} {FAMILY[rng.integers(len(FAMILY))]}",
            "FM"[rng.integers(2)],
            maybe(f"{rng.integers(100)}"),
            maybe(f"{rng.integers(400) / 4}"),
            maybe(["false", "true"][rng.integers(2)]),
            maybe(f"2024-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"),
            maybe([*CITIES, "Liège"][rng.integers(6)]),
        ]
        for row in range(N_ROWS)
    ]


def _csv_text(rows: Rows, delimiter: str, newline: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows([HEADER, *rows])
    return text.getvalue()


def _read_csv(text: str, delimiter: str) -> tuple[list[str], Rows]:
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return header, [[cell or None for cell in row] for row in rows]


def _json_text(rows: Rows) -> str:
    def cell(name: str, value: str | None) -> str:
        return "null" if value is None else value if name in BARE else json.dumps(value, ensure_ascii=False)

    lines = (", ".join(f'"{name}": {cell(name, value)}' for name, value in zip(HEADER, row, strict=True)) for row in rows)
    return "".join(f"{{{line}}}\n" for line in lines)


def _read_json(text: str) -> tuple[list[str], Rows]:
    objects = [json.loads(line, parse_int=str, parse_float=str) for line in text.splitlines()]
    words = {True: "true", False: "false"}
    return list(objects[0]), [[words[cell] if isinstance(cell, bool) else cell for cell in each.values()] for each in objects]


def _parquet(rows: Rows) -> bytes:
    read: dict[str, Callable[[str], object]] = {
        "customer_id": int, "visits": int, "score": float, "active": "true".__eq__, "signed_at": datetime.date.fromisoformat,
    }  # fmt: skip
    columns = {
        name: pa.array([None if row[at] is None else read.get(name, str)(str(row[at])) for row in rows], TYPES[name])
        for at, name in enumerate(HEADER)
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _read_parquet(content: bytes) -> tuple[list[str], Rows]:
    table = pq.read_table(io.BytesIO(content))
    words = {True: "true", False: "false"}

    def text(cell: object) -> str | None:
        return None if cell is None else words[cell] if isinstance(cell, bool) else str(cell)

    return table.column_names, [[text(cell) for cell in row.values()] for row in table.to_pylist()]


@dataclass(frozen=True)
class Format:
    """How a table is written to a file of a format and read from it again, here and not by Veil."""

    name: str
    write: Callable[[Rows], bytes]
    read: Callable[[bytes], tuple[list[str], Rows]]
    declared: str = ""


def _delimited(name: str, delimiter: str, encoding: str = "utf-8", newline: str = "\n", declared: str = "") -> Format:
    return Format(
        name,
        lambda rows: _csv_text(rows, delimiter, newline).encode(encoding),
        lambda content: _read_csv(content.decode(encoding), delimiter),
        declared,
    )


def _zipped(plain: Format) -> Format:
    return Format(
        f"{plain.name}.gz",
        lambda rows: gzip.compress(plain.write(rows)),
        lambda content: plain.read(gzip.decompress(content)),
    )


JSONL = Format("people.jsonl", lambda rows: _json_text(rows).encode(), lambda content: _read_json(content.decode()))
FORMATS = {
    "csv": _delimited("people.csv", ","),
    "tsv": _delimited("people.tsv", "\t"),
    "csv.gz": _zipped(_delimited("people.csv", ",")),
    "latin-1 with semicolons": _delimited("people.csv", ";", "latin-1", declared="encoding: latin-1"),
    "utf-16 with its mark": _delimited("people.csv", ",", "utf-16"),
    "utf-8 with its mark": _delimited("people.csv", ",", "utf-8-sig"),
    "crlf": _delimited("people.csv", ",", newline="\r\n"),
    "jsonl": JSONL,
    "jsonl.gz": _zipped(JSONL),
    "parquet": Format("people.parquet", _parquet, _read_parquet),
}


@dataclass(frozen=True)
class Out:
    """The two released files of one run."""

    transformed: bytes
    synthetic: bytes


@pytest.fixture
def released(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Format], Out]:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")

    def release(form: Format) -> Out:
        drop = tmp_path / "in" / form.name
        drop.parent.mkdir()
        drop.write_bytes(form.write(people()))
        ended = run(drop, POLICY.replace("#encoding", form.declared))
        assert ended.name == "Released", ended.message
        folder = Path(ended.message)
        return Out(*((folder / kind / form.name).read_bytes() for kind in ("transformed", "synthetic")))

    return release


FIRST: dict[str, tuple[Rows, Rows]] = {}
"""The cells of the first format that ran, which all others must have too."""


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_is_released_in_its_own_format_with_the_same_cells(name: str, released: Callable[[Format], Out]):
    form, rows = FORMATS[name], people()
    out = released(form)
    header, transformed = form.read(out.transformed)
    assert header == HEADER
    for column in KEPT:
        at = HEADER.index(column)
        assert [row[at] for row in transformed] == [row[at] for row in rows], column
    for column in set(HEADER) - set(KEPT):
        at = HEADER.index(column)
        assert [row[at] for row in transformed] != [row[at] for row in rows], column
        assert [row[at] is None for row in transformed] == [row[at] is None for row in rows], column
    cells = (transformed, form.read(out.synthetic)[1])
    assert FIRST.setdefault("cells", cells) == cells


def _same_dialect(form: Format, given: bytes, got: bytes) -> bool:
    """Whether a file is written as the other one was: writing what is read from it gives the same bytes."""
    return form.write(form.read(got)[1]) == got and got[:3] == given[:3]


@pytest.mark.parametrize("name", ["latin-1 with semicolons", "utf-16 with its mark", "crlf", "tsv"])
def test_a_text_table_keeps_its_dialect(name: str, released: Callable[[Format], Out]):
    form = FORMATS[name]
    out = released(form)
    assert _same_dialect(form, form.write(people()), out.transformed)
    assert _same_dialect(form, form.write(people()), out.synthetic)


def test_a_parquet_table_keeps_the_types_that_its_cells_still_have(released: Callable[[Format], Out]):
    out = released(FORMATS["parquet"])
    wanted = TYPES | {"customer_id": pa.string()}  # a token is no number
    for content in (out.transformed, out.synthetic):
        schema = pq.read_schema(io.BytesIO(content))
        assert dict(zip(schema.names, schema.types, strict=True)) == wanted


def test_json_lines_keep_bare_what_was_bare(released: Callable[[Format], Out]):
    for content in vars(released(JSONL)).values():
        objects = [json.loads(line) for line in content.decode().splitlines()]
        for name, kind in {"visits": int, "score": (int, float), "active": bool, "signed_at": str, "customer_id": str}.items():
            assert all(cell is None or isinstance(cell, kind) for cell in (each[name] for each in objects)), name
