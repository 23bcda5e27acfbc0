"""What two policies do differently: per column, which aspects of its output are not the same, and in which order rules stand.

A column's output depends on its transform and parameters, on the key and the keyspace where it is keyed, on the data subject
where it works per person, and on what becomes of null cells. Keys are compared by where they come from and by their epoch, never
by their bytes. What depends on the whole column or the table (`k_anonymize`, `swap`) depends on the lines of the others too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from veil.model import Plan, Step
from veil.plan import KEYSPACE, build_transform, keyspace_of
from veil.policy.actions import ColumnAction, PlainAction
from veil.policy.models import Policy, TablePolicy
from veil.transforms import Transform

JOINT = "k_anonymize"
"""Columns of a table that are transformed by it are one problem: a change of one line can change all of them."""

NOT_DECIDED = "nothing decides it"


@dataclass(frozen=True)
class Change:
    """One aspect of a column's output, or of a table or policy, that is not the same. Values are the policies' words."""

    table: str
    column: str
    aspect: str
    before: Any
    after: Any


Aspects = Mapping[str, Any]


def plan_changes(before: tuple[Policy, Plan], after: tuple[Policy, Plan]) -> tuple[Change, ...]:
    """Return what differs between two plans of one table: exactly the columns whose outputs would change."""
    names = [step.column for step in before[1].steps]
    one, other = ({name: _of_step(policy, plan, name) for name in names} for policy, plan in (before, after))
    return tuple(change for name in names for change in _changes(before[1].table, name, one[name], other[name]))


def policy_changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return what differs between two policies without looking at a drop: the columns that they name, their rules, the rest."""
    tables = dict.fromkeys((*before.tables, *after.tables))
    found = [change for name in tables for change in _table_changes(name, before, after)]
    return (*found, *whole_changes(before, after))


def whole_changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return what differs in parts that are about all tables: which subjects go on, what is found, how the stand-in is made."""
    parts = ("subset", "recognizers", "synthesize")
    one, other = ({part: policy.resolved()[part] for part in parts} for policy in (before, after))
    return tuple(_changes("", "", one, other))


def gate_changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return what differs in what gates demand: no cell changes by it, but a decision can."""
    one, other = (_leaves({"gates": policy.resolved()["gates"]}) for policy in (before, after))
    return tuple(_changes("", "", one, other))


def _changes(table: str, column: str, before: Aspects, after: Aspects) -> Iterator[Change]:
    for aspect in dict.fromkeys((*before, *after)):
        if before.get(aspect) != after.get(aspect):
            yield Change(table, column, aspect, before.get(aspect), after.get(aspect))


def _table_changes(name: str, before: Policy, after: Policy) -> Iterator[Change]:
    one, other = before.tables.get(name), after.tables.get(name)
    if one is None or other is None:
        yield Change(name, "", "table", None if one is None else one.match.files, None if other is None else other.match.files)
        return
    told = ({"match": table.match.files, "rules": _rules(policy, table), "unmatched": policy.defaults.unmatched}
            for policy, table in ((before, one), (after, other)))  # fmt: skip
    yield from _changes(name, "", *told)
    for column in dict.fromkeys((*one.columns, *other.columns)):
        ways = (_of_line(policy, table, column) for policy, table in ((before, one), (after, other)))
        yield from _changes(name, column, *ways)


def _rules(policy: Policy, table: TablePolicy) -> list[Any]:
    return [{"when": rule.when.model_dump(exclude_none=True), **_of_action(policy, table, rule, "")} for rule in table.rules]


def _of_line(policy: Policy, table: TablePolicy, column: str) -> Aspects:
    action = table.columns.get(column)
    if action is None:
        return {"transform": "whatever a rule says" if table.rules else policy.defaults.unmatched}
    joint = {"other columns": _joint(table)} if action.do == JOINT else {}
    return {**_of_action(policy, table, action, column), **joint}


def _of_action(policy: Policy, table: TablePolicy, action: ColumnAction, column: str) -> Aspects:
    own = _one_way(policy, action, column, table.subject)
    if action.where is not None and action.otherwise is not None:
        own["where"] = action.where.model_dump(mode="json", by_alias=True, exclude_none=True)
        own["otherwise"] = _one_way(policy, action.otherwise, column, table.subject)
    return own


def _one_way(policy: Policy, action: PlainAction, column: str, subject: str | None) -> dict[str, Any]:
    parameters = {key: value for key, value in action.parameters.items() if key != "reason"}
    step = Step(column, "other", None, action.do, {KEYSPACE: action.keyspace} if action.keyspace else {}, "", "", "")
    return {
        "transform": action.do,
        "parameters": parameters,
        **_keyed(policy, step, keyed=action.declared.keyed, named=action.keyspace is not None),
        **({"subject": subject} if _works_per_subject(action) else {}),
        **_nulls(policy, action.do, action.nulls or policy.defaults.nulls, action.fill),
    }


def _joint(table: TablePolicy) -> list[Any]:
    return [[name, action.parameters] for name, action in table.columns.items() if action.do == JOINT]


def _of_step(policy: Policy, plan: Plan, column: str) -> Aspects:
    step = plan.step(column)
    own = _one_step(policy, plan, step)
    if step.branch is not None:
        where = {key: value for key, value in vars(step.branch.where).items() if value not in (None, ())}
        own |= {"where": where, "otherwise": _one_step(policy, plan, step.branch.otherwise)}
    if step.transform == JOINT:
        own["other columns"] = [[each.column, each.parameters] for each in plan.steps if each.transform == JOINT]
    return own


def _one_step(policy: Policy, plan: Plan, step: Step) -> dict[str, Any]:
    if step.transform is None:
        return {"transform": NOT_DECIDED}
    method = build_transform(step)
    parameters = method.model_dump(mode="json", by_alias=True, exclude={"reason"})
    return {
        "transform": step.transform,
        "parameters": parameters,
        **_keyed(policy, step, keyed=method.declared.keyed, named=True),
        **({"subject": plan.subject} if _works_per_subject(method) else {}),
        **_nulls(policy, step.transform, step.nulls, step.fill),
    }


def _works_per_subject(method: Transform) -> bool:
    return method.declared.needs_subject or (method.declared.keyed and not method.by_value)


def _keyed(policy: Policy, step: Step, *, keyed: bool, named: bool) -> dict[str, Any]:
    """Return the aspects of a pseudonym. Without a named keyspace, and before a drop is seen, its name depends on the drop."""
    if not keyed:
        return {}
    space = keyspace_of(policy, step)
    place = policy.keys.get(space.key) if space.key else None
    declared = policy.keyspaces.get(space.name)
    return {
        "keyspace": space.name if named else "the entity's or the column's own",
        "canonical form": [space.canonical, space.region],
        "key": place.source if place else None,
        "epoch": place.epoch if place else None,
        "erasable": bool(declared and declared.erasable),
    }


def _nulls(policy: Policy, transform: str, nulls: str, fill: str) -> dict[str, Any]:
    """Return what becomes of cells that hold nothing; a column that is dropped or kept whole has none that matter."""
    if transform == "drop" or (transform == "keep" and nulls == "keep"):
        return {}
    return {"nulls": [nulls, fill] if nulls == "fill" else [nulls], "null values": sorted(policy.defaults.null_values)}


def _leaves(node: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.items():
        here = f"{path}.{key}" if path else key
        found |= _leaves(value, here) if isinstance(value, Mapping) else {here: value}
    return found
