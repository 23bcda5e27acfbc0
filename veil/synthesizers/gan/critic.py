"""The critic of CTGAN: PacGAN (Lin et al. 2018, arXiv 1712.04086) under the penalty of Gulrajani et al. (2017, arXiv 1704.00028).

Leaky ReLU and dropout make the critic piecewise linear. So the gradient for its input is a product of weight matrices with
masks between them, and the penalty's derivative one more such product: no graph is differentiated twice. The first layer
is linear, so what it makes of an interpolated row is interpolated from what it makes of the two. A condition is a weight
row looked up; a generated row and the original beside it share it, as in algorithm 1 of Xu et al.
"""

from __future__ import annotations

import numpy as np
import torch

from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.parameters import Parameters, fill_uniform

LEAK = 0.2
PENALTY = 10.0


class Critic:
    """Two hidden layers over `pac` rows with their conditions, to one score.

    Attributes
    ----------
    width, n_given : of a row, and of the conditions.
    """

    def __init__(self, width: int, n_given: int, *, pac: int, hidden: int, rng: np.random.Generator) -> None:
        self.width, self.n_given, self.pac = width, n_given, pac
        shapes: dict[str, tuple[int, ...]] = {"rows": (pac * width, hidden), "given": (pac * n_given, hidden), "bias0": (hidden,)}
        shapes |= {"second": (hidden, hidden), "bias1": (hidden,), "last": (hidden, 1), "bias2": (1,)}
        self.parameters = Parameters(shapes)
        n_inputs = pac * (width + n_given)
        for name, size in {"rows": n_inputs, "given": n_inputs, "bias0": n_inputs}.items():
            fill_uniform(self.parameters.value[name], size, rng)
        for name in ("second", "bias1", "last", "bias2"):
            fill_uniform(self.parameters.value[name], hidden, rng)

    def places(self, given: torch.Tensor) -> torch.Tensor:
        """Return the weight row of each row's condition, (n_packs, pac)."""
        offsets = torch.arange(self.pac) * self.n_given
        return given.view(-1, self.pac) + offsets

    def learn(self, fake: torch.Tensor, real: torch.Tensor, given: torch.Tensor, noise: Noise) -> float:
        """Fill the gradients of all weights and return the loss.

        Parameters
        ----------
        fake, real : (n_rows, width), activated and encoded.
        given : (n_rows,) the condition of each, a member.
        """
        value, into = self.parameters.value, self.parameters.gradient
        n_packs = len(fake) // self.pac
        rows = torch.cat([fake, real]).view(2 * n_packs, -1)
        places = self.places(given)
        hidden = self._first_layer(rows, places, noise)
        first_mask = slope(hidden, noise)
        first = hidden * first_mask
        second_hidden = torch.addmm(value["bias1"], first, value["second"])
        second_mask = slope(second_hidden, noise)
        judged, between = slice(0, 2 * n_packs), slice(2 * n_packs, None)
        second = second_hidden[judged] * second_mask[judged]
        signs = torch.full((2 * n_packs, 1), 1 / n_packs)
        signs[n_packs:] = -1 / n_packs

        penalty, wanted, inner, outer = self._penalty(first_mask[between], second_mask[between])
        wanted_rows, wanted_given = wanted[:, : rows.shape[1]], wanted[:, rows.shape[1] :]
        through = torch.addmm(wanted_given @ value["given"], wanted_rows, value["rows"]).mul_(first_mask[between])

        back_second = (signs * value["last"].t()).mul_(second_mask[judged])
        torch.mm(torch.cat([first[judged], through]).t(), torch.cat([back_second, outer]), out=into["second"])
        torch.sum(back_second, 0, out=into["bias1"])
        torch.mm(second.t(), signs, out=into["last"])
        into["last"][:, 0] += (through @ value["second"]).mul_(second_mask[between]).sum(0)
        into["bias2"].zero_()  # it moves the scores of both alike
        back_first = (back_second @ value["second"].t()).mul_(first_mask[judged])
        torch.mm(torch.cat([rows, wanted_rows]).t(), torch.cat([back_first, inner]), out=into["rows"])
        torch.mm(wanted_given.t(), inner, out=into["given"])
        both = (back_first[:n_packs] + back_first[n_packs:]).repeat_interleave(self.pac, 0)
        into["given"].index_add_(0, places.view(-1), both)
        torch.sum(back_first, 0, out=into["bias0"])
        return float((second @ value["last"]).mul_(signs).sum()) + penalty

    def _first_layer(self, rows: torch.Tensor, places: torch.Tensor, noise: Noise) -> torch.Tensor:
        """Return the first layer of the fakes, the originals, and rows drawn between them, one under the other."""
        value, n_packs = self.parameters.value, len(rows) // 2
        hidden = torch.empty(3 * n_packs, len(value["bias0"]))
        torch.addmm(value["bias0"], rows, value["rows"], out=hidden[: 2 * n_packs])
        conditions = torch.nn.functional.embedding_bag(places, value["given"], mode="sum")
        hidden[: 2 * n_packs].view(2, n_packs, -1).add_(conditions)
        torch.lerp(hidden[:n_packs], hidden[n_packs : 2 * n_packs], noise.uniform(n_packs, 1), out=hidden[2 * n_packs :])
        return hidden

    def _penalty(
        self, first_mask: torch.Tensor, second_mask: torch.Tensor
    ) -> tuple[float, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the penalty, its derivative for the input's gradient, and that gradient at the two hidden layers."""
        value, n_packs = self.parameters.value, len(first_mask)
        outer = second_mask * value["last"].t()
        inner = (outer @ value["second"].t()).mul_(first_mask)
        n_rows = len(value["rows"])
        gradient = torch.empty(n_packs, n_rows + len(value["given"]))
        torch.mm(inner, value["rows"].t(), out=gradient[:, :n_rows])
        torch.mm(inner, value["given"].t(), out=gradient[:, n_rows:])
        norms = gradient.norm(dim=1, keepdim=True)
        excess = norms - 1
        wanted = gradient.mul_(excess / norms.clamp_min(1e-12) * (2 * PENALTY / n_packs))
        return float(excess.square().mean()) * PENALTY, wanted, inner, outer

    def judge(self, fake: torch.Tensor, given: torch.Tensor, noise: Noise) -> tuple[float, torch.Tensor]:
        """Return the generator's loss, minus the mean score, and its gradient for the rows; the weights' is not computed."""
        value, n_packs = self.parameters.value, len(fake) // self.pac
        conditions = torch.nn.functional.embedding_bag(self.places(given), value["given"], mode="sum")
        hidden = torch.addmm(conditions.add_(value["bias0"]), fake.view(n_packs, -1), value["rows"])
        first_mask = slope(hidden, noise)
        second_hidden = torch.addmm(value["bias1"], hidden.mul_(first_mask), value["second"])
        second_mask = slope(second_hidden, noise)
        score = (second_hidden.mul_(second_mask) @ value["last"]).mean() + value["bias2"]
        back = second_mask.mul_(value["last"].t()).mul_(-1 / n_packs)
        gradient = (back @ value["second"].t()).mul_(first_mask) @ value["rows"].t()
        return -float(score), gradient.view(len(fake), self.width)


def slope(hidden: torch.Tensor, noise: Noise) -> torch.Tensor:
    """Return the derivative of leaky ReLU followed by dropout of one half, which is also their ratio to the input."""
    return torch.where(hidden > 0, 2.0, 2 * LEAK).mul_(noise.coins(*hidden.shape))
