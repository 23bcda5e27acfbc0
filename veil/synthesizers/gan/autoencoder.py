"""The variational autoencoder of the CTGAN paper (Xu et al. 2019, section 4.5), trained by autograd on compact rows.

An encoder of two ReLU layers gives mean and deviation of 128 hidden numbers, a decoder of two ReLU layers the scalars and the
softmax of each span. A scalar is normal around the tanh of its output, with a deviation of its own that is learnt.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from veil.errors import SynthesisFailed
from veil.model import Epoch
from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.parameters import Parameters, fill_uniform
from veil.synthesizers.gan.rows import Batch, Rows
from veil.synthesizers.gan.training import Best, Clock, through

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.gan.scoring import Scorer

    Singles = npt.NDArray[np.float32]

HIDDEN, LATENT = 128, 128
SCORED_ROWS = 2048
SMALLEST_DEVIATION = 0.01


@dataclass(frozen=True)
class Lessons:
    """How long and how fast to train.

    Attributes
    ----------
    weight : of the reconstruction beside the divergence of the hidden numbers from noise; 1 is the evidence bound.
    """

    epochs: int
    n_batches: int
    batch_size: int
    learning_rate: float
    weight: float
    patience: int | None
    max_seconds: float | None


class Autoencoder:
    """One training."""

    def __init__(self, rows: Rows, scorer: Scorer, lessons: Lessons, *, seed: int) -> None:
        self.rows, self.scorer, self.lessons, self.noise = rows, scorer, lessons, Noise(seed)
        self.n_scalars = rows.scalars.shape[1]
        self.width = self.n_scalars + rows.segments.width
        shapes = {"in0": (self.width, HIDDEN), "in1": (HIDDEN, HIDDEN), "in2": (HIDDEN, 2 * LATENT),
                  "out0": (LATENT, HIDDEN), "out1": (HIDDEN, HIDDEN), "out2": (HIDDEN, self.width)}  # fmt: skip
        biases: dict[str, tuple[int, ...]] = {f"{name}.bias": (shape[1],) for name, shape in shapes.items()}
        self.parameters = Parameters({**shapes, **biases, "spread": (self.n_scalars,)})
        for name, (n_inputs, _) in shapes.items():
            fill_uniform(self.parameters.value[name], n_inputs, self.noise.rng)
            fill_uniform(self.parameters.value[f"{name}.bias"], n_inputs, self.noise.rng)
        self.parameters.value["spread"].fill_(math.log(0.1))
        self.learning = self.parameters.adam(lessons.learning_rate, betas=(0.9, 0.999), weight_decay=1e-5)
        self.best = Best(-math.inf, 0, self.parameters.flat)
        self.scored = self.noise.normal(SCORED_ROWS, LATENT)

    def train(self, told: Callable[[Epoch], None]) -> dict[str, Singles]:
        """Train and return the best decoder's layers; see `Trainer.train`."""
        clock = Clock(self.lessons.max_seconds)
        for epoch in through(self.lessons.epochs, lambda epoch: self._epoch(epoch, clock), self._judged, told):
            if self.lessons.patience is not None and epoch - self.best.epoch >= self.lessons.patience:
                break
        self.parameters.flat.copy_(self.best.weights)
        return self._layers()

    def _epoch(self, epoch: int, clock: Clock) -> dict[str, float] | None:
        totals = {"reconstruction": 0.0, "divergence": 0.0}
        n_batches = self.lessons.n_batches
        for n_done, batch in enumerate(self.rows.batches(n_batches, self.lessons.batch_size, self.noise)):
            if clock.is_over:
                if epoch == 1:
                    raise clock.too_short(n_done, n_batches)
                return None
            missed, divergence = self._step(batch)
            totals["reconstruction"] += missed / n_batches
            totals["divergence"] += divergence / n_batches
        if not all(math.isfinite(loss) for loss in totals.values()):
            raise SynthesisFailed(f"tvae diverged in epoch {epoch}; lower the learning rate or change the seed")
        return totals

    def _step(self, batch: Batch) -> tuple[float, float]:
        """Take a step; return what the batch's mean row loses by being taken apart and put together, and its divergence."""
        with torch.enable_grad():
            leaf = self.parameters.flat.detach().requires_grad_()
            value = self._views(leaf)
            hidden = self._layer(self._layer(batch.encoded(self.width), value, "in0").relu(), value, "in1").relu()
            told = self._layer(hidden, value, "in2")
            mean, log_deviation = told[:, :LATENT], told[:, LATENT:]
            deviation = log_deviation.clamp(-10, 10).exp()
            made = self._decoded(mean + deviation * self.noise.normal(*mean.shape), value)
            missed = self._missed(made, batch, value["spread"])
            divergence = (mean.square() + deviation.square() - 1 - 2 * log_deviation).sum() / 2 / len(mean)
            loss = self.lessons.weight * missed + divergence
            (gradient,) = torch.autograd.grad(loss, leaf)
        self.parameters.flat.grad = gradient
        with torch.no_grad():
            self.learning.step()
            self.parameters.value["spread"].clamp_(math.log(SMALLEST_DEVIATION), 0)
        return float(missed.detach()), float(divergence.detach())

    def _views(self, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        views, start = {}, 0
        for name, value in self.parameters.value.items():
            views[name] = flat[start : start + value.numel()].view(value.shape)
            start += value.numel()
        return views

    @staticmethod
    def _layer(rows: torch.Tensor, value: dict[str, torch.Tensor], name: str) -> torch.Tensor:
        return torch.addmm(value[f"{name}.bias"], rows, value[name])

    def _decoded(self, latent: torch.Tensor, value: dict[str, torch.Tensor]) -> torch.Tensor:
        hidden = self._layer(self._layer(latent, value, "out0").relu(), value, "out1").relu()
        return self._layer(hidden, value, "out2")

    def _missed(self, made: torch.Tensor, batch: Batch, spread: torch.Tensor) -> torch.Tensor:
        """Return minus the log-likelihood of the mean row."""
        columns = made.t()
        gaps = (columns[: self.n_scalars].t().tanh() - batch.scalars) / spread.exp()
        scalars = (gaps.square() / 2 + spread).sum()
        members, total = columns[self.n_scalars :], torch.zeros(())
        for start, n_spans, width in self.rows.segments.blocks:
            block = members[start : start + n_spans * width].view(n_spans, width, -1)
            total = total + block.logsumexp(dim=1).sum()
        hit = made[:, self.n_scalars :].gather(1, batch.members).sum()
        return (scalars + total - hit) / len(made)

    @torch.no_grad()
    def _judged(self, epoch: int) -> float:
        made = self._decoded(self.scored, self.parameters.value)
        score = self.scorer.score(self.rows.segments.softmax(made.t()[self.n_scalars :].contiguous()))
        if score > self.best.score:
            self.best = Best(score, epoch, self.parameters.flat.clone())
        return score

    @torch.no_grad()
    def _layers(self) -> dict[str, Singles]:
        """Return the decoder as a network whose layers see nothing but the one before, and no condition."""
        value, n_members = self.parameters.value, self.rows.segments.width
        places = torch.from_numpy(np.argsort(self.rows.segments.members))
        output = torch.cat([torch.arange(self.n_scalars), self.n_scalars + places])
        unseen = {"hidden0": n_members, "hidden1": LATENT + n_members, "output": HIDDEN + LATENT + n_members}
        weights: dict[str, torch.Tensor] = {"spread": value["spread"].exp()}
        for name, own in (("hidden0", "out0"), ("hidden1", "out1"), ("output", "out2")):
            weight, bias = value[own].t(), value[f"{own}.bias"]
            if name == "output":
                weight, bias = weight[output], bias[output]
            weights[f"{name}.weight"] = torch.cat([weight, torch.zeros(len(weight), unseen[name])], dim=1)
            weights[f"{name}.bias"] = bias
        return {name: np.ascontiguousarray(array.numpy(), dtype=np.float32) for name, array in weights.items()}
