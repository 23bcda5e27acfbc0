"""`python -m benchmarks [stages|peers]`: measure, print Markdown, and keep it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.drops import DEMO, REAL, BenchDrop, find_drop
from benchmarks.machine import machine_lines
from benchmarks.measure import WorkerFailed
from benchmarks.peers import ClassifyFigures, SynthesisFigures, compare_classification, compare_synthesis, peer_section
from benchmarks.stages import StageFigures, measure_stages, stage_section

RESULTS = Path(__file__).resolve().parent / "results" / "stages.md"
LEARNT = REAL[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; progress goes to standard error, and what is measured so far is kept after every drop."""
    options = _parser().parse_args(arguments)
    drops = [find_drop(name) for name in options.files]
    here = [drop for drop in drops if not drop.missing]
    results = Results(machine_lines(options.repeat), [f"Skipped {drop.name}: {drop.missing}." for drop in drops if drop.missing])
    for measured in _measurements(here, options):
        results.add(measured)
        if options.out:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(results.text(), encoding="utf-8")
    print(results.text())
    return 0


Figures = StageFigures | SynthesisFigures | ClassifyFigures


@dataclass
class Results:
    """What was measured so far, as Markdown."""

    machine: Sequence[str]
    skipped: list[str]
    figures: list[Figures] = field(default_factory=list)

    def add(self, measured: Figures | str) -> None:
        """Take a measurement, or the sentence that says why there is none."""
        (self.skipped if isinstance(measured, str) else self.figures).append(measured)

    def text(self) -> str:
        """Return the whole page."""
        stages = [each for each in self.figures if isinstance(each, StageFigures)]
        synthesis = [each for each in self.figures if isinstance(each, SynthesisFigures)]
        classified = [each for each in self.figures if isinstance(each, ClassifyFigures)]
        parts = ["# Speed, memory and peers", "Written by `make bench`: the figures of its last run.", "\n".join(self.machine),
                 *self.skipped]
        parts += [stage_section(stages)] if stages else []
        parts += [peer_section(synthesis, classified)] if synthesis or classified else []
        return "\n\n".join(parts) + "\n"


def _measurements(drops: Sequence[BenchDrop], options: argparse.Namespace) -> Iterator[Figures | str]:
    given = {"repeat": options.repeat, "epochs": options.epochs, "say": _say}
    if options.what in ("all", "stages"):
        yield from (_tried(measure_stages, drop, **given) for drop in drops)
    real = [drop for drop in drops if drop.name != DEMO]
    if options.what in ("all", "peers"):
        learnt = [drop for drop in real if drop.name == LEARNT] or real[:1]
        yield from (_tried(compare_synthesis, drop, **given) for drop in learnt)
        yield from (_tried(compare_classification, drop, repeat=options.repeat, say=_say) for drop in real)


def _tried(measurement: Callable[..., Figures], drop: BenchDrop, **given: Any) -> Figures | str:
    """Measure, or say what ended; one drop that fails does not cost the figures of the others."""
    try:
        return measurement(drop, **given)
    except WorkerFailed as error:
        return f"Not measured, {drop.name}: {error}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "stages", "peers"), default="all")
    parser.add_argument("--files", nargs="+", default=[*REAL, DEMO], metavar="FILE",
                        help="names in ../shared/data, paths, or `demo` (default: the three real files and demo)")
    parser.add_argument("--repeat", type=int, default=1, help="measure so many times and print medians (default: 1)")
    parser.add_argument("--epochs", type=int, help="training epochs, if not the policy's; for a quick look only")
    parser.add_argument("--out", type=Path, default=RESULTS,
                        help="where to keep the Markdown (default: benchmarks/results/stages.md)")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
