"""The only writer of Prefect artifacts. Prefect stores each three times, so none holds a cell: columns, counts, figures, words.

Keys are stable per data set (`veil-retail-crm-findings`), so that the Prefect UI shows the history of a data set.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from veil.model import CheckReport, Epoch, Finding, GateResult, Plan, Synthesis, Table
from veil.recognizers.columns.quasi import Search
from veil.report import numbers, words

MAX_ROWS = 500
SECONDS_BETWEEN_UPDATES = 2.0
# Which families of checks an artifact shows, and its title.
MEASURED = {
    "quality": (("structure", "fidelity"), "Fidelity: how alike the stand-in is"),
    "utility": (("utility",), "Utility: what a model learns from it"),
    "risk": (("privacy",), "Risk: what an attacker could learn"),
}


def key(dataset: str, name: str) -> str:
    """Return the artifact key of a data set: lower case, digits and dashes only."""
    return re.sub(r"[^a-z0-9]+", "-", f"veil-{dataset}-{name}".lower()).strip("-")


def findings(dataset: str, found: Sequence[Finding]) -> None:
    """Show what was found in which column, how sure that is, and why."""
    rows = [
        {
            "table": finding.table,
            "column": finding.column,
            "entity": finding.entity or "none",
            "role": finding.role,
            "confidence": numbers.percent(finding.confidence),
            "reason": finding.reason,
            "recognizer": finding.recognizer,
            "sample shows from": numbers.percent(finding.detectable_share) if finding.detectable_share else "every value",
        }
        for finding in found
    ]
    _table(dataset, "findings", rows, f"What was found in {len(rows)} columns")


def singled_out(dataset: str, searches: Mapping[str, Search]) -> None:
    """Show which columns of each table single rows out together, and how far the search looked."""
    rows = [
        {
            "table": table,
            "columns": ", ".join(each.columns),
            "rows singled out": numbers.percent(each.share) if each.share * search.n_rows >= 10 else "fewer than 10",
            "95% interval": "every row counted" if each.low == each.high else numbers.interval(each.low, each.high, "share"),
            "looked at": search.told,
        }
        for table, search in searches.items()
        for each in search.sets
    ]
    most = max((search.most_columns for search in searches.values()), default=0)
    above = max((search.above for search in searches.values()), default=0.0)
    told = f"Up to {most} columns that together single out more than {numbers.percent(above)} of the rows: {len(rows)} sets"
    _table(dataset, "singled-out", rows, told)


def plans(dataset: str, made: Sequence[Plan]) -> None:
    """Show what will become of each column and which line of the policy decided it."""
    rows = [
        {
            "table": plan.table,
            "column": step.column,
            "transform": step.transform or "UNDECIDED",
            "effect": words.EFFECTS.get(step.effect, step.effect),
            "reason": step.reason,
            "decided by": step.decided_by,
            "role": step.role,
        }
        for plan in made
        for step in plan.steps
    ]
    _table(dataset, "plan", rows, f"What becomes of {len(rows)} columns")


def transformed(dataset: str, tables: Sequence[Table], made: Sequence[Plan], seconds: float) -> None:
    """Show how many columns had which effect, per table."""
    counts = [Counter(step.effect for step in plan.steps) for plan in made]
    effects = [effect for effect in words.EFFECTS if any(effect in count for count in counts)]
    rows = [
        {"table": table.name, "rows": table.n_rows, "columns": len(table.columns), **{name: count[name] for name in effects}}
        for table, count in zip(tables, counts, strict=True)
    ]
    n_rows = numbers.thousands(sum(table.n_rows for table in tables))
    _table(dataset, "transform", rows, f"{n_rows} rows transformed in {seconds:.1f} s")


def gate(dataset: str, result: GateResult) -> None:
    """Show a gate's verdict line by line, what failed first. Small counts of people are withheld as in the report."""
    rows = [
        {
            "verdict": "met" if line.passed else "NOT MET",
            "check": line.name,
            "demanded": numbers.write_limit(line.demanded),
            "observed": numbers.observed(line.name, line.observed, line.demanded),
            "reason": line.reason,
        }
        for line in sorted(result.expectations, key=lambda line: line.passed)
    ]
    verdict = f"{'Passed' if result.passed else 'NOT passed'}: {len(rows) - len(result.failed)} of {len(rows)} met"
    _table(dataset, f"gate-{result.stage}", rows, verdict)


def quality(dataset: str, report: CheckReport) -> None:
    """Show structure with fidelity, utility and risk: each figure, its interval and what it says."""
    for name, (families, title) in MEASURED.items():
        rows = [
            {
                "table": result.table,
                "measure": words.explain(result.check).title,
                "value": words.figure_of(result),
                "95% interval": numbers.interval(result.low, result.high, words.unit_of(result)),
                "in words": words.tell(result) + (f" {result.detail}" if result.status == "not_run" else ""),
                "check": result.check,
            }
            for result in report.results
            if words.family_of(result) in families
        ]
        _table(dataset, name, rows, title)


def losses(dataset: str, made: Sequence[Synthesis]) -> None:
    """Show the training history of every table."""
    rows = [
        {"table": synthesis.synthetic.name, "epoch": epoch.epoch, **{name: round(loss, 4) for name, loss in epoch.losses.items()}}
        for synthesis in made
        for epoch in synthesis.history
    ]
    _table(dataset, "losses", rows, "Losses of the training, by epoch")


def decision(dataset: str, markdown: str, description: str) -> None:
    """Show the decision with its reasons and figures; the description is what lists of artifacts show of it."""
    create_markdown_artifact(key=key(dataset, "decision"), markdown=markdown, description=description)


def report_link(dataset: str, path: str) -> None:
    """Link the report. Browsers do not follow file links from a page, so the path is the text as well."""
    told = "The report, on the worker's machine"
    create_link_artifact(key=key(dataset, "report"), link=f"file://{path}", link_text=path, description=told)


def training(dataset: str, table: str) -> Callable[[Epoch, int], None]:
    """Show a progress bar, and return what moves it after an epoch."""
    return Progress(dataset, table).show


class Progress:
    """Progress of training as a Prefect artifact, updated at most every two seconds."""

    def __init__(self, dataset: str, table: str) -> None:
        self._id: UUID = create_progress_artifact(  # type: ignore[assignment]
            progress=0.0, key=key(dataset, f"training-{table}"), description=f"Training on {table}"
        )
        self._last = time.monotonic()

    def show(self, epoch: Epoch, n_epochs: int) -> None:
        """Move the bar to this epoch."""
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_UPDATES and epoch.epoch < n_epochs:
            return
        self._last = now
        update_progress_artifact(artifact_id=self._id, progress=min(100.0, 100.0 * epoch.epoch / n_epochs))


def _table(dataset: str, name: str, rows: list[dict[str, Any]], description: str) -> None:
    shown = rows[:MAX_ROWS]
    left = len(rows) - len(shown)
    create_table_artifact(
        key=key(dataset, name), table=shown, description=description + (f" ({left} more rows in the report)" if left else "")
    )
