"""What a worker answers for a partition: counts, or an error by its type and by our own words only. Cells go by files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from tasks.engine.scratch import take_scratch, write_scratch
from tasks.engine.work import ColumnCount, Work
from veil.errors import StageFailed, TransformFailed, VeilError

Done = tuple[pa.Table, dict[str, ColumnCount]]


def answer_for(work: Callable[[], Work], folder: str, number: int) -> dict[str, Any]:
    """Transform a partition, leave its columns in the folder, and return what to tell; never raises."""
    try:
        table, counts = work().transformed(number)
        write_scratch(Path(folder), number, table)
        told: dict[str, Any] = {"counts": {name: asdict(count) for name, count in counts.items()}}
    except TransformFailed as error:
        told = {"column": error.column, "reason": error.reason, "count": error.count}
    except VeilError as error:
        told = {"refused": str(error)}
    except Exception as error:  # noqa: BLE001 - the boundary: a library's text can hold a cell
        told = {"failed": type(error).__name__}
    pa.default_memory_pool().release_unused()
    return {"partition": number, **told}


def taken(answer: Mapping[str, Any], folder: str) -> Done:
    """Return the columns and counts that an answer tells of; what went wrong there is raised here."""
    if "counts" not in answer:
        _raise(answer)
    counts = {name: ColumnCount(**count) for name, count in answer["counts"].items()}
    return take_scratch(Path(folder), answer["partition"]), counts


def _raise(answer: Mapping[str, Any]) -> NoReturn:
    if "column" in answer:
        raise TransformFailed(answer["column"], answer["reason"], count=answer["count"])
    if "refused" in answer:
        raise VeilError(answer["refused"])
    raise StageFailed("transform", answer["failed"], "a worker of tasks/engine")
