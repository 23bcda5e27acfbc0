"""Whether the output is the same for any partitions, runner, input format and time zone: one digest for all ways."""

from __future__ import annotations

import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT
from benchmarks.transform.tables import write_adventure_works

BATCHES = (1_000, 65_536, 10_000_000)
PLAIN = (("processes", 1), ("processes", 2), ("threads", 2))
DASK = (("dask", 2),)
ZONES = ("UTC", "Pacific/Auckland", "America/St_Johns")
NUMBERS = ("NumberCarsOwned", "NumberChildrenAtHome", "TotalChildren", "YearlyIncome")


@dataclass(frozen=True)
class Way:
    """A table that was transformed in partitions of `batch` rows by `workers` of a runner."""

    batch: int
    runner: str
    workers: int
    digest: str
    seconds: float


def main(rows: int = 20_000) -> list[str]:
    """Return how many digests all ways gave, and what each runner takes, as Markdown lines."""
    has_dask = find_spec("distributed") is not None
    runners = (*PLAIN, *DASK) if has_dask else PLAIN
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder, _cluster(has_dask) as environment:
        files = written_in_all_formats(Path(folder), rows)
        told = [way for file in files for zone in ZONES for way in _ways(file, zone, environment)]
    digests = {way.digest for way in told}
    named = ", ".join(f"{workers} {name}" for name, workers in runners)
    found = f"**{len(digests)} digest{'s' * (len(digests) != 1)}**"
    lines = [f"{len(told)} ways (CSV, Parquet, JSON Lines x partitions of {', '.join(map(str, BATCHES))} rows x "
             f"{named} x {len(ZONES)} time zones), {rows:,} rows: {found}."]  # fmt: skip
    lines += ["", f"| runner, partitions of {BATCHES[0]:,} rows | seconds, median |", "|---|---|"]
    for name, workers in runners:
        seconds = [way.seconds for way in told if (way.batch, way.runner, way.workers) == (BATCHES[0], name, workers)]
        which = " (of a cluster that runs already)" if name == "dask" else ""
        lines.append(f"| {workers} {name}{which} | {statistics.median(seconds):.1f} |")
    return lines if has_dask else [*lines, "", "Dask is not installed: `pip install 'veil-data[dask]'` adds its ways."]


def written_in_all_formats(folder: Path, rows: int) -> list[Path]:
    """Write one table as CSV, as Parquet with numbers as numbers, and as JSON Lines with bare numbers."""
    import json

    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    path = write_adventure_works(folder, rows)
    names = path.open(encoding="utf-8").readline().strip().split(",")
    types = {name: pa.int64() if name in NUMBERS else pa.string() for name in names}
    convert = pacsv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    table = pacsv.read_csv(path, convert_options=convert)
    pq.write_table(table, folder / "customers.parquet")
    lines = (json.dumps(row, ensure_ascii=False) for row in table.to_pylist())
    (folder / "customers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [path, folder / "customers.parquet", folder / "customers.jsonl"]


@contextmanager
def _cluster(has_dask: bool) -> Iterator[dict[str, str]]:
    """Start a Dask cluster of two workers that have the key; yield the environment of all ways."""
    environment = {"VEIL_BENCH_KEY": secrets.token_hex(32), "BENCH_SCHEDULER": ""}
    if not has_dask:
        yield environment
        return
    os.environ.update(environment)
    local: Any = import_module("distributed").LocalCluster
    with local(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0) as cluster:
        yield environment | {"BENCH_SCHEDULER": str(cluster.scheduler_address)}


def _ways(path: Path, zone: str, more: Mapping[str, str]) -> Iterator[Way]:
    """Yield what a process in that time zone made of a file, in all ways; its hash seed is another in each zone."""
    environment = {**os.environ, **more, "TZ": zone, "PYTHONHASHSEED": str(ZONES.index(zone))}
    command = [sys.executable, "-m", "benchmarks.transform.digest_worker", str(path), more["BENCH_SCHEDULER"]]
    ended = subprocess.run(command, check=True, env=environment, cwd=ROOT, capture_output=True, text=True)
    for line in ended.stdout.splitlines():
        batch, runner, workers, digest, seconds = line.split()
        yield Way(int(batch), runner, int(workers), digest, float(seconds))
