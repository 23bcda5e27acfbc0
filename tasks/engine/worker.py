"""A worker process: reads a job and then numbers of partitions from its standard input, transforms, and answers by lines of JSON.

Started by `tasks.engine.workers`; nothing of it is Prefect's. It ends when its input ends, so none outlives its parent.
"""

from __future__ import annotations

import json
import sys
import warnings
from functools import cache

from tasks.engine.answers import answer_for
from tasks.engine.job import Job
from tasks.engine.work import Work


def main() -> None:
    """Answer for each partition."""
    warnings.simplefilter("ignore")
    source, answers = sys.stdin.buffer, sys.stdout
    job = Job.from_json(source.readline())
    work = cache(lambda: Work(job))
    for line in source:
        answers.write(json.dumps(answer_for(work, job.folder, int(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
