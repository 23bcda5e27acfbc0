"""Reads CSV: every cell exactly as written. An unquoted empty cell is null, a quoted one is an empty string."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from tasks.store.ahead import ahead
from tasks.store.names import check_names
from tasks.store.partitions import ROWS_PER_PARTITION
from tasks.store.source import BLOCK_BYTES, utf8_chunks
from tasks.store.structure import CRLF, LF, NO_TERMINATOR, Fault, Structure, scan
from veil.errors import DropRefused
from veil.model import FileFormat

MAX_RECORD_BYTES = 64 << 20


@dataclass(frozen=True)
class _Block:
    """Whole records, and the number of the line on which the first one begins."""

    data: bytes
    line: int
    structure: Structure

    def line_of(self, record: int) -> int:
        return self.line + self.data.count(b"\n", 0, int(self.structure.starts[record]))

    def cut(self, first: int, last: int) -> _Block:
        ends = self.structure.ends
        begin = int(self.structure.starts[first]) if first < len(ends) else int(ends[-1])
        end = int(ends[last - 1]) if last > first else begin
        structure = Structure(ends[first:last] - begin, self.structure.fields[first:last], self.structure.terminators[first:last])
        return _Block(self.data[begin:end], self.line + self.data.count(b"\n", 0, begin), structure)

    def __len__(self) -> int:
        return len(self.structure.ends)


def read_csv(
    path: Path, file_format: FileFormat, *, rows: int = ROWS_PER_PARTITION, block_bytes: int = BLOCK_BYTES
) -> Iterator[pa.Table]:
    """Yield a CSV file's records as tables of string columns.

    Parameters
    ----------
    file_format : what `detect` reported.
    rows : most rows of one yielded table.

    Raises
    ------
    DropRefused : with the line, where the file is not a table: ragged records, blank lines between records, mixed line
        ends, stray or open quotes, NUL bytes, wrong encoding, empty or duplicate column names, no record at all.
    """
    name, names, n_records, blank_line = path.name, list[str](), 0, None
    for block in ahead(_blocks(path, file_format, block_bytes)):
        body = block
        if not names:
            names = _header(block, file_format, name)
            body = block.cut(1, len(block))
        if len(names) > 1:
            body, blank_line = _without_trailing_blanks(body, blank_line, name)
        _check_records(body, len(names), file_format, name)
        n_records += len(body)
        if len(body):
            table = _parsed(body, names, file_format, name)
            yield from (table.slice(start, rows) for start in range(0, len(table), rows))
    if not n_records:
        raise DropRefused(name, "has a header but no records" if names else "is empty")


def _blocks(path: Path, file_format: FileFormat, block_bytes: int) -> Iterator[_Block]:
    line, tail = 1, b""
    for chunk in utf8_chunks(path, file_format, block_bytes=block_bytes):
        data = tail + chunk
        block = _block(data, line, file_format, path.name, final=False)
        line, tail = line + block.data.count(b"\n"), data[len(block.data):]
        if len(tail) > MAX_RECORD_BYTES:
            raise DropRefused(path.name, "a record is over 64 MiB long; a quote may be opened and never closed", line=line)
        if block.data:
            yield block
    if tail:
        yield _block(tail, line, file_format, path.name, final=True)


def _block(data: bytes, line: int, file_format: FileFormat, name: str, *, final: bool) -> _Block:
    structure = scan(data, file_format.delimiter, file_format.quote, final=final)
    if isinstance(structure, Fault):
        raise DropRefused(name, structure.reason, line=line + data.count(b"\n", 0, structure.at))
    return _Block(data[: int(structure.ends[-1]) if len(structure.ends) else 0], line, structure)


def _header(block: _Block, file_format: FileFormat, name: str) -> list[str]:
    head = block.cut(0, 1)
    keys = [str(position) for position in range(int(head.structure.fields[0]))]
    cells = _parsed(head, keys, file_format, name)
    names = [cells.column(position)[0].as_py() or "" for position in range(len(keys))]
    check_names(names, name, line=1)
    return names


def _without_trailing_blanks(block: _Block, blank_line: int | None, name: str) -> tuple[_Block, int | None]:
    """Cut blank lines off the end of a file; one between records is refused, for it may be a lost record."""
    blank = block.structure.blank
    if blank_line is None and not blank.any():
        return block, None
    n_kept = int(np.argmax(blank)) if blank_line is None else 0
    blank_line = block.line_of(n_kept) if blank_line is None else blank_line
    if not blank[n_kept:].all():
        raise DropRefused(name, "a blank line stands between records", line=blank_line)
    return (block.cut(0, n_kept) if len(block) else block), blank_line


def _check_records(block: _Block, n_columns: int, file_format: FileFormat, name: str) -> None:
    structure = block.structure
    expected = CRLF if file_format.newline == "\r\n" else LF
    mixed = (structure.terminators != expected) & (structure.terminators != NO_TERMINATOR)
    faulty = np.flatnonzero((structure.fields != n_columns) | mixed)
    if not len(faulty):
        return
    first = int(faulty[0])
    if mixed[first]:
        reason = "ends otherwise than the first line; use \\n or \\r\\n throughout"
    else:
        reason = f"the record has {structure.fields[first]} fields, the header has {n_columns}"
    raise DropRefused(name, reason, line=block.line_of(first))


def _parsed(block: _Block, names: list[str], file_format: FileFormat, name: str) -> pa.Table:
    """Hand whole, proven records to Arrow's parser; its error text can hold a cell and stops here."""
    # Arrow takes an empty last field for quoted if the one before it is and no line end follows, and it strips a byte
    # order mark from any buffer, though U+FEFF at the start of a block is a cell's first character.
    end = b"" if block.data.endswith(b"\n") else file_format.newline.encode()
    data = (BOM_UTF8 if block.data.startswith(BOM_UTF8) else b"") + block.data + end
    read = pacsv.ReadOptions(column_names=names, block_size=len(data) + 16)
    parse = pacsv.ParseOptions(delimiter=file_format.delimiter, quote_char=file_format.quote, double_quote=True,
                               newlines_in_values=True, ignore_empty_lines=False)
    convert = pacsv.ConvertOptions(check_utf8=False, column_types=dict.fromkeys(names, pa.string()), null_values=[""],
                                   strings_can_be_null=True, quoted_strings_can_be_null=False)
    try:
        table = pacsv.read_csv(pa.py_buffer(data), read, parse, convert)
    except pa.ArrowInvalid:
        table = None
    if table is None or len(table) != len(block):
        raise DropRefused(name, f"the {len(block)} records from this line on cannot be parsed", line=block.line)
    return table
