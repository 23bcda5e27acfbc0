"""One column's tree: pruned to what makes rows likelier that it has not seen, and then counted on all rows.

Trees that are left to grow until their leaves are small repeat their rows (synthpop's, Nowok et al. 2016, doi
10.18637/jss.v074.i11, to the last cell). Here every split must gain its price in likelihood. Which price, and how strong the
smoothing is, is tried from coarse to fine on a quarter of the rows that is set aside, on each quarter in turn where rows are
few; where finer is no better, the search ends.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.trees.features import Feature, axes, codes_of_levels, natural_places, ranked
from veil.synthesizers.trees.shape import Grown
from veil.synthesizers.trees.tree import Steps, Tree

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.circuits.variables import Variables
    from veil.synthesizers.encoding import TableEncoder

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Truth = npt.NDArray[np.bool_]

PRICES = (200.0, 100.0, 70.0, 50.0, 35.0, 25.0, 18.0, 12.0, 9.0, 6.0, 4.0, 3.0)
"""Nats that a split must gain, coarse trees first."""

SMOOTHINGS = (0.5, 1.0, 2.0, 4.0, 8.0)
LEAST_BETTER = 0.005
"""Nats a row by which a finer tree may be worse without ending the search."""

HURRIED = 50.0
COARSE_RANGES, COARSE_LEVELS = 16, 64
LEAST_CHANCE = 1e-6


@dataclass(frozen=True)
class Column:
    """A variable's tree and what it looks at; the mean of minus the log-likelihood of the column, in nats."""

    variable: int
    features: tuple[Feature, ...] = field(repr=False)
    tree: Tree = field(repr=False)
    train: float = 0.0
    validation: float = 0.0

    def draw(self, levels: Codes, rng: np.random.Generator) -> Codes:
        """Return the variable's level in rows whose earlier levels are there."""
        return self.tree.draw(_matrix(self.features, levels), rng)


@dataclass(frozen=True)
class Found:
    """A price and a smoothing, and minus the mean log-likelihood of rows set aside under them, in nats."""

    price: float
    smoothing: float
    validation: float


@dataclass(frozen=True)
class Trial:
    """A tree grown on some of the rows, and what is needed to judge it by the others: (some, others) of each."""

    grown: Grown = field(repr=False)
    features: tuple[Singles, Singles] = field(repr=False)
    target: tuple[Codes, Codes] = field(repr=False)

    def nats(self, price: float, smoothings: Sequence[float]) -> list[float]:
        """Return minus the mean log-likelihood of the others under each smoothing."""
        shape = self.grown.pruned(price)
        tree = Tree.counted(shape, shape.leaves(self.features[0]), self.target[0])
        steps = tree.steps(self.features[1], self.target[1])
        return [_nats(steps, tree.stops(each)) for each in smoothings]


@dataclass(frozen=True)
class Grower:
    """What all columns of a table are learnt from.

    Attributes
    ----------
    levels : (n_rows, n_variables).
    folds : (n_rows,) each; the rows that are set aside to judge a search by.
    """

    encoder: TableEncoder = field(repr=False)
    variables: Variables = field(repr=False)
    levels: Codes = field(repr=False)
    folds: tuple[Truth, ...] = field(repr=False)
    min_leaf: int
    smoothings: tuple[float, ...]
    slack: float

    def grow(self, target: int, earlier: Sequence[int], *, hurry: bool = False) -> Column:
        """Return the tree of one variable on earlier ones; in a hurry a coarse one without a search."""
        found = Found(HURRIED, SMOOTHINGS[-1], math.nan) if hurry else self._searched(target, earlier)
        features, classes = self._seen(target, earlier, self.levels)
        matrix = _matrix(features, self.levels)
        shape = Grown.fit(matrix, classes, self.min_leaf).pruned(found.price)
        tree = Tree.counted(shape, shape.leaves(matrix), self.levels[:, target]).smoothed(found.smoothing)
        train = _nats(tree.steps(matrix, self.levels[:, target]), tree.stop)
        used = np.unique(shape.feature[shape.is_inner])
        tree = dataclasses.replace(tree, shape=shape.looking_at(used))
        return Column(target, tuple(features[place] for place in used), tree, train, found.validation)

    def _searched(self, target: int, earlier: Sequence[int]) -> Found:
        """Return the finest price and the least smoothing under which rows set aside are about as likely as under any."""
        trials = [self._trial(target, earlier, held) for held in self.folds]
        tried: list[Found] = []
        least = math.inf
        for price in PRICES if earlier else PRICES[:1]:
            nats = np.mean([trial.nats(price, self.smoothings) for trial in trials], axis=0).tolist()
            tried += [Found(price, smoothing, each) for smoothing, each in zip(self.smoothings, nats, strict=True)]
            if min(nats) > least + self.slack + LEAST_BETTER:
                break
            least = min(least, *nats)
        enough = [each for each in tried if each.validation <= least + self.slack]
        return min(enough, key=lambda each: (each.price, each.smoothing))

    def _trial(self, target: int, earlier: Sequence[int], held: Truth) -> Trial:
        train, unseen = self.levels[~held], self.levels[held]
        features, classes = self._seen(target, earlier, train)
        seen, other = _matrix(features, train), _matrix(features, unseen)
        return Trial(Grown.fit(seen, classes, self.min_leaf), (seen, other), (train[:, target], unseen[:, target]))

    def _seen(self, target: int, earlier: Sequence[int], levels: Codes) -> tuple[list[Feature], Codes]:
        coarse = self._coarse(target, levels[:, target])
        return [feature for variable in earlier for feature in self._features(variable, levels, coarse)], coarse

    def _features(self, variable: int, levels: Codes, coarse: Codes) -> list[Feature]:
        found = []
        for own, column in enumerate(self.variables.variables[variable].columns):
            codes, natural = codes_of_levels(self.variables, variable, own), natural_places(self.encoder, self.variables, column)
            n_codes = int(codes.max()) + 1
            if natural is not None:
                places = [np.append(natural, natural.max() + 1)[codes]]  # the last is the pool of combinations
            elif n_codes <= 2:
                places = [codes.astype(np.float64)]
            else:
                places = list(axes(codes[levels[:, variable]], n_codes, coarse, int(coarse.max()) + 1)[codes].T)
            found += [Feature(variable, ranked(each)) for each in places]
        return found

    def _coarse(self, target: int, levels: Codes) -> Codes:
        """Return few classes of the target, which splits are to tell apart: neighboring ranges together, rare levels together."""
        variable = self.variables.variables[target]
        cut = self.variables.ranges.get(variable.columns[0])
        if cut is not None:
            first = self.variables.n_codes[variable.columns[0]] - len(cut.inside)
            step = max(1, len(cut.inside) // COARSE_RANGES)
            return np.where(levels >= first, first + (levels - first) // step, levels)
        rows = np.bincount(levels, minlength=variable.n_levels)
        classes = np.full(variable.n_levels, COARSE_LEVELS - 1, dtype=np.int64)
        frequent = np.argsort(-rows, kind="stable")[: COARSE_LEVELS - 1]
        classes[frequent] = np.arange(len(frequent))
        return classes[levels]


def _matrix(features: Sequence[Feature], levels: Codes) -> Singles:
    if not features:
        return np.zeros((len(levels), 0), dtype=np.float32)
    return np.column_stack([feature.of(levels) for feature in features])


def _nats(steps: Steps, stop: Floats) -> float:
    return float(-np.log(np.maximum(steps.likelihood(stop), LEAST_CHANCE)).mean())
