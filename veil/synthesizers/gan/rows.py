"""The table that a network learns from, compact: a member of each span and a scalar of each number per row, and no one-hot.

Training by sampling (Xu et al. 2019, section 4.3): a condition is a span, drawn evenly, and one of its members; the row beside
it is one that meets it. Where members are drawn by their true frequency that is any row, and the condition is read off it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from veil.synthesizers.gan.noise import Noise
from veil.synthesizers.gan.segments import Segments

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Smalls = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]
    Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """Rows of a step and the condition of each.

    Attributes
    ----------
    given : (n_rows,) the member asked for, in the network's order.
    members : (n_rows, n_spans) the members of the matching rows, in the network's order.
    scalars : (n_rows, n_numbers).
    """

    given: torch.Tensor
    members: torch.Tensor
    scalars: torch.Tensor

    def encoded(self, width: int) -> torch.Tensor:
        """Return the rows as the critic sees them, (n_rows, width), scalars first and then one-hot members."""
        n_scalars = self.scalars.shape[1]
        rows = torch.zeros(len(self.members), width)
        rows[:, :n_scalars] = self.scalars
        return rows.scatter_(1, self.members + n_scalars, 1.0)


class Rows:
    """Rows to draw batches of.

    Attributes
    ----------
    members : (n_rows, n_spans) int32, columns by the layout, members by the network's order.
    counts : rows of each member, in the network's order.
    """

    def __init__(self, members: Codes, scalars: Singles, segments: Segments, *, log_frequency: bool) -> None:
        self.segments = segments
        self.members: Smalls = (members + segments.starts).astype(np.int32)
        self.scalars = np.ascontiguousarray(scalars, dtype=np.float32)
        self.counts = np.bincount(self.members.ravel(), minlength=segments.width)
        self.chances = self._chances(log_frequency)
        self._by_member = self._sorted() if log_frequency else None

    def __len__(self) -> int:
        return len(self.members)

    def _chances(self, log_frequency: bool) -> Floats:
        """Return how likely each member is drawn inside its span."""
        drawn = np.log(self.counts + 1.0) if log_frequency else self.counts.astype(np.float64)
        totals = np.bincount(self.segments.span_of, drawn, minlength=len(self.segments.widths))
        return drawn / totals[self.segments.span_of]

    def _sorted(self) -> Smalls:
        """Return, span under span, the rows in the order of their members."""
        return np.argsort(self.members, axis=0, kind="stable").astype(np.int32).T.copy()

    def batches(self, n_batches: int, size: int, noise: Noise) -> Iterator[Batch]:
        """Yield the batches of an epoch; all conditions and rows of it are drawn at once."""
        n_rows = n_batches * size
        spans = noise.rng.integers(len(self.segments.widths), size=n_rows)
        if self._by_member is None:
            rows = noise.rng.integers(len(self), size=n_rows)
            given = self.members[rows, spans].astype(np.int64)
        else:
            given = self.drawn(spans, self.chances, noise)
            rows = self._matching(spans, given, noise)
        for start in range(0, n_rows, size):
            part = slice(start, start + size)
            yield Batch(torch.from_numpy(given[part]), torch.from_numpy(self.members[rows[part]].astype(np.int64)),
                        torch.from_numpy(self.scalars[rows[part]]))  # fmt: skip

    def conditions(self, n_rows: int, noise: Noise) -> torch.Tensor:
        """Return members as rows hold them: a span drawn evenly, a member by its true frequency."""
        spans = noise.rng.integers(len(self.segments.widths), size=n_rows)
        return torch.from_numpy(self.members[noise.rng.integers(len(self), size=n_rows), spans].astype(np.int64))

    def drawn(self, spans: Codes, chances: Floats, noise: Noise) -> Codes:
        """Return a member of each span, by the chances inside the span."""
        order, starts = self.segments.order, self.segments.starts
        position = np.empty(len(order), dtype=np.int64)
        position[order] = np.arange(len(order))
        ends = np.cumsum(chances)
        found = np.searchsorted(ends, position[spans] + noise.rng.random(len(spans)), side="right")
        return np.clip(found, starts[spans], starts[spans] + self.segments.widths[spans] - 1)

    def _matching(self, spans: Codes, given: Codes, noise: Noise) -> Codes:
        assert self._by_member is not None
        before = np.cumsum(self.counts) - self.counts
        first = before - before[self.segments.starts[self.segments.span_of]]
        inside = (noise.rng.random(len(given)) * self.counts[given]).astype(np.int64)
        return self._by_member[spans, first[given] + inside].astype(np.int64)
