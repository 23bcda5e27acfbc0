"""Utility: does a model trained on the synthetic table do as well on real people as one trained on the original?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from veil.checks.base import CheckInput, Family, not_run
from veil.checks.features import Task, Unusable, make_task
from veil.checks.intervals import Interval
from veil.checks.models import fitted_scores, score, score_replicates
from veil.model import CheckReport, CheckResult, ModelScore
from veil.rng import generator

if TYPE_CHECKING:
    from veil.checks.view import Floats

N_BOOTSTRAPS = 200
LEAST_SKILL = 0.02


@dataclass(frozen=True)
class _Trial:
    """One model: its score on the holdout and its predictions there, trained on either table."""

    model: str
    on_original: float
    on_synthetic: float
    original: Floats
    synthetic: Floats


@dataclass(frozen=True)
class UtilityKept:
    """Skill that a model trained on synthetic rows has on the holdout, as a share of the skill trained on train.

    Skill is 2 * AUC - 1 for levels (one against the rest, averaged, where there are more than two) and R2 for numbers.
    Models are boosted trees, a linear model, a decision tree, naive Bayes (for levels) and nearest neighbors. The value is
    that of the model that is best when trained on the original; `detail` says whether the models rank alike.
    Fits on at most `max_rows` rows of each table.

    Source: train on synthetic, test on real, Esteban et al. 2017, arXiv 1706.02633. The interval is a paired bootstrap of the
    holdout's rows.
    """

    name: ClassVar[str] = "utility_kept"
    family: ClassVar[Family] = "utility"
    measures: ClassVar[tuple[str, ...]] = ("utility_kept",)

    max_rows: int = 20_000

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result, at least 0; 1 if nothing is lost."""
        return self.report(tables).results

    def report(self, tables: CheckInput) -> CheckReport:
        """Return the result and the scores of every model."""
        task = make_task(tables, self.max_rows)
        if isinstance(task, Unusable):
            return CheckReport((not_run(self.name, "utility", tables, task.reason),))
        trials = _trials(task, tables.seed)
        scores = tuple(ModelScore(tables.table, task.target, trial.model, task.metric, trial.on_original, trial.on_synthetic)
                       for trial in trials)
        best = max(trials, key=lambda trial: trial.on_original)
        skills = _bootstrapped_skills(best, task, generator(tables.seed, self.name, "bootstrap"))
        if min(_skill(best.on_original, task), float(np.quantile(skills[0], 0.025))) < LEAST_SKILL:
            reason = f"no model trained on the original predicts `{task.target}`"
            return CheckReport((not_run(self.name, "utility", tables, reason),), models=scores)
        value = max(_skill(best.on_synthetic, task), 0.0) / _skill(best.on_original, task)
        low, high = _kept_interval(skills, value)
        result = CheckResult(self.name, "utility", tables.table, task.features, value, low, high,
                             detail=_detail(task, best, trials), n=len(task.truth))
        return CheckReport((result,), models=scores)


def model_scores(tables: CheckInput) -> tuple[ModelScore, ...]:
    """Return the scores of every model on the holdout, trained on each table; empty if there is no usable target."""
    return UtilityKept().report(tables).models


def _trials(task: Task, seed: int) -> list[_Trial]:
    original, synthetic = (fitted_scores(task, rows, seed) for rows in (task.original, task.synthetic))
    return [
        _Trial(model, round(score(task, predicted), 6), round(score(task, synthetic[model]), 6), predicted, synthetic[model])
        for model, predicted in original.items()
    ]


def _detail(task: Task, best: _Trial, trials: list[_Trial]) -> str:
    return (f"target `{task.target}`, best model {best.model}: {task.metric} {best.on_original:.4f} trained on original, "
            f"{best.on_synthetic:.4f} on synthetic; {_ranking(trials)}; "
            f"{len(task.original)} and {len(task.synthetic)} rows to train on")


def _skill(value: float, task: Task) -> float:
    return value if task.metric == "R2" else 2 * value - 1


def _bootstrapped_skills(best: _Trial, task: Task, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the skill on resampled holdouts, the same ones for both: trained on the original, and on the synthetic table."""
    n = len(task.truth)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=N_BOOTSTRAPS).astype(np.float64)
    scores = [score_replicates(task, predicted, weights) for predicted in (best.original, best.synthetic)]
    original, synthetic = (values if task.metric == "R2" else 2 * values - 1 for values in scores)
    return original, synthetic


def _kept_interval(skills: tuple[Floats, Floats], value: float) -> Interval:
    ratios = np.maximum(skills[1], 0) / np.maximum(skills[0], LEAST_SKILL / 2)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return min(float(low), value), max(float(high), value)


def _ranking(trials: list[_Trial]) -> str:
    from scipy.stats import kendalltau

    tau = float(kendalltau([trial.on_original for trial in trials], [trial.on_synthetic for trial in trials]).statistic)
    if np.isnan(tau):
        return f"ranking of {len(trials)} models: all equal"
    return f"ranking of {len(trials)} models: Kendall's tau {tau:.2f}"
