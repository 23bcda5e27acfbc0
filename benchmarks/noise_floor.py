"""How high the membership figures of a clean table go by chance: real people who were never learnt from, in the stand-in's place.

`python -m benchmarks.noise_floor FILE SUBJECT` splits a file's people into three parts at random, several times, and lets the
third part stand where the synthetic table stands. Nothing can have leaked, so what is measured is the noise floor, and a demand
below it would hold clean releases. It is behind the limits of `policies/gdpr.yaml`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from tasks import store
from tasks.classify import classify
from veil.checks import CheckInput, run_checks
from veil.rng import generator
from veil.synthesizers import holdout_split

CHECKS = ("membership_auc", "membership_tpr", "nearest_share")


def main() -> None:
    """Print the figures of each split as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("subject")
    parser.add_argument("--splits", type=int, default=6)
    options = parser.parse_args()
    print(f"| split | {' | '.join(CHECKS)} |\n|---|{'---|' * len(CHECKS)}")
    with tempfile.TemporaryDirectory() as work:
        drop = store.read_drop(options.file, Path(work), dataset="noise-floor", received_at="")
        found = classify.fn(drop.tables, 1)[0]
        for split in range(options.splits):
            print(f"| {split} | {' | '.join(_measured(found, options.subject, split))} |")


def _measured(found, subject: str, split: int) -> list[str]:
    table = store.read_table(found.table)
    kept = {finding.column for finding in found.findings if finding.role == "other"}
    modelled = [each for each in found.table.columns if each.type in ("integer", "decimal", "boolean", "category")]
    columns = tuple(each for each in modelled if each.name in kept)
    first = holdout_split(table[subject], 1 / 3, generator(split, "first"))
    second = np.zeros(len(table), dtype=bool)
    second[~first] = holdout_split(table[subject][~first], 1 / 2, generator(split, "second"))
    third = ~first & ~second
    parts = [table.loc[side, [column.name for column in columns]].reset_index(drop=True) for side in (first, second, third)]
    given = CheckInput("noise floor", columns, (), *parts, seed=split)
    results = {result.check: result for result in run_checks(given, CHECKS).results}
    return [f"{results[check].value:.3f} [{results[check].low:.3f}, {results[check].high:.3f}]" for check in CHECKS]


if __name__ == "__main__":
    main()
