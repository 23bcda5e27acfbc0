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
    import pandas as pd

    from veil.synthesizers.base import Progress
    from veil.synthesizers.spans import Codes, Singles

MIN_ROWS = 100
SMALL_TABLE_ROWS = 800


@dataclass(frozen=True)
class Ctgan:
    """CTGAN as the `ctgan` package trains it, with a loss for pairs of columns added and its marginals calibrated.

    Attributes
    ----------
    epochs : passes over the table; None makes as many as amount to `steps` updates.
    batch_size : rows per update, made smaller for a small table.
    max_seconds : training ends after the epoch in which this time is over. The result then depends on the machine's
        speed: leave it None where the same input must give the same output.
    engine : "library", the `ctgan` package.
    threads : that torch may use. More than one is slower where the cores are not free, and may change the last digits.
    steps : updates to make where `epochs` is None.
    pair_weight : of the loss for pairs of columns (`pairs.py`) beside CTGAN's own; 0 trains as the package does.
    log_frequency : whether training draws rare levels more often than they are, by the logarithm of their frequency.
    pac : rows that the discriminator judges together.
    max_rows : a larger table's network is trained on a random sample of that many rows.
    max_levels : most levels that a column is learnt with; the rarest others are pooled.
    """

    name: ClassVar[str] = "ctgan"
    conditions: ClassVar[HowMet] = "rejected"

    epochs: int | None = None
    batch_size: int = 500
    max_seconds: float | None = None
    engine: Literal["library"] = "library"
    threads: int = 1
    steps: int = 600
    pair_weight: float = 300.0
    generator_lr: float = 2e-3
    discriminator_lr: float = 2e-4
    log_frequency: bool = False
    pac: int = 10
    max_rows: int = 50_000
    max_levels: int = MAX_LEVELS

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        return dataclasses.asdict(self)

    def fit(self, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress) -> NetworkModel:
        """Learn a table of strings and None.

        Raises
        ------
        SynthesisFailed : fewer than 100 rows, a column that cannot be learnt, or a training that diverged.
        """
        if len(table) < MIN_ROWS:
            raise SynthesisFailed(f"ctgan needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                                  "add rows or leave this table out of the synthesis")
        encoder = TableEncoder.fit(table, columns, max_levels=self.max_levels)
        encoded = encoder.encode(table)
        layout = Layout.fit(encoded)
        members, scalars = layout.members(encoded, generator(seed, "ranks"))
        if not layout.spans:
            return NetworkModel(encoder, layout, {}, (), self.parameters, ())
        frequencies = tuple(np.bincount(members[:, place], minlength=span.width) / len(members)
                            for place, span in enumerate(layout.spans))
        matrix = self._matrix(layout, members, scalars, generator(seed, "rows"))
        weights, history = self._train(layout, matrix, seed, progress)
        with torch_threads(1):
            weights = calibrated(weights, layout, frequencies, generator(seed, "calibrate"))
        return NetworkModel(encoder, layout, weights, frequencies, self.parameters, tuple(history))

    def _matrix(self, layout: Layout, members: Codes, scalars: Singles, rng: np.random.Generator) -> Singles:
        if len(members) <= self.max_rows:
            return layout.matrix(members, scalars)
        rows = np.sort(rng.choice(len(members), self.max_rows, replace=False))
        return layout.matrix(members[rows], scalars[rows])

    def _train(self, layout: Layout, matrix: Singles, seed: int, progress: Progress) -> tuple[dict[str, Singles], list[Epoch]]:
        from veil.synthesizers import ctgan_library as library

        parameters = self._library_parameters(len(matrix))
        history: list[Epoch] = []

        def told(epoch: Epoch) -> None:
            history.append(epoch)
            progress(epoch, parameters["epochs"])

        watch = library.Watch(told, parameters["epochs"], self.max_seconds)
        failed: str | None = None
        try:
            with torch_threads(self.threads):
                spans = library.Spans(layout, matrix, log_frequency=self.log_frequency)
                training = library.Training(spans, watch, pair_weight=self.pair_weight, **parameters)
                weights = library.train(training, seed=integer(seed, "train") % 2**32)
        except Exception as error:  # noqa: BLE001 told by its type only, below
            failed = type(error).__name__
        if watch.failure is not None:
            raise watch.failure
        if watch.diverged:
            raise SynthesisFailed(f"ctgan diverged after {watch.n_done} epochs; lower the learning rates or change the seed")
        if failed is not None:
            raise SynthesisFailed(f"ctgan stopped in epoch {watch.n_done + 1} of {parameters['epochs']} with {failed}")
        return weights, history

    def _library_parameters(self, n_rows: int) -> dict[str, Any]:
        batch_size, pac = self._batch(n_rows)
        epochs = self.epochs or math.ceil(self.steps / max(n_rows // batch_size, 1))
        return {"epochs": epochs, "batch_size": batch_size, "pac": pac, "log_frequency": self.log_frequency,
                "generator_lr": self.generator_lr, "discriminator_lr": self.discriminator_lr}

    def _batch(self, n_rows: int) -> tuple[int, int]:
        """Return the rows of a batch, even and a multiple of the rows that the discriminator judges together, and these."""
        pac = self.pac if n_rows >= SMALL_TABLE_ROWS else max(1, self.pac // 2)
        wanted = min(self.batch_size, max(n_rows // 4, MIN_ROWS // 2))
        return max(1, wanted // (2 * pac)) * 2 * pac, pac
