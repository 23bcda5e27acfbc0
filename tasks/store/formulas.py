"""Cells that a spreadsheet would run: `=cmd|…` in a delivered CSV is code on the desk of whoever opens it.

Source: OWASP, CSV injection; CWE-1236. A cell is live if it begins with one of `= + - @`, also in full width and behind spaces or
double quotes, or with a tab or line break. Signed numbers and international telephone numbers are not: they compute nothing.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.partitions import read_batches
from veil.model import Table

LIVE: Final = r'\A(?:[\t\r\n]|[\s"\x{feff}\x{200b}\x{a0}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])'
NUMBER: Final = r"\A ?[+-](?:[0-9][0-9., ]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})? ?%?\z"
TELEPHONE: Final = r"\A\+[0-9](?:[0-9 ().]*|[0-9]{0,2} [0-9 ().-]*)\z"
MARK: Final = "'"
"""What spreadsheets take for "this is text" and do not show."""


def is_live(cells: Any) -> Any:
    """Return True where a spreadsheet would compute a cell; null where it is null."""
    inert = pc.or_(pc.match_substring_regex(cells, NUMBER), pc.match_substring_regex(cells, TELEPHONE))
    return pc.and_(pc.match_substring_regex(cells, LIVE), pc.invert(inert))


def made_inert(cells: Any) -> Any:
    """Return the cells with an apostrophe before those that are live."""
    live = is_live(cells)
    if not pc.any(live).as_py():
        return cells
    mark, nothing = pa.scalar(MARK, pa.large_string()), pa.scalar("", pa.large_string())
    wide = cells.cast(pa.large_string())
    return pc.if_else(live, pc.binary_join_element_wise(mark, wide, nothing), wide)


def live_cells(table: Table) -> dict[str, int]:
    """Return how many cells of each column are live; columns without any are left out. A live name counts as a cell."""
    counts = dict.fromkeys((column.name for column in table.columns), 0)
    names = pa.array(list(counts), pa.string())
    for name, live in zip(counts, is_live(names).to_pylist(), strict=True):
        counts[name] += bool(live)
    for batch in read_batches(table):
        for name in batch.column_names:
            counts[name] += pc.sum(is_live(batch.column(name))).as_py() or 0
    return {name: count for name, count in counts.items() if count}
