"""Transform: carry every table through its plan, and count what must not have changed or survived."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks import store
from tasks.carried import Carried, Carrier
from tasks.classify import Classification
from tasks.engine import Runner
from tasks.merged import merged_values
from tasks.plan import Planned
from tasks.references import Reference
from tasks.residual import Sources, residual_results
from tasks.selection import drawn_subset
from tasks.settings import Keyring, RunnerName, read_settings
from tasks.stage import stage
from veil.model import CheckResult, Plan, Table
from veil.plan import build_transforms

if TYPE_CHECKING:
    from veil.policy import Policy


@dataclass(frozen=True)
class Fact:
    """A count that the transform gate puts against its bounds."""

    table: str
    name: str
    value: float | None
    at_least: float | None = None
    at_most: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Transformed:
    """The transformed tables, the plans they followed, and what was counted on them.

    `classified` are the raw tables of the same rows, in the same order: without the rows that the policy's `subset` leaves out,
    and without those that were set aside.
    """

    tables: tuple[Table, ...]
    plans: tuple[Plan, ...]
    facts: tuple[Fact, ...]
    results: tuple[CheckResult, ...]
    classified: tuple[Classification, ...]


@stage("transform")
def transform(
    policy: Policy,
    keyring: Keyring,
    classified: Sequence[Classification],
    planned: Planned,
    work: str,
    seed: int,
    quarantine: str | None = None,
    runner: RunnerName | None = None,
) -> Transformed:
    """Transform every table of the drop.

    Parameters
    ----------
    keyring : the keys that the policy names.
    planned : a plan per table, in the order of `classified`, in which every column is decided; and the references.
    work : the run's work folder.
    seed : for the chance limits of the residual scan; no pseudonym depends on it.
    quarantine : folder for rows that could not be transformed, if the policy sets them aside.
    runner : who transforms partitions, if not whom the environment names; no byte depends on it.
    """
    chosen = _subset(policy, keyring, classified, planned, Path(work) / "subset")
    sources = Sources.of(chosen, planned.plans)
    aside = Path(quarantine) if quarantine else None
    by = Runner.of(read_settings(), runner)
    carrier = Carrier(policy, keyring, sources, Path(work), aside, chosen, planned.plans, by)
    carried = [carrier.carry(each, plan) for each, plan in zip(chosen, planned.plans, strict=True)]
    tables = tuple(each.table for each in carried)
    facts = [
        fact for each, plan in zip(carried, planned.plans, strict=True) for fact in _unchanged(policy, each, plan)
    ]  # fmt: skip
    if policy.gates.transform.referential == "exact":
        facts += _references(planned.references, chosen, tables)
    left = tuple(each.classified for each in carried)
    results = residual_results(sources, left, planned.plans, tables, seed)
    return Transformed(tables, planned.plans, tuple(facts), results, left)


def _subset(
    policy: Policy, keyring: Keyring, classified: Sequence[Classification], planned: Planned, folder: Path
) -> tuple[Classification, ...]:
    """Return the classified tables with the rows that the policy's `subset` leaves."""
    parts = drawn_subset(policy, keyring.keys, [each.table for each in classified], planned, folder)
    return tuple(dataclasses.replace(each, table=parts[each.table.name]) for each in classified)


def _unchanged(policy: Policy, carried: Carried, plan: Plan) -> list[Fact]:
    """Count rows lost, columns whose nulls changed although their transform keeps nulls, and kept columns not byte-identical."""
    gates, table, counts = policy.gates.transform, carried.table, carried.counts
    steps = {step.column: step for step in plan.steps}
    keeping = [column for column, method in build_transforms(plan).items() if "nulls" in method.declared.keeps]
    nulls = [column for column in keeping if steps[column].nulls != "fill" and counts[column].nulls_changed]
    kept = [step.column for step in plan.steps if step.effect == "keep" and step.nulls != "fill"]
    changed = [column for column in kept if counts[column].changed]
    merged = {column: count for column, count in merged_values(policy, carried, plan).items() if count}
    lost = abs(carried.n_rows - carried.n_aside - table.n_rows)
    return [
        Fact(table.name, "rows lost", float(lost), at_most=gates.row_loss.value),
        *([Fact(table.name, "rows quarantined", float(carried.n_aside), at_most=gates.quarantined.value)]
          if policy.defaults.on_error == "quarantine" else []),
        Fact(table.name, "columns whose nulls changed", float(len(nulls)), at_most=0, reason=", ".join(nulls)),
        Fact(table.name, "columns whose values share a pseudonym", float(len(merged)), at_most=0, reason=", ".join(merged)),
        Fact(table.name, "kept columns not byte-identical", float(len(changed)), at_most=0, reason=", ".join(changed)),
    ]  # fmt: skip


def _references(links: Sequence[Reference], classified: Sequence[Classification], tables: Sequence[Table]) -> list[Fact]:
    """Count rows whose reference pointed to a row before and no longer does, or the other way round."""
    raw = {each.table.name: each.table for each in classified}
    after = {table.name: table for table in tables}
    facts = []
    for link in links:
        before, now = (_orphans(group, link) for group in (raw, after))
        changed = None if before is None or now is None else float(abs(now - before))
        reason = f"to {link.parent}.{link.parent_column}"
        facts.append(Fact(link.child, f"references `{link.column}` changed", changed, at_most=0, reason=reason))
    return facts


def _orphans(tables: Mapping[str, Table], link: Reference) -> int | None:
    """Return how many rows refer to a row that is not there; None where one of the two columns was dropped."""
    child, parent = tables[link.child], tables[link.parent]
    if not _has(child, link.column) or not _has(parent, link.parent_column):
        return None
    counts = store.distinct(child, link.column)
    return int(counts[~counts.index.isin(store.distinct(parent, link.parent_column).index)].sum())


def _has(table: Table, column: str) -> bool:
    return column in {each.name for each in table.columns}
