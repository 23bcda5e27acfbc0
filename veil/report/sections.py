"""What each section shows, as small values that the page's template writes out in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from veil.model import CheckResult, ColumnProfile, Finding, GateResult, Plan, Stage
from veil.report import svg, words
from veil.report.content import STAGES, ReportContent
from veil.report.explanations import Explanation
from veil.report.judgement import Judged, judge


@dataclass(frozen=True)
class Part:
    """One kind in a bar of kinds: how many columns, and what the kind means."""

    name: str
    count: int
    meaning: str


@dataclass(frozen=True)
class FoundTable:
    """The findings of a table, with the profile of each column where there is one."""

    table: str
    rows: tuple[tuple[Finding, ColumnProfile | None], ...]
    parts: tuple[Part, ...]
    bar: Markup


@dataclass(frozen=True)
class DoneTable:
    """The plan of a table."""

    plan: Plan
    parts: tuple[Part, ...]
    bar: Markup
    undecided: int


@dataclass(frozen=True)
class RiskGroup:
    """One privacy check in all tables."""

    check: str
    explanation: Explanation
    rows: tuple[Judged, ...]


@dataclass(frozen=True)
class StageMark:
    """A stage in the strip at the top."""

    stage: Stage
    meaning: str
    shape: Literal["pass", "fail", "none"]
    word: str


def journey(content: ReportContent) -> list[StageMark]:
    """Return every stage and what became of it."""
    return [_stage_mark(stage, content.stage_state(stage)) for stage in STAGES]


def found(content: ReportContent) -> list[FoundTable]:
    """Return the findings by table, in the order of the tables."""
    return [_found_table(content, table) for table in dict.fromkeys(finding.table for finding in content.findings)]


def done(content: ReportContent) -> list[DoneTable]:
    """Return the plans with their effects counted."""
    return [_done_table(plan) for plan in content.plans]


def risk(content: ReportContent) -> list[RiskGroup]:
    """Return the privacy checks, each with its results in all tables."""
    judged = judge(content, "privacy")
    return [
        RiskGroup(check, words.explain(check), tuple(each for each in judged if each.result.check == check))
        for check in dict.fromkeys(each.result.check for each in judged)
    ]


def gates(content: ReportContent) -> list[tuple[Stage, tuple[GateResult, ...]]]:
    """Return the gates by stage, an empty tuple for a stage without a result."""
    return [(stage, tuple(gate for gate in content.gates if gate.stage == stage)) for stage in STAGES if stage != "release"]


def untested(content: ReportContent) -> list[str]:
    """Return what no check of this run looked at, one sentence each."""
    ran = [result for result in content.results() if result.status != "not_run"]
    names = " ".join(result.check for result in ran)
    missed = [sentence for part, sentence in words.ATTACKS.items() if part not in names]
    not_run = [result for result in content.results() if result.status == "not_run"]
    could_not = [
        f"Could not run in table {result.table}: {_name(result)} ({result.detail or 'no reason given'})." for result in not_run
    ]
    withheld = [
        f"Not learnt and so not compared in table {facts.table}: {', '.join(facts.withheld)}."
        for facts in content.syntheses
        if facts.withheld
    ]
    absent = [f"Not installed, so nothing was found by it: {model}." for model in content.models_missing]
    return [*could_not, *absent, *missed, *words.ALWAYS_UNTESTED, *withheld]


def assumptions(content: ReportContent) -> list[str]:
    """Return what the figures rest on, one sentence each."""
    said = [
        "A check that is met says that this attack failed, at this sample size, on these tables. It bounds leakage from below: "
        "a better attack may find more.",
        "Roles come from the classifier and the policy. A column taken for harmless that is not would escape the group sizes.",
    ]
    if content.syntheses:
        said.append(
            "Attackers are taken to hold the synthetic table and to know every learnt column of the person they look for; "
            "the people put aside for control were never seen by the model."
        )
    if content.keys:
        said.append("Keys are kept apart from the output. Whoever holds a key can tie its pseudonyms to people again.")
    if content.syntheses and all(facts.epsilon is None for facts in content.syntheses):
        said.append("No differential privacy: the model gives no mathematical bound on what it tells about one person.")
    return said


def _stage_mark(stage: Stage, state: str) -> StageMark:
    if state == "passed":
        return StageMark(stage, words.STAGES[stage], "pass", "published" if stage == "release" else "passed")
    if state == "held":
        return StageMark(stage, words.STAGES[stage], "fail", "held here")
    return StageMark(stage, words.STAGES[stage], "none", state)


def _found_table(content: ReportContent, table: str) -> FoundTable:
    findings = [finding for finding in content.findings if finding.table == table]
    profiles = {profile.column: profile for profile in content.profiles.get(table, ())}
    roles = Counter(finding.role for finding in findings)
    parts = tuple(Part(role, roles[role], meaning) for role, meaning in words.ROLES.items() if roles[role])  # type: ignore[index]
    return FoundTable(table, tuple((each, profiles.get(each.column)) for each in findings), parts, _bar(parts, "roles"))


def _done_table(plan: Plan) -> DoneTable:
    effects = Counter(step.effect for step in plan.steps if step.transform is not None)
    known = {**words.EFFECTS, **{effect: "" for effect in sorted(effects) if effect not in words.EFFECTS}}
    parts = tuple(Part(effect, effects[effect], meaning) for effect, meaning in known.items() if effects[effect])
    undecided = sum(step.transform is None for step in plan.steps)
    return DoneTable(plan, parts, _bar(parts, "effects"), undecided)


def _bar(parts: Sequence[Part], what: str) -> Markup:
    told = ", ".join(f"{part.count} {part.name}" for part in parts)
    return svg.stacked_bar([(part.name, part.count) for part in parts], title=f"Columns by {what}: {told}")


def _name(result: CheckResult) -> str:
    return words.explain(result.check).title.lower()
