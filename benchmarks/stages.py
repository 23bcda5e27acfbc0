"""Seconds and peak memory of each stage, and of a whole `veil run` under the real Prefect."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drops import BenchDrop
from benchmarks.machine import load
from benchmarks.measure import Measurement, measure
from benchmarks.tables import markdown, middle

STAGES = ("imports", "policy", "ingest", "classify", "plan", "transform", "synthesize", "check", "release")
STAGE_HEADER = ("stage", "seconds", "CPU seconds", "peak MiB", "of it new", "gate: seconds", "gate: peak MiB")
RUN_HEADER = ("drop", "ended", "rows x columns", "`veil run`: seconds", "peak MiB, all processes", "fidelity", "load before")
KEY = "a key for benchmarks, which guards nothing"
NOTES = """\
`veil run`: the command as a user gives it, on a Prefect home of its own that does not exist yet, so Prefect makes its database
first; memory is the sum over Veil and Prefect's embedded server, pages that they share counted twice.
The stages: the same functions in the same order in one fresh process without the Prefect engine (its import is in `imports`).
Memory is resident memory sampled every 20 ms from another process; a stage's peak includes what earlier stages left in memory,
"of it new" does not. The first gate imports Great Expectations."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class StageFigures:
    """The measurements of one drop: its stages, and whole runs."""

    name: str
    load_before: float
    stages: tuple[Measurement, ...]
    runs: tuple[Measurement, ...] = ()


def measure_stages(drop: BenchDrop, *, repeat: int = 1, epochs: int | None = None, whole: bool = True,
                   say: Say = print) -> StageFigures:
    """Measure a drop `repeat` times, every time in fresh processes and folders."""
    before = load()
    stages, runs = [], []
    for turn in range(1, repeat + 1):
        with tempfile.TemporaryDirectory(prefix="veil-bench-") as name:
            folder = Path(name)
            path = drop.make(folder)
            say(f"{drop.name}: stages, run {turn} of {repeat}")
            stages.append(_stages(drop, path, folder, epochs))
            if whole:
                say(f"{drop.name}: veil run, run {turn} of {repeat}")
                runs.append(_whole(drop, path, folder, epochs))
    return StageFigures(drop.name, before, tuple(stages), tuple(runs))


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of a measured process: everything it writes goes into the folder."""
    return {"VEIL_HOME": str(folder / "home"), "PREFECT_HOME": str(folder / "prefect"), "VEIL_KEY": KEY}


def _stages(drop: BenchDrop, path: Path, folder: Path, epochs: int | None) -> Measurement:
    target = folder / "stages"
    command = ["-m", "benchmarks.stage_worker", str(path), drop.policy, str(target), *_epochs(epochs)]
    return measure(command, environment(folder), told=target / "laps.json")


def _whole(drop: BenchDrop, path: Path, folder: Path, epochs: int | None) -> Measurement:
    command = ["-m", "flows.cli", "run", str(path), "--policy", drop.policy, "--out", str(folder / "out"), "--quiet"]
    return measure([*command, *_epochs(epochs)], environment(folder), tree=True, may_fail=True)


def _epochs(epochs: int | None) -> list[str]:
    return ["--epochs", str(epochs)] if epochs else []


def run_table(figures: Sequence[StageFigures]) -> str:
    """Return one row per drop: the whole run."""
    return markdown(RUN_HEADER, [_run_row(each) for each in figures], text_columns=3)


def _run_row(figures: StageFigures) -> list[str]:
    facts = figures.stages[0].facts
    size = " + ".join(f"{rows:,} x {columns}" for rows, columns in facts["tables"])
    fidelity = ", ".join(f"{value:.3f}" for value in facts["fidelity"])
    if not figures.runs:
        return [figures.name, "not run", size, "", "", fidelity, f"{figures.load_before:.1f}"]
    seconds, peaks = [run.seconds for run in figures.runs], [run.peak_mib for run in figures.runs]
    ended = " / ".join(sorted({_ended(run) for run in figures.runs}))
    return [figures.name, ended, size, middle(seconds, 0), middle(peaks, 0), fidelity, f"{figures.load_before:.1f}"]


def _ended(run: Measurement) -> str:
    code = run.facts["exit_code"]
    return "released" if code == 0 else f"exit code {code}"


def stage_table(figures: StageFigures) -> str:
    """Return one row per stage of a drop, its gate beside it."""
    rows = [_stage_row(name, figures.stages) for name in STAGES if figures.stages[0].lap(name)]
    whole = [sum(lap.seconds for lap in run.laps) for run in figures.stages]
    cpu = [sum(lap.cpu_seconds for lap in run.laps) for run in figures.stages]
    rows.append(["all", middle(whole), middle(cpu), middle([run.peak_mib for run in figures.stages], 0), "", "", ""])
    return markdown(STAGE_HEADER, rows)


def _stage_row(name: str, runs: Sequence[Measurement]) -> list[str]:
    laps = [lap for run in runs if (lap := run.lap(name))]
    gates = [lap for run in runs if (lap := run.lap(f"{name} gate"))]
    gate = [middle([lap.seconds for lap in gates]), middle([lap.peak_mib for lap in gates], 0)] if gates else ["", ""]
    return [name, middle([lap.seconds for lap in laps]), middle([lap.cpu_seconds for lap in laps]),
            middle([lap.peak_mib for lap in laps], 0), middle([lap.grown_mib for lap in laps], 0), *gate]


def stage_section(figures: Sequence[StageFigures]) -> str:
    """Return the section of the results on stages."""
    parts = ["## Whole runs", run_table(figures), NOTES, "## Stages"]
    for each in figures:
        not_passed = each.stages[0].facts["not_passed"]
        held = f"\n\nThe run would be held: not passed: {'; '.join(not_passed)}." if not_passed else ""
        parts.append(f"### {each.name}\n\n{stage_table(each)}{held}")
    return "\n\n".join(parts)
