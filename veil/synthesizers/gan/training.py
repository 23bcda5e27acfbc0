"""The training loop: epochs of steps, the average of weights, a score after each epoch, the best weights, and time.

The objective is CTGAN's (Xu et al. 2019): Wasserstein distance with gradient penalty, PacGAN, training by sampling, and the
cross-entropy of the member that was asked for. What is beside it, and can be switched off: the loss for pairs of columns
(`pairs.py`), and the averaged weights, which steady a GAN (Yazici et al. 2019, arXiv 1806.04498).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from veil.errors import SynthesisFailed
from veil.model import Epoch
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.gan.critic import Critic
from veil.synthesizers.gan.folding import folded
from veil.synthesizers.gan.generator import Generator
from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.pairs import pair_targets
from veil.synthesizers.gan.rows import Rows
from veil.synthesizers.gan.step import Adversaries

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from veil.synthesizers.gan.scoring import Scorer

    Singles = npt.NDArray[np.float32]

NOISE, HIDDEN = 128, 256
STATISTICS_ROWS = 4096
SCORED_ROWS = 2048
LENIENT_STEPS = 100


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    Attributes
    ----------
    n_batches, batch_size : of an epoch.
    averaged_share : of all steps, over which weights are averaged; 0 keeps the last ones.
    patience : epochs without a better score that end the training; None never does.
    """

    epochs: int
    n_batches: int
    batch_size: int
    pac: int
    generator_lr: float
    critic_lr: float
    pair_weight: float
    condition_weight: float
    averaged_share: float
    patience: int | None
    max_seconds: float | None


@dataclass(frozen=True)
class Best:
    """The weights of the epoch with the best score so far."""

    score: float
    epoch: int
    weights: torch.Tensor = field(repr=False)


class Clock:
    """Tells when the time is over."""

    def __init__(self, max_seconds: float | None) -> None:
        self.max_seconds, self.began = max_seconds, time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether more time has passed than there was."""
        return self.max_seconds is not None and self.seconds >= self.max_seconds

    def too_short(self, n_done: int, n_steps: int) -> SynthesisFailed:
        """Return the error for a time that ended in the first epoch; says how long that takes here."""
        enough = f"about {math.ceil(1.2 * self.seconds * n_steps / n_done)} seconds are enough" if n_done else "give more"
        return SynthesisFailed(f"max_seconds {self.max_seconds:g} is too short for one epoch of {n_steps} steps, of which "
                               f"{n_done} were made; {enough}, or learn from fewer rows")  # fmt: skip


def through(
    n_epochs: int,
    learn: Callable[[int], Mapping[str, float] | None],
    judge: Callable[[int], float],
    told: Callable[[Epoch], None],
) -> Iterator[int]:
    """Learn epoch by epoch, yielding each number once it is judged and told; ends where time is over or enough is learnt."""
    for epoch in range(1, n_epochs + 1):
        losses = learn(epoch)
        if losses is None:
            return
        score = judge(epoch)
        try:
            told(Epoch(epoch, {**losses, "score": score}))
        except EnoughLearnt:
            return
        yield epoch


class Trainer:
    """One training."""

    def __init__(self, rows: Rows, scorer: Scorer, schedule: Schedule, *, seed: int) -> None:
        self.rows, self.scorer, self.schedule = rows, scorer, schedule
        self.noise, segments = Noise(seed), rows.segments
        self.generator = Generator(rows.scalars.shape[1], segments, rows.chances, noise=NOISE, hidden=HIDDEN, rng=self.noise.rng)
        critic = Critic(self.generator.width, segments.width, pac=schedule.pac, hidden=HIDDEN, rng=self.noise.rng)
        pairs = pair_targets(rows, self.noise.rng) if schedule.pair_weight else []
        self.adversaries = Adversaries(self.generator, critic, segments, pairs, pair_weight=schedule.pair_weight,
                                       condition_weight=schedule.condition_weight,
                                       n_lenient=max(LENIENT_STEPS, schedule.epochs * schedule.n_batches // 2))
        weights = self.generator.parameters
        self.learning = (weights.adam(schedule.generator_lr), critic.parameters.adam(schedule.critic_lr))
        self.average = weights.flat.clone()
        self.best = Best(-math.inf, 0, self.average)
        self.scored = rows.conditions(SCORED_ROWS, self.noise), self.noise.normal(SCORED_ROWS, NOISE)

    @torch.no_grad()
    def train(self, told: Callable[[Epoch], None]) -> dict[str, Singles]:
        """Train and return the best generator's layers, as `veil.synthesizers.network` samples from them.

        Parameters
        ----------
        told : called after every epoch; where it raises `EnoughLearnt`, the training ends.

        Raises
        ------
        SynthesisFailed : the time was over before the first epoch was, or the losses are no numbers any more.
        """
        clock = Clock(self.schedule.max_seconds)
        for epoch in through(self.schedule.epochs, lambda epoch: self._epoch(epoch, clock), self._judged, told):
            if self.schedule.patience is not None and epoch - self.best.epoch >= self.schedule.patience:
                break
        self.generator.parameters.flat.copy_(self.best.weights)
        given = next(self.rows.batches(1, STATISTICS_ROWS, self.noise)).given
        return folded(self.generator, self.rows.segments, self.noise.normal(STATISTICS_ROWS, NOISE), given)

    def _epoch(self, epoch: int, clock: Clock) -> Mapping[str, float] | None:
        """Return the mean losses of an epoch; None if its time was over."""
        totals: dict[str, float] = {}
        n_batches = self.schedule.n_batches
        for n_done, batch in enumerate(self.rows.batches(n_batches, self.schedule.batch_size, self.noise)):
            if clock.is_over:
                if epoch == 1:
                    raise clock.too_short(n_done, n_batches)
                return None
            for name, loss in self.adversaries.play(batch, self.noise, self.learning).items():
                totals[name] = totals.get(name, 0.0) + loss / n_batches
            self._take_average()
        if not all(math.isfinite(loss) for loss in totals.values()):
            raise SynthesisFailed(f"ctgan diverged in epoch {epoch}; lower the learning rates or change the seed")
        return totals

    def _take_average(self) -> None:
        """Move the average towards the weights; its window grows with the steps up to its share of all steps."""
        share, n_all = self.schedule.averaged_share, self.schedule.epochs * self.schedule.n_batches
        window = max(1.0, share * min(n_all, self.adversaries.n_steps))
        self.average.lerp_(self.generator.parameters.flat, 1 / window)

    def _judged(self, epoch: int) -> float:
        """Score what the averaged generator makes of the same noise and conditions in every epoch, and keep it if it is best."""
        given, noise = self.scored
        now = self.generator.parameters.flat.clone()
        self.generator.parameters.flat.copy_(self.average)
        logits, _ = self.generator.forward(noise, given)
        self.generator.parameters.flat.copy_(now)
        members = logits.t()[self.generator.n_scalars :].contiguous()
        score = self.scorer.score(self.rows.segments.softmax(members))
        if score > self.best.score:
            self.best = Best(score, epoch, self.average.clone())
        return score
