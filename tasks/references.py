"""References between the tables of a drop, as the policy declares them, in the names that the tables have here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veil.errors import PolicyInvalid

if TYPE_CHECKING:
    from veil.policy import TablePolicy


@dataclass(frozen=True)
class Reference:
    """A column of a child table whose cells are keys of a parent table."""

    child: str
    column: str
    parent: str
    parent_column: str


def references(matched: Mapping[str, tuple[str, TablePolicy]]) -> tuple[Reference, ...]:
    """Return the declared references between the tables that this drop has.

    Parameters
    ----------
    matched : per table of the drop, the policy's name for it and what the policy says of it.

    Raises
    ------
    PolicyInvalid : a reference to a table of the policy that several files of the drop hold.
    """
    found = []
    for child, (_, table_policy) in matched.items():
        for column, target in table_policy.references.items():
            policy_name, parent_column = target.split(".", 1)
            parents = [name for name, (own, _) in matched.items() if own == policy_name]
            if len(parents) > 1:
                raise PolicyInvalid(f"`{child}.{column}` refers to `{policy_name}`, which {len(parents)} files of the drop hold")
            found += [Reference(child, column, parent, parent_column) for parent in parents]
    return tuple(found)


def parents_first(tables: Sequence[str], links: Sequence[Reference]) -> list[str]:
    """Order tables so that a parent comes before its children; refuse a circle."""
    ordered: list[str] = []
    waiting = list(tables)
    while waiting:
        ready = [name for name in waiting if all(_done(link, name, ordered) for link in links if link.child == name)]
        if not ready:
            raise PolicyInvalid(f"the references of {', '.join(waiting)} form a circle; drop one of them from the policy")
        ordered += ready
        waiting = [name for name in waiting if name not in ready]
    return ordered


def _done(link: Reference, name: str, ordered: Sequence[str]) -> bool:
    return link.parent == name or link.parent in ordered
