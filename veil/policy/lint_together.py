"""Lint of what has to go together: columns that are anonymized jointly, and data subjects whose keys can be erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from veil.policy.actions import PlainAction
from veil.policy.document import Path
from veil.policy.models import Policy, TablePolicy

Found = Iterator[tuple[Path, str, str]]
Actions = Iterable[tuple[Path, PlainAction]]

JOINT = ("k", "l", "diversity", "c", "t", "distance", "sensitive", "max_suppressed", "method")
"""What all columns of a table that say `k_anonymize` must say alike; each generalizes in its own way."""


def together(policy: Policy, table: TablePolicy, actions: Actions) -> Found:
    """Yield what is wrong between a table's lines, and between a line and the policy's keyspaces."""
    lines = list(actions)
    yield from _jointly_anonymized([(path, action) for path, action in lines if action.do == "k_anonymize"])
    for path, action in lines:
        yield from _erasable(policy, table, path, action)


def _jointly_anonymized(lines: list[tuple[Path, PlainAction]]) -> Found:
    for path, action in lines[1:]:
        first = lines[0][1]
        differing = [name for name in JOINT if action.parameters[name] != first.parameters[name]]
        for name in differing:
            message = f"`{name}` differs from that of an earlier `k_anonymize` of the table, and all are one problem"
            yield (*path, name), message, f"write `{name}: {first.parameters[name]}` in all of them"


def _erasable(policy: Policy, table: TablePolicy, path: Path, action: PlainAction) -> Found:
    keyspace = policy.keyspaces.get(action.keyspace or "")
    if action.do == "fpe" and keyspace is not None and keyspace.erasable:
        message = f"`fpe` has one key for all, and the keyspace `{action.keyspace}` has a key for each data subject"
        yield path, message, "use `token` or `encrypt` in it, or another keyspace"
    if action.do == "encrypt" and action.parameters["by"] == "subject" and not _subjects_are_erasable(policy, table):
        message = "`by: subject` seals under keys of data subjects, and there are none"
        yield (*path, "by"), message, "name the table's `subject` under `columns`, in a keyspace that says `erasable: true`"


def _subjects_are_erasable(policy: Policy, table: TablePolicy) -> bool:
    action = table.columns.get(table.subject or "")
    keyspace = None if action is None else policy.keyspaces.get(action.keyspace or "")
    return keyspace is not None and keyspace.erasable
