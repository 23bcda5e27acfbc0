"""Columns that a policy keeps and that single people out hold the run before anything is planned, where the policy says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def _keeping_birth_dates(limit: float) -> str:
    kept = POLICY.replace('birth_date: {do: age_band, width: 20, as_of: "2026-01-01"}', "birth_date: {do: keep, reason: wanted}")
    assert kept != POLICY
    return kept.replace("gates:\n", f"gates:\n  classify: {{singled_out: {limit}}}\n")


def _artifact(key: str) -> list[dict[str, str]]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        response = client._client.get(f"/artifacts/{key}/latest")
    return list(json.loads(response.json()["data"]))


def test_the_classify_gate_holds_when_kept_columns_single_people_out(run: Run, tmp_path: Path) -> None:
    ended = run(write_people(tmp_path / "drop"), _keeping_birth_dates(0.2), dataset="alone")
    assert ended.name == "Held"
    assert ended.message.startswith("classify gate: ")
    assert "rows that kept columns single out" in ended.message
    assert "gate-classify" in ended.tasks
    assert "plan" not in ended.tasks
    rows = _artifact("veil-alone-singled-out")
    assert any(row["columns"] == "birth_date" for row in rows)
    assert all(set(row) == {"table", "columns", "rows singled out", "95% interval", "looked at"} for row in rows)
