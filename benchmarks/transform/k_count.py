"""Counting equivalence classes over four quasi-identifiers, as the gate and the check do it, beside a count in a dictionary.

Then what it takes to make the same table k-anonymous. All in processor seconds, medians of three.
"""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tasks import store
from tasks.classes import classes, sizes_of
from veil.checks.k import class_sizes
from veil.model import Column
from veil.transforms import TRANSFORMS, Context, Whole

ROWS = 1_000_000
REPEATS = 3
AT_LEAST = 500_000
QUASI = ("sex", "birth_year", "postcode", "occupation")
STEPS: dict[str, dict[str, Any]] = {
    "sex": {},
    "birth_year": {"widths": [5, 10, 20, 40]},
    "postcode": {"prefixes": [3, 2, 1]},
    "occupation": {},
}
WAYS: dict[str, dict[str, Any]] = {
    "lattice, k 11, at most 2 % suppressed": {"k": 11, "max_suppressed": 0.02},
    "Mondrian, k 11": {"k": 11, "method": "mondrian"},
}


def table(n_rows: int, seed: int = 0) -> pd.DataFrame:
    """Return text columns as a drop has them: sexes, birth years, postcodes and occupations, nulls among them."""
    rng = np.random.default_rng(seed)
    levels: dict[str, list[str | None]] = {
        "sex": ["f", "m", None],
        "birth_year": [str(year) for year in range(1930, 2020)],
        "postcode": [*(f"{code:04d}" for code in range(1000, 3000)), None],
        "occupation": [f"occupation {number}" for number in range(40)],
    }
    return pd.DataFrame(
        {name: np.array(levels[name], dtype=object)[rng.integers(0, len(levels[name]), n_rows)] for name in QUASI}
    )


def brute_force(frame: pd.DataFrame) -> list[int]:
    """Return the class sizes, sorted, from a dictionary of all combinations."""
    return sorted(Counter(zip(*(frame[name] for name in QUASI), strict=True)).values())


def anonymized(frame: pd.DataFrame, demands: dict[str, Any]) -> pd.DataFrame:
    """Return the table with its four columns made anonymous together."""
    shared: dict[str, Any] = {}
    written = {}
    fitted = []
    for name in QUASI:
        kind: Any = "integer" if name == "birth_year" else "text"
        method = TRANSFORMS["k_anonymize"].model_validate({**demands, **STEPS[name]})
        whole = Whole(lambda: None, lambda names: frame[list(names)], shared)
        context = Context(Column(name, kind if STEPS[name] else "category"))
        fitted.append((name, method, dataclasses.replace(context, fitted=method.fit(whole, context))))
    for name, method, context in fitted:
        written[name] = method.apply(frame[name], context)
    return pd.DataFrame(written)


def cpu_seconds(task: Callable[[], Any]) -> float:
    """Return the median processor time of the repeats."""
    seconds = []
    for _ in range(REPEATS):
        before = time.process_time()
        task()
        seconds.append(time.process_time() - before)
    return statistics.median(seconds)


def measure(n_rows: int = ROWS) -> list[tuple[str, float, bool]]:
    """Return for each way its rows a second, and whether what it gives is right."""
    frame = table(n_rows)
    expected = brute_force(frame)
    with tempfile.TemporaryDirectory() as folder:
        stored = store.write_table("people", [frame], Path(folder) / "people", stage="transform")
        rows = [
            (
                "the check, on a frame",
                n_rows / cpu_seconds(lambda: class_sizes(frame, QUASI)),
                _equal(class_sizes(frame, QUASI), expected),
            ),
            (
                "the gate, on stored partitions",
                n_rows / cpu_seconds(lambda: classes(stored, QUASI)),
                _equal(sizes_of(classes(stored, QUASI)), expected),
            ),
        ]
    rows.append(("a dictionary", n_rows / cpu_seconds(lambda: brute_force(frame)), True))
    for way, demands in WAYS.items():
        right = bool(class_sizes(anonymized(frame, demands), QUASI).min() >= demands["k"])
        rows.append((way, n_rows / cpu_seconds(lambda demands=demands: anonymized(frame, demands)), right))  # type: ignore[misc]
    return rows


def _equal(sizes: Any, expected: list[int]) -> bool:
    return bool(sorted(sizes.tolist()) == expected)


def main() -> list[str]:
    """Return the figures as Markdown."""
    lines = [f"{ROWS:,} rows, {len(QUASI)} quasi-identifiers, processor time; counting must reach {AT_LEAST:,} rows/s.", ""]
    lines += ["| way | rows/s | right |", "|---|---:|---|"]
    return [*lines, *(f"| {way} | {speed:,.0f} | {'yes' if right else 'NO'} |" for way, speed, right in measure())]


if __name__ == "__main__":
    print("\n".join(main()))
