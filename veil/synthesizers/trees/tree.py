"""A tree whose leaves are smoothed: what a leaf says is mixed with what the nodes above it say, up to the whole column.

A row goes down from the root and may stop at every split, with the weight of `smoothing` rows for every different level on both
sides: where rows agree it goes on, where all differ many stop (after Witten and Bell 1991, doi 10.1109/18.87000). It then takes
the level of one of the rows of the node where it ended. So no leaf only repeats its rows; and since all rows that reach a node
stop there equally often, the whole column's distribution stays exactly what it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.trees.shape import Shape

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Truth = npt.NDArray[np.bool_]

WHOLE = ("first", "last", "codes", "rows")
EVEN_SPREAD = 0.999


@dataclass(frozen=True)
class Steps:
    """The way of some rows through a tree: per depth, which rows are still going, their nodes, and their level's share there."""

    n_rows: int
    going: tuple[Codes, ...] = field(repr=False)
    nodes: tuple[Codes, ...] = field(repr=False)
    shares: tuple[Floats, ...] = field(repr=False)

    def likelihood(self, stop: Floats) -> Floats:
        """Return the probability of each row's level; 0 for a level that no training row had."""
        chance, weight = np.zeros(self.n_rows), np.ones(self.n_rows)
        for going, nodes, shares in zip(self.going, self.nodes, self.shares, strict=True):
            chance[going] += weight[going] * stop[nodes] * shares
            weight[going] *= 1 - stop[nodes]
        return chance


@dataclass(frozen=True)
class Tree:
    """Splits, and how many training rows of each level are in each leaf.

    Attributes
    ----------
    codes, rows : (n_entries,) per leaf, which levels its rows have, in order, and how many have them.
    first, last : (n_nodes,) the entries of the node's leaves.
    stop : (n_nodes,) the probability of taking the level there; 1 at a leaf.
    """

    shape: Shape = field(repr=False)
    first: Codes = field(repr=False)
    last: Codes = field(repr=False)
    codes: Codes = field(repr=False)
    rows: Codes = field(repr=False)
    stop: Floats = field(repr=False)

    @classmethod
    def counted(cls, shape: Shape, leaves: Codes, target: Codes) -> Tree:
        """Count the training rows' levels in their leaves, (n_rows,) each; not smoothed yet."""
        n_levels = int(target.max()) + 1
        entries, rows = np.unique(leaves * n_levels + target, return_counts=True)
        first = np.searchsorted(entries, np.arange(len(shape.left)) * n_levels)
        last = np.searchsorted(entries, shape.ends * n_levels)
        return cls(shape, first, last, entries % n_levels, rows, np.where(shape.is_inner, 0.0, 1.0))

    def smoothed(self, smoothing: float) -> Tree:
        """Return the same tree with another smoothing."""
        return dataclasses.replace(self, stop=self.stops(smoothing))

    def stops(self, smoothing: float) -> Floats:
        """Return the probability of stopping at each node, given the rows' worth of smoothing for every different level."""
        inner = np.flatnonzero(self.shape.is_inner)
        prior = smoothing * (self._n_different[self.shape.left[inner]] + self._n_different[self.shape.right[inner]])
        stop = np.ones(len(self.shape.left))
        stop[inner] = prior / (self._n_rows[inner] + prior)
        return stop

    @cached_property
    def _n_different(self) -> Floats:
        spans = zip(self.first.tolist(), self.last.tolist(), strict=True)
        return np.array([len(np.unique(self.codes[first:last])) for first, last in spans], dtype=np.float64)

    @cached_property
    def _held(self) -> Codes:
        return np.append(0, np.cumsum(self.rows))

    @cached_property
    def _n_rows(self) -> Codes:
        return np.asarray(self._held[self.last] - self._held[self.first])

    def draw(self, features: Singles, rng: np.random.Generator) -> Codes:
        """Return a level for each row of (n_rows, n_features)."""
        nodes, going = np.zeros(len(features), dtype=np.int64), np.arange(len(features))
        while going.size:
            going = going[even(nodes[going], rng) >= self.stop[nodes[going]]]
            nodes[going] = self.shape.below(nodes[going], features, going)
        low, high = self._held[self.first[nodes]], self._held[self.last[nodes]]
        picked = low + (even(nodes, rng) * (high - low)).astype(np.int64)
        return np.asarray(self.codes[np.searchsorted(self._held, picked, side="right") - 1])

    def draw_root(self, n_rows: int, allowed: Truth, rng: np.random.Generator) -> Codes:
        """Return levels of the whole column's distribution, of those that are allowed."""
        shares = np.bincount(self.codes, weights=self.rows, minlength=len(allowed)) * allowed
        return rng.choice(len(shares), n_rows, p=shares / shares.sum())

    def steps(self, features: Singles, target: Codes) -> Steps:
        """Return the way of rows through the tree, and the share of each row's level at every node on it."""
        going, nodes = np.arange(len(target)), np.zeros(len(target), dtype=np.int64)
        found: list[tuple[Codes, Codes, Floats]] = []
        while going.size:
            found.append((going, nodes, self._counts(nodes, target[going]) / self._n_rows[nodes]))
            on = self.shape.is_inner[nodes]
            going, nodes = going[on], nodes[on]
            nodes = self.shape.below(nodes, features, going)
        return Steps(len(target), *(tuple(each[place] for each in found) for place in range(3)))  # type: ignore[arg-type]

    @cached_property
    def _by_code(self) -> tuple[Codes, Codes]:
        """Return the entries' keys in order, level first and place next, and how many rows those before each have."""
        order = np.lexsort((np.arange(len(self.codes)), self.codes))
        return self.codes[order] * len(self.codes) + order, np.append(0, np.cumsum(self.rows[order]))

    def _counts(self, nodes: Codes, target: Codes) -> Codes:
        """Return how many of a node's rows have a level, for each pair of the two."""
        keys, held = self._by_code
        start, stop = (np.searchsorted(keys, target * len(self.codes) + end[nodes]) for end in (self.first, self.last))
        return np.asarray(held[stop] - held[start])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything by name."""
        whole = {name: getattr(self, name).astype(np.int32) for name in WHOLE}
        return {**self.shape.arrays(), **whole, "stop": self.stop}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Tree:
        """Read what `arrays` returned."""
        whole = {name: arrays[name].astype(np.int64) for name in WHOLE}
        return cls(Shape.from_arrays(arrays), **whole, stop=arrays["stop"].astype(np.float64))


def even(groups: Codes, rng: np.random.Generator) -> Floats:
    """Return numbers in [0, 1) that are spread evenly within each group, in random order.

    So a leaf's shares are met nearly to the row, instead of up to what chance adds. Systematic sampling, Madow and Madow 1944,
    doi 10.1214/aoms/1177731312.
    """
    order = np.argsort(groups + rng.random(len(groups)) * EVEN_SPREAD)
    size = np.bincount(groups)
    first = np.cumsum(size) - size
    ranks = np.empty(len(groups))
    ranks[order] = np.arange(len(groups)) - first[groups[order]]
    return np.asarray((ranks + rng.random(len(groups))) / size[groups])
