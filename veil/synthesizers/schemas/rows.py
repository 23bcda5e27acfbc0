"""Rows of a schema, chunk by chunk in flat memory. A chunk is a pure function of schema, seed and its own name.

The rows of a child table follow those of its parent: for each chunk of the parent the children of its rows are drawn, so that no
key has to be remembered, no row is an orphan, and a child can look at its parent's columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from veil.model import Column
from veil.rng import generator
from veil.synthesizers.schemas.chunk import Chunk, Fakes, written_as
from veil.synthesizers.schemas.making import Making
from veil.synthesizers.schemas.schema import Schema

CHUNK_ROWS = 65_536


def chunks(schema: Schema, table: str, seed: int, fakes: Fakes) -> Iterator[Chunk]:
    """Yield the rows of a table, at most 65,536 at a time.

    Parameters
    ----------
    schema : without flaws.

    Raises
    ------
    SynthesisFailed : a distribution or a date that does not fit within its bounds.
    """
    own = schema.tables[table]
    first = 0
    for name, n_rows, parent in _parts(schema, table, seed, fakes):
        yield Making(schema, table, own, seed, fakes, name, first, n_rows, parent).chunk()
        first += n_rows


def _parts(schema: Schema, table: str, seed: int, fakes: Fakes) -> Iterator[tuple[str, int, Chunk | None]]:
    """Yield name, rows and the parent of each row of a table's chunks."""
    own = schema.tables[table]
    if own.parent is None:
        for number, start in enumerate(range(0, own.rows or 0, CHUNK_ROWS)):
            yield str(number), min(CHUNK_ROWS, (own.rows or 0) - start), None
        return
    column, reference = own.parent
    assert reference.each is not None
    for chunk in chunks(schema, reference.table, seed, fakes):
        rng = generator(seed, "generate", table, column, chunk.name)
        counts = reference.each.draw(chunk.n_rows, rng, places=0, what=f"`each` of `{table}.{column}`")
        parents = np.repeat(np.arange(chunk.n_rows), counts.astype(np.int64))
        for number, start in enumerate(range(0, len(parents), CHUNK_ROWS)):
            rows = parents[start : start + CHUNK_ROWS]
            yield f"{chunk.name}.{number}", len(rows), chunk.take(rows)


def table_columns(schema: Schema, table: str) -> tuple[Column, ...]:
    """Return the columns of a table, in its order."""
    return tuple(written_as(name, kind) for name, kind in schema.tables[table].columns.items())
