"""Who each row is about: the data subject, in one canonical form over all tables of a drop."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from tasks import store
from veil.columns import factorize
from veil.model import Plan, Table
from veil.transforms.canonical import canonical

if TYPE_CHECKING:
    import pandas as pd

    from veil.plan import ColumnKeyspace

# A noncharacter of Unicode, which no text holds. A row without a subject is a subject of its own, joined with no other row.
ROW_MARK = "\ufdd0row "


def canonical_cells(cells: pd.Series[Any], keyspace: ColumnKeyspace) -> pd.Series[Any]:
    """Return cells in the canonical form of their keyspace, so that two spellings get one pseudonym."""
    if keyspace.canonical == "text":
        return cells
    distinct = [value for value in factorize(cells.to_numpy(dtype=object))[1] if value != ""]
    forms = dict(zip(distinct, canonical(keyspace.canonical, distinct, keyspace.region), strict=True))
    return cells.map(lambda cell: forms.get(cell, cell))


def table_subjects(
    table: Table, plan: Plan, keyspace: ColumnKeyspace | None, null_values: Collection[str] = ()
) -> Iterator[pd.Series[Any]]:
    """Yield the subject of each row of a raw table, partition by partition, without nulls."""
    column = plan.subject or table.columns[0].name
    for frame in store.read_partitions(table, columns=[column]):
        yield row_subjects(table, frame[column], keyspace if plan.subject else None, null_values)


def row_subjects(
    table: Table, cells: pd.Series[Any], keyspace: ColumnKeyspace | None, null_values: Collection[str] = ()
) -> pd.Series[Any]:
    """Return the subject of each row, without nulls.

    A row without a subject, and every row of a table that has no subject column, is a subject of its own, named by its number.
    A cell of `null_values` names no subject either: rows that have nothing but `NA` in common are not one person.

    Parameters
    ----------
    cells : the raw subject column, the rows' numbers as index; any column where the table has none.
    keyspace : that of the subject column; None where the table has none.
    """
    if keyspace is None:
        return _row_marks(table, cells.index)
    named = cells.notna() & ~cells.isin(["", *null_values])
    subjects = canonical_cells(cells, keyspace)
    return subjects if named.all() else subjects.where(named, _row_marks(table, cells.index))


def _row_marks(table: Table, rows: pd.Index[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series([f"{ROW_MARK}{table.name} {row}" for row in rows], index=rows, dtype=object)
