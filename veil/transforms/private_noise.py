"""Differential-privacy noise: exact integers from the operating system's secure source, never from a seed or a key.

Floating-point noise leaks: its low bits tell which numbers can have been added (Mironov 2012, doi 10.1145/2382196.2382264). So
noise is an integer on the column's own grid, drawn with comparisons of integers only.
"""

from __future__ import annotations

import math
import secrets
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

MAX_SCALE: Final = 2**48


def below(bound: Integers) -> Integers:
    """Return for each bound, 1 to 2^62, a uniform integer from 0 to below it; by rejection, so without bias."""
    drawn = np.zeros(len(bound), dtype=np.int64)
    open_places = np.arange(len(bound))
    while len(open_places):
        words = np.frombuffer(secrets.token_bytes(8 * len(open_places)), dtype=np.uint64) >> np.uint64(1)
        bounds = bound[open_places].astype(np.uint64)
        limit = (np.uint64(2**63) // bounds) * bounds
        good = words < limit
        drawn[open_places[good]] = (words[good] % bounds[good]).astype(np.int64)
        open_places = open_places[~good]
    return drawn


def happens_with_exp(numerator: Integers, denominator: int) -> npt.NDArray[np.bool_]:
    """Return True with probability exp(-numerator/denominator), the fraction in [0, 1], exactly.

    Source: Canonne, Kamath, Steinke 2020, doi 10.29012/jpc.784, algorithm 1.
    """
    count = np.ones(len(numerator), dtype=np.int64)
    running = np.arange(len(numerator))
    step = 1
    while len(running):
        goes_on = below(np.full(len(running), denominator * step, dtype=np.int64)) < numerator[running]
        running = running[goes_on]
        count[running] += 1
        step += 1
    return np.asarray(count % 2 == 1)


def discrete_laplace(n: int, scale: Fraction) -> Integers:
    """Return `n` integers z with probability proportional to exp(-|z|/scale).

    Source: Canonne, Kamath, Steinke 2020, doi 10.29012/jpc.784, algorithm 2.

    Raises
    ------
    ValueError : a scale above 2^48 or with a denominator above 2^20: the integers on the way would not fit.
    """
    if not 0 < scale <= MAX_SCALE or scale.numerator > MAX_SCALE or scale.denominator > 2**20:
        raise ValueError("the scale of the noise does not fit; choose a larger `epsilon`, or bounds with fewer places")
    noise = np.zeros(n, dtype=np.int64)
    open_places = np.arange(n)
    while len(open_places):
        drawn, good = _attempt(len(open_places), scale.numerator, scale.denominator)
        noise[open_places[good]] = drawn[good]
        open_places = open_places[~good]
    return noise


def _attempt(n: int, numerator: int, denominator: int) -> tuple[Integers, Any]:
    """Return integers, and which of them count: the others are drawn again."""
    rest = below(np.full(n, numerator, dtype=np.int64))
    good = happens_with_exp(rest, numerator)
    whole = np.zeros(n, dtype=np.int64)
    running = np.arange(n)
    while len(running):
        running = running[happens_with_exp(np.ones(len(running), dtype=np.int64), 1)]
        whole[running] += 1
    size = (rest + numerator * whole) // denominator
    negative = below(np.full(n, 2, dtype=np.int64)) == 1
    return np.where(negative, -size, size), good & ~(negative & (size == 0))


def randomized_response(answers: Integers, n_values: int, epsilon: float) -> Integers:
    """Return each answer, 0 to below `n_values`, kept with probability e^ε / (e^ε + n - 1), else another one, all alike.

    Source: Warner 1965, doi 10.1080/01621459.1965.10480775; for many values Kairouz, Bonawitz, Ramage 2016.
    """
    likely = Fraction(math.exp(epsilon)) * (1 - Fraction(1, 2**50))  # rounded down: epsilon is never exceeded
    kept = below(np.full(len(answers), 2**62, dtype=np.int64)) < int(likely / (likely + n_values - 1) * 2**62)
    other = below(np.full(len(answers), n_values - 1, dtype=np.int64))
    return np.where(kept, answers, other + (other >= answers))
