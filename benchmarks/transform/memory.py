"""Whether memory stays flat from one million rows to ten."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.transform.speed import transformed
from benchmarks.transform.tables import write_adventure_works


def main(rows: tuple[int, ...] = (1_000_000, 10_000_000)) -> list[str]:
    """Return peak memory per number of rows as Markdown lines."""
    lines = ["| rows | seconds | rows/s | peak MiB of all processes |", "|---|---|---|---|"]
    peaks = []
    for n_rows in rows:
        with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder:
            run = transformed(write_adventure_works(Path(folder), n_rows), Path(folder), 2)
        peaks.append(run.peak_mib)
        lines.append(f"| {n_rows:,} | {run.seconds:.0f} | {n_rows / run.seconds:,.0f} | {run.peak_mib:.0f} |")
    return [*lines, "", f"Growth: {peaks[-1] / peaks[0] - 1:+.0%}."]
