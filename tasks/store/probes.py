"""Rows as numbers, for the search for columns that single out: a sample of rows, and all rows in the sample's codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from veil.errors import VeilError
from veil.model import Table
from veil.recognizers.columns.quasi import Rows
from veil.rng import generator


def probe_rows(table: Table, columns: Sequence[str], n_probes: int, seed: int) -> Rows:
    """Return the columns of a sample of rows, and of all rows, as codes that are equal where the cells are; null is one value.

    Memory: two bytes a cell of the columns, and the sample. The cells of a partition are in memory one partition at a time.

    Parameters
    ----------
    n_probes : rows of the sample, under 32,768; a table that has no more rows is its own sample.
    seed : of the draw.

    Raises
    ------
    VeilError : the partitions do not hold the rows that were written.
    """
    if table.n_rows <= n_probes:
        whole = pa.concat_tables(_partitions(table, columns)) if table.n_rows else None
        probes = [_values_and_codes(whole.column(name))[1] for name in columns] if whole is not None else []
        return Rows(_matrix(probes, table.n_rows), (), table.n_rows)
    places = np.sort(generator(seed, "classify", "probes", table.name).choice(table.n_rows, size=n_probes, replace=False))
    sampled = pa.concat_tables(_taken(_partitions(table, columns), places))
    known = [_values_and_codes(sampled.column(name)) for name in columns]
    others = [_coded(part, columns, [values for values, _ in known]) for part in _partitions(table, columns)]
    return Rows(_matrix([codes for _, codes in known], n_probes), others, table.n_rows)


def _partitions(table: Table, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the partitions, columns as dictionaries: what Parquet wrote as one is read without looking at each cell."""
    n_rows = 0
    for path in sorted(Path(table.uri).glob("part-*.parquet")):
        with pq.ParquetFile(path, read_dictionary=list(columns)) as source:
            part = source.read(columns=list(columns)).select(list(columns))
        n_rows += len(part)
        yield part
    if n_rows != table.n_rows:
        raise VeilError(f"table `{table.name}`: its partitions do not hold the {table.n_rows} rows written; run the stage again")


def _taken(parts: Iterator[pa.Table], places: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
    start = 0
    for part in parts:
        here = places[np.searchsorted(places, start) : np.searchsorted(places, start + len(part))] - start
        start += len(part)
        taken = part.take(pa.array(here))
        yield pa.table({name: taken.column(name).cast(pa.large_string()) for name in part.column_names})


def _values_and_codes(cells: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """Return the distinct cells, null among them, and each cell's place among them, from 1."""
    plain = cells.cast(pa.large_string())
    values = pc.unique(plain)
    return values, np.asarray(pc.index_in(plain, value_set=values), dtype=np.int32) + 1


def _coded(part: pa.Table, columns: Sequence[str], known: Sequence[pa.Array]) -> npt.NDArray[np.int16]:
    coded = np.empty((len(columns), len(part)), dtype=np.int16)
    for place, (name, values) in enumerate(zip(columns, known, strict=True)):
        start = 0
        for chunk in part.column(name).chunks:
            coded[place, start : start + len(chunk)] = _codes(chunk, values)
            start += len(chunk)
    return coded.T


def _codes(chunk: pa.DictionaryArray, values: pa.Array) -> npt.NDArray[np.int64]:
    """Return the places of a chunk's cells among the values, from 1, and 0 for a cell that is not among them."""
    by_entry = _places(chunk.dictionary.cast(pa.large_string()), values)
    of_null = _places(pa.nulls(1, pa.large_string()), values)
    indices = np.asarray(chunk.indices.fill_null(len(by_entry)))
    entries: npt.NDArray[np.int64] = np.concatenate([by_entry, of_null])
    return np.asarray(entries[indices], dtype=np.int64)


def _places(cells: pa.Array, values: pa.Array) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = np.asarray(pc.index_in(cells, value_set=values).fill_null(-1), dtype=np.int64)
    return found + 1


def _matrix(columns: Sequence[npt.NDArray[np.int32]], n_rows: int) -> npt.NDArray[np.int32]:
    return np.stack(columns, axis=1) if columns else np.empty((n_rows, 0), dtype=np.int32)
