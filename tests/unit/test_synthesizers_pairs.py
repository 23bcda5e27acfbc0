"""The loss for pairs of columns, and the calibration of marginals, on networks that are not trained at all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from veil.rng import generator
from veil.synthesizers.calibration import calibrated
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.network import draw_conditions, draw_logits, even_ranks
from veil.synthesizers.pairs import PairTarget
from veil.synthesizers.spans import Layout

STARTS = [0, 3]


def _one_hot(n_rows: int, agreement: float) -> np.ndarray:
    """Two columns of three levels that agree that often."""
    rng = generator(1, "pairs tests")
    first = rng.choice(3, n_rows, p=[0.7, 0.2, 0.1])
    second = np.where(rng.random(n_rows) < agreement, first, rng.choice(3, n_rows, p=[0.7, 0.2, 0.1]))
    matrix = np.zeros((n_rows, 6), dtype=np.float32)
    matrix[np.arange(n_rows), first] = 1
    matrix[np.arange(n_rows), 3 + second] = 1
    return matrix


@pytest.mark.parametrize("log_frequency", [False, True])
def test_pair_shares_are_shares(log_frequency):
    target = PairTarget.fit(_one_hot(5000, 0.8), STARTS, log_frequency=log_frequency)
    assert target.shares[:3, 3:].sum().item() == pytest.approx(1, abs=1e-4)
    assert target.weights[:3, :3].sum() == 0
    assert (target.weights[:3, 3:] > 0).all()


def test_log_frequency_lifts_rare_levels():
    plain, lifted = (PairTarget.fit(_one_hot(5000, 0.8), STARTS, log_frequency=log) for log in (False, True))
    assert lifted.shares[2, 5] > 1.5 * plain.shares[2, 5]


def test_the_loss_is_small_for_the_same_pairs_and_large_for_others():
    target = PairTarget.fit(_one_hot(20_000, 0.8), STARTS, log_frequency=False)
    same, independent = (target.loss(torch.from_numpy(_one_hot(20_000, agreement))).item() for agreement in (0.8, 0.0))
    assert abs(same) < 0.01
    assert independent > 0.3


def test_one_column_has_no_pairs():
    target = PairTarget.fit(_one_hot(100, 0.5)[:, :3], [0], log_frequency=False)
    assert target.loss(torch.rand(10, 3)).item() == 0


def _untrained() -> tuple[Layout, dict[str, np.ndarray], tuple[np.ndarray, ...]]:
    rng = generator(2, "calibration tests")
    columns = (EncodedColumn("level", 3, rng.choice(3, 2000, p=[0.89, 0.1, 0.01])),
               EncodedColumn("number", 2, (rng.random(2000) < 0.8).astype(np.int64), rng.gamma(2, 9, 2000)))
    layout = Layout.fit(columns)
    members, _ = layout.members(columns, rng)
    shares = tuple(np.bincount(members[:, place], minlength=span.width) / 2000 for place, span in enumerate(layout.spans))
    n_inputs = 8 + layout.width - 1
    weights = {"hidden0.weight": rng.normal(size=(16, n_inputs)), "hidden0.bias": rng.normal(size=16),
               "output.weight": rng.normal(size=(layout.width, 16 + n_inputs)), "output.bias": rng.normal(size=layout.width)}
    return layout, {name: (value / 3).astype(np.float32) for name, value in weights.items()}, shares


def test_calibration_brings_every_share_to_the_training_table():
    layout, weights, shares = _untrained()
    result = calibrated(weights, layout, shares, generator(3))
    logits = draw_logits(result, layout, shares, 20_000, generator(4))
    for span, expected in zip(layout.spans, shares, strict=True):
        chances = torch.from_numpy(logits[:, span.start : span.stop]).softmax(dim=1).mean(dim=0).numpy()
        assert np.abs(chances - expected).sum() / 2 < 0.02
    assert (weights["output.bias"] != result["output.bias"]).any()


def test_calibration_evens_out_the_scalars():
    layout, weights, shares = _untrained()
    knots = calibrated(weights, layout, shares, generator(3))["ranks0"]
    scalars = np.tanh(draw_logits(weights, layout, shares, 20_000, generator(5))[:, 0])
    assert (np.diff(knots, axis=1) >= 0).all()
    ranks = np.concatenate([even_ranks(knots, np.full(20_000, mode), scalars) for mode in range(len(knots))])
    assert ((ranks >= 0) & (ranks <= 1)).all()
    assert np.histogram(ranks, bins=4, range=(0, 1))[0].min() > 0


def test_conditions_are_drawn_by_true_frequency():
    spans, members = draw_conditions((np.array([0.9, 0.1]), np.array([0.5, 0.25, 0.25])), 40_000, generator(6))
    assert np.bincount(spans).tolist() == pytest.approx([20_000, 20_000], rel=0.05)
    assert (members[spans == 0] == 1).mean() == pytest.approx(0.1, abs=0.01)
