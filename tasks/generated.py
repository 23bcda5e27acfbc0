"""A large stand-in in partitions: each with a seed of its own, so that several processes draw the same rows as one.

Memory is flat in the number of rows: a partition is drawn, handed on and forgotten. Worker processes load the saved model once,
get numbers of partitions by a pipe, and leave the rows in private files of the run's work folder, gone once read.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from tasks import store
from tasks.engine.scratch import take_scratch
from veil import rng
from veil.errors import StageFailed, SynthesisFailed
from veil.synthesizers.conditions import Condition

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.base import Model

GIVEN_AT_A_TIME: Final = 2
"""Partitions that lie with a worker, so that it never waits for the next."""

MIN_PARTITIONS: Final = 4
"""With fewer, a worker's seconds of imports cost more than it saves."""


@dataclass(frozen=True)
class Order:
    """What is to be drawn.

    Attributes
    ----------
    model : folder of a saved model.
    partition_rows : most rows of a partition; another number gives other rows for the same seed.
    where : conditions that every row meets.
    """

    model: str
    n_rows: int
    seed: int
    partition_rows: int = store.ROWS_PER_PARTITION
    where: Mapping[str, Condition] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.n_rows < 0 or self.partition_rows < 1:
            raise SynthesisFailed(f"cannot draw {self.n_rows} rows by {self.partition_rows}; ask for at least 0, by at least 1")

    @property
    def n_partitions(self) -> int:
        """Number of partitions; one without rows where none are asked for, so that the columns are known."""
        return max(-(-self.n_rows // self.partition_rows), 1)

    def rows(self, number: int) -> int:
        """Return how many rows a partition has; partitions are counted from 0."""
        return min(self.partition_rows, self.n_rows - number * self.partition_rows)

    def to_json(self) -> bytes:
        """Return the order as JSON on one line; conditions hold cells, so it goes by a pipe only."""
        from pydantic import TypeAdapter

        return TypeAdapter(Order).dump_json(self)

    @classmethod
    def from_json(cls, text: bytes) -> Order:
        """Read what `to_json` wrote."""
        from pydantic import TypeAdapter

        return TypeAdapter(Order).validate_json(text)


class Drawing:
    """An order and its model, loaded once.

    Raises
    ------
    SynthesisFailed : the model cannot be read.
    """

    def __init__(self, order: Order) -> None:
        from veil.synthesizers import load_model

        self._order = order
        self._model: Model = load_model(Path(order.model))

    def partition(self, number: int) -> pd.DataFrame:
        """Return one partition: strings and None. It is the same whichever others are drawn."""
        seed = rng.integer(self._order.seed, "partition", str(number))
        return self._model.sample(self._order.rows(number), seed=seed, where=self._order.where)


def generated(order: Order, folder: Path, *, processes: int = 1) -> Iterator[pd.DataFrame]:
    """Yield the partitions in order, drawn by this process and `processes - 1` others; the same rows for any number.

    Parameters
    ----------
    folder : private to the run; rows on their way from a worker lie there until they are read.

    Raises
    ------
    SynthesisFailed : the model cannot be read, or a condition that nothing supports.
    StageFailed : a worker process ended; the rest of the run is not drawn.
    """
    drawing, n_workers = Drawing(order), min(processes - 1, order.n_partitions // GIVEN_AT_A_TIME)
    if n_workers < 1 or order.n_partitions < MIN_PARTITIONS:
        yield from map(drawing.partition, range(order.n_partitions))
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _Workers(order, folder, n_workers) as workers:
        yield from _dealt(drawing, workers, order.n_partitions)


def _dealt(drawing: Drawing, workers: _Workers, n_partitions: int) -> Iterator[pd.DataFrame]:
    waiting, ready, following = deque(range(n_partitions)), dict[int, Any](), 0
    most_ready = 1 + GIVEN_AT_A_TIME * len(workers)
    while following < n_partitions:
        workers.feed(waiting, most_ready - len(ready))
        mine = bool(waiting) and len(ready) < most_ready and following not in ready
        for number in workers.done(wait=following not in ready and not mine):
            ready[number] = None  # its rows stay in their file until it is their turn
        if following in ready:
            held = ready.pop(following)
            yield workers.take(following) if held is None else held
            following += 1
        elif mine:
            number = waiting.popleft()
            ready[number] = drawing.partition(number)


class _Workers:
    """Worker processes of one order; leaving the block ends them and removes what they left."""

    def __init__(self, order: Order, folder: Path, count: int) -> None:
        self._folder = folder
        self._selector = selectors.DefaultSelector()
        self._workers = [_Worker(order, folder) for _ in range(count)]
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
        for left in self._folder.glob("scratch-*.arrow"):
            left.unlink()

    def feed(self, waiting: deque[int], room: int) -> None:
        """Give each worker partitions until it has enough, and no more than there is room for."""
        for worker in self._workers:
            while waiting and worker.n_given < GIVEN_AT_A_TIME and room > 0:
                worker.give(waiting.popleft())
                room -= 1

    def done(self, *, wait: bool) -> Iterator[int]:
        """Yield the numbers of partitions that have been drawn; with `wait`, at least one."""
        for key, _ in self._selector.select(None if wait else 0):
            yield key.data.answer()

    def take(self, number: int) -> pd.DataFrame:
        """Return a partition that a worker drew."""
        return _frame(take_scratch(self._folder, number))


class _Worker:
    def __init__(self, order: Order, folder: Path) -> None:
        command = [sys.executable, "-P", "-m", "tasks.generating", str(folder)]  # -P: the current folder is nobody's package
        self._process = subprocess.Popen(  # noqa: S603 - our own module, and a folder of ours
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # unbuffered, so that an answer that was not read yet is seen by the selector
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self.output = self._process.stdin, self._process.stdout
        self.n_given = 0
        self._send(order.to_json())

    def give(self, number: int) -> None:
        self.n_given += 1
        self._send(str(number).encode())

    def answer(self) -> int:
        """Read one answer; what went wrong there is raised here."""
        line = self.output.readline()
        if not line:
            raise StageFailed("synthesize", "a worker process ended", "the machine may be out of memory; set VEIL_WORKERS=1")
        self.n_given -= 1
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise SynthesisFailed(answer["refused"])
        if "failed" in answer:
            raise StageFailed("synthesize", answer["failed"], "tasks/generating.py")
        return int(answer["partition"])

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


def _frame(table: pa.Table) -> pd.DataFrame:
    import pandas as pd

    with pd.option_context("future.infer_string", False):
        return table.to_pandas()
