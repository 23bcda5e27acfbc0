"""Measured in a process of its own: a CSV file in, its columns transformed as the policy says, a CSV file out."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Laps


def main(source: str, work: str, processes: str, marks: str) -> None:
    """Read, transform and write `source`, a lap each."""
    laps = Laps()
    with laps("imports"):
        from benchmarks.transform.plans import benchmark_plan
        from tasks import store
        from tasks.engine import Job, Runner, transform_table
        from tasks.settings import read_keys
        from veil.model import Plan
        from veil.policy import load_policy
    policy = load_policy(Path(__file__).with_name("policy.yaml"))
    folder = Path(work)
    with laps("read"):
        drop = store.read_drop(Path(source), folder / "raw", dataset="benchmark", received_at="")
    raw, plan = benchmark_plan(policy, drop.files[0].table)
    with laps("transform"):
        job = Job.of(policy, read_keys(policy), raw, plan, str(folder / "transformed"))
        table, _ = transform_table(job, lambda *_: {}, Runner(workers=int(processes)))
    with laps("write"):
        store.write_output(table, drop.files[0].format, folder / "out.csv")
    assert isinstance(plan, Plan)
    laps.write(Path(marks), {"sha256": table.sha256, "rows": table.n_rows})


if __name__ == "__main__":
    main(*sys.argv[1:])
