"""Deals a table's partitions out to worker processes, takes a share itself, and yields them in order."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

from tasks.engine.answers import Done, taken
from tasks.engine.job import Job
from tasks.engine.work import Work
from veil.errors import StageFailed

PARTITIONS_PER_WORKER: Final = 2
"""Partitions that lie with a worker at a time, so that it never waits for the next."""


def dealt(job: Job, work: Work, n_partitions: int, n_others: int) -> Iterator[Done]:
    """Yield the plain columns of each partition in order, transformed by this process and that many others."""
    with _Workers(job, n_others) as workers:
        yield from _dealt(work, workers, n_partitions)


def _dealt(work: Work, workers: _Workers, n_partitions: int) -> Iterator[Done]:
    waiting, ready, following = deque(range(n_partitions)), dict[int, Done](), 0
    most_ready = 2 + PARTITIONS_PER_WORKER * len(workers)
    while following < n_partitions:
        workers.feed(waiting)
        ready.update(workers.answers(wait=following not in ready and not (waiting and len(ready) < most_ready)))
        if following in ready:
            yield ready.pop(following)
            following += 1
        elif waiting and len(ready) < most_ready:
            mine = waiting.popleft()
            ready[mine] = work.transformed(mine)


class _Workers:
    """Worker processes of one job. The job, with its keys, goes by a pipe; leaving the block ends them."""

    def __init__(self, job: Job, count: int) -> None:
        self._folder = job.folder
        self._selector = selectors.DefaultSelector()
        self._workers = [_Worker(job) for _ in range(count)]
        for worker in self._workers:
            self._selector.register(worker.output, selectors.EVENT_READ, worker)

    def __len__(self) -> int:
        return len(self._workers)

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._selector.close()
        for worker in self._workers:
            worker.end()

    def feed(self, waiting: deque[int]) -> None:
        """Give each worker partitions until it has enough."""
        for worker in self._workers:
            while waiting and worker.n_given < PARTITIONS_PER_WORKER:
                worker.give(waiting.popleft())

    def answers(self, *, wait: bool) -> Iterator[tuple[int, Done]]:
        """Yield what has been done; with `wait`, at least one partition."""
        for key, _ in self._selector.select(None if wait else 0):
            answer = key.data.answer()
            yield answer["partition"], taken(answer, self._folder)


class _Worker:
    def __init__(self, job: Job) -> None:
        command = [sys.executable, "-P", "-m", "tasks.engine.worker"]  # -P: the current folder is nobody's package
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no argument from outside
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # unbuffered, so that an answer that was not read yet is seen by the selector
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self.output = self._process.stdin, self._process.stdout
        self.n_given = 0
        self._send(job.to_json())

    def give(self, number: int) -> None:
        self.n_given += 1
        self._send(str(number).encode())

    def answer(self) -> dict[str, Any]:
        """Read one answer."""
        line = self.output.readline()
        if not line:
            raise StageFailed("transform", "a worker process ended", "the machine may be out of memory; set VEIL_WORKERS=1")
        self.n_given -= 1
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        self._process.kill()
        self._input.close()
        self.output.close()
        self._process.wait()

    def _send(self, line: bytes) -> None:
        rest = memoryview(line + b"\n")
        try:
            while rest:
                rest = rest[self._input.write(rest) :]
        except BrokenPipeError:
            pass  # the worker has ended; reading its answer tells
