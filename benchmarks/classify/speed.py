"""`python -m benchmarks.classify speed`: CPU seconds for classifying a table and its notes, beside Presidio.

Every process runs alone on one thread. Presidio is timed on the first rows, since its cost is linear, Veil on all of them; the
ratio is of CPU seconds a cell. Loading models is in neither. F1 and any-type character recall are of the note column, against the
truth that the notes were made from.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.classify.speed_tables import SENTENCES, SpeedTable, prose, templated
from benchmarks.classify.text_score import ACCEPTED, Scores, score
from benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
HEADER = ("", "rows timed", "CPU seconds", "µs a cell", "times Veil's", "notes P", "R", "F1", "hidden characters")
NAMES = {
    "structured": "presidio-structured, generate_analysis on all rows",
    "batched": "Presidio, analyze_dict, batch size 256",
    "tuned": "Presidio tuned: types from 100 rows, then the note column only, batch size 256",
}
MAKERS: dict[str, Callable[[int], SpeedTable]] = {"templated": templated, "prose": prose}


@dataclass(frozen=True)
class Timed:
    """What one way took, and how well it found the notes' spans; `scores` is None where it finds none."""

    name: str
    n_rows: int
    n_cells: int
    seconds: float
    once: float = 0.0
    scores: Scores | None = None

    def cost(self, n_rows: int) -> float:
        """Return CPU seconds a cell on a table of so many rows; what is done once a table is shared by all rows."""
        return self.seconds / self.n_cells + self.once * self.n_rows / self.n_cells / n_rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print Markdown."""
    options = _parser().parse_args(arguments)
    for kind, n_rows in [("templated", rows) for rows in options.rows] + [("prose", options.prose)] * bool(options.prose):
        if kind == "prose" and not SENTENCES.exists():
            print(f"Prose not measured: {SENTENCES.name} is not in shared/data.")
            continue
        print(section(kind, n_rows, options.baseline_rows, options.repeat), flush=True)
    return 0


def section(kind: str, n_rows: int, baseline_rows: int, repeat: int) -> str:
    """Measure one table and return its section."""
    table = MAKERS[kind](n_rows)
    with tempfile.TemporaryDirectory(prefix="veil-speed-") as name:
        folder = Path(name)
        runs = [_run([sys.executable, "-m", "benchmarks.classify.speed_veil"], table, folder) for _ in range(repeat)]
        peers = [_peer(way, table.head(baseline_rows), folder) for way in NAMES]
    middle = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
    seconds = median(run["seconds"] for run in runs)
    ours = Timed("Veil", n_rows, n_rows * len(table.columns), seconds, scores=_scores(table, middle))
    rows = [_row(each, ours, n_rows) for each in (ours, *(peer for peer in peers if peer))]
    same = _scores(table.head(baseline_rows), {"notes": middle["notes"][:baseline_rows]})
    lines = [
        f"## {n_rows:,} x {len(table.columns)} with {kind} notes", markdown(HEADER, rows),
        f"Veil: {repeat} runs, {min(run['seconds'] for run in runs):.1f} to "
        f"{max(run['seconds'] for run in runs):.1f} CPU seconds; "
        f"{middle['templates']} templates, the teacher read {middle['asked']} sentences or texts. "
        + "; ".join(f"{part} {seconds:.1f} s" for part, seconds in middle["parts"].items())
        + f". On the baselines' {baseline_rows} rows Veil's F1 is {same.total().figures()[2]:.3f}, "
        f"hidden {same.any_recall():.3f}.",
        *(f"Not measured: {NAMES[way]}; {PEERS} is not there." for way, peer in zip(NAMES, peers, strict=True) if peer is None),
    ]  # fmt: skip
    return "\n\n".join(lines) + "\n"


def _row(each: Timed, ours: Timed, n_rows: int) -> list[str]:
    cost, own = each.cost(n_rows), ours.cost(n_rows)
    told = ["", "", "", ""]
    if each.scores is not None:
        told = [f"{figure:.3f}" for figure in (*each.scores.total().figures(), each.scores.any_recall())]
    return [each.name, f"{each.n_rows:,}", f"{each.seconds + each.once:.1f}", f"{1e6 * cost:.1f}", f"{cost / own:.1f}", *told]


def _peer(way: str, table: SpeedTable, folder: Path) -> Timed | None:
    interpreter = PEERS if way == "structured" else Path(sys.executable)
    if not interpreter.exists():
        return None
    told = _run([str(interpreter), str(Path(__file__).with_name("speed_peers.py"))], table, folder, way)
    scores = _scores(table, told) if "notes" in told else None
    once = float(told.get("once_seconds", 0.0))
    return Timed(NAMES[way], table.n_rows, table.n_rows * len(table.columns), told["seconds"], once, scores)


def _run(command: Sequence[str], table: SpeedTable, folder: Path, *more: str) -> dict[str, Any]:
    source, target = folder / "table.json", folder / "told.json"
    source.write_text(json.dumps(table.columns), encoding="utf-8")
    single = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **single, "OMP_WAIT_POLICY": "PASSIVE"}
    subprocess.run([*command, str(source), str(target), *more], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    told: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return told


def _scores(table: SpeedTable, told: dict[str, Any]) -> Scores:
    return score(table.gold, [[(start, end, entity) for start, end, entity in spans] for spans in told["notes"]], ACCEPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classify speed", description=__doc__)
    parser.add_argument("--rows", nargs="*", type=int, default=[10_000, 100_000], help="sizes of the tables with templated notes")
    parser.add_argument("--prose", type=int, default=10_000, help="rows of the table with varied notes; 0 for none")
    parser.add_argument("--baseline-rows", type=int, default=300, help="rows that Presidio is timed on (its cost is linear)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of Veil; the median counts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
