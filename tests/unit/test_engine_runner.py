"""Who transforms tables: what the environment says, what a run asks for, and what neither may say."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from flows.anonymize import Options
from tasks.engine import Runner
from tasks.settings import RunnerName, read_settings
from veil.errors import VeilError

VARIABLES = ("VEIL_RUNNER", "VEIL_WORKERS", "VEIL_DASK_SCHEDULER", "VEIL_DASK_UNENCRYPTED")


@pytest.fixture
def runner(monkeypatch):
    """Return the runner of an environment, and of a run that asks for one."""

    def read(asked=None, **variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Runner.of(read_settings(), asked)

    return read


@pytest.mark.parametrize(
    ("asked", "variables", "expected"),
    [
        (None, {"VEIL_WORKERS": "3"}, Runner("processes", 3)),
        (None, {"VEIL_WORKERS": "3", "VEIL_RUNNER": ""}, Runner("processes", 3)),
        (None, {"VEIL_WORKERS": "1", "VEIL_RUNNER": "threads"}, Runner("threads", 1)),
        ("processes", {"VEIL_WORKERS": "2", "VEIL_RUNNER": "dask"}, Runner("processes", 2)),
        ("dask", {"VEIL_WORKERS": "2"}, Runner("dask", 2)),
        (None, {"VEIL_WORKERS": "2", "VEIL_RUNNER": "dask", "VEIL_DASK_SCHEDULER": "tls://there:8786"},
         Runner("dask", 2, "tls://there:8786")),
        (None, {"VEIL_WORKERS": "2", "VEIL_DASK_UNENCRYPTED": "yes"}, Runner("processes", 2)),
        (None, {"VEIL_WORKERS": "2", "VEIL_DASK_UNENCRYPTED": "accepted"}, Runner("processes", 2, unencrypted=True)),
    ],
)  # fmt: skip
def test_the_run_is_asked_first_and_then_the_environment(runner, asked, variables, expected):
    assert runner(asked, **variables) == expected


@pytest.mark.parametrize("written", ["process", "Dask", "threads "])
def test_an_unknown_runner_is_refused_with_those_there_are(runner, written):
    with pytest.raises(VeilError, match="VEIL_RUNNER is none of threads, processes, dask"):
        runner(VEIL_RUNNER=written)


def test_a_run_may_ask_for_each_runner_and_for_no_other():
    assert Options().runner == ""
    assert [Options(runner=name).runner for name in get_args(RunnerName)] == list(get_args(RunnerName))
    with pytest.raises(ValidationError):
        Options(runner="ray")


def test_the_form_offers_the_runners():
    assert Options.model_json_schema()["properties"]["runner"]["enum"] == ["", *get_args(RunnerName)]
