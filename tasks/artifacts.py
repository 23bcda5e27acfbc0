"""The only writer of Prefect artifacts. Prefect stores each three times, so none holds a cell: columns, counts, figures, words.

Keys are stable per data set (`veil-retail-crm-findings`), so that the Prefect UI shows the history of a data set.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
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

MAX_ROWS = 500
SECONDS_BETWEEN_UPDATES = 2.0


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
            "confidence": round(finding.confidence, 2),
            "recognizer": finding.recognizer,
            "reason": finding.reason,
        }
        for finding in found
    ]
    _table(dataset, "findings", rows, "What was found, column by column")


def plans(dataset: str, made: Sequence[Plan]) -> None:
    """Show what will become of each column and which line of the policy decided it."""
    rows = [
        {
            "table": plan.table,
            "column": step.column,
            "role": step.role,
            "transform": step.transform or "unresolved",
            "effect": step.effect,
            "decided by": step.decided_by,
            "reason": step.reason,
        }
        for plan in made
        for step in plan.steps
    ]
    _table(dataset, "plan", rows, "What becomes of each column, and why")


def transformed(dataset: str, tables: Sequence[Table], made: Sequence[Plan], seconds: float) -> None:
    """Show how many columns each transform took, per table."""
    rows = []
    for table, plan in zip(tables, made, strict=True):
        effects: dict[str, int] = {}
        for step in plan.steps:
            effects[step.effect] = effects.get(step.effect, 0) + 1
        rows.append({"table": table.name, "rows": table.n_rows, "columns out": len(table.columns), **effects})
    _table(dataset, "transform", rows, f"What was transformed, in {seconds:.1f} s")


def gate(dataset: str, result: GateResult) -> None:
    """Show a gate's verdict, line by line."""
    rows = [
        {
            "verdict": "pass" if line.passed else "FAIL",
            "check": line.name,
            "demanded": line.demanded,
            "observed": _figure(line.observed),
            "reason": line.reason,
        }
        for line in result.expectations
    ]
    _table(dataset, f"gate-{result.stage}", rows, f"Gate after {result.stage}: {'passed' if result.passed else 'NOT passed'}")


def quality(dataset: str, report: CheckReport) -> None:
    """Show fidelity, utility and privacy figures with their intervals."""
    for family, title in (("fidelity", "Fidelity and structure"), ("utility", "Utility"), ("privacy", "Risk")):
        rows = [
            {
                "table": result.table,
                "check": result.check,
                "value": _figure(result.value),
                "95 % low": _figure(result.low),
                "95 % high": _figure(result.high),
                "status": result.status,
                "detail": result.detail,
            }
            for result in report.results
            if result.family == family or (family == "fidelity" and result.family == "structure")
        ]
        _table(dataset, {"fidelity": "quality", "utility": "utility", "privacy": "risk"}[family], rows, title)


def losses(dataset: str, made: Sequence[Synthesis]) -> None:
    """Show the training history of every table."""
    rows = [
        {"table": synthesis.synthetic.name, "epoch": epoch.epoch, **{name: round(loss, 4) for name, loss in epoch.losses.items()}}
        for synthesis in made
        for epoch in synthesis.history
    ]
    _table(dataset, "losses", rows, "Losses by epoch")


def decision(dataset: str, markdown: str) -> None:
    """Show the decision with its reasons."""
    create_markdown_artifact(key=key(dataset, "decision"), markdown=markdown, description="The decision")


def report_link(dataset: str, path: str) -> None:
    """Link the report. Browsers do not follow file links from a page, so the path is the text as well."""
    create_link_artifact(key=key(dataset, "report"), link=f"file://{path}", link_text=path, description="The report")


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


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _table(dataset: str, name: str, rows: list[dict[str, Any]], description: str) -> None:
    shown = rows[:MAX_ROWS]
    left = len(rows) - len(shown)
    create_table_artifact(
        key=key(dataset, name), table=shown, description=description + (f" ({left} more rows in the report)" if left else "")
    )
