"""Generate: invented tables from a schema, without any original data, written like releases are: whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tasks import store
from tasks.invented import Invented
from tasks.schema_files import load_schema
from veil.errors import ReleaseFailed
from veil.model import Column, FileFormat, Table, to_json
from veil.synthesizers.schemas import Schema, chunks, table_columns
from veil.transforms.fakes.packs import PACK_VERSION

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["csv", "parquet", "jsonl"]

RECORD = "generated.json"
# The types of the cells in files that have types; a column whose cells do not all read back from it stays text.
_PARQUET = {"integer": "int64", "boolean": "bool", "date": "date32[day]"}
_JSON = {"integer": "number", "decimal": "number", "boolean": "boolean"}


@dataclass(frozen=True)
class Generated:
    """What was written: the folder, and per table its file, rows and digest."""

    folder: Path
    files: Mapping[str, str]
    tables: tuple[Table, ...]
    schema_sha256: str


def generate(
    source: Path | str,
    out: Path,
    *,
    seed: int,
    rows: Mapping[str, int] | None = None,
    locale: str | None = None,
    kind: Format = "csv",
) -> Generated:
    """Invent the tables of a schema and write each to a file of a new folder, with a record of what they came from.

    Parameters
    ----------
    source : the schema's file, or its text.
    out : a folder that is not there yet, or is empty. It appears whole, or not at all.
    seed : everything follows from it and the schema: the same bytes each time.
    rows, locale : instead of what the schema says; rows by table, of which `""` is the first whose rows no other table tells.

    Raises
    ------
    PolicyInvalid : all problems of the schema, with lines.
    ReleaseFailed : a folder that holds something.
    SynthesisFailed : a distribution, or a date, that does not fit within its bounds.
    """
    schema = load_schema(source, rows=rows, locale=locale)
    _require_room(out)
    made = out.with_name(f".{out.name}.partial-{os.getpid()}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True, mode=0o700)
    try:
        generated = _written(schema, made, seed, kind)
        if out.exists():
            out.rmdir()
        made.rename(out)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return dataclasses.replace(generated, folder=out)


def _require_room(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ReleaseFailed(f"{out} is there and holds something; name a folder that is empty or new")


def _written(schema: Schema, folder: Path, seed: int, kind: Format) -> Generated:
    work, fakes = folder / ".work", Invented.of(schema, seed)
    tables, files = [], {}
    for name in schema.tables:
        columns = [dataclasses.replace(column, physical=_physical(column, kind)) for column in table_columns(schema, name)]
        frames: Iterator[pd.DataFrame] = (chunk.frame for chunk in chunks(schema, name, seed, fakes))
        table = store.write_table(name, frames, work / name, stage="generate", columns=columns)
        files[name] = f"{name}.{kind}"
        store.write_output(table, FileFormat(kind, suffix=f".{kind}"), folder / files[name])
        shutil.rmtree(work / name)
        tables.append(dataclasses.replace(table, uri=files[name]))
    shutil.rmtree(work, ignore_errors=True)
    generated = Generated(folder, files, tuple(tables), schema_sha256(schema))
    (folder / RECORD).write_text(to_json(_record(schema, generated, seed)), encoding="utf-8")
    (folder / RECORD).chmod(0o600)
    return generated


def _physical(column: Column, kind: Format) -> str:
    if kind == "jsonl":
        return _JSON.get(column.type, "string")
    if kind == "parquet" and column.type == "decimal":
        return f"decimal128(18, {len(column.format or '0.') - 2})"
    return _PARQUET.get(column.type, "string") if kind == "parquet" else "string"


def schema_sha256(schema: Schema) -> str:
    """Return the digest of a schema with its defaults filled in: comments and layout do not change it."""
    resolved = json.dumps(schema.model_dump(mode="json", by_alias=True), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(resolved.encode()).hexdigest()


def _record(schema: Schema, generated: Generated, seed: int) -> dict[str, object]:
    tables = {table.name: {"file": generated.files[table.name], "rows": table.n_rows, "sha256": table.sha256}
              for table in generated.tables}  # fmt: skip
    return {"kind": "generated from a schema, without original data", "schema": schema.schema_name, "version": schema.version,
            "schema_sha256": generated.schema_sha256, "seed": seed, "locale": schema.locale, "fakes": PACK_VERSION,
            "tables": tables}  # fmt: skip
