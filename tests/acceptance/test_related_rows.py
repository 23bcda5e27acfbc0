"""Children made by their parents, and rows in order by subject, through whole runs."""

from __future__ import annotations

import csv
import datetime
import itertools
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.loose import OFF

HEAD = """
policy: related
version: 1
keys: {main: {from: env:VEIL_TEST_KEY, epoch: "1"}}
keyspaces: {person: {key: main, canonical: text}}
"""
SHOP = f"""{HEAD}
tables:
  customers:
    match: {{files: "customers*"}}
    subject: customer_id
    columns: {{customer_id: {{do: token, in: person, prefix: C-}}, segment: {{do: keep, reason: needed}},
              region: {{do: keep, reason: needed}}}}
  orders:
    match: {{files: "orders*"}}
    subject: customer_id
    references: {{customer_id: customers.customer_id}}
    columns: {{order_id: {{do: token}}, customer_id: {{do: token, in: person, prefix: C-}}, shop: {{do: keep, reason: needed}},
              amount: {{do: keep, reason: needed}}}}
synthesize: {{synthesizer: auto, candidates: [circuit]}}
gates: {{check: {OFF}}}
"""
VISITS = f"""{HEAD}
tables:
  visits:
    match: {{files: "visits*"}}
    subject: patient
    columns: {{patient: {{do: token, in: person, prefix: P-}}, visited_on: {{do: date_shift, days: [-90, 90]}},
              sex: {{do: keep, reason: needed}}, ward: {{do: keep, reason: needed}}}}
synthesize: {{synthesizer: sequence, epochs: 3, tables: {{visits: {{order_by: [visited_on]}}}}}}
gates: {{check: {OFF}}}
"""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def test_orders_follow_their_customers_and_none_is_an_orphan(run: Run, tmp_path: Path):
    rng = np.random.default_rng(3)
    people = [[str(50_000_007 + 11 * at), "gold" if rng.random() < 0.3 else "plain", "ns"[at % 2]] for at in range(400)]
    orders = []
    for person, segment, _ in people:
        for _ in range(int(rng.poisson(4 if segment == "gold" else 1))):
            shop = "online" if (rng.random() < 0.9) == (segment == "gold") else "street"
            orders.append([f"O{7_000 + len(orders)}", person, shop, f"{rng.normal(30, 9):.2f}"])
    drop = tmp_path / "drop"
    write(drop / "customers.csv", ["customer_id", "segment", "region"], people)
    write(drop / "orders.csv", ["order_id", "customer_id", "shop", "amount"], orders)

    ended = run(drop, SHOP, epochs=12)
    assert ended.name == "Released", ended.message
    folder = Path(ended.message) / "synthetic"
    segments = {row["customer_id"]: row["segment"] for row in read(folder / "customers.csv")}
    made = read(folder / "orders.csv")
    assert len(made) == len(orders)
    assert {row["customer_id"] for row in made} <= set(segments)
    gold = [row["shop"] for row in made if segments[row["customer_id"]] == "gold"]
    plain = [row["shop"] for row in made if segments[row["customer_id"]] == "plain"]
    assert gold.count("online") / len(gold) > 0.7 > 0.3 > plain.count("online") / len(plain)
    each = {name: sum(own == name for own in segments.values()) for name in ("gold", "plain")}
    assert len(gold) / each["gold"] > 2 * len(plain) / each["plain"]


def test_visits_come_in_order_for_each_patient(run: Run, tmp_path: Path):
    rng = np.random.default_rng(4)
    rows = []
    for patient in range(250):
        day = datetime.date(2024, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 300)))
        sex = "FM"[int(rng.random() < 0.5)]
        for _ in range(int(rng.integers(2, 7))):
            rows.append([str(70_000_003 + 7 * patient), day.isoformat(), sex, "ABC"[int(rng.integers(0, 3))]])
            day += datetime.timedelta(days=7 * int(rng.integers(1, 5)))
    write(tmp_path / "drop" / "visits.csv", ["patient", "visited_on", "sex", "ward"], rows)

    ended = run(tmp_path / "drop", VISITS, epochs=5)
    assert ended.name == "Released", ended.message
    made = read(Path(ended.message) / "synthetic" / "visits.csv")
    assert len(made) == len(rows)
    days, sexes = defaultdict(list), defaultdict(set)
    for row in made:
        days[row["patient"]].append(datetime.date.fromisoformat(row["visited_on"]))
        sexes[row["patient"]].add(row["sex"])
    assert all(own == sorted(own) for own in days.values())
    assert all(len(own) == 1 for own in sexes.values())
    assert 200 < len(days) < 310
    gaps = [(later - earlier).days for own in days.values() for earlier, later in itertools.pairwise(own)]
    assert sum(gap % 7 == 0 for gap in gaps) / len(gaps) > 0.9


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
