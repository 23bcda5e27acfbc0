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

    def adam(self, learning_rate: float, *, betas: tuple[float, float] = (0.5, 0.9), weight_decay: float = 1e-6) -> Adam:
        """Return Adam; by default with the momenta that Wasserstein critics with a penalty are trained with."""
        return Adam(self.flat, learning_rate, betas, weight_decay)


class Adam:
    """Adam (Kingma and Ba 2015) on one buffer, by the kernel that `torch.optim` calls.

    `torch.optim` itself imports torch's compiler with its first optimizer: a second and a hundred megabytes for nothing.
    """

    def __init__(self, flat: torch.Tensor, learning_rate: float, betas: tuple[float, float], weight_decay: float) -> None:
        self.flat, self.learning_rate, self.betas, self.weight_decay = flat, learning_rate, betas, weight_decay
        self.means, self.squares, self.n_steps = torch.zeros_like(flat), torch.zeros_like(flat), torch.zeros(())

    def step(self) -> None:
        """Move the values along `grad`."""
        assert self.flat.grad is not None
        self.n_steps += 1
        torch._fused_adam_(
            [self.flat], [self.flat.grad], [self.means], [self.squares], [], [self.n_steps], amsgrad=False, lr=self.learning_rate,
            beta1=self.betas[0], beta2=self.betas[1], weight_decay=self.weight_decay, eps=1e-8, maximize=False)  # fmt: skip


def fill_uniform(weights: torch.Tensor, n_inputs: int, rng: np.random.Generator) -> None:
    """Draw a layer's weights evenly from plus or minus one over the root of its inputs."""
    bound = n_inputs**-0.5
    drawn = rng.random(tuple(weights.shape), dtype=np.float32) * np.float32(2 * bound) - np.float32(bound)
    weights.copy_(torch.from_numpy(drawn))
