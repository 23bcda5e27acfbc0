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
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from benchmarks.measure import ROOT
from benchmarks.transform.tables import write_adventure_works

BATCHES = (1_000, 65_536, 10_000_000)
PLAIN = (("processes", 1), ("processes", 2), ("threads", 2))
DASK = (("dask", 2),)
ZONES = ("UTC", "Pacific/Auckland", "America/St_Johns")
NUMBERS = ("NumberCarsOwned", "NumberChildrenAtHome", "TotalChildren", "YearlyIncome")


def main(rows: int = 20_000) -> list[str]:
    """Return how many digests all ways gave, and what Dask costs, as Markdown lines."""
    has_dask = find_spec("distributed") is not None
    runners = (*PLAIN, *DASK) if has_dask else PLAIN
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder, _cluster(secrets.token_hex(32), has_dask) as environment:
        files = written_in_all_formats(Path(folder), rows)
        ways = list(product(files, BATCHES, runners, ZONES))
        told = {way: _digest(*way, environment) for way in ways}
    digests = {digest for digest, _ in told.values()}
    named = ", ".join(f"{workers} {name}" for name, workers in runners)
    found = f"**{len(digests)} digest{'s' * (len(digests) != 1)}**"
    lines = [f"{len(ways)} ways (CSV, Parquet, JSON Lines x partitions of {', '.join(map(str, BATCHES))} rows x "
             f"{named} x {len(ZONES)} time zones), {rows:,} rows: {found}."]  # fmt: skip
    if not has_dask:
        return [*lines, "", "Dask is not installed: `pip install 'veil-data[dask]'` adds its ways."]
    lines += ["", f"| runner (partitions of {BATCHES[0]:,} rows; Dask's cluster runs already) | seconds, median |", "|---|---|"]
    for runner in runners:
        seconds = [seconds for (_, batch, by, _), (_, seconds) in told.items() if (batch, by) == (BATCHES[0], runner)]
        lines.append(f"| {runner[1]} {runner[0]} | {statistics.median(seconds):.1f} |")
    return lines


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
def _cluster(key: str, has_dask: bool) -> Iterator[dict[str, str]]:
    """Start a Dask cluster of two workers that have the key; yield the environment of all ways."""
    environment = {"VEIL_BENCH_KEY": key}
    if not has_dask:
        yield environment
        return
    import distributed

    os.environ.update(environment)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0) as cluster:
        yield environment | {"BENCH_SCHEDULER": str(cluster.scheduler_address)}


def _digest(path: Path, batch: int, runner: tuple[str, int], zone: str, more: Mapping[str, str]) -> tuple[str, float]:
    environment = {**os.environ, **more, "TZ": zone, "PYTHONHASHSEED": str(batch % 1_000)}
    name, workers = runner
    command = [sys.executable, "-m", "benchmarks.transform.digest_worker", str(path), str(batch), name, str(workers)]
    command += [more["BENCH_SCHEDULER"]] if name == "dask" else []
    ended = subprocess.run(command, check=True, env=environment, cwd=ROOT, capture_output=True, text=True)
    digest, seconds = ended.stdout.split()
    return digest, float(seconds)
