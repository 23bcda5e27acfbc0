"""Worker processes of a module of ours: numbers of partitions go in by a pipe, and a line of JSON comes back for each."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Final

from veil.errors import StageFailed

PARTITIONS_PER_WORKER: Final = 2
"""Partitions that lie with a worker at a time, so that it never waits for the next."""


class Pool:
    """Workers of one job; leaving the block ends them.

    Parameters
    ----------
    stage : told if one ends by itself.
    module, arguments : what each runs.
    job : its first line, which can hold keys and cells: it goes by the pipe, never as an argument.
    """

    def __init__(self, stage: str, module: str, job: bytes, count: int, arguments: Sequence[str] = ()) -> None:
        self._selector = selectors.DefaultSelector()
        self._workers = [_Worker(stage, module, job, arguments) for _ in range(count)]
        for worker in self._workers:
            self._selector.register(worker.output, selectors.EVENT_READ, worker)

    def __len__(self) -> int:
        return len(self._workers)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._selector.close()
        for worker in self._workers:
            worker.end()

    def feed(self, waiting: deque[int], room: int | None = None) -> None:
        """Give each worker partitions until it has enough, and no more than there is room for; None is room for all."""
        left = len(waiting) if room is None else room
        for worker in self._workers:
            while waiting and worker.n_given < PARTITIONS_PER_WORKER and left > 0:
                worker.give(waiting.popleft())
                left -= 1

    def answers(self, *, wait: bool) -> Iterator[dict[str, Any]]:
        """Yield what workers answered; with `wait`, at least one answer.

        Raises
        ------
        StageFailed : a worker process ended.
        """
        for key, _ in self._selector.select(None if wait else 0):
            yield key.data.answer()


class _Worker:
    def __init__(self, stage: str, module: str, job: bytes, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-P", "-m", module, *arguments]  # -P: the current folder is nobody's package
        self._process = subprocess.Popen(  # noqa: S603 - our own module, and folders of ours
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # unbuffered, so that an answer that was not read yet is seen by the selector
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stage, self._input, self.output = stage, self._process.stdin, self._process.stdout
        self.n_given = 0
        self._send(job)

    def give(self, number: int) -> None:
        self.n_given += 1
        self._send(str(number).encode())

    def answer(self) -> dict[str, Any]:
        line = self.output.readline()
        if not line:
            raise StageFailed(self._stage, "a worker process ended", "the machine may be out of memory; set VEIL_WORKERS=1")
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
