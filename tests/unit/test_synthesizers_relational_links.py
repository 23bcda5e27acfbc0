"""References beside the owner's: whom rows refer to, how often, and tables that refer to themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthesize.series import distance
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.relations.links import Link, read_link

ROWS = (Column("kind", "category"), Column("amount", "decimal", "0.0#"))
OTHERS = (Column("family", "category"), Column("price", "decimal", "0.0#"))
STAFF = (Column("role", "category"),)


@pytest.fixture(scope="module")
def products():
    rng = np.random.default_rng(0)
    family = rng.choice(["tools", "garden", "kitchen"], 300)
    return pd.DataFrame({"family": family, "price": rng.gamma(2, 10, 300).round(2).astype(str)}, dtype=object)


@pytest.fixture(scope="module")
def orders(products):
    """Rows that refer to products: by trade to tools, by private people to kitchen; some to none; a few are favorites."""
    rng = np.random.default_rng(1)
    kind = rng.choice(["trade", "private"], 4_000)
    liking = rng.gamma(0.7, 1.0, 300)
    places = np.empty(4_000, dtype=np.int64)
    for name, weights in (
        ("trade", {"tools": 8, "garden": 2, "kitchen": 1}),
        ("private", {"tools": 1, "garden": 3, "kitchen": 8}),
    ):
        rows = np.flatnonzero(kind == name)
        likely = liking * products["family"].map(weights).to_numpy(dtype=float)
        places[rows] = rng.choice(300, len(rows), p=likely / likely.sum())
    places[(kind == "private") & (rng.random(4_000) < 0.3)] = -1
    return pd.DataFrame({"kind": kind, "amount": rng.gamma(2, 5, 4_000).round(2).astype(str)}, dtype=object), places


@pytest.fixture(scope="module")
def link(orders, products):
    return Link.fit(orders[0], ROWS, products, OTHERS, orders[1], seed=1)


def test_every_row_refers_to_one_that_is_there_or_to_nobody(link, orders, products):
    places = link.sample(orders[0], products, seed=1)
    assert places.shape == (4_000,)
    assert ((places >= -1) & (places < 300)).all()


def test_whom_a_row_refers_to_follows_its_cells(link, orders, products):
    places = link.sample(orders[0], products, seed=1)
    family = np.append(products["family"].to_numpy(), "nobody")
    for kind in ("trade", "private"):
        of = (orders[0]["kind"] == kind).to_numpy()
        assert distance(family[orders[1][of]], family[places[of]]) < 0.05


def test_rows_are_referred_to_as_often_as_they_were(link, orders, products):
    places = link.sample(orders[0], products, seed=1)
    true, ours = (np.bincount(each[each >= 0], minlength=300).astype(float) for each in (orders[1], places))
    assert distance(true, ours) < 0.12


def test_another_number_of_rows_and_of_others(link, orders, products):
    places = link.sample(orders[0].iloc[:50], products.iloc[:20], seed=1)
    assert places.shape == (50,)
    assert places.max() < 20


def test_without_columns_only_frequencies_count(orders, products):
    link = Link.fit(orders[0], (), products, (), orders[1], seed=1)
    places = link.sample(orders[0], products, seed=1)
    assert abs((places == -1).mean() - (orders[1] == -1).mean()) < 0.03


def staff(n=800):
    """People with a superior: a few heads, under each some leads, under these the others."""
    rng = np.random.default_rng(2)
    role = np.array(["head"] * 5 + ["lead"] * 95 + ["member"] * (n - 100), dtype=object)
    places = np.concatenate([np.full(5, -1), rng.integers(0, 5, 95), rng.integers(5, 100, n - 100)])
    return pd.DataFrame({"role": role}, dtype=object), places.astype(np.int64)


def generations(places):
    found, at = np.zeros(len(places), dtype=int), places.copy()
    for _ in range(len(places)):
        if not (at >= 0).any():
            return found
        found += at >= 0
        at = np.where(at >= 0, places[np.maximum(at, 0)], -1)
    raise AssertionError("a circle")


def test_a_table_that_refers_to_itself_has_no_circle_and_as_many_generations():
    people, places = staff()
    link = Link.fit(people, STAFF, people, STAFF, places, to_itself=True, seed=1)
    drawn = link.sample(people, people, seed=1)
    assert (drawn != np.arange(len(people))).all()
    assert np.abs(np.bincount(generations(drawn), minlength=3) - np.bincount(generations(places), minlength=3)).max() < 30


def test_superiors_have_the_roles_that_they_had():
    people, places = staff()
    link = Link.fit(people, STAFF, people, STAFF, places, to_itself=True, seed=1)
    drawn = link.sample(people, people, seed=1)
    member = (people["role"] == "member").to_numpy()
    above = people["role"].to_numpy()[drawn[member & (drawn >= 0)]]
    assert (above == "lead").mean() > 0.9


def test_one_who_refers_to_himself_refers_to_nobody():
    people, places = staff()
    places[:5] = np.arange(5)
    link = Link.fit(people, STAFF, people, STAFF, places, to_itself=True, seed=1)
    assert (link.sample(people, people, seed=1) == -1).any()


def test_a_circle_is_refused():
    people, places = staff()
    places[0], places[1] = 1, 0
    with pytest.raises(SynthesisFailed, match="refer to each other in a circle"):
        Link.fit(people, STAFF, people, STAFF, places, to_itself=True, seed=1)


@pytest.mark.parametrize(("place", "message"), [(300, "fewer than 10 rows refer to one that is not there"),
                                                (-2, "fewer than 10 rows refer to one that is not there")])  # fmt: skip
def test_a_place_that_is_not_there_is_refused(orders, products, place, message):
    places = orders[1].copy()
    places[3] = place
    with pytest.raises(SynthesisFailed, match=message):
        Link.fit(orders[0], ROWS, products, OTHERS, places, seed=1)


def test_references_to_nobody_at_all_are_refused(orders, products):
    with pytest.raises(SynthesisFailed, match="no row refers to any other"):
        Link.fit(orders[0], ROWS, products, OTHERS, np.full(4_000, -1), seed=1)


def test_rows_that_refer_to_an_empty_table_are_refused(link, orders, products):
    with pytest.raises(SynthesisFailed, match="synthesize that table first"):
        link.sample(orders[0], products.iloc[:0], seed=1)


def test_a_saved_link_draws_the_same(link, orders, products, tmp_path):
    link.save(tmp_path)
    assert (read_link(tmp_path).sample(orders[0], products, seed=7) == link.sample(orders[0], products, seed=7)).all()
    (tmp_path / "model.json").write_text('{"kind": "circuit", "format": 1}', encoding="utf-8")
    assert read_link(tmp_path) is None


def test_same_seed_same_places(link, orders, products):
    first, again, other = (link.sample(orders[0], products, seed=seed) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()
