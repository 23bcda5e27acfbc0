"""A table's partitions on workers of a Dask cluster, by `distributed` itself: any scheduler's, or that of one started here.

Whoever may talk to a Dask scheduler or worker may run code on it, and our workers can fetch keys. So a cluster that is started
here speaks TLS with certificates that only this run has, and a scheduler on another machine must be spoken to by TLS.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from tasks.engine.answers import Done, taken
from tasks.engine.dask_worker import forget, transform_partition
from tasks.engine.job import Job
from tasks.engine.shared import shared
from veil.errors import StageFailed, VeilError

SECONDS_TO_CONNECT: Final = 30
SECONDS_BETWEEN_LOOKS: Final = 10
LOOKS_WITHOUT_WORKERS: Final = 6
PARTITIONS_PER_THREAD: Final = 2
PAGES: Final = ("distributed.scheduler.http.routes", "distributed.worker.http.routes")


def dealt_to_cluster(
    job: Job, n_partitions: int, scheduler: str, n_workers: int, *, unencrypted: bool = False
) -> Iterator[Done]:
    """Yield the plain columns of each partition in order. A worker that ends loses its partitions to the others.

    Raises
    ------
    VeilError : Dask is not installed, or the scheduler is on another machine and not spoken to by TLS.
    KeyUnavailable : a key that workers cannot fetch.
    StageFailed : no scheduler or no worker answers, or workers end again and again.
    """
    refuse_plain(scheduler, unencrypted=unencrypted)
    with shared(job) as (path, sha256), _connected(scheduler, n_workers) as client:
        try:
            yield from _in_order(client, n_partitions, job, (path, sha256))
        finally:
            with contextlib.suppress(Exception):  # a worker that is gone has forgotten
                client.run(forget, sha256)


def refuse_plain(scheduler: str, *, unencrypted: bool) -> None:
    """Refuse to speak to another machine without TLS, unless the operator accepts it."""
    if not scheduler or scheduler.startswith("tls://") or unencrypted or _is_here(urlsplit(scheduler).hostname or ""):
        return
    raise VeilError(
        "VEIL_DASK_SCHEDULER is on another machine and not a tls:// address: whoever reaches it could run code where keys are. "
        "Use TLS, or say VEIL_DASK_UNENCRYPTED=accepted where the network is nobody else's"
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_order(client: Any, n_partitions: int, job: Job, told: tuple[str, str]) -> Iterator[Done]:
    n_threads = sum(_threads(client).values())
    begun = deque[Any]()
    for number in range(n_partitions):
        begun.append(client.submit(transform_partition, *told, number, key=f"{told[1][:12]}-{number}", pure=False))
        if len(begun) > max(n_threads, 1) * PARTITIONS_PER_THREAD:
            yield taken(_result(client, begun.popleft()), job.folder)
    while begun:
        yield taken(_result(client, begun.popleft()), job.folder)


def _result(client: Any, future: Any) -> dict[str, Any]:
    """Wait for an answer as long as there are workers. Dask's own errors are told by their type alone."""
    failed = ""
    for _ in range(LOOKS_WITHOUT_WORKERS):
        while not failed:
            try:
                answer: dict[str, Any] = future.result(timeout=SECONDS_BETWEEN_LOOKS)
                return answer
            except TimeoutError:
                if not _threads(client):
                    break
            except Exception as error:  # noqa: BLE001 - the boundary: whatever Dask raises
                failed = type(error).__name__
    raise StageFailed("transform", failed or "no Dask worker is left", "a worker may be out of memory; see its log")


def _threads(client: Any) -> dict[str, int]:
    found: dict[str, int] = client.nthreads()
    return found


@contextmanager
def _connected(scheduler: str, n_workers: int) -> Iterator[Any]:
    distributed = _distributed()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as left:
        if not scheduler:
            client = left.enter_context(_local(distributed, n_workers, left))
        else:
            connect = partial(distributed.Client, scheduler, timeout=SECONDS_TO_CONNECT, set_as_default=False)
            client = left.enter_context(_told(connect))
        _told(partial(client.wait_for_workers, 1, timeout=SECONDS_TO_CONNECT))
        yield client


def _local(distributed: Any, n_workers: int, left: contextlib.ExitStack) -> Any:
    """Start workers on this machine, spoken to by TLS and without pages: else any user of the machine could run code in them."""
    folder = left.enter_context(tempfile.TemporaryDirectory(prefix="veil-dask-"))
    left.enter_context(import_module("dask").config.set({pages: [] for pages in PAGES}))
    cluster = distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=True,
        security=True,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        memory_limit=0,
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )
    return distributed.Client(left.enter_context(cluster), set_as_default=False)


def _told(connect: Callable[[], Any]) -> Any:
    failed = ""
    try:
        return connect()
    except (OSError, TimeoutError) as error:
        failed = type(error).__name__
    raise StageFailed("transform", failed, "no Dask scheduler with a worker answers at VEIL_DASK_SCHEDULER")


def _distributed() -> Any:
    with contextlib.suppress(ImportError):
        return import_module("distributed")
    raise VeilError("`runner: dask` needs Dask, which is not installed: pip install 'veil-data[dask]'")
