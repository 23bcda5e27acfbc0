"""All that a process needs to transform partitions of a table, as plain values that travel as JSON: no pickle is ever loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tasks.settings import Keyring
from tasks.vault import Vault
from veil.model import Plan, Step, Table
from veil.plan import ColumnKeyspace, build_transform, keyspaces
from veil.policy import Policy
from veil.transforms import Transform
from veil.transforms.keys import Key


@dataclass(frozen=True)
class Job:
    """A raw table, its plan, and what the plan's transforms are given.

    Attributes
    ----------
    keys : epoch and secret (hexadecimal) by name; travels to worker processes by a pipe, never by argument or file.
    keyspaces : of each column.
    folder : where the transformed partitions are written.
    vault : the keys of data subjects that can be forgotten, where a keyspace is erasable.
    key_sources : where each key is from, as the policy says, such as `env:VEIL_KEY`; `ephemeral` if it was made for this run.
    """

    raw: Table
    plan: Plan
    keyspaces: dict[str, ColumnKeyspace]
    keys: dict[str, tuple[str, str]] = field(repr=False)
    null_values: tuple[str, ...]
    folder: str
    vault: Vault | None = None
    key_sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy, keyring: Keyring, raw: Table, plan: Plan, folder: str) -> Job:
        """Put a job together."""
        keys = {name: (key.epoch, key.secret.hex()) for name, key in keyring.keys.items()}
        sources = {
            name: "ephemeral" if keyring.sources.get(name) == "ephemeral" else declared.source
            for name, declared in policy.keys.items()
        }
        nulls = tuple(policy.defaults.null_values)
        return cls(raw, plan, keyspaces(policy, plan), keys, nulls, folder, keyring.vault, sources)

    def to_json(self) -> bytes:
        """Return the job as JSON; it holds keys."""
        from pydantic import TypeAdapter

        return TypeAdapter(Job).dump_json(self)

    @classmethod
    def from_json(cls, text: bytes) -> Job:
        """Read what `to_json` wrote."""
        from pydantic import TypeAdapter

        return TypeAdapter(Job).validate_json(text)

    def key(self, name: str | None) -> Key | None:
        """Return a key by its name in the policy."""
        if name is None or name not in self.keys:
            return None
        epoch, secret = self.keys[name]
        return Key(name, epoch, bytes.fromhex(secret), self.vault)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the columns that stay in the table, in column order."""
        return tuple(step for step in self.plan.steps if step.transform != "drop")

    @cached_property
    def actions(self) -> Mapping[str, tuple[tuple[Step, Transform], ...]]:
        """For each column that stays, its step and, where the step is for some rows only, that of the other rows."""
        return {step.column: tuple((action, build_transform(action)) for action in step.actions) for step in self.steps}

    @cached_property
    def late(self) -> tuple[str, ...]:
        """Columns that wait for the others, or need the whole column: the main process transforms them."""
        return tuple(
            column
            for column, actions in self.actions.items()
            if any(method.needs_whole or step.transform in ("redact_text", "redact_json") for step, method in actions)
        )
