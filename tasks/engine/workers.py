"""Deals a table's partitions out to worker processes, takes a share itself, and yields them in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tasks.engine.answers import Done, taken
from tasks.engine.job import Job
from tasks.engine.piped import PARTITIONS_PER_WORKER, Pool
from tasks.engine.work import Work


def dealt(job: Job, work: Work, n_partitions: int, n_others: int) -> Iterator[Done]:
    """Yield the plain columns of each partition in order, transformed by this process and that many others."""
    with Pool("transform", "tasks.engine.worker", job.to_json(), n_others) as workers:
        yield from _dealt(job, work, workers, n_partitions)


def _dealt(job: Job, work: Work, workers: Pool, n_partitions: int) -> Iterator[Done]:
    waiting, ready, following = deque(range(n_partitions)), dict[int, Done](), 0
    most_ready = 2 + PARTITIONS_PER_WORKER * len(workers)
    while following < n_partitions:
        workers.feed(waiting)
        answers = workers.answers(wait=following not in ready and not (waiting and len(ready) < most_ready))
        ready.update((answer["partition"], taken(answer, job.folder)) for answer in answers)
        if following in ready:
            yield ready.pop(following)
            following += 1
        elif waiting and len(ready) < most_ready:
            mine = waiting.popleft()
            ready[mine] = work.transformed(mine)
