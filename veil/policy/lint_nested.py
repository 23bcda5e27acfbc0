"""Lint of what `redact_json` does at its paths: keyspaces that are not there, or in which other columns write otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from veil.policy.actions import PlainAction
from veil.policy.document import Path
from veil.policy.models import Keyspace, Policy
from veil.policy.problems import near

Found = Iterator[tuple[Path, str, str]]


def nested(policy: Policy, actions: Iterable[tuple[Path, PlainAction]]) -> Found:
    """Yield what is wrong between the rules inside JSON columns and the policy's keyspaces."""
    for path, action in actions:
        for place, rule in _rules(action).items():
            if rule.keyspace is not None:
                yield from _keyspace(policy, (*path, "paths", place), rule, action)


def _rules(action: PlainAction) -> Mapping[str, Any]:
    """Return the rules of a `redact_json` that are transforms, by their paths."""
    if action.do != "redact_json":
        return {}
    paths: Mapping[str, Any] = getattr(action, "paths", {})
    return {path: rule for path, rule in paths.items() if hasattr(rule, "method")}


def _keyspace(policy: Policy, path: Path, rule: Any, action: PlainAction) -> Found:
    declared = policy.keyspaces.get(rule.keyspace)
    if declared is None:
        yield (*path, "in"), f"unknown keyspace `{rule.keyspace}`", near(rule.keyspace, policy.keyspaces, "keyspaces")
        return
    for name in ("canonical", "region"):
        wanted = getattr(declared, name)
        if getattr(rule, name) != wanted:
            message = f"`{name}` differs from that of keyspace `{rule.keyspace}`: one value would get two pseudonyms"
            yield (*path, name), message, f"write `{name}: {wanted}`" if wanted else f"remove `{name}`"
    if (key := _key(policy, action)) not in (None, declared.key):
        message = f"keyspace `{rule.keyspace}` has the key `{declared.key}`, and the column's is `{key}`"
        yield (*path, "in"), message, f"say `in:` a keyspace of `{declared.key}` for the column, or of `{key}` here"
    if rule.do == "fpe" and declared.erasable:
        message = f"`fpe` has one key for all, and the keyspace `{rule.keyspace}` has a key for each data subject"
        yield path, message, "use `token` or `encrypt` in it, or another keyspace"


def _key(policy: Policy, action: PlainAction) -> str | None:
    """Return the key that the column's pseudonyms are drawn under, where the policy tells."""
    declared: Keyspace | None = policy.keyspaces.get(action.keyspace or "")
    return declared.key if declared else next(iter(policy.keys)) if len(policy.keys) == 1 else None
