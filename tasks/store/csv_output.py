"""A table as CSV lines, built a column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.ahead import mapped
from tasks.store.formulas import made_inert
from tasks.store.partitions import read_batches
from veil.model import FileFormat, Table

ROWS_AT_ONCE: Final = 32_768
"""Rows that a thread writes at a time."""


def csv_lines(table: Table, file_format: FileFormat, *, escape: bool = False) -> Iterator[bytes]:
    """Yield the file as UTF-8 bytes: the header, then the partitions, the last line end as the source had it.

    A lone column whose last cell is null keeps its line end, without which the record would be lost.

    Parameters
    ----------
    escape : whether cells that a spreadsheet would compute get an apostrophe.
    """
    guarded = made_inert if escape else _as_they_are
    header = [guarded(pa.chunked_array([[column.name]], pa.string())) for column in table.columns]
    pending = _lines(header, file_format, header=True)
    last = None

    def written(batch: pa.Table) -> tuple[bytes, str | None]:
        return _lines([guarded(column) for column in batch.columns], file_format), batch.column(0)[-1].as_py()

    for lines, cell in mapped(written, _pieces(table)):
        yield pending
        pending, last = lines, cell
    cut = not file_format.final_newline and not (len(table.columns) == 1 and table.n_rows and last is None)
    yield pending.removesuffix(file_format.newline.encode()) if cut else pending


def _pieces(table: Table) -> Iterator[pa.Table]:
    for batch in read_batches(table):
        yield from (batch.slice(start, ROWS_AT_ONCE) for start in range(0, len(batch), ROWS_AT_ONCE))


def _as_they_are(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return cells


def _lines(columns: Sequence[pa.ChunkedArray], file_format: FileFormat, *, header: bool = False) -> bytes:
    *first, last = (_fields(column, file_format, header=header) for column in columns)
    last = _joined(last, constant(file_format.newline), constant(""))
    return content(_joined(*first, last, constant(file_format.delimiter)))


def _joined(*parts: pa.ChunkedArray | pa.Scalar) -> pa.ChunkedArray:
    """Join strings row by row, the last part between them; a null is nothing."""
    return pc.binary_join_element_wise(*parts, null_handling="replace", null_replacement="")


def constant(text: str) -> pa.Scalar:
    """Return a text to join with columns of large strings."""
    return pa.scalar(text, pa.large_string())


def content(lines: pa.ChunkedArray) -> bytes:
    """Return all strings in a row, as they lie in Arrow's memory."""
    return b"".join(_chunk_content(chunk) for chunk in lines.chunks)


def _chunk_content(chunk: pa.LargeStringArray) -> bytes:
    _, offsets_buffer, data = chunk.buffers()
    if data is None:
        return b""
    offsets = memoryview(offsets_buffer).cast("q")
    return bytes(memoryview(data)[offsets[chunk.offset] : offsets[chunk.offset + len(chunk)]])


def _fields(column: pa.ChunkedArray, file_format: FileFormat, *, header: bool) -> pa.ChunkedArray:
    """Write cells as fields: null stays null, the empty string and whatever would not read back goes into quotes."""
    cells = column.cast(pa.large_string())
    if not header and all(_is_plain(chunk, file_format) for chunk in cells.chunks):
        return cells
    special = re.escape(file_format.delimiter + file_format.quote)
    # A header that begins with U+FEFF would read back as a byte order mark.
    needs = pc.match_substring_regex(cells, rf"\A\z|[{special}\r\n]" + ("|\ufeff" if header else ""))
    if not pc.any(needs).as_py():
        return cells
    quote, doubled = constant(file_format.quote), pc.replace_substring(cells, file_format.quote, file_format.quote * 2)
    return pc.if_else(needs, pc.binary_join_element_wise(quote, doubled, quote, constant("")), cells)


def _is_plain(cells: pa.LargeStringArray, file_format: FileFormat) -> bool:
    """Whether no cell is empty or holds a special sign, told by the bytes of all cells at once: so it is in most columns."""
    _, offsets_buffer, data = cells.buffers()
    if data is None or pc.any(pc.equal(pc.binary_length(cells), 0)).as_py():
        return bool(cells.null_count == len(cells))
    offsets = memoryview(offsets_buffer).cast("q")
    text = np.frombuffer(data, dtype=np.uint8)[offsets[cells.offset] : offsets[cells.offset + len(cells)]]
    return not any((text == ord(sign)).any() for sign in (file_format.delimiter, file_format.quote, "\r", "\n"))
