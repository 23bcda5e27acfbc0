"""Finds the rows whose cells a transform cannot handle, so that they can be set aside and the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.engine.job import Job
from tasks.engine.partition import Columns, Partition
from tasks.engine.work import Work
from veil.errors import TransformFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]


def failing_rows(job: Job, at_most: int) -> Rows:
    """Return the numbers of the rows that some plain column's transform refuses, in order.

    Raises
    ------
    TransformFailed : there are more than `at_most`, or none: then a transform of a whole column or of texts failed, and no row
        alone is to blame.
    """
    work, found = Work(job), np.zeros(0, dtype=np.int64)
    for number in range(len(work.first_rows)):
        partition = work.partition(number)
        rows = np.unique(np.concatenate([_failing(job, partition, name) for name in work.names] or [found]))
        found = np.concatenate([found, rows])
        if len(found) > at_most:
            reason = f"cells that cannot be transformed, in more rows than the {at_most} of `gates.transform.quarantined`"
            raise TransformFailed(_first_column(job, partition, work.names), reason, count=len(found))
    return found


def _first_column(job: Job, partition: Partition, names: tuple[str, ...]) -> str:
    return next((name for name in names if len(_failing(job, partition, name, enough=1))), names[0])


def _failing(job: Job, partition: Partition, name: str, enough: int = 2**62) -> Rows:
    """Halve the rows until what fails is one row; what does not fail is left at once."""
    found: list[int] = []
    for row in _halved(job, partition, name):
        found.append(row)
        if len(found) >= enough:
            break
    return np.array(found, dtype=np.int64)


def _halved(job: Job, partition: Partition, name: str) -> Iterator[int]:
    if _passes(job, partition, name):
        return
    rows = partition.rows.to_numpy(dtype=np.int64)
    if len(rows) == 1:
        yield int(rows[0])
        return
    first: Any = np.arange(len(rows)) < len(rows) // 2
    yield from _halved(job, partition.where(first), name)
    yield from _halved(job, partition.where(~first), name)


def _passes(job: Job, partition: Partition, name: str) -> bool:
    try:
        Columns(job)(partition, [name])
    except TransformFailed:
        return False
    return True
