"""The only file that imports the `ctgan` package (Business Source License 1.1): its networks, losses and training loop.

The package is used unpatched. `CTGAN.fit` stores its parts on `self`; a subclass sees two of them arrive as properties:

- `_transformer`: ours instead, so that the training matrix is the one that `veil.synthesizers.spans` laid out;
- `loss_values`: assigned after every epoch; there progress is told, weights are averaged and time is kept.

`_apply_activate` and `_cond_loss` are overridden by equal but faster ones (all spans at once instead of one after the
other), and the latter adds the loss for pairs of columns, which the package does not have.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from ctgan import CTGAN
from ctgan.data_transformer import SpanInfo

from veil.model import Epoch
from veil.synthesizers.network import draw_conditions
from veil.synthesizers.pairs import PairTarget

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.spans import Layout

    Singles = npt.NDArray[np.float32]

TEMPERATURE = 0.2
BATCH_STATISTICS_ROWS = 8192
AVERAGED_SHARE = 0.2


class Stopped(Exception):
    """Ends the package's training loop from inside an epoch's report."""


@dataclass
class Watch:
    """What happens after every epoch: it is told, the generator's weights are averaged, and time may be over."""

    told: Callable[[Epoch], None]
    n_epochs: int
    max_seconds: float | None = None
    started: float = field(default_factory=time.monotonic)
    n_done: int = 0
    diverged: bool = False
    failure: BaseException | None = None
    average: dict[str, torch.Tensor] = field(default_factory=dict, repr=False)

    def epoch_ended(self, losses: Mapping[str, float], state: Mapping[str, torch.Tensor]) -> None:
        """Take note of an epoch; `Stopped` ends the training."""
        self.n_done += 1
        self.diverged = not all(math.isfinite(loss) for loss in losses.values())
        if self.diverged:
            raise Stopped
        self._average(state)
        try:
            self.told(Epoch(self.n_done, dict(losses)))
        except BaseException as failure:  # noqa: BLE001 the caller's own, raised again outside the package
            self.failure = failure
        if self.failure is not None:
            raise Stopped
        if self.max_seconds is not None and time.monotonic() - self.started > self.max_seconds:
            raise Stopped

    def _average(self, state: Mapping[str, torch.Tensor]) -> None:
        """Keep a running mean over about the last fifth of the epochs, which steadies a GAN (Yazici et al. 2019)."""
        fresh = 1 / max(1.0, AVERAGED_SHARE * self.n_epochs)
        for name, value in state.items():
            if value.is_floating_point():
                self.average[name] = torch.lerp(self.average.get(name, value), value, fresh).clone()


class Spans:
    """Stands in for the package's transformer: it says what the matrix is made of and hands out the matrix."""

    def __init__(self, layout: Layout, matrix: Singles, *, log_frequency: bool) -> None:
        self.matrix = matrix
        self.output_info_list = [*([SpanInfo(1, "tanh")] for _ in layout.numbers),
                                 *([SpanInfo(span.width, "softmax")] for span in layout.spans)]
        self.output_dimensions = layout.width
        self.n_scalars = len(layout.numbers)
        widths = [span.width for span in layout.spans]
        places = torch.arange(max(widths))
        starts = torch.tensor([span.start - self.n_scalars for span in layout.spans])
        self.inside = places < torch.tensor(widths)[:, None]
        self.gather = (starts[:, None] + torch.minimum(places, torch.tensor(widths)[:, None] - 1)).ravel()
        self.scatter = torch.nonzero(self.inside.ravel()).ravel()
        self.pairs = PairTarget.fit(matrix[:, self.n_scalars :], starts.tolist(), log_frequency=log_frequency)

    def log_softmax(self, logits: torch.Tensor) -> torch.Tensor:
        """Return log-probabilities, (n_rows, n_members), each span for itself, all of them at once."""
        padded = logits.index_select(1, self.gather).view(len(logits), *self.inside.shape)
        chances = padded.masked_fill(~self.inside, -math.inf).log_softmax(dim=2)
        return chances.view(len(logits), -1).index_select(1, self.scatter)

    def fit(self, *_: Any) -> None:
        """Nothing to learn: the layout is fitted."""

    def transform(self, _: Any) -> Singles:
        """Return the matrix, whatever rows are asked for."""
        return self.matrix


class Training(CTGAN):  # type: ignore[misc]
    """The package's CTGAN with its reports watched, on a matrix that is there already."""

    def __init__(self, spans: Spans, watch: Watch, *, pair_weight: float, **parameters: Any) -> None:
        self.spans, self.watch, self.pair_weight = spans, watch, pair_weight
        self._losses: Any = None
        self._pair_losses: list[torch.Tensor] = []
        super().__init__(**parameters, enable_gpu=False, verbose=False)

    @property
    def _transformer(self) -> Spans:
        return self.spans

    @_transformer.setter
    def _transformer(self, value: Any) -> None:
        """Leave the package's own unused."""

    @property
    def loss_values(self) -> Any:
        """The package's table of losses, one row per epoch."""
        return self._losses

    @loss_values.setter
    def loss_values(self, value: Any) -> None:
        self._losses = value
        if value is not None and len(value):
            generator_loss, discriminator_loss = value[["Generator Loss", "Discriminator Loss"]].iloc[-1]
            losses = {"generator": float(generator_loss), "discriminator": float(discriminator_loss),
                      "pairs": float(torch.stack(self._pair_losses).mean())}
            self._pair_losses = []
            self.watch.epoch_ended(losses, self._generator.state_dict())

    def _apply_activate(self, data: torch.Tensor) -> torch.Tensor:
        logits = data[:, self.spans.n_scalars :]
        noise = torch.empty_like(logits).exponential_().clamp_min_(1e-30).log_()
        chances = self.spans.log_softmax((logits - noise) / TEMPERATURE).exp()
        return torch.cat([torch.tanh(data[:, : self.spans.n_scalars]), chances], dim=1)

    def _cond_loss(self, data: torch.Tensor, c: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        chances = self.spans.log_softmax(data[:, self.spans.n_scalars :])
        missed = -chances[c > 0].sum() / len(data)
        pairs = self.spans.pairs.loss(chances.exp())
        self._pair_losses.append(pairs.detach())
        return missed + self.pair_weight * pairs


def train(training: Training, *, seed: int) -> dict[str, Singles]:
    """Train and return the averaged generator's weights, batch normalization folded in.

    Parameters
    ----------
    seed : in [0, 2**32); the package sets and restores the global state of numpy and torch.

    Raises
    ------
    Stopped : the training diverged or the report failed; its `watch` says which.
    """
    training.set_random_state(seed)
    try:
        training.fit(np.arange(len(training.spans.matrix))[:, None])
    except Stopped:
        if training.watch.diverged or training.watch.failure is not None:
            raise
    return _folded(training, training.watch.average, np.random.default_rng(seed))


@torch.no_grad()
def _folded(training: Any, average: Mapping[str, torch.Tensor], rng: np.random.Generator) -> dict[str, Singles]:
    """Return the layers, with the batch statistics of 8,192 rows under training's conditions folded in."""
    network = training._generator
    network.load_state_dict({**network.state_dict(), **average})
    rows = _inputs(training._data_sampler, training._embedding_dim, rng)
    weights: dict[str, Singles] = {}
    *residuals, output = network.seq
    for layer, residual in enumerate(residuals):
        hidden = residual.fc(rows)
        scale = residual.bn.weight / torch.sqrt(hidden.var(dim=0, unbiased=False) + residual.bn.eps)
        weights[f"hidden{layer}.weight"] = (residual.fc.weight * scale[:, None]).numpy()
        weights[f"hidden{layer}.bias"] = ((residual.fc.bias - hidden.mean(dim=0)) * scale + residual.bn.bias).numpy()
        rows = torch.cat([((hidden - hidden.mean(dim=0)) * scale + residual.bn.bias).relu_(), rows], dim=1)
    weights["output.weight"], weights["output.bias"] = output.weight.numpy(), output.bias.numpy()
    return {name: np.array(value, dtype=np.float32) for name, value in weights.items()}


def _inputs(sampler: Any, noise_width: int, rng: np.random.Generator) -> torch.Tensor:
    """Return what the generator saw while it trained: noise, and conditions by the logarithm of their frequency."""
    shares = [row[:n] / row[:n].sum() for row, n in
              zip(sampler._discrete_column_category_prob, sampler._discrete_column_n_category, strict=True)]
    spans, members = draw_conditions(tuple(shares), BATCH_STATISTICS_ROWS, rng)
    given = torch.zeros(BATCH_STATISTICS_ROWS, sampler.dim_cond_vec())
    given[torch.arange(BATCH_STATISTICS_ROWS), torch.from_numpy(sampler._discrete_column_cond_st[spans] + members)] = 1
    noise = rng.standard_normal((BATCH_STATISTICS_ROWS, noise_width), dtype=np.float32)
    return torch.cat([torch.from_numpy(noise), given], dim=1)
