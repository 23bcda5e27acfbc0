"""A trained generator as the layers that `veil.synthesizers.network` samples from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from veil.synthesizers.gan.generator import EPSILON, Generator

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.gan.segments import Segments

    Singles = npt.NDArray[np.float32]


@torch.no_grad()
def folded(generator: Generator, segments: Segments, noise: torch.Tensor, given: torch.Tensor) -> dict[str, Singles]:
    """Return the layers in the layout's order, with the batch statistics of these rows folded into the weights.

    Parameters
    ----------
    noise, given : what the generator saw while it trained: noise, and conditions as training draws them.
    """
    value, hidden = generator.parameters.value, generator.n_hidden
    _, passed = generator.forward(noise, given)
    places = torch.from_numpy(np.argsort(segments.members))
    incoming = torch.cat([value["noise"], value["given"][places]])
    layers = (incoming[:, :hidden], torch.cat([value["first"][:, :hidden], incoming[:, hidden : 2 * hidden]]))
    weights: dict[str, torch.Tensor] = {}
    for layer, weight in enumerate(layers):
        rows, bias = passed.hidden[layer], value["bias"][layer * hidden : (layer + 1) * hidden]
        scale = value[f"scale{layer}"] / torch.sqrt(rows.var(dim=0, unbiased=False) + EPSILON)
        weights[f"hidden{layer}.weight"] = (weight * scale).t()
        weights[f"hidden{layer}.bias"] = value[f"shift{layer}"] + (bias - rows.mean(dim=0)) * scale
    output = torch.cat([torch.arange(generator.n_scalars), generator.n_scalars + places])
    last = torch.cat([value["second"], value["first"][:, hidden:], incoming[:, 2 * hidden :]])
    weights |= {"output.weight": last.t()[output], "output.bias": value["bias"][2 * hidden :][output]}
    return {name: np.ascontiguousarray(array.numpy(), dtype=np.float32) for name, array in weights.items()}
