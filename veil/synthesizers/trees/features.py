"""What a tree sees of the columns drawn before: every level as a number, so that a split is a threshold.

Numbers keep their order. The levels of a category have none, and to try all subsets of hundreds of levels is neither possible nor
wise; so they are laid out along the two main axes of their correspondence with the column to be predicted: levels
that tell the same about it lie side by side (Coppersmith, Hong and Hosking 1999, doi 10.1023/A:1009869804967). Levels of few rows
are drawn towards the middle, for what few rows say is mostly chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.encodings.distinct import numbers_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.circuits.variables import Variables

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]

N_AXES = 2
MIDDLE_ROWS = 10
"""Rows' worth of the middle that a level's place starts from."""

N_ROUNDS = 8
SPARE_DIRECTIONS = 4


@dataclass(frozen=True)
class Feature:
    """One number per level of an earlier variable."""

    variable: int
    places: Singles = field(repr=False)

    def of(self, levels: Codes) -> Singles:
        """Return each row's number, given (n_rows, n_variables) levels."""
        return self.places[levels[:, self.variable]]


def natural_places(encoder: TableEncoder, variables: Variables, column: int) -> Floats | None:
    """Return the number that each code of a column stands for, null and empty below all; None for a column without order."""
    own, cut = encoder.columns[column], variables.ranges.get(column)
    if own.column is None:
        return None
    numbers = np.where([bool(level) for level in own.levels], numbers_of(own.levels, own.column), np.nan)
    if cut is not None:
        numbers = np.append(numbers, [np.mean(each.values) for each in cut.inside])
    return np.where(np.isfinite(numbers), numbers, np.nanmin(numbers) - 1)


def codes_of_levels(variables: Variables, variable: int, own: int) -> Codes:
    """Return which code of its `own`-th column each level of a variable has; the pool is a code of its own, the last."""
    each = variables.variables[variable]
    codes = each.combinations[:, own]
    n_codes = variables.n_codes[each.columns[own]]
    return np.append(codes, [n_codes] * (each.n_levels - len(codes))).astype(np.int64)


def axes(codes: Codes, n_codes: int, target: Codes, n_target: int) -> Floats:
    """Return the places of a column's codes on the main axes of its correspondence with a target, (n_codes, at most 2)."""
    counts = np.bincount(codes * n_target + target, minlength=n_codes * n_target).reshape(n_codes, n_target)
    return main_axes(counts.astype(np.float64), 1)


def main_axes(counts: Floats, n_tables: int) -> Floats:
    """Return the places of rows on the main axes of counts, (n_rows, n_columns), that are `n_tables` tables side by side.

    Source: correspondence analysis, Greenacre 1984; the axes by subspace iteration, Halko, Martinsson and Tropp 2011,
    doi 10.1137/090771806.
    """
    total, (n_rows, n_columns) = counts.sum(), counts.shape
    rows, columns = counts.sum(axis=1) / total, counts.sum(axis=0) / total
    expected = np.outer(rows, columns)
    apart = np.divide(counts / total - expected, np.sqrt(expected), out=np.zeros_like(expected), where=expected > 0)
    n_axes = min(N_AXES, n_rows - 1, n_columns - n_tables)
    width = min(n_axes + SPARE_DIRECTIONS, *apart.shape)
    start = np.random.default_rng(0).standard_normal((n_columns, width))  # any start will do, always the same
    for _ in range(N_ROUNDS):
        start = np.linalg.qr(apart.T @ (apart @ start))[0]
    left, strength, _ = np.linalg.svd(apart @ start, full_matrices=False)
    found = left[:, :n_axes] * strength[:n_axes] / np.sqrt(np.maximum(rows, 1e-12))[:, None]
    weight = rows * total / n_tables
    return np.asarray(found * (weight / (weight + MIDDLE_ROWS))[:, None])


def ranked(places: Floats) -> Singles:
    """Return places as even steps, which single precision holds without a loss."""
    return np.unique(places, return_inverse=True)[1].astype(np.float32)
