"""Columns of numbers as integers on a grid of decimal places, read and written by Arrow: exact, and without a call per cell.

What does not fit (more than 18 digits, or no format to write in) is read one by one, as exact decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.numbers import ARITHMETIC, decimal_mark, decimals, places_of, written

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Context

    Integers = npt.NDArray[np.int64]

MAX_DIGITS: Final = 18
MAX_PLACES: Final = 6
"""Arrow writes smaller numbers with an exponent."""

_PLAIN: Final = r"\A-?[0-9]{1,18}(\.[0-9]{1,12})?\z"


def read_grid(values: Sequence[str], context: Context) -> Integers | None:
    """Return the numbers in units of the format's last place; None if they must be read one by one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places = places_of(context)
    if places is None or places > MAX_PLACES:
        return None
    if not values:
        return np.zeros(0, dtype=np.int64)
    try:
        cells = pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return None
    if decimal_mark(context) == ",":
        if pc.any(pc.match_substring(cells, ".")).as_py():
            return None
        cells = pc.replace_substring(cells, ",", ".")
    if not pc.all(pc.match_substring_regex(cells, _PLAIN)).as_py():
        return None
    try:
        numbers = pc.cast(cells, pa.decimal128(38, places))
    except pa.ArrowInvalid:
        return None
    words = np.frombuffer(numbers.buffers()[1], dtype="<i8", count=2 * len(numbers)).reshape(-1, 2)
    low, high = words[:, 0].astype(np.int64), words[:, 1]
    small = (np.abs(low) < 10**MAX_DIGITS) & (high == low >> 63)
    return low if bool(small.all()) else None


def write_grid(numbers: Integers, context: Context) -> list[str]:
    """Write integers on the format's grid, the inverse of `read_grid`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places, pattern = places_of(context) or 0, context.column.format or ""
    words = np.stack([numbers, numbers >> 63], axis=1).astype("<i8")
    buffers = [None, pa.py_buffer(words.tobytes())]
    cells = pa.Array.from_buffers(pa.decimal128(38, places), len(numbers), buffers).cast(pa.string())
    if places and pattern.endswith("#"):
        cells = pc.utf8_rtrim(pc.utf8_rtrim(cells, "0"), ".")
        if pattern[2] == "0":
            cells = pc.if_else(pc.match_substring(cells, "."), cells, pc.binary_join_element_wise(cells, ".0", ""))
    if decimal_mark(context) == ",":
        cells = pc.replace_substring(cells, ".", ",")
    text: list[str] = cells.to_pylist()
    return text


def units(values: Sequence[str], context: Context) -> npt.NDArray[Any]:
    """Return the numbers of a column that has a format in units of its last place; as Python integers if they are long."""
    numbers = read_grid(values, context)
    if numbers is not None:
        return numbers
    places = places_of(context) or 0
    exactly = (number.quantize(Decimal(1).scaleb(-places), context=ARITHMETIC) for number in decimals(values, context))
    return np.array([int(number.scaleb(places, ARITHMETIC)) for number in exactly], dtype=object)


def mapped(
    values: Sequence[str],
    context: Context,
    on_grid: Callable[[Integers], Integers],
    one_by_one: Callable[[Decimal], Decimal],
) -> list[str]:
    """Write what becomes of each number: by whole arrays of integers where they fit, else one by one with the same result."""
    numbers = read_grid(values, context)
    if numbers is not None and len(numbers):
        return write_grid(on_grid(numbers), context)
    return written([one_by_one(number) for number in decimals(values, context)], context)


def units_of(number: Decimal, context: Context) -> int:
    """Return a parameter in units of the format's last place; it must be a multiple of them."""
    return int(ARITHMETIC.scaleb(number, places_of(context) or 0))


def half_even(numerators: Any, denominators: Any) -> Any:
    """Return the nearest integers to the fractions, half way the even ones; denominators are above zero."""
    whole = numerators // denominators
    twice = 2 * (numerators - whole * denominators)
    return whole + ((twice > denominators) | ((twice == denominators) & (whole % 2 == 1)))
