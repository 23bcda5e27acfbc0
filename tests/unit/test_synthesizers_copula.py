"""The Gaussian copula: marginals and correlations kept, nulls with their pattern, conditions, and tables of fifty rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers import load_model
from veil.synthesizers.conditions import Between, OneOf
from veil.synthesizers.copulas.correlation import latent_correlation, nearest_definite, shrunk
from veil.synthesizers.copulas.patterns import Patterns
from veil.synthesizers.copulas.scales import Scale, main_places, normal_at, uniform_at
from veil.synthesizers.gaussian_copula import GaussianCopula

COLUMNS = (
    Column("age", "integer"), Column("income", "decimal", "0.00"), Column("bonus", "decimal", "0.00"), Column("sex", "category"),
    Column("job", "category"), Column("since", "date", "%Y-%m-%d"),
)  # fmt: skip
JOBS = ("clerk", "nurse", "pilot", "judge")


def staff(seed: int = 1, n: int = 3_000) -> pd.DataFrame:
    """Return people whose pay goes with their age and job; income and bonus are null together for one in ten."""
    rng = np.random.default_rng(seed)
    skill = rng.standard_normal(n)
    age = np.clip(45 + 12 * (0.7 * skill + 0.7 * rng.standard_normal(n)), 18, 80).astype(int)
    job = np.searchsorted([-0.7, 0.4, 1.2], skill + 0.5 * rng.standard_normal(n))
    income = np.exp(10 + 0.4 * skill + 0.1 * rng.standard_normal(n))
    bonus = np.where(rng.random(n) < 0.3, 0.0, income / 20 * rng.uniform(0.5, 1.5, n))
    since = pd.Timestamp("2024-01-01") - pd.to_timedelta((age - 17) * 200 + rng.integers(0, 400, n), unit="D")
    table = pd.DataFrame(
        {
            "age": age.astype(str),
            "income": [f"{each:.2f}" for each in income],
            "bonus": [f"{each:.2f}" for each in bonus],
            "sex": rng.choice(["f", "m"], n),
            "job": np.array(JOBS)[job],
            "since": since.strftime("%Y-%m-%d"),
        },
        dtype=object,
    )
    table.loc[rng.random(n) < 0.1, ["income", "bonus"]] = None
    return table


def silent(*_):
    pass


@pytest.fixture(scope="module")
def table():
    return staff()


@pytest.fixture(scope="module")
def model(table):
    return GaussianCopula().fit(table, COLUMNS, seed=7, progress=silent)


@pytest.fixture(scope="module")
def sampled(model):
    return model.sample(3_000, seed=3)


def test_shares_of_levels_and_quantiles_of_numbers_are_those_of_the_training_rows(table, sampled):
    for name in ("sex", "job"):
        assert (sampled[name].value_counts(normalize=True) - table[name].value_counts(normalize=True)).abs().max() < 0.015
    for name in ("age", "income"):
        wanted, drawn = (np.quantile(part[name].dropna().astype(float), [0.05, 0.5, 0.95]) for part in (table, sampled))
        assert drawn == pytest.approx(wanted, rel=0.05)
    assert (sampled["bonus"] == "0.00").mean() == pytest.approx((table["bonus"] == "0.00").mean(), abs=0.02)


def test_numbers_and_levels_go_together_as_they_did(table, sampled):
    for part in (table, sampled):
        part = part.dropna()
        ranks = pd.DataFrame({"age": part["age"].astype(float), "income": part["income"].astype(float),
                              "job": part["job"].map({job: place for place, job in enumerate(JOBS)})}).rank()  # fmt: skip
        assert ranks.corr().loc["age", "income"] == pytest.approx(0.67, abs=0.06)
        assert ranks.corr().loc["income", "job"] == pytest.approx(0.79, abs=0.06)


def test_nulls_come_together_and_as_often(table, sampled):
    assert (sampled["income"].isna() == sampled["bonus"].isna()).all()
    assert sampled["income"].isna().mean() == pytest.approx(table["income"].isna().mean(), abs=0.01)


def test_formats_are_kept(sampled):
    assert sampled["income"].dropna().str.fullmatch(r"\d+\.\d\d").all()
    assert pd.to_datetime(sampled["since"], format="%Y-%m-%d").notna().all()


@pytest.mark.parametrize(
    "where",
    [
        {"job": OneOf(("pilot",))},
        {"age": Between("30", "35")},
        {"income": Between("20000.00", None), "sex": OneOf(("f",))},
        {"income": OneOf((None,))},
        {"bonus": OneOf(("0.00", None))},
        {"bonus": OneOf(("0.00",)), "since": Between(None, "2010-01-01"), "job": OneOf(("judge", "pilot"))},
    ],
)
def test_every_row_meets_the_condition_and_the_rest_is_as_in_the_models_own_rows_that_do(model, where):
    from veil.synthesizers.conditions import met

    drawn = model.sample(1_500, seed=5, where=where)
    assert len(drawn) == 1_500
    assert met(drawn, COLUMNS, where).all()
    free = model.sample(30_000, seed=6)
    alike = free[met(free, COLUMNS, where)]
    for name in ("sex", "job"):
        shares = drawn[name].value_counts(normalize=True).sub(alike[name].value_counts(normalize=True), fill_value=0)
        assert shares.abs().max() < 0.06
    assert drawn["age"].astype(int).mean() == pytest.approx(alike["age"].astype(int).mean(), abs=1.2)
    assert drawn["income"].isna().mean() == pytest.approx(alike["income"].isna().mean(), abs=0.06)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"nobody": OneOf(("x",))}, "`nobody`, which was not learnt"),
        ({"job": OneOf(("thief",))}, "no learnt row met"),
        ({"job": Between("a", "b")}, "holds no numbers and no dates"),
        ({"income": OneOf((None,)), "bonus": Between("1.00", None)}, "no pattern of nulls"),
    ],
)
def test_a_condition_without_support_is_refused(model, where, told):
    with pytest.raises(SynthesisFailed, match=told) as caught:
        model.sample(1, seed=1, where=where)
    assert "thief" not in str(caught.value)


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(table, model):
    again = GaussianCopula().fit(table, COLUMNS, seed=7, progress=silent)
    assert again.sample(500, seed=3).equals(model.sample(500, seed=3))
    assert not model.sample(500, seed=3).equals(model.sample(500, seed=4))


def test_a_saved_model_samples_the_same_rows_and_holds_no_pickle(tmp_path, model):
    model.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.safetensors"]
    read = load_model(tmp_path)
    assert read.sample(400, seed=9).equals(model.sample(400, seed=9))
    assert read.history == model.history


@pytest.mark.parametrize("rows", [0, 1])
def test_as_many_rows_as_asked(model, rows):
    assert model.sample(rows, seed=1).shape == (rows, len(COLUMNS))


def test_fifty_rows_are_enough_and_chance_in_them_is_not_believed():
    rng = np.random.default_rng(5)
    noise = pd.DataFrame({f"c{place}": rng.integers(0, 1_000, 50).astype(str) for place in range(8)}, dtype=object)
    columns = tuple(Column(name, "integer") for name in noise)
    fitted = GaussianCopula().fit(noise, columns, seed=1, progress=silent)
    believed = GaussianCopula(shrink=False).fit(noise, columns, seed=1, progress=silent)
    assert np.abs(fitted.correlation - np.eye(9)).max() < np.abs(believed.correlation - np.eye(9)).max() / 2
    assert fitted.history[0].losses["shrinkage"] > 0.5
    assert len(fitted.sample(200, seed=1)) == 200


def test_what_is_sure_in_fifty_rows_is_kept_and_no_number_of_theirs_is_repeated():
    table = staff(n=50).dropna()[["age", "income"]].reset_index(drop=True)
    drawn = GaussianCopula().fit(table, COLUMNS[:2], seed=1, progress=silent).sample(2_000, seed=1)
    wanted, found = (part.astype(float).rank().corr().iloc[0, 1] for part in (table, drawn))
    assert found == pytest.approx(wanted, abs=0.15)
    assert drawn["income"].isin(table["income"]).mean() < 0.02


@pytest.mark.parametrize(("rows", "told"), [(20, "at least 30 rows to learn from and has 20")])
def test_what_cannot_be_learnt_is_refused(rows, told):
    with pytest.raises(SynthesisFailed, match=told):
        GaussianCopula().fit(staff(n=rows), COLUMNS, seed=1, progress=silent)


@pytest.mark.parametrize("cells", [["only"] * 60, [None] * 60])
def test_a_column_of_one_value_is_kept(cells):
    table = staff(n=60).assign(job=cells)
    drawn = GaussianCopula().fit(table, COLUMNS, seed=1, progress=silent).sample(90, seed=1)
    assert set(drawn["job"].where(drawn["job"].notna(), None)) == set(cells)


# ---- the parts


def scale(*shares: float) -> Scale:
    return Scale(np.arange(len(shares)), np.array(shares))


@pytest.mark.parametrize("truth", [-0.8, -0.3, 0.0, 0.5, 0.8])
@pytest.mark.parametrize("pair", [(scale(0.9, 0.1), scale(0.2, 0.3, 0.5)), (scale(*[0.01] * 100), scale(0.5, 0.5))])
def test_the_correlation_behind_levels_is_found(truth, pair):
    rng = np.random.default_rng(1)
    one = rng.standard_normal(200_000)
    other = truth * one + np.sqrt(1 - truth**2) * rng.standard_normal(200_000)
    scores = [own.scores()[own.levels(uniform_at(normal))[0]] for own, normal in zip(pair, (one, other), strict=True)]
    found, rows = latent_correlation(np.column_stack(scores), np.array([own.terms() for own in pair]))
    assert found[0, 1] == pytest.approx(truth, abs=0.03)
    assert rows[0, 1] == 200_000


def test_a_number_that_is_not_known_counts_for_no_pair():
    scores = np.array([[1.0, np.nan], [-1.0, 0.5], [0.5, -0.5]])
    assert latent_correlation(scores, np.array([scale(0.5, 0.5).terms()] * 2))[1].tolist() == [[3, 2], [2, 2]]


def test_hermite_coefficients_add_up_to_the_variance_of_the_scores():
    for own in (scale(0.3, 0.7), scale(*[0.05] * 20)):
        variance = float((own.shares * own.scores() ** 2).sum())
        assert 0.8 * variance < float((own.terms() ** 2).sum()) <= variance + 1e-9


def test_levels_and_ranks_are_each_others_inverse_and_levels_without_share_never_come():
    own = Scale(np.array([2, 0, 1, 3]), np.array([0.2, 0.0, 0.5, 0.3]))
    levels = np.array([2, 1, 3, 1])
    drawn, inside = own.levels(own.within(levels, np.random.default_rng(1)))
    assert drawn.tolist() == levels.tolist()
    assert ((inside >= 0) & (inside <= 1)).all()
    assert set(own.levels(np.linspace(0, 1, 1_001)[:-1])[0]) == {1, 2, 3}
    assert own.scores()[0] == 0
    assert normal_at(uniform_at(np.array([-2.0, 0.5]))) == pytest.approx([-2.0, 0.5])


@pytest.mark.parametrize("wish", [np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]), np.eye(3)])
def test_the_nearest_matrix_is_definite_has_ones_and_is_the_same_if_it_was(wish):
    found = nearest_definite(wish.astype(float))
    assert np.linalg.eigvalsh(found).min() > 1e-6
    assert np.diag(found) == pytest.approx(np.ones(3))
    assert np.abs(found - found.T).max() < 1e-12
    clipped = np.linalg.eigh(wish)
    crude = clipped[1] * np.maximum(clipped[0], 1e-4) @ clipped[1].T
    crude = crude / np.sqrt(np.outer(np.diag(crude), np.diag(crude)))
    assert np.linalg.norm(found - wish) <= np.linalg.norm(crude - wish) + 1e-3


def test_more_rows_are_shrunk_less():
    correlation = np.array([[1, 0.5], [0.5, 1]])
    strengths = [shrunk(correlation, np.full((2, 2), n))[1] for n in (20.0, 200.0, 20_000.0)]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[-1] < 0.001
    assert shrunk(np.eye(2), np.full((2, 2), 50.0))[1] == 0.0


def test_levels_that_go_with_the_same_others_lie_side_by_side():
    rng = np.random.default_rng(2)
    one = rng.integers(0, 6, 3_000)
    other = np.where(np.isin(one, [0, 2, 5]), rng.integers(0, 2, 3_000), rng.integers(2, 4, 3_000))
    levels = np.column_stack([one, other])
    places = main_places(levels, [6, 4], 0, [one, other])
    assert np.ptp(places[[0, 2, 5]]) < np.ptp(places) / 4
    assert main_places(levels[:, :1], [6], 0, [one]).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_rare_pattern_of_nulls_becomes_the_one_most_like_it():
    levels = np.array([[3, 5]] * 6 + [[0, 0]] * 5 + [[0, 5]] * 2)
    absent = {0: np.array([0]), 1: np.array([0])}
    patterns = Patterns.fit(levels, absent)
    assert patterns.levels.tolist() == [[-1, -1], [0, 0]]
    assert patterns.of(levels, absent).tolist() == [0] * 6 + [1] * 5 + [0] * 2
    assert patterns.possible({0: np.array([True, False, False, False])}).tolist() == [False, True]
    drawn = np.full((2, 2), 4)
    patterns.fill(drawn, np.array([0, 1]))
    assert drawn.tolist() == [[4, 4], [0, 0]]
