"""Lint of what is said about rows: `where` with its `otherwise`, and `subset`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from veil.policy.actions import ColumnAction, PlainAction
from veil.policy.document import Path
from veil.policy.models import Policy, Subset, TablePolicy
from veil.policy.problems import near

WHOLE_COLUMN = {"drop": "write `do: 'null'`, which empties the cells of these rows", "k_anonymize": "give it all rows"}
"""Transforms that are about all rows of a column or none, and what to write instead under `where`."""

Found = Iterator[tuple[Path, str, str]]


def branches(table: TablePolicy, path: Path, action: ColumnAction) -> Found:
    """Yield what is wrong with the rows that a line is for."""
    if action.where is None or action.otherwise is None:
        return
    for place, one in ((path, action), ((*path, "otherwise"), action.otherwise)):
        if one.do in WHOLE_COLUMN:
            yield (*place, "do"), f"`{one.do}` is for all rows of a column or for none", WHOLE_COLUMN[one.do]
    if _said(action) == _said(action.otherwise):
        yield (*path, "otherwise"), "says the same as the line itself", "take `where` and `otherwise` out"
    column = action.where.column
    if table.columns and column not in table.columns and not table.rules:
        missing = f"column `{column}` is not among the table's columns"
        yield (*path, "where", "column"), missing, near(column, table.columns, "columns")


def _said(action: PlainAction) -> tuple[object, ...]:
    return action.do, action.keyspace, action.parameters, action.nulls, action.fill


def subset(policy: Policy) -> Found:
    """Yield what is wrong with `subset`: every table must be reached from its subjects, or be named as whole."""
    wanted = policy.subset
    if wanted is None:
        return
    if wanted.of not in policy.tables:
        yield ("subset", "of"), f"unknown table `{wanted.of}`", near(wanted.of, policy.tables, "tables")
        return
    if policy.tables[wanted.of].subject is None:
        yield ("subset", "of"), f"table `{wanted.of}` has no data subject to draw", "name the table's `subject`"
    yield from _subset_key(policy, wanted)
    yield from _subset_tables(policy, wanted)


def _subset_key(policy: Policy, wanted: Subset) -> Found:
    if wanted.key is not None and wanted.key not in policy.keys:
        yield ("subset", "key"), f"unknown key `{wanted.key}`", near(wanted.key, policy.keys, "keys")
    elif wanted.key is None and len(policy.keys) != 1:
        message = "subjects are drawn by a key" + (", and there are several" if policy.keys else "")
        yield ("subset",), message, "name it with `key`" if policy.keys else "add `keys: {main: {from: env:VEIL_KEY}}`"


def _subset_tables(policy: Policy, wanted: Subset) -> Found:
    reached = reached_tables(policy.tables, wanted.of)
    for name in wanted.whole:
        if name not in policy.tables:
            yield ("subset", "whole"), f"unknown table `{name}`", near(name, policy.tables, "tables")
        elif name in reached:
            how = "is the one that is drawn" if name == wanted.of else "refers to the subset, so it cannot stay whole"
            yield ("subset", "whole"), f"table `{name}` {how}", "take it out, or take the reference out"
    for name in policy.tables:
        if name not in reached and name not in wanted.whole:
            message = f"table `{name}` does not refer to the subset of `{wanted.of}`, so all its rows would stay"
            yield ("subset",), message, f"add a reference, or say `whole: [{name}]`"


def reached_tables(tables: Mapping[str, TablePolicy], of: str) -> tuple[str, ...]:
    """Return the table that is drawn and those that refer to it, directly or through others, in the order of the policy."""
    reached = {of}
    while True:
        more = {
            name
            for name, table in tables.items()
            if any(reference.split(".", 1)[0] in reached for reference in table.references.values())
        }
        if more <= reached:
            return tuple(name for name in tables if name in reached)
        reached |= more
