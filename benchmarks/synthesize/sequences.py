"""`python -m benchmarks.synthesize.sequences`: what `sequence` keeps, and whether subjects are recognized."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence as Several

import numpy as np
import pandas as pd

from benchmarks.synthesize.longitudinal import LONGITUDINAL, Longitudinal
from benchmarks.synthesize.series import Measured, distance, measured, recognized
from veil.synthesizers.sequence import Sequence

SUBJECTS = {"visits": 4_000, "transactions": 3_000, "readings": 300}


def main(arguments: Several[str] | None = None) -> int:
    """Print a table of figures for each longitudinal table and seed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthesize.sequences", description=__doc__)
    parser.add_argument("--table", nargs="*", default=sorted(LONGITUDINAL), choices=sorted(LONGITUDINAL))
    parser.add_argument("--subjects", type=int, help="to learn from; as many are held out")
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--each", action="store_true", help="print every column")
    options = parser.parse_args(arguments)
    for table in options.table:
        for seed in options.seed:
            _one(table, options.subjects or SUBJECTS[table], seed, each=options.each)
    return 0


def _one(name: str, n_subjects: int, seed: int, *, each: bool) -> None:
    data = LONGITUDINAL[name](2 * n_subjects, np.random.default_rng(seed))
    train, holdout = data.of(np.arange(n_subjects)), data.of(np.arange(n_subjects, 2 * n_subjects))
    started = time.process_time()
    subjects = pd.Series(train.owners.astype(str))
    model = Sequence().fit(
        train.table, train.columns, subjects=subjects, order_by=train.order_by, seed=seed, progress=lambda *_: None
    )
    fitted = time.process_time()
    owners, table = model.sample(n_subjects, seed=seed)
    sampled = time.process_time()
    synthetic = Longitudinal(table, train.columns, owners, train.order_by)
    learnt, held, made = measured(train), measured(holdout), measured(synthetic)
    print(f"{name}: {n_subjects} subjects, {len(train.table)} rows, seed {seed}; fit {fitted - started:.1f} CPU s, "
          f"sample {sampled - fitted:.1f} CPU s")  # fmt: skip
    print("                      synthetic against train, against holdout, train against holdout")
    for figure, values in _figures(learnt, held, made, each=each).items():
        print(f"  {figure:34}", *(f"{value:8.3f}" for value in values))
    auc, low, high = recognized(train, holdout, synthetic, np.random.default_rng(seed))
    print(f"  subject recognized, AUC            {auc:8.3f} [{low:.3f}, {high:.3f}]", flush=True)


def _figures(learnt: Measured, held: Measured, made: Measured, *, each: bool) -> dict[str, tuple[float, float, float]]:
    pairs = ((made, learnt), (made, held), (learnt, held))
    columns = {name: [distance(one.columns[name], other.columns[name]) for one, other in pairs] for name in learnt.columns}
    follow = {
        name: [abs(one.following.get(name, 0.0) - other.following.get(name, 0.0)) for one, other in pairs]
        for name in learnt.following
    }
    found = {
        "length, KS": [distance(one.length, other.length) for one, other in pairs],
        "gap, KS": [distance(one.gap, other.gap) for one, other in pairs],
        "autocorrelation, largest": [max(row[at] for row in follow.values()) for at in range(3)],
        "autocorrelation, mean": [float(np.mean([row[at] for row in follow.values()])) for at in range(3)],
        "column, largest distance": [max(row[at] for row in columns.values()) for at in range(3)],
    }
    if each:
        found |= {f"  {name}": row for name, row in columns.items()}
        found |= {
            f"  {name} ({learnt.following[name]:.2f}, {made.following.get(name, 0):.2f})": row for name, row in follow.items()
        }
    return {name: (row[0], row[1], row[2]) for name, row in found.items()}


if __name__ == "__main__":
    sys.exit(main())
