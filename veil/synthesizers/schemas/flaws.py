"""What a well-formed schema gets wrong: names that are not there, circles, keys that cannot be referred to, rows told twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from veil.synthesizers.schemas.codes import capacity
from veil.synthesizers.schemas.kinds import (
    DATE_KINDS,
    KEY_KINDS,
    NUMBER_KINDS,
    Boolean,
    Category,
    Code,
    Computed,
    Date,
    Kind,
    Reference,
)
from veil.synthesizers.schemas.schema import Schema, TableSchema


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong. `word` is not among the `known` ones, where that is what is wrong."""

    path: tuple[str | int, ...]
    message: str
    repair: str = ""
    word: str = ""
    known: tuple[str, ...] = ()


def flaws(schema: Schema) -> tuple[Flaw, ...]:
    """Return everything that is wrong, in the order of the tables; empty if the schema is sound."""
    found = [*_circles(schema)]
    for name, table in schema.tables.items():
        found += _rows(name, table)
        for column, kind in table.columns.items():
            path = ("tables", name, "columns", column)
            found += [*_reference(schema, path, kind), *_needed(schema, name, table, column, kind)]
            if isinstance(kind, Code) and kind.unique and (table.rows or 0) > capacity(kind.pattern):
                message = f"`unique`, and the pattern has {capacity(kind.pattern)} codes for {table.rows} rows"
                found.append(Flaw((*path, "pattern"), message, "make the pattern longer"))
        found += _order(name, table)
    return tuple(found)


def _rows(name: str, table: TableSchema) -> Iterator[Flaw]:
    path = ("tables", name)
    with_each = [column for column, kind in table.columns.items() if isinstance(kind, Reference) and kind.each is not None]
    if not with_each and table.rows is None:
        yield Flaw(path, "does not say how many rows", "add `rows: 1000`, or a reference with `each`")
    if with_each and table.rows is not None:
        yield Flaw((*path, "rows"), f"is told by `each` of `{with_each[0]}` too", "keep one of the two")
    for column in with_each[1:]:
        repair = "keep one; the other draws evenly or by `skew`"
        yield Flaw((*path, "columns", column, "each"), f"`{with_each[0]}` has `each` too", repair)


def _reference(schema: Schema, path: tuple[str, ...], kind: Kind) -> Iterator[Flaw]:
    if not isinstance(kind, Reference):
        return
    parent = schema.tables.get(kind.table)
    if parent is None:
        yield Flaw((*path, "to"), f"unknown table `{kind.table}`", word=kind.table, known=tuple(schema.tables))
        return
    key = parent.columns.get(kind.column)
    if key is None:
        message = f"table `{kind.table}` has no column `{kind.column}`"
        yield Flaw((*path, "to"), message, word=kind.column, known=tuple(parent.columns))
    elif key.kind not in KEY_KINDS:
        message = f"`{kind.to}` is a {key.kind}, which need not be unique"
        yield Flaw((*path, "to"), message, "refer to a `serial` or `uuid` column")
    elif kind.each is None and parent.rows is None:
        message = f"the rows of `{kind.table}` are told by its own parent, so none can be drawn for each row here"
        yield Flaw((*path, "to"), message, "add `each: {…}`")
    elif kind.each is None and parent.rows == 0:
        yield Flaw((*path, "to"), f"table `{kind.table}` has no rows to refer to", "give it rows")


def _needed(schema: Schema, name: str, table: TableSchema, column: str, kind: Kind) -> Iterator[Flaw]:
    parent = table.parent[1].table if table.parent else None
    for needed in kind.needed:
        path = ("tables", name, "columns", column)
        other = find(schema, table, needed)
        if needed == column:
            yield Flaw(path, f"needs `{needed}`, which is itself", "name another column")
        elif other is not None:
            yield from _fits(path, kind, needed, other)
        elif "." in needed and needed.split(".", 1)[0] in schema.tables and needed.split(".", 1)[0] != parent:
            message = f"needs `{needed}`, and only the table that `each` refers to can be looked into"
            yield Flaw(path, message, f"name a column of `{parent}`" if parent else "give its reference `each`")
        else:
            of_parent = schema.tables[parent].columns if parent is not None and parent in schema.tables else {}
            known = (*(own for own in table.columns if own != column), *(f"{parent}.{own}" for own in of_parent))
            yield Flaw(path, f"needs a column `{needed}` that is not there", word=needed, known=known)


def find(schema: Schema, table: TableSchema, name: str) -> Kind | None:
    """Return the column of that name: of the table, or of its parent if written `parent.column`; None if there is none."""
    if name in table.columns:
        return table.columns[name]
    parent, _, column = name.partition(".")
    if table.parent is None or table.parent[1].table != parent or parent not in schema.tables:
        return None
    return schema.tables[parent].columns.get(column)


def _fits(path: tuple[str, ...], kind: Kind, needed: str, other: Kind) -> Iterator[Flaw]:
    """Yield columns of a kind that the one which needs them cannot use."""
    if isinstance(kind, Date) and other.kind not in DATE_KINDS:
        yield Flaw((*path, "after"), f"`{needed}` is a {other.kind}, not a date", "name a column of kind `date` or `datetime`")
    if isinstance(kind, Computed) and other.kind not in NUMBER_KINDS:
        yield Flaw((*path, "is"), f"`{needed}` is a {other.kind}, not a number", f"name columns of kind {_listed(NUMBER_KINDS)}")
    if getattr(kind, "birth_from", None) == needed and other.kind != "date":
        yield Flaw((*path, "birth_from"), f"`{needed}` is a {other.kind}, not a date", "name a column of kind `date`")
    if getattr(kind, "given", None) == needed:
        cells = _cells(other)
        for case in getattr(kind, "cases", {}) if cells else ():
            if case not in cells:
                yield Flaw((*path, "cases", case), f"`{needed}` is never `{case}`", word=case, known=cells)


def _cells(kind: Kind) -> tuple[str, ...]:
    """Return the cells of a column whose schema lists them."""
    if isinstance(kind, Boolean):
        return tuple(kind.written.split("|"))
    return tuple(kind.values) if isinstance(kind, Category) else ()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _circles(schema: Schema) -> Iterator[Flaw]:
    """Yield tables whose rows are told by each other."""
    for name in schema.tables:
        seen, at = [name], schema.tables[name].parent
        while at is not None and at[1].table in schema.tables and at[1].table not in seen:
            seen.append(at[1].table)
            at = schema.tables[at[1].table].parent
        if at is not None and at[1].table == name:
            told = " → ".join(f"`{each}`" for each in [*seen, name])
            yield Flaw(("tables", name), f"its rows are told by itself: {told}", "leave `each` out of one of these references")


def _order(name: str, table: TableSchema) -> Iterator[Flaw]:
    """Yield columns that need each other."""
    made = set(in_order(table))
    circle = [column for column in table.columns if column not in made and _comes_back(table, column)]
    if len(circle) > 1:
        message = f"columns need each other: {_listed(circle)}"
        yield Flaw(("tables", name, "columns", circle[0]), message, "take one of them out of another's `after`, `given` or `is`")


def _comes_back(table: TableSchema, column: str) -> bool:
    """Return whether a column needs itself, by way of others."""
    seen: set[str] = set()
    waiting = list(table.columns[column].needed)
    while waiting:
        at = waiting.pop()
        if at in table.columns and at not in seen:
            seen.add(at)
            waiting += table.columns[at].needed
    return column in seen


def in_order(table: TableSchema) -> tuple[str, ...]:
    """Return the columns so that each comes after those it needs; without those that need each other."""
    made: list[str] = []
    waiting = list(table.columns)
    while True:
        unmade = set(table.columns) - set(made)
        ready = [column for column in waiting if not unmade & set(table.columns[column].needed)]
        if not ready:
            return tuple(made)
        made += ready
        waiting = [column for column in waiting if column not in ready]
