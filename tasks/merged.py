"""Whether every value kept a pseudonym of its own: counted exactly, behind the birthday bound that the linter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import store
from tasks.carried import Carried
from veil.model import Plan, Step
from veil.plan import ColumnKeyspace, build_transform, keyspaces
from veil.transforms.canonical import canonical

if TYPE_CHECKING:
    from veil.policy import Policy


def merged_values(policy: Policy, carried: Carried, plan: Plan) -> dict[str, int]:
    """Return, per column whose transform promises to be one to one, how many distinct values share another's pseudonym.

    Two spellings of one value, by the keyspace's canonical form, are one value. Memory grows with a column's distinct values.
    """
    nulls, spaces = ["", *policy.defaults.null_values], keyspaces(policy, plan)
    return {
        step.column: _n_merged(carried, step, spaces[step.column], nulls) for step in plan.steps if _promises_one_to_one(step)
    }


def _promises_one_to_one(step: Step) -> bool:
    if step.effect == "keep" or step.transform in (None, "drop") or step.branch is not None:
        return False
    method = build_transform(step)
    return method.declared.injective and method.declared.deterministic and method.by_value


def _n_merged(carried: Carried, step: Step, keyspace: ColumnKeyspace, nulls: list[str]) -> int:
    before = store.count_column(carried.classified.table, step.column).without(nulls).values
    written = [*nulls, *([step.fill] if step.nulls == "fill" else [])]
    after = store.count_column(carried.table, step.column).without(written).values
    if keyspace.canonical == "text":
        return len(before) - len(after)
    column = carried.classified.table.column(step.column)
    forms = canonical(keyspace.canonical, before.to_pylist(), keyspace.region, column.format)
    return len(set(forms)) - len(after)
