"""Conditions of the circuit: every row meets them, and is drawn as it would be among all rows that do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.conditions import asked_of
from veil.synthesizers.circuits.ranges import Ranges, rank_below
from veil.synthesizers.conditions import Between, OneOf, met
from veil.synthesizers.spans import Quantiles

N = 3_000
COLUMNS = (
    Column("kind", "category"), Column("hours", "integer"), Column("price", "decimal", "0.00"),
    Column("born", "date", "%d.%m.%Y"), Column("seen", "datetime", "%Y-%m-%d %H:%M"),
    Column("rooms", "integer"), Column("job", "category"),
)  # fmt: skip


def things(seed: int = 1, n: int = N) -> pd.DataFrame:
    """Return a table of a kind that everything depends on: hours with a spike at 40, prices, dates and times, rare jobs."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    hours = np.where(rng.random(n) < 0.4, 40, rng.integers(1, 60, n) + 10 * kind)
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 9_000, n) + 5_000 * kind, unit="D")
    seen = pd.Timestamp("2026-01-01 00:00") + pd.to_timedelta(rng.integers(0, 200_000, n), unit="min")
    table = pd.DataFrame(
        {
            "kind": np.array(["low", "mid", "high"], dtype=object)[kind],
            "hours": hours.astype(str),
            "price": [f"{each:.2f}" for each in np.exp(rng.standard_normal(n) + kind)],
            "born": born.strftime("%d.%m.%Y"),
            "seen": seen.strftime("%Y-%m-%d %H:%M"),
            "rooms": (rng.integers(1, 4, n) + kind).astype(str),
            "job": [f"job {each}" for each in np.where(rng.random(n) < 0.8, kind, rng.integers(3, 300, n))],
        },
        dtype=object,
    )
    table.loc[rng.random(n) < 0.1, "price"] = None
    return table


@pytest.fixture(scope="module")
def table():
    return things()


@pytest.fixture(scope="module")
def model(table):
    return Circuit(states=16, epochs=6).fit(table, COLUMNS, seed=7, progress=lambda *_: None)


@pytest.mark.parametrize(
    "where",
    [
        {"hours": Between("30", "45")},
        {"hours": Between("41", None)},
        {"hours": OneOf(("40",))},
        {"hours": OneOf(("37", "38", "40"))},
        {"price": Between("1.5", "1.75")},
        {"price": OneOf(("1.37",))},
        {"price": OneOf((None,))},
        {"price": OneOf((None, "2.50"))},
        {"born": Between("01.01.1960", "31.12.1960")},
        {"born": OneOf(("17.05.1961",))},
        {"seen": Between("2026-02-01 10:00", "2026-02-01 18:30")},
        {"seen": OneOf(("2026-02-01 10:07",))},
        {"rooms": Between("2", "3")},
        {"kind": OneOf(("high",)), "hours": Between(None, "20"), "rooms": OneOf(("3", "5"))},
    ],
)
def test_every_row_meets_every_condition(model, where):
    drawn = model.sample(1_500, seed=3, where=where)
    assert len(drawn) == 1_500
    assert met(drawn, COLUMNS, where).all()


@pytest.mark.parametrize(
    "where",
    [{"hours": Between("30", "44")}, {"hours": OneOf(("40", "41"))}, {"price": Between("0.9", "2.1")},
     {"rooms": Between("4", None)}],
)
def test_the_rest_of_the_rows_is_as_among_all_rows_that_meet_them(model, where):
    unasked = model.sample(60_000, seed=1)
    alike = unasked[met(unasked, COLUMNS, where)]
    drawn = model.sample(20_000, seed=2, where=where)
    for column in ("kind", "rooms"):
        shares = [each[column].value_counts(normalize=True) for each in (drawn, alike)]
        assert (shares[0] - shares[1]).abs().max() < 0.025
    for column in ("hours", "price"):
        tenths = [each[column].dropna().astype(float).quantile([0.1, 0.5, 0.9]) for each in (drawn, alike)]
        assert np.allclose(*tenths, rtol=0.06, atol=0.02)


def test_pooled_cells_can_be_asked_for_and_come_as_often_as_they_were(table):
    counted = table["kind"].value_counts()
    model = Circuit(states=8, epochs=3, max_levels=2).fit(table[["kind", "rooms"]], (COLUMNS[0], COLUMNS[5]), seed=1,
                                                          progress=lambda *_: None)  # fmt: skip
    pooled = tuple(counted.index[1:])
    drawn = model.sample(4_000, seed=1, where={"kind": OneOf(pooled)})
    assert set(drawn["kind"]) == set(pooled)
    assert abs((drawn["kind"] == pooled[0]).mean() - counted[pooled[0]] / counted[list(pooled)].sum()) < 0.04
    assert set(model.sample(100, seed=1, where={"kind": OneOf(pooled[:1])})["kind"]) == {pooled[0]}


def test_pooled_combinations_of_columns_that_determine_each_other_meet_conditions_too():
    cities = [*[f"city {each}" for each in range(6)] * 100, "city 0", "city 5", "city 5"]
    regions = [*[f"region {each // 3}" for each in range(6)] * 100, "region 1", "region 0", "region 0"]
    table = pd.DataFrame({"city": cities, "region": regions}, dtype=object)
    model = Circuit(states=4, epochs=2).fit(table, (Column("city", "category"), Column("region", "category")), seed=1,
                                            progress=lambda *_: None)  # fmt: skip
    where = {"region": OneOf(("region 1",)), "city": OneOf(("city 0", "city 1"))}
    assert set(model.sample(200, seed=1, where=where)["city"]) == {"city 0"}


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"nobody": OneOf(("x",))}, "`nobody`, which was not learnt"),
        ({"kind": OneOf(("Paris",))}, "`kind` asks for what no or too few"),
        ({"kind": OneOf(())}, "`kind` asks for what no or too few"),
        ({"kind": Between("1", "2")}, "`kind`, which holds no numbers"),
        ({"hours": Between("500", None)}, "`hours` asks for what no or too few"),
        ({"hours": Between("20.2", "20.8")}, "ask"),
        ({"hours": OneOf(("037",))}, "`hours` asks for what no or too few"),
        ({"hours": OneOf((None,))}, "`hours` asks for what no or too few"),
        ({"hours": Between("many", None)}, "not written as its cells are"),
        ({"hours": Between("9", "3")}, "ends before it begins"),
    ],
)
def test_a_condition_without_support_is_refused_without_a_cell(model, where, told):
    with pytest.raises(SynthesisFailed, match=told) as caught:
        model.sample(1, seed=1, where=where)
    assert "Paris" not in str(caught.value)


def test_conditions_that_no_combination_meets_are_refused():
    table = pd.DataFrame({"city": ["Mons", "Ghent"] * 100, "region": ["Wallonia", "Flanders"] * 100}, dtype=object)
    columns = (Column("city", "category"), Column("region", "category"))
    model = Circuit(states=4, epochs=2).fit(table, columns, seed=1, progress=lambda *_: None)
    with pytest.raises(SynthesisFailed, match="contradict each other"):
        model.sample(1, seed=1, where={"city": OneOf(("Mons",)), "region": OneOf(("Flanders",))})


def test_a_bound_inside_a_range_counts_with_the_part_that_it_leaves():
    numbers = np.arange(1_000.0)
    ranges = Ranges.fit(numbers)
    shares = ranges.shares(((0.0, 14.0), (985.0, np.inf)))
    assert shares[0] == pytest.approx(14 / 25, abs=0.1)
    assert shares[-1] == pytest.approx(15 / 25, abs=0.1)
    assert not shares[1:-1].any()
    assert ranges.shares(((-np.inf, np.inf),)).min() == pytest.approx(1)
    drawn = ranges.numbers(np.full(500, len(shares) - 1), np.random.default_rng(1).random(500), ((990.0, 991.0), (995.0, 996.0)))
    assert set(np.floor(drawn)) <= {990.0, 991.0, 995.0, 996.0}
    assert abs((drawn < 993).mean() - 0.5) < 0.1


def test_the_inverse_of_a_quantile_function_undoes_it():
    quantiles = Quantiles((0.1, 0.4, 0.6, 0.9), (1.0, 2.0, 2.0, 5.0))
    assert rank_below(quantiles, np.array([0.0, 1.0, 1.5, 2.0, 2.1, 5.0, 6.0])).tolist() == pytest.approx(
        [0, 0, 0.25, 0.4, 0.61, 0.9, 1]
    )
    assert rank_below(Quantiles((0.5,), (3.0,)), np.array([2.0, 3.0, 4.0])).tolist() == [0, 0, 1]


def test_many_conditions_at_once_are_met(model, table):
    row = table[table["job"] == "job 1"].dropna().iloc[0]
    where = {column.name: OneOf((row[column.name],)) for column in COLUMNS}
    assert (model.sample(20, seed=1, where=where) == row).all().all()


def test_what_is_asked_is_told_by_shares_of_codes(model):
    where = {"kind": OneOf(("mid",)), "hours": Between("40", "40"), "price": Between("1.00", "2.00")}
    asked = asked_of(model.encoder, model.variables, COLUMNS, where)
    assert asked.shares[0].sum() == 1
    assert asked.shares[1][0] == 1
    assert asked.intervals[2][0] == pytest.approx((0.995, 2.005), abs=1e-3)
    assert 0 < asked.shares[2].sum() < len(asked.shares[2]) - 2
