"""One table through its plan: what is fitted first, the partitions by however many processes, then what waited for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks import store
from tasks.engine.job import Job
from tasks.engine.partition import Columns, More, Partition, Transformed, column_context
from tasks.engine.runner import ALONE, Runner, plain_partitions
from tasks.engine.work import ColumnCount, Work, counted
from veil.columns import MAX_CATEGORIES, infer
from veil.model import Column, LogicalType, Step, Table
from veil.transforms import Transform, Whole

if TYPE_CHECKING:
    import pandas as pd

Counts = Mapping[str, ColumnCount]


def transform_table(job: Job, texts: More, runner: Runner = ALONE) -> tuple[Table, Counts]:
    """Write a table's transformed partitions; return the handle on them, and what was counted per column that stays.

    Parameters
    ----------
    texts : what the transforms of text columns are given besides: the search of their texts.
    runner : who transforms the partitions; the result is the same for any.
    """
    Path(job.folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    carried = _Carried(job, texts)
    columns = _declared_columns(job)
    batches = carried.partitions(runner)
    table = store.write_table(job.raw.name, batches, Path(job.folder), columns=columns, stage="transform")
    return _with_types(table, job, carried.counts), carried.counts


@dataclass
class _Carried:
    """A table's partitions on their way through the plan, and what is counted on the way."""

    job: Job
    texts: More
    counts: dict[str, ColumnCount] = field(default_factory=dict)

    def partitions(self, runner: Runner) -> Iterator[pa.Table]:
        """Yield the transformed partitions in order, all columns in the plan's order."""
        work = Work(self.job)
        late = Columns(self.job, partial(self._more, _fitted(self.job)))
        n_partitions = len(work.first_rows)
        for number, (plain, counts) in enumerate(plain_partitions(self.job, work, n_partitions, runner)):
            done = {name: plain.column(name) for name in plain.column_names}
            self._count(counts)
            if self.job.late:
                partition = work.partition(number)
                waited = late(partition, self.job.late, done)
                self._count(counted(partition, waited))
                done |= waited
            yield pa.table({step.column: done[step.column] for step in self.job.steps}) if done else plain

    def _more(
        self, fitted: Mapping[int, Any], step: Step, method: Transform, partition: Partition, done: Transformed
    ) -> Mapping[str, Any]:
        known = {"fitted": fitted[id(method)]} if id(method) in fitted else {}
        return {**known, **self.texts(step, method, partition, done)}

    def _count(self, counts: Counts) -> None:
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, ColumnCount()) + count


def _declared_columns(job: Job) -> tuple[Column, ...]:
    """Return the columns to write: kept ones as they are; others keep a physical type where their cells still have it."""
    raw = {step.column: job.raw.column(step.column) for step in job.steps}
    return tuple(
        raw[step.column] if step.effect == "keep" else Column(step.column, physical=raw[step.column].physical)
        for step in job.steps
    )


def _fitted(job: Job) -> dict[int, Any]:
    """Return what each transform that needs it has learnt of its whole column, by the transform's identity."""
    shared: dict[str, Any] = {}
    return {
        id(method): method.fit(_whole(job.raw, column, shared), column_context(job, step))
        for column, actions in job.actions.items()
        for step, method in actions
        if method.needs_whole
    }


def _whole(table: Table, column: str, shared: dict[str, Any]) -> Whole:
    def frame(names: Sequence[str]) -> pd.DataFrame:
        return store.read_table(table, columns=list(names))

    return Whole(lambda: store.distinct(table, column).sort_index(), frame, shared)


def _with_types(table: Table, job: Job, counts: Counts) -> Table:
    """Return the table whose transformed columns have the type and format that their cells have now."""
    kept = {step.column for step in job.steps if step.effect == "keep"}
    names = [column.name for column in table.columns if column.name not in kept]
    found = _types(table, names, list(job.null_values))
    columns = (
        column if column.name in kept else _typed(column, *found[column.name], nullable=counts[column.name].holds_nulls)
        for column in table.columns
    )
    return dataclasses.replace(table, columns=tuple(columns))


def _typed(column: Column, kind: LogicalType, written: str | None, *, nullable: bool) -> Column:
    return dataclasses.replace(column, type=kind, format=written, nullable=nullable)


def _types(table: Table, names: Sequence[str], nulls: list[str]) -> dict[str, tuple[LogicalType, str | None]]:
    """Return type and format of columns; cells that stand for null have neither."""
    found: dict[str, tuple[LogicalType, str | None]] = dict.fromkeys(_plain_texts(table, names, nulls), ("text", None))
    rest = tuple(column for column in table.columns if column.name in names and column.name not in found)
    for column, (counts, _) in zip(rest, store.count_columns(dataclasses.replace(table, columns=rest)), strict=True):
        cells = zip(counts.values.to_pylist(), counts.rows.tolist(), strict=True)
        telling = {value: rows for value, rows in cells if value not in nulls}
        found[column.name] = infer([value for value in telling if value != ""], sum(telling.values()))
    return found


def _plain_texts(table: Table, names: Sequence[str], nulls: list[str]) -> Iterator[str]:
    """Yield the columns of which the first partition tells that no further cell can make them numbers or dates."""
    for batch in store.read_batches(table, names):
        for name in names:
            values = [value for value in pc.unique(batch.column(name).drop_null()).to_pylist() if value not in ("", *nulls)]
            if len(values) > MAX_CATEGORIES and infer(values, len(values))[0] == "text":
                yield name
        return
