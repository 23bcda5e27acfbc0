"""Prints the digest of a table that was transformed in partitions of so many rows, by so many workers of a kind."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from benchmarks.transform.plans import benchmark_plan
from tasks import store
from tasks.engine import Job, Runner, transform_table
from tasks.settings import RunnerName, read_keys
from veil.policy import load_policy


def main(source: str, batch: str, runner: str, workers: str, scheduler: str = "") -> None:
    """Transform `source` and print the digest of the output's cells, and the seconds that transforming took."""
    policy = load_policy(Path(__file__).with_name("policy.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        drop = store.read_drop(Path(source), Path(folder) / "raw", dataset="benchmark", received_at="")
        whole = drop.files[0].table
        columns = whole.columns
        cut = store.write_table(whole.name, store.read_batches(whole), Path(folder) / "cut", stage="ingest", columns=columns,
                                rows=int(batch))  # fmt: skip
        raw, plan = benchmark_plan(policy, cut)
        job = Job.of(policy, read_keys(policy), raw, plan, str(Path(folder) / "transformed"))
        start = time.monotonic()
        table, _ = transform_table(job, lambda *_: {}, Runner(cast(RunnerName, runner), int(workers), scheduler))
        print(table.sha256, time.monotonic() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
