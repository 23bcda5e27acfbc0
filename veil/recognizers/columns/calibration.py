"""From the scorer's total to a confidence: the share of findings with such a total that were right.

The table is monotone, so the order of findings stays, and frozen. `docs/classification.md` says how it was fitted and on what.
"""

from __future__ import annotations

from typing import Final

import numpy as np

TABLE: Final = ((0.0, 0.0), (0.5, 0.5), (0.6, 0.6), (0.7, 0.8), (0.8, 0.9), (0.9, 0.96), (1.0, 0.995))
"""Pairs of total and confidence; between them the confidence is on the line."""


def calibrated(total: float) -> float:
    """Return the confidence of a total in [0, 1]."""
    totals, confidences = zip(*TABLE, strict=True)
    return float(np.interp(total, totals, confidences))
