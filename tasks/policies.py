"""Where policies are found: by path, or by the name of one that ships with Veil."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from veil.errors import PolicyInvalid

if TYPE_CHECKING:
    from veil.model import Drop
    from veil.policy import Policy
    from veil.recognizers.approved import Approved

SHIPPED = Path(__file__).resolve().parent.parent / "policies"


def find_policy(name: str) -> Path:
    """Return the path of a policy.

    Raises
    ------
    PolicyInvalid : neither a file nor a name that ships with Veil; says which names do.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    named = SHIPPED / f"{name}.yaml"
    if "/" not in name and named.is_file():
        return named
    names = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.yaml")))
    raise PolicyInvalid(f"there is no policy file `{name}`; give a path, or one of: {names}")


def sound_policy(name: str) -> Policy:
    """Find, read and lint a policy; refuse it if there is any problem. Every run starts here, before any data is read."""
    from veil.policy import load_sound_policy

    return load_sound_policy(find_policy(name))


def declared_encodings(policy: Policy) -> dict[str, str]:
    """Return the encoding of files that the policy declares, by file-name pattern."""
    tables = policy.tables.values()
    return {pattern: table.encoding for table in tables if table.encoding for pattern in table.match.patterns()}


def approvals(policy: Policy, drop: Drop) -> dict[str, dict[str, Approved]]:
    """Return what the policy approves, by the drop's tables. A file that no table matches has nothing; the plan refuses it."""
    approved = {}
    for file in drop.files:
        names = [name for name, table in policy.tables.items() if table.matches(file.name)]
        if len(names) == 1:
            approved[file.table.name] = policy.approvals(names[0])
    return approved
