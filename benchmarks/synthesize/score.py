"""Scores of a synthetic table that every rival is judged by: likeness, use, and closeness to the training rows.

Higher is better, but for C2ST (0.5: a classifier cannot tell the rows from the holdout's), the nearest-record share (0.5: no
nearer to the training rows than to as many rows of the holdout) and copies (which are to be no more than among the holdout).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.synthesize.data import Bench
from veil.columns import NUMERIC_TYPES, to_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

N_BINS = 10
N_TRIPLES = 100
N_LEVELS_SHOWN = 250
N_NEAREST = 4_000


def scores(bench: Bench, synthetic: pd.DataFrame) -> dict[str, float]:
    """Return all scores of a synthetic table."""
    view = View.of(bench)
    return {**_likeness(view, synthetic), **_use(view, synthetic), **_closeness(view, synthetic)}


@dataclass(frozen=True)
class View:
    """A table's cells as numbers: `levels` in order of their frequency among the training rows, `edges` of numbers' tenths."""

    bench: Bench
    levels: dict[str, dict[Any, int]]
    edges: dict[str, Floats]

    @classmethod
    def of(cls, bench: Bench) -> View:
        levels, edges = {}, {}
        for column in bench.columns:
            cells = bench.train[column.name]
            counted = cells.fillna("").value_counts()
            ranked = sorted(counted.index, key=lambda cell, rows=counted: (-rows[cell], cell))
            levels[column.name] = {cell: place for place, cell in enumerate(ranked)}
            if column.type in NUMERIC_TYPES and len(counted) > N_BINS:
                numbers = to_numbers(cells, column)
                finite = numbers[np.isfinite(numbers)]
                edges[column.name] = np.unique(np.quantile(finite, np.linspace(0, 1, N_BINS + 1)[1:-1]))
        return cls(bench, levels, edges)

    def binned(self, table: pd.DataFrame) -> list[Codes]:
        """Return a code per row for each column: the tenth of a number (one more for null), the place of a level."""
        found = []
        for column in self.bench.columns:
            edges = self.edges.get(column.name)
            if edges is None:
                codes = self._codes(table[column.name], column.name, len(self.levels[column.name]))
            else:
                numbers = to_numbers(table[column.name], column)
                codes = np.where(np.isfinite(numbers), np.searchsorted(edges, numbers, side="right"), len(edges) + 1)
            found.append(np.asarray(codes, dtype=np.int64))
        return found

    def features(self, table: pd.DataFrame) -> Floats:
        """Return (n_rows, n_columns) numbers for tree models: numbers as they are, levels by their frequency's rank."""
        return np.column_stack([
            to_numbers(table[column.name], column)
            if column.name in self.edges
            else self._codes(table[column.name], column.name, N_LEVELS_SHOWN).astype(float)
            for column in self.bench.columns
        ])

    def _codes(self, cells: pd.Series[Any], name: str, unknown: int) -> Codes:
        codes = cells.fillna("").map(self.levels[name]).fillna(unknown).to_numpy(dtype=np.int64)
        return np.minimum(codes, unknown)


def _likeness(view: View, synthetic: pd.DataFrame) -> dict[str, float]:
    train, held, made = (view.binned(table) for table in (view.bench.train, view.bench.holdout, synthetic))
    n = len(train)
    pairs = list(combinations(range(n), 2))
    if len(pairs) > 2_000:
        chosen = np.random.default_rng(5).choice(len(pairs), 2_000, replace=False)
        pairs = [pairs[place] for place in np.sort(chosen)]
    triples = [tuple(np.random.default_rng(3 + each).choice(n, 3, replace=False)) for each in range(N_TRIPLES)]
    overlap = {
        "shapes": [_overlap(train, made, (place,)) for place in range(n)],
        "pairs": [_overlap(train, made, pair) for pair in pairs],
        "pairs_holdout": [_overlap(train, held, pair) for pair in pairs],
        "marg3": [_overlap(held, made, triple) for triple in triples],
    }
    return {name: float(np.mean(values)) for name, values in overlap.items()}


def _overlap(one: list[Codes], other: list[Codes], places: tuple[int, ...]) -> float:
    """Return 1 less the total variation distance of two joint distributions."""
    keys = [_joined(table, places, [int(max(one[p].max(), other[p].max())) + 1 for p in places]) for table in (one, other)]
    distinct, codes = np.unique(np.concatenate(keys), return_inverse=True)
    shares = [
        np.bincount(part, minlength=len(distinct)) / len(part)
        for part in (codes[: len(keys[0])], codes[len(keys[0]) :])
    ]  # fmt: skip
    return float(1 - np.abs(shares[0] - shares[1]).sum() / 2)


def _joined(table: list[Codes], places: tuple[int, ...], sizes: list[int]) -> Codes:
    joined = np.zeros(len(table[0]), dtype=np.int64)
    for place, size in zip(places, sizes, strict=True):
        joined = joined * size + table[place]
    return joined


def _use(view: View, synthetic: pd.DataFrame) -> dict[str, float]:
    """Return the AUC of a model trained on each table and tested on the holdout, and that of telling the two apart."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    bench = view.bench
    others = [place for place, column in enumerate(bench.columns) if column.name != bench.target]
    model = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, random_state=0)
    features = {name: view.features(table) for name, table in (("o", bench.train), ("s", synthetic), ("h", bench.holdout))}
    wanted = (bench.holdout[bench.target] == bench.positive).to_numpy()
    found = {}
    for name, table, key in (("auc_original", bench.train, "o"), ("auc_synthetic", synthetic, "s")):
        labels = (table[bench.target] == bench.positive).to_numpy()
        if labels.all() or not labels.any():
            found[name] = 0.5
            continue
        fitted = model.fit(features[key][:, others], labels)
        found[name] = float(roc_auc_score(wanted, fitted.predict_proba(features["h"][:, others])[:, 1]))
    size = min(len(synthetic), len(bench.holdout))
    chosen = np.random.default_rng(1).permutation(len(synthetic))[:size]
    rows = np.vstack([features["h"][:size], features["s"][chosen]])
    labels = np.repeat([0, 1], size)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    told = cross_val_predict(model, rows, labels, cv=folds, method="predict_proba")[:, 1]
    return {**found, "kept": found["auc_synthetic"] / found["auc_original"], "c2st": float(roc_auc_score(labels, told))}


def _closeness(view: View, synthetic: pd.DataFrame) -> dict[str, float]:
    from sklearn.neighbors import NearestNeighbors

    bench = view.bench
    size = min(len(bench.holdout), len(bench.train))
    rng = np.random.default_rng(2)
    train = bench.train.iloc[rng.permutation(len(bench.train))[:size]]
    chosen = synthetic.iloc[rng.permutation(len(synthetic))[:N_NEAREST]]
    rows = _embedded(view, chosen)
    near = [
        NearestNeighbors(n_neighbors=1, algorithm="brute").fit(_embedded(view, side)).kneighbors(rows)[0][:, 0]
        for side in (train, bench.holdout.iloc[:size])
    ]
    tied = np.abs(near[0] - near[1]) <= 1e-5
    known = set(_rows(bench.train))
    return {
        "nearest_share": float(np.mean((near[0] < near[1]) & ~tied) + tied.mean() / 2),
        "copies": float(np.mean([row in known for row in _rows(synthetic)])),
        "copies_holdout": float(np.mean([row in known for row in _rows(bench.holdout)])),
    }


def _embedded(view: View, table: pd.DataFrame) -> npt.NDArray[np.float32]:
    """Return rows as points: numbers by their rank among the training rows, a level by a one, over the root of two."""
    parts = []
    for column in view.bench.columns:
        if column.name in view.edges:
            ordered = np.sort(to_numbers(view.bench.train[column.name], column))
            ordered = ordered[np.isfinite(ordered)]
            numbers = to_numbers(table[column.name], column)
            ranks = np.searchsorted(ordered, numbers) / len(ordered)
            parts.append(np.where(np.isfinite(numbers), ranks, 0.5)[:, None])
        else:
            codes = view._codes(table[column.name], column.name, 100)
            parts.append(np.eye(102)[codes] / np.sqrt(2))
    return np.hstack(parts).astype(np.float32)


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(table.fillna("").itertuples(index=False, name=None))
