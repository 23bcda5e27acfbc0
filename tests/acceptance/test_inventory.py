"""Approved once, checked always: an inventory is written, approved in the policy, and holds the drop whose content changed."""

from __future__ import annotations

import csv
import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from flows.cli import main
from tests.acceptance.conftest import Run
from tests.acceptance.small import FAMILY, HEADER, POLICY, write_people
from veil.policy import load_sound_policy

PLAIN = POLICY[: POLICY.index("synthesize:")] + "synthesize: {synthesizer: none}\n"
CHANGED = "people: columns of another kind than approved"
Edit = Callable[[dict[str, str], int], object]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")
    monkeypatch.setenv("VEIL_HOME", str(tmp_path / "home"))


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    return write_people(tmp_path / "drop")


def _edited(path: Path, edit: Edit) -> Path:
    """Write the drop again with each row edited in place."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows):
        edit(row, place)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _inventory(drop: Path, policy: str = "", *, output: Path):
    from flows.inventory import inventory

    if "\n" in policy:
        file = output.with_name("given.yaml")
        file.write_text(policy, encoding="utf-8")
        policy = str(file)
    return inventory(drop=str(drop), policy=policy, output=str(output), return_state=True)


def _approving(output: Path, policy: str = PLAIN) -> str:
    """Paste the `approved` lines of an inventory into the policy, as a reviewer does."""
    lines = output.read_text(encoding="utf-8").split("    approved:\n")[1]
    pasted = "    approved:\n" + textwrap.indent(textwrap.dedent(lines), "      ")
    assert policy.count("    columns:\n") == 1
    return policy.replace("    columns:\n", f"{pasted}    columns:\n")


@pytest.fixture
def approving(drop: Path, tmp_path: Path) -> str:
    output = tmp_path / "seen.yaml"
    assert _inventory(drop, output=output).name == "Inventoried"
    return _approving(output)


def _cells(drop: Path) -> set[str]:
    with drop.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    personal = ("customer_id", "full_name", "email", "birth_date", "note")
    return {row[name] for row in rows for name in personal if len(row[name]) > 5}


def test_an_inventory_says_what_each_column_holds_and_no_cell(drop: Path, tmp_path: Path):
    output = tmp_path / "seen.yaml"
    state = _inventory(drop, output=output)
    assert (state.name, state.message) == ("Inventoried", str(output))
    files = [output, output.with_suffix(".json")]
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600", "0o600"]
    columns = yaml.safe_load(output.read_text())["tables"]["people"]["approved"]
    assert list(columns) == HEADER
    assert columns["email"]["entity"] == "EMAIL_ADDRESS"
    assert columns["email"]["kinds"] == {"code": 1.0, "EMAIL_ADDRESS": 1.0}
    assert {"entity", "type", "confidence", "kinds"} <= columns["note"].keys()
    rows = json.loads(files[1].read_text())["people"]
    assert [row["column"] for row in rows] == HEADER
    assert all(row["reason"] and row["role"] for row in rows)
    told = "".join(file.read_text() for file in files)
    assert not [cell for cell in _cells(drop) | set(FAMILY) if cell in told]
    assert not list((tmp_path / "home" / "work").glob("*"))


def test_the_same_drop_gives_the_same_inventory(drop: Path, tmp_path: Path):
    outputs = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for output in outputs:
        _inventory(drop, output=output)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_findings_are_an_artifact_of_the_run(drop: Path, tmp_path: Path):
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    state = _inventory(drop, output=tmp_path / "seen.yaml")
    with get_client(sync_client=True) as client:
        mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
        keys = [artifact.key for artifact in client.read_artifacts(artifact_filter=mine)]
    assert keys == ["veil-people-findings"]


def test_the_drop_that_was_approved_passes(drop: Path, approving: str, run: Run):
    load_sound_policy(approving)
    ended = run(drop, approving)
    assert ended.name == "Released", ended.message


def _card(row: dict[str, str], place: int) -> None:
    if place in (7, 300):
        row["note"] = "paid with 4111 1111 1111 1111 at the door"


def _names(row: dict[str, str], place: int) -> None:
    row["plan"] = f"{row['full_name'].split()[0]} {FAMILY[place % len(FAMILY)]}"


def _mails(row: dict[str, str], place: int) -> None:
    row["customer_id"] = f"reader{place}@mailbox.be"


def _codes(row: dict[str, str], place: int) -> None:
    row["city"] = f"Z-{place:06d}-{place % 7}"


@pytest.mark.parametrize(
    ("edit", "column", "words"),
    [
        (_card, "note", "hold CREDIT_CARD"),
        (_names, "plan", "holds PERSON"),
        (_mails, "customer_id", "hold EMAIL_ADDRESS"),
        (_codes, "city", "now mostly `code`, approved as mostly `word`"),
    ],
)
def test_a_column_whose_content_changed_its_kind_holds_the_run(
    edit: Edit, column: str, words: str, drop: Path, approving: str, run: Run, tmp_path: Path
):
    ended = run(_edited(drop, edit), approving)
    assert ended.name == "Held"
    assert ended.message.startswith("classify gate: ")
    assert CHANGED in ended.message
    assert "gate-classify" in ended.tasks
    assert not {"plan", "gate-plan", "transform"} & ended.tasks
    (evidence,) = (tmp_path / "releases").rglob("gate-classify.json")
    (line,) = [each for each in json.loads(evidence.read_text())["expectations"] if each["name"] == CHANGED]
    assert (line["passed"], line["observed"]) == (False, 1)
    assert line["reason"].startswith(f"`{column}` ")
    assert words in line["reason"]
    assert "4111" not in evidence.read_text()


def test_a_change_is_only_told_where_the_policy_says_so(drop: Path, approving: str, run: Run):
    ended = run(_edited(drop, _card), approving + "gates: {classify: {drift: report}}\n")
    assert "plan" in ended.tasks
    (gate,) = [gate for gate in ended.outcome.record.gates if gate.stage == "classify"]
    assert gate.passed
    (line,) = [line for line in gate.expectations if line.name == CHANGED]
    assert "CREDIT_CARD" in line.reason


def test_new_and_missing_columns_are_told_and_hold_nothing_at_this_gate(drop: Path, approving: str, run: Run):
    def edit(row: dict[str, str], place: int) -> None:
        row["visits"] = str(place % 9)
        del row["income"]

    policy = approving.replace("      income: {do: band, width: 20000}\n", "      visits: {do: keep, reason: a count}\n")
    ended = run(_edited(drop, edit), policy)
    assert "plan" in ended.tasks
    gate = next(gate for gate in ended.outcome.record.gates if gate.stage == "classify")
    told = {line.name: (line.observed, line.reason) for line in gate.expectations}
    assert told["people: columns new since they were approved"] == (1, "`visits`")
    assert told["people: columns approved and not there"] == (1, "`income`")


def test_a_column_in_doubt_goes_to_review_until_it_is_approved(drop: Path, approving: str, run: Run):
    gate = "gates: {classify: {min_confidence: 0.99}}\n"
    ended = run(drop, PLAIN + gate)
    assert ended.name == "Held"
    assert "classify gate: 1 check (people: columns in doubt)" in ended.message
    assert "plan" not in ended.tasks
    assert "plan" in run(drop, approving + gate, dataset="approved").tasks


def test_a_correction_is_shown_and_survives_the_next_inventory(drop: Path, approving: str, tmp_path: Path, capsys):
    corrected = re.sub(
        r"city: \{entity: CITY,", "city: {entity: REGION, was: CITY, reason: districts with the names of cities,", approving
    )
    assert corrected != approving
    output = tmp_path / "again.yaml"
    assert _inventory(drop, corrected, output=output).name == "Inventoried"
    again = yaml.safe_load(output.read_text())["tables"]["people"]["approved"]["city"]
    assert (again["entity"], again["was"], again["reason"]) == ("REGION", "CITY", "districts with the names of cities")
    assert load_sound_policy(_approving(output)).tables["people"].approved["city"].was == "CITY"
    assert main(["policy", "explain", str(tmp_path / "given.yaml"), str(drop), "city"]) == 0
    told = capsys.readouterr().out
    assert "holds `REGION`" in told
    assert "approved as REGION by line" in told
    assert "districts with the names of cities; CITY was found" in told


def test_recognizers_of_the_policy_find_columns_and_pieces_of_texts(drop: Path, run: Run):
    def edit(row: dict[str, str], place: int) -> None:
        row["plan"] = f"VB-{10_000 + place}"
        row["note"] = f"ask VB-{10_000 + place} about ward 7"

    own = """recognizers:
  badge: {entity: EMPLOYEE_ID, pattern: "VB-[0-9]{5}", examples: ["VB-12345"]}
  wards: {entity: ORGANIZATION, deny_list: ["Ward 7"]}
tables:
"""
    policy = PLAIN.replace("tables:\n", own).replace("plan: {do: keep, reason: what the models predict}", "plan: {do: drop}")
    ended = run(_edited(drop, edit), policy.replace("    target: plan\n", ""))
    assert ended.name == "Released", ended.message
    (classified,) = ended.outcome.record.classified
    found = {finding.column: finding for finding in classified.findings}
    assert found["plan"].entity == "EMPLOYEE_ID"
    assert "`badge`" in found["plan"].reason
    notes = (Path(ended.message) / "transformed" / "people.csv").read_text()
    assert "<EMPLOYEE_ID> about <ORGANIZATION>" in notes
    assert "VB-1" not in notes


def test_what_cannot_be_inventoried_is_refused_with_a_way_out(drop: Path, tmp_path: Path):
    output = tmp_path / "seen.yaml"
    cases = [
        (_inventory(tmp_path / "none.csv", output=output), "none.csv"),
        (_inventory(drop, "gdpt", output=output), "there is no policy file `gdpt`; give a path, or one of"),
        (_inventory(drop, "version: 1\ntabels: {}\n", output=output), "did you mean `tables`?"),
        (_inventory(drop, output=tmp_path / "no" / "seen.yaml"), "make it, or give another file with `--output`"),
        (_inventory(drop, output=tmp_path / "seen.json"), "give it another suffix"),
    ]
    for state, words in cases:
        assert state.name == "Held"
        assert words in state.message
    assert not output.exists()


def test_an_inventory_is_never_written_over(drop: Path, tmp_path: Path):
    output = tmp_path / "seen.yaml"
    output.write_text("mine")
    state = _inventory(drop, output=output)
    assert "there is already a file" in state.message
    assert output.read_text() == "mine"


def test_the_command_prints_the_table_and_names_the_files(drop: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["inventory", str(drop), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "people: 400 rows, 10 columns" in printed
    assert re.search(r"email +text +EMAIL_ADDRESS +direct +9\d\.\d%  100 % of 160 distinct values are valid", printed)
    assert str(tmp_path / "people.inventory.yaml") in printed
    assert not [cell for cell in _cells(drop) if cell in printed]
    assert main(["inventory", str(drop), "--quiet"]) == 16
    assert "there is already a file" in capsys.readouterr().err
