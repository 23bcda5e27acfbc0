"""Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> str:
    """Return a table whose first columns are text and whose others are figures, aligned to the right."""
    rule = ["---"] * text_columns + ["---:"] * (len(header) - text_columns)
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, rule, *rows))


def middle(values: Sequence[float], digits: int = 1) -> str:
    """Return the median, with the range behind it where there is more than one value."""
    shown = f"{median(values):.{digits}f}"
    return shown if len(values) == 1 else f"{shown} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> str:
    """Return how many times ours is theirs, of the medians."""
    return f"{median(theirs) / median(ours):.2f}"
