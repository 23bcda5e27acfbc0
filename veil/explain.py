"""What a plan makes of a column, in one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from veil.errors import UnknownColumn
from veil.model import Plan, RowTest, Step
from veil.policy.problems import suggestion

MAX_LISTED: Final = 8


def explain(plan: Plan, column: str) -> str:
    """Say in one sentence what becomes of a column, what decided it, and why.

    Raises
    ------
    UnknownColumn : the plan has no such column.
    """
    steps = {step.column: step for step in plan.steps}
    if column not in steps:
        near = suggestion(column, steps)
        raise UnknownColumn(f"table `{plan.table}` has no column `{column}`{f'; {near}' if near else ''}")
    step = steps[column]
    what = f"holds `{step.entity}`" if step.entity else "holds nothing personal that was found"
    becomes = f"becomes {_becomes(step)}" if step.transform else "is not decided"
    why = f": {step.reason}" if step.reason else ""
    return f"Column `{column}` of `{plan.table}` {what} (role {step.role}) and {becomes}, by {step.decided_by}{why}."


def _becomes(step: Step) -> str:
    own = f"`{step.transform}`{_told(step.parameters)}"
    if step.branch is None:
        return own
    return f"{own} where {_condition(step.branch.where)}, and otherwise {_becomes(step.branch.otherwise)}"


def _condition(test: RowTest) -> str:
    said = [
        f"is one of {json.dumps(list(test.values), ensure_ascii=False)}" if test.values else "",
        f"is none of {json.dumps(list(test.others), ensure_ascii=False)}" if test.others else "",
        f"is at least {test.at_least}" if test.at_least is not None else "",
        f"is at most {test.at_most}" if test.at_most is not None else "",
        {True: "is null", False: "is not null", None: ""}[test.null],
    ]
    return f"`{test.column}` {(' or ' if test.null else ' and ').join(filter(None, said))}"


def _told(parameters: Mapping[str, Any]) -> str:
    own = {name: value for name, value in parameters.items() if value is not None and name != "reason"}
    return f" ({', '.join(f'{name}: {_short(value)}' for name, value in own.items())})" if own else ""


def _short(value: Any) -> str:
    """Write a parameter; of a long list, such as the levels of a hierarchy, only how long it is."""
    many = isinstance(value, (list, tuple, dict)) and len(value) > MAX_LISTED
    return f"{len(value)} entries" if many else json.dumps(value, ensure_ascii=False)
