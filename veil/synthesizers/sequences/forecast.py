"""What the past foretells of the next scores: ridge regressions, one for each stage of a family, and what is left over.

The left-overs of a row's columns are made uncorrelated one after another, so that two columns which move together still do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.sequences.channels import MAX_SCORE

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

RIDGE = 1.0
ROWS_PER_FEATURE = 8
LEAST_SCALE = 1e-3


@dataclass(frozen=True)
class Forecast:
    """The regressions.

    Attributes
    ----------
    first : position from which each stage holds, rising from 0.
    weights : (n_stages, n_features, n_columns).
    mixing : (n_stages, n_columns, n_columns) strictly lower triangular: how the left-over of a column follows those before it.
    scales : (n_stages, n_columns) standard deviation of what is left in the end.
    """

    first: Codes = field(repr=False)
    weights: Floats = field(repr=False)
    mixing: Floats = field(repr=False)
    scales: Floats = field(repr=False)

    @classmethod
    def fit(cls, features: Floats, scores: Floats, position: Codes | int, breaks: Codes) -> Forecast:
        """Learn from rows.

        Parameters
        ----------
        scores : (n_rows, n_columns), NaN where a row has no number.
        breaks : positions where a stage may begin; stages with too few rows for their features are joined.
        """
        positions = np.broadcast_to(position, len(scores))
        first = stages(positions, breaks, ROWS_PER_FEATURE * features.shape[1])
        stage = np.searchsorted(first, positions, side="right") - 1
        parts = [_stage(features[rows], scores[rows]) for rows in (np.flatnonzero(stage == each) for each in range(len(first)))]
        weights, mixing, scales = (np.stack(each) for each in zip(*parts, strict=True))
        return cls(first, weights, mixing, scales)

    def expected(self, features: Floats, position: Codes | int) -> Floats:
        """Return (n_rows, n_columns) the scores foretold."""
        return self._by_stage(features, position, lambda rows, stage: rows @ self.weights[stage])

    def left(self, scores: Floats, expected: Floats, position: Codes | int) -> Floats:
        """Return what is left of scores over what was foretold: uncorrelated, of variance 1; NaN stays."""
        over = scores - expected
        filled = np.nan_to_num(over)
        return self._by_stage(
            np.concatenate([over, filled], axis=1), position,
            lambda rows, stage: (rows[:, : over.shape[1]] - rows[:, over.shape[1] :] @ self.mixing[stage].T) / self.scales[stage],
        )  # fmt: skip

    def scores(self, left: Floats, expected: Floats, position: Codes | int) -> Floats:
        """Return the scores from what is left: the inverse of `left`."""

        def drawn(rows: Floats, stage: int) -> Floats:
            over = rows * self.scales[stage]
            for column in range(over.shape[1]):
                over[:, column] += np.nan_to_num(over[:, :column]) @ self.mixing[stage][column, :column]
            return np.asarray(over)

        return np.clip(expected + self._by_stage(left, position, drawn), -MAX_SCORE, MAX_SCORE)

    def _by_stage(self, rows: Floats, position: Codes | int, of: Callable[[Floats, int], Floats]) -> Floats:
        stages = np.searchsorted(self.first, position, side="right") - 1
        if np.ndim(stages) == 0:
            return of(rows, int(stages))
        found = np.empty((len(rows), self.weights.shape[2]))
        for stage in range(len(self.first)):
            own = np.flatnonzero(stages == stage)
            found[own] = of(rows[own], stage)
        return found

    def arrays(self) -> dict[str, Floats]:
        """Return all parameters by name, to be saved."""
        return {"first": self.first.astype(np.float64), "weights": self.weights, "mixing": self.mixing, "scales": self.scales}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Floats]) -> Forecast:
        """Read what `arrays` returned."""
        return cls(arrays["first"].astype(np.int64), arrays["weights"], arrays["mixing"], arrays["scales"])


def stages(positions: Codes, breaks: Codes, min_rows: int) -> Codes:
    """Return where stages begin: at the breaks, but for those that would leave a stage too few rows."""
    first = [0]
    for position in sorted(int(each) for each in breaks if each > 0):
        n_before = int(((positions >= first[-1]) & (positions < position)).sum())
        n_after = int((positions >= position).sum())
        if n_before >= min_rows and n_after >= min_rows:
            first.append(position)
    return np.array(first, dtype=np.int64)


def _stage(features: Floats, scores: Floats) -> tuple[Floats, Floats, Floats]:
    n_columns = scores.shape[1]
    weights, mixing, scales = np.zeros((features.shape[1], n_columns)), np.zeros((n_columns, n_columns)), np.ones(n_columns)
    before = np.zeros((len(scores), 0))
    for column in range(n_columns):
        rows = np.flatnonzero(np.isfinite(scores[:, column]))
        over = np.zeros(len(scores))
        if len(rows):
            weights[:, column] = _ridge(features[rows], scores[rows, column])
            over[rows] = scores[rows, column] - features[rows] @ weights[:, column]
            mixing[column, :column] = _ridge(before[rows], over[rows])
            scales[column] = max(float((over[rows] - before[rows] @ mixing[column, :column]).std()), LEAST_SCALE)
        before = np.column_stack([before, over])
    return weights, mixing, scales


def _ridge(features: Floats, target: Floats) -> Floats:
    """Return the weights of least squares, drawn towards none as by one row."""
    return np.asarray(np.linalg.solve(features.T @ features + RIDGE * np.eye(features.shape[1]), features.T @ target))
