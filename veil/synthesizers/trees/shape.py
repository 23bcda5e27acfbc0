"""The splits of a tree: grown until leaves are small, then cut back to what earns its keep.

Grown first and pruned after (Breiman et al. 1984, chapter 3), since a split that gains nothing may be what a good one needs:
where two columns tell something only together, neither gains on its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]
    Truth = npt.NDArray[np.bool_]

WHOLE = ("left", "right", "feature")


@dataclass(frozen=True)
class Shape:
    """Nodes are numbered so that children come after their parent and a subtree is a run of numbers.

    Attributes
    ----------
    left, right : (n_nodes,) children, -1 at a leaf. `feature` and `threshold` : a row goes left where it is at most that.
    """

    left: Codes = field(repr=False)
    right: Codes = field(repr=False)
    feature: Codes = field(repr=False)
    threshold: Floats = field(repr=False)

    @classmethod
    def stump(cls) -> Shape:
        """Return a tree that is one leaf."""
        none = np.full(1, -1, dtype=np.int64)
        return cls(none, none, none, np.zeros(1))

    @property
    def is_inner(self) -> Truth:
        """Which nodes have children."""
        return np.asarray(self.left >= 0)

    @property
    def parent(self) -> Codes:
        """Each node's parent; the root's is itself."""
        parent, inner = np.zeros(len(self.left), dtype=np.int64), np.flatnonzero(self.is_inner)
        parent[self.left[inner]] = parent[self.right[inner]] = inner
        return parent

    @property
    def ends(self) -> Codes:
        """The number after the last node of each subtree."""
        ends = np.arange(1, len(self.left) + 1)
        for node in np.flatnonzero(self.is_inner)[::-1]:
            ends[node] = ends[self.right[node]]
        return ends

    def below(self, nodes: Codes, features: Singles, rows: Codes) -> Codes:
        """Return the child that each row of `features` goes to from its inner node."""
        goes_left = features[rows, self.feature[nodes]] <= self.threshold[nodes]
        return np.where(goes_left, self.left[nodes], self.right[nodes])

    def leaves(self, features: Singles) -> Codes:
        """Return the leaf of each row of (n_rows, n_features)."""
        nodes, inner = np.zeros(len(features), dtype=np.int64), self.is_inner
        going = np.flatnonzero(inner[nodes])
        while going.size:
            nodes[going] = self.below(nodes[going], features, going)
            going = going[inner[nodes[going]]]
        return nodes

    def looking_at(self, used: Codes) -> Shape:
        """Return the same splits for features of which only the `used` are left, in that order."""
        return Shape(self.left, self.right, np.where(self.is_inner, np.searchsorted(used, self.feature), -1), self.threshold)

    def cut(self, stays: Truth) -> Shape:
        """Return the tree without the branches of nodes that do not stay inner."""
        parent, kept = self.parent, np.ones(len(self.left), dtype=bool)
        for node in range(1, len(kept)):
            kept[node] = kept[parent[node]] and stays[parent[node]]
        number = np.cumsum(kept) - 1
        inner = (self.is_inner & stays)[kept]
        left, right = (np.where(inner, number[child[kept]], -1) for child in (self.left, self.right))
        return Shape(left, right, np.where(inner, self.feature[kept], -1), np.where(inner, self.threshold[kept], 0.0))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything by name."""
        return {**{name: getattr(self, name).astype(np.int32) for name in WHOLE}, "threshold": self.threshold}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Shape:
        """Read what `arrays` returned."""
        left, right, feature = (arrays[name].astype(np.int64) for name in WHOLE)
        return cls(left, right, feature, arrays["threshold"].astype(np.float64))


@dataclass(frozen=True)
class Grown:
    """A tree grown to its end, and the log-likelihood of each node's training rows under the node's own shares, in nats."""

    shape: Shape = field(repr=False)
    scores: Floats = field(repr=False)

    @classmethod
    def fit(cls, features: Singles, classes: Codes, min_leaf: int) -> Grown:
        """Grow on (n_rows, n_features) to tell the classes, with at least `min_leaf` rows in a leaf."""
        from sklearn.tree import DecisionTreeClassifier

        if not features.shape[1]:
            return cls(Shape.stump(), np.zeros(1))
        tree = DecisionTreeClassifier(criterion="entropy", min_samples_leaf=min_leaf, random_state=0).fit(features, classes).tree_
        left, right, feature = (
            np.asarray(part, dtype=np.int64) for part in (tree.children_left, tree.children_right, tree.feature)
        )
        bits = np.asarray(tree.impurity, dtype=np.float64)
        scores = -np.log(2) * bits * np.asarray(tree.n_node_samples)
        return cls(Shape(left, right, feature, np.asarray(tree.threshold, dtype=np.float64)), scores)

    def pruned(self, price: float) -> Shape:
        """Return the subtree that is best if each split costs `price` nats."""
        best, stays = self.scores.copy(), self.shape.is_inner.copy()
        for node in np.flatnonzero(stays)[::-1]:
            branch = best[self.shape.left[node]] + best[self.shape.right[node]] - price
            stays[node] = branch > best[node]
            best[node] = max(branch, best[node])
        return self.shape.cut(stays)
