"""Prints the digest of a table that was transformed in partitions of so many rows, by so many processes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.transform.plans import benchmark_plan
from tasks import store
from tasks.engine import Job, Runner, transform_table
from tasks.settings import read_keys
from veil.policy import load_policy


def main(source: str, batch: str, processes: str) -> None:
    """Transform `source` and print the digest of the output's cells."""
    policy = load_policy(Path(__file__).with_name("policy.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        drop = store.read_drop(Path(source), Path(folder) / "raw", dataset="benchmark", received_at="")
        whole = drop.files[0].table
        columns = whole.columns
        cut = store.write_table(whole.name, store.read_batches(whole), Path(folder) / "cut", stage="ingest", columns=columns,
                                rows=int(batch))  # fmt: skip
        raw, plan = benchmark_plan(policy, cut)
        job = Job.of(policy, read_keys(policy), raw, plan, str(Path(folder) / "transformed"))
        print(transform_table(job, lambda *_: {}, Runner(workers=int(processes)))[0].sha256)


if __name__ == "__main__":
    main(*sys.argv[1:])
