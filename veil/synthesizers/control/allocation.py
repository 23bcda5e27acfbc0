"""How many rows each group gets, so that every share that was asked is met to the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.errors import SynthesisFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

ROUNDS = 500
TOLERANCE = 1e-6
UNSEEN = 1e-9
"""Weight of a group that the pilot rows do not hold, beside those it holds: enough for a demand that nothing else can meet."""


def largest_remainder(shares: Sequence[float], n_rows: int) -> Counts:
    """Return whole numbers that add up to `n_rows`, each within one of its share (Hamilton's method); ties go to the first."""
    exact = np.asarray(shares, dtype=np.float64) * n_rows
    counts = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: n_rows - int(counts.sum())]] += 1
    return counts


def allocated(weights: Floats, possible: npt.NDArray[np.bool_], margins: Sequence[Counts]) -> Counts:
    """Return rows per group: their sums over every demand's categories are the margins, and else they follow the weights.

    Parameters
    ----------
    weights : (k1, k2, …) how often each crossing of categories comes by itself; the result has the same shape.
    possible : the same shape; groups that contradict themselves get no row.
    margins : per demand, the rows of each of its categories; all add up to the same number.

    Raises
    ------
    SynthesisFailed : shares that no table meets together.

    Source: Deming and Stephan 1940, doi 10.1214/aoms/1177731829 (raking); rounding by integer programming.
    """
    if len(margins) == 1:
        if (margins[0][~possible] > 0).any():
            raise SynthesisFailed(_CONTRADICTION)
        return margins[0]
    return _rounded(_raked(weights, possible, margins), possible, margins)


_CONTRADICTION = "the shares that are asked contradict each other: no table has them all; take one out, or loosen it"


def _raked(weights: Floats, possible: npt.NDArray[np.bool_], margins: Sequence[Counts]) -> Floats:
    n_rows = int(margins[0].sum())
    apart = np.ones(weights.shape)
    for axis in range(weights.ndim):
        total = weights.sum(axis=_others(weights.ndim, axis)) + 1
        apart = apart * _along(total / total.sum(), axis, weights.ndim)
    raked = np.where(possible, weights / max(weights.sum(), 1) + UNSEEN * apart, 0.0) * n_rows
    for _ in range(ROUNDS):
        for axis, margin in enumerate(margins):
            sums = raked.sum(axis=_others(raked.ndim, axis))
            raked = raked * _along(np.divide(margin, sums, out=np.zeros(len(sums)), where=sums > 0), axis, raked.ndim)
        if all(_misses(raked, axis, margin) < TOLERANCE * max(n_rows, 1) for axis, margin in enumerate(margins)):
            return raked
    raise SynthesisFailed(_CONTRADICTION)


def _misses(raked: Floats, axis: int, margin: Counts) -> float:
    return float(np.abs(raked.sum(axis=_others(raked.ndim, axis)) - margin).max())


def _others(n_axes: int, axis: int) -> tuple[int, ...]:
    return tuple(other for other in range(n_axes) if other != axis)


def _along(values: Floats, axis: int, n_axes: int) -> Floats:
    return values.reshape([-1 if other == axis else 1 for other in range(n_axes)])


def _rounded(raked: Floats, possible: npt.NDArray[np.bool_], margins: Sequence[Counts]) -> Counts:
    """Round to whole rows that keep the margins; each group moves by at most two rows, as few of them as can be."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    floor = np.floor(raked + 1e-9)
    part = (raked - floor).ravel()
    n_groups = raked.size
    cost = np.concatenate([1 - 2 * part, np.full(n_groups, 3.0), np.full(n_groups, 3.0)])
    rows = [_members(raked.shape, axis, place) for axis, margin in enumerate(margins) for place in range(len(margin))]
    lacking = np.concatenate([margin - floor.sum(axis=_others(raked.ndim, axis)) for axis, margin in enumerate(margins)])
    matrix = np.hstack([np.array(rows), np.array(rows), -np.array(rows)])
    upper = np.concatenate([possible.ravel(), possible.ravel(), np.minimum(floor.ravel(), 1)]).astype(np.float64)
    demanded = LinearConstraint(matrix, lacking, lacking)
    found = milp(cost, constraints=demanded, bounds=Bounds(0, upper), integrality=np.ones(len(cost)))
    if found.x is None:
        raise SynthesisFailed("the shares that are asked cannot be met together to the row; ask for more rows, or for less")
    moves = np.round(found.x).reshape(3, n_groups)
    return np.asarray(floor + (moves[0] + moves[1] - moves[2]).reshape(raked.shape), dtype=np.int64)


def _members(shape: tuple[int, ...], axis: int, place: int) -> Floats:
    members = np.zeros(shape)
    members[(slice(None),) * axis + (place,)] = 1.0
    return members.ravel()
