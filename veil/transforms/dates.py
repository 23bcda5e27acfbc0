"""What the date transforms share: a checked `format` parameter and values read as timestamps, or refused by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import AfterValidator

from veil.columns import parse_dates
from veil.errors import TransformFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.model import Column
    from veil.transforms.base import Cells, Context


def _checked(pattern: str | None) -> str | None:
    if pattern is not None and "%" not in pattern:
        raise ValueError("a date format has fields such as %Y-%m-%d")
    if pattern is not None and ("%z" in pattern or "%Z" in pattern):
        raise ValueError("write the zone as it stands in the cells, for instance `%H:%M:%S UTC`; %z and %Z are not read")
    return pattern


DateFormat: TypeAlias = Annotated[str | None, AfterValidator(_checked)]


def is_dated(column: Column, override: str | None) -> bool:
    """Return whether the column's cells are read as dates."""
    return override is not None or column.type in ("date", "datetime")


def date_format(column: Column, override: str | None) -> str:
    """Return the format of the column's dates; refuse if none is known."""
    pattern = override or (column.format if is_dated(column, override) else None)
    if not pattern:
        raise TransformFailed(column.name, f"a {column.type} column without a date format; give `format`, for instance %d/%m/%Y")
    return pattern


def timestamps(values: Sequence[str], pattern: str, context: Context) -> Cells:
    """Return the values as timestamps; refuse those that are none, and years before 1678 and after 2261.

    In microseconds, so that no shift runs out of the calendar.
    """
    import pandas as pd

    try:
        stamps: Any = parse_dates(pd.Series(list(values), dtype=object), pattern)
    except (ValueError, TypeError, OverflowError):
        stamps = None
    if stamps is None:
        raise TransformFailed(context.column.name, f"no dates can be read by the format {pattern}")
    context.refuse(stamps.isna(), f"no dates of the format {pattern}; declare values such as 9999-12-31 as null values")
    return stamps.astype("datetime64[us]")
