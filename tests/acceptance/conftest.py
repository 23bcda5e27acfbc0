"""Whole runs on the real Prefect: one embedded server for the session, real files, nothing mocked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.settings import set_prefect_defaults

set_prefect_defaults()


@pytest.fixture(scope="session", autouse=True)
def prefect_server() -> Iterator[None]:
    """The real server of Prefect's test harness, on a database of its own."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    # Without the heartbeat a flow run ends a second sooner.
    with prefect_test_harness(server_startup_timeout=120), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


@dataclass(frozen=True)
class Ended:
    """How a run ended, and which tasks it ran."""

    name: str
    message: str
    tasks: frozenset[str]
    outcome: object
    flow_run_id: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the flow on a drop with a policy, in folders of the test."""
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VEIL_RELEASES", str(tmp_path / "releases"))

    def run_flow(drop: Path, policy: str, *, dataset: str | None = None, epochs: int | None = 1, seed: int = 7) -> Ended:
        from flows.anonymize import OUTCOMES, Options, anonymize

        if "\n" in policy:
            file = tmp_path / "policy.yaml"
            file.write_text(policy, encoding="utf-8")
            policy = str(file)
        options = Options(seed=seed, epochs=epochs)
        state = anonymize(drop=str(drop), policy=policy, dataset=dataset, options=options, return_state=True)
        flow_run_id = str(state.state_details.flow_run_id)
        return Ended(state.name, state.message or "", _tasks_of(flow_run_id), OUTCOMES.get(flow_run_id), flow_run_id)

    return run_flow


def _tasks_of(flow_run_id: str) -> frozenset[str]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    with get_client(sync_client=True) as client:
        runs = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])))
    return frozenset(run.name for run in runs)
