"""Veil beside its peers, on the same input in the same run; only the ratio travels to another machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drops import BenchDrop
from benchmarks.measure import Measurement, measure
from benchmarks.stages import environment
from benchmarks.tables import markdown, middle, ratio

SYNTHESIZERS = ("veil", "ctgan")
CLASSIFIERS = ("veil", "presidio", "presidio-batched")
LABELS = {"veil": "Veil", "ctgan": "`ctgan.CTGAN`", "presidio": "Presidio, batch size 1",
          "presidio-batched": "Presidio, batch size 256"}
SYNTHESIS_HEADER = ("", "fit: CPU seconds", "fit: seconds", "sample: seconds", "peak MiB", "shapes", "pairs", "fidelity")
CLASSIFY_HEADER = ("file", "columns", "", "ms a column", "CPU ms a column", "load: seconds", "peak MiB", "CPU, times Veil's")
SYNTHESIS_NOTES = """\
`ctgan.CTGAN` with its defaults, on the same training rows, columns and seed, for the same number of epochs and so of updates
(its own default is 300 epochs). It is given the types as favorably as Veil gives them to itself: numbers with over 20 distinct
values and no null are continuous, all else discrete. Both use one thread. Scores are Veil's own fidelity check, whose formulas
are SDMetrics', against the training rows."""
CLASSIFY_NOTES = """\
200 rows of each file, models loaded and warm. The question is the same, what a column holds; the work is not: Presidio's
BatchAnalyzerEngine (`analyze_dict`, its default recognizers) analyzes every cell with the spaCy model that Veil has, Veil looks
at distinct values and asks the model only about columns that nothing else decided. Batch size 1 is Presidio's default. How
often each is right is not measured here."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class SynthesisFigures:
    """Measurements and scores of each rival on one training table."""

    name: str
    n_rows: int
    n_columns: int
    epochs: int
    runs: Mapping[str, Sequence[Measurement]]
    scores: Mapping[str, Sequence[Mapping[str, float]]]


@dataclass(frozen=True)
class ClassifyFigures:
    """Measurements of each rival on a sample of one file."""

    name: str
    n_columns: int
    runs: Mapping[str, Sequence[Measurement]]


def compare_synthesis(drop: BenchDrop, *, repeat: int = 1, epochs: int | None = None, say: Say = print) -> SynthesisFigures:
    """Train both on a drop's transformed table; each repeat has a seed of its own."""
    runs: dict[str, list[Measurement]] = {name: [] for name in SYNTHESIZERS}
    scores: dict[str, list[Mapping[str, float]]] = {name: [] for name in SYNTHESIZERS}
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        say(f"{drop.name}: preparing the training table for both synthesizers")
        prepared = _job("prepare", folder, drop=drop)
        n_epochs = epochs
        for turn in range(repeat):
            for rival in SYNTHESIZERS:
                say(f"{drop.name}: {rival} learns, run {turn + 1} of {repeat}")
                run = _job("synthesize", folder, which=rival, epochs=n_epochs, seed=2026 + turn)
                n_epochs = run.facts["epochs"]
                runs[rival].append(run)
                scores[rival].append(_job("score", folder, which=rival).facts)
    return SynthesisFigures(drop.name, prepared.facts["rows"], prepared.facts["columns"], n_epochs or 0, runs, scores)


def compare_classification(drop: BenchDrop, *, repeat: int = 1, say: Say = print) -> ClassifyFigures:
    """Let each look at the same 200 rows of a drop."""
    runs: dict[str, list[Measurement]] = {name: [] for name in CLASSIFIERS}
    with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
        folder = Path(name)
        n_columns = _job("sample", folder, drop=drop).facts["columns"]
        for turn in range(repeat):
            for rival in CLASSIFIERS:
                say(f"{drop.name}: {rival} classifies, run {turn + 1} of {repeat}")
                runs[rival].append(_job("classify", folder, which=rival))
    return ClassifyFigures(drop.name, n_columns, runs)


def _job(job: str, folder: Path, *, which: str = "", drop: BenchDrop | None = None, epochs: int | None = None,
         seed: int = 2026) -> Measurement:
    command = ["-m", "benchmarks.peer_worker", job, str(folder), "--seed", str(seed)]
    command += ["--which", which] if which else []
    command += ["--epochs", str(epochs)] if epochs else []
    command += ["--drop", str(drop.make(folder)), "--policy", drop.policy] if drop else []
    return measure(command, environment(folder), told=folder / f"{job}{which}.json")


def synthesis_table(figures: SynthesisFigures) -> str:
    """Return a row for each rival, and their ratio."""
    rows, columns = [], {}
    for rival in SYNTHESIZERS:
        runs, scores = figures.runs[rival], figures.scores[rival]
        columns[rival] = [
            [_lap(run, "fit").cpu_seconds for run in runs], [_lap(run, "fit").seconds for run in runs],
            [_lap(run, "sample").seconds for run in runs], [run.peak_mib for run in runs],
            *([each[name] for each in scores] for name in ("shapes", "pairs", "fidelity")),
        ]
        digits = (1, 1, 2, 0, 3, 3, 3)
        rows.append([LABELS[rival], *(middle(values, places) for values, places in zip(columns[rival], digits, strict=True))])
    ratios = [ratio(theirs, ours) for ours, theirs in zip(columns["veil"], columns["ctgan"], strict=True)]
    return markdown(SYNTHESIS_HEADER, [*rows, ["`ctgan.CTGAN`, times Veil's", *ratios]])


def classify_table(figures: Sequence[ClassifyFigures]) -> str:
    """Return a row for each file and rival."""
    rows = []
    for each in figures:
        cpu = {rival: [_lap(run, "classify").cpu_seconds for run in runs] for rival, runs in each.runs.items()}
        for rival, runs in each.runs.items():
            rows.append([
                each.name, str(each.n_columns), LABELS[rival],
                middle([1000 * _lap(run, "classify").seconds / each.n_columns for run in runs]),
                middle([1000 * seconds / each.n_columns for seconds in cpu[rival]]),
                middle([_lap(run, "load").seconds for run in runs]), middle([run.peak_mib for run in runs], 0),
                ratio(cpu[rival], cpu["veil"]),
            ])  # fmt: skip
    return markdown(CLASSIFY_HEADER, rows, text_columns=3)


def peer_section(synthesis: Sequence[SynthesisFigures], classified: Sequence[ClassifyFigures]) -> str:
    """Return the section of the results on peers."""
    parts = ["## Beside peers"]
    for each in synthesis:
        given = f"{each.n_rows:,} training rows, {each.n_columns} columns, {each.epochs} epochs"
        parts += [f"### Synthesis: {each.name}, transformed ({given})", synthesis_table(each), SYNTHESIS_NOTES]
    if classified:
        parts += ["### Classifying columns", classify_table(classified), CLASSIFY_NOTES]
    return "\n\n".join(parts)


def _lap(run: Measurement, name: str) -> object:
    lap = run.lap(name)
    assert lap is not None
    return lap
