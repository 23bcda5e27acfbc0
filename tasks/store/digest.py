"""Digests of columns and tables by their content alone: cells in order, whatever the partitions, chunks or files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class ColumnDigest:
    """Hashes a column as it passes by: one stream of cell lengths (null is -1) and one of the cells' UTF-8 bytes.

    Together the two streams determine every cell, and neither depends on how the column was cut into chunks.
    """

    def __init__(self) -> None:
        self._lengths = hashlib.sha256()
        self._bytes = hashlib.sha256()

    def add(self, cells: pa.ChunkedArray | pa.Array) -> None:
        """Hash more cells, which must be of type string."""
        for chunk in cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]:
            self._add_chunk(chunk)

    def add_nulls(self, count: int) -> None:
        """Hash that many nulls."""
        self._lengths.update(np.full(count, -1, dtype="<i4").tobytes())

    def hexdigest(self) -> str:
        """Return the digest of all cells so far."""
        return hashlib.sha256(self._lengths.digest() + self._bytes.digest()).hexdigest()

    def _add_chunk(self, chunk: pa.Array) -> None:
        if not len(chunk):
            return
        filled = pc.fill_null(chunk, "") if chunk.null_count else chunk
        _, offsets_buffer, data = filled.buffers()
        offsets = np.frombuffer(offsets_buffer, dtype="<i4")[filled.offset : filled.offset + len(filled) + 1]
        lengths = np.diff(offsets)
        if chunk.null_count:
            lengths[chunk.is_null().to_numpy(zero_copy_only=False)] = -1
        self._lengths.update(lengths.astype("<i4").tobytes())
        if data is not None:
            self._bytes.update(memoryview(data)[offsets[0] : offsets[-1]])


def table_sha256(columns: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a table from its columns' names and digests, in column order."""
    whole = hashlib.sha256()
    for name, digest in columns:
        encoded = name.encode()
        whole.update(len(encoded).to_bytes(8, "big") + encoded + bytes.fromhex(digest))
    return whole.hexdigest()
