"""How many children a parent has, given its columns: multinomial regression of classes of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.sequences.chances import MAX_CLASSES, Chances
from veil.synthesizers.sequences.telling import telling

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_TOLD = 8
MIN_CLASS_PARENTS = 25
MAX_PARENTS = 100_000
PENALTY = 0.005


@dataclass(frozen=True)
class Numbers:
    """Fitted numbers of children.

    Attributes
    ----------
    least : the least number of each class; `found` the numbers that parents had, and `times` how many had each.
    seen : the codes that each told column had.
    """

    least: Codes = field(repr=False)
    found: Codes = field(repr=False)
    times: Codes = field(repr=False)
    seen: Mapping[str, Codes] = field(repr=False)
    chances: Chances = field(repr=False)

    @classmethod
    def fit(cls, parents: Mapping[str, Codes], children: Codes, rng: np.random.Generator) -> Numbers:
        """Learn from parents.

        Parameters
        ----------
        parents : codes of their columns; `children` (n_parents,) how many each has, zero included.
        """
        found, times = np.unique(children, return_counts=True)
        least = _classes(found, times)
        told = telling(parents, {"children": children}, at_most=MAX_TOLD)
        seen = {name: np.unique(parents[name]) for name in told}
        some = np.arange(len(children))
        if len(some) > MAX_PARENTS:
            some = np.sort(rng.choice(some, MAX_PARENTS, replace=False))
        features = indicated({name: parents[name][some] for name in told}, seen, len(some))
        classes = np.searchsorted(least, children[some], side="right") - 1
        return cls(least, found, times, seen, Chances.fit(features, classes, len(least), 0, PENALTY))

    def sample(self, parents: Mapping[str, Codes], n_parents: int, rng: np.random.Generator) -> Codes:
        """Return how many children each parent has: a class by its chances, and in it a number as often as it was."""
        classes = self.chances.draw(indicated(parents, self.seen, n_parents), 0, rng)
        children = np.zeros(n_parents, dtype=np.int64)
        own = np.searchsorted(self.least, self.found, side="right") - 1
        for each in range(len(self.least)):
            rows, members = np.flatnonzero(classes == each), np.flatnonzero(own == each)
            children[rows] = rng.choice(self.found[members], len(rows), p=self.times[members] / self.times[members].sum())
        return children

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value of all but the arrays of `chances`."""
        return {"least": self.least.tolist(), "found": self.found.tolist(), "times": self.times.tolist(),
                "seen": [[name, each.tolist()] for name, each in self.seen.items()]}  # fmt: skip

    @classmethod
    def load(cls, value: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Numbers:
        """Read what `to_json` returned, and the arrays."""
        least, found, times = (np.array(value[name], dtype=np.int64) for name in ("least", "found", "times"))
        seen = {name: np.array(each, dtype=np.int64) for name, each in value["seen"]}
        return cls(least, found, times, seen, Chances.from_arrays(arrays))


def scaled(children: Codes, n_rows: int, rng: np.random.Generator) -> Codes:
    """Return numbers of children that add up to `n_rows`: each as near to its own as can be, rounded up or down at random."""
    total = int(children.sum())
    if total == n_rows:
        return children
    wanted = children * (n_rows / total) if total else np.full(len(children), n_rows / len(children))
    sizes = np.floor(wanted).astype(np.int64)
    lacking = n_rows - int(sizes.sum())
    keys = np.log(np.maximum(wanted - sizes, 1e-12)) + rng.gumbel(size=len(sizes))
    sizes[np.argsort(-np.where(wanted > 0, keys, -np.inf), kind="stable")[:lacking]] += 1
    return np.asarray(sizes)


def _classes(found: Codes, times: Codes) -> Codes:
    """Return the least number of each class: numbers by themselves where enough parents have each, none always."""
    least, n_so_far, enough = [int(found[0])], 0, max(MIN_CLASS_PARENTS, int(times.sum()) // (2 * MAX_CLASSES))
    for number, n_parents in zip(found.tolist(), times.tolist(), strict=True):
        if n_so_far >= enough or (number > 0 and least[-1] == 0 and len(least) == 1):
            least, n_so_far = [*least, int(number)], 0
        n_so_far += n_parents
    if len(least) > 1 and n_so_far < MIN_CLASS_PARENTS and least[-2] > 0:
        least.pop()
    return np.array(least, dtype=np.int64)


def indicated(codes: Mapping[str, Codes], seen: Mapping[str, Codes], n_rows: int) -> Floats:
    """Return a first feature that is always 1, and whether each told column has each of its codes but the first."""
    own = [(codes[name] == code).astype(np.float64) for name, each in seen.items() for code in each[1:].tolist()]
    return np.column_stack([np.ones(n_rows), *own])
