"""What the number transforms share: cells read as exact decimals, or refused by number, and written in the column's format."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from decimal import Context as Arithmetic
from typing import TYPE_CHECKING, Final

from veil.errors import TransformFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Context, Number

ARITHMETIC: Final = Arithmetic(prec=120, rounding=ROUND_HALF_EVEN)
"""Cells have up to 60 digits: with Python's own 28, a long number could not be rounded at all."""

_PLAIN = re.compile(r"-?\d{1,30}([.,]\d{1,30})?", re.ASCII)


def decimals(values: Sequence[str], context: Context) -> list[Decimal]:
    """Return the values exactly; refuse what is no plain number with the column's decimal mark."""
    mark = decimal_mark(context)
    matches = [_PLAIN.fullmatch(value) for value in values]
    readable = [match is not None and (match.group(1) or mark)[0] == mark for match in matches]
    context.refuse([not good for good in readable], f"no plain numbers with `{mark}` as decimal mark")
    return [Decimal(value.replace(",", ".")) for value in values]


def decimal_mark(context: Context) -> str:
    """Return the sign between a number's whole and broken part in this column."""
    return "," if context.column.type == "decimal" and "," in (context.column.format or "") else "."


def exact(number: Number) -> Decimal:
    """Return the number that a policy's author wrote: 0.1 is one tenth, not the nearest binary fraction."""
    return Decimal(str(number))


def places_of(context: Context) -> int | None:
    """Return how many decimal places the column's format has at most; None where it says nothing of them."""
    if context.column.type == "integer":
        return 0
    return len(context.column.format or "0.") - 2 if context.column.type == "decimal" and context.column.format else None


def written(numbers: Sequence[Decimal], context: Context) -> list[str]:
    """Write the numbers in the column's format, rounded half to even where it has fewer places; never `-0`."""
    places, pattern = places_of(context), context.column.format or ""
    if places is not None:
        grid = Decimal(1).scaleb(-places)
        numbers = [number.quantize(grid, context=ARITHMETIC) for number in numbers]
    text = [f"{number if number else abs(number):f}" for number in numbers]
    if places and pattern.endswith("#"):
        text = [_shortened(number, always=1 if pattern[2] == "0" else 0) for number in text]
    mark = decimal_mark(context)
    return text if mark == "." else [number.replace(".", mark) for number in text]


def _shortened(number: str, *, always: int) -> str:
    shortest = number.rstrip("0").rstrip(".")
    return f"{shortest}.0" if always and "." not in shortest else shortest


def writable(number: Number, context: Context, parameter: str) -> Decimal:
    """Return a parameter exactly; refuse it if the column's format has too few places to write its multiples."""
    value = exact(number)
    places = places_of(context)
    if places is not None and value % Decimal(1).scaleb(-places):
        raise TransformFailed(context.column.name, f"`{parameter}: {number}` cannot be written in the column's format")
    return value
