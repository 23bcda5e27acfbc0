"""Children by their parents: references, numbers of children, dates, and what cannot be learnt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthesize.orders import CUSTOMERS, ITEMS, ORDERS, shop
from benchmarks.synthesize.series import distance
from veil.columns import to_numbers
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.synthesizers.relational import Relational
from veil.synthesizers.relations.model import read_relational

SMALL = Relational(epochs=4, states=16)
DAY = Column("", "date", "%Y-%m-%d")


def silent(*_):
    pass


@pytest.fixture(scope="module")
def tables():
    return shop(2_500, np.random.default_rng(3))


@pytest.fixture(scope="module")
def model(tables):
    return SMALL.fit(tables.customers, tables.orders, tables.customer_of_order, CUSTOMERS, ORDERS, seed=1, progress=silent)


@pytest.fixture(scope="module")
def drawn(model, tables):
    return model.sample(tables.customers, seed=2)


def test_no_child_is_an_orphan(drawn, tables):
    places, orders = drawn
    assert len(places) == len(orders)
    assert ((places >= 0) & (places < len(tables.customers))).all()


def test_children_of_a_parent_stand_together(drawn):
    assert (np.diff(drawn[0]) >= 0).all()


def test_numbers_of_children_are_kept_also_by_segment(drawn, tables):
    true, ours = (np.bincount(places, minlength=2_500) for places in (tables.customer_of_order, drawn[0]))
    assert distance(true.astype(float), ours.astype(float)) < 0.04
    for segment in ("basic", "gold"):
        of = (tables.customers["segment"] == segment).to_numpy()
        assert abs(true[of].mean() - ours[of].mean()) < 0.25 * true[of].mean() + 0.1


def test_as_many_children_as_asked(model, tables):
    for n_rows in (0, 1, 999, 5_000):
        places, orders = model.sample(tables.customers, n_rows, seed=2)
        assert len(places) == len(orders) == n_rows


def test_fewer_or_more_parents_have_as_many_children_each(model, tables):
    few = tables.customers.iloc[:500].reset_index(drop=True)
    places, _ = model.sample(few, seed=4)
    assert places.max() < 500
    assert abs(len(places) / 500 - len(tables.orders) / 2_500) < 0.35


def test_children_follow_their_parents_columns(drawn, tables):
    def mean(orders, places, segment):
        of = tables.customers["segment"].iloc[places].to_numpy() == segment
        return np.log(orders["amount"].astype(float)[of]).mean()

    for segment in ("basic", "firm"):
        true = mean(tables.orders, tables.customer_of_order, segment)
        assert abs(mean(drawn[1], drawn[0], segment) - true) < 0.2


def test_children_of_one_parent_are_as_alike_as_they_were(drawn, tables):
    def alike(orders, places):
        order = np.argsort(places, kind="stable")
        amount = np.log(orders["amount"].astype(float).to_numpy()[order])
        same = np.flatnonzero(np.diff(places[order]) == 0)
        return np.corrcoef(amount[same], amount[same + 1])[0, 1]

    assert abs(alike(drawn[1], drawn[0]) - alike(tables.orders, tables.customer_of_order)) < 0.12


def test_dates_stay_in_order_across_tables_and_within_a_row(drawn, tables):
    places, orders = drawn
    signup, ordered = to_numbers(tables.customers["signup"].iloc[places], DAY), to_numbers(orders["ordered"], DAY)
    shipped = to_numbers(orders["shipped"], DAY)
    assert (ordered >= signup).all()
    assert (shipped[np.isfinite(shipped)] >= ordered[np.isfinite(shipped)]).all()
    assert abs(np.isnan(shipped).mean() - 0.04) < 0.02
    assert ordered.max() <= to_numbers(tables.orders["ordered"], DAY).max()


def test_a_chain_of_three_tables(tables, drawn):
    own = tables.customers.iloc[tables.customer_of_order].reset_index(drop=True)
    with_customers = tables.orders.join(own)
    columns = (*ORDERS, *CUSTOMERS)
    items = SMALL.fit(with_customers, tables.items, tables.order_of_item, columns, ITEMS, seed=1, progress=silent)
    places, orders = drawn
    parents = orders.join(tables.customers.iloc[places].reset_index(drop=True))
    of_order, table = items.sample(parents, seed=1)
    assert of_order.max() < len(orders)
    assert set(np.unique(of_order)) == set(range(len(orders))), "every order had an item"
    assert list(table) == [column.name for column in ITEMS]


def test_children_without_a_parent_stay_so(tables):
    places = tables.customer_of_order.copy()
    places[::5] = -1
    model = SMALL.fit(tables.customers, tables.orders, places, CUSTOMERS, ORDERS, seed=1, progress=silent)
    drawn, orders = model.sample(tables.customers, 2_000, seed=1)
    assert len(orders) == 2_000
    assert (drawn == -1).sum() == 400
    assert orders["ordered"].notna().all()


def test_a_few_children_without_a_parent_need_no_model_of_their_own(tables):
    places = tables.customer_of_order.copy()
    places[:20] = -1
    model = SMALL.fit(tables.customers, tables.orders, places, CUSTOMERS, ORDERS, seed=1, progress=silent)
    assert model.alone is None
    drawn, _ = model.sample(tables.customers, seed=1)
    assert 0 < (drawn == -1).sum() < 60


def test_parents_without_columns_still_have_children(tables):
    model = SMALL.fit(tables.customers, tables.orders, tables.customer_of_order, (), ORDERS, seed=1, progress=silent)
    places, _ = model.sample(pd.DataFrame(index=range(800)), seed=1)
    assert abs(len(places) / 800 - len(tables.orders) / 2_500) < 0.25


def test_children_that_are_nothing_but_numbers(tables):
    model = SMALL.fit(tables.orders, tables.items, tables.order_of_item, ORDERS, ITEMS[1:2], seed=1, progress=silent)
    _, table = model.sample(tables.orders, seed=1)
    true, ours = (each["quantity"].astype(float).to_numpy() for each in (tables.items, table))
    assert distance(true, ours) < 0.03


def test_same_seed_same_children(model, tables, drawn):
    again = SMALL.fit(tables.customers, tables.orders, tables.customer_of_order, CUSTOMERS, ORDERS, seed=1, progress=silent)
    places, orders = again.sample(tables.customers, seed=2)
    assert (places == drawn[0]).all()
    pd.testing.assert_frame_equal(orders, drawn[1])


def test_a_saved_model_draws_the_same(model, tables, drawn, tmp_path):
    model.save(tmp_path)
    places, orders = read_relational(tmp_path).sample(tables.customers, seed=2)
    assert (places == drawn[0]).all()
    pd.testing.assert_frame_equal(orders, drawn[1])
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_a_folder_of_another_kind_is_not_read(tmp_path):
    (tmp_path / "model.json").write_text('{"kind": "circuit", "format": 1}', encoding="utf-8")
    assert read_relational(tmp_path) is None


def test_nothing_is_changed_in_place(tables):
    copies = tables.customers.copy(), tables.orders.copy(), tables.customer_of_order.copy()
    SMALL.fit(tables.customers, tables.orders, tables.customer_of_order, CUSTOMERS, ORDERS, seed=1, progress=silent)
    pd.testing.assert_frame_equal(tables.customers, copies[0])
    pd.testing.assert_frame_equal(tables.orders, copies[1])
    assert (tables.customer_of_order == copies[2]).all()


@pytest.mark.parametrize(("place", "message"), [
    (2_500, "fewer than 10 children refer to a parent that is not there"),
    (-2, "fewer than 10 children refer to a parent that is not there"),
])  # fmt: skip
def test_an_orphan_is_refused(tables, place, message):
    places = tables.customer_of_order.copy()
    places[7] = place
    with pytest.raises(SynthesisFailed, match=message):
        SMALL.fit(tables.customers, tables.orders, places, CUSTOMERS, ORDERS, seed=1, progress=silent)


def test_too_few_parents_are_refused_with_what_would_be_enough(tables):
    keep = tables.customer_of_order < 60
    with pytest.raises(SynthesisFailed, match="at least 100 parents with children"):
        SMALL.fit(
            tables.customers, tables.orders[keep], tables.customer_of_order[keep], CUSTOMERS, ORDERS, seed=1, progress=silent
        )


def test_places_that_are_not_one_for_each_child_are_refused(tables):
    with pytest.raises(SynthesisFailed, match="give one for each child"):
        SMALL.fit(tables.customers, tables.orders, tables.customer_of_order[1:], CUSTOMERS, ORDERS, seed=1, progress=silent)


def test_children_for_no_parents_are_refused(model, tables):
    with pytest.raises(SynthesisFailed, match="synthesize parents first"):
        model.sample(tables.customers.iloc[:0], 10, seed=1)


def test_an_unknown_order_column_is_refused(tables):
    with pytest.raises(UnknownColumn, match="`when` is to order rows"):
        Relational(order_by=("when",)).fit(tables.customers, tables.orders, tables.customer_of_order, CUSTOMERS, ORDERS, seed=1,
                                           progress=silent)  # fmt: skip
