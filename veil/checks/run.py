"""Run checks on one table, on one thread, and put what they measured together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from veil.checks.base import Check, CheckInput, not_run
from veil.errors import VeilError
from veil.model import CheckReport


@runtime_checkable
class Illustrated(Protocol):
    """A check that also returns what the report draws: distributions, associations, model scores."""

    def report(self, tables: CheckInput) -> CheckReport:
        """Return the results of `measure` and what belongs to them."""
        ...


def run(tables: CheckInput, names: Iterable[str] | None, checks: Mapping[str, Check]) -> CheckReport:
    """Run checks one after the other, in the order of `checks`.

    Parameters
    ----------
    names : of checks or of their results, in any order; None runs all. A name that no check has is `not_run`.
    checks : the checks to choose from, by name.

    Returns
    -------
    report : a result for every measure of every check that ran. A check that failed, or that a column is missing for, is there
        as `not_run` with the type of its error: what could not run did not pass.
    """
    from threadpoolctl import threadpool_limits

    chosen, unknown = _chosen(checks, names)
    with threadpool_limits(limits=1):  # threads that fight over busy cores make a fit fifty times slower, and change last digits
        parts = [_report(check, tables) for check in chosen]
    unmeasured = tuple(not_run(name, "structure", tables, "no check of that name") for name in unknown)
    return CheckReport(
        tuple(result for part in parts for result in part.results) + unmeasured,
        tuple(comparison for part in parts for comparison in part.comparisons),
        tuple(association for part in parts for association in part.associations),
        tuple(model for part in parts for model in part.models),
    )


def _chosen(available: Mapping[str, Check], names: Iterable[str] | None) -> tuple[list[Check], list[str]]:
    if names is None:
        return list(available.values()), []
    wanted = set(names)
    chosen = [check for name, check in available.items() if wanted & {name, *check.measures}]
    answered = {name for check in chosen for name in (check.name, *check.measures)}
    return chosen, sorted(wanted - answered)


def _report(check: Check, tables: CheckInput) -> CheckReport:
    """Return what a check measured; a failure by its type only, because its text can hold a cell."""
    missing = [column.name for column in tables.columns
               if any(column.name not in table.columns for table in (tables.train, tables.holdout, tables.synthetic))]
    if missing and check.name != "structure":
        return _failed(check, tables, f"{len(missing)} of {len(tables.columns)} columns are missing in a table")
    try:
        return check.report(tables) if isinstance(check, Illustrated) else CheckReport(check.measure(tables))
    except VeilError:
        raise
    except Exception as error:  # noqa: BLE001 - one check's failure must not hide the others' results
        reason = f"failed: {type(error).__name__}"
    return _failed(check, tables, reason)


def _failed(check: Check, tables: CheckInput, reason: str) -> CheckReport:
    return CheckReport(tuple(not_run(name, check.family, tables, reason) for name in check.measures))
