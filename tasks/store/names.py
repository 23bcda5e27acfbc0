"""What names columns and tables may have. A refused name is told by its position: it may be a cell of a headerless file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from veil.errors import DropRefused

MAX_COLUMNS = 4096


def check_names(names: Sequence[str], file: str, *, line: int | None = None) -> None:
    """Refuse empty, blank and duplicate column names, and more columns than any table has."""
    if len(names) > MAX_COLUMNS:
        raise DropRefused(file, f"has over {MAX_COLUMNS} columns", line=line)
    first_seen: dict[str, int] = {}
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise DropRefused(file, f"column {position} has no name; give each column one", line=line)
        if name in first_seen:
            raise DropRefused(file, f"columns {first_seen[name]} and {position} have the same name; rename one", line=line)
        first_seen[name] = position


def check_header(table: pa.Table, file: str) -> None:
    """Refuse a file whose first line comes back as cells in several columns.

    It has no header, or has it twice; in both cases cells would become column names and be printed everywhere.
    """
    repeated = sum(bool(pc.any(pc.equal(table.column(name), name)).as_py()) for name in table.column_names)
    if repeated >= min(2, table.num_columns):
        reason = f"the first line's values are also found below it in {repeated} columns: it has no header, or has it twice"
        raise DropRefused(file, f"{reason}; write the column names into the first line only", line=1)


def table_name(stem: str) -> str:
    """Return a file's stem as a table name: lower case letters, digits and `_`; empty if nothing is left."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
