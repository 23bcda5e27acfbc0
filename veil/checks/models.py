"""The models that utility is measured with, and their scores on the holdout."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.rng import integer

if TYPE_CHECKING:
    from veil.checks.features import Rows, Task
    from veil.checks.view import Codes, Floats

MAX_TREES = 300


def fitted_scores(task: Task, rows: Rows, seed: int) -> dict[str, Floats]:
    """Fit every model on rows and return what it predicts for the holdout.

    Returns
    -------
    predictions : per model, (n_holdout, n_classes) chances for levels, (n_holdout, 1) numbers otherwise. A class that the
        rows lack has chance 0; rows of one class teach nothing, so every chance is equal.
    """
    if task.n_classes and len(np.unique(rows.truth)) < 2:
        nothing = np.full((len(task.holdout), task.n_classes), 1 / task.n_classes)
        return dict.fromkeys(_models(task, len(rows), seed), nothing)
    predictions = {}
    for name, (model, wants_ordinal) in _models(task, len(rows), seed).items():
        seen, asked = (part.ordinal if wants_ordinal else part.indicators for part in (rows, task.holdout))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a linear model that stopped early is scored as it is
            model.fit(_without_empty(seen), rows.truth)
        predictions[name] = _predict(model, asked, task.n_classes)
    return predictions


def _without_empty(features: Floats) -> Floats:
    """Return features with 0 in columns that hold no number at all: boosted trees cannot bin these."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)


def _predict(model: Any, features: Floats, n_classes: int) -> Floats:
    if not n_classes:
        return np.asarray(model.predict(features), dtype=np.float64)[:, None]
    chances = np.zeros((len(features), n_classes))
    chances[:, model.classes_.astype(np.int64)] = model.predict_proba(features)
    return chances


def _models(task: Task, n_rows: int, seed: int) -> dict[str, tuple[Any, bool]]:
    """Return the models by name, and whether each takes ordinal features."""
    state = integer(seed, "utility", "models") % 2**32
    return _classifiers(task.n_classes, n_rows, state) if task.n_classes else _regressors(n_rows, state)


def _classifiers(n_classes: int, n_rows: int, state: int) -> dict[str, tuple[Any, bool]]:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    rounds = int(np.clip(MAX_TREES // n_classes, 20, 100))
    return {
        "boosted trees": (HistGradientBoostingClassifier(max_iter=rounds, early_stopping=False, random_state=state), True),
        "linear": (LogisticRegression(max_iter=200, random_state=state), False),
        "decision tree": (DecisionTreeClassifier(max_depth=8, min_samples_leaf=5, random_state=state), True),
        "naive Bayes": (GaussianNB(var_smoothing=1e-3), False),
        "nearest neighbors": (KNeighborsClassifier(min(15, n_rows), algorithm="brute", n_jobs=1), False),
    }


def _regressors(n_rows: int, state: int) -> dict[str, tuple[Any, bool]]:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.tree import DecisionTreeRegressor

    return {
        "boosted trees": (HistGradientBoostingRegressor(max_iter=100, early_stopping=False, random_state=state), True),
        "linear": (Ridge(), False),
        "decision tree": (DecisionTreeRegressor(max_depth=8, min_samples_leaf=5, random_state=state), True),
        "nearest neighbors": (KNeighborsRegressor(min(15, n_rows), algorithm="brute", n_jobs=1), False),
    }


def score(task: Task, predicted: Floats) -> float:
    """Return the score of predictions on the holdout: mean AUC or R2."""
    return float(score_replicates(task, predicted, np.ones((1, len(task.truth))))[0])


def score_replicates(task: Task, predicted: Floats, weights: Floats) -> Floats:
    """Return the score per row of weights (n_replicates, n_holdout)."""
    if task.n_classes:
        classes = task.truth.astype(np.int64)
        areas = [weighted_auc(classes == level, chances, weights) for level, chances in _rest(predicted)]
        return np.asarray(np.mean(areas, axis=0))
    total = weights.sum(axis=1)
    mean = weights @ task.truth / total
    spread = weights @ task.truth**2 - total * mean**2
    lost = weights @ (task.truth - predicted[:, 0]) ** 2
    return np.asarray(1 - lost / np.maximum(spread, 1e-12))


def _rest(chances: Floats) -> list[tuple[int, Floats]]:
    """Return class and chance, one against the rest; for two classes the second one says it all."""
    return [(level, chances[:, level]) for level in range(chances.shape[1]) if chances.shape[1] > 2 or level]


def mean_auc(classes: Codes, chances: Floats) -> float:
    """Return the area under the ROC curve, one class against the rest, averaged over the classes.

    Source: Provost and Domingos 2003, doi 10.1023/A:1024099825458, with equal weights.
    """
    weights = np.ones((1, len(classes)))
    return float(np.mean([weighted_auc(classes == level, column, weights)[0] for level, column in _rest(chances)]))


def weighted_auc(positive: Any, scores: Floats, weights: Floats) -> Floats:
    """Return the area under the ROC curve per row of weights, ties counted half; 0.5 where a side has no weight."""
    values, place = np.unique(scores, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(values)))
    sides = [np.add.reduceat((weights * side)[:, order], starts, axis=1) for side in (positive, ~positive)]
    below = sides[1].cumsum(axis=1) - sides[1] / 2
    pairs = sides[0].sum(axis=1) * sides[1].sum(axis=1)
    area = np.divide((sides[0] * below).sum(axis=1), pairs, out=np.full(len(weights), 0.5), where=pairs > 0)
    return np.asarray(area)
