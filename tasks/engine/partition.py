"""The columns of one partition through their transforms. Partitions are independent, so any process may take any of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tasks.engine.cells import ByValue, series, strings, with_null_rule
from tasks.engine.job import Job
from tasks.subjects import row_subjects
from veil.model import Branch, Step
from veil.transforms import Context, Transform
from veil.transforms.rows import passing

if TYPE_CHECKING:
    import pandas as pd

    from tasks.engine.cells import Cells

Transformed = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Partition:
    """The raw cells of some rows of a table, the rows' numbers, and what transforms of these rows share."""

    job: Job
    raw: pa.Table
    rows: pd.Index[Any]
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def cells(self, column: str) -> Cells:
        """Return a raw column as a series, the rows' numbers as index."""
        if ("cells", column) not in self.memo:
            self.memo["cells", column] = series(self.raw.column(column), self.rows)
        cells: Cells = self.memo["cells", column]
        return cells

    def where(self, chosen: Any) -> Partition:
        """Return the partition of some of the rows only: an array of true and false."""
        return Partition(self.job, self.raw.filter(pa.array(chosen)), self.rows[chosen])

    @cached_property
    def subject(self) -> Cells:
        """Who each row is about."""
        job, name = self.job, self.job.plan.subject
        cells = self.cells(name or job.raw.columns[0].name)
        return row_subjects(job.raw, cells, job.keyspaces[name] if name else None, job.null_values)

    def context(self, step: Step, method: Transform, more: Mapping[str, Any]) -> Context:
        """Return what a transform may know besides the cells."""
        job, plan = self.job, self.job.plan
        about_someone = plan.subject is not None or method.declared.needs_subject
        return dataclasses.replace(
            column_context(job, step),
            subject=self.subject if about_someone and not method.by_value else None,
            subject_keyspace=job.keyspaces[plan.subject].name if plan.subject else job.raw.name,
            related={name: self.cells(name) for name in method.columns_needed},
            related_keyspaces={name: job.keyspaces[name].name for name in method.columns_needed},
            memo=self.memo,
            **more,
        )


def column_context(job: Job, step: Step) -> Context:
    """Return what a transform may know of its column, without rows."""
    keyspace = job.keyspaces[step.column]
    return Context(
        column=job.raw.column(step.column),
        key=job.key(keyspace.key),
        keyspace=keyspace.name,
        canonical=keyspace.canonical,
        region=keyspace.region,
        null_values=frozenset(job.null_values),
    )


More = Callable[[Step, Transform, "Partition", Transformed], Mapping[str, Any]]
"""Tells which fields are added to a transform's context, such as what was fitted and the search of texts; it is given the
partition and its columns that are transformed already."""


def nothing_more(_: Step, __: Transform, ___: Partition, ____: Transformed) -> Mapping[str, Any]:
    """Add nothing to a transform's context."""
    return {}


class Columns:
    """Transforms columns of partitions, remembering the results of values from one partition to the next."""

    def __init__(self, job: Job, more: More = nothing_more) -> None:
        self._job, self._more = job, more
        self._by_value: dict[tuple[str, bool], ByValue] = {}

    def __call__(self, partition: Partition, names: Iterable[str], done: Transformed | None = None) -> dict[str, pa.Array]:
        """Return transformed columns by name."""
        return {name: self._column(partition, name, done or {}) for name in names}

    def _column(self, partition: Partition, name: str, done: Transformed) -> pa.Array:
        (step, method), *others = self._job.actions[name]
        if step.branch is None:
            return self._cells(partition, step, method, done)
        chosen = self._chosen(partition, step.branch)
        ways = [(chosen, (step, method)), (~chosen, others[0])]
        parts = [
            self._cells(partition.where(rows), *action, _rows_of(done, rows), otherwise=bool(place))
            for place, (rows, action) in enumerate(ways)
        ]
        order = np.argsort(np.concatenate([np.flatnonzero(rows) for rows, _ in ways]))
        return pa.chunked_array(parts, pa.string()).combine_chunks().take(pa.array(order))

    def _chosen(self, partition: Partition, branch: Branch) -> Any:
        test = branch.where
        nulls = frozenset(self._job.null_values)
        return passing(test, partition.cells(test.column), self._job.raw.column(test.column), nulls)

    def _cells(
        self, partition: Partition, step: Step, method: Transform, done: Transformed, *, otherwise: bool = False
    ) -> pa.Array:
        cells = partition.raw.column(step.column)
        if method.properties.effect == "keep" and step.nulls == "keep":
            return cells.combine_chunks()

        def apply(values: Cells, *, distinct: bool) -> Cells:
            more = {**self._more(step, method, partition, done), "distinct": distinct}
            return method.apply(values, partition.context(step, method, more))

        ruled = with_null_rule(step, self._job.null_values, apply)
        if not method.by_value:
            return strings(ruled(partition.cells(step.column), distinct=False))
        return self._by_value.setdefault((step.column, otherwise), ByValue())(cells, ruled)


def _rows_of(done: Transformed, rows: Any) -> Transformed:
    return {name: cells.filter(pa.array(rows)) for name, cells in done.items()}
