"""The short summary of a run: what became of the columns, the gates, quality, risk, seconds and where the report is."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from veil.legal import legal_label
from veil.report import render_markdown
from veil.report.judgement import FAMILIES, judge

if TYPE_CHECKING:
    from flows.record import Record
    from veil.model import CheckResult, Release
    from veil.report import ReportContent

QUALITY = ("fidelity", "correlation_difference", "utility_kept")
RISK = ("residual_identifiers", "attack_singling_out", "attack_frequency", "attack_dates", "exact_copies", "nearest_share",
        "membership_auc", "k", "unique_share")  # fmt: skip


def summary_lines(record: Record, release: Release | None, message: str) -> list[str]:
    """Return the summary for a terminal: names, counts and figures, no cell."""
    lines = _columns(record) + _label(record) + _gates(record) + _figures(record)
    seconds = ", ".join(f"{stage} {value:.0f} s" for stage, value in record.seconds.items())
    lines.append(f"Seconds    {sum(record.seconds.values()):.0f} ({seconds})")
    if release is None:
        return [*lines, message]
    lines.append(f"Decision   {release.decision.upper()}: {'; '.join(release.reasons)}")
    if release.tables:
        lines.append(f"Tables     {release.uri}")
        lines += [f"           {table}" for table in release.tables]
    return [*lines, f"Report     {release.report}"]


def decision_markdown(content: ReportContent, release: Release) -> str:
    """Return the decision for a Prefect artifact: the report's summary, every figure beside its limit, and where things lie."""
    heads = ("check", "table", "value", "95% interval", "limit", "verdict")
    rows = [
        (each.explanation.title, each.result.table, each.figure, each.between, each.limit, each.verdict)
        for each in judge(content, *FAMILIES)
    ]
    figures = [_row(heads), _row(("---",) * len(heads)), *(_row(tuple(map(_escaped, row))) for row in rows)]
    every = ["## Every figure", "", *figures] if rows else []
    return "\n".join([render_markdown(content), *every, "", f"Report: `{release.report}`", "", f"Folder: `{release.uri}`", ""])


def decision_line(release: Release) -> str:
    """Return the decision in one line, for lists of artifacts."""
    return f"{release.decision.capitalize()}: {'; '.join(release.reasons)}"


def _columns(record: Record) -> list[str]:
    lines = []
    for plan in record.plans:
        effects = Counter(step.effect for step in plan.steps)
        told = ", ".join(f"{count} {effect}" for effect, count in sorted(effects.items()))
        lines.append(f"Columns    {plan.table}: {len(plan.steps)} columns: {told}")
        width = max(len(step.column) for step in plan.steps)
        for step in plan.steps:
            found = step.entity or "-"
            lines.append(f"             {step.column:<{min(width, 40)}}  {found:<16.16}  {step.transform or 'UNDECIDED'}")
    return lines


def _label(record: Record) -> list[str]:
    """Say what the output is in law, once it is planned."""
    return [f"In law     {legal_label(record.plans).words}"] if record.plans else []


def _gates(record: Record) -> list[str]:
    told = [f"{gate.stage} {'passed' if gate.passed else 'FAILED'} ({len(gate.expectations)})" for gate in record.gates]
    failed = [
        f"             {gate.stage}: {line.name}: {line.demanded} demanded, {_number(line.observed)} observed {line.reason}"
        for gate in record.gates
        for line in gate.expectations
        if not line.passed
    ]
    return [f"Gates      {', '.join(told)}", *failed] if told else []


def _figures(record: Record) -> list[str]:
    lines = []
    for heading, names in (("Quality", QUALITY), ("Risk", RISK)):
        shown = [result for result in _shown(record) if result.check in names]
        lines += [
            f"{heading if at == 0 else '':<10} {result.table}: {result.check} {_with_interval(result)}"
            for at, result in enumerate(shown)
        ]
    return lines


def _shown(record: Record) -> list[CheckResult]:
    results = list(record.transformed.results) if record.transformed else []
    results += record.checked.report.results if record.checked else []
    wanted = set(QUALITY) | set(RISK)
    return list({(result.table, result.check): result for result in results if result.check in wanted}.values())


def _with_interval(result: CheckResult) -> str:
    if result.value is None or result.status == "not_run":
        return f"not run: {result.detail}"
    interval = f" [{_number(result.low)}, {_number(result.high)}]" if result.low is not None and result.low != result.high else ""
    return _number(result.value) + interval


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.3g}"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#!|~@&])", r"\\\1", text.replace("\n", " "))
