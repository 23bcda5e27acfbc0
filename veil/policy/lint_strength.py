"""Lint of strength: each line's transform, judged for the rows that the policy expects and the columns that the line is for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from veil.policy.actions import ColumnAction, PlainAction
from veil.policy.document import Path
from veil.policy.knowledge import NONE
from veil.policy.models import Policy, TablePolicy, identifying_columns
from veil.transforms.weakness import Known, weaknesses

Found = Iterator[tuple[Path, str, str]]


def ways(path: Path, line: ColumnAction) -> Iterator[tuple[Path, PlainAction]]:
    """Yield a line, and what it says for the other rows."""
    yield path, line
    if line.otherwise is not None:
        yield (*path, "otherwise"), line.otherwise


def strength(policy: Policy, name: str, table: TablePolicy) -> Found:
    """Yield path, problem and repair of every transform of a table that is too weak."""
    for column, action in table.columns.items():
        known = [_known_column(policy, name, table, column)]
        yield from _judged(("tables", name, "columns", column), action, known)
    for place, rule in enumerate(table.rules):
        kinds = product(rule.when.entity or (None,), rule.when.type or (None,))
        known = [Known(table.rows, table.rows, entity, kind) for entity, kind in kinds]
        yield from _judged(("tables", name, "rules", place), rule, known)


def _judged(path: Path, line: ColumnAction, known: list[Known]) -> Found:
    for place, action in ways(path, line):
        for weakness in dict.fromkeys(weakness for each in known for weakness in weaknesses(action, each)):
            yield (*place, *([weakness.parameter] if weakness.parameter else [])), weakness.message, weakness.repair


def _known_column(policy: Policy, name: str, table: TablePolicy, column: str) -> Known:
    """Return what the policy says of a column: how many rows, what was approved of it, and whether it tells people apart."""
    approved = table.approved.get(column)
    entity = None if approved is None or approved.entity == NONE else approved.entity
    identifies = column in identifying_columns(policy, name)
    return Known(table.rows, table.rows, entity, approved.type if approved else None, identifies=identifies)
