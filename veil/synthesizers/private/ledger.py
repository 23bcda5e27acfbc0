"""The account of a budget: what every query cost, in zCDP, and that nothing is spent that is not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from veil.errors import SynthesisFailed

UNIT = 2.0**-40
"""Costs are whole multiples of it, so that sums of floating-point numbers are exact."""


@dataclass(frozen=True)
class Query:
    """One look at the rows.

    Attributes
    ----------
    name : what was asked: `rows`, `levels`, `numbers`, `marginal` or `selection`.
    mechanism : `discrete gaussian` or `exponential`.
    columns : the columns it was asked of; of a selection, none, for it looks at all.
    rho : its cost; the mechanism is (delta-approximately) rho-zCDP for the sensitivity told here.
    sensitivity : by how much one unit of privacy can change the true answer; in L2 for counts, in L-infinity for scores.
    scale : of the noise, in rows; of counts, its standard deviation.
    n_answers : how many counts or choices were told.
    """

    name: str
    mechanism: str
    columns: tuple[str, ...]
    rho: float
    delta: float
    sensitivity: float
    scale: float
    n_answers: int


class Account:
    """A budget of zCDP and delta, and the queries that were paid from it."""

    def __init__(self, rho: float, delta: float) -> None:
        self.rho = whole(rho)
        self.delta = delta
        self._queries: list[Query] = []

    @property
    def queries(self) -> tuple[Query, ...]:
        """What was paid so far, in order."""
        return tuple(self._queries)

    @property
    def spent(self) -> float:
        """The sum of the queries' rho; exact, for all are multiples of one unit."""
        return math.fsum(query.rho for query in self._queries)

    @property
    def left(self) -> float:
        """What can still be spent."""
        return self.rho - self.spent

    def require(self, rho: float, delta: float = 0.0) -> float:
        """Return the cost as a whole multiple of the unit, rounded down; refuse one that the account cannot pay."""
        cost = whole(rho)
        if cost < UNIT:
            raise SynthesisFailed("the privacy budget is too small for so many questions; raise epsilon or learn fewer columns")
        spent_delta = math.fsum(query.delta for query in self._queries)
        if cost > self.left or delta < 0 or spent_delta + delta > self.delta * (1 + 1e-12):
            raise SynthesisFailed("the privacy account is overdrawn; nothing was told for this query")
        return cost

    def pay(self, query: Query) -> None:
        """Enter a query whose cost `require` returned."""
        self._queries.append(query)

    def to_json(self) -> list[Mapping[str, Any]]:
        """Return the queries, which hold no cell."""
        return [asdict(query) for query in self._queries]


def whole(rho: float) -> float:
    """Round down to a multiple of the unit."""
    return math.floor(rho / UNIT) * UNIT


def shares(rho: float, weights: Sequence[float]) -> list[float]:
    """Split a budget by weights into whole multiples of the unit that sum to it exactly, if it is one itself."""
    total = math.fsum(weights)
    parts = [whole(rho * weight / total) for weight in weights[:-1]]
    return [*parts, whole(rho) - math.fsum(parts)]
