"""A measured process: one drop through all stages."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from benchmarks.measure import Laps
from tasks.settings import set_prefect_defaults


def main() -> None:
    """Read the arguments, run the stages, leave the laps."""
    parser = argparse.ArgumentParser()
    parser.add_argument("drop", type=Path)
    parser.add_argument("policy")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()
    os.umask(0o077)
    set_prefect_defaults(quiet=True)
    laps = Laps()
    with laps("imports"):
        from benchmarks.journey import Journey
    journey = Journey(laps, options.policy, options.folder, seed=options.seed)
    planned = journey.transform(options.drop)
    journey.finish(planned, options.epochs)
    laps.write(options.folder / "laps.json", journey.facts())


if __name__ == "__main__":
    main()
