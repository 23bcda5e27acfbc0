"""Explain: what a policy makes of each column of a drop, without transforming anything."""

from __future__ import annotations

import datetime
import shutil
import uuid
from pathlib import Path

from tasks.classify import classify
from tasks.ingest import ingest
from tasks.plan import plan
from tasks.policies import declared_encodings, sound_policy
from veil.errors import UnknownColumn
from veil.plan import explain

SEED = 2026


def explanations(policy_name: str, path: Path, column: str | None, work: Path) -> list[str]:
    """Return one sentence per column, or only for the named column in the tables that have it.

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
        planned = plan.fn(policy, drop, classify.fn(drop.tables, SEED, policy.defaults.null_values))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told = [explain(made, step.column) for made in planned.plans for step in made.steps if column in (None, step.column)]
    if not told:
        raise UnknownColumn(f"no table of the drop has a column `{column}`")
    return told
