"""What the number transforms share: cells read as exact decimals, or refused by number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Context, Number

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
