"""Whether the output is the same for any partitions, processes, input format and time zone: one digest for all ways."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from benchmarks.measure import ROOT
from benchmarks.transform.tables import write_adventure_works

BATCHES = (1_000, 65_536, 10_000_000)
PROCESSES = (1, 2)
ZONES = ("UTC", "Pacific/Auckland", "America/St_Johns")
NUMBERS = ("NumberCarsOwned", "NumberChildrenAtHome", "TotalChildren", "YearlyIncome")


def main(rows: int = 20_000) -> list[str]:
    """Return how many digests all ways gave, as Markdown lines."""
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder:
        files, key = written_in_all_formats(Path(folder), rows), secrets.token_hex(32)
        ways = list(product(files, BATCHES, PROCESSES, ZONES))
        digests = {_digest(path, batch, processes, zone, key) for path, batch, processes, zone in ways}
    told = f"{len(ways)} ways (CSV, Parquet, JSON Lines x partitions of {', '.join(map(str, BATCHES))} rows x "
    return [f"{told}{' and '.join(map(str, PROCESSES))} processes x {len(ZONES)} time zones), {rows:,} rows: "
            f"**{len(digests)} digest{'s' * (len(digests) != 1)}**."]  # fmt: skip


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


def _digest(path: Path, batch: int, processes: int, zone: str, key: str) -> str:
    environment = {**os.environ, "TZ": zone, "VEIL_BENCH_KEY": key, "PYTHONHASHSEED": str(batch % 1_000)}
    command = [sys.executable, "-m", "benchmarks.transform.digest_worker", str(path), str(batch), str(processes)]
    ended = subprocess.run(command, check=True, env=environment, cwd=ROOT, capture_output=True, text=True)
    return ended.stdout.strip()
