"""After training: bring a generator's marginals to those of the training table, leaving what it learnt of their joint.

A GAN that was trained for minutes gets dependencies right before it gets shares right. Three steps repair the shares, all
of them fixed when the model is fitted and saved with it; neither looks at a row again, only at the training table's
marginal frequencies, which every synthesizer learns anyhow.

- each member of each softmax gets a constant added to its logit, until the mean probability over 8,192 generated rows is
  its share of the training rows (iterative proportional fitting on the output bias);
- each member that is asked for gets a constant added to its logit where it is, until the network gives it at 98 % of the time;
- each number's scalar is replaced by its rank among the generator's scalars of the same mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.network import asked_logits, blur, draw_logits, softmax, spread

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.network import Floats, Weights
    from veil.synthesizers.spans import Layout

    Singles = npt.NDArray[np.float32]

ROWS = 8192
ROUNDS = 40
KNOTS = 33
MAX_SHIFT = 12.0
OBEYED, ASKED_ROWS, ASKED_ROUNDS = 0.98, 64, 25


def calibrated(weights: Weights, layout: Layout, frequencies: tuple[Floats, ...], rng: np.random.Generator) -> dict[str, Singles]:
    """Return weights with shifted output biases and the knots `ranks{i}` of each number."""
    weights = _obedient(weights, layout, rng)
    logits = draw_logits(weights, layout, frequencies, ROWS, rng)
    bias = weights["output.bias"].copy()
    for span, shares in zip(layout.spans, frequencies, strict=True):
        bias[span.start : span.stop] += _shifts(logits[:, span.start : span.stop], shares)
    result = dict(_obedient({**weights, "output.bias": bias}, layout, rng))
    places = [span for span in layout.spans if span.n_modes]
    for number, span in enumerate(places):
        shifts = bias[span.start : span.stop] - weights["output.bias"][span.start : span.stop]
        chances = softmax(logits[:, span.start : span.stop] + shifts)[:, span.n_codes - 1 :]
        result[f"ranks{number}"] = _rank_knots(blur(logits[:, number], rng, spread(weights, number)), chances)
    return result


def _obedient(weights: Weights, layout: Layout, rng: np.random.Generator) -> Weights:
    """Return weights by which every member that a row is asked for is nearly always what the row gets."""
    output, n_scalars = weights["output.weight"].copy(), len(layout.numbers)
    if not weights["hidden0.weight"][:, n_scalars - layout.width :].any():
        return weights  # it hears no condition
    first = output.shape[1] - (layout.width - n_scalars)
    for place, span in enumerate(layout.spans):
        members = np.arange(span.width).repeat(ASKED_ROWS)
        logits = asked_logits(weights, layout, np.full(len(members), place), members, rng)[:, span.start : span.stop]
        raised = np.zeros(span.width, dtype=np.float32)
        for _ in range(ASKED_ROUNDS):
            lifted = logits.copy()
            lifted[np.arange(len(members)), members] += raised[members]
            got = softmax(lifted)[np.arange(len(members)), members].reshape(span.width, ASKED_ROWS).mean(axis=1)
            missing = np.log(OBEYED / (1 - OBEYED)) - np.log(np.clip(got, 1e-6, 1 - 1e-6) / np.clip(1 - got, 1e-6, 1))
            raised = np.clip(raised + missing, 0, MAX_SHIFT).astype(np.float32)
        own = np.arange(span.start, span.stop)
        output[own, first + own - n_scalars] += raised
    return {**weights, "output.weight": output}


def _shifts(logits: Singles, shares: Floats) -> Singles:
    """Return what to add to each member's logit so that its mean probability becomes its share."""
    shifts = np.zeros(logits.shape[1], dtype=np.float64)
    for _ in range(ROUNDS):
        means = softmax(logits + shifts.astype(np.float32)).mean(axis=0, dtype=np.float64)
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

