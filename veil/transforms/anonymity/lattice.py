"""Full-domain generalization: the one step for each column that meets the demands at the least loss, found without trying all.

The nodes of the lattice are visited by a lower bound of their loss, which only grows toward coarser nodes; whether too many
rows are in classes under k is found by bisection along a path upward, and what it says of a node is passed on to all nodes below
or above. So the result is that of an exhaustive search; ties go to the node with fewer steps, then to the first columns' finer
ones.

Sources: the lattice Samarati 2001 (10.1109/69.971193); paths and predictive tagging Kohlmayer et al. 2012, Flash
(10.1109/SocialCom-PASSAT.2012.52).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from veil.classes import combination_codes

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.anonymity.demands import Integers, Judge
    from veil.transforms.anonymity.ladder import Ladder

Node: TypeAlias = tuple[int, ...]

MAX_NODES: Final = 100_000
UNKNOWN, POSSIBLE, IMPOSSIBLE = 0, 1, -1


@dataclass(frozen=True)
class Choice:
    """A node that meets the demands: the step of each column, which combinations are suppressed, and what it costs."""

    node: Node
    suppressed: npt.NDArray[np.bool_] = field(repr=False)
    loss: int

    @property
    def rank(self) -> tuple[int, int, Node]:
        """What the best choice has least of."""
        return self.loss, sum(self.node), self.node


@dataclass(frozen=True)
class Lattice:
    """All ways to generalize a table's quasi-identifiers.

    Attributes
    ----------
    ladders : of the columns.
    combinations : (n_combinations, n_columns), the distinct combinations as codes of the ladders' cells.
    judge : says which classes meet the demands.
    max_suppressed : rows that may be suppressed.
    """

    ladders: tuple[Ladder, ...]
    combinations: Integers = field(repr=False)
    judge: Judge = field(repr=False)
    max_suppressed: int

    @property
    def top(self) -> Node:
        """The coarsest node."""
        return tuple(ladder.n_steps - 1 for ladder in self.ladders)

    def best(self) -> Choice | None:
        """Return the choice with the least loss; None if no node meets the demands."""
        tags = np.zeros(tuple(step + 1 for step in self.top), dtype=np.int8)
        best: Choice | None = None
        for bound, _, node in self._ordered:
            if best is not None and bound > best.loss:
                break
            if tags[node] == UNKNOWN:
                self._search_path(node, tags)
            choice = self.choice(node) if tags[node] == POSSIBLE else None
            if choice is not None and (best is None or choice.rank < best.rank):
                best = choice
        return best

    @cached_property
    def _ordered(self) -> list[tuple[int, int, Node]]:
        nodes = itertools.product(*(range(ladder.n_steps) for ladder in self.ladders))
        return sorted((self._bound(node), sum(node), node) for node in nodes)

    def _search_path(self, node: Node, tags: npt.NDArray[np.int8]) -> None:
        """Find by bisection where a path upward from the node begins to be possible, and pass on what that says."""
        path = [node, *self._upward(node, tags)]
        low, high = 0, len(path)
        while low < high:
            middle = (low + high) // 2
            place = path[middle]
            if self._too_small(place) <= self.max_suppressed:
                tags[tuple(slice(step, None) for step in place)] = POSSIBLE
                high = middle
            else:
                tags[tuple(slice(None, step + 1) for step in place)] = IMPOSSIBLE
                low = middle + 1

    def _upward(self, node: Node, tags: npt.NDArray[np.int8]) -> Iterator[Node]:
        while True:
            above = ((*node[:column], node[column] + 1, *node[column + 1 :]) for column in range(len(node)))
            unknown = [after for after in above if _is_below(after, self.top) and tags[after] == UNKNOWN]
            if not unknown:
                return
            node = min(unknown, key=lambda after: (self._bound(after), after))
            yield node

    def _classes(self, node: Node) -> tuple[Integers, int]:
        columns = [
            (ladder.groups[step][self.combinations[:, column]], int(ladder.groups[step].max(initial=0)) + 1)
            for column, (ladder, step) in enumerate(zip(self.ladders, node, strict=True))
        ]
        levels, classes = np.unique(combination_codes(columns)[0], return_inverse=True)
        return classes.astype(np.int64), len(levels)

    def _too_small(self, node: Node) -> int:
        """Return the rows in classes of fewer than k: more of them at no coarser node, so this can be passed on."""
        sizes = self.judge.sizes(*self._classes(node))
        return int(sizes[sizes < self.judge.demands.k].sum())

    def choice(self, node: Node) -> Choice | None:
        """Return what is suppressed at a node and what that costs; None if it is too much.

        The suppressed rows are a class of their own, `*` in all columns, and must meet the demands too: until they do, the
        smallest classes are suppressed with them, of equal ones the first.
        """
        classes, n_classes = self._classes(node)
        failing = ~self.judge.passing(classes, n_classes)
        sizes = self.judge.sizes(classes, n_classes)
        suppressed = failing.copy()
        smallest = iter(np.flatnonzero(~failing)[np.argsort(sizes[~failing], kind="stable")].tolist())
        while suppressed.any():
            if sizes[suppressed].sum() > self.max_suppressed:
                return None
            if self.judge.union_passes(np.flatnonzero(suppressed[classes])):
                break
            another = next(smallest, None)
            if another is None:
                return None
            suppressed[another] = True
        return Choice(node, suppressed[classes], self._loss(node, suppressed[classes]))

    def _loss(self, node: Node, suppressed: npt.NDArray[np.bool_]) -> int:
        rows, kept = self.judge.rows, ~suppressed
        hidden = int(rows[suppressed].sum())
        lost = 0
        for column, step in enumerate(node):
            weight = self._weights[column][step][self.combinations[kept, column]]
            whole = max(len(self.ladders[column].cells) - 1, 0)
            lost += self._shares[column] * (int((weight * rows[kept]).sum()) + hidden * whole)
        return lost

    def _bound(self, node: Node) -> int:
        """Return the loss without suppression: no more than the loss with it, and no more than at a coarser node."""
        return sum(self._bounds[column][step] for column, step in enumerate(node))

    @cached_property
    def _weights(self) -> list[Integers]:
        return [ladder.weights() for ladder in self.ladders]

    @cached_property
    def _shares(self) -> list[int]:
        """The factor that makes a column's weights a share of its distinct cells, as integers over one denominator."""
        denominators = [max(len(ladder.cells) - 1, 1) for ladder in self.ladders]
        common = math.lcm(*denominators)
        return [common // denominator for denominator in denominators]

    @cached_property
    def _bounds(self) -> list[list[int]]:
        return [
            [self._shares[column] * int((steps[self.combinations[:, column]] * self.judge.rows).sum()) for steps in weights]
            for column, weights in enumerate(self._weights)
        ]


def _is_below(node: Node, top: Node) -> bool:
    return all(step <= last for step, last in zip(node, top, strict=True))


def n_nodes(ladders: Sequence[Ladder]) -> int:
    """Return how many nodes the lattice of the ladders has."""
    return math.prod(ladder.n_steps for ladder in ladders)
