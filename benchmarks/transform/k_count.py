"""Seconds that counting k over four quasi-identifiers takes, beside a count in a plain dictionary, which it must equal."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from veil.checks.k import class_sizes

ROWS = 1_000_000
REPEATS = 3
QUASI = ("sex", "birth_year", "postcode", "occupation")
LEVELS = (3, 90, 2_000, 40)


def table(n_rows: int, seed: int = 0) -> pd.DataFrame:
    """Return text columns as a drop has them: a few sexes, birth years, postcodes and occupations, nulls among them."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {}
    for name, n_levels in zip(QUASI, LEVELS, strict=True):
        levels = np.array([*(f"{name} {level}" for level in range(n_levels - 1)), None], dtype=object)
        columns[name] = levels[rng.integers(0, n_levels, n_rows)]
    return pd.DataFrame(columns)


def brute_force(frame: pd.DataFrame) -> list[int]:
    """Return the class sizes, sorted, from a dictionary of all combinations."""
    return sorted(Counter(zip(*(frame[name] for name in QUASI), strict=True)).values())


def cpu_seconds(task: Callable[[], Any]) -> float:
    """Return the median processor time of the repeats."""
    seconds = []
    for _ in range(REPEATS):
        before = time.process_time()
        task()
        seconds.append(time.process_time() - before)
    return statistics.median(seconds)


def measure(n_rows: int = ROWS) -> dict[str, float]:
    """Return rows a second of both counts, k, and 1.0 if the two agree."""
    frame = table(n_rows)
    sizes = class_sizes(frame, QUASI)
    return {
        "rows": float(n_rows),
        "rows per CPU second": n_rows / cpu_seconds(lambda: class_sizes(frame, QUASI)),
        "rows per CPU second, dictionary": n_rows / cpu_seconds(lambda: brute_force(frame)),
        "k": float(sizes.min()),
        "equal": float(sorted(sizes.tolist()) == brute_force(frame)),
    }


def main() -> None:
    """Print the figures as a table."""
    for name, value in measure().items():
        print(f"| {name} | {value:,.0f} |")


if __name__ == "__main__":
    main()
