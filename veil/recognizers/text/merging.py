"""Overlapping spans of several sources become spans that do not overlap, by one rule."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from veil.model import Span

PATTERN, KNOWN, CLASSIFIER, NER, LISTED, HINTED = 0, 1, 2, 3, 4, 5
"""Where a span comes from, the most trusted first."""

Ranked = tuple[Span, int]
_FIRST: Final = KNOWN


def resolved(spans: Iterable[Ranked], text: str) -> tuple[Span, ...]:
    """Return spans that do not overlap and leave nothing uncovered that was covered.

    The order: a pattern or known value before the classifier, that before the language model, that before the lists, and
    last what only the words around tell; within
    one of these the longest, then a pattern before a known value, then the better score. What a loser covers beyond the
    winners stays as a span of its own if it holds a letter or a digit: dropping it would show half a name. It joins a
    winner of the same entity that it touches.
    """
    kept: list[Span] = []
    for span, _ in sorted(spans, key=_precedence):
        for piece in _uncovered(span, kept, text):
            insort(kept, piece)
    return tuple(_merged(kept))


def _precedence(ranked: Ranked) -> tuple[int, int, int, float, int, str]:
    span, source = ranked
    return max(source, _FIRST), span.start - span.end, source, -span.score, span.start, span.entity


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last and last.end == span.start and last.entity == span.entity:
            last = Span(last.start, span.end, span.entity, max(last.score, span.score))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _uncovered(span: Span, kept: Sequence[Span], text: str) -> list[Span]:
    """Return what the span covers beyond `kept`, which is in order and without overlap."""
    pieces: list[Span] = []
    start = span.start
    place = max(0, bisect_right(kept, span.start, key=lambda other: other.start) - 1)
    while place < len(kept) and kept[place].start < span.end:
        if kept[place].end > start:
            pieces.append(Span(start, kept[place].start, span.entity, span.score))
            start = kept[place].end
        place += 1
    pieces.append(Span(start, span.end, span.entity, span.score))
    return [piece for piece in pieces if any(char.isalnum() for char in text[piece.start : piece.end])]
