"""Peers, each as installed from the registry in an environment of its own: a script reads train.csv and writes synthetic.csv."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, WorkerFailed
from benchmarks.synthesize.data import load
from benchmarks.synthesize.score import scores

SECONDS_AT_MOST = 3_600


@dataclass(frozen=True)
class Peer:
    """How a peer is told, the folder of its environment, and its script beside this file."""

    title: str
    environment: str
    script: str


PEERS: dict[str, Peer] = {
    "mostlyai-engine": Peer("mostlyai-engine (TabularARGN)", ".venv-peers-synth", "peer_argn.py"),
    "sdv-copula": Peer("SDV GaussianCopula", ".venv-peers-synth", "peer_sdv.py"),
    "synthpop-py": Peer("synthpop-py (CART)", ".venv-peers-synth", "peer_synthpop.py"),
}


def one_peer(table: str, name: str, seed: int) -> dict[str, Any]:
    """Return scores and costs of a peer on a table.

    Raises
    ------
    WorkerFailed : it is not installed, failed, or took over an hour; says which.
    """
    import pandas as pd

    peer = PEERS[name]
    python = ROOT / peer.environment / "bin" / "python"
    script = Path(__file__).parent / peer.script
    if not python.is_file() or not script.is_file():
        raise WorkerFailed(f"{name}: no {peer.environment} here; see `peers-*.txt` beside this file")
    bench = load(table)
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as folder:
        bench.train.to_csv(Path(folder) / "train.csv", index=False)
        facts = [{"name": each.name, "type": each.type, "format": each.format} for each in bench.columns]
        (Path(folder) / "columns.json").write_text(json.dumps(facts), encoding="utf-8")
        _run([str(python), str(script), folder, str(seed)], name)
        made = pd.read_csv(Path(folder) / "synthetic.csv", dtype=str, keep_default_na=False, na_values=[""]).astype(object)
        cost = json.loads((Path(folder) / "cost.json").read_text(encoding="utf-8"))
    return {**scores(bench, made.where(made.notna(), None)[[each.name for each in bench.columns]]), **cost}


def _run(command: list[str], name: str) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS_AT_MOST, check=False)
    except subprocess.TimeoutExpired:
        raise WorkerFailed(f"{name}: took over {SECONDS_AT_MOST} s") from None
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines() or ["no output"]
        raise WorkerFailed(f"{name} ended with {done.returncode}: {lines[-1]}")
