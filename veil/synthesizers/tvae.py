"""TVAE (Xu et al. 2019, arXiv 1907.00503, section 4.5): a variational autoencoder for tables, for comparison and small tables."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from veil.model import Column
from veil.rng import integer
from veil.synthesizers.conditions import HowMet
from veil.synthesizers.encoding import MAX_LEVELS
from veil.synthesizers.gan.prepared import Prepared, Told, fitted
from veil.synthesizers.network import NetworkModel, torch_threads

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress

    Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tvae:
    """Parameters of `tvae`; those not told here are `Ctgan`'s.

    Attributes
    ----------
    epochs : passes over the table; None makes as many as amount to `steps` updates.
    reconstruction_weight : of putting rows together again, beside the evidence bound's other half; 1 is the bound itself,
        under which the hidden numbers of a short training often say nothing.
    """

    name: ClassVar[str] = "tvae"
    conditions: ClassVar[HowMet] = "rejected"

    epochs: int | None = None
    batch_size: int = 500
    max_seconds: float | None = None
    threads: int = 1
    steps: int = 1_500
    learning_rate: float = 1e-3
    reconstruction_weight: float = 5.0
    calibrate: bool = True
    patience: int | None = 50
    validation: float = 0.1
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
        SynthesisFailed : fewer than 100 rows, a column that cannot be learnt, no time for one epoch, or a divergence.
        """
        return fitted(self, table, columns, seed=seed, progress=progress)

    def train(self, prepared: Prepared, seed: int, told: Told) -> dict[str, Singles]:
        """Train, and return the layers that are sampled from."""
        from veil.synthesizers.gan.autoencoder import Autoencoder, Lessons

        rows, scorer = prepared.rows(log_frequency=False), prepared.scorer(seed)
        batch_size = min(self.batch_size, max(len(rows) // 4, 50))
        n_batches = max(len(rows) // batch_size, 1)
        epochs = self.epochs or math.ceil(self.steps / n_batches)
        lessons = Lessons(epochs, n_batches, batch_size, self.learning_rate, self.reconstruction_weight, self.patience,
                          self.max_seconds)  # fmt: skip
        with torch_threads(self.threads):
            return Autoencoder(rows, scorer, lessons, seed=integer(seed, "train")).train(lambda epoch: told(epoch, epochs))
