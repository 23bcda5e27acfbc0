"""`python -m benchmarks.synthesize PART …`: what synthesizers are worth and cost; every part has a file of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.synthesize.data import TABLES

PARTS = {
    "score": "learn one table with one synthesizer and score what it made",
    "compare": "every synthesizer on every table, beside the peers",
    "control": "shares, rare events, extremes, parity, constraints: what was asked and what was met",
    "ctgan": "our trainer of CTGAN against the package's, on the same objective",
    "growth": "time and memory from ten thousand rows to ten million",
    "private": "differential privacy: quality at each epsilon, the ledger, and an attack on it",
    "relations": "customers and orders: orphans, cardinalities, pairs across the reference",
    "sequences": "visits, transactions, readings: lengths, gaps, auto-correlation, membership",
    "texts": "notes: how likely, how long, and how much is copied",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the part that is asked for; without one, all but `score`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in (["-h"], ["--help"]) or (given and given[0] not in PARTS):
        told = "\n".join(f"  {name:10} {what}" for name, what in PARTS.items())
        print(f"usage: python -m benchmarks.synthesize [PART …]\n\n{told}")
        return int(bool(given) and given[0] not in ("-h", "--help"))
    if given and given[0] == "score":
        return _score(given[1:])
    parts = given[:1] or [name for name in PARTS if name != "score"]
    return max(int(import_module(f"benchmarks.synthesize.{part}").main(given[1:]) or 0) for part in parts)


def _score(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize score")
    parser.add_argument("--table", required=True, choices=sorted(TABLES))
    parser.add_argument("--synthesizer", required=True)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="parameters of the synthesizer")
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--rows", type=int, help="learn from so many rows only")
    options = parser.parse_args(given)
    from benchmarks.synthesize.run import given as parameters
    from benchmarks.synthesize.run import one

    for seed in options.seed:
        found = one(options.table, options.synthesizer, seed=seed, rows=options.rows, parameters=parameters(options.set))
        print(" ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
