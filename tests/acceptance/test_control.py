"""What a policy asks of a stand-in beyond likeness is met in the released file, measured, and told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people

CONTROL = """
synthesize:
  synthesizer: circuit
  epochs: 3
  rows: 500
  tables:
    people:
      control:
        quotas: [{where: {city: Ghent}, share: 0.4}]
        balance: [{column: gender}]
        constraints: [{within: {plan: [basic, premium]}}]
        exclude: {signed_at: drop, income: empty}
"""
BASE = POLICY.replace("synthesize: {synthesizer: ctgan, epochs: 1}\n", "")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def test_shares_constraints_and_exclusions_are_met_in_the_released_file(run: Run, tmp_path: Path):
    plans = sorted({row["plan"] for row in rows(write_people(tmp_path / "drop"))})
    control = CONTROL.replace("[basic, premium]", json.dumps(plans))
    ended = run(tmp_path / "drop" / "people.csv", BASE + control)
    assert ended.name == "Released", ended.message
    made = rows(Path(ended.message) / "synthetic" / "people.csv")
    assert len(made) == 500
    assert sum(row["city"] == "Ghent" for row in made) == 200
    assert abs(sum(row["gender"] == "F" for row in made) - 250) <= 1
    assert "signed_at" not in made[0]
    assert {row["income"] for row in made} == {""}

    asked = json.loads((Path(ended.message) / "evidence" / "asked.json").read_text())["people"]
    quota = next(fact for fact in asked if fact["kind"] == "quota")
    assert quota["asked"] == quota["steered"] == 0.4
    assert quota["original"] < 0.3
    assert "What the policy asks of the stand-in" in (Path(ended.message) / "report.html").read_text()


def test_what_contradicts_itself_is_refused_before_any_row_is_read(run: Run, tmp_path: Path):
    wrong = CONTROL.replace("share: 0.4}]", "share: 0.4}, {where: {city: Ghent}, share: 0.7}]")
    ended = run(write_people(tmp_path / "drop"), BASE + wrong)
    assert ended.name == "Held"
    assert "synthesize.tables.people.control.quotas" in ended.message
    assert "ingest" not in ended.tasks


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_notes_are_written_where_the_policy_asks_and_marked(run: Run, tmp_path: Path):
    texts = "synthesize: {synthesizer: circuit, tables: {people: {texts: {note: {by: city}}}}}\n"
    ended = run(write_people(tmp_path / "drop"), BASE + texts, epochs=2)
    assert ended.name == "Released", ended.message
    made = [row["note"] for row in rows(Path(ended.message) / "synthetic" / "people.csv")]
    written = [note for note in made if note]
    assert all(note.startswith("[synthetic] ") for note in written)
    assert len(set(written)) > 1
    assert 0.5 < len(written) / len(made) < 1


def test_a_private_stand_in_tells_its_epsilon_delta_and_unit(run: Run, tmp_path: Path):
    pytest.importorskip("opendp", reason="OpenDP is not installed")
    wanted = "synthesize: {synthesizer: dp_network, options: {dp_network: {epsilon: 5.0, unit: subject, delta: 0.0001}}}\n"
    ended = run(write_people(tmp_path / "drop", n_rows=1_500), BASE + wanted)
    assert ended.name == "Released", ended.message
    page = (Path(ended.message) / "report.html").read_text()
    assert "epsilon 5" in page
    assert "The claim is about the learnt columns" in page
    model = json.loads((Path(ended.message) / "models" / "people" / "model.json").read_text())
    assert model["parameters"]["unit"] == "subject"
