"""CART: a tree per column on the columns drawn before it, with smoothed leaves. Faithful, and therefore behind a gate of its own.

Source of the idea: Reiter 2005, "Using CART to generate partially synthetic, public use microdata", Journal of Official
Statistics 21(3). Unsmoothed it is a copying machine (synthpop-py on Adult: 1.9 % copied rows, nearest-record share 0.556); see
`veil.synthesizers.trees` for what is done about it, and `veil.synthesizers.replay` for the gate.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.circuits.tree import MAX_ROWS, mutual_information
from veil.synthesizers.circuits.variables import Variables
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import TableEncoder, rows_to_learn
from veil.synthesizers.trees.growing import SMOOTHINGS, Grower
from veil.synthesizers.trees.model import CartModel
from veil.synthesizers.trees.numbers import smoothed_ranges
from veil.synthesizers.trees.order import drawn_order, strongest

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress
    from veil.synthesizers.trees import growing

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MIN_ROWS = 50
SPIKE_SHARE = 0.002
N_FOLDS, FOLD_ROWS = 4, 20_000


@dataclass(frozen=True)
class Cart:
    """Parameters of `cart`.

    Attributes
    ----------
    first : columns to draw before all others, in this order. Conditions on them cost nothing.
    min_leaf : rows of a leaf at least.
    slack : nats a row by which rows set aside may be less likely than they could be; more is truer to the training rows.
    least_smoothing : rows' worth of the parent's distribution, for every different level in a node, that are mixed in at least.
    max_predictors : earlier columns that a tree looks at, those that tell most about its own.
    max_rows : a larger table is learnt from a random sample of that many rows.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    """

    name: ClassVar[str] = "cart"
    conditions: ClassVar[HowMet] = "rejected"

    first: tuple[str, ...] = ()
    min_leaf: int = 5
    slack: float = 0.0
    least_smoothing: float = 0.5
    max_predictors: int = 30
    max_rows: int = 200_000
    max_levels: int = 1_000

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return {**dataclasses.asdict(self), "first": list(self.first)}

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> CartModel:
        """Learn a table of strings and None; every column counts as an epoch.

        Raises
        ------
        SynthesisFailed : fewer than 50 rows, or a column that cannot be learnt.
        """
        from threadpoolctl import threadpool_limits

        if len(table) < MIN_ROWS:
            raise SynthesisFailed(f"cart needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                                  "add rows or leave this table out of the synthesis")  # fmt: skip
        rng = generator(seed, "rows")
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels, spike_share=SPIKE_SHARE)
        rows = rows_to_learn(len(table), self.max_rows, rng)
        encoded = encoder.encode(table if rows is None else table.iloc[rows])
        variables = Variables.fit(encoded)
        levels = variables.encode(encoded)
        variables = smoothed_ranges(variables)
        fold = rng.permutation(len(levels)) % N_FOLDS
        folds = tuple(fold == place for place in range(int(np.clip(FOLD_ROWS // len(levels), 1, N_FOLDS))))
        smoothings = tuple(each for each in SMOOTHINGS if each >= self.least_smoothing) or (self.least_smoothing,)
        grower = Grower(encoder, variables, levels, folds, self.min_leaf, smoothings, self.slack)
        with threadpool_limits(limits=1):  # so that the last bit, and with it a split, does not depend on the number of threads
            learnt, history = self._learnt(grower, progress)
        return CartModel(encoder, variables, learnt, self.parameters, history)

    def _learnt(self, grower: Grower, progress: Progress) -> tuple[tuple[growing.Column, ...], tuple[Epoch, ...]]:
        information = mutual_information(grower.levels[:MAX_ROWS], grower.variables.n_levels)
        order = drawn_order(grower.variables, information, self.first)
        learnt: list[growing.Column] = []
        history: list[Epoch] = []
        hurry = False
        for place, target in enumerate(order):
            earlier = strongest(information, target, order[:place], self.max_predictors)
            learnt.append(grower.grow(target, earlier, hurry=hurry))
            nats = {"train": learnt[-1].train, "validation": learnt[-1].validation}
            history.append(Epoch(place + 1, {name: value for name, value in nats.items() if math.isfinite(value)}))
            try:
                progress(history[-1], len(order))
            except EnoughLearnt:
                hurry = True
        return tuple(learnt), tuple(history)
