"""Which of the columns that are known tell of those to be drawn: a circuit that is told what does not matter learns it by heart.

Columns are taken one by one, each for what it tells beyond those taken before. A circuit that is told the same thing three times
takes it three times as seriously, and what is drawn would follow the past more than it should.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.variables import entropy, pair_counts

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]

MAX_TOLD = 5
MAX_CODES, FEW_CODES = 20, 6
LEAST = 1e-9
CHANCE = 3.0
"""Standard deviations beyond what independent columns would show."""


def telling(known: Mapping[str, Codes], targets: Mapping[str, Codes], *, at_most: int = MAX_TOLD) -> list[str]:
    """Return the names of known columns that tell something of a target beyond the others and beyond chance.

    Mutual information of independent columns is chi-squared: 2 n I has (r - 1)(c - 1) degrees of freedom (Wilks 1938), in each
    class of what is known already.
    """
    found: dict[str, None] = {}
    for target in targets.values():
        found |= dict.fromkeys(_telling_of(known, target, at_most))
    return list(found)


def _telling_of(known: Mapping[str, Codes], target: Codes, at_most: int) -> list[str]:
    """Return the columns that tell of one target, the one that tells most first."""
    many, few = ({name: coarse(codes, n_codes) for name, codes in known.items()} for n_codes in (MAX_CODES, FEW_CODES))
    wanted = coarse(target, MAX_CODES)
    taken: list[str] = []
    so_far, left = np.zeros(len(target), dtype=np.int64), dict(many)
    while left and len(taken) < at_most:
        told = {name: beyond_chance(codes, wanted, so_far) for name, codes in left.items()}
        best = max(sorted(told), key=lambda name: told[name])
        if told[best] <= LEAST:
            break
        taken.append(best)
        left = {name: few[name] for name in left if name != best}
        so_far = np.unique(so_far * FEW_CODES + few[best], return_inverse=True)[1].astype(np.int64)
    return taken


def beyond_chance(one: Codes, other: Codes, given: Codes) -> float:
    """Return the mutual information of two columns in nats, given a third, less what chance explains."""
    n_other = int(other.max(initial=0)) + 1
    beside_one, beside_other = _paired(given, one), _paired(given, other)
    all_counts = pair_counts(beside_one, other, n_other)
    known = np.bincount(given)
    told = entropy(np.bincount(beside_one)) + entropy(np.bincount(beside_other)) - entropy(all_counts) - entropy(known)
    free = _classes(beside_one, given, len(known)) * _classes(beside_other, given, len(known))
    n_free = float(free.sum())
    return float(told - (n_free + CHANCE * np.sqrt(2 * n_free)) / (2 * len(one)))


def _paired(given: Codes, codes: Codes) -> Codes:
    paired = given * (int(codes.max(initial=0)) + 1) + codes
    return np.asarray(np.unique(paired, return_inverse=True)[1], dtype=np.int64)


def _classes(paired: Codes, given: Codes, n_given: int) -> Codes:
    """Return, for each class of what is given, how many codes occur in it, less one."""
    firsts = np.unique(paired, return_index=True)[1]
    return np.asarray(np.bincount(given[firsts], minlength=n_given) - 1)


def coarse(codes: Codes, n_codes: int) -> Codes:
    """Return many codes as few, neighbors together, about even."""
    distinct, places, rows = np.unique(codes, return_inverse=True, return_counts=True)
    if len(distinct) <= n_codes:
        return np.asarray(places, dtype=np.int64)
    middle = (np.cumsum(rows) - rows / 2) / rows.sum()
    return np.asarray((middle * n_codes).astype(np.int64)[places])
