"""One step of the game: the critic learns to tell generated rows from original ones, and the generator from the critic."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from veil.synthesizers.gan.critic import Critic
from veil.synthesizers.gan.generator import Generator, Passed
from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.pairs import PairTarget
from veil.synthesizers.gan.parameters import Adam
from veil.synthesizers.gan.rows import Batch
from veil.synthesizers.gan.segments import TEMPERATURE, Segments


class Adversaries:
    """A generator, its critic, and what the generator is told beside: the member asked for, and pairs of columns.

    The rows that the critic has just learnt from serve the generator too, which saves a forward pass a step.
    """

    def __init__(
        self, generator: Generator, critic: Critic, segments: Segments, pairs: Sequence[PairTarget], *,
        pair_weight: float, condition_weight: float = 1.0, n_lenient: int = 0,
    ) -> None:
        self.generator, self.critic, self.segments = generator, critic, segments
        self.pairs, self.pair_weight, self.condition_weight = pairs, pair_weight, condition_weight
        self.n_steps, self.n_lenient = 0, n_lenient
        self._span_of = torch.from_numpy(segments.span_of)

    def play(self, batch: Batch, noise: Noise, learning: tuple[Adam, Adam]) -> dict[str, float]:
        """Take a step with the critic and one with the generator; return the losses.

        Parameters
        ----------
        learning : the optimizers of generator and critic.
        """
        n_rows = len(batch.given)
        logits, passed = self.generator.forward(noise.normal(n_rows, self.generator.n_noise), batch.given)
        columns = logits.t().contiguous()
        soft = self.activated(columns, noise.gumbel(self.segments.width, n_rows))
        real = batch.encoded(self.generator.width)
        critic_loss = self.critic.learn(soft.t().contiguous(), real, batch.given, noise)
        learning[1].step()
        losses = self.generator_gradients(columns, soft, passed, noise)
        learning[0].step()
        self.n_steps += 1
        return {"generator": losses.pop("generator"), "discriminator": critic_loss, **losses}

    def activated(self, logits: torch.Tensor, gumbel: torch.Tensor) -> torch.Tensor:
        """Return tanh of scalars and Gumbel-softmax (Jang et al. 2017) of members, (width, rows); `gumbel` is overwritten."""
        n_scalars = self.generator.n_scalars
        result = torch.empty_like(logits)
        torch.tanh(logits[:n_scalars], out=result[:n_scalars])
        result[n_scalars:] = self.segments.softmax(gumbel.add_(logits[n_scalars:]).div_(TEMPERATURE))
        return result

    def generator_gradients(self, logits: torch.Tensor, soft: torch.Tensor, passed: Passed, noise: Noise) -> dict[str, float]:
        """Fill the generator's gradients and return its losses.

        Parameters
        ----------
        logits, soft : (width, rows) before and after activation.
        """
        n_scalars = self.generator.n_scalars
        loss, gradient = self.critic.judge(soft.t().contiguous(), passed.given, noise)
        back = gradient.t().contiguous()
        back[:n_scalars].mul_(1 - soft[:n_scalars].square())
        torch.div(self.segments.softmax_backward(soft[n_scalars:], back[n_scalars:]), TEMPERATURE, out=back[n_scalars:])
        missed, losses = self._told(logits[n_scalars:], passed.given, back[n_scalars:])
        self.generator.backward(back.t().contiguous(), passed)
        return {"generator": loss + self.condition_weight * missed, **losses}

    def _told(self, members: torch.Tensor, given: torch.Tensor, gradient: torch.Tensor) -> tuple[float, dict[str, float]]:
        """Add the gradients of the losses that need no critic; return the cross-entropy of what was asked, and the pairs'."""
        chances, n_rows = self.segments.softmax(members), members.shape[1]
        losses: dict[str, float] = {}
        if self.pairs:
            target, strict = self.pairs[self.n_steps % len(self.pairs)], self.n_steps >= self.n_lenient
            losses["pairs"], wanted = target.loss(chances, strict=strict)
            gradient.add_(self.segments.softmax_backward(chances, wanted), alpha=self.pair_weight)
        rows = torch.arange(n_rows)
        missed = -float(chances[given, rows].clamp_min(1e-30).log_().mean())
        asked = self._span_of[:, None] == self._span_of[given][None, :]
        gradient.addcmul_(chances, asked, value=self.condition_weight / n_rows)
        gradient[given, rows] -= self.condition_weight / n_rows
        return missed, losses
