"""Let Veil's classifier look at labelled tables, the way the classify stage does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.classify.tables import build
from benchmarks.classify.tables.model import Cells, LabelledTable, Truth
from veil.model import Finding


@dataclass(frozen=True)
class Judged:
    """A column, what is true of it and what was found; `confidence` and `reason` are empty for rivals that give none."""

    table: str
    language: str
    column: str
    truth: Truth
    found: str | None
    confidence: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Run:
    """All columns of a run and the CPU seconds that they took, loading not counted."""

    judged: tuple[Judged, ...]
    seconds: float


def run_veil(tables: Sequence[LabelledTable], *, hide_headers: bool = False) -> Run:
    """Classify every table after others that load lists and models.

    Parameters
    ----------
    hide_headers : name the columns `c1`, `c2`, … instead.
    """
    for table in _warm_up():
        _findings(table, hide_headers=hide_headers)
    started = time.process_time()
    findings = [_findings(table, hide_headers=hide_headers) for table in tables]
    seconds = time.process_time() - started
    judged = [
        Judged(table.name, table.language, column, truth, finding.entity, finding.confidence, finding.reason)
        for table, found in zip(tables, findings, strict=True)
        for (column, truth), finding in zip(table.truth.items(), found, strict=True)
    ]
    return Run(tuple(judged), seconds)


def _findings(table: LabelledTable, *, hide_headers: bool) -> tuple[Finding, ...]:
    import pandas as pd

    from veil import recognizers

    names = [f"c{place}" for place in range(1, len(table.cells) + 1)] if hide_headers else list(table.cells)
    samples = []
    for name, cells in zip(names, table.cells.values(), strict=True):
        present = Counter(cell for cell in cells if cell is not None)
        counts = pd.Series(list(present.values()), index=pd.Index(list(present), dtype=object), dtype="int64")
        profile = recognizers.profile(name, counts, len(cells) - present.total())
        samples.append(recognizers.sample(profile, counts, tuple(each for each in names if each != name), seed=2026))
    return tuple(recognizers.classify(samples, models=recognizers.find_models(), table=table.name))


def _warm_up() -> tuple[LabelledTable, ...]:
    """Tables that load lists, number plans and models: some of the dev half with other cells, and one that asks the model."""
    people: Cells = [f"Lady Wilhelmina Xanthopoulou the {place}th" for place in range(20)]
    cells: dict[str, Cells] = {"e_mail": ["ada@example.org", "bob@example.org"] * 10, "who": people}
    return (*build("dev", seed=1)[::4], LabelledTable("warm_up", "en", "none", cells, dict.fromkeys(cells)))
