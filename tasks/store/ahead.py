"""Work in other threads, in order: what reads and writes files in Arrow and NumPy leaves the interpreter to others meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import pyarrow as pa

S = TypeVar("S")
T = TypeVar("T")

MOST_THREADS: Final = 4
_END: Final = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield the items of an iterator, each of them worked out by another thread while the one before it is in use."""
    iterator = iter(items)
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, iterator, _END)
        while (item := following.result()) is not _END:
            following = thread.submit(next, iterator, _END)
            yield item  # type: ignore[misc]  # not the mark of the end


def mapped(function: Callable[[S], T], items: Iterable[S], n_threads: int = 0) -> Iterator[T]:
    """Yield a function's results in the order of the items, worked out by so many threads; 0: as many as there are processors."""
    n_threads = n_threads or min(pa.cpu_count(), MOST_THREADS)
    begun = deque[Future[T]]()
    with ThreadPoolExecutor(n_threads) as threads:
        for item in items:
            begun.append(threads.submit(function, item))
            if len(begun) > n_threads:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
