"""A worker process: reads a job and then numbers of partitions from its standard input, transforms, and answers by lines of JSON.

Started by `tasks.engine.workers`; nothing of it is Prefect's. It ends when its input ends, so none outlives its parent.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.engine.job import Job
from tasks.engine.work import Work
from veil.errors import TransformFailed, VeilError


def main() -> None:
    """Answer for each partition; an error is told by its type, and by our own words only."""
    warnings.simplefilter("ignore")
    source, answers = sys.stdin.buffer, sys.stdout
    work: Work | None = None
    job = Job.from_json(source.readline())
    for line in source:
        number = int(line)
        try:
            work = work or Work(job)
            answer = _done(work, Path(job.folder), number)
        except VeilError as error:
            answer = _told(error)
        except Exception as error:  # noqa: BLE001 - the boundary: a library's text can hold a cell
            answer = {"failed": type(error).__name__}
        answers.write(json.dumps({"partition": number, **answer}) + "\n")
        answers.flush()


def _done(work: Work, folder: Path, number: int) -> dict[str, Any]:
    from tasks.engine.scratch import write_scratch

    table, counts = work.transformed(number)
    write_scratch(folder, number, table)
    return {"counts": {name: asdict(count) for name, count in counts.items()}}


def _told(error: VeilError) -> dict[str, Any]:
    if isinstance(error, TransformFailed):
        return {"column": error.column, "reason": error.reason, "count": error.count}
    return {"refused": str(error)}


if __name__ == "__main__":
    main()
