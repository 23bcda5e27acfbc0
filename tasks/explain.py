"""Explain: what a policy makes of each column of a drop, without transforming anything."""

from __future__ import annotations

from pathlib import Path

from tasks.examined import examined
from tasks.policies import sound_policy
from veil.errors import UnknownColumn
from veil.explain import explain
from veil.model import Finding, Step
from veil.report.numbers import percent


def explanations(policy_name: str, path: Path, column: str | None, work: Path) -> list[str]:
    """Return two sentences per column, or only for the named column in the tables that have it: what becomes of it, and what
    was found in it and why. Over all columns, also what is too weak for the rows that came.

    Raises
    ------
    UnknownColumn : no table of the drop has a column of that name.
    """
    [seen] = examined([sound_policy(policy_name)], path, work)
    found = {(finding.table, finding.column): finding for each in seen.classified for finding in each.findings}
    told = [
        f"{explain(made, step.column)} {_why(found[made.table, step.column], step)}"
        for made in seen.planned.plans
        for step in made.steps
        if column in (None, step.column)
    ]
    if column is None:
        weak = [weakness for made in seen.planned.plans for weakness in made.weaknesses]
        told += [f"Too weak for the rows that came, so the plan gate holds it: {weakness}." for weakness in weak]
    if not told:
        raise UnknownColumn(f"no table of the drop has a column `{column}`")
    return told


def _why(finding: Finding, step: Step) -> str:
    why = "" if finding.reason in step.reason else f": {finding.reason}"
    return f"Found with {percent(finding.confidence)} confidence{why}."
