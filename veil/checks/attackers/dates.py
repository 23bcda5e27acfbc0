"""Linkage by dates: an attacker who knows two true dates of somebody looks for the row that they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.checks.attackers.base import attack_result
from veil.model import CheckResult

if TYPE_CHECKING:
    from veil.checks.view import Codes, Floats

N_TARGETS = 1_000
MAX_SHIFT = 3_660
MAX_JITTER = 30


def date_linkage(table: str, columns: tuple[str, str], known: Floats, seen: Floats, rng: np.random.Generator) -> CheckResult:
    """Return the share of people whom two of their true dates lead to: `attack_dates`.

    Parameters
    ----------
    known, seen : (n_rows, 2) days of the source and of the transformed table, same rows, without NaN.
    rng : for whom is looked for.

    Rows with the very dates are taken, and where there is none, rows with the same days between the dates, for a shift keeps
    them; among several the attacker guesses. The control looks for dates that nobody has, moved by up to 30 days each.

    Source: de Montjoye et al. 2013, doi 10.1038/srep01376 (few points in time make people unique).
    """
    n_rows = len(known)
    targets = rng.choice(n_rows, min(N_TARGETS, n_rows), replace=False)
    index = _Index(seen)
    matched = float(sum(index.found(known[row], int(row)) for row in targets))
    moves = rng.integers(1, MAX_JITTER + 1, size=(len(targets), 2)) * rng.choice([-1, 1], size=(len(targets), 2))
    control = float(sum(index.found(known[row] + move, int(row)) for row, move in zip(targets, moves, strict=True)))
    what = f"people whom two dates of `{columns[0]}` and `{columns[1]}` lead to"
    return attack_result(
        "attack_dates", table, columns, matched, len(targets), baseline=1 / n_rows, control=control / len(targets), what=what
    )


class _Index:
    """Rows by their dates and by the days between them."""

    def __init__(self, seen: Floats) -> None:
        self._seen = seen
        between = seen[:, 1] - seen[:, 0]
        self._order = np.lexsort((seen[:, 0], between))
        self._between, self._first = between[self._order], seen[self._order, 0]

    def found(self, dates: Floats, row: int) -> float:
        """Return the chance that the attacker takes the right row."""
        low, high = _range(self._between, dates[1] - dates[0], dates[1] - dates[0])
        first = self._first[low:high]
        exact, near = (_range(first, dates[0] - shift, dates[0] + shift) for shift in (0, MAX_SHIFT))
        start, end = exact if exact[0] < exact[1] else near
        candidates: Codes = self._order[low + start : low + end]
        return 1 / len(candidates) if row in candidates else 0.0


def _range(ordered: Floats, low: float, high: float) -> tuple[int, int]:
    """Return where the values from `low` to `high` stand."""
    return int(np.searchsorted(ordered, low, "left")), int(np.searchsorted(ordered, high, "right"))
