"""The plan: one decision per column, with the line of the policy that made it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from veil.errors import PolicyInvalid, UnknownColumn
from veil.model import Branch, ColumnProfile, Finding, Plan, Step, Table
from veil.policy.actions import ColumnAction, Facts, PlainAction
from veil.policy.models import Keyspace, Policy, TablePolicy, identifying_columns
from veil.policy.problems import suggestion
from veil.transforms import TRANSFORMS, Transform
from veil.transforms.canonical import Canonical
from veil.transforms.fake import Fake
from veil.transforms.weakness import Known, weaknesses

UNIQUE_SHARE: Final = 0.95
"""From this share of values that no other row has, a rule's `unique: true` holds; a few repeated visits do not change it."""

SUBJECT_ENTITIES: Final = (
    "CUSTOMER_ID", "EMPLOYEE_ID", "MEDICAL_RECORD_ID", "NATIONAL_ID", "US_SSN", "HEALTH_INSURANCE_ID", "TAX_ID", "PASSPORT",
    "DRIVING_LICENSE", "MEDICAL_LICENSE",
    "EMAIL_ADDRESS", "USER_NAME", "PHONE_NUMBER", "PERSON", "IBAN_CODE", "ACCOUNT_NUMBER", "CREDIT_CARD", "DEVICE_ID",
)
"""What `subject: auto` takes for a person, best first: an identifier that is given to one person before one that is shared."""

KEYSPACE: Final = "in"
"""The parameter of a step that names its keyspace; all others are the transform's own."""


@dataclass(frozen=True)
class ColumnKeyspace:
    """The keyspace that a column's values live in. `key` is None where the policy gives none."""

    name: str
    key: str | None
    canonical: Canonical = "text"
    region: str | None = None


def make_plan(
    policy: Policy,
    table_policy: TablePolicy,
    table: Table,
    findings: Sequence[Finding],
    profiles: Iterable[ColumnProfile] = (),
) -> Plan:
    """Decide what becomes of each column: by its name, else by the first rule that matches, else by `defaults.unmatched`.

    Parameters
    ----------
    table_policy : one of the policy's tables, as `policy.table_for` returns it.
    findings : at least one per column of the table.
    profiles : counts per column; needed if a rule says `unique`.

    Returns
    -------
    A plan with exactly one step per column, in column order. A column that nothing decides has a step whose transform is
    None: the plan gate holds it.

    Raises
    ------
    UnknownColumn : the policy names a column that the table does not have.
    PolicyInvalid : a column without a finding, or a rule about `unique` without profiles.
    """
    found = {finding.column: finding for finding in findings if finding.table == table.name}
    _require_columns(policy, table_policy, table)
    counted = {profile.column: profile for profile in profiles}
    ordered = [found[column.name] for column in table.columns if column.name in found]
    subject = resolve_subject(table_policy, ordered, counted.values())
    decider = _Decider(policy, table_policy, subject, frozenset(column.name for column in table.columns))
    facts = [_facts(table, column.name, found, counted) for column in table.columns]
    steps = _agreeing([decider.step(fact, found[fact.name]) for fact in facts])
    quasi = _quasi_identifiers(table_policy, steps)
    weak = _weaknesses(policy, table_policy, table, steps, counted)
    return Plan(table.name, policy.sha256, table.sha256, subject, quasi, steps, weak)


def resolve_subject(
    table_policy: TablePolicy, findings: Sequence[Finding], profiles: Iterable[ColumnProfile] = ()
) -> str | None:
    """Return the column that says whom a row is about: the one the policy names or, for `auto`, the best direct identifier.

    Of two columns with the same entity, the one with more distinct values is taken (an organizer, a seller or a manager is
    shared by many subjects), then the surer finding, then the earlier column. None: every row is its own subject.
    """
    if table_policy.subject != "auto":
        return table_policy.subject
    rank = {entity: place for place, entity in enumerate(SUBJECT_ENTITIES)}
    candidates = [finding for finding in findings if finding.role == "direct" and finding.entity in rank]
    distinct = {profile.column: profile.n_distinct for profile in profiles}

    def preference(finding: Finding) -> tuple[int, int, float]:
        return rank[finding.entity or ""], -distinct.get(finding.column, 0), -finding.confidence

    return min(candidates, key=preference).column if candidates else None


def build_transform(step: Step) -> Transform:
    """Return the transform of a step, ready to apply. A step that nothing decided has none."""
    if step.transform is None:
        raise PolicyInvalid(f"column `{step.column}`: {step.reason}")
    own = {name: value for name, value in step.parameters.items() if name != KEYSPACE}
    return TRANSFORMS[step.transform].model_validate_json(json.dumps(own))


def build_transforms(plan: Plan) -> dict[str, Transform]:
    """Return the transform of each column that stays in the table, in column order."""
    return {step.column: build_transform(step) for step in plan.steps if step.transform != "drop"}


def keyspaces(policy: Policy, plan: Plan) -> dict[str, ColumnKeyspace]:
    """Return the keyspace of each column: the one its line names with `in`, else one per entity, else one per column name.

    So that e-mail addresses in two columns get the same pseudonyms without a word in the policy, and a customer number and an
    order number with the same digits do not.
    """
    return {step.column: keyspace_of(policy, step) for step in plan.steps}


def keyspace_of(policy: Policy, step: Step) -> ColumnKeyspace:
    """Return the keyspace of one step; what other rows get (`step.branch.otherwise`) can have another than the step."""
    name = str(step.parameters.get(KEYSPACE) or _default_keyspace(step.entity, step.column))
    declared: Keyspace | None = policy.keyspaces.get(name)
    if declared is not None:
        return ColumnKeyspace(name, declared.key, declared.canonical, declared.region)
    return ColumnKeyspace(name, next(iter(policy.keys)) if len(policy.keys) == 1 else None)


def _default_keyspace(entity: str | None, column: str) -> str:
    return f"entity:{entity}" if entity else f"column:{column}"


def _require_columns(policy: Policy, table_policy: TablePolicy, table: Table) -> None:
    name = policy.name_of(table_policy)
    has = {column.name for column in table.columns}
    missing = [
        f"{policy.source}{f', line {line}' if line else ''}: {'.'.join(path)}: table `{table.name}` has no column `{column}`"
        + (f"; {near}" if (near := suggestion(column, has)) else "")
        for path, column in _mentioned(table_policy)
        if column not in has
        for line in [policy.line("tables", name, *path)]
    ]
    if missing:
        raise UnknownColumn("\n".join(dict.fromkeys(missing)))


def _mentioned(table_policy: TablePolicy) -> Iterable[tuple[tuple[str, ...], str]]:
    for column, action in table_policy.columns.items():
        yield ("columns", column), column
        for needed in columns_named(action):
            yield ("columns", column), needed
    for column in table_policy.references:
        yield ("references", column), column
    for column in table_policy.quasi_identifiers or ():
        yield ("quasi_identifiers",), column
    if table_policy.subject not in (None, "auto"):
        yield ("subject",), str(table_policy.subject)
    if table_policy.target is not None:
        yield ("target",), table_policy.target


def columns_named(action: ColumnAction) -> tuple[str, ...]:
    """Return the other columns of its table that an action names, `where` and `otherwise` included."""
    others = action.otherwise.columns_needed if action.otherwise else ()
    return (*action.columns_needed, *others, *([action.where.column] if action.where else []))


def _facts(table: Table, name: str, found: Mapping[str, Finding], counted: Mapping[str, ColumnProfile]) -> Facts:
    if name not in found:
        raise PolicyInvalid(f"column `{name}` of table `{table.name}` has no finding; classify the table first")
    finding, profile = found[name], counted.get(name)
    return Facts(
        name=name,
        entity=finding.entity,
        role=finding.role,
        type=table.column(name).type,
        free_text=finding.free_text,
        unique=None if profile is None else profile.unique_share >= UNIQUE_SHARE,
    )


def _agreeing(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Give each fake that is built from a name the locale and sex of that name's fake, where it has none of its own."""
    by_column = {step.column: step for step in steps}
    return tuple(_agreeing_step(step, by_column) for step in steps)


def _agreeing_step(step: Step, by_column: Mapping[str, Step]) -> Step:
    if step.branch is not None:
        others = _agreeing_step(step.branch.otherwise, by_column)
        step = replace(step, branch=replace(step.branch, otherwise=others))
    own = build_transform(step) if step.transform == "fake" else None
    if not isinstance(own, Fake) or not own.source or by_column[own.source[0]].transform != "fake":
        return step
    named = build_transform(by_column[own.source[0]])
    agreeing = own.agreeing_with(named) if isinstance(named, Fake) else own
    parameters = agreeing.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return replace(step, parameters={**step.parameters, **parameters})


def _weaknesses(
    policy: Policy,
    table_policy: TablePolicy,
    table: Table,
    steps: Sequence[Step],
    counted: Mapping[str, ColumnProfile],
) -> tuple[str, ...]:
    """Judge the transforms as lint does, by the values that came and the types that were found."""
    identifying = identifying_columns(policy, policy.name_of(table_policy))
    told = []
    for step in steps:
        column, profile = table.column(step.column), counted.get(step.column)
        distinct = profile.n_distinct if profile else table.n_rows
        identifies = step.column in identifying
        known = Known(table_policy.rows, distinct, step.entity, column.type, column.format, identifies)
        for action in step.actions:
            found = weaknesses(build_transform(action), known) if action.transform else ()
            told += [f"`{step.column}`: {weakness.message}; {weakness.repair}" for weakness in found]
    return tuple(dict.fromkeys(told))


def _quasi_identifiers(table_policy: TablePolicy, steps: Sequence[Step]) -> tuple[str, ...]:
    declared = table_policy.quasi_identifiers
    wanted = {step.column for step in steps if step.role == "quasi"} if declared is None else set(declared)
    gone = {step.column for step in steps if all(action.transform in ("drop", "null") for action in step.actions)}
    return tuple(step.column for step in steps if step.column in wanted - gone)


@dataclass(frozen=True)
class _Decider:
    policy: Policy
    table: TablePolicy
    subject: str | None
    names: frozenset[str]

    def step(self, facts: Facts, finding: Finding) -> Step:
        action, where = self._decision(facts)
        if action is None:
            return self._left_over(facts)
        step = self._step(action, where, facts, finding)
        if action.where is None or action.otherwise is None:
            return step
        if action.where.column not in self.names:
            raise UnknownColumn(f"column `{facts.name}`, {where}: `where` names `{action.where.column}`, which the table lacks")
        others = self._step(action.otherwise, f"{where}, otherwise", facts, finding)
        effect = others.effect if step.effect == "keep" else step.effect
        return replace(step, effect=effect, branch=Branch(action.where.test, others))

    def _step(self, action: PlainAction, where: str, facts: Facts, finding: Finding) -> Step:
        parameters = action.written
        if action.declared.keyed:
            parameters = {**parameters, KEYSPACE: action.keyspace or _default_keyspace(facts.entity, facts.name)}
        reason = action.reason or finding.reason
        if action.declared.needs_subject and self.subject is None:
            reason = f"{reason}; no data subject was found, so each row is treated as its own"
        nulls = action.nulls or self.policy.defaults.nulls
        effect = action.declared.effect
        return Step(facts.name, facts.role, facts.entity, action.do, parameters, effect, reason, where, nulls, action.fill)

    def _decision(self, facts: Facts) -> tuple[ColumnAction | None, str]:
        if facts.name in self.table.columns:
            return self.table.columns[facts.name], self._where(f"columns.{facts.name}", "columns", facts.name)
        for place, rule in enumerate(self.table.rules):
            self._require_counts(facts, place)
            if rule.when.matches(facts):
                return rule, self._where(f"rules[{place}]", "rules", place)
        return None, ""

    def _require_counts(self, facts: Facts, place: int) -> None:
        if facts.unique is None and self.table.rules[place].when.unique is not None:
            raise PolicyInvalid(f"rules[{place}] asks whether column `{facts.name}` is unique; give `make_plan` its profile")

    def _left_over(self, facts: Facts) -> Step:
        drop = self.policy.defaults.unmatched == "drop"
        line = self.policy.line("defaults", "unmatched") if "unmatched" in self.policy.defaults.model_fields_set else None
        where = f"defaults.unmatched{f' (line {line})' if line else ''}"
        reason = "no line of the policy decides it" + ("" if drop else "; name it under `columns` or add a rule")
        return Step(
            facts.name, facts.role, facts.entity, "drop" if drop else None, {}, "suppress" if drop else "none", reason, where
        )

    def _where(self, told: str, *path: str | int) -> str:
        line = self.policy.line("tables", self.policy.name_of(self.table), *path)
        return f"{told} (line {line})" if line else told
