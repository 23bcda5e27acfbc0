"""Who transforms the plain columns of partitions: this process alone, its threads, worker processes, or a Dask cluster."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasks.engine.answers import Done
from tasks.engine.job import Job
from tasks.engine.scratch import remove_scratch
from tasks.engine.work import Work
from tasks.engine.workers import dealt
from tasks.settings import RunnerName, Settings
from tasks.store.ahead import mapped

MIN_PARTITIONS: Final = 12
"""With fewer, a worker's second of imports costs more than it saves."""


@dataclass(frozen=True)
class Runner:
    """Who transforms partitions; the bytes are the same for any.

    Attributes
    ----------
    workers : most threads or processes, this one included; the workers of a Dask cluster that is started for the table.
    scheduler : the address of a Dask scheduler; empty for a cluster of this machine.
    """

    name: RunnerName = "processes"
    workers: int = 1
    scheduler: str = ""
    unencrypted: bool = False

    @classmethod
    def of(cls, settings: Settings, asked: RunnerName | None = None) -> Runner:
        """Return the runner that a run asks for, or that of the environment."""
        return cls(asked or settings.runner, settings.workers, settings.scheduler, settings.unencrypted)


ALONE: Final = Runner()


def plain_partitions(job: Job, work: Work, n_partitions: int, runner: Runner) -> Iterator[Done]:
    """Yield the plain columns of each partition, and what was counted on them, in order."""
    if runner.name == "dask":
        yield from _by_dask(job, n_partitions, runner)
    elif runner.workers < 2 or n_partitions < MIN_PARTITIONS:
        yield from map(work.transformed, range(n_partitions))
    elif runner.name == "threads":
        yield from _by_threads(job, n_partitions, runner.workers)
    else:
        yield from _cleared(dealt(job, work, n_partitions, runner.workers - 1), job)


def _by_threads(job: Job, n_partitions: int, n_threads: int) -> Iterator[Done]:
    """Each thread has columns of its own, since these remember values."""
    own = threading.local()

    def transformed(number: int) -> Done:
        if not hasattr(own, "work"):
            own.work = Work(job)
        done: Done = own.work.transformed(number)
        return done

    return mapped(transformed, range(n_partitions), n_threads)


def _by_dask(job: Job, n_partitions: int, runner: Runner) -> Iterator[Done]:
    from tasks.engine.cluster import dealt_to_cluster

    where = (runner.scheduler, runner.workers)
    return _cleared(dealt_to_cluster(job, n_partitions, *where, unencrypted=runner.unencrypted), job)


def _cleared(partitions: Iterator[Done], job: Job) -> Iterator[Done]:
    try:
        yield from partitions
    finally:
        remove_scratch(Path(job.folder))
