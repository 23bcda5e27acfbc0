"""A score that can be had between two epochs: how well a generator's columns and pairs of columns agree with rows kept aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from veil.synthesizers.gan.pairs import MAX_MEMBERS, shares_of, some_spans

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.synthesizers.gan.segments import Segments

    Codes = npt.NDArray[np.int64]
    Smalls = npt.NDArray[np.int32]
    Singles = npt.NDArray[np.float32]


class Scorer:
    """The mean overlap, 1 minus total variation, of the distributions of members and of pairs of members, half and half."""

    def __init__(self, members: Smalls, segments: Segments, rng: np.random.Generator) -> None:
        wide = segments.width > MAX_MEMBERS
        spans = some_spans(segments.widths, rng) if wide else np.arange(len(segments.widths))
        self.places = np.flatnonzero(np.isin(segments.span_of, spans))
        span_of = segments.span_of[self.places]
        self.starts = np.flatnonzero(np.r_[True, span_of[1:] != span_of[:-1]])
        weights = np.full(len(members), 1 / len(members), dtype=np.float32)
        self.shares = shares_of(members, weights, segments.width, self.places)

    def score(self, chances: torch.Tensor) -> float:
        """Return the score, at most 1, of softmax outputs, (members, rows)."""
        seen = chances[self.places]
        pairs = (seen @ seen.t()).div_(seen.shape[1]).numpy()
        gaps = np.abs(pairs - self.shares)
        distances = np.add.reduceat(np.add.reduceat(gaps, self.starts, axis=0), self.starts, axis=1) / 2
        singles = np.add.reduceat(np.abs(seen.mean(dim=1).numpy() - np.diagonal(self.shares)), self.starts) / 2
        n_spans = len(self.starts)
        shapes = 1 - float(singles.mean())
        if n_spans == 1:
            return shapes
        others = float(distances.sum() - np.trace(distances)) / (n_spans * (n_spans - 1))
        return (shapes + 1 - others) / 2
