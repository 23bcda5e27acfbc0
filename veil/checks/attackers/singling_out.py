"""Singling out: an attacker who knows somebody's quasi-identifiers, as they stand in the transformed table, finds one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.checks.attackers.base import attack_result
from veil.model import CheckResult

if TYPE_CHECKING:
    from veil.checks.view import Codes


def singling_out(table: str, columns: Sequence[str], sizes: Codes, codes: Codes, raw_sizes: Codes) -> CheckResult:
    """Return the share of rows that are alone with their combination of quasi-identifiers: `attack_singling_out`.

    Parameters
    ----------
    columns : the quasi-identifiers that are left in the transformed table.
    sizes : (n_classes,) rows of each combination of the transformed table.
    codes : (n_classes, n_columns) which value of each column the combination has; nulls are a value.
    raw_sizes : rows of each combination of the same columns in the source.

    The baseline is the source itself. The control is what would be alone if the columns told nothing of each other: the part that
    comes from the columns' own rare values, which only a coarser column takes away.

    Source: Article 29 Working Party, opinion 05/2014, section 2.2.2.
    """
    n_rows = int(sizes.sum())
    raw = float((raw_sizes == 1).sum()) / max(int(raw_sizes.sum()), 1)
    chance = np.ones(len(sizes))
    for column in codes.T:
        chance *= (np.bincount(column, weights=sizes) / n_rows)[column]
    control = float(np.sum(sizes * (1 - chance) ** (n_rows - 1)) / n_rows)
    what = f"rows that {len(columns)} quasi-identifiers single out; {raw:.2%} in the source"
    alone = float((sizes == 1).sum())
    return attack_result(
        "attack_singling_out", table, tuple(columns), alone, n_rows, baseline=1 / n_rows, control=control, what=what
    )
