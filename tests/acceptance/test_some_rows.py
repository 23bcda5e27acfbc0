"""Runs in which some rows only go on: rows set aside because a cell could not be transformed, and a subset of the subjects."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people

BAD = (17, 230)
NO_STAND_IN = POLICY[: POLICY.index("synthesize:")] + "synthesize: {synthesizer: none}\n"
ASIDE = NO_STAND_IN.replace("keys:", "defaults: {on_error: quarantine}\nkeys:", 1)
ORDERS = """
  orders:
    match: {files: "orders*"}
    subject: customer_id
    references: {customer_id: people.customer_id}
    columns:
      customer_id: {do: token, in: person, prefix: C-}
      amount: {do: keep, reason: what is sold}
"""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def with_bad_incomes(folder: Path) -> Path:
    drop = write_people(folder)
    rows = list(csv.reader(drop.open(encoding="utf-8", newline="")))
    for row in BAD:
        rows[row + 1][6] = "unknown amount"
    with drop.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return drop


def gates(text: str) -> str:
    return f"gates: {{transform: {{{text}}}}}\n"


def test_rows_that_cannot_be_transformed_are_set_aside_whole_and_the_others_are_released(run: Run, tmp_path: Path) -> None:
    ended = run(with_bad_incomes(tmp_path / "drop"), ASIDE + gates('quarantined: "<= 2"'))
    assert ended.name == "Released", ended.message
    (aside,) = (tmp_path / "home" / "quarantine").rglob("people.parquet")
    assert pq.read_table(aside).column("customer_id").to_pylist() == [str(700_001 + row) for row in BAD]
    assert pq.read_table(aside).column("income").to_pylist() == ["unknown amount"] * 2
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert stat.S_IMODE(aside.parent.stat().st_mode) == 0o700
    (released,) = (tmp_path / "releases").rglob("transformed/people.csv")
    assert len(released.read_text(encoding="utf-8").splitlines()) == 1 + 400 - 2
    assert "unknown amount" not in released.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (ASIDE + gates('quarantined: "<= 1"'), "in more rows than the 1 of `gates.transform.quarantined`"),
        (ASIDE, "in more rows than the 0 of"),
        (NO_STAND_IN, "column `income`"),
    ],
)
def test_more_such_rows_than_the_policy_allows_hold_the_run(run: Run, tmp_path: Path, policy: str, told: str) -> None:
    ended = run(with_bad_incomes(tmp_path / "drop"), policy)
    assert ended.name == "Held"
    assert told in ended.message
    assert "unknown amount" not in ended.message
    assert not {"gate-transform", "synthesize", "release"} & ended.tasks
    assert not list((tmp_path / "home").rglob("*.parquet"))


def test_a_subset_has_the_orders_of_its_people_and_no_others(run: Run, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_people(drop)
    lines = [f"{700_001 + row % 400},{row}" for row in range(1_200)]
    (drop / "orders.csv").write_text("\n".join(["customer_id,amount", *lines]) + "\n", encoding="utf-8")
    policy = NO_STAND_IN.replace("tables:", "subset: {of: people, subjects: 100}\ntables:")
    policy = policy.replace("synthesize:", f"{ORDERS}synthesize:")
    ended = run(drop, policy)
    assert ended.name == "Released", ended.message
    tables = {name: next((tmp_path / "releases").rglob(f"transformed/{name}.csv")) for name in ("people", "orders")}
    people, orders = (list(csv.DictReader(path.open(encoding="utf-8", newline=""))) for path in tables.values())
    assert len(people) == 100
    assert len(orders) == 300
    assert {row["customer_id"] for row in orders} == {row["customer_id"] for row in people}
