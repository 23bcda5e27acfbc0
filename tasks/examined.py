"""Look at a drop as a run does, up to its plan, and leave nothing behind; for `explain`, `init` and `diff`."""

from __future__ import annotations

import datetime
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.classify import Classification, classify
from tasks.ingest import ingest
from tasks.plan import Planned, plan
from tasks.policies import approvals, declared_encodings
from veil.model import Drop

if TYPE_CHECKING:
    from veil.policy import Policy

SEED = 2026


@dataclass(frozen=True)
class Examined:
    """A drop, what was found in it, and what a policy makes of each column."""

    drop: Drop
    classified: tuple[Classification, ...]
    planned: Planned


def examined(policies: Sequence[Policy], path: Path, work: Path) -> tuple[Examined, ...]:
    """Return what each policy makes of a drop. Nothing is transformed, and no row is left in the work folder."""
    with _folder(work) as folder:
        return tuple(_examined(policy, path, folder / str(place)) for place, policy in enumerate(policies))


def _examined(policy: Policy, path: Path, folder: Path) -> Examined:
    received_at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    drop = ingest.fn(str(path), str(folder), path.stem, received_at, declared_encodings(policy))
    known = policy.custom_recognizers(), approvals(policy, drop)
    classified = classify.fn(drop.tables, SEED, policy.defaults.null_values, *known)
    return Examined(drop, classified, plan.fn(policy, drop, classified))


@contextmanager
def _folder(work: Path) -> Iterator[Path]:
    folder = work / f"examine-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
