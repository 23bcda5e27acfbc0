"""A large stand-in in partitions: each with a seed of its own, so that several processes draw the same rows as one.

Memory is flat in the number of rows: a partition is drawn, handed on and forgotten. Worker processes load the saved model once,
get numbers of partitions by a pipe, and leave the rows in private files of the run's work folder, gone once read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from tasks import store
from tasks.engine.piped import PARTITIONS_PER_WORKER, Pool
from tasks.engine.scratch import take_scratch
from veil import rng
from veil.errors import StageFailed, SynthesisFailed
from veil.synthesizers.conditions import Condition

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.base import Model

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
    drawing, n_workers = Drawing(order), min(processes - 1, order.n_partitions // PARTITIONS_PER_WORKER)
    if n_workers < 1 or order.n_partitions < MIN_PARTITIONS:
        yield from map(drawing.partition, range(order.n_partitions))
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with Pool("synthesize", "tasks.generating", order.to_json(), n_workers, [str(folder)]) as workers:
            yield from _dealt(drawing, workers, order.n_partitions, folder)
    finally:
        for left in folder.glob("scratch-*.arrow"):
            left.unlink()


def _dealt(drawing: Drawing, workers: Pool, n_partitions: int, folder: Path) -> Iterator[pd.DataFrame]:
    waiting, ready, following = deque(range(n_partitions)), dict[int, Any](), 0
    most_ready = 1 + PARTITIONS_PER_WORKER * len(workers)
    while following < n_partitions:
        workers.feed(waiting, most_ready - len(ready))
        mine = bool(waiting) and len(ready) < most_ready and following not in ready
        for number in _numbers(workers, wait=following not in ready and not mine):
            ready[number] = None  # its rows stay in their file until it is their turn
        if following in ready:
            held = ready.pop(following)
            yield _frame(take_scratch(folder, following)) if held is None else held
            following += 1
        elif mine:
            number = waiting.popleft()
            ready[number] = drawing.partition(number)


def _numbers(workers: Pool, *, wait: bool) -> Iterator[int]:
    """Yield the numbers of partitions that have been drawn; what went wrong with one is raised here."""
    for answer in workers.answers(wait=wait):
        if "refused" in answer:
            raise SynthesisFailed(answer["refused"])
        if "failed" in answer:
            raise StageFailed("synthesize", answer["failed"], "tasks/generating.py")
        yield int(answer["partition"])


def _frame(table: pa.Table) -> pd.DataFrame:
    import pandas as pd

    with pd.option_context("future.infer_string", False):
        return table.to_pandas()
