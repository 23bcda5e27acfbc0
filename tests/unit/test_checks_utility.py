"""Utility: the target that is chosen, the scores, and what is kept of them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from veil.checks import CheckInput, model_scores
from veil.checks.features import Task, Unusable, choose_target, is_determined, make_task
from veil.checks.models import mean_auc, weighted_auc
from veil.checks.utility import UtilityKept
from veil.checks.view import shared_views
from veil.model import Column

COLUMNS = (
    Column("x", "decimal", "0.00"),
    Column("y", "decimal", "0.00"),
    Column("color", "category"),
    Column("noise", "category"),
    Column("id", "category"),
    Column("flat", "category"),
)


def rows(n, rng, *, signal=True):
    x, y = rng.normal(size=n), rng.normal(size=n)
    strength = x + y if signal else rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": [f"{v:.2f}" for v in x],
            "y": [f"{v:.2f}" for v in y],
            "color": np.where(strength + 0.5 * rng.normal(size=n) > 0, "red", "blue"),
            "noise": rng.choice(list("abc"), n),
            "id": [f"p{at}" for at in range(n)],
            "flat": "1",
        },
        dtype=object,
    )


def inputs(target=None, synthetic=None, n=600, columns=COLUMNS):
    rng = np.random.default_rng(2)
    train, holdout, fresh = rows(n, rng), rows(n, rng), rows(n, rng)
    return CheckInput("t", columns, (), train, holdout, fresh if synthetic is None else synthetic, target=target)


def test_the_most_predictable_column_of_few_levels_is_the_target():
    (view,) = shared_views(COLUMNS, inputs().train)
    assert choose_target(view, 0) == "color"


def test_a_column_that_another_determines_comes_last():
    made = inputs()
    parts = [
        part.assign(copy=part["noise"].map({"a": "1", "b": "2", "c": "3"})) for part in (made.train, made.holdout, made.synthetic)
    ]
    columns = (*COLUMNS, Column("copy", "category"))
    (view,) = shared_views(columns, parts[0])
    assert is_determined(view.codes["noise"], view, ("copy",))
    assert not is_determined(view.codes["color"], view, ("x", "y", "noise", "id"))
    assert choose_target(view, 0) == "color"
    only = (Column("noise", "category"), Column("copy", "category"))
    assert choose_target(shared_views(only, parts[0])[0], 0) in ("noise", "copy")


def test_fresh_rows_keep_the_utility_and_rows_without_the_signal_do_not():
    (fresh,) = UtilityKept().measure(inputs())
    (lost,) = UtilityKept().measure(inputs(synthetic=rows(600, np.random.default_rng(9), signal=False)))
    assert fresh.low > 0.9
    assert fresh.low <= fresh.value <= fresh.high
    assert lost.high < 0.5
    assert "Kendall's tau" in fresh.detail


def test_training_on_the_original_again_keeps_all_of_it():
    made = inputs()
    (same,) = UtilityKept().measure(CheckInput("t", COLUMNS, (), made.train, made.holdout, made.train))
    assert (same.low, same.value, same.high) == (1.0, 1.0, 1.0)


def test_at_least_three_models_are_scored_on_both_tables():
    scores = model_scores(inputs())
    assert {score.model for score in scores} == {"boosted trees", "linear", "decision tree", "naive Bayes", "nearest neighbors"}
    assert all(score.metric == "AUC" and score.trained_on_original > 0.8 for score in scores)


def test_numbers_are_predicted_by_regression():
    rng = np.random.default_rng(0)
    parts = [rows(300, rng) for _ in range(3)]
    for part in parts:
        part["sum"] = [f"{float(x) + float(y):.2f}" for x, y in zip(part["x"], part["y"], strict=True)]
    columns = (*COLUMNS[:4], Column("sum", "decimal", "0.00"))
    report = UtilityKept().report(CheckInput("t", columns, (), *parts, target="sum"))
    assert {score.metric for score in report.models} == {"R2"}
    assert len(report.models) == 4
    assert report.results[0].low > 0.9
    broken = parts[2].assign(sum=np.random.default_rng(1).permutation(parts[2]["sum"].to_numpy()))
    (result,) = UtilityKept().measure(CheckInput("t", columns, (), parts[0], parts[1], broken, target="sum"))
    assert (result.value, result.low) == (pytest.approx(0, abs=0.1), pytest.approx(0, abs=0.1))


def test_several_levels_and_one_that_the_synthetic_table_lacks():
    rng = np.random.default_rng(4)
    parts = [rows(600, rng) for _ in range(3)]
    for part in parts:
        part["third"] = pd.cut(part["x"].astype(float), [-9, -0.5, 0.5, 9], labels=["low", "mid", "high"]).astype(object)
    columns = (*COLUMNS[:4], Column("third", "category"))
    (whole,) = UtilityKept().measure(CheckInput("t", columns, (), *parts, target="third"))
    without = parts[2][parts[2]["third"] != "high"].reset_index(drop=True)
    (part,) = UtilityKept().measure(CheckInput("t", columns, (), parts[0], parts[1], without, target="third"))
    assert part.high < whole.low


def test_a_synthetic_table_of_one_level_keeps_nothing():
    made = inputs()
    (result,) = UtilityKept().measure(inputs(target="color", synthetic=made.synthetic.assign(color="red")))
    assert result.value == 0


@pytest.mark.parametrize(
    ("target", "columns", "reason"),
    [
        ("nothing", COLUMNS, "not among the columns"),
        ("flat", COLUMNS, "constant"),
        ("id", COLUMNS, "constant, or unknown"),
        ("noise", COLUMNS, "no model"),
        (None, COLUMNS[:1], "two columns"),
        (None, COLUMNS[:2], "no column of 2 to 20 levels"),
    ],
)
def test_without_a_usable_target_it_is_not_run_and_says_why(target, columns, reason):
    (result,) = UtilityKept().measure(inputs(target=target, columns=columns))
    assert (result.status, result.value) == ("not_run", None)
    assert reason in result.detail


def test_few_rows_are_not_measured():
    assert isinstance(make_task(inputs(n=40), 20_000), Unusable)


def test_rows_to_fit_are_capped_by_seed():
    first, again = (make_task(inputs(), 100) for _ in range(2))
    assert isinstance(first, Task)
    assert isinstance(again, Task)
    assert len(first.original) == len(first.synthetic) == 100
    assert (first.original.ordinal == again.original.ordinal).all()


def test_rare_levels_of_the_target_are_left_out():
    made = inputs()
    for part in (made.train, made.holdout):
        part.loc[:4, "color"] = "green"
    task = make_task(CheckInput("t", COLUMNS, (), made.train, made.holdout, made.synthetic, target="color"), 20_000)
    assert isinstance(task, Task)
    assert task.n_classes == 2
    assert len(task.holdout) == 595


def test_unknown_numbers_are_features_too():
    made = inputs()
    made.train.loc[::7, "x"] = None
    made.synthetic["x"] = None
    (result,) = UtilityKept().measure(CheckInput("t", COLUMNS, (), made.train, made.holdout, made.synthetic, target="color"))
    assert 0 < result.value < 1


def test_weighted_auc_is_sklearns():
    rng = np.random.default_rng(0)
    truth, scores, weights = (
        rng.random(200) < 0.3,
        rng.integers(0, 20, 200).astype(float),
        rng.integers(0, 3, (4, 200)).astype(float),
    )
    expected = [roc_auc_score(truth, scores, sample_weight=row) for row in weights]
    assert weighted_auc(truth, scores, weights) == pytest.approx(expected)
    assert weighted_auc(np.zeros(200, dtype=bool), scores, weights).tolist() == [0.5] * 4


def test_mean_auc_is_sklearns_one_against_the_rest():
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.ones(4), 300)
    classes = rng.integers(0, 4, 300)
    assert mean_auc(classes, chances) == pytest.approx(roc_auc_score(classes, chances, multi_class="ovr", average="macro"))


def test_r2_is_sklearns():
    from veil.checks.models import score

    made = inputs(target="y", columns=COLUMNS[:4])
    task = make_task(made, 20_000)
    assert isinstance(task, Task)
    predicted = np.random.default_rng(0).normal(size=(600, 1))
    assert score(task, predicted) == pytest.approx(r2_score(task.truth, predicted[:, 0]))
