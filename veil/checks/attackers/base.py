"""How an attacker's success is told."""

from __future__ import annotations

from veil.checks.intervals import clopper_pearson
from veil.model import CheckResult


def attack_result(
    check: str, table: str, columns: tuple[str, ...], hits: float, trials: int, *, baseline: float, control: float, what: str
) -> CheckResult:
    """Return a share of successful attempts with its 95 % interval.

    Parameters
    ----------
    hits : successful attempts; a guess among m counts as 1 / m.
    baseline : share that somebody reaches who guesses.
    control : share that the same attack reaches where there is nothing to find.
    what : what was attempted, in words.
    """
    low, high = clopper_pearson(min(round(hits), trials), trials)
    detail = f"{what}; guessing reaches {baseline:.2%}, the control {control:.2%}"
    share = hits / trials
    return CheckResult(
        check, "privacy", table, columns, share, min(low, share), max(high, share), "lower", detail=detail, n=trials
    )


def not_attacked(check: str, table: str, reason: str) -> CheckResult:
    """Return that an attack could not be tried; that is no pass."""
    return CheckResult(check, "privacy", table, (), None, better="lower", status="not_run", detail=reason)
