"""Distances between rows of mixed types, and the nearest row of a table, exactly and for all queries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.checks.view import View
from veil.rng import generator

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.checks.view import Codes, Floats

    Points = npt.NDArray[np.float32]

MAX_EXACT_LEVELS = 48
N_SHARED_DIMENSIONS = 16
CHUNK_CELLS = 8_000_000


def embed(views: tuple[View, ...], n_real: int, seed: int) -> tuple[Points, ...]:
    """Return every row as a point, such that squared Euclidean distance adds up what the columns differ by.

    A numeric column counts by rank among the real rows: across the whole range costs 1; known against null costs 1 to 1.25.
    A discrete column costs 1 where the levels differ. Beyond its 48 most frequent levels, a column's levels
    share 16 dimensions as random directions: two of them differ by 1 on average instead of exactly.

    Parameters
    ----------
    views : made together; the first `n_real` of them hold real rows, whose labels (train, holdout) play no part.
    """
    parts: list[list[Floats]] = []
    for name in (column.name for column in views[0].columns):
        if name in views[0].numbers:
            parts.append(_numeric_points([view.numbers[name] for view in views], n_real))
        else:
            rng = generator(seed, "distance", name)
            parts.append(_level_points([view.codes[name] for view in views], views[0].n_levels[name], n_real, rng))
    return tuple(np.column_stack(columns).astype(np.float32) for columns in zip(*parts, strict=True))


def _numeric_points(numbers: list[Floats], n_real: int) -> list[Floats]:
    real = np.concatenate(numbers[:n_real])
    ranked = np.sort(real[~np.isnan(real)])
    points = []
    for values in numbers:
        null = np.isnan(values)
        rank = (np.searchsorted(ranked, values, "left") + np.searchsorted(ranked, values, "right")) / max(2 * len(ranked), 1)
        points.append(np.column_stack([np.where(null, 0.5, rank), null]))
    return points


def _level_points(codes: list[Codes], n_levels: int, n_real: int, rng: np.random.Generator) -> list[Floats]:
    frequency = np.bincount(np.concatenate(codes[:n_real]), minlength=n_levels)
    ranked = np.argsort(-frequency, kind="stable")
    exact, shared = ranked[:MAX_EXACT_LEVELS], ranked[MAX_EXACT_LEVELS:]
    place = np.zeros((n_levels, len(exact) + (N_SHARED_DIMENSIONS if len(shared) else 0)))
    place[exact, np.arange(len(exact))] = 1.0
    if len(shared):
        directions = rng.normal(size=(len(shared), N_SHARED_DIMENSIONS))
        place[shared, len(exact) :] = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return [(place / np.sqrt(2))[part] for part in codes]


def nearest(queries: Points, reference: Points, own: Codes | None = None) -> tuple[Floats, Codes]:
    """Return the distance to the nearest reference row, and which one it is (the first among equally near ones).

    Parameters
    ----------
    own : per query its own row in `reference`, which does not count; None if the queries are not in it.
    """
    from threadpoolctl import threadpool_limits

    half_norms = np.einsum("ij,ij->i", reference, reference) / 2
    found = np.empty(len(queries), dtype=np.int64)
    step = max(1, CHUNK_CELLS // max(1, len(reference)))
    with threadpool_limits(limits=1):  # so that the last bit, and with it a tie, does not depend on the machine's load
        for start in range(0, len(queries), step):
            closeness = queries[start : start + step] @ reference.T
            closeness -= half_norms
            if own is not None:
                closeness[np.arange(len(closeness)), own[start : start + step]] = -np.inf
            found[start : start + step] = closeness.argmax(axis=1)
    apart = (queries - reference[found]).astype(np.float64)
    return np.sqrt(np.einsum("ij,ij->i", apart, apart)), found
