"""Two tables with a reference through whole runs: the tokens still join, no stand-in is an orphan, families stay as large."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.conftest import Ended, Run
from tests.acceptance.loose import OFF

Rows = list[dict[str, str]]

TOKEN = "{do: token, in: person, prefix: C-}"
POLICY = f"""
policy: shop
version: 1
keys: {{main: {{from: env:VEIL_TEST_KEY, epoch: "1"}}}}
keyspaces: {{person: {{key: main, canonical: text}}}}
tables:
  customers:
    match: {{files: "customers*"}}
    subject: customer_id
    columns:
      customer_id: {TOKEN}
      gender: {{do: keep, reason: needed}}
      spent: {{do: keep, reason: needed}}
  orders:
    match: {{files: "orders*"}}
    subject: customer_id
    references: {{customer_id: customers.customer_id}}
    columns:
      order_id: {{do: token}}
      customer_id: {TOKEN}
      shop: {{do: keep, reason: needed}}
      amount: {{do: keep, reason: needed}}
gates: {{check: {OFF}}}
"""
N_CUSTOMERS = 300
ORDERS_EACH = (0, 0, 1, 1, 2, 3, 5)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")


def _write(folder: Path, *, n_orphans: int = 0, n_null: int = 0) -> Path:
    """Write customers and their orders; customers in fives have the same number of orders."""
    rng = np.random.default_rng(2)
    folder.mkdir()
    customers = [[str(50_000_007 + 11 * at), "FM"[at % 2], f"{rng.normal(100, 20):.2f}"] for at in range(N_CUSTOMERS)]
    owners = [each[0] for at, each in enumerate(customers) for _ in range(ORDERS_EACH[at % len(ORDERS_EACH)])]
    owners += [str(90_000_000 + 13 * at) for at in range(n_orphans)] + [""] * n_null
    orders = [[f"O{7_000 + at}", owner, "north" if rng.random() < 0.5 else "south", f"{rng.normal(30, 9):.2f}"]
              for at, owner in enumerate(owners)]  # fmt: skip
    _write_csv(folder / "customers.csv", ["customer_id", "gender", "spent"], customers)
    _write_csv(folder / "orders.csv", ["order_id", "customer_id", "shop", "amount"], orders)
    return folder


def _write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def _read(ended: Ended, kind: str, name: str) -> Rows:
    assert ended.name == "Released", ended.message
    with (Path(ended.message) / kind / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _orders_per_customer(customers: Rows, orders: Rows) -> list[int]:
    """Return how many orders each customer has, most first."""
    counts = Counter(order["customer_id"] for order in orders if order["customer_id"])
    return sorted((counts[customer["customer_id"]] for customer in customers), reverse=True)


def _n_orphans(customers: Rows, orders: Rows) -> int:
    known = {customer["customer_id"] for customer in customers}
    return sum(bool(order["customer_id"]) and order["customer_id"] not in known for order in orders)


def test_tokens_join_and_no_stand_in_is_an_orphan(run: Run, tmp_path: Path):
    ended = run(_write(tmp_path / "shop"), POLICY)
    shapes = {}
    for kind in ("transformed", "synthetic"):
        customers, orders = _read(ended, kind, "customers"), _read(ended, kind, "orders")
        assert _n_orphans(customers, orders) == 0
        assert len({customer["customer_id"] for customer in customers}) == len(customers) == N_CUSTOMERS
        assert len({order["order_id"] for order in orders}) == len(orders)
        shapes[kind] = _orders_per_customer(customers, orders)
    original, made = (np.array(shapes[kind]) for kind in ("transformed", "synthetic"))
    assert original.sum() == made.sum()
    assert made.max() <= original.max() + 2
    for n_orders in range(4):
        assert abs((original == n_orders).mean() - (made == n_orders).mean()) < 0.1, n_orders
    real = {row["customer_id"] for row in _read(ended, "transformed", "customers")}
    assert not real & {row["customer_id"] for row in _read(ended, "synthetic", "customers")}


def test_orphans_and_null_references_stay_what_they_are(run: Run, tmp_path: Path):
    ended = run(_write(tmp_path / "shop", n_orphans=15, n_null=40), POLICY)
    customers, orders = _read(ended, "transformed", "customers"), _read(ended, "transformed", "orders")
    assert _n_orphans(customers, orders) == 15
    assert sum(not order["customer_id"] for order in orders) == 40
    customers, orders = _read(ended, "synthetic", "customers"), _read(ended, "synthetic", "orders")
    assert _n_orphans(customers, orders) == 0  # an orphan refers to nobody, and a stand-in has nobody to leave out
    assert any(not order["customer_id"] for order in orders)


CHILD_KEYS = {
    "the child's key is dropped": (f"{{do: token}}\n      customer_id: {TOKEN}", "{do: token}\n      customer_id: {do: drop}"),
    "both keys are kept": (f"customer_id: {TOKEN}", "customer_id: {do: keep, reason: already a pseudonym}"),
    "both keys are hashed": (f"customer_id: {TOKEN}", "customer_id: {do: hash, in: person}"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHILD_KEYS)
def test_a_key_that_is_treated_otherwise(name: str, run: Run, tmp_path: Path):
    old, new = CHILD_KEYS[name]
    policy = POLICY.replace(old, new)
    assert policy != POLICY
    if "drop" in new:
        policy = policy.replace("    references: {customer_id: customers.customer_id}\n", "")
    ended = run(_write(tmp_path / "shop"), policy)
    for kind in ("transformed", "synthetic"):
        customers, orders = _read(ended, kind, "customers"), _read(ended, kind, "orders")
        assert len(customers) == N_CUSTOMERS
        assert ("customer_id" in orders[0]) == ("drop" not in new)
        if "customer_id" in orders[0]:
            assert _n_orphans(customers, orders) == 0


def test_a_reference_whose_child_key_is_dropped_is_refused_by_lint(run: Run, tmp_path: Path):
    policy = POLICY.replace(*CHILD_KEYS["the child's key is dropped"])
    ended = run(_write(tmp_path / "shop"), policy)
    assert ended.name == "Held"
    assert "not transformed alike" in ended.message
    assert "ingest" not in ended.tasks


def test_a_drop_without_the_parent_table_is_released(run: Run, tmp_path: Path):
    ended = run(_write(tmp_path / "shop") / "orders.csv", POLICY)
    orders = _read(ended, "synthetic", "orders")
    assert max(Counter(order["customer_id"] for order in orders).values()) > 1
