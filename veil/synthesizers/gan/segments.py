"""Softmax over all spans at once: spans of equal width lie beside each other, so that each width is one call.

Everything here is transposed, (members, rows): a span is then a contiguous block, and its softmax runs down columns that
the processor takes sixteen at a time. A loop over spans in rows costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

TEMPERATURE = 0.2


class Segments:
    """Where the spans lie inside a network, which orders them by width.

    Attributes
    ----------
    order : the spans as the layout counts them, in the network's order.
    starts : first member of each span, by the layout's count.
    members : the layout's place, among all members, of each member of the network.
    span_of : the layout's span of each member of the network.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        self.widths = np.asarray(widths, dtype=np.int64)
        self.order = np.argsort(self.widths, kind="stable")
        ordered = self.widths[self.order]
        self.width = int(ordered.sum())
        self.starts = np.empty(len(ordered), dtype=np.int64)
        self.starts[self.order] = np.cumsum(ordered) - ordered
        places = np.cumsum(self.widths) - self.widths
        self.members = np.concatenate([places[span] + np.arange(self.widths[span]) for span in self.order])
        self.span_of = np.repeat(self.order, ordered)
        self.blocks = [(int(self.starts[self.order[ordered == width][0]]), int((ordered == width).sum()), int(width))
                       for width in np.unique(ordered)]  # fmt: skip

    def softmax(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the softmax of every span of contiguous logits, (members, rows)."""
        chances = torch.empty_like(logits)
        for start, n_spans, width in self.blocks:
            block = slice(start, start + n_spans * width)
            shape = (n_spans, width, logits.shape[1])
            torch.softmax(logits[block].view(shape), 1, out=chances[block].view(shape))
        return chances

    def softmax_backward(self, chances: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Return the gradient for the logits from that for the chances, both contiguous, (members, rows)."""
        result = chances * gradient
        for start, n_spans, width in self.blocks:
            block = slice(start, start + n_spans * width)
            shape = (n_spans, width, chances.shape[1])
            part = result[block].view(shape)
            part.addcmul_(chances[block].view(shape), part.sum(1, keepdim=True), value=-1)
        return result
