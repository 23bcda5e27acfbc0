"""Finds what a well-formed policy gets wrong: what can never happen, what would let personal data through, what is too weak.

Lint runs before any data is read, in every run. It knows the language and the entities, never the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import combinations

from veil.policy.actions import ColumnAction, PlainAction
from veil.policy.document import Path
from veil.policy.lint_control import control
from veil.policy.lint_knowledge import knowledge
from veil.policy.lint_nested import nested
from veil.policy.lint_rows import branches, subset
from veil.policy.lint_rules import rules
from veil.policy.lint_strength import strength, ways
from veil.policy.lint_together import together
from veil.policy.models import Policy, TablePolicy
from veil.policy.problems import Problem, dotted, near
from veil.recognizers.entities import ENTITIES, Entity

Found = Iterator[tuple[Path, str, str]]


def lint(policy: Policy, entities: Mapping[str, Entity] = ENTITIES) -> tuple[Problem, ...]:
    """Return everything that a policy gets wrong, in the order of the file; empty if it is sound."""
    found = [*_keyspaces(policy), *_overlaps(policy), *subset(policy), *knowledge(policy, entities)]
    found += _syntheses(policy)
    for name, table in policy.tables.items():
        found += [*_table(policy, name, table), *_references(policy, name, table), *rules(name, table, entities, policy.defaults)]
        for path, line in _lines(name, table):
            found += branches(table, path, line)
        for path, action in _actions(name, table):
            found += [*_keyed(policy, path, action), *_nulls(policy, path, action), *_neighbours(table, path, action)]
        found += [*together(policy, table, _actions(name, table)), *strength(policy, name, table)]
        found += nested(policy, _actions(name, table))
    problems = {Problem(policy.line(*path), dotted(path), message, repair) for path, message, repair in found}
    return tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.path, problem.message)))


def _lines(name: str, table: TablePolicy) -> Iterator[tuple[Path, ColumnAction]]:
    for column, action in table.columns.items():
        yield ("tables", name, "columns", column), action
    for place, rule in enumerate(table.rules):
        yield ("tables", name, "rules", place), rule


def _actions(name: str, table: TablePolicy) -> Iterator[tuple[Path, PlainAction]]:
    for path, line in _lines(name, table):
        yield from ways(path, line)


def _keyspaces(policy: Policy) -> Found:
    for name, keyspace in policy.keyspaces.items():
        if keyspace.key not in policy.keys:
            yield ("keyspaces", name, "key"), f"unknown key `{keyspace.key}`", near(keyspace.key, policy.keys, "keys")
        elif keyspace.erasable and "ephemeral" in (policy.keys[keyspace.key].source, policy.keys[keyspace.key].otherwise):
            message = f"the vault would be locked with the key `{keyspace.key}`, which can be gone after the run"
            yield ("keyspaces", name, "erasable"), message, "give that key a lasting place, such as `from: env:VEIL_KEY`"


def _syntheses(policy: Policy) -> Found:
    for name in policy.synthesize.tables:
        if name not in policy.tables:
            yield ("synthesize", "tables", name), f"unknown table `{name}`", near(name, policy.tables, "tables")
    said = {name: own.control for name, own in policy.synthesize.tables.items() if own.control}
    yield from control(said, policy.tables, policy.synthesize.method)


def _overlaps(policy: Policy) -> Found:
    for (first, one), (second, other) in combinations(policy.tables.items(), 2):
        pairs = [(a, b) for a in one.match.patterns() for b in other.match.patterns() if fnmatchcase(a, b) or fnmatchcase(b, a)]
        if pairs:
            message = f"matches files that table `{first}` matches too: `{pairs[0][1]}` and `{pairs[0][0]}`"
            yield ("tables", second, "match", "files"), message, "make one of the two patterns narrower"


def _table(policy: Policy, name: str, table: TablePolicy) -> Found:
    path: Path = ("tables", name)
    if table.match.files.count("{") != table.match.files.count("}"):
        yield (*path, "match", "files"), "a brace without its partner", "write `{a,b}`"
    if table.encoding is not None and not _is_encoding(table.encoding):
        yield (*path, "encoding"), f"unknown encoding `{table.encoding}`", "for instance `utf-8`, `utf-16`, `latin-1`, `cp1252`"
    if policy.gates.transform.k is not None and table.quasi_identifiers == ():
        yield (*path, "quasi_identifiers"), "empty, but `gates.transform.k` demands k over them", "name them or delete the line"
    for key, column in _named_columns(table):
        if column in table.columns and table.columns[column].do == "drop" and key != "subject":
            yield (*path, key), f"column `{column}` is dropped, so it is not in the output", "keep it, or do not name it here"
        if column not in table.columns and table.columns and not table.rules:
            yield (*path, key), f"column `{column}` is not among the table's columns", near(column, table.columns, "columns")


def _named_columns(table: TablePolicy) -> Iterator[tuple[str, str]]:
    if table.subject not in (None, "auto"):
        yield "subject", str(table.subject)
    if table.target is not None:
        yield "target", table.target
    for column in table.quasi_identifiers or ():
        yield "quasi_identifiers", column


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


def _references(policy: Policy, name: str, table: TablePolicy) -> Found:
    for column, reference in table.references.items():
        path: Path = ("tables", name, "references", column)
        other_name, other_column = reference.split(".", 1)
        other = policy.tables.get(other_name)
        if other is None:
            yield path, f"unknown table `{other_name}`", near(other_name, policy.tables, "tables")
            continue
        if table.columns and column not in table.columns:
            yield path, f"column `{column}` is not among the table's columns", near(column, table.columns, "columns")
        if other.columns and other_column not in other.columns:
            yield path, f"table `{other_name}` does not list `{other_column}`", near(other_column, other.columns, "its columns")
        if column in table.columns and other_column in other.columns:
            yield from _same_pseudonyms(path, table.columns[column], other.columns[other_column])


def _same_pseudonyms(path: Path, one: ColumnAction, other: ColumnAction) -> Found:
    if (one.do, one.keyspace, one.parameters, one.where) != (other.do, other.keyspace, other.parameters, other.where):
        yield path, "the two columns are not transformed alike, so no row would find its partner", "give both the same line"


def _keyed(policy: Policy, path: Path, action: PlainAction) -> Found:
    if action.keyspace is not None and action.keyspace not in policy.keyspaces:
        yield (*path, "in"), f"unknown keyspace `{action.keyspace}`", near(action.keyspace, policy.keyspaces, "keyspaces")
    elif action.declared.keyed and action.keyspace is None and len(policy.keys) != 1:
        message = f"`{action.do}` needs a key" + (", and there are several" if policy.keys else "")
        yield path, message, "name a keyspace with `in`" if policy.keys else "add `keys: {main: {from: env:VEIL_KEY}}`"
    asks = action.declared.needs_subject or ("by" in action.model_fields_set and action.parameters["by"] == "subject")
    if asks and policy.tables[str(path[1])].subject is None:
        yield path, f"`{action.do}` works per data subject and the table has none", "name the table's `subject`"


def _nulls(policy: Policy, path: Path, action: PlainAction) -> Found:
    nulls = action.nulls or policy.defaults.nulls
    if "fill" in action.model_fields_set and nulls != "fill":
        yield (*path, "fill"), f"is never written, because `nulls` is `{nulls}`", "say `nulls: fill`, or leave `fill` out"
    if nulls == "fill" and "fill" not in action.model_fields_set:
        yield (*path, "nulls"), "does not say what to fill null cells with", "add `fill: …`"
    if nulls == "fill" and action.do in ("keep", "drop", "null", "constant"):
        yield (*path, "nulls"), f"`{action.do}` does not go with filling null cells", "leave `nulls` and `fill` out"


def _neighbours(table: TablePolicy, path: Path, action: PlainAction) -> Found:
    for column in action.columns_needed:
        if table.columns and column not in table.columns:
            yield path, f"column `{column}` is not among the table's columns", near(column, table.columns, "columns")

