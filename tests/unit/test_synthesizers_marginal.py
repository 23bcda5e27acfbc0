"""Marginal: each column's distribution is kept, nothing of their joint is, and conditions are met column by column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.conditions import Between, OneOf, met
from veil.synthesizers.marginal import Marginal, MarginalModel, read_marginal

N = 4_000
COLUMNS = (
    Column("city", "category"), Column("age", "integer"), Column("height", "decimal", "0.00"), Column("born", "date", "%d/%m/%Y"),
    Column("seen", "datetime", "%Y-%m-%d %H:%M:%S"), Column("gain", "integer"), Column("vip", "boolean", "no|yes"),
)  # fmt: skip


def people(n: int = N, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    city = rng.choice(["Ghent", "Bruges", "Mons", ""], n, p=[0.6, 0.29, 0.1, 0.01])
    age = rng.integers(18, 90, n)
    born = pd.Timestamp("2020-01-01") - pd.to_timedelta(age * 365 + rng.integers(0, 365, n), unit="D")
    seen = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n), unit="s")
    frame = pd.DataFrame({
        "city": city, "age": age.astype(str), "height": [f"{each:.2f}" for each in rng.normal(170, 10, n)],
        "born": born.strftime("%d/%m/%Y"), "seen": seen.strftime("%Y-%m-%d %H:%M:%S"),
        "gain": np.where(rng.random(n) < 0.9, 0, rng.integers(100, 9_999, n)).astype(str),
        "vip": np.where(age > 60, "yes", "no"),
    }, dtype=object)  # fmt: skip
    frame.loc[rng.random(n) < 0.2, "height"] = None
    return frame


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return people()


@pytest.fixture(scope="module")
def model(table: pd.DataFrame) -> MarginalModel:
    return Marginal().fit(table, COLUMNS, seed=1, progress=lambda epoch, n: None)


@pytest.fixture(scope="module")
def sampled(model: MarginalModel) -> pd.DataFrame:
    return model.sample(20_000, seed=3)


@pytest.mark.parametrize("column", ["city", "vip"])
def test_shares_of_levels_are_kept(table, sampled, column):
    before, after = (frame[column].value_counts(normalize=True) for frame in (table, sampled))
    assert (before - after.reindex(before.index)).abs().max() < 0.015


def test_nulls_and_spikes_come_as_often(table, sampled):
    assert abs(table.height.isna().mean() - sampled.height.isna().mean()) < 0.015
    assert abs((table.gain == "0").mean() - (sampled.gain == "0").mean()) < 0.015
    assert abs((table.city == "").mean() - (sampled.city == "").mean()) < 0.005


@pytest.mark.parametrize("column", ["age", "height"])
def test_quantiles_of_numbers_are_kept_within_their_range_and_format(table, sampled, column):
    before, after = (frame[column].dropna().astype(float) for frame in (table, sampled))
    spread = before.quantile(0.9) - before.quantile(0.1)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert abs(before.quantile(share) - after.quantile(share)) < 0.05 * spread
    assert before.min() <= after.min()
    assert after.max() <= before.max()


def test_dates_are_written_as_the_column_writes_them(sampled):
    assert sampled.born.str.fullmatch(r"\d\d/\d\d/\d{4}").all()
    assert sampled.seen.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()


def test_what_columns_tell_together_is_not_kept(table, sampled):
    shares = sampled.groupby(sampled.age.astype(int) > 60)["vip"].apply(lambda cells: (cells == "yes").mean())
    assert table.groupby(table.age.astype(int) > 60)["vip"].nunique().max() == 1
    assert shares.max() - shares.min() < 0.03


CONDITIONS = [
    {"city": OneOf(("Mons", "Bruges"))}, {"city": OneOf(("",))}, {"age": Between("30", "40")}, {"age": Between(None, "18")},
    {"height": OneOf((None,))}, {"height": Between("170.00", "170.10")}, {"born": Between("01/01/1980", None)},
    {"gain": OneOf(("0",))}, {"gain": Between("1", None), "vip": OneOf(("yes",))}, {"seen": Between(None, "2020-01-02 00:00:00")},
]  # fmt: skip


@pytest.mark.parametrize("where", CONDITIONS, ids=[" and ".join(where) for where in CONDITIONS])
def test_every_row_meets_the_conditions(model, where):
    rows = model.sample(500, seed=4, where=where)
    assert len(rows) == 500
    assert met(rows, COLUMNS, where).all()


REFUSED = [
    ({"city": OneOf(("Paris",))}, "`city` that no learnt value meets"),
    ({"city": OneOf(())}, "`city` that no learnt value meets"),
    ({"town": OneOf(("Ghent",))}, "`town`, which was not learnt"),
    ({"city": Between("1", "2")}, "holds no numbers and no dates"),
    ({"height": Between("999.00", None)}, "`height`"),
]


@pytest.mark.parametrize(("where", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_a_condition_without_support_is_refused_without_the_cell(model, where, words):
    with pytest.raises(SynthesisFailed) as caught:
        model.sample(10, seed=1, where=where)
    assert words in str(caught.value)
    assert "Paris" not in str(caught.value)


def test_a_value_that_few_rows_hold_cannot_be_asked_for(table):
    rare = pd.DataFrame({"code": ["a"] * 90 + ["b"] * 7 + ["x", "y", "z"]}, dtype=object)
    model = Marginal().fit(rare, (Column("code", "category"),), seed=1, progress=lambda epoch, n: None)
    with pytest.raises(SynthesisFailed, match="`code` that no learnt value meets"):
        model.sample(50, seed=1, where={"code": OneOf(("y",))})
    assert set(model.sample(50, seed=1, where={"code": OneOf(("b",))}).code) == {"b"}


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(model):
    assert model.sample(300, seed=5).equals(model.sample(300, seed=5))
    assert not model.sample(300, seed=5).equals(model.sample(300, seed=6))


def test_a_column_is_drawn_alike_whatever_columns_stand_beside_it(table, model):
    alone = Marginal().fit(table, COLUMNS[1:2], seed=1, progress=lambda epoch, n: None)
    assert alone.sample(200, seed=5).age.equals(model.sample(200, seed=5).age)


def test_a_saved_model_samples_the_same_rows_and_another_kind_is_left_to_others(model, tmp_path):
    model.save(tmp_path)
    again = read_marginal(tmp_path)
    assert again is not None
    assert again.sample(300, seed=5).equals(model.sample(300, seed=5))
    assert [epoch.losses for epoch in again.history] == [epoch.losses for epoch in model.history]
    (tmp_path / "model.json").write_text('{"kind": "circuit", "format": 1}')
    assert read_marginal(tmp_path) is None


def test_no_rows_and_fewer_than_none(model):
    assert model.sample(0, seed=1).shape == (0, len(COLUMNS))
    with pytest.raises(SynthesisFailed, match="cannot sample -1 rows"):
        model.sample(-1, seed=1)


def test_columns_of_one_value_and_of_nulls_stay_so():
    frame = pd.DataFrame({"one": ["x"] * 30, "none": [None] * 30}, dtype=object)
    model = Marginal().fit(frame, (Column("one", "category"), Column("none", "category")), seed=1, progress=lambda epoch, n: None)
    rows = model.sample(20, seed=1)
    assert set(rows.one) == {"x"}
    assert rows.none.isna().all()
