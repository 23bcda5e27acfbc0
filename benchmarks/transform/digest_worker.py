"""Prints the digest of a table that was transformed in all ways: partitions of so many rows, by so many workers of a kind."""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import cast

from benchmarks.transform.digests import BATCHES, DASK, PLAIN
from benchmarks.transform.plans import benchmark_plan
from tasks import store
from tasks.engine import Job, Runner, transform_table
from tasks.settings import RunnerName, read_keys
from veil.model import Table
from veil.policy import load_policy


def main(source: str, scheduler: str = "") -> None:
    """Transform `source` and print, for each way, what it is, the digest of the output's cells, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        drop = store.read_drop(Path(source), Path(folder) / "raw", dataset="benchmark", received_at="")
        for batch, (name, workers) in product(BATCHES, (*PLAIN, *DASK) if scheduler else PLAIN):
            runner = Runner(cast(RunnerName, name), workers, scheduler)
            print(batch, name, workers, *_transformed(drop.files[0].table, Path(folder), batch, runner), flush=True)


def _transformed(whole: Table, folder: Path, batch: int, runner: Runner) -> tuple[str, float]:
    policy = load_policy(Path(__file__).with_name("policy.yaml"))
    batches = store.read_batches(whole)
    cut = store.write_table(whole.name, batches, folder / "cut", stage="ingest", columns=whole.columns, rows=batch)
    raw, plan = benchmark_plan(policy, cut)
    job = Job.of(policy, read_keys(policy), raw, plan, str(folder / "transformed"))
    start = time.monotonic()
    table, _ = transform_table(job, lambda *_: {}, runner)
    return table.sha256, time.monotonic() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
