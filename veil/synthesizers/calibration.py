"""After training: bring a generator's marginals to those of the training table, leaving what it learnt of their joint.

A GAN that was trained for minutes gets dependencies right before it gets shares right. Two steps repair the shares, both
of them fixed when the model is fitted and saved with it; neither looks at a row again, only at the training table's
marginal frequencies, which every synthesizer learns anyhow.

- each member of each softmax gets a constant added to its logit, until the mean probability over 8,192 generated rows is
  its share of the training rows (iterative proportional fitting on the output bias);
- each number's scalar is replaced by its rank among the generator's scalars of the same mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.network import blur, draw_logits

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.network import Floats, Weights
    from veil.synthesizers.spans import Layout

    Singles = npt.NDArray[np.float32]

ROWS = 8192
ROUNDS = 40
KNOTS = 33
MAX_SHIFT = 12.0


def calibrated(weights: Weights, layout: Layout, frequencies: tuple[Floats, ...], rng: np.random.Generator) -> dict[str, Singles]:
    """Return weights with shifted output biases and the knots `ranks{i}` of each number."""
    logits = draw_logits(weights, layout, frequencies, ROWS, rng)
    bias = weights["output.bias"].copy()
    for span, shares in zip(layout.spans, frequencies, strict=True):
        bias[span.start : span.stop] += _shifts(logits[:, span.start : span.stop], shares)
    result = {**weights, "output.bias": bias}
    places = [span for span in layout.spans if span.n_modes]
    for number, span in enumerate(places):
        shifts = bias[span.start : span.stop] - weights["output.bias"][span.start : span.stop]
        chances = _softmax(logits[:, span.start : span.stop] + shifts)[:, span.n_codes - 1 :]
        result[f"ranks{number}"] = _rank_knots(blur(logits[:, number], rng), chances)
    return result


def _shifts(logits: Singles, shares: Floats) -> Singles:
    """Return what to add to each member's logit so that its mean probability becomes its share."""
    shifts = np.zeros(logits.shape[1], dtype=np.float64)
    for _ in range(ROUNDS):
        means = _softmax(logits + shifts.astype(np.float32)).mean(axis=0, dtype=np.float64)
        shifts += np.log(shares) - np.log(np.maximum(means, 1e-12))
        shifts = np.clip(shifts - shifts.max() / 2 - shifts.min() / 2, -MAX_SHIFT, MAX_SHIFT)
    return shifts.astype(np.float32)


def _rank_knots(scalars: Singles, chances: Singles) -> Singles:
    """Return, per mode, the scalar's weighted quantiles: a row counts in a mode by its chance of being there."""
    order = np.argsort(scalars, kind="stable")
    ordered, weights = scalars[order], chances[order].astype(np.float64)
    even = np.linspace(0, 1, KNOTS)
    knots = []
    for mode in range(weights.shape[1]):
        mass = np.cumsum(weights[:, mode]) - weights[:, mode] / 2
        knots.append(np.interp(even, mass / max(weights[:, mode].sum(), 1e-12), ordered))
    return np.maximum.accumulate(np.array(knots, dtype=np.float32), axis=1)


def _softmax(logits: Singles) -> Singles:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
