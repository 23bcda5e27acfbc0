"""Random numbers in the form that a training step wants them: float32 tensors, drawn by numpy, which is faster at it."""

from __future__ import annotations

import math

import numpy as np
import torch


class Noise:
    """One stream of noise."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.Generator(np.random.SFC64(seed))

    def normal(self, *shape: int) -> torch.Tensor:
        """Return draws from the normal distribution."""
        return torch.from_numpy(self.rng.standard_normal(shape, dtype=np.float32))

    def uniform(self, *shape: int) -> torch.Tensor:
        """Return draws from [0, 1)."""
        return torch.from_numpy(self.rng.random(shape, dtype=np.float32))

    def gumbel(self, *shape: int) -> torch.Tensor:
        """Return noise whose argmax, added to logits, is a draw from their softmax (Gumbel 1954)."""
        return torch.from_numpy(self.rng.standard_exponential(shape, dtype=np.float32)).clamp_min_(1e-30).log_().neg_()

    def coins(self, *shape: int) -> torch.Tensor:
        """Return zeros and ones, each with a chance of one half."""
        n_coins = math.prod(shape)
        bits = np.unpackbits(np.frombuffer(self.rng.bytes((n_coins + 7) // 8), dtype=np.uint8))
        return torch.from_numpy(bits[:n_coins]).view(shape)
