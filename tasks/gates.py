"""The gates between the stages: each turns what a stage made and what the policy demands into one validation.

A gate returns its verdict; the flow raises in its own thread, for a task that fails does not stop a Prefect flow by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from tasks import store
from tasks.check import Checked
from tasks.classify import Classification
from tasks.generations import ORIGINAL, Ancestry
from tasks.kept import kept_together
from tasks.stage import log, stage
from tasks.transform import Transformed
from veil.gate import Demand, TableDemand, evaluate
from veil.model import CheckResult, Drop, GateResult, Plan, SourceFile, Synthesis, Table

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

    from veil.policy import Policy, Threshold

# Survivors that no policy can allow; `names_by_chance` counts rows beyond the upper 99.99 % limit of chance.
NEVER = ("own_names", "own_birth_dates", "own_permuted", "names_by_chance")


@stage("gate-ingest")
def ingest_gate(policy: Policy, drop: Drop, origin: Ancestry = ORIGINAL) -> GateResult:
    """Hold a drop that is too small, whose partitions do not hold what was read, or that is itself a stand-in, undeclared."""
    minimum = policy.gates.ingest.min_rows
    allowed = policy.synthesize.generations
    repair = "; declare it with `synthesize.generations`, or send the original"
    told = " / ".join(origin.parents[:3]) + repair if origin.parents else ""
    demands = [
        Demand("files", float(len(drop.files)), at_least=1),
        Demand("generations of synthetic data", float(origin.generation), at_most=allowed, reason=told),
    ]
    too_few = f"a table needs {minimum.value:g} rows, or a lower `gates.ingest.min_rows` in the policy"
    for table in drop.tables:
        reason = "" if minimum.holds(table.n_rows) else too_few
        demands.append(_demand(f"{table.name}: rows", float(table.n_rows), minimum, reason))
    return _told(_evaluated("ingest", demands, drop.tables))


@stage("gate-classify")
def classify_gate(policy: Policy, classified: Sequence[Classification], files: Sequence[SourceFile] = ()) -> GateResult:
    """Hold when a column has no finding, is in doubt or of another kind than was approved, or when a required model is missing.

    Where the policy demands it, hold as well when the columns that it keeps single rows out together. Columns that are new, gone
    or of another type than when they were approved are told, and hold nothing here.

    Parameters
    ----------
    files : what each table was read from, in the order of the tables; needed for `gates.classify.singled_out` only.
    """
    demands = []
    for each in classified:
        found = {finding.column for finding in each.findings}
        without = sum(column.name not in found for column in each.table.columns)
        demands.append(Demand(f"{each.table.name}: columns without a finding", float(without), at_most=0))
        demands += _doubted(policy, each) + _compared(policy, each) + _sampled(policy, each)
    if policy.gates.classify.require_models:
        missing = sorted({model for each in classified for model in each.missing_models})
        reason = f"not installed: {', '.join(missing)}" if missing else ""
        demands.append(Demand("models missing", float(len(missing)), at_most=0, reason=reason))
    if policy.gates.classify.singled_out is not None:
        demands += [kept_together(policy, file, each) for file, each in zip(files, classified, strict=True)]
    return _told(evaluate("classify", demands))


def _doubted(policy: Policy, classified: Classification) -> list[Demand]:
    """Columns that were found with less confidence than the policy demands, and that no reviewer approved."""
    least = policy.gates.classify.min_confidence
    if least is None:
        return []
    approved = classified.comparison.approved
    doubted = [each.column for each in classified.findings if not least.holds(each.confidence) and each.column not in approved]
    reason = f"{_names(doubted)}: under {least.value:g}; look at them and name them under `approved`" if doubted else ""
    return [Demand(f"{classified.table.name}: columns in doubt", float(len(doubted)), at_most=0, reason=reason)]


def _sampled(policy: Policy, classified: Classification) -> list[Demand]:
    """Columns that pass for harmless by a sample of their values, where the policy demands that all are read."""
    if policy.gates.classify.scan != "full":
        return []
    sampled = [each.column for each in classified.findings if each.entity is None and each.detectable_share > 0]
    name = f"{classified.table.name}: columns of which a sample was read"
    return [Demand(name, float(len(sampled)), at_most=0, reason=_names(sampled))]


def _compared(policy: Policy, classified: Classification) -> list[Demand]:
    """What differs from what was approved of the table; nothing if nothing was."""
    found, table = classified.comparison, classified.table.name
    if not found.approved:
        return []
    refused = policy.gates.classify.drift == "refuse"
    told = {"new since they were approved": found.new, "approved and not there": found.missing, "of another type": found.retyped}
    return [
        Demand(f"{table}: columns of another kind than approved", float(len(found.changed)), at_most=0 if refused else None,
               reason=_told_changes(found.changed)),
        *(Demand(f"{table}: columns {what}", float(len(names)), reason=_names(list(names))) for what, names in told.items()),
    ]  # fmt: skip


def _told_changes(changed: Mapping[str, str]) -> str:
    shown = [f"`{column}` {change}" for column, change in list(changed.items())[:5]]
    return " / ".join(shown) + (f" / and {len(changed) - 5} more" if len(changed) > 5 else "")


@stage("gate-plan")
def plan_gate(policy: Policy, classified: Sequence[Classification], plans: Sequence[Plan]) -> GateResult:
    """Hold when a column is left undecided, or personal data is kept by a rule that was not written for it."""
    demands = []
    for each, plan in zip(classified, plans, strict=True):
        columns = [column.name for column in each.table.columns]
        covered = float([step.column for step in plan.steps] == columns)
        undecided = [step.column for step in plan.steps if step.transform is None]
        by_column = {finding.column: finding for finding in each.findings}
        kept = [
            step.column
            for step in plan.steps
            if any(action.transform == "keep" for action in step.actions)
            and (by_column[step.column].role == "direct" or by_column[step.column].special_category)
            and not step.decided_by.startswith("columns.")
        ]
        demands += [
            Demand(f"{plan.table}: one step per column", covered, at_least=1),
            Demand(f"{plan.table}: columns undecided", float(len(undecided)), at_most=policy.gates.plan.max_unresolved.value,
                   reason=_names(undecided)),
            Demand(f"{plan.table}: direct or special data kept by a rule", float(len(kept)), at_most=0, reason=_names(kept)),
            Demand(f"{plan.table}: transforms too weak for the rows", float(len(plan.weaknesses)), at_most=0,
                   reason=" / ".join(plan.weaknesses[:5])),
        ]  # fmt: skip
    return _told(evaluate("plan", demands))


@stage("gate-transform")
def transform_gate(policy: Policy, transformed: Transformed) -> GateResult:
    """Hold when rows, nulls, kept cells or references changed, an identifier survived, or k is too small."""
    gates = policy.gates.transform
    demands = [
        Demand(f"{fact.table}: {fact.name}", fact.value, at_most=fact.at_most, at_least=fact.at_least, reason=fact.reason)
        for fact in transformed.facts
    ]
    demands += _judge(transformed.results, gates, leave_out=("row_loss", "quarantined"))  # among the facts
    demands += [
        Demand(f"{result.table}: {result.check}", result.bad_end, at_most=0, reason=result.detail)
        for result in transformed.results
        if result.check in NEVER
    ]
    tokens = _token_demands(policy, transformed.plans, transformed.tables)
    return _told(_evaluated("transform", demands, transformed.tables, tokens))


@stage("gate-synthesize")
def synthesize_gate(policy: Policy, made: Sequence[Synthesis], results: Sequence[CheckResult]) -> GateResult:
    """Hold when the synthetic tables are not of the shape, types, formats and ranges of the transformed ones."""
    if not made:
        return _told(evaluate("synthesize", _without_stand_in(policy, made, policy.gates.synthesize)))
    demands = _judge(results, policy.gates.synthesize)
    for synthesis in made:
        finite = all(abs(loss) < float("inf") for epoch in synthesis.history for loss in epoch.losses.values())
        demands.append(Demand(f"{synthesis.synthetic.name}: losses finite", float(finite), at_least=1))
    return _told(_evaluated("synthesize", demands, [synthesis.synthetic for synthesis in made]))


@stage("gate-check")
def check_gate(policy: Policy, checked: Checked) -> GateResult:
    """Hold when fidelity, utility or risk is on the wrong side of what the policy demands, or was not measured."""
    if _asks_for_none(policy):
        return _told(evaluate("check", _without_stand_in(policy, (), policy.gates.check)))
    return _told(evaluate("check", _judge(checked.report.results, policy.gates.check)))


def _judge(results: Iterable[CheckResult], gates: object, leave_out: Sequence[str] = ()) -> list[Demand]:
    """Put each demanded check against its results in every table; a demanded check without any result is not passed."""
    by_name: dict[str, list[CheckResult]] = {}
    for result in results:
        by_name.setdefault(result.check, []).append(result)
    demands = []
    for name, threshold in _thresholds(gates):
        if name in leave_out:
            continue
        found = by_name.get(name, [])
        if not found:
            demands.append(_demand(name, None, threshold, "no result"))
        demands += [_demand(f"{result.table}: {name}", result.bad_end, threshold, result.detail) for result in found]
    return demands


def _without_stand_in(policy: Policy, made: Sequence[Synthesis], gates: BaseModel) -> list[Demand]:
    """Where the policy asks for no stand-in: there is none, and what the policy itself demands of one was not measured."""
    none = _asks_for_none(policy)
    reason = "the policy asks for no stand-in, so there is nothing to measure; take the demand out of `gates`"
    demands = [Demand("stand-ins", float(len(made)) if none else None, at_most=0, reason="the policy asks for none" * none)]
    written = gates.model_fields_set
    return demands + [_demand(name, None, threshold, reason) for name, threshold in _thresholds(gates) if name in written]


def _asks_for_none(policy: Policy) -> bool:
    return all(policy.synthesize.method(table) == "none" for table in policy.tables)


def _thresholds(gates: object) -> list[tuple[str, Threshold]]:
    from veil.policy import Threshold

    return [(name, value) for name, value in vars(gates).items() if isinstance(value, Threshold)]


def _demand(name: str, observed: float | None, threshold: Threshold, reason: str = "") -> Demand:
    low, high = (threshold.value, None) if threshold.op == ">=" else (None, threshold.value)
    return Demand(name, observed, at_least=low, at_most=high, reason=reason)


def _evaluated(
    stage: str, demands: Sequence[Demand], tables: Sequence[Table], columns: Sequence[TableDemand] = ()
) -> GateResult:
    """Evaluate a gate with the shape of its tables, and demands on columns of them, read partition by partition.

    `table` of a demand on a column is the table's name; only columns that such a demand names are read whole.
    """
    shapes: list[TableDemand] = []
    frames: dict[str, Iterable[pd.DataFrame]] = {}
    for table in tables:
        there = float(sum(store.partition_rows(table)))
        demands = [*demands, Demand(f"{table.name}: row count", there, table.n_rows, table.n_rows)]
        arguments = {"column_list": [column.name for column in table.columns]}
        columns_in_order = "expect_table_columns_to_match_ordered_list"
        told = f"{len(table.columns)} columns"
        shapes.append(TableDemand(f"{table.name}: columns in order", f"{table.name} shape", columns_in_order, arguments, told))
        frames[f"{table.name} shape"] = islice(store.read_partitions(table), 1)
        named = sorted({str(demand.arguments["column"]) for demand in columns if demand.table == table.name})
        if named:
            frames[table.name] = store.read_partitions(table, columns=named)
    return evaluate(stage, demands, table_demands=[*shapes, *columns], tables=frames)


def _token_demands(policy: Policy, plans: Sequence[Plan], tables: Sequence[Table]) -> list[TableDemand]:
    """Demand that a column of tokens holds nothing else but what passes unchanged: null, empty, declared null values."""
    demands = []
    for plan, table in zip(plans, tables, strict=True):
        for step in plan.steps:
            if step.transform == "token" and step.branch is None:
                others = policy.defaults.null_values + ((step.fill,) if step.nulls == "fill" else ())
                unchanged = "".join(f"|{re.escape(value)}" for value in others)
                regex = f"^(?:{re.escape(str(step.parameters.get('prefix', '')))}[A-Z]+{unchanged}|)$"
                arguments = {"column": step.column, "regex": regex}
                name = f"{table.name}: `{step.column}` holds tokens only"
                demands.append(TableDemand(name, table.name, "expect_column_values_to_match_regex", arguments, "token format"))
    return demands


def _names(columns: Sequence[str]) -> str:
    shown = ", ".join(f"`{column}`" for column in columns[:5])
    return shown + (f" and {len(columns) - 5} more" if len(columns) > 5 else "")


def _told(result: GateResult) -> GateResult:
    log("gate", stage=result.stage, passed=result.passed, checks=len(result.expectations), failed=len(result.failed))
    return result
