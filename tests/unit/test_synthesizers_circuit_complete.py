"""Rows completed: given cells come back as they are, and the others are drawn from their exact conditional distribution."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.circuit import Circuit
from veil.synthesizers.circuits.evidence import evidence_of
from veil.synthesizers.circuits.states import drawn_from_shares
from veil.synthesizers.circuits.variables import Variable, Variables

N = 2_000
REGIONS = {"Ghent": "Flanders", "Bruges": "Flanders", "Namur": "Wallonia", "Mons": "Wallonia"}
COLUMNS = (Column("city", "category"), Column("region", "category"), Column("age", "integer"), Column("buys", "category"),
           Column("job", "category"))  # fmt: skip


def people(seed: int = 1, n: int = N) -> pd.DataFrame:
    """Return a table in which the city tells the region, age and city tell who buys, and 40 jobs are rare."""
    rng = np.random.default_rng(seed)
    city = rng.choice(list(REGIONS), n, p=[0.4, 0.3, 0.2, 0.1])
    age = rng.integers(18, 90, n)
    buys = np.where((age > 50) ^ (rng.random(n) < 0.1), "yes", "no")
    rare = [f"job{each}" for each in rng.integers(0, 60, n)]
    job = np.where(rng.random(n) < 0.9, np.where(buys == "yes", "cook", "clerk"), rare)
    table = pd.DataFrame({"city": city, "region": [REGIONS[each] for each in city], "age": age.astype(str), "buys": buys,
                          "job": job}, dtype=object)  # fmt: skip
    table.loc[rng.random(n) < 0.1, "buys"] = None
    return table


@pytest.fixture(scope="module")
def table():
    return people()


@pytest.fixture(scope="module")
def model(table):
    return fitted(table, COLUMNS)


def fitted(table, columns, **parameters):
    return Circuit(**{"states": 16, "epochs": 8, **parameters}).fit(table, columns, seed=7, progress=lambda *_: None)


def test_given_cells_come_back_as_they_were_given_in_their_rows(model, table):
    given = table[["age", "job", "buys"]].iloc[5:1_005]
    whole = model.complete(given, seed=1)
    assert whole[["age", "job", "buys"]].equals(given)
    assert list(whole.columns) == list(table.columns)
    assert whole[["city", "region"]].notna().all().all()


def test_a_given_null_is_a_null_and_a_gap_is_filled(model, table):
    given = pd.DataFrame({"buys": [None, None]}, dtype=object)
    whole = model.complete(given.loc[[0] * 300 + [1] * 300], seed=1, missing=pd.DataFrame({"buys": [True] * 300 + [False] * 300}))
    assert whole["buys"][:300].isna().mean() < 0.25
    assert whole["buys"][300:].isna().all()


def test_drawn_cells_follow_the_models_own_conditional_distribution():
    columns = (COLUMNS[0], COLUMNS[3], COLUMNS[4])
    table = people()[["city", "buys", "job"]]
    table["job"] = table["job"].where(table["job"].isin(["cook", "clerk"]), "other")
    model = fitted(table, columns, states=6)
    cells = [list(REGIONS), ["yes", "no", None], ["cook", "clerk", "other"]]
    every = pd.DataFrame(list(product(*cells)), columns=["city", "buys", "job"], dtype=object)
    joint = np.exp(model.log_likelihood(every).astype(float)).reshape([len(each) for each in cells])
    for job in range(3):
        drawn = model.complete(pd.DataFrame({"job": [cells[2][job]] * 20_000}, dtype=object), seed=3)
        shares = np.array([[((drawn["city"] == city) & (drawn["buys"].isna() if buys is None else drawn["buys"] == buys)).mean()
                            for buys in cells[1]] for city in cells[0]])  # fmt: skip
        assert np.abs(shares - joint[:, :, job] / joint[:, :, job].sum()).max() < 0.015


def test_numbers_condition_and_are_conditioned_on(model):
    old = model.complete(pd.DataFrame({"age": ["80"] * 2_000}, dtype=object), seed=1)
    young = model.complete(pd.DataFrame({"age": ["20"] * 2_000}, dtype=object), seed=1)
    assert (old["buys"] == "yes").mean() > 0.75 > 0.25 > (young["buys"] == "yes").mean()
    buyers = model.complete(pd.DataFrame({"buys": ["yes"] * 2_000}, dtype=object), seed=1)["age"].astype(int)
    assert buyers.mean() > 60
    assert buyers.between(18, 89).all()


def test_part_of_what_determines_each_other_is_completed_by_what_occurred(model):
    regions = pd.DataFrame({"region": ["Wallonia", "Flanders"] * 500}, dtype=object)
    whole = model.complete(regions, seed=1)
    assert all(REGIONS[city] == region for city, region in zip(whole["city"], whole["region"], strict=True))
    assert {*whole["city"]} == set(REGIONS)
    assert abs((whole["city"][whole["region"] == "Wallonia"] == "Namur").mean() - 2 / 3) < 0.1


def test_cells_that_never_met_are_kept_and_condition_on_what_shares_most_of_them(model):
    odd = pd.DataFrame({"city": ["Mons"] * 50, "region": ["Flanders"] * 50}, dtype=object)
    whole = model.complete(odd, seed=1)
    assert whole[["city", "region"]].equals(odd)


def test_a_rare_cell_conditions_on_the_pool(model, table):
    rare = table["job"].value_counts().index[-1]
    whole = model.complete(pd.DataFrame({"job": [rare] * 200}, dtype=object), seed=1)
    assert set(whole["job"]) == {rare}
    assert whole["buys"].notna().mean() > 0.7


def test_a_mask_may_differ_from_row_to_row(model, table):
    rng = np.random.default_rng(1)
    missing = pd.DataFrame(rng.random(table.shape) < 0.4, columns=table.columns)
    given = table.mask(missing, other="not to be read")
    whole = model.complete(given, seed=2, missing=missing)
    assert whole.where(~missing, "x").equals(table.where(~missing, "x"))
    assert not (whole == "not to be read").any().any()
    assert all(REGIONS[city] == region for city, region in zip(whole["city"], whole["region"], strict=True))


def test_imputed_cells_are_as_good_as_the_dependencies_allow(model):
    fresh = people(seed=9)
    fresh = fresh[fresh["buys"].notna() & fresh["job"].isin(["cook", "clerk"])].reset_index(drop=True)
    whole = model.complete(fresh, seed=2, missing=pd.DataFrame({"job": [True] * len(fresh)}))
    assert (whole["job"] == fresh["job"]).mean() > 0.75


@pytest.mark.parametrize(
    ("given", "missing", "told"),
    [
        ({"nobody": ["x"]}, None, "1 given columns were not learnt, `nobody` first"),
        ({"city": ["Paris", "Mons"]}, None, "column `city`: fewer than 10 rows"),
        ({"city": ["Paris"] * 12}, None, "column `city`: 12 rows"),
        ({"age": [None]}, None, "column `age`: fewer than 10 rows"),
        ({"city": ["Mons"]}, {"city": [True, False]}, "the mask of missing cells has 2 rows and the given cells 1"),
        ({"city": ["Mons"]}, {"age": [True]}, "no column that is not given"),
    ],
)
def test_what_cannot_be_conditioned_on_is_refused_without_a_cell(model, given, missing, told):
    with pytest.raises(SynthesisFailed, match=told) as caught:
        model.complete(pd.DataFrame(given, dtype=object), seed=1, missing=None if missing is None else pd.DataFrame(missing))
    assert "Paris" not in str(caught.value)


def test_the_same_seed_completes_alike_and_another_does_not(model, table):
    given = table[["age"]][:200]
    assert model.complete(given, seed=1).equals(model.complete(given, seed=1))
    assert not model.complete(given, seed=1).equals(model.complete(given, seed=2))


@pytest.mark.parametrize("n_rows", [0, 1])
def test_few_rows_and_no_given_column_are_completed_too(model, n_rows):
    assert model.complete(pd.DataFrame(index=range(n_rows)), seed=1).shape == (n_rows, len(COLUMNS))


def test_batches_of_rows_leave_no_row_out(model, table, monkeypatch):
    monkeypatch.setattr("veil.synthesizers.circuits.completing.MAX_FLOATS", 50_000)
    whole = model.complete(table[["city", "age"]], seed=1)
    assert whole[["city", "age"]].equals(table[["city", "age"]])
    assert whole["job"].notna().all()


def test_partly_given_combinations_weigh_their_levels_and_the_pool_by_what_agrees():
    variable = Variable((0, 1), np.array([[0, 0], [0, 1], [1, 2]]), np.array([[2, 1], [3, 3]]), np.array([1, 3]))
    variables = Variables(("a", "b"), (4, 4), {}, (variable,))
    (found,) = evidence_of(variables, np.array([[-1, -1], [0, -1], [-1, 1], [1, 2], [2, -1], [3, 3]]))
    assert found.levels.tolist() == [-1, -1, -1, 2, 3, 3]
    assert [found.weights[kind].tolist() for kind in found.kinds[[1, 2]]] == [[1, 1, 0, 0], [0, 1, 0, 0.25]]
    assert found.kinds[0] == -1


def test_the_pool_is_drawn_from_by_what_agrees_with_the_given_cells():
    variable = Variable((0, 1), np.array([[0, 0]]), np.array([[2, 1], [2, 2], [3, 3]]), np.array([1, 3, 1]))
    table = np.tile([2, -1], (4_000, 1))
    variable.fill(table, np.ones(4_000, dtype=np.int64), np.random.default_rng(1), {})
    assert set(table[:, 0]) == {2}
    assert abs((table[:, 1] == 2).mean() - 0.75) < 0.03


def test_shares_are_drawn_from_row_by_row():
    shares = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0]])[np.repeat([0, 1, 2], 5_000)]
    drawn = drawn_from_shares(shares, np.random.default_rng(1)).reshape(3, -1)
    assert set(drawn[0]) == {1}
    assert abs((drawn[1] == 2).mean() - 0.75) < 0.03
    assert set(drawn[1]) == {0, 2}
    assert set(drawn[2]) == {0, 1, 2}
