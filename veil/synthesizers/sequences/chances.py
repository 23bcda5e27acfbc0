"""How likely each code of a column is, given what is known of a row: multinomial regression, one for each stage of a family.

The codes are drawn from just these chances, so a habit is followed as much as it was, neither more nor less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.sequences.forecast import stages

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BREAKS = np.array([0, 1, 3, 9])
MAX_CLASSES = 40
ROWS_PER_FEATURE = 4
PENALTY = 1.0
MAX_STEPS = 100


@dataclass(frozen=True)
class Chances:
    """The regressions.

    Attributes
    ----------
    first : position from which each stage holds, rising from 0.
    weights : (n_stages, n_features, n_classes); codes are classes by themselves, but for those from 40 on, which share one.
    shares : of each code among all rows, by which a code is drawn within the class that several share.
    """

    first: Codes = field(repr=False)
    weights: Floats = field(repr=False)
    shares: Floats = field(repr=False)

    @classmethod
    def fit(cls, features: Floats, codes: Codes, n_codes: int, position: Codes | int, penalty: float = PENALTY) -> Chances:
        """Learn from rows; the penalty is what draws weights towards none, in rows."""
        positions = np.broadcast_to(position, len(codes))
        first = stages(positions, BREAKS, ROWS_PER_FEATURE * features.shape[1])
        stage = np.searchsorted(first, positions, side="right") - 1
        n_classes = min(n_codes, MAX_CLASSES)
        classes = np.minimum(codes, n_classes - 1)
        parts = [np.flatnonzero(stage == each) for each in range(len(first))]
        weights = np.stack([_logistic(features[rows], classes[rows], n_classes, penalty) for rows in parts])
        return cls(first, weights, np.bincount(codes, minlength=n_codes) / len(codes))

    def draw(self, features: Floats, position: int, rng: np.random.Generator) -> Codes:
        """Return a code for each row."""
        stage = int(np.searchsorted(self.first, position, side="right") - 1)
        shares = np.cumsum(_softmax(features @ self.weights[stage]), axis=1)
        drawn = (rng.random(len(features))[:, None] > shares).sum(axis=1)
        n_classes = self.weights.shape[2]
        codes: Codes = np.minimum(drawn, n_classes - 1).astype(np.int64)
        together = self.shares[n_classes - 1 :]
        rows = np.flatnonzero(codes == n_classes - 1)
        if len(together) > 1 and together.sum() > 0:
            codes[rows] = n_classes - 1 + rng.choice(len(together), len(rows), p=together / together.sum())
        return codes

    def arrays(self) -> dict[str, Floats]:
        """Return all parameters by name, to be saved."""
        return {"first": self.first.astype(np.float64), "weights": self.weights, "shares": self.shares}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Floats]) -> Chances:
        """Read what `arrays` returned."""
        return cls(arrays["first"].astype(np.int64), arrays["weights"], arrays["shares"])


def _logistic(features: Floats, classes: Codes, n_classes: int, drawn: float) -> Floats:
    """Return the weights that make the classes likeliest, drawn towards none (but for the first feature, which is always 1)."""
    from scipy.optimize import minimize

    shape = (features.shape[1], n_classes)
    rows, penalty = np.arange(len(classes)), np.full((shape[0], 1), drawn)
    penalty[0] = 0.0
    scale = np.maximum(np.abs(features).max(axis=0), 1e-9)
    scaled = features / scale

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        shares = _softmax(scaled @ weights)
        told = -np.log(np.maximum(shares[rows, classes], 1e-300)).sum() + 0.5 * (penalty * weights**2).sum()
        shares[rows, classes] -= 1.0
        return float(told) / len(rows), ((scaled.T @ shares + penalty * weights) / len(rows)).ravel()

    start = np.zeros(shape)
    start[0] = np.log(np.bincount(classes, minlength=n_classes) + 0.5)
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": MAX_STEPS, "maxcor": 20})
    return np.asarray(found.x.reshape(shape) / scale[:, None])


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
