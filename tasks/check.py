"""Check: what the stand-ins are worth and what they give away, measured against the holdout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks import store
from tasks.classify import Classification
from tasks.generations import Before
from tasks.plan import Planned
from tasks.residual import Sources, identifier_results
from tasks.stage import log, stage
from veil.checks import CHECKS, CheckInput, Structure, Validity, run_checks
from veil.columns import NUMERIC_TYPES
from veil.model import CheckReport, CheckResult, Column, Synthesis

if TYPE_CHECKING:
    from tasks.synthesize import Synthesized
    from tasks.transform import Transformed

GATE_CHECKS = ("structure", "validity")
QUALITY_CHECKS = tuple(name for name in CHECKS if name not in GATE_CHECKS)


@dataclass(frozen=True)
class Checked:
    """All that was measured, on the transformed and on the synthetic tables."""

    report: CheckReport


@stage("check")
def check(
    classified: Sequence[Classification],
    planned: Planned,
    transformed: Transformed,
    synthesized: Synthesized,
    seed: int,
    before: Before | None = None,
) -> Checked:
    """Measure fidelity, utility and risk of every stand-in, and scan it for identifiers of the drop.

    Parameters
    ----------
    seed : for samples, attacks and models.
    before : the data set's release before this one, to tell how far the stand-ins drifted.
    """
    report = merged([
        synthesized.measured[name]
        if (name := synthesis.synthetic.name) in synthesized.measured
        else measured([synthesis], synthesized.learned, planned, seed, QUALITY_CHECKS)
        for synthesis in synthesized.syntheses
    ])
    synthetic = [synthesis.synthetic for synthesis in synthesized.syntheses]
    residual = identifier_results(Sources.of(classified, planned.plans), synthetic, planned.plans)
    drift = before.drift(synthesized.syntheses, synthesized.learned, seed) if before else ()
    results = (*(_not_synthesized(transformed) if not synthetic else ()), *report.results, *residual, *drift)
    log("checked", results=len(results))
    return Checked(CheckReport((*synthesized.results, *results), report.comparisons, report.associations, report.models))


def measured(
    syntheses: Sequence[Synthesis],
    learned: Mapping[str, tuple[Column, ...]],
    planned: Planned,
    seed: int,
    names: Sequence[str],
    n_rows: int | None = None,
) -> CheckReport:
    """Run the named checks on every stand-in.

    Parameters
    ----------
    n_rows : how many rows each stand-in was to have; None is as many as the original.
    """
    by_table = {plan.table: plan for plan in planned.plans}
    reports = []
    for synthesis in syntheses:
        name = synthesis.synthetic.name
        columns = learned[name]
        beyond = _beyond(synthesis, columns)
        checks = {**CHECKS, "structure": Structure(n_rows=n_rows), "validity": Validity(beyond=tuple(beyond))}
        chosen = [column.name for column in columns]
        known = set(chosen)
        tables = CheckInput(
            table=name,
            columns=columns,
            quasi_identifiers=tuple(column for column in by_table[name].quasi_identifiers if column in known),
            train=store.read_table(synthesis.train, columns=chosen),
            holdout=store.read_table(synthesis.holdout, columns=chosen),
            synthetic=store.read_table(synthesis.synthetic, columns=chosen),
            target=planned.targets[name] if planned.targets[name] in known else None,
            seed=seed,
        )
        reports.append(run_checks(tables, names, checks=checks))
    return merged(reports)


def _beyond(synthesis: Synthesis, columns: Sequence[Column]) -> list[str]:
    """Return the columns whose numbers may lie outside of the original's range: by request, or because that range is private."""
    asked = [column for fact in synthesis.asked if fact["kind"] == "extremes" for column in fact["columns"]]
    private = [column.name for column in columns if synthesis.epsilon is not None and column.type in NUMERIC_TYPES]
    return list(dict.fromkeys([*asked, *private]))


def merged(reports: Sequence[CheckReport]) -> CheckReport:
    """Return one report of all."""
    return CheckReport(
        results=tuple(result for report in reports for result in report.results),
        comparisons=tuple(each for report in reports for each in report.comparisons),
        associations=tuple(each for report in reports for each in report.associations),
        models=tuple(each for report in reports for each in report.models),
    )


def _not_synthesized(transformed: Transformed) -> list[CheckResult]:
    """Say of each table that there is no stand-in to measure: not run, and that is not a pass."""
    return [
        CheckResult("fidelity", "fidelity", table.name, (), None, status="not_run", detail="the policy asks for no stand-in")
        for table in transformed.tables
    ]
