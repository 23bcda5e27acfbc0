"""A variable on a normal scale: its levels in an order, each an interval of the scale that holds its share.

Numbers keep their order. Levels without an order are laid along the main axis of their correspondence with all other variables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.trees.features import main_axes

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

N_TERMS = 60
"""Of the expansion that tells how a correlation of scales becomes one of levels."""

LEAST_SHARE = 1e-12


@dataclass(frozen=True)
class Scale:
    """Levels in order, and their shares.

    Attributes
    ----------
    order : (n_levels,) levels, from the lowest interval to the highest.
    shares : (n_levels,) of the levels in that order; they sum to one.
    """

    order: Codes = field(repr=False)
    shares: Floats = field(repr=False)

    @classmethod
    def fit(cls, levels: Codes, places: Floats) -> Scale:
        """Count levels, (n_rows,), and put them into the order of their places, (n_levels,)."""
        order = np.argsort(places, kind="stable")
        rows = np.bincount(levels, minlength=len(places))[order]
        return cls(order, rows / rows.sum())

    @property
    def ends(self) -> Floats:
        """Where intervals begin and end, in [0, 1]: (n_levels + 1,)."""
        ends = np.append(0.0, np.cumsum(self.shares))
        return np.asarray(np.minimum(ends / ends[-1], 1.0))

    def levels(self, uniform: Floats) -> tuple[Codes, Floats]:
        """Return the level of each number in [0, 1), never one without a share, and where in its interval it is, in [0, 1]."""
        ends = self.ends
        places = np.searchsorted(ends[1:-1], uniform, side="right")
        inside = (uniform - ends[places]) / np.maximum(self.shares[places], LEAST_SHARE)
        return np.asarray(self.order[places]), np.clip(inside, 0.0, 1.0)

    def within(self, levels: Codes, rng: np.random.Generator) -> Floats:
        """Return a number in each level's interval, evenly drawn."""
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        return np.asarray(self.ends[place[levels]] + self.shares[place[levels]] * rng.random(len(levels)))

    def scores(self) -> Floats:
        """Return the mean of the normal scale inside each level's interval, by level."""
        density = _density(normal_at(self.ends))
        with np.errstate(invalid="ignore"):
            means = np.where(self.shares > 0, (density[:-1] - density[1:]) / self.shares, 0.0)
        scores = np.empty(len(self.order))
        scores[self.order] = means
        return scores

    def terms(self) -> Floats:
        """Return the scores' coefficients in normalized Hermite polynomials of the scale, from the first on: (60,)."""
        ends = normal_at(self.ends)
        density, finite = _density(ends), np.clip(ends, -40.0, 40.0)
        means, before, at = self.scores()[self.order], np.ones(len(ends)), finite.copy()
        found, polynomial = [], before
        for degree in range(1, N_TERMS + 1):
            weighted = polynomial * density / np.sqrt(degree)
            found.append(float(np.sum(means * (weighted[:-1] - weighted[1:]))))
            polynomial, before, at = at, at, (finite * at - np.sqrt(degree) * before) / np.sqrt(degree + 1)
        return np.array(found)


def normal_at(ranks: Floats) -> Floats:
    """Return normal quantiles, infinite at 0 and 1."""
    from scipy.special import ndtri

    return np.asarray(ndtri(ranks))


def uniform_at(normal: Floats) -> Floats:
    """Return ranks in [0, 1] of normal numbers."""
    from scipy.special import ndtr

    return np.asarray(ndtr(normal))


def _density(normal: Floats) -> Floats:
    return np.asarray(np.exp(-(normal**2) / 2) / np.sqrt(2 * np.pi))


def main_places(levels: Codes, n_levels: list[int], variable: int, coarse: list[Codes]) -> Floats:
    """Return the places of a variable's levels along the main axis of their correspondence with all other variables.

    Parameters
    ----------
    levels : (n_rows, n_variables). `coarse` : per variable, few classes for each row, which the others are compared by.
    """
    own, size = levels[:, variable], n_levels[variable]
    counts = []
    for place, classes in enumerate(coarse):
        if place != variable:
            width = int(classes.max()) + 1
            counts.append(np.bincount(own * width + classes, minlength=size * width).reshape(size, width))
    if not counts or size < 3:
        return np.arange(size, dtype=np.float64)
    return np.asarray(main_axes(np.hstack(counts).astype(np.float64), len(counts))[:, 0])
