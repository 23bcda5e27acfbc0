"""Noise from OpenDP, whose samplers are exact and draw from the operating system's secure source; no seed reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]


class Noise(Protocol):
    """Where noise comes from. Only audits give another one than `SecureNoise`."""

    def gaussian(self, counts: Counts, scale: float) -> Counts:
        """Return whole numbers plus discrete Gaussian noise."""
        ...

    def gaussian_rho(self, scale: float, sensitivity: float) -> float:
        """Return what `gaussian` costs where one unit of privacy changes the counts by `sensitivity` in L2."""
        ...

    def highest(self, scores: Counts, n: int, scale: float) -> list[int]:
        """Return the places of about the highest `n` scores, each chosen by the exponential mechanism."""
        ...

    def highest_rho(self, n: int, scale: float, sensitivity: int) -> float:
        """Return what `highest` costs where one unit of privacy changes no score by more than `sensitivity`."""
        ...


class SecureNoise:
    """OpenDP's discrete Gaussian mechanism (Canonne, Kamath and Steinke 2020) and noisy top-k (Gumbel noise)."""

    def gaussian(self, counts: Counts, scale: float) -> Counts:
        """Return counts plus noise."""
        if not counts.size:
            return counts
        told = _gaussian(scale)(counts.ravel().tolist())
        return np.array(told, dtype=np.int64).reshape(counts.shape)

    def gaussian_rho(self, scale: float, sensitivity: float) -> float:
        """Return the cost in zCDP, as OpenDP's own privacy map tells it."""
        return float(_gaussian(scale).map(float(sensitivity)))

    def highest(self, scores: Counts, n: int, scale: float) -> list[int]:
        """Return places, the most promising first."""
        return [int(place) for place in _highest(n, scale)(scores.tolist())]

    def highest_rho(self, n: int, scale: float, sensitivity: int) -> float:
        """Return the cost in zCDP, as OpenDP's own privacy map tells it."""
        return float(_highest(n, scale).map(sensitivity))


def _gaussian(scale: float) -> Any:
    from opendp import prelude as dp

    dp.enable_features("contrib")
    return dp.m.make_gaussian(dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64"), scale=scale)


def _highest(n: int, scale: float) -> Any:
    from opendp import prelude as dp

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.linf_distance(T="i64")
    return dp.m.make_noisy_top_k(*space, dp.zero_concentrated_divergence(), k=n, scale=scale)
