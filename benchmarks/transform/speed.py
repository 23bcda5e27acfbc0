"""How fast CSV goes through twelve transforms into CSV, beside a bare copy and beside the peers on the same columns."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.classify.environment import ENVIRONMENTS
from benchmarks.measure import ROOT, Measurement, measure
from benchmarks.transform.tables import write_adventure_works

PEERS = ENVIRONMENTS["presidio-structured"].python
PEER_ROWS = {"presidio": 20_000, "faker": 5_000}
PEER_NAMES = {"presidio": "presidio-structured's engine, entities given", "faker": "Faker, a call per cell"}


@dataclass(frozen=True)
class Run:
    """One way through: seconds by the clock, processor seconds of the transforms, peak memory of all its processes in MiB."""

    seconds: float
    transform_seconds: float
    peak_mib: float
    sha256: str = ""


def main(rows: int = 1_000_000, repeat: int = 3, *, peers: bool = True) -> list[str]:
    """Return the figures as Markdown lines."""
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder:
        table = write_adventure_works(Path(folder), rows)
        megabytes = f"{table.stat().st_size / 1e6:.0f} MB"
        lines = [f"{rows:,} rows x 25 columns, 12 transformed, {megabytes} of CSV; medians of {repeat}.", ""]
        lines += ["| | seconds | rows/s | peak MiB | against a copy |", "|---|---|---|---|---|"]
        copies = [_copy(table, Path(folder)) for _ in range(repeat)]
        copied = statistics.median(copies)
        lines.append(f"| pyarrow, read and write | {copied:.1f} | {rows / copied:,.0f} | | 1 |")
        alone = 0.0
        for processes in (1, 2):
            runs = [transformed(table, Path(folder), processes) for _ in range(repeat)]
            seconds = statistics.median(run.seconds for run in runs)
            alone = alone or statistics.median(run.transform_seconds for run in runs)
            peak = max(run.peak_mib for run in runs)
            lines.append(f"| Veil, {processes} process{'es' * (processes > 1)} | {seconds:.1f} | {rows / seconds:,.0f} "
                         f"| {peak:.0f} | {seconds / copied:.1f} |")  # fmt: skip
        return lines + (["", *_against_peers(table, Path(folder), alone / rows, repeat)] if peers else [])


def transformed(table: Path, folder: Path, processes: int) -> Run:
    """Read, transform and write a table in a process of its own."""
    with _emptied(folder / "work") as work:
        marks = work / "marks.json"
        command = ("-m", "benchmarks.transform.run_worker", str(table), str(work), str(processes), str(marks))
        measured = measure(command, {"VEIL_BENCH_KEY": secrets.token_hex(32)}, tree=True, told=marks)
    laps = {lap.name: lap for lap in measured.laps}
    seconds = sum(laps[name].seconds for name in ("read", "transform", "write"))
    return Run(seconds, laps["transform"].cpu_seconds, measured.peak_mib, str(measured.facts["sha256"]))


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _copy(table: Path, folder: Path) -> float:
    marks = folder / "copy.json"
    command = ("-m", "benchmarks.transform.copy_worker", str(table), str(folder / "copy.csv"), str(marks))
    measured: Measurement = measure(command, {}, told=marks)
    return measured.laps[0].seconds


def _against_peers(table: Path, folder: Path, ours: float, repeat: int) -> list[str]:
    """Compare processor seconds per row of the transforms alone: reading, writing and finding out are left out for all."""
    if not PEERS.is_file():
        return [f"The peers' environment is not there ({PEERS.parent}); `python -m benchmarks.classify peers-env` makes it."]
    lines = [f"| transforms alone, one process | microseconds a row | Veil ({ours * 1e6:.1f}) is faster by |", "|---|---|---|"]
    for way, rows in PEER_ROWS.items():
        theirs = statistics.median(_peer(table, folder, way, rows) for _ in range(repeat))
        lines.append(f"| {PEER_NAMES[way]} ({rows:,} rows) | {theirs * 1e6:.0f} | {theirs / ours:.0f} x |")
    return lines


def _peer(table: Path, folder: Path, way: str, rows: int) -> float:
    told = folder / "peer.json"
    python = str(PEERS) if way == "presidio" else sys.executable
    script = str(ROOT / "benchmarks" / "transform" / "peer_worker.py")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command: Sequence[str] = [python, script, str(table), str(rows), str(told), way]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    found = json.loads(told.read_text(encoding="utf-8"))
    return float(found["seconds"]) / int(found["rows"])
