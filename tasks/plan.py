"""Plan: the one step that the policy prescribes for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.classify import Classification
from tasks.references import Reference, references
from tasks.stage import log, stage
from veil.model import Drop, Plan
from veil.plan import make_plan

if TYPE_CHECKING:
    from veil.policy import Policy


@dataclass(frozen=True)
class Planned:
    """A plan per table, in the order of the tables; the references between them; and the utility targets that are declared.

    `names` are the policy's names of the drop's tables.
    """

    plans: tuple[Plan, ...]
    references: tuple[Reference, ...]
    targets: Mapping[str, str | None]
    names: Mapping[str, str]


@stage("plan")
def plan(policy: Policy, drop: Drop, classified: Sequence[Classification]) -> Planned:
    """Make a plan per table.

    Raises
    ------
    PolicyInvalid : a file that no table of the policy matches, or a column that the policy names and the table lacks.
    """
    plans, matched = [], {}
    for file, each in zip(drop.files, classified, strict=True):
        name, table_policy = matched[each.table.name] = policy.table_for(file.name)
        plans.append(make_plan(policy, table_policy, each.table, each.findings, each.profiles))
        log("planned", table=each.table.name, by=name, steps=len(plans[-1].steps), subject=plans[-1].subject)
    targets = {name: table_policy.target for name, (_, table_policy) in matched.items()}
    names = {name: own for name, (own, _) in matched.items()}
    return Planned(tuple(plans), references(matched), targets, names)
