"""Collapse watch: a stand-in that comes back as a drop is held unless the policy declares it, and generations are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people

CIRCUIT = POLICY.replace("synthesizer: ctgan, epochs: 1", "synthesizer: circuit, epochs: 2")
KEPT = "{do: keep, reason: in bands already}"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def manifest_of(ended) -> dict:
    return json.loads((Path(ended.message) / "manifest.json").read_text())


def evidence_of(ended, name: str):
    return json.loads((Path(ended.message) / "evidence" / f"{name}.json").read_text())


def test_a_stand_in_is_held_at_the_ingest_gate_and_passes_where_it_is_declared(run: Run, tmp_path: Path):
    first = run(write_people(tmp_path / "drop"), CIRCUIT, dataset="people")
    assert first.name == "Released", first.message
    assert manifest_of(first)["synthetic"] == {"generation": 1, "synthetic_sources": []}
    made = Path(first.message) / "synthetic" / "people.csv"

    held = run(made, CIRCUIT, dataset="again")
    assert held.name == "Held"
    assert held.message.startswith("ingest gate: ")
    (gate,) = (tmp_path / "releases" / "again" / "held").rglob("gate-ingest.json")
    assert "people.csv is a stand-in of people/" in gate.read_text()
    assert "classify" not in held.tasks

    declared = CIRCUIT.replace("epochs: 2", "epochs: 2, generations: 1").replace("{do: redact_text}", "{do: drop}")
    declared = declared.replace('{do: age_band, width: 20, as_of: "2026-01-01"}', KEPT).replace("{do: band, width: 20000}", KEPT)
    second = run(made, declared, dataset="again")
    assert second.name == "Released", second.message
    told = manifest_of(second)["synthetic"]
    assert told["generation"] == 2
    assert told["synthetic_sources"][0].startswith("people.csv is a stand-in of people/")

    again = Path(second.message) / "synthetic" / "people.csv"
    third = run(again, declared, dataset="and-again")
    assert third.name == "Held"
    assert "generations of synthetic data" in third.message


def test_the_drift_since_the_last_release_is_measured_and_a_gate_holds_by_it(run: Run, tmp_path: Path):
    first = run(write_people(tmp_path / "drop"), CIRCUIT, dataset="people")
    assert not [each for each in evidence_of(first, "checks") if each["check"] == "retraining_drift"]

    second = run(write_people(tmp_path / "next", n_rows=500), CIRCUIT, dataset="people")
    (drift,) = [each for each in evidence_of(second, "checks") if each["check"] == "retraining_drift"]
    assert 0 < drift["value"] < 0.2
    assert Path(first.message).name in drift["detail"]

    strict = CIRCUIT.replace("check: {", "check: {retraining_drift: 0.001, ")
    held = run(write_people(tmp_path / "last", n_rows=600), strict, dataset="people")
    assert held.name == "Held"
    assert held.message.startswith("check gate: ")
    assert "retraining_drift" in held.message


def test_a_race_is_shown_in_evidence_and_report(run: Run, tmp_path: Path):
    raced = CIRCUIT.replace("synthesizer: circuit, epochs: 2", "synthesizer: auto, candidates: [marginal, circuit], epochs: 2")
    ended = run(write_people(tmp_path / "drop"), raced)
    assert ended.name == "Released", ended.message
    race = evidence_of(ended, "race")["people"]
    assert [each["synthesizer"] for each in race] == ["marginal", "circuit"]
    assert sum(each["chosen"] for each in race) == 1
    page = (Path(ended.message) / "report.html").read_text()
    assert "The race for table" in page
    kept = (Path(ended.message) / "models" / "people").iterdir()
    assert sorted(path.name for path in kept) == ["model.json", "weights.safetensors"]
