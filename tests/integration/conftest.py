"""One server, one worker and one released run for all tests in this folder that ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.demo import make_drop
from tests.integration.running_server import DATASET, FlowRun, Server, form, run_to_its_end, running

N_CUSTOMERS = 1500


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start server and worker, deploy as the README says, and end both whatever happens."""
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="session")
def released_run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> FlowRun:
    """Send a small demo drop through the deployed flow, started as the UI's form starts it."""
    drop = tmp_path_factory.mktemp("inbox") / DATASET
    make_drop(drop, n_customers=N_CUSTOMERS)
    return run_to_its_end(server, form(drop))
