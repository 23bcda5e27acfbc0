"""What is known of each variable in each row, from cells that are given in some columns of it.

A variable of several columns of which some are given is known to be among the combinations that have these cells. A
combination of cells that was never learnt counts as those that share most of its cells: there is nothing exact to
condition on, and no row is refused for what its own cells have not met before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.variables import NOT_GIVEN, Variable, Variables

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]
    Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Evidence:
    """What is known of one variable.

    Attributes
    ----------
    levels : (n_rows,) the level, -1 where it is not known.
    kinds : (n_rows,) the row of `weights`, -1 where nothing is known or the level is.
    weights : (n_kinds, n_levels) the share of each level that agrees with what is given, in [0, 1].
    """

    levels: Codes = field(repr=False)
    kinds: Codes = field(repr=False)
    weights: Singles = field(repr=False)

    def of(self, rows: Codes | slice) -> Evidence:
        """Return what is known of some of the rows."""
        return Evidence(self.levels[rows], self.kinds[rows], self.weights)


def evidence_of(variables: Variables, given: Codes) -> list[Evidence]:
    """Return what given cells tell of each variable.

    Parameters
    ----------
    given : (n_rows, n_columns) codes of the table's columns, -1 where a cell is not given.
    """
    return [_evidence(variable, given[:, list(variable.columns)]) for variable in variables.variables]


def _evidence(variable: Variable, given: Codes) -> Evidence:
    if len(variable.columns) == 1:
        nothing = np.full(len(given), NOT_GIVEN, dtype=np.int64)
        return Evidence(given[:, 0], nothing, np.zeros((0, variable.n_levels), dtype=np.float32))
    patterns, rows = np.unique(given, axis=0, return_inverse=True)
    levels = np.full(len(patterns), NOT_GIVEN, dtype=np.int64)
    kinds = np.full(len(patterns), NOT_GIVEN, dtype=np.int64)
    weights: list[Singles] = []
    for place, pattern in enumerate(patterns):
        if (pattern == NOT_GIVEN).all():
            continue
        agreeing = _agreeing(variable, pattern)
        if np.count_nonzero(agreeing) == 1:
            levels[place] = int(agreeing.argmax())
        else:
            kinds[place] = len(weights)
            weights.append(agreeing)
    rows = rows.ravel()
    stacked = np.stack(weights) if weights else np.zeros((0, variable.n_levels), dtype=np.float32)
    return Evidence(levels[rows], kinds[rows], stacked)


def _agreeing(variable: Variable, pattern: Codes) -> Singles:
    """Return the share of each level that has the cells of a pattern, of the combinations that share most of them."""
    told = pattern != NOT_GIVEN
    shared = (variable.combinations[:, told] == pattern[told]).sum(axis=1)
    pooled = (variable.pool[:, told] == pattern[told]).sum(axis=1)
    most = max(shared.max(initial=0), pooled.max(initial=0))
    weights = np.zeros(variable.n_levels, dtype=np.float32)
    weights[: len(shared)] = shared == most
    if len(pooled):
        weights[-1] = variable.pool_rows[pooled == most].sum() / variable.pool_rows.sum()
    return weights
