"""`python -m benchmarks.synthesize score …`: one synthesizer on one table; other parts have files of their own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.synthesize.data import TABLES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the part that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    score = commands.add_parser("score", help="learn one table with one synthesizer and score what it made")
    score.add_argument("--table", required=True, choices=sorted(TABLES))
    score.add_argument("--synthesizer", required=True)
    score.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="parameters of the synthesizer")
    score.add_argument("--seed", type=int, nargs="*", default=[1])
    score.add_argument("--rows", type=int, help="learn from so many rows only")
    options = parser.parse_args(arguments)
    from benchmarks.synthesize.run import given, one

    for seed in options.seed:
        found = one(options.table, options.synthesizer, seed=seed, rows=options.rows, parameters=given(options.set))
        print(" ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
