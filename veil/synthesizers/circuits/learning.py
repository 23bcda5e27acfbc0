"""Expectation-maximization in mini-batches: expected counts in closed form, a few matrix products an edge; no gradients.

Source: stepwise EM, Cappé and Moulines 2009, doi 10.1111/j.1467-9868.2009.00698.x. Counts are smoothed towards the columns'
own shares, so a state that few rows are in says what the column says; more so in columns of many levels, of which the rows
of a state show few. This is what keeps a city's few inhabitants from becoming a state of their own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.circuits.states import LEAST, States
from veil.synthesizers.circuits.tree import Tree

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

    Codes = npt.NDArray[np.int64]

VALIDATION_SHARE = 0.1
MAX_VALIDATION_ROWS = 10_000
USUAL_LEVELS, LEVELS_POWER = 10, 0.8
LEAST_GAIN = 1e-3
"""Nats a row by which the validation rows must become likelier for an epoch to count."""


@dataclass(frozen=True)
class Schedule:
    """How learning goes.

    Attributes
    ----------
    epochs : at most.
    batch_size : rows of a mini-batch.
    rate : weight of a mini-batch's counts at the start; it falls evenly to a fiftieth.
    smoothing : rows of each mini-batch's worth of the column's own shares that are added to each state, for a column of ten
        levels; in proportion to the levels to the power of 0.8.
    patience : epochs without gain on the validation rows after which learning ends; not in the first half, in which the weight
        of a mini-batch is still so large that the validation rows gain and lose by turns.
    settles : whether a last step is over all rows at once.
    max_seconds : wall time after which it ends, None for no bound; then the result depends on the machine.
    """

    epochs: int
    batch_size: int = 1_024
    rate: float = 0.5
    smoothing: float = 0.03
    patience: int = 3
    settles: bool = False
    max_seconds: float | None = None


@dataclass(frozen=True)
class Told:
    """Mean log-likelihood of training and validation rows after an epoch, in nats."""

    epoch: int
    train: float
    validation: float
    seconds: float


@dataclass(frozen=True)
class Learnt:
    """The best states, the mean log-likelihood of the validation rows under them, and whether learning was ended early."""

    states: States = field(repr=False)
    validation: float
    ended: bool = False


def learn(
    levels: Codes, n_levels: list[int], n_states: int, schedule: Schedule, rng: np.random.Generator, told: Callable[[Told], None]
) -> Learnt:
    """Return the states that make the validation rows likeliest, and their mean log-likelihood.

    Parameters
    ----------
    levels : (n_rows, n_variables).
    told : called after every epoch; where it raises `EnoughLearnt`, learning ends, and `ended` says so.
    """
    import torch

    order = rng.permutation(len(levels))
    n_validation = min(int(len(levels) * VALIDATION_SHARE), MAX_VALIDATION_ROWS)
    validation, train = levels[order[:n_validation]], levels[order[n_validation:]]
    states = started(train, n_levels, n_states, rng)
    shares = [_shares(train[:, node], size) for node, size in enumerate(n_levels)]
    rows = torch.from_numpy(np.ascontiguousarray(train))
    n_batches = max(len(train) // schedule.batch_size, 1)
    best, best_epoch, best_states, started_at, step = -math.inf, 0, states.copy(), time.monotonic(), 0
    for epoch in range(1, schedule.epochs + 1):
        total, shuffled = 0.0, torch.from_numpy(rng.permutation(len(train)))
        for batch in shuffled.tensor_split(n_batches):
            rate = max(schedule.rate * (1 - step / (schedule.epochs * n_batches)), schedule.rate / 50)
            counts = _counted(states, rows.index_select(0, batch))
            _move(states, counts, shares, rate, schedule.smoothing)
            total += counts.log_likelihood
            step += 1
        reached = float(states.log_likelihood(validation).mean()) if n_validation else total / len(train)
        seconds = time.monotonic() - started_at
        if reached > best + LEAST_GAIN:
            best, best_epoch, best_states = reached, epoch, states.copy()
        try:
            told(Told(epoch, total / len(train), reached, seconds))
        except EnoughLearnt:
            return Learnt(best_states, best, ended=True)
        if epoch - best_epoch >= schedule.patience and epoch > schedule.epochs // 2:
            break
        if schedule.max_seconds is not None and seconds >= schedule.max_seconds:
            break
    if schedule.settles:
        best_states = _settled(best_states, levels, n_batches, schedule.smoothing)
    return Learnt(best_states, best)


def started(levels: Codes, n_levels: list[int], n_states: int, rng: np.random.Generator) -> States:
    """Return states to start from: each is one random row, softened towards the columns' shares, and tied as pairs occur."""
    import torch

    tree = Tree.fit(levels, n_levels)
    seeds = rng.integers(len(levels), size=n_states)
    emissions = []
    for node, size in enumerate(n_levels):
        share = _shares(levels[:, node], size)
        emission = share[:, None] * torch.from_numpy(0.6 + 0.8 * rng.random((size, n_states), dtype=np.float32))
        emission[torch.from_numpy(levels[seeds, node]), torch.arange(n_states)] += 0.3
        emissions.append(emission / emission.sum(0))
    transitions = {}
    for node in tree.order:
        parent = tree.parents[node]
        if parent >= 0:
            noise = torch.from_numpy(rng.random((n_states, n_states), dtype=np.float32) ** 4 + 1e-3)
            tie = _tied(levels[:, parent], levels[:, node], emissions[parent], emissions[node])
            transitions[node] = _rows_to_one(noise * (tie + 1e-3))
    return States(tree, torch.full((n_states,), 1 / n_states), transitions, emissions)


def _tied(parent: Codes, child: Codes, above: torch.Tensor, below: torch.Tensor) -> torch.Tensor:
    """Return how often states of two neighbors would meet, from the pairs of levels that do: a sparse product."""
    import torch

    pairs, counts = np.unique(np.stack([parent, child]), axis=1, return_counts=True)
    size = (len(above), len(below))
    weights = torch.from_numpy((counts / counts.sum()).astype(np.float32))
    joint = torch.sparse_coo_tensor(torch.from_numpy(pairs), weights, size, check_invariants=False)
    share = _shares(child, len(below))
    tied: torch.Tensor = above.t() @ torch.sparse.mm(joint, below / share[:, None])
    return tied


def _shares(levels: Codes, size: int) -> torch.Tensor:
    import torch

    counts = np.bincount(levels, minlength=size).astype(np.float32) + np.float32(0.5)
    return torch.from_numpy(counts / counts.sum())


def _rows_to_one(table: torch.Tensor) -> torch.Tensor:
    return table / table.sum(1, keepdim=True)


@dataclass
class Counts:
    """What rows are expected to count: the root's states, per variable the pairs of states with its parent's, and its levels."""

    prior: torch.Tensor = field(repr=False)
    transitions: dict[int, torch.Tensor] = field(repr=False)
    emissions: dict[int, torch.Tensor] = field(repr=False)
    log_likelihood: float

    def add(self, other: Counts) -> None:
        """Count other rows too."""
        self.prior += other.prior
        for own, others in ((self.transitions, other.transitions), (self.emissions, other.emissions)):
            for node, counts in others.items():
                own[node] += counts
        self.log_likelihood += other.log_likelihood


def _counted(states: States, rows: torch.Tensor) -> Counts:
    """Return what rows, (n_rows, n_variables) levels, are expected to count."""
    import torch

    up, tree = states.upward(states.seen(rows)), states.tree
    root = tree.order[0]
    expected = {root: up.beliefs[root] * states.prior / up.total[:, None]}
    counts = Counts(expected[root].sum(0), {}, {}, float(up.log_likelihood.sum()))
    for node in tree.order:
        if node in states.transitions:
            flow = expected[tree.parents[node]] / up.messages[node]
            counts.transitions[node] = (flow.t() @ up.beliefs[node]).mul_(states.transitions[node])
            expected[node] = up.beliefs[node] * (flow @ states.transitions[node])
        counts.emissions[node] = torch.zeros_like(states.emissions[node]).index_add_(0, rows[:, node], expected[node])
    return counts


def _move(states: States, counts: Counts, shares: list[torch.Tensor], rate: float, smoothing: float) -> None:
    """Move the parameters towards what was counted; a state that nobody is in stays as it is."""
    prior = counts.prior + smoothing / states.n_states
    states.prior.lerp_(prior / prior.sum(), rate)
    for node, own in counts.transitions.items():
        total = own.sum(1, keepdim=True)
        wanted = (own + own.sum(0) / own.sum() * smoothing) / (total + smoothing)
        states.transitions[node].lerp_(wanted, rate * total / (total + smoothing))
        states.transitions[node] = _rows_to_one(states.transitions[node])
    for node, own in counts.emissions.items():
        total, added = own.sum(0), smoothing * (len(own) / USUAL_LEVELS) ** LEVELS_POWER
        wanted = (own + added * shares[node][:, None]) / (total + added).clamp_min(LEAST)
        states.emissions[node].lerp_(wanted, (rate * total / (total + added)).expand_as(wanted))


def _settled(states: States, levels: Codes, n_batches: int, smoothing: float) -> States:
    """Return states after one step over all rows at once: the noise of mini-batches is gone, and no row was left out."""
    import torch

    rows = torch.from_numpy(np.ascontiguousarray(levels))
    settled, counts = states.copy(), None
    for batch in rows.tensor_split(n_batches):
        found = _counted(states, batch)
        if counts is None:
            counts = found
        else:
            counts.add(found)
    assert counts is not None
    shares = [_shares(levels[:, node], len(emission)) for node, emission in enumerate(states.emissions)]
    _move(settled, counts, shares, 1.0, smoothing * n_batches)
    return settled
