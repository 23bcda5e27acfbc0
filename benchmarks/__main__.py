"""`python -m benchmarks [stages|peers]`: measure, print Markdown, and keep it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.drops import DEMO, REAL, BenchDrop, find_drop
from benchmarks.machine import machine_lines
from benchmarks.peers import compare_classification, compare_synthesis, peer_section
from benchmarks.stages import measure_stages, stage_section

RESULTS = Path(__file__).resolve().parent / "results" / "stages.md"
LEARNT = REAL[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; progress goes to standard error."""
    options = _parser().parse_args(arguments)
    drops = [find_drop(name) for name in options.files]
    here = [drop for drop in drops if not drop.missing]
    parts = ["# Speed, memory and peers", "Measured by `make bench`, and kept as last measured.", "\n".join(machine_lines(options.repeat))]
    parts += [f"Skipped {drop.name}: {drop.missing}." for drop in drops if drop.missing]
    if options.what in ("all", "stages"):
        parts.append(stage_section([measure_stages(drop, repeat=options.repeat, epochs=options.epochs, say=_say) for drop in here]))
    if options.what in ("all", "peers"):
        parts.append(_peers([drop for drop in here if drop.name != DEMO], options))
    text = "\n\n".join(parts) + "\n"
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")
    return 0


def _peers(drops: Sequence[BenchDrop], options: argparse.Namespace) -> str:
    learnt = [drop for drop in drops if drop.name == LEARNT] or drops[:1]
    synthesis = [compare_synthesis(drop, repeat=options.repeat, epochs=options.epochs, say=_say) for drop in learnt]
    return peer_section(synthesis, [compare_classification(drop, repeat=options.repeat, say=_say) for drop in drops])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "stages", "peers"), default="all")
    parser.add_argument("--files", nargs="+", default=[*REAL, DEMO], metavar="FILE",
                        help="names in ../shared/data, paths, or `demo` (default: the three real files and demo)")
    parser.add_argument("--repeat", type=int, default=1, help="measure so many times and print medians (default: 1)")
    parser.add_argument("--epochs", type=int, help="training epochs, if not the policy's; for a quick look only")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where to keep the Markdown (default: benchmarks/results/stages.md)")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
