"""Every synthesizer on every table, beside the peers that are installed: scores and costs, medians over seeds."""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import machine_lines
from benchmarks.measure import WorkerFailed
from benchmarks.synthesize.data import TABLES, load
from benchmarks.synthesize.peer_run import peer_scores
from benchmarks.synthesize.run import one
from benchmarks.tables import markdown
from veil.synthesizers import SYNTHESIZERS

RESULTS = Path(__file__).resolve().parents[1] / "results"
KEPT = RESULTS / "synthesize.json"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "synthesizers.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"
Kept = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
PEERS = {"peer-argn": "mostlyai-engine (TabularARGN)", "peer-sdv": "SDV GaussianCopula", "peer-synthpop": "synthpop-py (CART)"}
LEFT_OUT = ("argn",)
"""An adapter of ours to a peer, which is measured by itself in an environment of its own."""

SHOWN = {
    "fit_cpu": ("fit: CPU s", 1),
    "sample_cpu": ("sample: CPU s", 2),
    "peak_mib": ("peak MiB", 0),
    "shapes": ("shapes", 3),
    "pairs": ("pairs", 3),
    "marg3": ("triples", 3),
    "auc_synthetic": ("trained on it: AUC", 4),
    "c2st": ("two-sample AUC", 3),
    "nearest_share": ("nearest share", 3),
    "copies": ("copies %", 2),
}
NOTES = """\
Each learns the same training rows and samples as many. Higher is better, but for the two-sample AUC (0.5: nobody can tell the
rows from the holdout's) and the nearest-record share (0.5: no nearer to people who were learnt than to people who were not).
Copies are rows equal to a training row, in percent; above the table stands how many the holdout itself has. One thread each; CPU
seconds leave the imports out, peak memory has them in."""


def main(argv: Sequence[str]) -> int:
    """Measure what is asked for, keep it in `results/synthesize.json`, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize compare")
    parser.add_argument("--tables", nargs="*", default=sorted(TABLES), choices=sorted(TABLES))
    parser.add_argument("--synthesizers", nargs="*", default=[*(name for name in SYNTHESIZERS if name not in LEFT_OUT), *PEERS])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(argv)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    for table in options.tables:
        for synthesizer in options.synthesizers:
            runs = [measured(table, synthesizer, seed) for seed in range(1, options.seeds + 1)]
            kept.setdefault(table, {})[synthesizer] = runs
            print(table, synthesizer, row(synthesizer, runs), flush=True)
            RESULTS.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (RESULTS / "synthesize.md").write_text(page(kept), encoding="utf-8")
    DOCUMENT.write_text(documented(DOCUMENT.read_text(encoding="utf-8"), kept), encoding="utf-8")
    return 0


def documented(text: str, kept: Kept) -> str:
    """Return the page with its table of results written anew between the marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    parts = [line for table, results in sorted(kept.items()) for line in (f"### {table}", "", *about(table, results), "",
                                                                          tabled(results), "")]  # fmt: skip
    told = ("Medians over the seeds that stand there (`python -m benchmarks.synthesize compare`); "
            "`benchmarks/results/synthesize.md` says where.")  # fmt: skip
    return before + BEGIN + "\n" + "\n".join([told, "", NOTES, "", *parts]) + END + after


def measured(table: str, synthesizer: str, seed: int) -> dict[str, Any]:
    """Return scores and costs of one run, or why there are none."""
    try:
        if synthesizer in PEERS:
            return peer_scores(synthesizer.removeprefix("peer-"), table, seed=seed)
        return one(table, synthesizer, seed=seed)
    except (WorkerFailed, FileNotFoundError, subprocess.CalledProcessError) as error:
        return {"failed": str(error)[-200:]}


def page(kept: Kept) -> str:
    """Return all results as Markdown."""
    parts = ["# Synthesizers beside their peers", "", "Written by `python -m benchmarks.synthesize compare`.", "",
             *machine_lines(1), "", NOTES]  # fmt: skip
    for table, results in sorted(kept.items()):
        parts += ["", f"## {table}", "", *about(table, results), "", tabled(results)]
    return "\n".join(parts) + "\n"


def about(table: str, results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Say how large a table is, and what original rows reach."""
    runs = [run for found in results.values() for run in found if "pairs" in run]
    try:
        bench = load(table)
        size = f"{len(bench.train):,} training rows, {len(bench.columns)} columns. "
    except FileNotFoundError:
        size = ""
    if not runs:
        return [size]
    first = runs[0]
    return [f"{size}The holdout against the training rows: pairs {first['pairs_holdout']:.3f}, copies "
            f"{100 * first['copies_holdout']:.2f} %; trained on the original: AUC {first['auc_original']:.4f}."]  # fmt: skip


def tabled(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return one row per synthesizer, ours first, in the order of pairs."""
    ranked = sorted(results, key=lambda name: (name in PEERS, -_middle(results[name], "pairs")))
    header = ("", "seeds", *(title for title, _ in SHOWN.values()))
    return markdown(header, [row(name, results[name]) for name in ranked])


def row(name: str, runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the medians of a synthesizer as cells."""
    good = [run for run in runs if "failed" not in run]
    told = PEERS.get(name, f"`{name}`")
    if not good:
        return [told, "0", runs[0]["failed"][:80], *[""] * (len(SHOWN) - 1)]
    cells = [_cell(good, key, digits) for key, (_, digits) in SHOWN.items()]
    return [told, str(len(good)), *cells]


def _cell(runs: Sequence[Mapping[str, Any]], key: str, digits: int) -> str:
    value = _middle(runs, key)
    return f"{value * (100 if key == 'copies' else 1):.{digits}f}"


def _middle(runs: Sequence[Mapping[str, Any]], key: str) -> float:
    values = [run[key] for run in runs if key in run]
    return float(median(values)) if values else float("nan")
