"""What the networks, `ctgan` and `tvae`, share: encoding a table, keeping rows aside, training, calibrating."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from veil.errors import SynthesisFailed
from veil.model import Column, Epoch
from veil.rng import generator
from veil.synthesizers.encoding import TableEncoder
from veil.synthesizers.gan.calibration import calibrated
from veil.synthesizers.network import NetworkModel, torch_threads
from veil.synthesizers.spans import Layout

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.synthesizers.base import Progress
    from veil.synthesizers.gan.rows import Rows
    from veil.synthesizers.gan.scoring import Scorer

    Codes = npt.NDArray[np.int64]
    Singles = npt.NDArray[np.float32]

Told = Callable[[Epoch, int], None]

MIN_ROWS = 100
MIN_VALIDATION_ROWS, MAX_VALIDATION_ROWS = 200, 5_000


class Network(Protocol):
    """A method that trains a network on a prepared table."""

    @property
    def name(self) -> str:
        """Its name in a policy."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What goes into the manifest."""
        ...

    @property
    def validation(self) -> float:
        """Share of the rows that are kept aside for the score."""
        ...

    @property
    def max_rows(self) -> int:
        """Most rows to train on."""
        ...

    @property
    def max_levels(self) -> int:
        """Most levels of a column."""
        ...

    @property
    def calibrate(self) -> bool:
        """Whether marginals are repaired after training."""
        ...

    def train(self, prepared: Prepared, seed: int, told: Told) -> dict[str, Singles]:
        """Train, and return the layers that are sampled from."""
        ...


@dataclass(frozen=True)
class Prepared:
    """An encoded table, in rows to learn from and rows to score on.

    Attributes
    ----------
    members : (n_rows, n_spans), all rows.
    scalars : (n_rows, n_numbers).
    learnt, aside : rows.
    """

    layout: Layout
    members: Codes = field(repr=False)
    scalars: Singles = field(repr=False)
    learnt: Codes = field(repr=False)
    aside: Codes = field(repr=False)

    def rows(self, *, log_frequency: bool) -> Rows:
        """Return what batches are drawn from."""
        from veil.synthesizers.gan.rows import Rows
        from veil.synthesizers.gan.segments import Segments

        segments = Segments([span.width for span in self.layout.spans])
        return Rows(self.members[self.learnt], self.scalars[self.learnt], segments, log_frequency=log_frequency)

    def scorer(self, seed: int) -> Scorer:
        """Return what judges a network between epochs."""
        from veil.synthesizers.gan.scoring import Scorer
        from veil.synthesizers.gan.segments import Segments

        segments = Segments([span.width for span in self.layout.spans])
        return Scorer((self.members[self.aside] + segments.starts).astype(np.int32), segments, generator(seed, "score"))


def fitted(
    method: Network, table: pd.DataFrame, columns: tuple[Column, ...], *, seed: int, progress: Progress
) -> NetworkModel:
    """Encode a table, train a method on it, and return the model.

    Raises
    ------
    SynthesisFailed : fewer than 100 rows, or a column that cannot be learnt.
    """
    require_rows(method.name, table)
    encoder = TableEncoder.fit(table, columns, max_levels=method.max_levels)
    encoded = encoder.encode(table)
    layout = Layout.fit(encoded)
    members, scalars = layout.members(encoded, generator(seed, "ranks"))
    if not layout.spans:
        return NetworkModel(encoder, layout, {}, (), method.parameters, ())
    learnt, aside = _parted(method, len(members), generator(seed, "rows"))
    history: list[Epoch] = []
    weights = method.train(Prepared(layout, members, scalars, learnt, aside), seed, noted(history, progress))
    frequencies = tuple(np.bincount(members[:, place], minlength=span.width) / len(members)
                        for place, span in enumerate(layout.spans))  # fmt: skip
    if method.calibrate:
        with torch_threads(1):
            weights = calibrated(weights, layout, frequencies, generator(seed, "calibrate"))
    return NetworkModel(encoder, layout, weights, frequencies, method.parameters, tuple(history))


def require_rows(name: str, table: pd.DataFrame) -> None:
    """Refuse a table too small to learn from."""
    if len(table) < MIN_ROWS:
        raise SynthesisFailed(f"{name} needs at least {MIN_ROWS} rows to learn from and has {len(table)}; "
                              "add rows or leave this table out of the synthesis")  # fmt: skip


def _parted(method: Network, n_rows: int, rng: np.random.Generator) -> tuple[Codes, Codes]:
    """Return rows to learn from and rows to score on."""
    order = rng.permutation(n_rows)
    n_aside = min(int(n_rows * method.validation), MAX_VALIDATION_ROWS)
    aside = order[:n_aside] if n_aside >= MIN_VALIDATION_ROWS else order[:MAX_VALIDATION_ROWS]
    learnt = order[n_aside:] if n_aside >= MIN_VALIDATION_ROWS else order
    return np.sort(learnt[: method.max_rows]), np.sort(aside)


def noted(history: list[Epoch], progress: Progress) -> Told:
    """Return a progress that keeps the epochs too, the one in which it is told to stop included."""

    def told(epoch: Epoch, n_epochs: int) -> None:
        history.append(epoch)
        progress(epoch, n_epochs)

    return told
