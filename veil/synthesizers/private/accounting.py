"""Concentrated differential privacy and what it means in epsilon and delta.

A mechanism is rho-zCDP if for every order alpha > 1 and all neighbors the Renyi divergence is at most rho alpha. Budgets add
up over adaptively chosen queries (Bun and Steinke 2016, arXiv 1605.02065, lemma 2.3), also where the budget of a query
depends on earlier answers, as long as the total is fixed in advance (filters for zCDP: Whitehouse et al. 2023, arXiv
2203.05481).

rho-zCDP implies (epsilon, delta) with, for any alpha > 1 (Canonne, Kamath and Steinke 2020, arXiv 2004.00010, proposition
12)::

    delta = exp((alpha - 1)(alpha rho - epsilon)) / (alpha - 1) * (1 - 1/alpha)^alpha

Whatever alpha the search ends at gives a bound that holds, so its precision costs privacy nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

_SEARCH_STEPS = 80
_LOW, _HIGH = -12.0, 30.0
"""Of log(alpha - 1)."""


def delta_of(rho: float, epsilon: float) -> float:
    """Return the smallest delta that rho-zCDP guarantees with this epsilon."""
    return 0.0 if rho <= 0 else min(1.0, math.exp(min(0.0, _log_delta(best_order(rho, epsilon), rho, epsilon))))


def epsilon_of(rho: float, delta: float) -> float:
    """Return the smallest epsilon that rho-zCDP guarantees with this delta."""
    if rho <= 0:
        return 0.0

    def epsilon(log_excess: float) -> float:
        excess = math.exp(log_excess)
        alpha = 1 + excess
        return rho * alpha - math.log1p(1 / excess) - (math.log(delta) + math.log(alpha)) / excess

    return max(0.0, epsilon(_lowest(epsilon)))


@lru_cache(maxsize=64)
def rho_of(epsilon: float, delta: float) -> float:
    """Return the largest rho for which rho-zCDP guarantees epsilon and delta."""
    low, high = 0.0, 1.0
    while delta_of(high, epsilon) <= delta:
        low, high = high, high * 2
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_of(middle, epsilon) <= delta else (low, middle)
    return low


def best_order(rho: float, epsilon: float) -> float:
    """Return the order alpha at which rho-zCDP tells the smallest delta."""
    return 1 + math.exp(_lowest(lambda log_excess: _log_delta(1 + math.exp(log_excess), rho, epsilon)))


def _log_delta(alpha: float, rho: float, epsilon: float) -> float:
    excess = alpha - 1
    return excess * (alpha * rho - epsilon) - math.log(excess) - alpha * math.log1p(1 / excess)


def _lowest(function: Callable[[float], float]) -> float:
    """Return where a function with a single valley is lowest, by golden sections."""
    ratio = (math.sqrt(5) - 1) / 2
    low, high = _LOW, _HIGH
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_SEARCH_STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2
