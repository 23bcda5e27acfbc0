"""The main flow: a drop goes through six stages, each behind a gate, and ends released or held.

Stages are tasks in one flow. A gate raises in the flow's own thread, so nothing after it has even a task run.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, ParamSpec, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from flows.naming import PLAIN_COUNT, PLAIN_TEXT, found_drop, now, run_name, slug
from flows.record import Record, publication
from flows.summary import decision_line, decision_markdown
from tasks import artifacts
from tasks.check import check
from tasks.classify import classify
from tasks.gates import check_gate, classify_gate, ingest_gate, plan_gate, synthesize_gate, transform_gate
from tasks.generations import ancestry, release_before
from tasks.ingest import ingest
from tasks.plan import plan
from tasks.policies import approvals, declared_encodings, sound_policy
from tasks.release import Publication, hold, release, released_before
from tasks.run_log import show_events
from tasks.settings import Settings, read_keys, read_settings, read_signing_key, releases_folder
from tasks.stage import log, sealed
from tasks.synthesize import synthesize
from tasks.transform import transform
from veil.errors import Held, ReleaseFailed, StageFailed, VeilError
from veil.model import GateResult, Release, Stage

P = ParamSpec("P")
R = TypeVar("R")


class Options(BaseModel):
    """Options of a run that are not the policy's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(
        default=2026,
        ge=0,
        title="Seed",
        description="Of splits, training, samples and attacks; never of keys.",
    )
    epochs: Annotated[int | None, Field(ge=0, le=10_000), PLAIN_COUNT] = Field(
        default=0,
        title="Training epochs",
        description="0 takes the policy's, or the synthesizer's own.",
    )
    runner: Literal["", "threads", "processes", "dask"] = Field(
        default="",
        title="Runner",
        description="Who transforms tables: threads, processes or dask; empty takes VEIL_RUNNER. No byte depends on it.",
    )
    out: Annotated[str | None, PLAIN_TEXT] = Field(
        default="",
        title="Releases folder",
        description="Absolute path on the worker's machine; empty takes VEIL_RELEASES.",
    )


@dataclass(frozen=True)
class Outcome:
    """What a run ended in: the record of what it made, and what was published of it."""

    record: Record
    release: Release | None
    exit_code: int = 0
    message: str = ""
    already: bool = False
    published: Publication | None = None


@dataclass
class _Run:
    """One run's notebook, folders and clock."""

    record: Record
    settings: Settings
    releases: Path
    work: Path
    started_at: str = field(default_factory=now)
    stage: Stage = "ingest"

    def timed(self, stage: Stage, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self.stage = stage
        start = time.monotonic()
        try:
            return function(*args, **kwargs)
        finally:
            self.record.seconds[stage] = self.record.seconds.get(stage, 0.0) + time.monotonic() - start

    def gate(self, stage: Stage, function: Callable[P, GateResult], *args: P.args, **kwargs: P.kwargs) -> None:
        result = self.timed(stage, function, *args, **kwargs)
        self.record.gates.append(result)
        artifacts.gate(self.record.dataset, result)
        if not result.passed:
            raise Held(stage, result.failed)


OUTCOMES: dict[str, Outcome] = {}
"""Outcomes of the flow runs of this process by flow run id, for a caller in the same process such as the command line."""

NO_OPTIONS = Options()


@flow(name="anonymize", flow_run_name=run_name, log_prints=False, persist_result=False, validate_parameters=True)
def anonymize(
    drop: Annotated[str, Field(json_schema_extra={"title": "Drop"})],
    policy: Annotated[str, Field(json_schema_extra={"title": "Policy", "examples": ["gdpr", "strict", "demo"]})] = "gdpr",
    dataset: Annotated[str | None, PLAIN_TEXT, Field(json_schema_extra={"title": "Data set"})] = "",
    options: Annotated[Options, Field(json_schema_extra={"title": "Options"})] = NO_OPTIONS,
) -> State:
    """Classify, transform and synthesize a drop; release it with evidence, or hold it with a reason.

    Args:
        drop: Absolute path of a file, or of a folder of files that make one drop; or a name in the worker's inbox.
        policy: A policy that ships with Veil (gdpr, strict, demo), or the absolute path of a policy file.
        dataset: Name under which releases and their history are kept; empty takes the drop's name.
        options: What is not the policy's to say; the defaults do for most runs.
    """
    settings = read_settings()
    show_events(settings.log_level)
    try:
        releases = releases_folder(options.out, deployed=bool(deployment.id))
    except ReleaseFailed as error:
        return Failed(name="Held", message=str(error))
    run_id = str(flow_run.get_id() or time.time_ns())
    path = found_drop(drop, settings)
    run = _Run(
        record=Record(dataset=slug(dataset or path.name.split(".")[0]), seed=options.seed, flow_run=run_id),
        settings=settings,
        releases=releases,
        work=settings.work / run_id,
    )
    umask = os.umask(0o077)
    try:
        outcome = _ended(run, path, policy, options)
    finally:
        shutil.rmtree(run.work, ignore_errors=True)
        os.umask(umask)
    OUTCOMES[run_id] = outcome
    return _state(outcome)


def _ended(run: _Run, path: Path, policy: str, options: Options) -> Outcome:
    """Carry a run to its end; an error of ours holds it, and what is left of it is told."""
    failure: VeilError | None = None
    try:
        outcome = sealed("flow")(_journey)(run, path, policy, options)
    except VeilError as error:
        failure = error
    if failure is not None:
        outcome = _held(run, failure)
    _tell(run, outcome)
    return outcome


def _journey(run: _Run, path: Path, policy_name: str, options: Options) -> Outcome:
    record, dataset = run.record, run.record.dataset
    policy = record.policy = sound_policy(policy_name)
    keyring = record.keyring = read_keys(policy)
    read_signing_key()  # it is needed at the end; that it is missing is told before anything is read
    run.work.mkdir(mode=0o700, parents=True)
    work = str(run.work)

    encodings = declared_encodings(policy)
    drop = record.drop = run.timed("ingest", ingest, str(path), work, dataset, run.started_at, encodings)
    before = released_before(run.releases, dataset, drop.sha256, policy.sha256)
    if before is not None:
        log("released before", dataset=dataset)
        return Outcome(record, None, message=str(before), already=True)
    record.origin = ancestry(drop, run.releases)
    run.gate("ingest", ingest_gate, policy, drop, record.origin)

    known = policy.custom_recognizers(), approvals(policy, drop), policy.gates.classify.scan
    record.classified = run.timed("classify", classify, drop.tables, record.seed, policy.defaults.null_values, *known)
    artifacts.findings(dataset, [finding for each in record.classified for finding in each.findings])
    artifacts.singled_out(dataset, {each.table.name: each.search for each in record.classified})
    run.gate("classify", classify_gate, policy, record.classified, drop.files)

    planned = run.timed("plan", plan, policy, drop, record.classified)
    record.plans = planned.plans
    artifacts.plans(dataset, record.plans)
    run.gate("plan", plan_gate, policy, record.classified, record.plans)

    aside = str(run.settings.home / "quarantine" / run.record.flow_run)
    given = (policy, keyring, record.classified, planned, work, record.seed, aside, options.runner or None)
    record.transformed = run.timed("transform", transform, *given)
    classified = record.transformed.classified
    artifacts.transformed(dataset, record.transformed.tables, record.plans, record.seconds["transform"])
    run.gate("transform", transform_gate, policy, record.transformed)

    made_of = (policy, dataset, classified, planned, record.transformed)
    record.synthesized = run.timed("synthesize", synthesize, *made_of, work, record.seed, options.epochs)
    artifacts.losses(dataset, record.synthesized.syntheses)
    run.gate("synthesize", synthesize_gate, policy, record.synthesized.syntheses, record.synthesized.results)

    earlier = release_before(run.releases, dataset, run.work, encodings)
    judged = (classified, planned, record.transformed, record.synthesized, record.seed, earlier)
    record.checked = run.timed("check", check, *judged)
    artifacts.quality(dataset, record.checked.report)
    run.gate("check", check_gate, policy, record.checked)
    return _released(run)


def _released(run: _Run) -> Outcome:
    record = run.record
    assert record.drop is not None
    reasons = (f"all {len(record.gates)} gates passed",)
    ended_at = now()
    published = publication(record, "released", reasons, stopped_at=None, started_at=run.started_at, ended_at=ended_at)
    result = run.timed("release", release, published, record.drop, str(run.releases), ended_at)
    return Outcome(record, result, message=result.uri, published=published)


def _held(run: _Run, error: VeilError) -> Outcome:
    """Publish the evidence of a run that stopped. Its error is ours, so its words hold no cell."""
    log("stopped", stage=run.stage, error=type(error).__name__)
    ended_at = now()
    published = publication(run.record, "held", (str(error),), stopped_at=run.stage, started_at=run.started_at, ended_at=ended_at)
    result = hold(published, str(run.releases), ended_at)
    return Outcome(run.record, result, exit_code=error.exit_code, message=str(error), published=published)


def _tell(run: _Run, outcome: Outcome) -> None:
    """Show the decision in Prefect. What was published is published: that Prefect cannot be told does not change the decision."""
    if outcome.release is None or outcome.published is None:
        return
    try:
        markdown = decision_markdown(outcome.published.content, outcome.release)
        artifacts.decision(run.record.dataset, markdown, decision_line(outcome.release))
        artifacts.report_link(run.record.dataset, outcome.release.report)
    except Exception as error:  # noqa: BLE001 - whatever Prefect's client raises
        log("decision not shown", error=type(error).__name__)


def _state(outcome: Outcome) -> State:
    if outcome.already:
        return Completed(name="Released", message=f"nothing to do: this drop was released under this policy in {outcome.message}")
    if outcome.release is not None and outcome.release.decision == "released":
        return Completed(name="Released", message=outcome.message)
    if outcome.exit_code == StageFailed.exit_code:
        return Failed(name="Failed", message=outcome.message)
    return Failed(name="Held", message=outcome.message)
