"""CTGAN (Xu et al. 2019, arXiv 1907.00503): a conditional generative adversarial network for tables."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from veil.errors import SynthesisFailed
from veil.model import Column
from veil.rng import integer
from veil.synthesizers.base import EnoughLearnt
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import MAX_LEVELS
from veil.synthesizers.gan.prepared import MIN_ROWS, Prepared, Told, fitted, require_rows
from veil.synthesizers.network import torch_threads

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Model, Progress

    Singles = npt.NDArray[np.float32]

SMALL_TABLE_ROWS = 800


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
        if self.engine == "library":
            return self._fit_library(table, columns, seed, progress)
        return fitted(self, table, columns, seed=seed, progress=progress)

    def train(self, prepared: Prepared, seed: int, told: Told) -> dict[str, Singles]:
        """Train, and return the layers that are sampled from."""
        from veil.synthesizers.gan.training import Schedule, Trainer

        rows, scorer = prepared.rows(log_frequency=self.log_frequency), prepared.scorer(seed)
        batch_size, pac = self._batch(len(rows))
        n_batches = max(len(rows) // batch_size, 1)
        epochs = self.epochs or math.ceil(self.steps / n_batches)
        schedule = Schedule(epochs, n_batches, batch_size, pac, self.generator_lr, self.discriminator_lr, self.pair_weight,
                            self.condition_weight, self.averaged_share, self.patience, self.max_seconds)  # fmt: skip
        with torch_threads(self.threads):
            return Trainer(rows, scorer, schedule, seed=integer(seed, "train")).train(lambda epoch: told(epoch, epochs))

    def _batch(self, n_rows: int) -> tuple[int, int]:
        """Return the rows of a batch, even and a multiple of the rows that the critic judges together, and these."""
        pac = self.pac if n_rows >= SMALL_TABLE_ROWS else max(1, self.pac // 2)
        wanted = min(self.batch_size, max(n_rows // 4, MIN_ROWS // 2))
        return max(1, wanted // (2 * pac)) * 2 * pac, pac

    def _fit_library(self, table: pd.DataFrame, columns: tuple[Column, ...], seed: int, progress: Progress) -> Model:
        """Let the package train; it can be told to stop by nothing, so that `max_seconds` is refused."""
        from veil.synthesizers import ctgan_library as library

        require_rows(self.name, table)
        if self.max_seconds is not None:
            raise SynthesisFailed("the ctgan package trains all its epochs; leave out max_seconds, or use `engine: fast`")
        batch_size, pac = self._batch(len(table))
        epochs = self.epochs or library.steps_to_epochs(self.steps, len(table), batch_size)
        settings = {"epochs": epochs, "batch_size": batch_size, "pac": pac, "log_frequency": self.log_frequency,
                    "generator_lr": self.generator_lr, "discriminator_lr": self.discriminator_lr}  # fmt: skip
        with torch_threads(self.threads):
            model = library.fit(table, columns, settings, parameters=self.parameters, seed=integer(seed, "train") % 2**32,
                                max_levels=self.max_levels)  # fmt: skip
        with contextlib.suppress(EnoughLearnt):
            progress(model.history[-1], epochs)
        return model
