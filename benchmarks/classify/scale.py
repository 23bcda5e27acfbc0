"""`python -m benchmarks.classify scale`: processor time, wall time and memory of classifying large tables, every cell screened.

Each case is written by one process and classified by another, so that neither the writing nor another case is in the figures;
what is in them is the whole of that process, imports and models included. Tables: Adventure Works repeated to a million rows
with unique numbers, telephones and e-mail addresses; one column of ten million rows; wide tables, for what a column costs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from benchmarks.measure import ROOT
from benchmarks.tables import markdown
from veil.model import Column, Table

ADVENTURE_WORKS: Final = ROOT.parent / "shared" / "data" / "adventure-works-bike-buying.csv"
ROWS_AT_ONCE: Final = 65_536
CARD: Final = "4242424242424242"
"""The card number that is hidden in one harmless cell of the first case; a known test number."""

Batches = Iterator[dict[str, list[str | None]]]


@dataclass(frozen=True)
class Case:
    """A table to classify: how it is made, and of which size."""

    title: str
    n_rows: int
    n_columns: int
    make: Callable[[int, int], Batches] = field(repr=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per case; with `--write` or `--classify`, do one part of one case (this is how the cases are run)."""
    given = _parser().parse_args(arguments)
    if given.write or given.classify:
        case = CASES[given.write or given.classify]
        done = _write(case, given.folder, given.share) if given.write else _classify(case, given.folder)
        print(json.dumps(done))
        return 0
    rows = [row for name in given.cases for row in _measured(name, given.share)]
    print(markdown(("case", "rows", "columns", "CPU s", "wall s", "peak MiB", "ms a column", "found"), rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.classify scale", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=tuple(CASES), default=tuple(CASES))
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows, for a quick look")
    parser.add_argument("--write", choices=tuple(CASES), help=argparse.SUPPRESS)
    parser.add_argument("--classify", choices=tuple(CASES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser


def _measured(name: str, share: float) -> Iterator[tuple[str, ...]]:
    case = CASES[name]
    if case.make is _adventure_works and not ADVENTURE_WORKS.exists():
        yield (f"{case.title}: not run, there is no {ADVENTURE_WORKS.name} in shared/data", *[""] * 7)
        return
    with tempfile.TemporaryDirectory() as folder:
        _part("--write", name, folder, share)
        done = _part("--classify", name, folder, share)
    yield (
        case.title, f"{done['n_rows']:,}", f"{done['n_columns']:,}", f"{done['cpu_seconds']:.1f}", f"{done['seconds']:.1f}",
        f"{done['peak_mib']:,.0f}", f"{1000 * done['cpu_seconds'] / done['n_columns']:.1f}", done["found"],
    )  # fmt: skip


def _part(part: str, name: str, folder: str, share: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.classify", "scale", part, name, "--folder", folder, "--share", str(share)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} {name} ended with {done.returncode}: {(done.stderr.splitlines() or ['no output'])[-1]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _write(case: Case, folder: Path, share: float) -> dict[str, Any]:
    from tasks.store import write_table

    n_rows = max(1, round(case.n_rows * share))
    made = case.make(n_rows, case.n_columns)
    batches = (pa.table({name: pa.array(cells, pa.string()) for name, cells in batch.items()}) for batch in made)
    table = write_table("scale", batches, folder / "table", stage="ingest")
    names = [column.name for column in table.columns]
    (folder / "table.json").write_text(json.dumps({"n_rows": n_rows, "names": names}), encoding="utf-8")
    return {"n_rows": n_rows, "n_columns": len(names)}


def _classify(case: Case, folder: Path) -> dict[str, Any]:
    begun = time.monotonic()
    from tasks.classify import classify

    told = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    columns = tuple(Column(name) for name in told["names"])
    table = Table("scale", str(folder / "table"), "", told["n_rows"], columns, "ingest")
    (classified,) = classify.fn((table,), 0)
    n_found = sum(finding.entity is not None for finding in classified.findings)
    screened = [finding.column for finding in classified.findings if finding.recognizer == "screen"]
    return {
        "title": case.title, "n_rows": table.n_rows, "n_columns": len(columns),
        "cpu_seconds": time.process_time(), "seconds": time.monotonic() - begun,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": f"{n_found}; by the screen: {', '.join(screened) or 'none'}",
    }  # fmt: skip


def _adventure_works(n_rows: int, _: int) -> Batches:
    """Repeat the rows with numbers, telephones and e-mail addresses of their own, and one card number in a harmless column."""
    import csv

    with ADVENTURE_WORKS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    names, cells = rows[0], list(zip(*rows[1:], strict=True))
    for start in range(0, n_rows, ROWS_AT_ONCE):
        places = range(start, min(start + ROWS_AT_ONCE, n_rows))
        batch: dict[str, list[str | None]] = {
            name: [own[place % len(own)] or None for place in places] for name, own in zip(names, cells, strict=True)
        }
        batch["CustomerID"] = [str(11_000 + place) for place in places]
        batch["PhoneNumber"] = [f"1 (11) {200 + place // 10_000:03d} 555-{place % 10_000:04d}" for place in places]
        batch["EmailAddress"] = [f"{name}{at}@example.com".lower() for at, name in zip(places, batch["FirstName"], strict=True)]
        if start == 0:
            batch["HomeOwnerFlag"] = [CARD, *batch["HomeOwnerFlag"][1:]]
        yield batch


def _one_column(n_rows: int, _: int) -> Batches:
    """One code a row, each once, in an order that compresses badly."""
    for start in range(0, n_rows, ROWS_AT_ONCE):
        places = range(start, min(start + ROWS_AT_ONCE, n_rows))
        yield {"code": [f"K{place * 2_654_435_761 % 2**32:010d}-{place:08d}" for place in places]}


def _wide(n_rows: int, n_columns: int) -> Batches:
    kinds: tuple[tuple[str, Callable[[int], str]], ...] = (
        ("amount", lambda at: f"{at * 37 % 9973 / 100:.2f}"), ("status", lambda at: ("open", "closed", "paid")[at % 3]),
        ("email", lambda at: f"user{at}@example.com"), ("city", lambda at: ("Paris", "Oslo", "Rome", "Lima")[at % 4]),
        ("created", lambda at: f"2024-{at % 12 + 1:02d}-{at % 28 + 1:02d}"), ("count", lambda at: str(at * 7 % 501)),
        ("remark", lambda at: f"the order of week {at % 53} came later than it was said"), ("code", lambda at: f"A{at:05d}X"),
    )  # fmt: skip
    chosen = [(f"{kinds[at % len(kinds)][0]}_{at}", kinds[at % len(kinds)][1]) for at in range(n_columns)]
    yield {name: [cell(place + 11 * at) for place in range(n_rows)] for at, (name, cell) in enumerate(chosen)}


CASES: Final = {
    "million": Case("Adventure Works, repeated", 1_000_000, 25, _adventure_works),
    "column": Case("one column, all distinct", 10_000_000, 1, _one_column),
    "wide-500": Case("wide", 1_000, 500, _wide),
    "wide-2000": Case("wide", 1_000, 2_000, _wide),
}
