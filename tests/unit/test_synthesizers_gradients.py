"""Gradients written out by hand against those that autograd finds, on networks small enough to look at whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from veil.synthesizers.gan.critic import Critic
from veil.synthesizers.gan.generator import EPSILON, Generator
from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.pairs import PairTarget
from veil.synthesizers.gan.rows import Rows
from veil.synthesizers.gan.segments import TEMPERATURE, Segments
from veil.synthesizers.gan.step import Adversaries

WIDTHS = (3, 2, 5, 2, 3)
N_SCALARS, N_ROWS, PAC = 2, 40, 4
CLOSE = {"rtol": 2e-4, "atol": 2e-6}


class Still(Noise):
    """Noise without dropout, and the same row between two others whoever asks."""

    def coins(self, *shape: int) -> torch.Tensor:
        return torch.ones(shape) / 2

    def uniform(self, *shape: int) -> torch.Tensor:
        return torch.linspace(0.1, 0.9, shape[0])[:, None]


class Dropping(Still):
    """The same units dropped whoever asks."""

    def coins(self, *shape: int) -> torch.Tensor:
        return torch.from_numpy(np.random.default_rng(shape[0]).integers(0, 2, shape).astype(np.float32))


@pytest.fixture
def segments() -> Segments:
    return Segments(WIDTHS)


@pytest.fixture
def generator(segments: Segments) -> Generator:
    return Generator(N_SCALARS, segments, np.full(sum(WIDTHS), 0.3), noise=6, hidden=8, rng=np.random.default_rng(1))


@pytest.fixture
def critic(generator: Generator, segments: Segments) -> Critic:
    return Critic(generator.width, segments.width, pac=PAC, hidden=8, rng=np.random.default_rng(2))


@pytest.fixture
def given(segments: Segments) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(3).integers(segments.width, size=N_ROWS))


def _rows(width: int, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).random((N_ROWS, width), dtype=np.float32))


def _leaves(values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.clone().requires_grad_() for name, value in values.items()}


def _scores(weights: dict[str, torch.Tensor], packs: torch.Tensor, masks: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """The critic as a textbook writes it: packs of rows and one-hot conditions, dropout of one half by given masks."""
    first = torch.cat([weights["rows"], weights["given"]])
    hidden = functional.leaky_relu(packs @ first + weights["bias0"], 0.2) * 2 * masks[0]
    hidden = functional.leaky_relu(hidden @ weights["second"] + weights["bias1"], 0.2) * 2 * masks[1]
    return hidden @ weights["last"] + weights["bias2"]


def _packs(rows: torch.Tensor, given: torch.Tensor, n_given: int) -> torch.Tensor:
    """Rows of a pack side by side, then their conditions."""
    hot = functional.one_hot(given, n_given).float()
    n_packs = len(rows) // PAC
    return torch.cat([rows.view(n_packs, -1), hot.view(n_packs, -1)], dim=1)


@pytest.mark.parametrize("noise", [Still(0), Dropping(0)])
def test_the_critics_gradient_with_its_penalty_is_autograds(critic: Critic, given: torch.Tensor, noise: Noise):
    fake, real = _rows(critic.width, 4), _rows(critic.width, 5)
    with torch.no_grad():
        loss = critic.learn(fake, real, given, noise)
    weights = _leaves(critic.parameters.value)
    n_packs = N_ROWS // PAC
    masks = [noise.coins(3 * n_packs, 8).split(n_packs) for _ in range(2)]
    of = [tuple(mask[part] for mask in masks) for part in range(3)]
    packs = [_packs(rows, given, critic.n_given) for rows in (fake, real)]
    between = torch.lerp(packs[0], packs[1], noise.uniform(n_packs, 1)).requires_grad_()
    (slope,) = torch.autograd.grad(_scores(weights, between, of[2]).sum(), between, create_graph=True)
    penalty = 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
    expected = _scores(weights, packs[0], of[0]).mean() - _scores(weights, packs[1], of[1]).mean() + penalty
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-4)
    assert penalty.item() > 0.1
    for name, weight in weights.items():
        torch.testing.assert_close(critic.parameters.gradient[name], weight.grad, **CLOSE, msg=name)


@pytest.mark.parametrize("noise", [Still(0), Dropping(0)])
def test_what_the_critic_tells_the_generator_is_autograds(critic: Critic, given: torch.Tensor, noise: Noise):
    fake = _rows(critic.width, 4)
    with torch.no_grad():
        loss, gradient = critic.judge(fake, given, noise)
    leaf = fake.clone().requires_grad_()
    n_packs = N_ROWS // PAC
    masks = (noise.coins(n_packs, 8), noise.coins(n_packs, 8))
    expected = -_scores(critic.parameters.value, _packs(leaf, given, critic.n_given), masks).mean()
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-4)
    torch.testing.assert_close(gradient, leaf.grad, **CLOSE)


def _logits(generator: Generator, weights: dict[str, torch.Tensor], noise: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
    """The generator as a textbook writes it: each layer sees what all before it made."""
    size = generator.n_hidden
    hot = functional.one_hot(given, weights["given"].shape[0]).float()
    seen = torch.cat([noise, hot], dim=1)
    incoming = torch.cat([weights["noise"], weights["given"]])
    first = functional.batch_norm(seen @ incoming[:, :size] + weights["bias"][:size], None, None, weights["scale0"],
                                  weights["shift0"], True, 0.0, EPSILON).relu()
    inner = seen @ incoming[:, size : 2 * size] + first @ weights["first"][:, :size] + weights["bias"][size : 2 * size]
    second = functional.batch_norm(inner, None, None, weights["scale1"], weights["shift1"], True, 0.0, EPSILON).relu()
    return (seen @ incoming[:, 2 * size :] + first @ weights["first"][:, size:] + second @ weights["second"]
            + weights["bias"][2 * size :])


def test_the_generator_is_the_textbooks_forward_and_backward(generator: Generator, given: torch.Tensor):
    noise, wanted = _rows(6, 6), _rows(generator.width, 7)
    with torch.no_grad():
        logits, passed = generator.forward(noise, given)
        generator.backward(wanted, passed)
    weights = _leaves(generator.parameters.value)
    expected = _logits(generator, weights, noise, given)
    torch.testing.assert_close(logits, expected.detach(), **CLOSE)
    (expected * wanted).sum().backward()
    for name, weight in weights.items():
        torch.testing.assert_close(generator.parameters.gradient[name], weight.grad, rtol=1e-3, atol=1e-4, msg=name)


def _softmax(segments: Segments, logits: torch.Tensor) -> torch.Tensor:
    """Each span's softmax, one after the other, in the network's order, (rows, members)."""
    return torch.cat([part.softmax(dim=1) for part in logits.split(segments.widths[segments.order].tolist(), dim=1)], dim=1)


def test_softmax_of_all_spans_is_that_of_each(segments: Segments):
    logits, wanted = _rows(segments.width, 8) * 20, _rows(segments.width, 9)
    leaf = logits.clone().requires_grad_()
    expected = _softmax(segments, leaf)
    (expected * wanted).sum().backward()
    chances = segments.softmax(logits.t().contiguous())
    torch.testing.assert_close(chances.t(), expected.detach(), **CLOSE)
    torch.testing.assert_close(segments.softmax_backward(chances, wanted.t().contiguous()).t(), leaf.grad, **CLOSE)


def test_the_networks_order_of_spans_can_be_undone(segments: Segments):
    starts = np.cumsum(WIDTHS) - WIDTHS
    for span, (start, width) in enumerate(zip(segments.starts, WIDTHS, strict=True)):
        assert segments.members[start : start + width].tolist() == list(range(starts[span], starts[span] + width))
        assert set(segments.span_of[start : start + width]) == {span}


def _distance(target: PairTarget, chances: torch.Tensor, strict: bool) -> torch.Tensor:
    """The chi-square-like distance of pairs and of single members, from two halves of the rows."""
    halves = chances.chunk(2, dim=1)
    pairs = [half @ half.t() / half.shape[1] - target.shares for half in halves]
    singles = [half.mean(dim=1) - target.shares.diagonal() for half in halves]
    scale = target.strict if strict else target.lenient
    return (pairs[0] * pairs[1] * scale).sum() + (singles[0] * singles[1] * target.singles).sum()


@pytest.mark.parametrize("log_frequency", [False, True])
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("some", [None, [0, 2, 4]])
def test_the_gradient_of_the_pairs_loss_is_autograds(
    segments: Segments, log_frequency: bool, strict: bool, some: list[int] | None
):
    rng = np.random.default_rng(10)
    members = np.stack([rng.integers(width, size=300) for width in WIDTHS], axis=1)
    rows = Rows(members, np.zeros((300, 0), dtype=np.float32), segments, log_frequency=log_frequency)
    target = PairTarget.fit(rows, None if some is None else np.array(some))
    leaf = _softmax(segments, _rows(segments.width, 11) * 5).t().contiguous().requires_grad_()
    seen = leaf if target.places is None else leaf[target.places]
    expected = _distance(target, seen, strict)
    expected.backward()
    with torch.no_grad():
        loss, gradient = target.loss(leaf.detach(), strict=strict)
    assert loss == pytest.approx(expected.item(), rel=1e-4)
    torch.testing.assert_close(gradient, leaf.grad, **CLOSE)


def test_the_whole_generator_loss_is_autograds(generator: Generator, critic: Critic, segments: Segments):
    """Through Gumbel-softmax and critic, with the cross-entropy of the member asked for and the pairs."""
    rng = np.random.default_rng(12)
    members = np.stack([rng.integers(width, size=300) for width in WIDTHS], axis=1)
    rows = Rows(members, rng.random((300, N_SCALARS), dtype=np.float32), segments, log_frequency=False)
    pairs = [PairTarget.fit(rows)]
    pair = Adversaries(generator, critic, segments, pairs, pair_weight=3.0)
    still = Still(13)
    given = next(rows.batches(1, N_ROWS, still)).given
    noise, gumbel = _rows(6, 14), Noise(15).gumbel(segments.width, N_ROWS)
    with torch.no_grad():
        logits, passed = generator.forward(noise, given)
        columns = logits.t().contiguous()
        soft = pair.activated(columns, gumbel.clone())
        losses = pair.generator_gradients(columns, soft, passed, still)
    weights = _leaves(generator.parameters.value)
    leaf = _logits(generator, weights, noise, given)
    noisy = (leaf[:, N_SCALARS:] + gumbel.t()) / TEMPERATURE
    fake = torch.cat([leaf[:, :N_SCALARS].tanh(), _softmax(segments, noisy)], dim=1)
    masks = (still.coins(N_ROWS // PAC, 8), still.coins(N_ROWS // PAC, 8))
    score = _scores(critic.parameters.value, _packs(fake, given, critic.n_given), masks).mean()
    chances = _softmax(segments, leaf[:, N_SCALARS:])
    missed = -chances[torch.arange(N_ROWS), given].log().mean()
    distance = _distance(pairs[0], chances.t(), strict=True)
    (-score + missed + 3.0 * distance).backward()
    assert losses["generator"] == pytest.approx((missed - score).item(), rel=1e-3)
    assert losses["pairs"] == pytest.approx(distance.item(), rel=1e-3)
    for name, weight in weights.items():
        torch.testing.assert_close(generator.parameters.gradient[name], weight.grad, rtol=2e-3, atol=2e-5, msg=name)


def test_adam_is_torchs():
    from veil.synthesizers.gan.parameters import Parameters

    parameters = Parameters({"a": (3, 2), "b": (4,)})
    parameters.flat.copy_(torch.linspace(-1, 1, 10))
    other = parameters.flat.detach().clone().requires_grad_()
    ours = parameters.adam(0.01)
    theirs = torch.optim.Adam([other], lr=0.01, betas=(0.5, 0.9), weight_decay=1e-6)
    for step in range(5):
        gradient = torch.sin(torch.arange(10.0) + step)
        parameters.gradient["a"].copy_(gradient[:6].view(3, 2))
        parameters.gradient["b"].copy_(gradient[6:])
        other.grad = gradient.clone()
        ours.step()
        theirs.step()
    torch.testing.assert_close(parameters.flat, other.detach(), **CLOSE)
