"""A table as CSV lines, built a column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.formulas import made_inert
from tasks.store.partitions import read_batches
from veil.model import FileFormat, Table


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
    for batch in read_batches(table):
        if len(batch):
            yield pending
            pending = _lines([guarded(column) for column in batch.columns], file_format)
            last = batch.column(0)[-1].as_py()
    cut = not file_format.final_newline and not (len(table.columns) == 1 and table.n_rows and last is None)
    yield pending.removesuffix(file_format.newline.encode()) if cut else pending


def _as_they_are(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return cells


def _lines(columns: Sequence[pa.ChunkedArray], file_format: FileFormat, *, header: bool = False) -> bytes:
    fields = [_fields(column, file_format, header=header) for column in columns]
    lines = pc.binary_join_element_wise(*fields, constant(file_format.delimiter))
    return content(pc.binary_join_element_wise(lines, constant(file_format.newline), constant("")))


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
    """Write cells as fields: null as nothing, the empty string and whatever would not read back in quotes."""
    cells = column.cast(pa.large_string())
    special = re.escape(file_format.delimiter + file_format.quote)
    # A header that begins with U+FEFF would read back as a byte order mark.
    needs = pc.match_substring_regex(cells, rf"\A\z|[{special}\r\n]" + ("|\ufeff" if header else ""))
    if pc.any(needs).as_py():
        quote, doubled = file_format.quote, pc.replace_substring(cells, file_format.quote, file_format.quote * 2)
        cells = pc.if_else(needs, pc.binary_join_element_wise(constant(quote), doubled, constant(quote), constant("")), cells)
    return pc.fill_null(cells, "")
