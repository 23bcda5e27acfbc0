"""The gate against repeating: fresh rows pass it, copies and replayed values do not, and it tells no cell."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from veil.errors import SynthesisFailed
from veil.synthesizers.replay import Replay, measured_replay, refuse_replay

COLUMNS = ("city", "code", "income")


def people(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Return rows whose incomes hardly ever meet and whose codes do now and then; one in ten has no income."""
    income = rng.lognormal(10, 0.5, n)
    table = pd.DataFrame(
        {
            "city": rng.choice(["Ghent", "Namur", "Mons"], n),
            "code": [f"C{code:04d}" for code in rng.integers(0, 3_000, n)],
            "income": [f"{each:.2f}" for each in income],
        },
        dtype=object,
    )
    table.loc[rng.random(n) < 0.1, "income"] = None
    return table


def three(seed: int, n_train: int = 2_000, n_holdout: int = 500) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return people(rng, n_train), people(rng, n_holdout), people(rng, n_train)


def refused(train, holdout, synthetic, columns=COLUMNS) -> str:
    try:
        refuse_replay(measured_replay(train, holdout, synthetic, columns))
    except SynthesisFailed as error:
        return str(error)
    return ""


def test_fresh_rows_pass_whatever_the_sides_sizes_are():
    outcomes = [refused(*three(seed, 1_000, size)) for seed in range(15) for size in (200, 3_000)]
    assert outcomes == [""] * 30


@pytest.mark.parametrize("share", [0.05, 0.2, 1.0])
def test_copied_rows_are_refused(share):
    train, holdout, synthetic = three(1)
    n = int(share * len(train))
    synthetic.iloc[:n] = train.sample(n, random_state=1).to_numpy()
    message = refused(train, holdout, synthetic)
    assert "rows of train alone" in message
    assert "smooth more" in message


@pytest.mark.parametrize(("column", "n"), [("income", 40), ("code", 1_000)])
def test_replayed_values_of_one_column_are_refused_by_its_name_and_without_a_cell(column, n):
    train, holdout, synthetic = three(2)
    synthetic.loc[: n - 1, column] = train[column].dropna().drop_duplicates()[:n].to_numpy()
    message = refused(train, holdout, synthetic)
    assert f"`{column}`" in message
    assert not any(f"`{other}`" in message for other in COLUMNS if other != column)
    assert not any(cell in message for cell in train[column].dropna())


def test_rows_of_the_holdout_may_be_met_as_often():
    train, holdout, synthetic = three(3, 1_000, 1_000)
    both = np.vstack([train[:200].to_numpy(), holdout[:200].to_numpy()])
    synthetic.iloc[:400] = both
    rows, *_ = measured_replay(train, holdout, synthetic, COLUMNS)
    assert abs(rows.n_train - rows.n_holdout) <= 10
    assert rows.expected == pytest.approx(0.5, abs=0.01)


def test_more_copies_than_the_holdout_has_are_refused_though_both_sides_have_them():
    rng = np.random.default_rng(4)
    train, holdout = (pd.DataFrame({"code": rng.integers(0, 100_000, 2_000).astype(str)}, dtype=object) for _ in range(2))
    synthetic = pd.concat([train[:300], holdout[:300], people(rng, 1_400)[["code"]]])
    assert "rows" in refused(train, holdout, synthetic, ("code",))


def test_values_that_five_records_hold_and_nulls_do_not_count():
    train = pd.DataFrame({"code": ["a"] * 5 + ["b"] * 4 + [None, None]}, dtype=object)
    holdout = pd.DataFrame({"code": ["c", "d"]}, dtype=object)
    synthetic = pd.DataFrame({"code": ["a", "b", "c", None]}, dtype=object)
    _, codes = measured_replay(train, holdout, synthetic, ("code",))
    assert (codes.n_train, codes.n_holdout) == (1, 1)
    assert codes.share == 0.25
    assert codes.holdout_share == 0.0


def test_one_that_is_repeated_often_is_one_observation():
    train, holdout, synthetic = three(5)
    synthetic.loc[:199, "income"] = train["income"].dropna().iloc[0]
    assert refused(train, holdout, synthetic) == ""


def test_the_chance_of_a_value_takes_into_account_how_many_hold_it():
    train = pd.DataFrame({"code": ["a", "a", "b", "x"]}, dtype=object)
    holdout = pd.DataFrame({"code": ["y"]}, dtype=object)
    synthetic = pd.DataFrame({"code": ["a", "b"]}, dtype=object)
    _, codes = measured_replay(train, holdout, synthetic, ("code",))
    assert codes.expected == pytest.approx((16 / 17 + 4 / 5) / 2)


@pytest.mark.parametrize("chances", [(0.8, 0.8, 0.8), (0.2, 0.9, 0.95), (0.5, 0.8, 0.99)])
def test_the_p_value_is_no_less_than_the_exact_one_for_trials_of_different_chances(chances):
    from veil.synthesizers.replay import _tail

    exact = [0.0] * (len(chances) + 1)
    for outcome in product((0, 1), repeat=len(chances)):
        weight = np.prod([chance if hit else 1 - chance for hit, chance in zip(outcome, chances, strict=True)])
        for hits in range(sum(outcome) + 1):
            exact[hits] += weight
    assert _tail(3, 3, float(np.mean(chances))) >= exact[3] - 1e-12
    assert _tail(0, 0, 0.5) == 1.0


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_without_rows_on_a_side_nothing_can_be_told(empty):
    tables = list(three(6, 60, 60))
    tables[empty] = tables[empty][:0]
    with pytest.raises(SynthesisFailed, match="set a holdout aside"):
        measured_replay(*tables, COLUMNS)


def test_small_counts_are_not_told():
    told = Replay("income", 0.1, 0.0, 7, 0, 0.8, 1e-9).told
    assert told == "fewer than 10 rare values of `income` of train alone, 0 of the holdout alone (p = 1.0e-09)"


def test_a_cell_that_reads_like_another_joined_is_another_row():
    train = pd.DataFrame({"one": ["a", "ab"], "other": ["bc", "c"]}, dtype=object)
    synthetic = pd.DataFrame({"one": ["a"], "other": ["c"]}, dtype=object)
    rows, *_ = measured_replay(train, train[:1], synthetic, ("one", "other"))
    assert rows.share == 0.0
