"""What each section shows, as small values that the page's template writes out in order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from markupsafe import Markup

from veil.model import Association, CheckResult, ColumnProfile, Comparison, Epoch, Finding, GateResult, ModelScore, Plan, Stage
from veil.report import numbers, svg, words
from veil.report.content import STAGES, ReportContent
from veil.report.judgement import Judged, judge

T = TypeVar("T")
MAX_DRAWN = 120
MAX_MAPPED = 60
MAX_LEGEND = 24
MAX_PAIRS = 5


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
class Panel:
    """One column's two distributions."""

    comparison: Comparison
    drawing: Markup


@dataclass(frozen=True)
class Pair:
    """Two columns and how strongly they hang together in both tables."""

    first: str
    second: str
    original: float
    synthetic: float

    @property
    def difference(self) -> float:
        """Synthetic minus original."""
        return self.synthetic - self.original


@dataclass(frozen=True)
class Maps:
    """Association of the columns in the original, in the synthetic table, and the difference."""

    columns: tuple[str, ...]
    left_out: int
    original: Markup
    synthetic: Markup
    difference: Markup
    furthest: tuple[Pair, ...]


@dataclass(frozen=True)
class FidelityTable:
    """Everything that compares one synthetic table with its original, column by column."""

    table: str
    panels: tuple[Panel, ...]
    scores_only: tuple[Comparison, ...]
    maps: Maps | None


@dataclass(frozen=True)
class Losses:
    """The training of one table."""

    table: str
    names: tuple[str, ...]
    n_epochs: int
    last: tuple[tuple[str, float], ...]
    drawing: Markup


@dataclass(frozen=True)
class ModelRow:
    """One model trained twice, with its rank among the others; 1 is best."""

    score: ModelScore
    rank_original: int
    rank_synthetic: int
    drawing: Markup

    @property
    def difference(self) -> float:
        """Synthetic minus original."""
        return self.score.trained_on_synthetic - self.score.trained_on_original


@dataclass(frozen=True)
class UtilityTable:
    """The models of one table and target."""

    table: str
    target: str
    metric: str
    rows: tuple[ModelRow, ...]

    @property
    def same_best(self) -> bool:
        """Whether both trainings would choose the same model."""
        return any(row.rank_original == row.rank_synthetic == 1 for row in self.rows)

    @property
    def same_order(self) -> bool:
        """Whether both trainings rank all models alike."""
        return all(row.rank_original == row.rank_synthetic for row in self.rows)


@dataclass(frozen=True)
class RiskGroup:
    """One privacy check in all tables."""

    check: str
    explanation: words.Explanation
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
    return [_found_table(content, table) for table in _distinct(finding.table for finding in content.findings)]


def done(content: ReportContent) -> list[DoneTable]:
    """Return the plans with their effects counted."""
    return [_done_table(plan) for plan in content.plans]


def fidelity(content: ReportContent) -> list[FidelityTable]:
    """Return the comparisons and associations by table."""
    if content.checks is None:
        return []
    compared = _distinct(
        [each.table for each in content.checks.comparisons] + [each.table for each in content.checks.associations]
    )
    return [_fidelity_table(content.checks.comparisons, content.checks.associations, table) for table in compared]


def training(content: ReportContent) -> list[Losses]:
    """Return the losses by table; a table without a history is left out."""
    return [_losses(table, history) for table, history in content.histories.items() if history]


def utility(content: ReportContent) -> list[UtilityTable]:
    """Return the models by table and target, the best on the original first."""
    scores = content.checks.models if content.checks else ()
    groups = _distinct((score.table, score.target, score.metric) for score in scores)
    return [
        UtilityTable(*group, rows=_model_rows([score for score in scores if (score.table, score.target, score.metric) == group]))
        for group in groups
    ]


def risk(content: ReportContent) -> list[RiskGroup]:
    """Return the privacy checks, each with its results in all tables."""
    judged = judge(content, "privacy")
    return [
        RiskGroup(check, words.explain(check), tuple(each for each in judged if each.result.check == check))
        for check in _distinct(each.result.check for each in judged)
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


def _fidelity_table(comparisons: Sequence[Comparison], associations: Sequence[Association], table: str) -> FidelityTable:
    ours = [each for each in comparisons if each.table == table]
    lowest = set(sorted(range(len(ours)), key=lambda index: (ours[index].score, index))[:MAX_DRAWN])
    panels = tuple(_panel(each) for index, each in enumerate(ours) if index in lowest)
    rest = tuple(each for index, each in enumerate(ours) if index not in lowest)
    maps = next((_maps(each) for each in associations if each.table == table and each.columns), None)
    return FidelityTable(table, panels, rest, maps)


def _panel(comparison: Comparison) -> Panel:
    numeric = comparison.kind == "numeric"
    shares = f"shares in {len(comparison.original)} {'bins' if numeric else 'levels by rank'}"
    title = f"{words.visible(comparison.column)}: {shares}, score {numbers.score(comparison.score)}"
    return Panel(comparison, svg.distribution(comparison.original, comparison.synthetic, numeric=numeric, title=title))


def _maps(association: Association) -> Maps:
    original, synthetic = association.original, association.synthetic
    count = len(association.columns)
    gaps = [[synthetic[row][column] - original[row][column] for column in range(count)] for row in range(count)]
    mapped = _most_changed(gaps)
    furthest = sorted(_pairs(association), key=lambda pair: (-abs(pair.difference), pair.first, pair.second))[:MAX_PAIRS]
    return Maps(
        columns=tuple(association.columns[index] for index in mapped),
        left_out=count - len(mapped),
        original=_map(original, mapped, "association", "in the original"),
        synthetic=_map(synthetic, mapped, "association", "in the synthetic table"),
        difference=_map(gaps, mapped, "difference", "synthetic minus original"),
        furthest=tuple(furthest),
    )


def _map(matrix: Sequence[Sequence[float]], chosen: Sequence[int], scale: svg.Heat, where: str) -> Markup:
    cells = [[matrix[row][column] for column in chosen] for row in chosen]
    return svg.heat_map(cells, scale=scale, title=f"Association between {len(chosen)} columns, {where}")


def _most_changed(gaps: Sequence[Sequence[float]]) -> list[int]:
    """Return the columns to draw, in order: all of them, or those that changed most where there are too many."""
    change = [sum(abs(gap) for gap in row if math.isfinite(gap)) for row in gaps]
    return sorted(sorted(range(len(gaps)), key=lambda index: (-change[index], index))[:MAX_MAPPED])


def _pairs(association: Association) -> list[Pair]:
    pairs = [
        Pair(first, second, association.original[row][column], association.synthetic[row][column])
        for row, second in enumerate(association.columns)
        for column, first in enumerate(association.columns[:row])
    ]
    return [pair for pair in pairs if math.isfinite(pair.difference)]


def _losses(table: str, history: tuple[Epoch, ...]) -> Losses:
    names = tuple(sorted({name for epoch in history for name in epoch.losses}))
    series = {name: [epoch.losses.get(name, math.nan) for epoch in history] for name in names}
    last = tuple((name, series[name][-1]) for name in names)
    told = ", ".join(f"{name} {value:.2f}" for name, value in last)
    title = f"Losses over {len(history)} epochs in {words.visible(table)}; at the end: {told}"
    return Losses(table, names, len(history), last, svg.line_chart(series, first=history[0].epoch, title=title))


def _model_rows(scores: Sequence[ModelScore]) -> tuple[ModelRow, ...]:
    rows = [
        ModelRow(
            score,
            _rank(score.trained_on_original, [each.trained_on_original for each in scores]),
            _rank(score.trained_on_synthetic, [each.trained_on_synthetic for each in scores]),
            svg.bar_pair(score.trained_on_original, score.trained_on_synthetic, title=_model_title(score)),
        )
        for score in scores
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank_original, row.score.model)))


def _model_title(score: ModelScore) -> str:
    original, synthetic = numbers.score(score.trained_on_original), numbers.score(score.trained_on_synthetic)
    return f"{score.model}: {original} trained on the original, {synthetic} trained on the synthetic table"


def _rank(score: float, scores: Iterable[float]) -> int:
    return 1 + sum(other > score for other in scores)


def _name(result: CheckResult) -> str:
    return words.explain(result.check).title.lower()


def _distinct(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
