"""Subsets: some subjects, drawn by key, and of other tables the rows about them."""

from __future__ import annotations

import pandas as pd
import pytest

from tasks import store
from tasks.plan import Planned
from tasks.references import Reference
from tasks.selection import drawn_subset, without_rows
from veil.errors import DropRefused
from veil.model import Plan, Step
from veil.policy import load_policy
from veil.transforms.keys import Key

POLICY = """
policy: shop
version: 1
keys: {main: {from: "env:VEIL_KEY"}}
keyspaces: {person: {key: main, canonical: numeric-id}}
subset: {of: customers, SIZE, whole: [countries]}
tables:
  customers:
    match: {files: "customers.csv"}
    subject: id
    columns: {id: {do: token, in: person}}
  orders:
    match: {files: "orders.csv"}
    references: {customer: customers.id, coupon: coupons.code}
    columns: {customer: {do: token, in: person}, coupon: {do: token}}
  lines:
    match: {files: "lines.csv"}
    references: {order: orders.number}
    columns: {order: {do: token}}
  coupons:
    match: {files: "coupons.csv"}
    columns: {code: {do: token}}
  countries:
    match: {files: "countries.csv"}
    columns: {name: {do: keep, reason: a list of countries}}
"""
NAMES = {name: name for name in ("customers", "orders", "lines", "coupons", "countries")}
LINKS = (
    Reference("orders", "customer", "customers", "id"),
    Reference("orders", "coupon", "coupons", "code"),
    Reference("lines", "order", "orders", "number"),
)
CUSTOMERS = 400
FRAMES = {
    "lines": pd.DataFrame({"order": [str(number % 1_000) for number in range(3_000)]}, dtype=object),
    "orders": pd.DataFrame(
        {
            "number": [str(number) for number in range(1_000)],
            "customer": [f"{number % CUSTOMERS:05d}" if number % 10 else None for number in range(1_000)],
            "coupon": ["spring" if number % 3 else None for number in range(1_000)],
        },
        dtype=object,
    ),
    "customers": pd.DataFrame({"id": [f"{number:05d}" for number in range(CUSTOMERS)]}, dtype=object),
    "coupons": pd.DataFrame({"code": ["spring"]}, dtype=object),
    "countries": pd.DataFrame({"name": ["BE", "NL"]}, dtype=object),
}


@pytest.fixture
def drawn(tmp_path):
    def draw(size="share: 0.25", secret=b"k" * 32, frames=FRAMES):
        path = tmp_path / "shop.yaml"
        path.write_text(POLICY.replace("SIZE", size), encoding="utf-8")
        tables = [store.write_table(name, [frame], tmp_path / name, stage="ingest", rows=64) for name, frame in frames.items()]
        plans = tuple(plan_of(table) for table in tables)
        planned = Planned(plans, LINKS, {}, NAMES)
        keys = {"main": Key("main", "1", secret)}
        parts = drawn_subset(load_policy(path), keys, tables, planned, tmp_path / "subset")
        return {name: store.read_table(table) for name, table in parts.items()}

    return draw


def plan_of(table) -> Plan:
    subject = "id" if table.name == "customers" else None
    steps = tuple(
        Step(column.name, "other", None, "token", {"in": "person"}, "pseudonymize", "", "columns") for column in table.columns
    )
    return Plan(table.name, "", "", subject, (), steps)


def test_references_stay_whole(drawn):
    parts = drawn()
    customers = set(parts["customers"]["id"])
    assert 60 < len(customers) < 140
    assert set(parts["orders"]["customer"].dropna()) <= customers
    assert len(parts["orders"]) == FRAMES["orders"]["customer"].isin(customers).sum()
    assert set(parts["lines"]["order"]) == set(parts["orders"]["number"])


def test_a_null_reference_neither_keeps_nor_drops_a_row(drawn):
    orders = drawn()["orders"]
    assert orders["coupon"].isna().any()
    assert orders["customer"].notna().all()


def test_tables_that_are_named_whole_or_not_reached_stay_as_they_are(drawn):
    parts = drawn()
    assert list(parts["countries"]["name"]) == ["BE", "NL"]
    assert list(parts["coupons"]["code"]) == ["spring"]


@pytest.mark.parametrize("wanted", [1, 7, CUSTOMERS, CUSTOMERS + 1])
def test_a_number_of_subjects_is_met_exactly_where_there_are_so_many(drawn, wanted):
    frames = FRAMES | {"lines": FRAMES["lines"][:0], "orders": FRAMES["orders"][:0]}
    del frames["lines"], frames["orders"]
    assert len(drawn(f"subjects: {wanted}", frames=frames)["customers"]) == min(wanted, CUSTOMERS)


def test_the_same_subjects_are_drawn_in_another_spelling_and_order_and_others_by_another_key(drawn):
    first = set(drawn()["customers"]["id"])
    turned = FRAMES["customers"][::-1].assign(id=lambda frame: frame["id"].str.lstrip("0").replace("", "0"))
    frames = {"customers": turned, "countries": FRAMES["countries"]}
    assert {cell.zfill(5) for cell in drawn(frames=frames)["customers"]["id"]} == first
    assert set(drawn(secret=b"x" * 32)["customers"]["id"]) != first


def test_a_subset_that_leaves_no_row_is_refused(drawn):
    with pytest.raises(DropRefused, match="has no row left in the subset"):
        drawn("share: 0.0000001")


def test_rows_set_aside_are_in_neither_more_nor_less_than_one_part(tmp_path):
    import numpy as np

    table = store.write_table("orders", [FRAMES["orders"]], tmp_path / "raw", stage="ingest", rows=64)
    rest, aside = without_rows(table, np.array([0, 63, 64, 999]), tmp_path / "parts")
    assert list(store.read_table(aside)["number"]) == ["0", "63", "64", "999"]
    assert rest.n_rows == 996
    assert not set(store.read_table(rest)["number"]) & {"0", "63", "64", "999"}
