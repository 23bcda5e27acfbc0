"""The inventory flow: a drop is read and classified, and what was found is written for a reviewer. Nothing is transformed."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from flows.naming import PLAIN_TEXT, found_drop, now, run_name, slug
from tasks import artifacts
from tasks.classify import Classification, classify
from tasks.ingest import ingest
from tasks.inventory import claimed, write_inventory
from tasks.policies import approvals, declared_encodings, sound_policy
from tasks.run_log import show_events
from tasks.settings import Settings, inventory_file, read_settings
from tasks.stage import sealed
from veil.errors import StageFailed, VeilError

SEED = 2026


@dataclass(frozen=True)
class Inventoried:
    """What an inventory ended in: the findings and where they were written, or why there are none."""

    classified: tuple[Classification, ...] = ()
    path: Path | None = None
    exit_code: int = 0
    message: str = ""


INVENTORIES: dict[str, Inventoried] = {}
"""Inventories of the flow runs of this process by flow run id, for a caller in the same process such as the command line."""


@flow(name="inventory", flow_run_name=run_name, log_prints=False, persist_result=False, validate_parameters=True)
def inventory(
    drop: Annotated[str, Field(json_schema_extra={"title": "Drop"})],
    policy: Annotated[str | None, PLAIN_TEXT, Field(json_schema_extra={"title": "Policy", "examples": ["gdpr"]})] = "",
    dataset: Annotated[str | None, PLAIN_TEXT, Field(json_schema_extra={"title": "Data set"})] = "",
    output: Annotated[str | None, PLAIN_TEXT, Field(json_schema_extra={"title": "Output file"})] = "",
) -> State:
    """Classify a drop and write what was found, for a reviewer; nothing is transformed or released.

    Args:
        drop: Absolute path of a file, or of a folder of files that make one drop; or a name in the worker's inbox.
        policy: A policy whose recognizers, encodings and approvals are used; empty takes none.
        dataset: Name of the data set; empty takes the drop's name.
        output: Absolute path on the worker's machine; empty takes a new file in the folder inventories of VEIL_HOME.
    """
    settings = read_settings()
    show_events(settings.log_level)
    run_id = str(flow_run.get_id() or time.time_ns())
    path = found_drop(drop, settings)
    name = slug(dataset or path.name.split(".")[0])
    work = settings.work / run_id
    umask = os.umask(0o077)
    failure: VeilError | None = None
    try:
        inventoried = sealed("flow")(_inventoried)(path, policy or "", name, output or "", settings, work)
    except VeilError as error:
        failure = error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.umask(umask)
    if failure is not None:
        inventoried = Inventoried(exit_code=failure.exit_code, message=str(failure))
    INVENTORIES[run_id] = inventoried
    return _state(inventoried)


def _inventoried(path: Path, policy_name: str, dataset: str, output: str, settings: Settings, work: Path) -> Inventoried:
    file = claimed(inventory_file(settings, output, f"{dataset}-{work.name}", deployed=bool(deployment.id)))
    policy = sound_policy(policy_name) if policy_name else None
    work.mkdir(mode=0o700, parents=True)
    drop = ingest(str(path), str(work), dataset, now(), declared_encodings(policy) if policy else {})
    approved = approvals(policy, drop) if policy else {}
    known = (policy.defaults.null_values, policy.custom_recognizers(), approved) if policy else ()
    classified = classify(drop.tables, SEED, *known)
    artifacts.findings(dataset, [finding for each in classified for finding in each.findings])
    write_inventory(file, classified, approved)
    return Inventoried(classified, file, message=str(file))


def _state(inventoried: Inventoried) -> State:
    if inventoried.path is not None:
        return Completed(name="Inventoried", message=inventoried.message)
    failed = inventoried.exit_code == StageFailed.exit_code
    return Failed(name="Failed" if failed else "Held", message=inventoried.message)
