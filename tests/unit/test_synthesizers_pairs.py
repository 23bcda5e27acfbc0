"""The loss for pairs of columns, and the calibration of marginals, on networks that are not trained at all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from veil.rng import generator
from veil.synthesizers.encoding import EncodedColumn
from veil.synthesizers.gan.calibration import calibrated
from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.pairs import PairTarget, pair_targets, shares_of
from veil.synthesizers.gan.rows import Rows
from veil.synthesizers.gan.scoring import Scorer
from veil.synthesizers.gan.segments import Segments
from veil.synthesizers.network import draw_conditions, draw_logits, even_ranks
from veil.synthesizers.spans import Layout


def _rows(n_rows: int, agreement: float, *, log_frequency: bool = False) -> Rows:
    """Two columns of three levels that agree that often."""
    rng = generator(1, "pairs tests")
    first = rng.choice(3, n_rows, p=[0.7, 0.2, 0.1])
    second = np.where(rng.random(n_rows) < agreement, first, rng.choice(3, n_rows, p=[0.7, 0.2, 0.1]))
    scalars = np.zeros((n_rows, 0), dtype=np.float32)
    return Rows(np.stack([first, second], axis=1), scalars, Segments([3, 3]), log_frequency=log_frequency)


def _one_hot(rows: Rows) -> torch.Tensor:
    """The rows as a generator that is sure of everything would make them, (members, rows)."""
    return torch.zeros(6, len(rows)).scatter_(0, torch.from_numpy(rows.members.astype(np.int64)).t(), 1.0)


@pytest.mark.parametrize("log_frequency", [False, True])
def test_pair_shares_are_shares(log_frequency):
    target = PairTarget.fit(_rows(5000, 0.8, log_frequency=log_frequency))
    assert target.shares[:3, 3:].sum().item() == pytest.approx(1, abs=1e-4)
    for weights in (target.lenient, target.strict):
        assert weights[:3, :3].sum() == 0
        assert (weights[:3, 3:] > 0).all()


def test_shares_are_counted_as_a_loop_would():
    rows = _rows(3000, 0.5)
    weights = generator(2).random(3000).astype(np.float32)
    expected = np.zeros((6, 6))
    for members, weight in zip(rows.members, weights, strict=True):
        expected[np.ix_(members, members)] += weight
    assert np.allclose(shares_of(rows.members, weights, 6), expected, rtol=1e-4)
    assert np.allclose(shares_of(rows.members, weights, 6, np.array([1, 4])), expected[np.ix_([1, 4], [1, 4])], rtol=1e-4)


def test_log_frequency_lifts_rare_levels():
    plain, lifted = (PairTarget.fit(_rows(5000, 0.8, log_frequency=log)) for log in (False, True))
    assert lifted.shares[2, 5] > 1.5 * plain.shares[2, 5]


@pytest.mark.parametrize("strict", [False, True])
def test_the_loss_is_small_for_the_same_pairs_and_large_for_others(strict):
    target = PairTarget.fit(_rows(20_000, 0.8))
    same, independent = (target.loss(_one_hot(_rows(20_000, agreement)), strict=strict)[0] for agreement in (0.8, 0.0))
    assert abs(same) < 0.01
    assert independent > 0.2


def test_pairs_that_never_occur_weigh_less_at_first():
    target = PairTarget.fit(_rows(5000, 1.0))
    assert target.strict[0, 4] > 20 * target.lenient[0, 4]
    assert target.strict[0, 3] == target.lenient[0, 3]


def test_one_column_has_no_pairs():
    rows = Rows(np.zeros((9, 1), dtype=np.int64), np.zeros((9, 0), dtype=np.float32), Segments([3]), log_frequency=False)
    assert pair_targets(rows, generator(1)) == []


def test_a_wide_table_is_looked_at_in_parts():
    members = generator(3).integers(50, size=(200, 40))
    rows = Rows(members, np.zeros((200, 0), dtype=np.float32), Segments([50] * 40), log_frequency=False)
    targets = pair_targets(rows, generator(4))
    assert all(target.shares.shape == (600, 600) for target in targets)
    covered = {int(rows.segments.span_of[place]) for target in targets for place in target.places}
    assert covered == set(range(40))


def test_the_score_is_one_for_the_same_rows_and_less_for_others():
    rows = _rows(20_000, 0.8)
    scorer = Scorer(rows.members, rows.segments, generator(5))
    assert scorer.score(_one_hot(rows)) == pytest.approx(1, abs=1e-4)
    assert scorer.score(_one_hot(_rows(20_000, 0.0))) < 0.95
    assert scorer.score(torch.full((6, 100), 1 / 3)) < 0.7


@pytest.mark.parametrize("log_frequency", [False, True])
def test_rows_meet_the_conditions_beside_them(log_frequency):
    rng = generator(6)
    widths = [4, 2, 7]
    members = np.stack([rng.integers(width, size=500) for width in widths], axis=1)
    members[:3, 2] = 6
    rows = Rows(members, rng.random((500, 2), dtype=np.float32), Segments(widths), log_frequency=log_frequency)
    for batch in rows.batches(5, 60, Noise(7)):
        assert (batch.members == batch.given[:, None]).any(dim=1).all()
        hot = batch.encoded(2 + 13)
        assert (hot[:, 2:].sum(dim=1) == 3).all()
        assert (hot[:, :2] == batch.scalars).all()


def test_rare_members_are_asked_for_by_the_logarithm_of_their_frequency():
    members = (np.arange(10_000) % 100 == 0).astype(np.int64)[:, None]
    rows = Rows(members, np.zeros((10_000, 0), dtype=np.float32), Segments([2]), log_frequency=True)
    given = torch.cat([batch.given for batch in rows.batches(20, 500, Noise(8))])
    expected = np.log(101) / (np.log(101) + np.log(9901))
    assert (given == 1).float().mean().item() == pytest.approx(expected, abs=0.02)
    assert (rows.conditions(10_000, Noise(9)) == 1).float().mean().item() == pytest.approx(0.01, abs=0.005)


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
