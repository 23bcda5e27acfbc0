"""The tree that ties variables together: of all trees the one whose edges carry the most mutual information.

Source: Chow and Liu 1968, doi 10.1109/TIT.1968.1054142; Prim's algorithm from the variable with the most information in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.variables import entropy, pair_counts

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_ROWS = 20_000


@dataclass(frozen=True)
class Tree:
    """Variables in an order in which every parent comes before its children; `parents` is -1 at the root."""

    order: tuple[int, ...]
    parents: tuple[int, ...]

    @classmethod
    def fit(cls, levels: Codes, n_levels: list[int]) -> Tree:
        """Return the tree of the strongest pairs, measured on at most the first 20,000 rows."""
        information = mutual_information(levels[:MAX_ROWS], n_levels)
        root = int(information.sum(axis=0).argmax())
        order, parents = [root], [-1] * len(n_levels)
        best, nearest = information[root].copy(), np.full(len(n_levels), root)
        best[root] = -np.inf
        for _ in range(len(n_levels) - 1):
            chosen = int(best.argmax())
            order.append(chosen)
            parents[chosen] = int(nearest[chosen])
            closer = (information[chosen] > best) & np.isfinite(best)
            best[closer], nearest[closer] = information[chosen][closer], chosen
            best[chosen] = -np.inf
        return cls(tuple(order), tuple(parents))

    def children(self, node: int) -> tuple[int, ...]:
        """Return the variables below one."""
        return tuple(child for child in self.order if self.parents[child] == node)


def mutual_information(levels: Codes, n_levels: list[int]) -> Floats:
    """Return the mutual information of each pair in nats, less what independent variables of that size would show.

    Source of the correction: Miller 1955; (r - 1)(c - 1) / 2n.
    """
    n_variables = len(n_levels)
    alone = [entropy(np.bincount(levels[:, place])) for place in range(n_variables)]
    information = np.zeros((n_variables, n_variables))
    for one in range(n_variables):
        for other in range(one):
            together = entropy(pair_counts(levels[:, one], levels[:, other], n_levels[other]))
            by_chance = (n_levels[one] - 1) * (n_levels[other] - 1) / (2 * len(levels))
            information[one, other] = information[other, one] = alone[one] + alone[other] - together - by_chance
    return information
