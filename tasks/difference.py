"""Difference: which columns' outputs would change from one policy to another, and why."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tasks.policies import sound_policy
from veil.difference import Change, gate_changes, plan_changes, policy_changes, whole_changes
from veil.policy import Policy

LONGEST: Final = 160
WITHOUT_DROP: Final = "give `--drop` to see which columns of a drop the rules decide"


@dataclasses.dataclass(frozen=True)
class Difference:
    """What changes in outputs and in gates between two policies; `columns` that a drop has, None where none was looked at."""

    before: Policy
    after: Policy
    outputs: tuple[Change, ...]
    gates: tuple[Change, ...]
    columns: int | None = None


def difference(before: str, after: str, drop: Path | None, work: Path) -> Difference:
    """Compare two policies, by path or shipped name; over the columns of a drop if there is one."""
    one, other = sound_policy(before), sound_policy(after)
    gates = gate_changes(one, other)
    if drop is None:
        return Difference(one, other, policy_changes(one, other), gates)
    from tasks.examined import examined

    seen = examined([one, other], drop, work)
    pairs = [*zip(*(each.planned.plans for each in seen), strict=True)]
    outputs = [change for old, new in pairs for change in plan_changes((one, old), (other, new))]
    outputs += whole_changes(one, other)
    return Difference(one, other, tuple(outputs), gates, sum(len(old.steps) for old, _ in pairs))


def as_lines(found: Difference) -> Iterator[str]:
    """Yield a line per column, table and gate that is not the same, and a last line that counts them."""
    for place, changes in _by_place(found.outputs).items():
        yield f"{place or 'policy'}: {'; '.join(_told(change) for change in changes)}"
    for change in found.gates:
        yield f"{_told(change)} (no output changes by it, a decision can)"
    columns = {(change.table, change.column) for change in found.outputs if change.column}
    of = f" of {found.columns}" if found.columns is not None else ""
    if found.before.sha256 == found.after.sha256:
        yield "The two policies say the same."
    elif not found.outputs:
        yield "No output changes." if found.columns is not None else f"No column's line differs; {WITHOUT_DROP}."
    elif found.columns is None:
        yield f"{len(columns)} named columns change; {WITHOUT_DROP}."
    else:
        yield f"{len(columns)}{of} columns change."


def as_json(found: Difference) -> str:
    """Return the same as JSON."""
    told: dict[str, Any] = {
        name: {"policy": policy.policy, "version": policy.version, "sha256": policy.sha256}
        for name, policy in (("before", found.before), ("after", found.after))
    }
    told["same_outputs"] = not found.outputs
    told["columns_compared"] = found.columns
    told["outputs"] = [dataclasses.asdict(change) for change in found.outputs]
    told["gates"] = [dataclasses.asdict(change) for change in found.gates]
    return json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)


def _by_place(changes: Sequence[Change]) -> dict[str, list[Change]]:
    places: dict[str, list[Change]] = {}
    for change in changes:
        places.setdefault(f"{change.table}{f'.{change.column}' if change.column else ''}", []).append(change)
    return places


def _told(change: Change) -> str:
    if change.aspect == "rules":
        return f"rules {_rules_told(change.before or [], change.after or [])}"
    return f"{change.aspect} {_short(change.before)} -> {_short(change.after)}"


def _rules_told(before: Sequence[Any], after: Sequence[Any]) -> str:
    """Say which rules are not the same; one that moved can decide other columns than it did."""
    gone = [str(place) for place, rule in enumerate(before) if rule not in after]
    new = [str(place) for place, rule in enumerate(after) if rule not in before]
    parts = [f"[{', '.join(gone)}] gone"] * bool(gone) + [f"[{', '.join(new)}] new"] * bool(new)
    return " and ".join(parts) or "in another order"


def _short(value: Any) -> str:
    if value is None:
        return "none"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
