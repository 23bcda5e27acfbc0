"""The table that transforming is measured on: AdventureWorks rows repeated, with identifiers that do not repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.drops import DATA, REAL

N_SOURCE_COLUMNS = 24
CHUNK_ROWS = 250_000


def write_adventure_works(folder: Path, n_rows: int) -> Path:
    """Write `customers.csv` of `n_rows` x 25 columns and return it: customer number, telephone number and the added e-mail
    address are different in every row, all other cells are those of the real file, over and over.
    """
    import pandas as pd

    source = pd.read_csv(DATA / REAL[0], dtype=str, keep_default_na=False)
    path = folder / "customers.csv"
    with path.open("w", encoding="utf-8", newline="") as sink:
        for start in range(0, n_rows, CHUNK_ROWS):
            numbers = range(start, min(start + CHUNK_ROWS, n_rows))
            _rows(source, numbers).to_csv(sink, index=False, header=start == 0, lineterminator="\n")
    return path


def _rows(source: Any, numbers: range) -> Any:
    import numpy as np

    places = np.arange(numbers.start, numbers.stop) % len(source)
    rows = source.iloc[places].reset_index(drop=True)
    rows["CustomerID"] = [str(number) for number in range(1_000_000_000 + numbers.start, 1_000_000_000 + numbers.stop)]
    rows["PhoneNumber"] = [f"({number // 10_000_000:03d}) {number // 10_000 % 1000:03d}-{number % 10_000:04d}"
                           for number in range(2_000_000_000 + 37 * numbers.start, 2_000_000_000 + 37 * numbers.stop, 37)]
    names = zip(rows["FirstName"].str.lower(), rows["CustomerID"], strict=True)
    rows["EmailAddress"] = [f"{name}{number}@adventure-works.com" for name, number in names]
    return rows
