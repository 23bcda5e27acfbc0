"""What the utility models learn: which column they predict, from which features, on which rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from veil.checks.base import CheckInput
from veil.checks.view import View, shared_views
from veil.rng import generator, integer

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats

MIN_LEVELS, MAX_LEVELS = 2, 20
MIN_ROWS_PER_LEVEL = 10
MIN_ROWS = 50
MAX_INDICATORS = 20
CHOICE_ROWS = 4_000
CHOICE_FOLDS = 3
DETERMINED = 0.999
MIN_ROWS_PER_VALUE = 20


@dataclass(frozen=True)
class Rows:
    """Features twice, as trees take them and as linear models do, and the truth; n_rows each.

    `ordinal` has one column per feature, codes for levels and NaN for unknown numbers; `indicators` has levels as
    0/1 columns, at most 20 per feature, and numbers scaled, unknown ones at the mean. `truth` is the class or the number.
    """

    ordinal: Floats = field(repr=False)
    indicators: Floats = field(repr=False)
    truth: Floats = field(repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.truth)


@dataclass(frozen=True)
class Task:
    """A target to predict. Truth is a class in [0, n_classes) for levels and a number otherwise (n_classes 0)."""

    target: str
    features: tuple[str, ...]
    n_classes: int
    original: Rows
    synthetic: Rows
    holdout: Rows

    @property
    def metric(self) -> Literal["AUC", "R2"]:
        """Name of the score."""
        return "AUC" if self.n_classes else "R2"

    @property
    def truth(self) -> Floats:
        """The holdout's truth."""
        return self.holdout.truth


@dataclass(frozen=True)
class Unusable:
    """Why there is nothing to predict."""

    reason: str


def make_task(tables: CheckInput, max_rows: int) -> Task | Unusable:
    """Return the task for the declared target, or for the discrete column that a tree predicts best on train."""
    views = shared_views(tables.columns, tables.train, tables.holdout, tables.synthetic)
    names = tuple(column.name for column in tables.columns)
    if len(names) < 2 or min(view.n_rows for view in views) < MIN_ROWS:
        return Unusable(f"needs two columns and {MIN_ROWS} rows in each table")
    if tables.target is not None and tables.target not in names:
        return Unusable(f"target `{tables.target}` is not among the columns that were learnt")
    target = tables.target or choose_target(views[0], tables.seed)
    if target is None:
        return Unusable(f"no column of {MIN_LEVELS} to {MAX_LEVELS} levels that a tree can predict")
    return _task_for(target, views, max_rows, tables.seed)


def _task_for(target: str, views: tuple[View, ...], max_rows: int, seed: int) -> Task | Unusable:
    truths, n_classes = _truths(target, views)
    rows = [_chosen(truth, max_rows, generator(seed, "utility", "rows", str(at))) for at, truth in enumerate(truths)]
    if n_classes == 1 or min(len(chosen) for chosen in (rows[0], rows[1])) < MIN_ROWS:
        return Unusable(f"target `{target}` is constant, or unknown in too many rows")
    if not len(rows[2]):
        return Unusable(f"target `{target}` has no known value in the synthetic table")
    if not n_classes and float(np.std(truths[0][rows[0]])) == 0:
        return Unusable(f"target `{target}` is constant")
    features = tuple(column.name for column in views[0].columns if column.name != target)
    made = [Rows(ordinal(view, features)[chosen], indicators(view, views[0], features)[chosen], truth[chosen])
            for view, truth, chosen in zip(views, truths, rows, strict=True)]
    return Task(target, features, n_classes, original=made[0], holdout=made[1], synthetic=made[2])


def _chosen(truth: Floats, max_rows: int, rng: np.random.Generator) -> Codes:
    known = np.flatnonzero(~np.isnan(truth))
    return known if len(known) <= max_rows else np.sort(rng.choice(known, max_rows, replace=False))


def _truths(target: str, views: tuple[View, ...]) -> tuple[list[Floats], int]:
    """Return each view's truth, NaN where it is not used, and the number of classes, 0 for numbers.

    Classes are levels that train and holdout have at least 10 times each; rows of other levels are left out.
    """
    levels = _levels(target, views)
    if levels is None:
        return [view.numbers[target] for view in views], 0
    counts = [np.bincount(codes, minlength=levels[1]) for codes in levels[0][:2]]
    usable = np.flatnonzero((counts[0] >= MIN_ROWS_PER_LEVEL) & (counts[1] >= MIN_ROWS_PER_LEVEL))
    to_class = np.full(levels[1], np.nan)
    to_class[usable] = np.arange(len(usable))
    return [to_class[codes] for codes in levels[0]], max(len(usable), 1)


def _levels(name: str, views: tuple[View, ...]) -> tuple[list[Codes], int] | None:
    """Return level codes; None for a number of more than 20 values."""
    if name not in views[0].numbers:
        return [view.codes[name] for view in views], views[0].n_levels[name]
    known = np.unique(views[0].numbers[name][~np.isnan(views[0].numbers[name])])
    if len(known) > MAX_LEVELS:
        return None
    return [_place(view.numbers[name], known) for view in views], len(known) + 1


def _place(numbers: Floats, known: Floats) -> Codes:
    at = np.minimum(np.searchsorted(known, numbers), max(len(known) - 1, 0))
    return np.where(known[at] == numbers, at, len(known)) if len(known) else np.zeros(len(numbers), dtype=np.int64)


def ordinal(view: View, features: tuple[str, ...]) -> Floats:
    """Return one column per feature: numbers, or codes of levels."""
    return np.column_stack([view.numbers.get(name, view.codes[name]) for name in features]).astype(np.float64)


def indicators(view: View, original: View, features: tuple[str, ...]) -> Floats:
    """Return 0/1 columns for the 20 most frequent levels of each discrete feature and scaled numbers; by the original."""
    parts: list[Any] = []
    for name in features:
        if name in view.numbers:
            known = original.numbers[name][~np.isnan(original.numbers[name])]
            mean, deviation = (float(known.mean()), float(known.std())) if known.size else (0.0, 0.0)
            scaled = (view.numbers[name] - mean) / (deviation if deviation > 0 else 1.0)
            parts.append(np.clip(np.nan_to_num(scaled), -10, 10))
            continue
        counts = np.bincount(original.codes[name], minlength=view.n_levels[name])
        shown = np.argsort(-counts, kind="stable")[:MAX_INDICATORS]
        parts.append(view.codes[name][:, None] == shown[counts[shown] > 0])
    return np.column_stack(parts).astype(np.float64)


def choose_target(train: View, seed: int) -> str | None:
    """Return the column of 2 to 20 levels that a small tree predicts best (cross-validated AUC), None if there is none.

    A column that one other column determines (a code beside its label, a country beside its city) comes last: every model is
    perfect on it, so it tells little about what was kept.
    """
    best: tuple[bool, float, str] | None = None
    rows = generator(seed, "utility", "choice").permutation(train.n_rows)[:CHOICE_ROWS]
    for column in train.columns:
        levels = _levels(column.name, (train,))
        if levels is None or not _usable(np.bincount(levels[0][0], minlength=levels[1])):
            continue
        features = tuple(other.name for other in train.columns if other.name != column.name)
        found = _tree_auc(ordinal(train, features)[rows], levels[0][0][rows], seed)
        if found is None or found <= 0.5:
            continue
        rank = (not is_determined(levels[0][0], train, features), found, column.name)
        best = rank if best is None or rank[:2] > best[:2] else best
    return None if best is None else best[2]


def is_determined(target: Codes, train: View, features: tuple[str, ...]) -> bool:
    """Return True if one feature tells the target's level in 99.9 % of the rows; features of many values do not count."""
    for name in features:
        values = train.numbers[name] if name in train.numbers else train.codes[name]
        codes = np.unique(values, return_inverse=True)[1]
        if codes.max() + 1 > train.n_rows / MIN_ROWS_PER_VALUE:
            continue
        n_levels = int(target.max()) + 1
        together = np.bincount(codes * n_levels + target, minlength=(int(codes.max()) + 1) * n_levels).reshape(-1, n_levels)
        if together.max(axis=1).sum() >= DETERMINED * train.n_rows:
            return True
    return False


def _usable(counts: Codes) -> bool:
    return MIN_LEVELS <= int((counts > 0).sum()) <= MAX_LEVELS and int((counts >= 2 * MIN_ROWS_PER_LEVEL).sum()) >= MIN_LEVELS


def _tree_auc(features: Floats, truth: Codes, seed: int) -> float | None:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    from veil.checks.models import mean_auc

    _, codes, counts = np.unique(truth, return_inverse=True, return_counts=True)
    keep = counts[codes] >= MIN_ROWS_PER_LEVEL
    if len(np.unique(codes[keep])) < MIN_LEVELS:
        return None
    classes = np.unique(codes[keep], return_inverse=True)[1]
    tree = DecisionTreeClassifier(max_depth=6, min_samples_leaf=5, random_state=integer(seed, "utility", "choice") % 2**32)
    folds = StratifiedKFold(CHOICE_FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(tree, features[keep], classes, cv=folds, method="predict_proba")
    return mean_auc(classes, chances)
