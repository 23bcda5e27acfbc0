"""CTGAN (Xu et al. 2019, arXiv 1907.00503): a conditional generative adversarial network for tables."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator, integer
from veil.synthesizers.calibration import calibrated
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import MAX_LEVELS, TableEncoder
from veil.synthesizers.network import NetworkModel, torch_threads
from veil.synthesizers.spans import Layout

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Model, Progress

    Codes = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]

MIN_ROWS = 100
SMALL_TABLE_ROWS = 800
MIN_VALIDATION_ROWS, MAX_VALIDATION_ROWS = 200, 5_000


@dataclass(frozen=True)
class Ctgan:
    """CTGAN by a trainer of our own, or by the `ctgan` package.

    Attributes
    ----------
    epochs : passes over the table; None makes as many as amount to `steps` updates.
    batch_size : rows per update, made smaller for a small table.
    max_seconds : training ends when this time is over, and the best epoch so far is kept. The result then depends on the
        machine's speed: leave it None where the same input must give the same output.
    engine : "fast" trains with gradients written out by hand (`veil.synthesizers.gan`), the paper's objective and what the
        fields below add to it; "library" is the `ctgan` package (Business Source License 1.1) as it is, its own preparation
        and objective, for which only the fields above and `pac`, `generator_lr`, `discriminator_lr` and `log_frequency` count.
    threads : that torch may use. More than one is slower where the cores are not free, and may change the last digits.
    steps : updates to make where `epochs` is None.
    pair_weight : of the loss for pairs of columns (`gan/pairs.py`) beside CTGAN's own; 0 is the paper's objective.
    condition_weight : of the cross-entropy of the member that was asked for; 1 is the paper's objective.
    log_frequency : whether training draws rare levels more often than they are, by the logarithm of their frequency, as the
        paper does. Rows are sampled by true frequency either way.
    averaged_share : of all steps, over which the generator's weights are averaged; 0 takes the last ones.
    calibrate : whether marginals are brought to the training rows' after training (`calibration.py`).
    patience : epochs without a better score on rows kept aside after which training ends; None makes all epochs.
    validation : share of the rows that are kept aside for the score, 5,000 at most; a table too small for 200 of them is
        scored on its training rows.
    pac : rows that the critic judges together.
    max_rows : a larger table's network is trained on a random sample of that many rows.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    """

    name: ClassVar[str] = "ctgan"
    conditions: ClassVar[HowMet] = "learned"

    epochs: int | None = None
    batch_size: int = 500
    max_seconds: float | None = None
    engine: Literal["fast", "library"] = "fast"
    threads: int = 1
    steps: int = 600
    pair_weight: float = 300.0
    condition_weight: float = 100.0
    generator_lr: float = 2e-3
    discriminator_lr: float = 2e-4
    log_frequency: bool = False
    averaged_share: float = 0.2
    calibrate: bool = True
    patience: int | None = 50
    validation: float = 0.1
    pac: int = 10
    max_rows: int = 50_000
    max_levels: int = MAX_LEVELS

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> Model:
        """Learn a table of strings and None.

        Raises
        ------
        SynthesisFailed : fewer than 100 rows, a column that cannot be learnt, a training that diverged, or no time for an epoch.
        """
        if len(table) < MIN_ROWS:
            raise SynthesisFailed(f"ctgan needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                                  "add rows or leave this table out of the synthesis")
        if self.engine == "library":
            return self._fit_library(table, columns, seed, progress)
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels)
        encoded = encoder.encode(table)
        layout = Layout.fit(encoded)
        members, scalars = layout.members(encoded, generator(seed, "ranks"))
        if not layout.spans:
            return NetworkModel(encoder, layout, {}, (), self.parameters, ())
        frequencies = tuple(np.bincount(members[:, place], minlength=span.width) / len(members)
                            for place, span in enumerate(layout.spans))
        history: list[Epoch] = []
        with torch_threads(self.threads):
            weights = self._train(layout, members, scalars, seed, _noted(history, progress))
        if self.calibrate:
            with torch_threads(1):
                weights = calibrated(weights, layout, frequencies, generator(seed, "calibrate"))
        return NetworkModel(encoder, layout, weights, frequencies, self.parameters, tuple(history))

    def _train(self, layout: Layout, members: Codes, scalars: Singles, seed: int, told: Any) -> dict[str, Singles]:
        from veil.synthesizers.gan.rows import Rows
        from veil.synthesizers.gan.scoring import Scorer
        from veil.synthesizers.gan.segments import Segments
        from veil.synthesizers.gan.training import Schedule, Trainer

        segments = Segments([span.width for span in layout.spans])
        learnt, aside = self._parted(len(members), generator(seed, "rows"))
        rows = Rows(members[learnt], scalars[learnt], segments, log_frequency=self.log_frequency)
        scorer = Scorer((members[aside] + segments.starts).astype(np.int32), segments, generator(seed, "score"))
        batch_size, pac = self._batch(len(learnt))
        n_batches = max(len(learnt) // batch_size, 1)
        epochs = self.epochs or math.ceil(self.steps / n_batches)
        schedule = Schedule(epochs, n_batches, batch_size, pac, self.generator_lr, self.discriminator_lr, self.pair_weight,
                            self.condition_weight, self.averaged_share, self.patience, self.max_seconds)
        trainer = Trainer(rows, scorer, schedule, seed=integer(seed, "train"))
        return trainer.train(lambda epoch: told(epoch, epochs))

    def _parted(self, n_rows: int, rng: np.random.Generator) -> tuple[Codes, Codes]:
        """Return rows to learn from and rows to score on."""
        order = rng.permutation(n_rows)
        n_aside = min(int(n_rows * self.validation), MAX_VALIDATION_ROWS)
        aside = order[:n_aside] if n_aside >= MIN_VALIDATION_ROWS else order[:MAX_VALIDATION_ROWS]
        learnt = order[n_aside:] if n_aside >= MIN_VALIDATION_ROWS else order
        return np.sort(learnt[: self.max_rows]), np.sort(aside)

    def _batch(self, n_rows: int) -> tuple[int, int]:
        """Return the rows of a batch, even and a multiple of the rows that the critic judges together, and these."""
        pac = self.pac if n_rows >= SMALL_TABLE_ROWS else max(1, self.pac // 2)
        wanted = min(self.batch_size, max(n_rows // 4, MIN_ROWS // 2))
        return max(1, wanted // (2 * pac)) * 2 * pac, pac

    def _fit_library(self, table: pd.DataFrame, columns: tuple[Column, ...], seed: int, progress: Progress) -> Model:
        raise SynthesisFailed("the library's engine is not there yet")


def _noted(history: list[Epoch], progress: Progress) -> Progress:
    """Return a progress that keeps the epochs too, the one in which it is told to stop included."""

    def told(epoch: Epoch, n_epochs: int) -> None:
        history.append(epoch)
        progress(epoch, n_epochs)

    return told
