"""The network: one hidden state with a distribution, and each column's distribution given the state; fitted to noisy counts.

A pair's counts are implied by sum_k p(k) p(a | k) p(b | k), those by level t of a target by sum_k p(k) p(t | k) p(a | k) p(b
| k): a factorization of low rank, which averages the noise out over all counts and makes them agree with each other. It is
fitted by descending the weighted squares (counts - implied)^2 / variance (Adam; Kingma and Ba 2015, arXiv 1412.6980), and
not further than the noise explains: once counts miss by a standard deviation on average, the rest is noise. All this is
post-processing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.private.learning import LearntColumn
from veil.synthesizers.private.marginals import Marginal

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

STEP_SIZE, FADE = 0.05, 0.3
EXPLAINED = 1.0
"""Mean squared miss, in variances of the noise, at which fitting ends."""

STEPS_PER_EPOCH = 20


@dataclass(frozen=True)
class Network:
    """Probabilities of the hidden states, and of each column's bins given the state.

    Attributes
    ----------
    states : (n_states,) sums to one.
    given : per column (n_states, n_bins), rows that sum to one.
    """

    states: Floats = field(repr=False)
    given: tuple[Floats, ...] = field(repr=False)

    def sample(self, n_rows: int, rng: np.random.Generator, allowed: dict[int, Floats]) -> list[Codes]:
        """Draw the bins of each column, parents first: the hidden state, then the columns.

        Parameters
        ----------
        allowed : per column that a condition speaks of, which share of each bin meets it. Exact, not by rejection.
        """
        weights = self.states.copy()
        given = list(self.given)
        for place, shares in allowed.items():
            given[place] = given[place] * shares
            weights = weights * given[place].sum(1)
        hidden = _drawn(weights[None], np.zeros(n_rows, dtype=np.int64), rng)
        return [_drawn(each, hidden, rng) for each in given]


def _drawn(weights: Floats, rows: Codes, rng: np.random.Generator) -> Codes:
    """Draw a column for each row of `rows`, a row of `weights`; one without weight is never drawn."""
    totals = weights.sum(1, keepdims=True)
    shares = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    ends = np.minimum(np.cumsum(shares, axis=1), 1.0) + np.arange(len(weights))[:, None]
    at = np.searchsorted(ends.ravel(), rows + rng.random(len(rows)), side="right") - rows * weights.shape[1]
    filled = weights > 0
    first, last = filled.argmax(1), weights.shape[1] - 1 - filled[:, ::-1].argmax(1)
    return np.asarray(np.clip(at, first[rows], last[rows]), dtype=np.int64)


@dataclass(frozen=True)
class _Block:
    """The counts of one column with some others: (n_target_levels, n_bins, n_partner_bins), as shares of the rows."""

    own: slice
    partners: Codes
    shares: Floats
    weights: Floats


@dataclass(frozen=True)
class _Problem:
    """All that was told, laid out by the columns' places in one long row of bins."""

    starts: Codes
    shares: Floats
    weights: Floats
    blocks: tuple[_Block, ...]
    target: slice | None
    n_counts: int

    @property
    def spans(self) -> list[slice]:
        return [slice(start, stop) for start, stop in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)]


def fit(
    learnt: Sequence[LearntColumn], marginals: Sequence[Marginal], target: int | None, n_rows: float,
    *, n_states: int, starts: int, steps: int, rng: np.random.Generator, told: Callable[[float], None],
) -> Network:  # fmt: skip
    """Fit networks to what was told, from several random starts, and average them; nothing here looks at a row.

    An average of networks is a network whose hidden states are all of theirs. What each made of the noise averages out.

    Parameters
    ----------
    told : called now and then with the mean squared miss in variances; may raise `EnoughLearnt`, which also ends the starts.
    """
    problem = _problem(learnt, marginals, target, n_rows)
    fitted: list[tuple[Floats, Floats]] = []
    for _ in range(starts):
        states, given, enough = _fit(problem, n_states, steps, rng, told)
        if not enough or not fitted:  # an unfinished one counts only where there is no other
            fitted.append((states, given))
        if enough:
            break
    together = np.concatenate([given for _, given in fitted])
    states = np.concatenate([states for states, _ in fitted]) / len(fitted)
    return Network(states, tuple(np.ascontiguousarray(together[:, span]) for span in problem.spans))


def _fit(
    problem: _Problem, n_states: int, steps: int, rng: np.random.Generator, told: Callable[[float], None]
) -> tuple[Floats, Floats, bool]:
    """Return the states and what is given them after one start, and whether `told` wants no more."""
    first = np.log(np.maximum(problem.shares, 1e-4))
    logits = [np.zeros(n_states), first + rng.normal(0, 0.5, (n_states, len(first)))]
    means, squares = [np.zeros_like(each) for each in logits], [np.zeros_like(each) for each in logits]
    enough = False
    try:
        for step in range(steps):
            states, given = _softmax(logits[0][None], [slice(None)])[0], _softmax(logits[1], problem.spans)
            miss, gradients = _descent(problem, states, given)
            if miss <= EXPLAINED:
                break
            if step % STEPS_PER_EPOCH == 0:
                told(miss)
            size = STEP_SIZE * min(1.0, (steps - step) / (FADE * steps))
            for each, gradient, mean, square in zip(logits, gradients, means, squares, strict=True):
                mean += 0.1 * (gradient - mean)
                square += 0.01 * (gradient**2 - square)
                each -= size * (mean / (1 - 0.9 ** (step + 1))) / (np.sqrt(square / (1 - 0.99 ** (step + 1))) + 1e-12)
    except EnoughLearnt:
        enough = True
    return _softmax(logits[0][None], [slice(None)])[0], _softmax(logits[1], problem.spans), enough


def _problem(learnt: Sequence[LearntColumn], marginals: Sequence[Marginal], target: int | None, n_rows: float) -> _Problem:
    starts = np.append(0, np.cumsum([column.cells.n_bins for column in learnt]))
    spans = [slice(start, stop) for start, stop in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    shares = np.concatenate([np.maximum(column.totals, 0.0) / max(column.totals.clip(0).sum(), 1e-9) for column in learnt])
    weights = np.concatenate([n_rows**2 / np.maximum(column.variances, 1e-9) for column in learnt])
    by_owner: dict[int, list[Marginal]] = defaultdict(list)
    for marginal in marginals:
        by_owner[marginal.pair[0]].append(marginal)
    blocks = tuple(_block(spans, owner, by_owner[owner], n_rows) for owner in sorted(by_owner))
    n_counts = len(shares) + sum(block.shares.size for block in blocks)
    return _Problem(starts, shares, weights, blocks, None if target is None else spans[target], n_counts)


def _block(spans: Sequence[slice], owner: int, marginals: Sequence[Marginal], n_rows: float) -> _Block:
    """Lay a column's marginals side by side; -1 stands for no partner."""
    places = np.arange(spans[-1].stop)
    pairs = [marginal.pair for marginal in marginals]
    partners = [np.array([-1]) if first == second else places[spans[second]] for first, second in pairs]
    weights = [np.full(len(own), (n_rows / marginal.scale) ** 2) for own, marginal in zip(partners, marginals, strict=True)]
    shares = np.concatenate([marginal.told / n_rows for marginal in marginals], axis=2)
    return _Block(spans[owner], np.concatenate(partners), shares, np.concatenate(weights))


def _descent(problem: _Problem, states: Floats, given: Floats) -> tuple[float, list[Floats]]:
    """Return the mean squared miss and half the gradients by the logits of states and of bins."""
    by_given, missed = np.zeros_like(given), 0.0
    residual = states @ given - problem.shares
    slope = problem.weights * residual
    missed += float(slope @ residual)
    by_given += states[:, None] * slope
    by_states = given @ slope
    for block in problem.blocks:
        partners = np.where(block.partners >= 0, given[:, block.partners], 1.0)
        real = block.partners >= 0
        own = given[:, block.own]
        for level in range(len(block.shares)):
            factor = np.ones(len(states)) if problem.target is None else given[:, problem.target][:, level]
            joint = states * factor
            residual = (joint[:, None] * own).T @ partners - block.shares[level]
            slope = block.weights * residual
            missed += float((slope * residual).sum())
            by_partner = own @ slope
            by_joint = (by_partner * partners).sum(1)
            by_given[:, block.own] += joint[:, None] * (partners @ slope.T)
            by_given[:, block.partners[real]] += (joint[:, None] * by_partner)[:, real]
            by_states += by_joint * factor
            if problem.target is not None:
                by_given[:, problem.target.start + level] += by_joint * states
    gradients = [states * (by_states - states @ by_states), np.empty_like(given)]
    for span in problem.spans:
        weighted = given[:, span] * by_given[:, span]
        gradients[1][:, span] = weighted - given[:, span] * weighted.sum(1, keepdims=True)
    return missed / problem.n_counts, gradients


def _softmax(logits: Floats, spans: Sequence[slice]) -> Floats:
    result = np.empty_like(logits)
    for span in spans:
        part = np.exp(logits[:, span] - logits[:, span].max(1, keepdims=True))
        result[:, span] = part / part.sum(1, keepdims=True)
    return result
