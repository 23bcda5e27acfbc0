"""What runs on a Dask worker: it is given a path, a digest and a number, and returns counts. No cell and no key passes Dask."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any, Final

from tasks.engine.answers import answer_for
from tasks.engine.shared import fetched
from tasks.engine.work import Work

_LOCK: Final = threading.Lock()
_WORKS: Final[dict[tuple[str, int], Work]] = {}


def transform_partition(path: str, sha256: str, number: int) -> dict[str, Any]:
    """Transform a partition of the job in the shared file; an error is an answer too, since Dask would log its text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return answer_for(lambda: _work(path, sha256), str(Path(path).parent), number)


def forget(sha256: str) -> None:
    """Drop a job, and its keys with it."""
    with _LOCK:
        for place in [place for place in _WORKS if place[0] == sha256]:
            del _WORKS[place]


def _work(path: str, sha256: str) -> Work:
    """Return this thread's columns of the job: they remember values, and a worker may have several threads."""
    place = (sha256, threading.get_ident())
    work = _WORKS.get(place)
    if work is None:
        made = Work(fetched(path, sha256))
        with _LOCK:
            work = _WORKS.setdefault(place, made)
    return work
