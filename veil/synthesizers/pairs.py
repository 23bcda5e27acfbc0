"""A loss that tells a generator how pairs of columns are distributed, instead of leaving it to a discriminator to find out.

Given its noise, a generator with softmax outputs draws its columns independently. So the joint distribution of columns i
and j is the mean of p_i p_j' over the noise, and its distance to the training table's is differentiable: no critic needed.
The distance is chi-square-like. It is estimated from two halves of a batch, (A - R) (B - R), which is unbiased: one batch
squared would also punish the generator for being sure of itself. Related: the information loss of table-GAN (Park et al.
2018, arXiv 1806.03384).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt

    Singles = npt.NDArray[np.float32]

SMALLEST_SHARE = 0.002


@dataclass(frozen=True)
class PairTarget:
    """Shares of all pairs of members of different spans, under the conditions that training draws, and their weights."""

    shares: torch.Tensor = field(repr=False)
    weights: torch.Tensor = field(repr=False)

    @classmethod
    def fit(cls, one_hot: Singles, starts: list[int], *, log_frequency: bool) -> PairTarget:
        """Count, weighing each row by how often training meets it.

        Parameters
        ----------
        one_hot : (n_rows, n_members), the spans side by side.
        starts : first member of each span.
        log_frequency : whether training draws members by the logarithm of their frequency.
        """
        ends = [*starts[1:], one_hot.shape[1]]
        rows = np.zeros(len(one_hot), dtype=np.float32)
        for start, end in zip(starts, ends, strict=True):
            counts = one_hot[:, start:end].sum(axis=0)
            drawn = np.log(counts + 1) if log_frequency else counts
            rows += one_hot[:, start:end] @ (drawn / drawn.sum() / np.maximum(counts, 1)).astype(np.float32) / len(starts)
        shares = torch.from_numpy(one_hot).t() @ torch.from_numpy(one_hot * rows[:, None])
        other = torch.ones_like(shares)
        for start, end in zip(starts, ends, strict=True):
            other[start:end, start:end] = 0
        n_pairs = max(len(starts) * (len(starts) - 1), 1)
        return cls(shares, other / (shares + SMALLEST_SHARE) / n_pairs)

    def loss(self, chances: torch.Tensor) -> torch.Tensor:
        """Return the distance, about 0 where the pairs are right, for (n_rows, n_members) softmax outputs."""
        half = len(chances) // 2
        first, second = chances[:half], chances[half:]
        errors = [part.t() @ part / len(part) - self.shares for part in (first, second)]
        return (errors[0] * errors[1] * self.weights).sum()
