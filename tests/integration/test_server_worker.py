"""The deployed flow: a real server and worker on loopback, and runs started over the API as the UI's form starts them."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.acceptance import small
from tests.integration.running_server import DATASET, FlowRun, Server, form, run_to_its_end

STAGES = ("ingest", "classify", "plan", "transform", "synthesize", "check", "release")
ARTIFACTS = ("findings", "plan", "transform", "quality", "risk", "decision")


def test_run_from_the_form_ends_released(server: Server, released_run: FlowRun) -> None:
    assert released_run.state["name"] == "Released", f"{released_run.state['message']}\n{server.log()}"
    assert released_run.state["type"] == "COMPLETED"


def test_every_stage_is_a_task_run_that_completed(server: Server, released_run: FlowRun) -> None:
    runs = server.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [released_run.id]}}})
    states = {run["name"]: run["state_type"] for run in runs}
    assert {stage: states.get(stage) for stage in STAGES} == dict.fromkeys(STAGES, "COMPLETED")


def test_release_is_where_the_worker_was_told_to_put_it(server: Server, released_run: FlowRun) -> None:
    manifests = list((server.releases / DATASET).rglob("manifest.json"))
    assert len(manifests) == 1, released_run.state["message"]
    assert json.loads(manifests[0].read_text())["decision"] == "released"


def test_nothing_of_the_run_stays_in_the_work_folder(server: Server, released_run: FlowRun) -> None:
    assert released_run.id
    work = server.folder / "home" / "work"
    assert not [path for path in work.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ARTIFACTS)
def test_run_has_the_artifact(name: str, server: Server, released_run: FlowRun) -> None:
    assert f"veil-{DATASET}-{name}" in server.artifact_keys(released_run)


def test_parameters_hold_what_the_form_sent_and_no_secret(server: Server, released_run: FlowRun) -> None:
    assert set(released_run.parameters) == {"drop", "policy", "dataset", "options"}
    assert server.environment["VEIL_KEY"] not in json.dumps(server.get(f"/flow_runs/{released_run.id}"))


def test_key_is_nowhere_in_what_prefect_keeps(server: Server, released_run: FlowRun) -> None:
    """Database, logs and result storage: everything that server and worker wrote."""
    assert released_run.state["name"] == "Released"
    key = server.environment["VEIL_KEY"].encode()
    kept = [path for name in ("prefect", "server", "worker", "releases") for path in (server.folder / name).rglob("*")]
    kept += server.folder.glob("*.log")
    assert [path.name for path in kept if path.is_file() and key in path.read_bytes()] == []


def test_no_result_is_persisted(server: Server, released_run: FlowRun) -> None:
    runs = server.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [released_run.id]}}})
    assert [run["name"] for run in runs if run["state"]["data"]] == []
    assert released_run.state["data"] is None
    assert not list((server.folder / "prefect").glob("storage/*"))


def test_run_page_tells_the_events_once_each(server: Server, released_run: FlowRun) -> None:
    told = [line["message"] for line in server.log_lines(released_run) if line["name"] == "veil"]
    assert any(message.startswith("training table=people epoch=1/1") for message in told), told
    assert [message for message in set(told) if told.count(message) > 1] == []


def test_held_run_ends_in_a_state_and_not_in_a_stack_trace(server: Server, held_run: FlowRun) -> None:
    assert (held_run.state["type"], held_run.state["name"]) == ("FAILED", "Held")
    assert held_run.state["message"].startswith("ingest gate: 1 check")
    lines = server.log_lines(held_run)
    assert [line["message"] for line in lines if line["level"] >= 40 or "Traceback" in line["message"]] == []
    assert "Traceback" not in (server.folder / "worker.log").read_text()


def test_gate_shows_first_what_was_not_met(server: Server, held_run: FlowRun) -> None:
    first, *others = server.artifact_rows(held_run, "veil-too-small-gate-ingest")
    assert first["verdict"] == "NOT MET"
    assert {row["verdict"] for row in others} == {"met"}


def test_columns_of_a_table_are_the_same_in_every_row(server: Server, released_run: FlowRun) -> None:
    for name in ("findings", "plan", "transform", "quality", "utility", "risk", "gate-transform", "losses"):
        rows = server.artifact_rows(released_run, f"veil-{DATASET}-{name}")
        assert rows, name
        assert {tuple(row) for row in rows} == {tuple(rows[0])}, name


@pytest.mark.parametrize(
    ("out", "environment"), [("releases", {}), ("", {"VEIL_RELEASES": ""}), ("", {"VEIL_RELEASES": "releases"})],
    ids=["relative option", "not set", "relative setting"],
)
def test_release_that_would_vanish_with_the_workers_folder_is_refused(
    out: str, environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    parameters = form(small.write_people(tmp_path, n_rows=5), dataset="vanishing")
    run = run_to_its_end(server, parameters | {"options": {"out": out}}, environment)
    assert (run.state["type"], run.state["name"]) == ("FAILED", "Held")
    assert "VEIL_RELEASES" in run.state["message"]


def test_same_drop_again_is_a_no_op_that_says_so(server: Server, released_run: FlowRun) -> None:
    again = run_to_its_end(server, released_run.parameters)
    assert again.state["name"] == "Released"
    assert "nothing to do" in again.state["message"]
    assert len(list((server.releases / DATASET).rglob("manifest.json"))) == 1


def test_drop_that_is_not_there_is_held_with_a_reason(server: Server, tmp_path: Path) -> None:
    run = run_to_its_end(server, form(tmp_path / "missing.csv", dataset="missing"))
    assert (run.state["type"], run.state["name"]) == ("FAILED", "Held")
    assert "missing.csv" in run.state["message"]


@pytest.mark.parametrize(
    "wrong",
    [{"drop": None}, {"policy": 7}, {"options": {"seed": "soon"}}, {"options": {"epochs": -1}}, {"options": {"sede": 1}}],
    ids=["no drop", "policy is a number", "seed is a word", "epochs below zero", "unknown option"],
)
def test_form_with_a_wrong_value_is_refused_before_a_run_exists(wrong: dict[str, object], server: Server, tmp_path: Path) -> None:
    deployment = server.get("/deployments/name/anonymize/manual")
    answer = httpx.post(f"{server.api}/deployments/{deployment['id']}/create_flow_run",
                        json={"parameters": form(tmp_path) | wrong}, timeout=30)
    assert answer.status_code in (409, 422)


def test_form_explains_its_fields(server: Server) -> None:
    schema = server.get("/deployments/name/anonymize/manual")["parameter_openapi_schema"]
    assert list(schema["properties"]) == ["drop", "policy", "dataset", "options"]
    options = schema["definitions"]["Options"]["properties"]
    assert set(options) == {"seed", "epochs", "out", "runner"}
    fields = {**schema["properties"], **options}
    assert [name for name, field in fields.items() if not field.get("description")] == []
    assert [name for name, field in fields.items() if "anyOf" in field] == [], "a choice of types is no form"


def test_nightly_is_scheduled_in_a_time_zone_and_runs_one_at_a_time(server: Server) -> None:
    nightly = server.get("/deployments/name/anonymize/nightly")
    (schedule,) = nightly["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["cron"]
    assert schedule["schedule"]["timezone"] == "Europe/Brussels"
    assert nightly["global_concurrency_limit"]["limit"] == 1
    assert nightly["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


@pytest.mark.parametrize("name", ["manual", "nightly"])
def test_deployment_needs_no_checkout(name: str, server: Server) -> None:
    deployment = server.get(f"/deployments/name/anonymize/{name}")
    assert deployment["entrypoint"] == "flows.anonymize.anonymize"
    assert deployment["pull_steps"] == []
    assert deployment["path"] is None
    assert deployment["work_pool_name"] == "veil"
