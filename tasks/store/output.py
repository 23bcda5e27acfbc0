"""Writes a table as its source was written: the same format, dialect, encoding, types and compression; same bytes each time."""

from __future__ import annotations

import codecs
import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.csv_output import csv_lines
from tasks.store.formulas import live_cells
from tasks.store.jsonl_output import jsonl_lines
from tasks.store.parquet_output import write_parquet
from tasks.store.partitions import read_batches
from tasks.store.source import BOMS
from veil.errors import ReleaseFailed, few
from veil.model import FileFormat, Table

Formulas = Literal["escape", "keep", "refuse"]


def write_output(table: Table, file_format: FileFormat, path: Path, *, formulas: Formulas = "keep") -> None:
    """Write a table to a file of mode 0600 that reads back to the same cells.

    CSV: null is nothing, an empty string two quotes, other cells are quoted only where they must be. JSON Lines: one
    object per line with every key, a column of numbers, booleans or nested values bare if all its cells still are,
    else as strings. Parquet: each column in its source type if all its cells still have it, else as strings.

    Parameters
    ----------
    formulas : what becomes of cells of a CSV file that a spreadsheet would compute: an apostrophe is put before them, they
        stay as they are, or the release is refused.

    Raises
    ------
    ReleaseFailed : column and count of the cells that the source's encoding cannot express, or of live formulas.
    """
    if file_format.kind == "csv" and formulas == "refuse":
        _refuse_live(table)
    with _private(path) as sink:
        if file_format.kind == "parquet":
            write_parquet(table, sink)
        elif file_format.compression == "gzip":
            with gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0) as packed:
                _write_text(table, file_format, cast(BinaryIO, packed), escape=formulas == "escape")
        else:
            _write_text(table, file_format, sink, escape=formulas == "escape")


def _refuse_live(table: Table) -> None:
    for column, count in live_cells(table).items():
        told = f"column `{column}`: {few(count)} cells that a spreadsheet would compute"
        raise ReleaseFailed(f"{told}; say `formulas: escape`, or transform them")


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        os.fchmod(descriptor, 0o600)
        yield sink


def _write_text(table: Table, file_format: FileFormat, sink: BinaryIO, *, escape: bool) -> None:
    is_csv = file_format.kind == "csv"
    lines = csv_lines(table, file_format, escape=escape) if is_csv else jsonl_lines(table, file_format)
    if file_format.bom:
        sink.write(BOMS[file_format.encoding])
    for chunk in lines:
        sink.write(_encoded(chunk, table, file_format))


def _encoded(chunk: bytes, table: Table, file_format: FileFormat) -> bytes:
    """Return UTF-8 bytes in the file's encoding; every chunk holds whole characters."""
    if codecs.lookup(file_format.encoding).name == "utf-8":
        return chunk
    try:
        return chunk.decode().encode(file_format.encoding)
    except UnicodeEncodeError:
        reason = _inexpressible(table, file_format.encoding)
    raise ReleaseFailed(reason)


def _inexpressible(table: Table, encoding: str) -> str:
    """Name the first column with cells that an encoding cannot express, and count them."""
    for column in table.columns:
        count = sum(_count_inexpressible(batch.column(0), encoding) for batch in read_batches(table, [column.name]))
        if count:
            return f"column `{column.name}`: {few(count)} cells cannot be written in {encoding}; have the drop delivered as UTF-8"
    return f"a column's name cannot be written in {encoding}; have the drop delivered as UTF-8"


def _count_inexpressible(cells: pa.ChunkedArray, encoding: str) -> int:
    counted = pc.value_counts(cells.drop_null())
    pairs = zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)
    return sum(count for value, count in pairs if not _expressible(value, encoding))


def _expressible(value: str, encoding: str) -> bool:
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
