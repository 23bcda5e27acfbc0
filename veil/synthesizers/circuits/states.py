"""The circuit itself: one hidden state per variable, along the tree; exact likelihood, exact sampling under any evidence.

    P(x) = sum over z of  prior(z_root) * product of transition(z_child | z_parent) * product of emission(x_v | z_v)

Source: hidden Chow-Liu trees, Liu and Van den Broeck 2021, arXiv 2106.02264. Arrays are torch tensors of single precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.synthesizers.circuits.tree import Tree

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

    Codes = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]

LEAST = 1e-30
CHUNK_ROWS = 4_096
MAX_FLOATS = 16_000_000
"""Single-precision numbers that a batch of rows may hold at once: 64 MB."""


@dataclass
class States:
    """The parameters.

    Attributes
    ----------
    prior : (k,) of the root's state.
    transitions : per variable but the root, (k, k): rows are the parent's states and sum to 1.
    emissions : per variable, (n_levels, k): columns are states and sum to 1.
    """

    tree: Tree
    prior: torch.Tensor = field(repr=False)
    transitions: dict[int, torch.Tensor] = field(repr=False)
    emissions: list[torch.Tensor] = field(repr=False)

    @property
    def n_states(self) -> int:
        """Hidden states of each variable, k."""
        return len(self.prior)

    def copy(self) -> States:
        """Return the same parameters in memory of their own."""
        transitions = {node: each.clone() for node, each in self.transitions.items()}
        return States(self.tree, self.prior.clone(), transitions, [each.clone() for each in self.emissions])

    def upward(self, leaves: list[torch.Tensor]) -> Upward:
        """Pass evidence from the leaves of the tree to its root.

        Parameters
        ----------
        leaves : per variable, (n_rows, k): how likely what is seen of it is in each state; ones where nothing is.
        """
        import torch

        beliefs: dict[int, torch.Tensor] = {}
        messages: dict[int, torch.Tensor] = {}
        log_likelihood = torch.zeros(len(leaves[0]))
        for node in reversed(self.tree.order):
            belief = leaves[node]
            for child in self.tree.children(node):
                belief = belief * messages[child]
            scale = belief.amax(1, keepdim=True).clamp_min_(LEAST)
            log_likelihood += scale.log().squeeze(1)
            beliefs[node] = belief / scale
            if node in self.transitions:
                messages[node] = (beliefs[node] @ self.transitions[node].t()).clamp_min_(LEAST)
        total = (beliefs[self.tree.order[0]] @ self.prior).clamp_min_(LEAST)
        return Upward(beliefs, messages, total, log_likelihood + total.log())

    def seen(self, levels: torch.Tensor) -> list[torch.Tensor]:
        """Return the leaves of complete rows: (n_rows, n_variables) levels."""
        return [emission.index_select(0, levels[:, node]) for node, emission in enumerate(self.emissions)]

    def log_likelihood(self, levels: Codes) -> Singles:
        """Return the log-likelihood of each complete row, in nats."""
        import torch

        rows = torch.from_numpy(np.ascontiguousarray(levels))
        step = min(CHUNK_ROWS, max(MAX_FLOATS // (3 * len(self.emissions) * self.n_states), 1))
        parts = [rows[start : start + step] for start in range(0, len(rows), step)]
        found = [self.upward(self.seen(part)).log_likelihood.numpy() for part in parts]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)

    def log_evidence(self, allowed: Mapping[int, Singles]) -> float:
        """Return how likely the evidence is, in nats: the weights of levels per variable."""
        import torch

        leaves = [
            (emission * torch.from_numpy(allowed[node])[:, None]).sum(0, keepdim=True) if node in allowed else
            torch.ones(1, self.n_states) for node, emission in enumerate(self.emissions)
        ]  # fmt: skip
        return float(self.upward(leaves).log_likelihood)

    def sample(self, n_rows: int, rng: np.random.Generator, allowed: Mapping[int, Singles] | None = None) -> Codes:
        """Return sampled levels: (n_rows, n_variables).

        Parameters
        ----------
        allowed : evidence, per variable: (n_levels,) weights of its levels, 0 for those that must not be; exact conditioning.
        """
        given = _Conditioned.on(self, allowed or {})
        drawn = [given.draw(rows, rng) for rows in _chunks(n_rows)]
        return np.concatenate(drawn) if drawn else np.zeros((0, len(self.emissions)), dtype=np.int64)

    def arrays(self) -> dict[str, Singles]:
        """Return all parameters by name, to be saved."""
        named: dict[str, Any] = {"prior": self.prior}
        named |= {f"transition{node}": each for node, each in self.transitions.items()}
        named |= {f"emission{node}": each for node, each in enumerate(self.emissions)}
        return {name: np.ascontiguousarray(each.numpy()) for name, each in named.items()}

    @classmethod
    def from_arrays(cls, tree: Tree, arrays: Mapping[str, Singles]) -> States:
        """Read what `arrays` returned."""
        import torch

        n = len(tree.parents)
        transitions = {node: torch.from_numpy(arrays[f"transition{node}"]) for node in range(n) if tree.parents[node] >= 0}
        emissions = [torch.from_numpy(arrays[f"emission{node}"]) for node in range(n)]
        return cls(tree, torch.from_numpy(arrays["prior"]), transitions, emissions)


@dataclass(frozen=True)
class Upward:
    """What an upward pass leaves: per variable its belief and its message to the parent, and the rows' likelihood."""

    beliefs: dict[int, torch.Tensor]
    messages: dict[int, torch.Tensor]
    total: torch.Tensor
    log_likelihood: torch.Tensor


@dataclass(frozen=True)
class _Conditioned:
    """The circuit under evidence, ready to be drawn from: cumulative tables."""

    tree: Tree
    prior: Singles
    transitions: Mapping[int, Singles]
    emissions: list[Singles]

    @classmethod
    def on(cls, states: States, allowed: Mapping[int, Singles]) -> _Conditioned:
        """Weigh every table by what the evidence below it allows."""
        import torch

        weighted = [
            emission * torch.from_numpy(allowed[node])[:, None] if node in allowed else emission
            for node, emission in enumerate(states.emissions)
        ]
        leaves = [each.sum(0, keepdim=True) for each in weighted]
        beliefs = {node: belief.squeeze(0) for node, belief in states.upward(leaves).beliefs.items()}
        transitions = {node: _cumulated(table * beliefs[node]) for node, table in states.transitions.items()}
        prior = _cumulated((states.prior * beliefs[states.tree.order[0]])[None, :])
        return cls(states.tree, prior, transitions, [_cumulated(each.t()) for each in weighted])

    def draw(self, n_rows: int, rng: np.random.Generator) -> Codes:
        """Draw the states from the root down, and a level from each, evenly: as often as expected, up to less than one row."""
        levels = np.empty((n_rows, len(self.emissions)), dtype=np.int64)
        turns = iter(_turns(2 * len(self.emissions)))
        drawn: dict[int, tuple[Codes, Codes]] = {}
        for node in self.tree.order:
            parent = self.tree.parents[node]
            table = self.prior if parent < 0 else self.transitions[node]
            above = (np.zeros(n_rows, dtype=np.int64), np.arange(n_rows)) if parent < 0 else drawn[parent]
            states = _drawn(table, *above, next(turns), rng)
            drawn[node] = states, _places(states, table.shape[1])
            levels[:, node] = _drawn(self.emissions[node], *drawn[node], next(turns), rng)
        return levels


def _cumulated(table: torch.Tensor) -> Singles:
    """Return rows as cumulative shares in double precision, offset by the row's number: one sorted array for all rows."""
    shares = np.cumsum(table.numpy().astype(np.float64), axis=1)
    total = shares[:, -1:]
    even = np.linspace(0, 1, shares.shape[1] + 1)[1:][None, :]
    shares = np.where(total > 0, shares / np.maximum(total, 1e-300), even)
    shares[:, -1] = 1.0
    return np.asarray(shares + np.arange(len(shares))[:, None])


def _drawn(table: Any, rows: Codes, places: Codes, turn: float, rng: np.random.Generator) -> Codes:
    """Draw a column in each of the given rows of a table of cumulative shares, by one search in all of it.

    Draws in the same row of the table are a lattice of one turn from place to place, from a random start: each is as random as
    any, and all together leave the shares no more than about one draw away. Independent draws would add noise to every share.
    Source: Richtmyer's sequences, randomly shifted, Cranley and Patterson 1976, doi 10.1137/0713071.
    """
    width = table.shape[1]
    wanted = rows + (places * turn + rng.random(len(table))[rows]) % 1.0
    return np.asarray(np.minimum(np.searchsorted(table.ravel(), wanted, side="right") - rows * width, width - 1))


def _places(states: Codes, n_states: int) -> Codes:
    """Return the place of each row among the rows of its state."""
    order = np.argsort(states.astype(np.int16), kind="stable")
    rows = np.bincount(states, minlength=n_states)
    places = np.empty(len(states), dtype=np.int64)
    places[order] = np.arange(len(states)) - np.repeat(np.cumsum(rows) - rows, rows)
    return places


@lru_cache(maxsize=8)
def _turns(n: int) -> tuple[float, ...]:
    """Return the fractional parts of the roots of the first primes: no sum of their multiples is whole."""
    limit = max(20, int(n * (math.log(n + 2) + math.log(math.log(n + 3)) + 1)))
    sieve = np.ones(limit + 1, dtype=bool)
    sieve[:2] = False
    for prime in range(2, int(limit**0.5) + 1):
        sieve[prime * prime :: prime] &= not sieve[prime]
    return tuple((np.sqrt(np.flatnonzero(sieve)[:n]) % 1.0).tolist())


def drawn_from_shares(shares: Any, rng: np.random.Generator) -> Codes:
    """Draw a column in each row of a table of shares that need not sum to 1; a row without any is drawn from evenly."""
    cumulated = np.cumsum(shares, axis=1, dtype=np.float64)
    total = cumulated[:, -1:]
    cumulated = np.where(total > 0, cumulated, np.arange(1.0, shares.shape[1] + 1)[None, :])
    wanted = rng.random((len(shares), 1)) * cumulated[:, -1:]
    return np.asarray(np.minimum((cumulated <= wanted).sum(axis=1), shares.shape[1] - 1), dtype=np.int64)


def _chunks(n_rows: int) -> Iterator[int]:
    for start in range(0, n_rows, CHUNK_ROWS * 16):
        yield min(CHUNK_ROWS * 16, n_rows - start)
