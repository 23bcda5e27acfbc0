"""All weights of a network in one flat buffer, all their gradients in another: one fused call updates everything."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch


class Parameters:
    """Named views into a buffer of values and a buffer of gradients.

    Attributes
    ----------
    flat : the values; its `grad` is the buffer of gradients.
    value, gradient : views by name, in the shapes asked for.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        sizes = {name: math.prod(shape) for name, shape in shapes.items()}
        self.flat = torch.zeros(sum(sizes.values()))
        gradients = torch.zeros_like(self.flat)
        self.flat.grad = gradients
        self.value: dict[str, torch.Tensor] = {}
        self.gradient: dict[str, torch.Tensor] = {}
        start = 0
        for name, shape in shapes.items():
            self.value[name] = self.flat[start : start + sizes[name]].view(shape)
            self.gradient[name] = gradients[start : start + sizes[name]].view(shape)
            start += sizes[name]

    def adam(self, learning_rate: float) -> torch.optim.Optimizer:
        """Return Adam (Kingma and Ba 2015) with the momenta that Wasserstein critics with a penalty are trained with."""
        return torch.optim.Adam([self.flat], lr=learning_rate, betas=(0.5, 0.9), weight_decay=1e-6, fused=True)


def fill_uniform(weights: torch.Tensor, n_inputs: int, rng: np.random.Generator) -> None:
    """Draw a layer's weights evenly from plus or minus one over the root of its inputs."""
    bound = n_inputs**-0.5
    drawn = rng.random(tuple(weights.shape), dtype=np.float32) * np.float32(2 * bound) - np.float32(bound)
    weights.copy_(torch.from_numpy(drawn))
