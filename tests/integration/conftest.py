"""One server, one worker and one released run for all tests in this folder that ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import small
from tests.integration.running_server import FlowRun, Server, form, run_to_its_end, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start server and worker, deploy as the README says, and end both whatever happens."""
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="session")
def released_run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> FlowRun:
    """Send a small drop through the deployed flow, started as the UI's form starts it; its key is the worker's VEIL_KEY."""
    inbox = tmp_path_factory.mktemp("inbox")
    drop = small.write_people(inbox)
    return run_to_its_end(server, form(drop, policy=policy_file(inbox)))


@pytest.fixture(scope="session")
def held_run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> FlowRun:
    """Send a drop that is too small for its policy."""
    inbox = tmp_path_factory.mktemp("held")
    drop = small.write_people(inbox, n_rows=60)
    policy = policy_file(inbox, small.POLICY.replace("gates:", "gates:\n  ingest: {min_rows: 100}"))
    return run_to_its_end(server, form(drop, policy=policy, dataset="too-small"))


def policy_file(folder: Path, text: str = small.POLICY) -> Path:
    """Write a policy whose key comes from the worker's environment."""
    path = folder / "policy.yaml"
    path.write_text(text.replace("VEIL_TEST_KEY", "VEIL_KEY"), encoding="utf-8")
    return path
