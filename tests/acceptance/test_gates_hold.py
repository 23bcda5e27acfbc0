"""Every gate fails in a test, for the right reason, and the next stage has no task run at all."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Ended, Run
from tests.acceptance.small import POLICY, write_people

STAGES = ("ingest", "classify", "plan", "transform", "synthesize", "check", "release")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def _changed(old: str, new: str) -> str:
    assert POLICY.count(old) == 1, old
    return POLICY.replace(old, new)


def _assert_held(ended: Ended, stage: str, reason: str, drop: Path, digest: str, releases: Path) -> None:
    assert ended.name == "Held", ended.message
    assert ended.message.startswith(f"{stage} gate: "), ended.message
    assert reason in ended.message
    later = set(STAGES[STAGES.index(stage) + 1 :])
    assert f"gate-{stage}" in ended.tasks
    assert not later & ended.tasks
    assert hashlib.sha256(drop.read_bytes()).hexdigest() == digest
    assert not [path for path in releases.rglob("*") if path.suffix in (".csv", ".parquet", ".jsonl")]
    (manifest,) = releases.rglob("manifest.json")
    assert json.loads(manifest.read_text())["decision"] == "held"
    assert json.loads(manifest.read_text())["stopped_at"] == stage
    assert (manifest.parent / "report.html").is_file()


CASES = {
    "ingest": ("gates:\n", "gates:\n  ingest: {min_rows: 100000}\n", "people: rows"),
    "plan": ("      city: {do: keep, reason: five large cities}\n", "", "people: columns undecided"),
    "transform": ("note: {do: redact_text}", "note: {do: keep, reason: wrongly thought harmless}", "residual_identifiers"),
    "check": ("fidelity: 0.2", "fidelity: 0.999", "fidelity"),
}


@pytest.mark.parametrize("stage", CASES)
def test_a_gate_holds_the_run(stage: str, run: Run, tmp_path: Path):
    old, new, reason = CASES[stage]
    drop = write_people(tmp_path / "drop")
    digest = hashlib.sha256(drop.read_bytes()).hexdigest()
    _assert_held(run(drop, _changed(old, new)), stage, reason, drop, digest, tmp_path / "releases")


def test_the_transform_gate_holds_when_k_is_too_small(run: Run, tmp_path: Path):
    drop = write_people(tmp_path / "drop")
    ended = run(drop, _changed("gates:\n", "gates:\n  transform: {k: 400}\n"))
    assert ended.name == "Held"
    assert "people: k" in ended.message
    assert "synthesize" not in ended.tasks


def test_the_classify_gate_holds_when_a_model_is_missing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None if "en_core" in name else real(name, package))
    drop = write_people(tmp_path / "drop")
    digest = hashlib.sha256(drop.read_bytes()).hexdigest()
    _assert_held(run(drop, POLICY), "classify", "models missing", drop, digest, tmp_path / "releases")


def test_the_synthesize_gate_holds_when_values_leave_their_range(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from veil.synthesizers import SYNTHESIZERS

    fit = SYNTHESIZERS["ctgan"].fit

    class Defective:
        def __init__(self, model):
            self.model, self.history = model, model.history

        def sample(self, n_rows, *, seed):
            return self.model.sample(n_rows, seed=seed).assign(plan="platinum")

        def save(self, folder):
            self.model.save(folder)

    monkeypatch.setattr(SYNTHESIZERS["ctgan"], "fit", lambda self, *args, **kwargs: Defective(fit(self, *args, **kwargs)))
    drop = write_people(tmp_path / "drop")
    digest = hashlib.sha256(drop.read_bytes()).hexdigest()
    _assert_held(run(drop, POLICY), "synthesize", "validity", drop, digest, tmp_path / "releases")


def test_a_run_without_a_fault_is_released_and_the_second_one_says_so(run: Run, tmp_path: Path):
    drop = write_people(tmp_path / "drop")
    ended = run(drop, POLICY)
    assert ended.name == "Released", ended.message
    assert set(STAGES) <= ended.tasks
    folder = Path(ended.message)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"transformed/people.csv", "synthetic/people.csv", "report.html", "manifest.json", "run.json"} <= names
    again = run(drop, POLICY)
    assert again.name == "Released"
    assert "nothing to do" in again.message
    assert "classify" not in again.tasks


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("policy: broken\nversion: 1\ntables: {any: {match: {files: '*'}, colums: {}}}\n", "did you mean"),
        (POLICY.replace("env:VEIL_TEST_KEY", "env:VEIL_NO_SUCH_KEY"), "VEIL_NO_SUCH_KEY is not set"),
        (POLICY.replace('"people*"', '"orders*"'), "no table matches the file"),
        (POLICY.replace("      city: {", "      town: {"), "has no column `town`"),
    ],
)
def test_a_policy_that_does_not_hold_holds_the_run(policy: str, words: str, run: Run, tmp_path: Path):
    ended = run(write_people(tmp_path / "drop"), policy)
    assert ended.name == "Held"
    assert words in ended.message
    assert "transform" not in ended.tasks


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a,b\n", "no records"),
        ("a,a\n1,2\n", "column"),
        ("a,b\n1,2\n3\n", "line 3"),
    ],
)
def test_a_drop_that_cannot_be_read_holds_the_run(content: str, words: str, run: Run, tmp_path: Path):
    drop = tmp_path / "people.csv"
    drop.write_text(content)
    ended = run(drop, POLICY)
    assert ended.name == "Held"
    assert words in ended.message
    assert drop.read_text() == content
    assert "classify" not in ended.tasks


@pytest.mark.parametrize("rows", [150, 900])
def test_a_stand_in_has_the_rows_that_the_policy_asks_for(rows: int, run: Run, tmp_path: Path):
    ended = run(write_people(tmp_path / "drop"), _changed("{synthesizer: ctgan, epochs: 1}", f"{{epochs: 1, rows: {rows}}}"))
    assert ended.name == "Released", ended.message
    with (Path(ended.message) / "synthetic" / "people.csv").open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == rows + 1


def test_a_method_that_repeats_its_training_rows_is_held_before_anything_is_measured(run: Run, tmp_path: Path, monkeypatch):
    from veil.synthesizers import SYNTHESIZERS

    class Copying:
        """Samples the rows that it was given."""

        history, parameters = (), {}

        def __init__(self, **_):
            pass

        def fit(self, table, columns, *, seed, progress):
            self.table = table
            return self

        def sample(self, n_rows, *, seed, where=None):
            return self.table.sample(n_rows, replace=True, random_state=1).reset_index(drop=True)

        def save(self, folder):
            (folder / "model.json").write_text("{}")

    monkeypatch.setitem(SYNTHESIZERS, "cart", Copying)
    drop = write_people(tmp_path / "drop")
    ended = run(drop, _changed("synthesizer: ctgan, epochs: 1", "synthesizer: cart"))
    assert ended.name == "Held"
    assert "repeats its training rows" in ended.message
    assert "check" not in ended.tasks
