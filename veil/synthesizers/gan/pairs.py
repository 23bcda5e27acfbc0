"""A loss that tells a generator how pairs of columns are distributed, instead of leaving it to a critic to find out.

Given its noise, a generator with softmax outputs draws its columns independently. So the joint distribution of columns i
and j is the mean of p_i p_j' over the noise, and its distance to the training table's is differentiable: no critic needed.
The distance is chi-square-like. It is estimated from two halves of a batch, (A - R) (B - R), which is unbiased: one batch
squared would also punish the generator for being sure of itself. Related: the information loss of table-GAN (Park et al.
2018, arXiv 1806.03384).

Divided by the shares alone, pairs that never occur weigh so much that an untrained generator flees to its most frequent
members, whose softmax then hardly moves. So training begins lenient, with shares no smaller than independent columns would
have, and ends strict; single columns are kept in place by a term of their own.

A table of more members than `MAX_MEMBERS` would need a large matrix at every step. Its pairs are looked at a random part of the
columns at a time, another one at every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.gan.rows import Rows

    Codes = npt.NDArray[np.int64]
    Smalls = npt.NDArray[np.int32]
    Singles = npt.NDArray[np.float32]

SMALLEST_SHARE = 0.002
MAX_MEMBERS = 640
N_PARTS = 24
CHUNK_ROWS = 2048
COUNTED_ROWS = 20_000


@dataclass(frozen=True)
class PairTarget:
    """Shares of all pairs of members of different spans, under the conditions that training draws, and their weights.

    Attributes
    ----------
    lenient, strict : the weights of pairs in the two phases of a training.
    singles : the weights of single members.
    places : the members that it is about, in the network's order; None for all.
    """

    shares: torch.Tensor = field(repr=False)
    lenient: torch.Tensor = field(repr=False)
    strict: torch.Tensor = field(repr=False)
    singles: torch.Tensor = field(repr=False)
    places: torch.Tensor | None = field(default=None, repr=False)

    @classmethod
    def fit(cls, rows: Rows, spans: Codes | None = None) -> PairTarget:
        """Count, weighing each row by how often training meets it; `spans` picks the columns, None takes all."""
        span_of = rows.segments.span_of
        places = None if spans is None else np.flatnonzero(np.isin(span_of, spans))
        weights = (rows.chances / np.maximum(rows.counts, 1)).astype(np.float32)[rows.members].mean(axis=1)
        counted = slice(None) if places is None else slice(0, COUNTED_ROWS)
        weights = weights[counted] / weights[counted].sum()
        shares = torch.from_numpy(shares_of(rows.members[counted], weights, len(span_of), places))
        own = torch.from_numpy(span_of if places is None else span_of[places])
        other, n_spans = own[:, None] != own[None, :], len(torch.unique(own))
        alone = shares.diagonal()
        expected = torch.maximum(shares, alone[:, None] * alone[None, :])
        scales = [other / (each + SMALLEST_SHARE) / max(n_spans * (n_spans - 1), 1) for each in (expected, shares)]
        singles = 1 / (alone + SMALLEST_SHARE) / n_spans
        return cls(shares, scales[0], scales[1], singles, None if places is None else torch.from_numpy(places))

    def loss(self, chances: torch.Tensor, *, strict: bool) -> tuple[float, torch.Tensor]:
        """Return the distance, about 0 where the pairs are right, and its gradient, for softmax outputs, (members, rows)."""
        seen = chances if self.places is None else chances.index_select(0, self.places)
        half = seen.shape[1] // 2
        first, second = seen[:, :half], seen[:, half : 2 * half]
        errors = [torch.addmm(self.shares, part, part.t(), beta=-1, alpha=1 / half) for part in (first, second)]
        gaps = [part.mean(dim=1).sub_(self.shares.diagonal()) for part in (first, second)]
        scale = self.strict if strict else self.lenient
        loss = float((errors[0] * errors[1]).mul_(scale).sum()) + float((gaps[0] * gaps[1]).mul_(self.singles).sum())
        gradient = torch.zeros_like(seen)
        for part, into, error, gap in ((first, 0, errors[1], gaps[1]), (second, half, errors[0], gaps[0])):
            alone = gap.mul_(self.singles)[:, None] / half
            gradient[:, into : into + half] = torch.addmm(alone, error.mul_(scale), part, alpha=2 / half)
        if self.places is None:
            return loss, gradient
        return loss, torch.zeros_like(chances).index_copy_(0, self.places, gradient)


def pair_targets(rows: Rows, rng: np.random.Generator) -> list[PairTarget]:
    """Return one target for all pairs, or several for random parts of the columns of a wide table; none for one column."""
    if len(rows.segments.widths) < 2:
        return []
    if rows.segments.width <= MAX_MEMBERS:
        return [PairTarget.fit(rows)]
    return [PairTarget.fit(rows, some_spans(rows.segments.widths, rng)) for _ in range(N_PARTS)]


def some_spans(widths: Codes, rng: np.random.Generator) -> Codes:
    """Return random spans, at least two, of `MAX_MEMBERS` members together at most."""
    order = rng.permutation(len(widths))
    n_fitting = int((np.cumsum(widths[order]) <= MAX_MEMBERS).sum())
    return np.sort(order[: max(n_fitting, 2)])


def shares_of(members: Smalls, weights: Singles, width: int, places: Codes | None = None) -> Singles:
    """Return the weight of each pair of members, (width, width), by rows that hold them both; a chunk of rows at a time.

    Parameters
    ----------
    members : (n_rows, n_spans).
    weights : (n_rows,) of the rows, 1 together.
    places : members to count, all the others being left out.
    """
    n_counted = width if places is None else len(places)
    total = torch.zeros(n_counted, n_counted)
    for start in range(0, len(members), CHUNK_ROWS):
        part = torch.from_numpy(members[start : start + CHUNK_ROWS].astype(np.int64))
        hot = torch.zeros(len(part), width).scatter_(1, part, 1.0)
        hot = hot if places is None else hot[:, places]
        total.addmm_(hot.t(), hot * torch.from_numpy(weights[start : start + CHUNK_ROWS])[:, None])
    return np.asarray(total.numpy())
