"""Exact conditioning of every row on what is known of it: evidence goes up the tree, then the rest is drawn downwards.

Source: ancestral sampling after belief propagation, Pearl 1988; here batched over rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from veil.synthesizers.circuits.evidence import Evidence
from veil.synthesizers.circuits.mixture import Mixture
from veil.synthesizers.circuits.states import MAX_FLOATS, States, Upward, drawn_from_shares

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

    Codes = npt.NDArray[np.int64]


def completed(mixture: Mixture, evidence: Sequence[Evidence], n_rows: int, rng: np.random.Generator) -> Codes:
    """Return levels, (n_rows, n_variables): those that are known, and the others drawn from their exact conditionals."""
    first = mixture.parts[0]
    levels = np.empty((n_rows, len(first.emissions)), dtype=np.int64)
    for rows in _batches(n_rows, first):
        known = [each.of(rows) for each in evidence]
        levels[rows] = _batch(mixture, known, rng)
    return levels


def _batches(n_rows: int, states: States) -> Iterator[slice]:
    widest = max(3 * len(states.emissions) * states.n_states, 6 * max(map(len, states.emissions)))
    step = max(MAX_FLOATS // widest, 1)
    return (slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step))


def _batch(mixture: Mixture, known: list[Evidence], rng: np.random.Generator) -> Codes:
    parts = _parts(mixture, known, rng)
    levels = np.empty((len(parts), len(known)), dtype=np.int64)
    for place, states in enumerate(mixture.parts):
        rows = np.flatnonzero(parts == place)
        if rows.size:
            levels[rows] = _below(states, [each.of(rows) for each in known], rng)
    return levels


def _parts(mixture: Mixture, known: list[Evidence], rng: np.random.Generator) -> Codes:
    """Draw the tree that each row is of: its share of the training rows times how likely it makes what is known."""
    if len(mixture.parts) == 1:
        return np.zeros(len(known[0].levels), dtype=np.int64)
    pairs = zip(mixture.parts, mixture.shares, strict=True)
    logs = np.stack([_upward(states, known).log_likelihood.numpy() + np.log(share) for states, share in pairs], axis=1)
    return drawn_from_shares(np.exp(logs - logs.max(axis=1, keepdims=True)), rng)


def _upward(states: States, known: list[Evidence]) -> Upward:
    return states.upward([_leaf(emission, each) for emission, each in zip(states.emissions, known, strict=True)])


def _leaf(emission: torch.Tensor, known: Evidence) -> torch.Tensor:
    """Return how likely what is known of a variable is in each state: (n_rows, k)."""
    import torch

    leaf = torch.ones(len(known.levels), emission.shape[1])
    exact, partly = np.flatnonzero(known.levels >= 0), np.flatnonzero(known.kinds >= 0)
    leaf[torch.from_numpy(exact)] = emission[torch.from_numpy(known.levels[exact])]
    if partly.size:
        leaf[torch.from_numpy(partly)] = (torch.from_numpy(known.weights) @ emission)[torch.from_numpy(known.kinds[partly])]
    return leaf


def _below(states: States, known: list[Evidence], rng: np.random.Generator) -> Codes:
    """Draw states from the root downwards, weighed by the evidence below each, and a level from each state."""
    import torch

    up = _upward(states, known)
    levels = np.empty((len(known[0].levels), len(known)), dtype=np.int64)
    drawn: dict[int, Codes] = {}
    for node in states.tree.order:
        parent = states.tree.parents[node]
        table = states.prior[None, :] if parent < 0 else states.transitions[node][torch.from_numpy(drawn[parent])]
        drawn[node] = drawn_from_shares((table * up.beliefs[node]).numpy(), rng)
        levels[:, node] = _levels(states.emissions[node], known[node], drawn[node], rng)
    return levels


def _levels(emission: torch.Tensor, known: Evidence, drawn: Codes, rng: np.random.Generator) -> Codes:
    """Draw the level of each row from its state, among those that agree with what is known."""
    import torch

    levels = known.levels.copy()
    nothing, partly = np.flatnonzero((levels < 0) & (known.kinds < 0)), np.flatnonzero(known.kinds >= 0)
    by_state = emission.t()
    for rows, weights in ((nothing, None), (partly, known.weights)):
        if rows.size:
            shares = by_state[torch.from_numpy(drawn[rows])].numpy()
            levels[rows] = drawn_from_shares(shares if weights is None else shares * weights[known.kinds[rows]], rng)
    return levels
