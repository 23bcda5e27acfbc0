"""The residual scan over a table of a million rows and twenty-five columns, four of which held a million identifiers each."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from tasks import store
from tasks.residual import Sources, identifier_results
from veil.model import Column, Table

ROWS, PIECE = 1_000_000, 65_536
IDENTIFIERS = {"id": "CUSTOMER_ID", "phone": "PHONE_NUMBER", "mail": "EMAIL_ADDRESS", "street": "STREET_ADDRESS"}
LEVELS = ("Bachelors", "Partial College", "High School", "Graduate Degree")
MIB = 1024


def raw(rows: int) -> Iterator[pa.Table]:
    """Yield the source's identifiers."""
    rng = np.random.default_rng(0)
    for first in range(0, rows, PIECE):
        numbers = range(first, min(first + PIECE, rows))
        digits = rng.integers(0, 10**9, len(numbers))
        yield pa.table({
            "id": [f"AW{number:08d}" for number in numbers],
            "phone": [f"1 ({number % 997}) {number // 10_000 % 1000:03d} 555-{number % 10_000:04d}" for number in numbers],
            "mail": [f"jon{number}@adventure-works.com" for number in numbers],
            "street": [f"{digit % 9999} Main{digit % 997} St." for digit in digits],
        })  # fmt: skip


def transformed(rows: int) -> Iterator[pa.Table]:
    """Yield an output of twenty-five columns that holds none of them: tokens, fakes, numbers, dates and twenty groups."""
    rng = np.random.default_rng(1)
    for first in range(0, rows, PIECE):
        n = min(PIECE, rows - first)
        tokens = ["".join(letters) for letters in rng.choice(list("BCDFGHJKLMNPQRST"), (n, 14))]
        numbers = rng.integers(0, 9999, (3, n))
        cells = {
            "id": tokens,
            "phone": [f"+999 {a:04d} {b:04d} {c:04d}" for a, b, c in zip(*numbers, strict=True)],
            "mail": [f"lena.peeters.{token[:10].lower()}@example.org" for token in tokens],
            "street": [f"{number % 399} Naldor{number % 50} Road" for number in numbers[0]],
            "income": [f"{amount:.2f}" for amount in rng.uniform(0, 1e5, n)],
        }
        yield pa.table(cells | {f"group{at}": rng.choice(LEVELS, n).tolist() for at in range(20)})


def main(rows: int = ROWS) -> list[str]:
    """Return the figures as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        source = _written("raw", raw(rows), Path(folder))
        output = _written("people", transformed(rows), Path(folder))
        columns = {entity: ((source, name, frozenset[str]()),) for name, entity in IDENTIFIERS.items()}
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        [result] = identifier_results(Sources(columns), [output])
        seconds, after = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return [
        f"{rows:,} rows x {len(output.columns)} columns against {len(IDENTIFIERS)} x {rows:,} identifiers.",
        "",
        "| what | must reach | reached |",
        "| --- | --- | --- |",
        f"| CPU seconds, reading both tables included | about 10 | {seconds:.1f} |",
        f"| cells with an identifier | 0 | {result.value:g} |",
        f"| memory beyond writing the tables, MiB | flat | {max(0, after - before) // MIB} |",
    ]


def _written(name: str, batches: Iterator[pa.Table], folder: Path) -> Table:
    first = next(batches)
    columns = [Column(each) for each in first.column_names]
    return store.write_table(name, _again(first, batches), folder / name, stage="transform", columns=columns)


def _again(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest


if __name__ == "__main__":
    print("\n".join(main()))
