"""The plan that is measured: every column of the benchmark's policy, decided by name, so that nothing need be classified."""

from __future__ import annotations

import dataclasses

from veil.model import Column, Finding, Plan, Table
from veil.plan import make_plan
from veil.policy import Policy

TYPES = {"BirthDate": ("date", "%Y-%m-%d"), "YearlyIncome": ("integer", None)}


def benchmark_plan(policy: Policy, raw: Table) -> tuple[Table, Plan]:
    """Return the raw table with its types, and its plan."""
    columns = tuple(_typed(column) for column in raw.columns)
    table = dataclasses.replace(raw, columns=columns)
    findings = [Finding(raw.name, column.name, None, "other", "none", 1.0, 0.0, 0, "measured") for column in columns]
    return table, make_plan(policy, policy.tables["customers"], table, findings)


def _typed(column: Column) -> Column:
    kind, pattern = TYPES.get(column.name, ("text", None))
    return dataclasses.replace(column, type=kind, format=pattern)  # type: ignore[arg-type]
