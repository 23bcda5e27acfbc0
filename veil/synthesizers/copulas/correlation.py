"""The correlation of normal scales that are seen by level only: estimated, shrunk in small tables, and made positive definite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HIGHEST = 0.98
N_HALVINGS = 30
LEAST_EIGENVALUE = 1e-4
N_PROJECTIONS = 200
NEAR = 1e-9


def latent_correlation(scores: Floats, terms: Floats) -> tuple[Floats, Floats]:
    """Return the correlation of the scales under which scores are correlated as they are, and the rows of each pair.

    Of two normal scales with correlation r, scores that are steps of them have the covariance sum_k a_k b_k r^k, where a and b
    are their Hermite coefficients (Lancaster 1957, doi 10.1093/biomet/44.1-2.289). It grows with r, so r is found by halving.

    Parameters
    ----------
    scores : (n_rows, n_variables), NaN where the level is not known.
    terms : (n_variables, n_terms) Hermite coefficients, from the first on.
    """
    known = np.isfinite(scores)
    filled = np.where(known, scores, 0.0)
    rows = known.T.astype(np.float64) @ known.astype(np.float64)
    covariance = filled.T @ filled / np.maximum(rows, 1)
    low, high = np.full(covariance.shape, -HIGHEST), np.full(covariance.shape, HIGHEST)
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        below = _covariance(terms, middle) < covariance
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found = (low + high) / 2
    varies = terms[:, 0] ** 2 > NEAR
    found = np.where(varies[:, None] & varies[None, :], found, 0.0)
    found = (found + found.T) / 2
    np.fill_diagonal(found, 1.0)
    return found, rows


def _covariance(terms: Floats, correlation: Floats) -> Floats:
    total, power = np.zeros_like(correlation), np.ones_like(correlation)
    for each in terms.T:
        power = power * correlation
        total += np.outer(each, each) * power
    return total


def shrunk(correlation: Floats, rows: Floats) -> tuple[Floats, float]:
    """Return the correlation drawn towards none by what chance adds to it in so few rows, and by how much, in [0, 1].

    Source: Schäfer and Strimmer 2005, doi 10.2202/1544-6115.1175, with the variance of a normal correlation, (1 - r²)² / (n - 1).
    """
    apart = ~np.eye(len(correlation), dtype=bool)
    total = float((correlation[apart] ** 2).sum())
    if total == 0:
        return correlation, 0.0
    chance = (1 - correlation[apart] ** 2) ** 2 / np.maximum(rows[apart] - 1, 1)
    intensity = float(min(chance.sum() / total, 1.0))
    drawn = correlation * (1 - intensity)
    np.fill_diagonal(drawn, 1.0)
    return drawn, intensity


def nearest_definite(correlation: Floats) -> Floats:
    """Return the nearest positive definite matrix with ones on its diagonal: alternating projections, Higham 2002.

    Source: doi 10.1093/imanum/22.3.329.
    """
    found, correction = correlation.copy(), np.zeros_like(correlation)
    for _ in range(N_PROJECTIONS):
        before = found
        corrected = found - correction
        values, vectors = np.linalg.eigh((corrected + corrected.T) / 2)
        definite = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
        correction = definite - corrected
        found = definite.copy()
        np.fill_diagonal(found, 1.0)
        if float(np.abs(found - before).max()) < NEAR:
            break
    values, vectors = np.linalg.eigh(found)
    definite = (vectors * np.maximum(values, LEAST_EIGENVALUE / 2)) @ vectors.T
    size = np.sqrt(np.diag(definite))
    return np.asarray(definite / np.outer(size, size))
