"""A real Prefect server and worker on loopback, as subprocesses that are ended whatever happens, and runs over the API."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]
PREFECT = Path(sys.executable).with_name("prefect")
DATASET = "people"
SERVER_SECONDS, WORKER_SECONDS, RUN_SECONDS = 120, 60, 600
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class Server:
    """A running Prefect server with a worker of the pool `veil` and the deployments of `deployments/prefect.yaml`."""

    url: str
    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def api(self) -> str:
        return f"{self.url}/api"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.api}{path}", timeout=30).raise_for_status().json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return httpx.post(f"{self.api}{path}", json=body, timeout=30).raise_for_status().json()

    def artifact_keys(self, run: FlowRun) -> set[str]:
        found = self.post("/artifacts/filter", {"flow_runs": {"id": {"any_": [run.id]}}, "limit": 200})
        return {artifact["key"] for artifact in found if artifact["key"]}

    def artifact_rows(self, run: FlowRun, name: str) -> list[dict[str, Any]]:
        """Return the rows of a run's table artifact, as its page shows them."""
        asked = {"flow_runs": {"id": {"any_": [run.id]}}, "artifacts": {"key": {"any_": [name]}}}
        (artifact,) = self.post("/artifacts/filter", asked)
        rows: list[dict[str, Any]] = json.loads(artifact["data"]) if isinstance(artifact["data"], str) else artifact["data"]
        return rows

    def log_lines(self, run: FlowRun) -> list[dict[str, Any]]:
        """Return what the run's page shows as its logs; they arrive a little after the state does."""
        asked = {"logs": {"flow_run_id": {"any_": [run.id]}}, "sort": "TIMESTAMP_ASC", "limit": 200}

        def complete() -> Any:
            lines = self.post("/logs/filter", asked)
            return lines if any(line["message"].startswith("Finished in state") and run.state["name"] in line["message"]
                                for line in lines) else None

        lines: list[dict[str, Any]] = wait(complete, 30, "the run's logs have not arrived", self)
        return lines

    def log(self) -> str:
        """Return the ends of the server's and the worker's logs, for a failing test's message."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log")))


@dataclass(frozen=True)
class FlowRun:
    """A flow run that has ended, as the API tells it."""

    id: str
    state: Mapping[str, Any]
    parameters: Mapping[str, Any]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a server and a worker, deploy as the README says, and end both when the block is left."""
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", folder, clean_environment(folder, port))
    with process(server, "server", "server", "start", "--host", "127.0.0.1", "--port", str(port)):
        wait(lambda: answers(f"{server.api}/health"), SERVER_SECONDS, "the server does not answer", server)
        with process(server, "worker", "worker", "start", "--pool", "veil", "--type", "process"):
            wait(lambda: answers(f"{server.api}/work_pools/veil"), WORKER_SECONDS, "the worker has made no pool", server)
            deploy(server)
            yield server


def form(drop: Path, policy: Path | str = "demo", dataset: str = DATASET) -> dict[str, Any]:
    """Return the parameters as the UI's form sends them: every field, filled or at its default."""
    options = {"seed": 2026, "epochs": 0, "out": ""}
    return {"drop": str(drop), "policy": str(policy), "dataset": dataset, "options": options}


def run_to_its_end(server: Server, parameters: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> FlowRun:
    """Create a run of the deployment `manual` over the API and wait until it has ended; it may have variables of its own."""
    deployment = server.get("/deployments/name/anonymize/manual")
    body = {"parameters": parameters, "job_variables": {"env": environment} if environment else {}}
    created = server.post(f"/deployments/{deployment['id']}/create_flow_run", body)

    def ended() -> Any:
        run = server.get(f"/flow_runs/{created['id']}")
        return run if run["state_type"] in FINAL else None

    run = wait(ended, RUN_SECONDS, "the flow run has not ended", server)
    return FlowRun(run["id"], run["state"], run["parameters"])


def clean_environment(folder: Path, port: int) -> dict[str, str]:
    """Return an environment in which nothing of the developer's Prefect or Veil is left."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VEIL_"))}
    url = f"http://127.0.0.1:{port}/api"
    return kept | {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "VEIL_HOME": str(folder / "home"),
        "VEIL_RELEASES": str(folder / "releases"),
        "VEIL_KEY": secrets.token_hex(32),
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "NO_PROXY": "127.0.0.1,localhost",
    }


@contextlib.contextmanager
def process(server: Server, name: str, *command: str) -> Iterator[None]:
    """Run a Prefect command in a process group of its own, away from the checkout, until the block is left."""
    away = server.folder / name
    away.mkdir()
    with (server.folder / f"{name}.log").open("w") as log:
        started = subprocess.Popen([PREFECT, *command], cwd=away, env=server.environment, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield
    finally:
        end(started)


def end(started: subprocess.Popen[bytes], patience: float = 5) -> None:
    """End a process and all that it started.

    A worker does not go at the first SIGTERM, and its flow runs lead groups of their own, so those are listed first.
    """
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(started.pid).children(recursive=True)
        os.killpg(started.pid, signal.SIGTERM)
        _, alive = psutil.wait_procs([psutil.Process(started.pid), *family], timeout=patience)
        for survivor in alive:
            survivor.kill()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()


def deploy(server: Server) -> None:
    """Deploy from a folder that holds the deployment file and nothing else: the package comes from its installation."""
    away = server.folder / "deploy"
    shutil.copytree(ROOT / "deployments", away / "deployments")
    command = [PREFECT, "--no-prompt", "deploy", "--prefect-file", "deployments/prefect.yaml", "--all"]
    done = subprocess.run(command, cwd=away, env=server.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + server.log()


def wait(condition: Callable[[], Any], seconds: float, complaint: str, server: Server) -> Any:
    """Return what the condition returns once that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.5)
    pytest.fail(f"{complaint} after {seconds} seconds\n{server.log()}")


def answers(url: str) -> bool:
    """Say whether a GET succeeds."""
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
