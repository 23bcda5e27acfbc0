"""Tables on disk: folders of Parquet partitions of bounded size, every cell a string or null, written once, read in streams."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.store.digest import ColumnDigest, table_sha256
from veil.errors import StageFailed, UnknownColumn, VeilError
from veil.model import Column, Table

if TYPE_CHECKING:
    import pandas as pd

ROWS_PER_PARTITION = 32_768
"""Cells of a partition become Python objects while it is transformed: with twice the rows, each process takes 80 MB more."""
MAX_PARTITION_BYTES = 256 << 20
PHYSICAL = b"physical"
LOOKED_AT = 1024
SELDOM_TWICE = 0.9


def write_table(
    name: str,
    batches: Iterable[pa.Table | pd.DataFrame],
    folder: Path,
    *,
    stage: str,
    columns: Sequence[Column] | None = None,
    rows: int = ROWS_PER_PARTITION,
) -> Table:
    """Write a table's partitions and return the handle on them.

    Parameters
    ----------
    batches : tables of string columns or frames of `str` and None, of any size; repartitioned here.
    folder : made if absent; partitions of an earlier, broken attempt are removed.
    columns : the columns of every batch, in order. Without them, the batches' own columns in order of first
        appearance, each with the `physical` type in its field's metadata; a column that a batch lacks is null there.
    rows : most rows of a partition.

    Raises
    ------
    UnknownColumn : a batch has other columns than `columns`.
    StageFailed : a cell is neither string nor null.
    """
    writer = _Writer(folder, stage, columns)
    for batch in _repartitioned(map(writer.take, batches), rows):
        writer.write(batch)
    return writer.finish(name)


class _Writer:
    def __init__(self, folder: Path, stage: str, columns: Sequence[Column] | None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for stale in folder.glob("part-*.parquet"):
            stale.unlink()
        self._folder, self._stage, self._declared = folder, stage, columns is not None
        self._columns = {column.name: column for column in columns or ()}
        self._digests = {name: ColumnDigest() for name in self._columns}
        self._widths: list[int] = []
        self._n_rows = 0

    def take(self, batch: pa.Table | pd.DataFrame) -> pa.Table:
        """Return a batch as plain string columns, its new columns entered."""
        arrow = _as_arrow(batch, self._stage)
        self._meet(arrow.schema)
        return _widened(arrow, list(self._columns))

    def write(self, batch: pa.Table) -> None:
        pa.default_memory_pool().release_unused()  # or what encoders took stays resident: some 40 MB
        whole = _widened(batch, list(self._columns))
        for name, digest in self._digests.items():
            digest.add(whole.column(name))
            if not self._declared and whole.column(name).null_count:
                self._columns[name] = dataclasses.replace(self._columns[name], nullable=True)
        _write_partition(whole, self._path(len(self._widths)))
        self._widths.append(whole.num_columns)
        self._n_rows += len(whole)

    def finish(self, name: str) -> Table:
        names = list(self._columns)
        if not self._widths:
            self._widths.append(-1)
        for number, width in enumerate(self._widths):
            if width != len(names):
                _write_partition(_widened(_read(self._path(number)) if width >= 0 else pa.table({}), names), self._path(number))
        sha256 = table_sha256((column, digest.hexdigest()) for column, digest in self._digests.items())
        return Table(name, str(self._folder), sha256, self._n_rows, tuple(self._columns.values()), self._stage)

    def _path(self, number: int) -> Path:
        return self._folder / f"part-{number:05d}.parquet"

    def _meet(self, schema: pa.Schema) -> None:
        """Take the batch's columns; one that appears late was null in all rows before."""
        if self._declared:
            if set(schema.names) != set(self._columns):
                raise UnknownColumn(f"stage {self._stage}: a batch has other columns than were declared")
            return
        for field in schema:
            physical = (field.metadata or {}).get(PHYSICAL, b"string").decode()
            known = self._columns.get(field.name)
            if known is None:
                self._columns[field.name] = Column(field.name, nullable=self._n_rows > 0, physical=physical)
                self._digests[field.name] = ColumnDigest()
                self._digests[field.name].add_nulls(self._n_rows)
            elif physical != known.physical:
                self._columns[field.name] = dataclasses.replace(known, physical=physical)


def _as_arrow(batch: pa.Table | pd.DataFrame, stage: str) -> pa.Table:
    if isinstance(batch, pa.Table):
        return batch
    try:
        cells = {str(name): batch[name].to_numpy(dtype=object) for name in batch.columns}
        return pa.table({name: pa.array(column, pa.string(), from_pandas=True) for name, column in cells.items()})
    except (pa.ArrowException, TypeError, ValueError) as error:
        failed = type(error).__name__
    raise StageFailed(stage, failed, "writing a table whose cells must be strings or null")


def _widened(batch: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the batch with exactly these columns, as plain strings; those that it lacks are null."""
    present = set(batch.column_names)
    nulls = pa.nulls(len(batch), pa.string())
    return pa.table({name: batch.column(name).cast(pa.string()) if name in present else nulls for name in names})


def _repartitioned(batches: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Cut and join batches to `rows` rows each, fewer where the cells are very long; the same for any batch size."""
    waiting: list[pa.Table] = []
    for batch in batches:
        for start in range(0, len(batch), rows):
            waiting.append(batch.slice(start, rows))
            while sum(map(len, waiting)) >= rows:
                joined = pa.concat_tables(waiting, promote_options="default")
                yield from _bounded(joined.slice(0, rows))
                waiting = [joined.slice(rows)] if len(joined) > rows else []
    if waiting:
        yield from _bounded(pa.concat_tables(waiting, promote_options="default"))


def _bounded(batch: pa.Table) -> Iterator[pa.Table]:
    if batch.nbytes <= MAX_PARTITION_BYTES or len(batch) < 2:
        yield batch
        return
    half = len(batch) // 2
    yield from _bounded(batch.slice(0, half))
    yield from _bounded(batch.slice(half))


def _write_partition(batch: pa.Table, path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as sink:
        pq.write_table(
            batch,
            sink,
            compression="zstd",
            use_dictionary=_repeating(batch),
            write_statistics=False,
            row_group_size=max(len(batch), 1),
        )


def _repeating(batch: pa.Table) -> list[str]:
    """Return the columns whose first cells repeat: a dictionary of cells that come once each is built in vain, and is dear."""
    first = batch.slice(0, LOOKED_AT)
    return [name for name in first.column_names if pc.count_distinct(first.column(name)).as_py() < SELDOM_TWICE * len(first)]


def _read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    with pq.ParquetFile(path) as source:
        whole = source.read(columns=columns)
    return whole if columns is None else whole.select(columns)


def read_batches(table: Table, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the partitions as Arrow tables of string columns.

    Raises
    ------
    UnknownColumn : a name that the table does not have.
    VeilError : after the last partition, if rows are missing or too many: the folder was damaged.
    """
    names = [column.name for column in table.columns]
    for name in columns or ():
        if name not in names:
            raise UnknownColumn(f"table `{table.name}` has no column `{name}`")
    wanted = names if columns is None else list(columns)
    n_rows = 0
    for path in sorted(Path(table.uri).glob("part-*.parquet")):
        batch = _read(path, wanted)
        n_rows += len(batch)
        yield batch
    if n_rows != table.n_rows:
        raise VeilError(f"table `{table.name}`: its partitions do not hold the {table.n_rows} rows written; run the stage again")


def partition_rows(table: Table) -> tuple[int, ...]:
    """Return how many rows each partition has, in order."""
    return tuple(pq.read_metadata(path).num_rows for path in sorted(Path(table.uri).glob("part-*.parquet")))


def read_partition(table: Table, number: int, columns: Iterable[str] | None = None) -> pa.Table:
    """Return one partition as an Arrow table of string columns; partitions are counted from 0."""
    path = Path(table.uri) / f"part-{number:05d}.parquet"
    return _read(path, [column.name for column in table.columns] if columns is None else list(columns))


def read_partitions(table: Table, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield the partitions as frames of object dtype, cells `str` or None, with the row's number in the table as index."""
    start = 0
    for batch in read_batches(table, columns):
        frame = _frame(batch)
        frame.index = range(start, start + len(frame))
        start += len(frame)
        yield frame


def read_table(table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the whole table as one frame, as `read_partitions` does; for tables that fit into memory."""
    return _frame(pa.concat_tables(read_batches(table, columns)))


def _frame(batch: pa.Table) -> pd.DataFrame:
    import pandas as pd

    with pd.option_context("future.infer_string", False):
        return batch.to_pandas()


def replace_columns(table: Table, columns: Sequence[Column]) -> Table:
    """Return the handle with what was found out about its columns; their names and order must stay.

    Raises
    ------
    UnknownColumn : the names differ.
    """
    if [column.name for column in columns] != [column.name for column in table.columns]:
        raise UnknownColumn(f"table `{table.name}`: the columns to set are not those that it has")
    return dataclasses.replace(table, columns=tuple(columns))
