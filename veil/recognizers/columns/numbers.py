"""Columns of measurements: numbers with a fraction, however they are written. No identifier is looked for in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from veil.recognizers.base import share_of

MOSTLY: Final = 0.9
_NUMBER = re.compile(r"[-+]?(?:\d{1,18}(?:[.,]\d{0,18})?|[.,]\d{1,18})(?:[eE][-+]?\d{1,3})?\s?%?")
_FRACTION = re.compile(r"[-+]?\d{0,18}[.,]0{0,18}[1-9]\d{0,18}(?:[eE][-+]?\d{1,3})?\s?%?")


def are_measured(values: Sequence[str]) -> bool:
    """Return whether nine in ten values are numbers and a tenth of all have a fraction that is not zero (`12345.0` has none)."""
    if not values or share_of(values[:20], _NUMBER.fullmatch) < 0.5:
        return False
    return share_of(values, _NUMBER.fullmatch) >= MOSTLY and share_of(values, _FRACTION.fullmatch) >= 0.1


def numbers_in(values: Sequence[str]) -> list[float]:
    """Return the values that are plain numbers; a comma is read as the decimal sign."""
    plain = (value.replace(",", ".").rstrip("% ") for value in values if _NUMBER.fullmatch(value))
    return [float(value) for value in plain]
