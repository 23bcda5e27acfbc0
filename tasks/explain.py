"""Explain: what a policy makes of each column of a drop, without transforming anything."""

from __future__ import annotations

import datetime
import shutil
import uuid
from pathlib import Path

from tasks.classify import classify
from tasks.ingest import ingest
from tasks.plan import plan
from tasks.policies import approvals, declared_encodings, sound_policy
from veil.errors import UnknownColumn
from veil.explain import explain
from veil.model import Finding, Step
from veil.report.numbers import percent

SEED = 2026


def explanations(policy_name: str, path: Path, column: str | None, work: Path) -> list[str]:
    """Return two sentences per column, or only for the named column in the tables that have it: what becomes of it, and what
    was found in it and why.

    Raises
    ------
    UnknownColumn : no table of the drop has a column of that name.
    """
    policy = sound_policy(policy_name)
    folder = work / f"explain-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        received_at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        drop = ingest.fn(str(path), str(folder), path.stem, received_at, declared_encodings(policy))
        known = policy.custom_recognizers(), approvals(policy, drop)
        classified = classify.fn(drop.tables, SEED, policy.defaults.null_values, *known)
        planned = plan.fn(policy, drop, classified)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {(finding.table, finding.column): finding for each in classified for finding in each.findings}
    told = [
        f"{explain(made, step.column)} {_why(found[made.table, step.column], step)}"
        for made in planned.plans
        for step in made.steps
        if column in (None, step.column)
    ]
    if not told:
        raise UnknownColumn(f"no table of the drop has a column `{column}`")
    return told


def _why(finding: Finding, step: Step) -> str:
    why = "" if finding.reason in step.reason else f": {finding.reason}"
    return f"Found with {percent(finding.confidence)} confidence{why}."
