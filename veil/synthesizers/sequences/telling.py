"""Which of the columns that are known tell of those to be drawn: a circuit that is told what does not matter learns it by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.variables import entropy, pair_counts

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]

MAX_TOLD = 5
MAX_CODES = 20
CHANCE = 3.0
"""Standard deviations beyond what independent columns would show."""


def telling(known: Mapping[str, Codes], targets: Mapping[str, Codes], *, at_most: int = MAX_TOLD) -> list[str]:
    """Return the names of known columns that are among the few that tell most of some target, and more than by chance.

    Mutual information of independent columns is chi-squared: 2 n I has (r - 1)(c - 1) degrees of freedom (Wilks 1938).
    """
    found: dict[str, None] = {}
    bands = {name: coarse(codes) for name, codes in known.items()}
    for target in targets.values():
        told = {name: information(codes, coarse(target)) for name, codes in bands.items()}
        best = sorted((name for name in told if told[name] > 0), key=lambda name: (-told[name], name))
        found |= dict.fromkeys(best[:at_most])
    return list(found)


def information(one: Codes, other: Codes) -> float:
    """Return the mutual information of two columns in nats, less what chance explains."""
    n_one, n_other = int(one.max(initial=0)) + 1, int(other.max(initial=0)) + 1
    apart = entropy(np.bincount(one)) + entropy(np.bincount(other))
    free = (len(np.unique(one)) - 1) * (len(np.unique(other)) - 1)
    by_chance = (free + CHANCE * np.sqrt(2 * free)) / (2 * len(one))
    return float(apart - entropy(pair_counts(one, other, n_other)) - by_chance) if n_one > 1 and n_other > 1 else 0.0


def coarse(codes: Codes) -> Codes:
    """Return many codes as few, neighbors together."""
    distinct, places = np.unique(codes, return_inverse=True)
    return np.asarray(places * MAX_CODES // max(len(distinct), MAX_CODES), dtype=np.int64)
