"""Several trees of hidden states, each for some of the rows: by the levels of one variable that matters most.

What decides a variable such as an outcome is often an interplay of many columns, which a single tree cannot carry through its
states; a tree for each of its levels can, for then the others' whole distribution depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.states import States
from veil.synthesizers.circuits.tree import Tree, mutual_information
from veil.synthesizers.circuits.variables import entropy

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]
    Floats = npt.NDArray[np.float64]

MIN_PART_ROWS = 400
MAX_PARTS = 6
MIN_LEVEL_SHARE = 0.03


def parts_of(levels: Codes, n_levels: int) -> list[Codes]:
    """Return the levels of each part: a level of its own where at least 400 rows have it, the others together."""
    rows = np.bincount(levels, minlength=n_levels)
    frequent = [int(level) for level in np.argsort(-rows, kind="stable")[: MAX_PARTS - 1] if rows[level] >= MIN_PART_ROWS]
    others = np.array([level for level in range(n_levels) if level not in frequent], dtype=np.int64)
    parts = [np.array([level], dtype=np.int64) for level in frequent]
    if not parts:
        return [others]
    if len(others) and rows[others].sum() < MIN_PART_ROWS:
        parts[-1] = np.sort(np.append(parts[-1], others))
        return parts
    return [*parts, others] if len(others) else parts


def most_telling(levels: Codes, n_levels: Sequence[int]) -> int | None:
    """Return the variable of two levels that the others tell most about; None if there is none.

    More parts leave too few rows to each: what one tree would learn of all rows is then learnt badly several times.
    """
    candidates = [node for node, size in enumerate(n_levels) if size == 2 and _is_even(levels[:, node])]
    if not candidates:
        return None
    information = mutual_information(levels[:20_000], list(n_levels))
    told = {node: float(information[node].sum()) / entropy(np.bincount(levels[:, node])) for node in candidates}
    return max(candidates, key=lambda node: (told[node], -node))


def _is_even(levels: Codes) -> bool:
    rows = np.bincount(levels)
    return bool((rows[rows > 0] >= MIN_LEVEL_SHARE * len(levels)).all() and (rows > 0).sum() > 1)


@dataclass(frozen=True)
class Mixture:
    """Trees and the share of the rows that each is for."""

    parts: tuple[States, ...] = field(repr=False)
    shares: tuple[float, ...]

    def log_likelihood(self, levels: Codes) -> Singles:
        """Return the log-likelihood of each complete row, in nats."""
        pairs = zip(self.parts, self.shares, strict=True)
        each = np.stack([part.log_likelihood(levels) + np.log(share) for part, share in pairs])
        return np.asarray(np.logaddexp.reduce(each, axis=0), dtype=np.float32)

    def sample(self, n_rows: int, rng: np.random.Generator, allowed: Mapping[int, Singles] | None = None) -> Codes:
        """Return sampled levels, (n_rows, n_variables), of rows that meet the evidence; exact.

        Parameters
        ----------
        allowed : per variable, (n_levels,) weights of its levels: 0 for those that must not be.
        """
        logs = np.log(self.shares) + [part.log_evidence(allowed or {}) for part in self.parts]
        weights = np.exp(logs - logs.max())
        ends = np.cumsum(weights) / weights.sum()
        drawn = np.minimum(np.searchsorted(ends, (rng.random() + rng.permutation(n_rows)) / max(n_rows, 1) % 1.0, side="right"),
                           len(ends) - 1)  # fmt: skip
        levels = np.empty((n_rows, len(self.parts[0].emissions)), dtype=np.int64)
        for place, part in enumerate(self.parts):
            rows = np.flatnonzero(drawn == place)
            levels[rows] = part.sample(len(rows), rng, allowed)
        return levels

    def arrays(self) -> dict[str, Singles]:
        """Return all parameters by name."""
        return {f"part{place}.{name}": array for place, part in enumerate(self.parts) for name, array in part.arrays().items()}

    @classmethod
    def from_arrays(cls, trees: Sequence[Tree], shares: Sequence[float], arrays: Mapping[str, Singles]) -> Mixture:
        """Read what `arrays` returned."""
        parts = []
        for place, tree in enumerate(trees):
            start = f"part{place}."
            own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
            parts.append(States.from_arrays(tree, own))
        return cls(tuple(parts), tuple(shares))
