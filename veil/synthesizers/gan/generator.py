"""The generator of CTGAN (Xu et al. 2019, section 4.4), forward and backward.

Two hidden layers of batch normalization and ReLU; each layer sees the outputs of all before it. What the three layers
make of the noise is one product, and what they make of the condition is a row of weights looked up: a condition is one
member of one span, so its one-hot vector is never written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from veil.synthesizers.gan.parameters import Parameters, fill_uniform
from veil.synthesizers.gan.segments import Segments

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

EPSILON = 1e-5
OBEDIENCE = 3.0
SMALLEST_CHANCE = 1e-4


@dataclass(frozen=True)
class Passed:
    """What a forward pass leaves for the backward pass."""

    noise: torch.Tensor
    given: torch.Tensor
    hidden: tuple[torch.Tensor, torch.Tensor]
    outputs: tuple[torch.Tensor, torch.Tensor]
    means: tuple[torch.Tensor, torch.Tensor]
    scales: tuple[torch.Tensor, torch.Tensor]


class Generator:
    """Weights, by layer: `noise`, `given` and `bias` of all three layers side by side; `first` and `second` of hidden outputs.

    Attributes
    ----------
    width : of the output, scalars first, then members in the order of `Segments`.
    """

    def __init__(
        self, n_scalars: int, segments: Segments, chances: Floats, *, noise: int, hidden: int, rng: np.random.Generator
    ) -> None:
        self.n_scalars, self.n_noise, self.n_hidden = n_scalars, noise, hidden
        self.width = n_scalars + segments.width
        total = 2 * hidden + self.width
        shapes: dict[str, tuple[int, ...]] = {"noise": (noise, total), "given": (segments.width, total), "bias": (total,)}
        shapes |= {"first": (hidden, hidden + self.width), "second": (hidden, self.width)}
        shapes |= {f"{name}{layer}": (hidden,) for layer in (0, 1) for name in ("scale", "shift")}
        self.parameters = Parameters(shapes)
        self._fill(segments, rng)
        self._begin_well(chances)

    def _fill(self, segments: Segments, rng: np.random.Generator) -> None:
        value, hidden = self.parameters.value, self.n_hidden
        n_inputs = self.n_noise + segments.width
        parts = (slice(0, hidden), slice(hidden, 2 * hidden), slice(2 * hidden, None))
        for layer, part in enumerate(parts):
            for name in ("noise", "given", "bias"):
                fill_uniform(value[name][..., part], n_inputs + layer * hidden, rng)
        fill_uniform(value["first"][:, :hidden], n_inputs + hidden, rng)
        fill_uniform(value["first"][:, hidden:], n_inputs + 2 * hidden, rng)
        fill_uniform(value["second"], n_inputs + 2 * hidden, rng)
        for layer in (0, 1):
            value[f"scale{layer}"].fill_(1)

    def _begin_well(self, chances: Floats) -> None:
        """Begin as a generator whose columns have the right shares, and whose column obeys the condition on it.

        Both would be found by training, but a softmax that has gone to one side on its way there hardly comes back.
        """
        shares = np.clip(chances, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
        margins = OBEDIENCE - np.log(shares / (1 - shares))
        members = slice(2 * self.n_hidden + self.n_scalars, None)
        self.parameters.value["bias"][members] += torch.from_numpy(np.log(shares).astype(np.float32))
        self.parameters.value["given"][:, members].diagonal().add_(torch.from_numpy(margins.astype(np.float32)))

    def forward(self, noise: torch.Tensor, given: torch.Tensor) -> tuple[torch.Tensor, Passed]:
        """Return logits, (n_rows, width), for noise and the member that is asked for in each row."""
        value, hidden = self.parameters.value, self.n_hidden
        layers = torch.addmm(value["bias"], noise, value["noise"])
        layers += value["given"].index_select(0, given)
        first = layers[:, :hidden].contiguous()
        first_out, first_mean, first_scale = self._normalized(first, 0)
        onward = first_out @ value["first"]
        second = layers[:, hidden : 2 * hidden] + onward[:, :hidden]
        second_out, second_mean, second_scale = self._normalized(second, 1)
        logits = torch.addmm(layers[:, 2 * hidden :] + onward[:, hidden:], second_out, value["second"])
        means, scales = (first_mean, second_mean), (first_scale, second_scale)
        return logits, Passed(noise, given, (first, second), (first_out, second_out), means, scales)

    def _normalized(self, rows: torch.Tensor, layer: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        scales, shifts = (self.parameters.value[f"{name}{layer}"] for name in ("scale", "shift"))
        result, mean, scale = torch.native_batch_norm(rows, scales, shifts, None, None, True, 0, EPSILON)
        return result.relu_(), mean, scale

    def backward(self, gradient: torch.Tensor, passed: Passed) -> None:
        """Fill the gradients of all weights from that of the logits."""
        value, into, hidden = self.parameters.value, self.parameters.gradient, self.n_hidden
        first_out, second_out = passed.outputs
        layers = torch.empty(len(gradient), 2 * hidden + self.width)
        layers[:, 2 * hidden :] = gradient
        torch.mm(second_out.t(), gradient, out=into["second"])
        layers[:, hidden : 2 * hidden] = self._normalized_backward(gradient @ value["second"].t(), passed, 1)
        onward = layers[:, hidden:]
        torch.mm(first_out.t(), onward, out=into["first"])
        layers[:, :hidden] = self._normalized_backward(onward @ value["first"].t(), passed, 0)
        torch.mm(passed.noise.t(), layers, out=into["noise"])
        into["given"].zero_().index_add_(0, passed.given, layers)
        torch.sum(layers, 0, out=into["bias"])

    def _normalized_backward(self, gradient: torch.Tensor, passed: Passed, layer: int) -> torch.Tensor:
        value, into = self.parameters.value, self.parameters.gradient
        gradient = gradient * (passed.outputs[layer] > 0)
        result, scale, shift = torch.ops.aten.native_batch_norm_backward(
            gradient, passed.hidden[layer], value[f"scale{layer}"], None, None, passed.means[layer], passed.scales[layer],
            True, EPSILON, [True, True, True])  # fmt: skip
        into[f"scale{layer}"].copy_(scale)
        into[f"shift{layer}"].copy_(shift)
        return torch.as_tensor(result)
