"""Let a synthesizer learn a table in a process of its own, and score what it made."""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import measure
from benchmarks.synthesize.data import load
from benchmarks.synthesize.score import scores


def one(table: str, synthesizer: str, *, seed: int = 1, rows: int | None = None, parameters: Mapping[str, Any] | None = None,
        fit_only: bool = False) -> dict[str, Any]:  # fmt: skip
    """Return scores and costs of one synthesizer on one table."""
    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        asked = {"table": table, "synthesizer": synthesizer, "seed": seed, "rows": rows, "parameters": dict(parameters or {})}
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        run = measure(("-m", "benchmarks.synthesize.worker", name), {"OMP_NUM_THREADS": "1"}, told=folder / "laps.json")
        made = pd.read_parquet(folder / "synthetic.parquet").astype(object)
    fit, sample = run.lap("fit"), run.lap("sample")
    assert fit is not None
    assert sample is not None
    cost = {"fit_cpu": fit.cpu_seconds, "sample_cpu": sample.cpu_seconds, "peak_mib": run.peak_mib, "grown_mib": fit.grown_mib,
            "epochs": run.facts["epochs"]}  # fmt: skip
    judged = {} if fit_only else scores(load(table, rows), made.where(made.notna(), None))
    return {**judged, **cost}


def given(settings: Sequence[str]) -> dict[str, Any]:
    """Return parameters written as `name=value`."""
    found = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            found[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[name] = value
    return found
