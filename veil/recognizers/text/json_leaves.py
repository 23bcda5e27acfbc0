"""Cells that hold JSON: only what stands in string and number leaves is personal, keys and punctuation stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from veil.model import Span

_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)
LONGEST: Final = 1_000_000


def inside(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return the spans cut to the string leaves of a JSON cell, numbers whole; the same spans where the cell is no JSON."""
    if not spans or not is_json(text):
        return tuple(spans)
    strings = [(match.start(), match.end(), bool(match.group(2)), *match.span(1)) for match in _STRING.finditer(text)]
    return tuple(piece for span in spans for piece in _pieces(span, strings, text))


def is_json(text: str) -> bool:
    """Return whether a cell is a JSON object or array."""
    stripped = text.strip()
    if stripped[:1] + stripped[-1:] not in ("{}", "[]") or len(text) > LONGEST:
        return False
    try:
        json.loads(stripped)
    except (ValueError, RecursionError):
        return False
    return True


def _pieces(span: Span, strings: Sequence[tuple[int, int, bool, int, int]], text: str) -> Iterator[Span]:
    """Yield the parts of a span in string values; a span outside of all strings is a number and stays."""
    touched = False
    for start, end, is_key, low, high in strings:
        if span.start < end and start < span.end:
            touched = True
            first, last = max(span.start, low), min(span.end, high)
            if not is_key and first < last and any(char.isalnum() for char in text[first:last]):
                yield Span(first, last, span.entity, span.score)
    if not touched:
        yield span
