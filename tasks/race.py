"""The race of `synthesizer: auto`: every candidate learns the table, and the best that gives nobody away is taken.

A candidate is scored on the holdout by the bad ends of the intervals of `fidelity` and `utility_kept`. It passes if every
privacy demand of the policy's check gate is met by the bad end of its interval. Where none passes the best is taken all the same,
and the check gate holds the run. Each candidate is one more attempt against the same holdout, and the report says how many.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.stage import log
from veil.errors import SynthesisFailed
from veil.model import CheckReport, Contender, Synthesis

if TYPE_CHECKING:
    from veil.policy import Policy

SCORED = ("fidelity", "utility_kept")
PRIVATE = ("membership_auc", "membership_tpr", "exact_copies", "nearest_share")


@dataclass(frozen=True)
class Entrant:
    """A candidate that learnt the table: its stand-in, what was measured of it, and how it stands."""

    synthesis: Synthesis
    report: CheckReport
    standing: Contender


def raced(
    policy: Policy,
    table: str,
    make: Callable[[str], Synthesis],
    measure: Callable[[Synthesis], CheckReport],
    *,
    first: str | None = None,
) -> tuple[Synthesis, CheckReport]:
    """Let the policy's candidates race for a table; return the winner, which holds the race, and what was measured of it.

    Parameters
    ----------
    make : lets a method learn and sample.
    measure : runs all checks on a stand-in.
    first : a method that goes before the candidates, and is taken without a race if it meets the privacy demands: the figures of
        a single table do not see what it keeps, such as whose children rows are.

    Raises
    ------
    SynthesisFailed : no candidate could learn the table; says why for each.
    """
    wanted = policy.synthesize
    started, entrants, others = time.monotonic(), list[Entrant](), list[Contender]()
    for method in (first, *wanted.candidates) if first else wanted.candidates:
        if entrants and entrants[0].synthesis.synthesizer == first and entrants[0].standing.private:
            others.append(_out(table, method, f"not begun: {first} keeps what belongs together, and meets the privacy demands"))
            continue
        if wanted.budget is not None and entrants and time.monotonic() - started > wanted.budget:
            others.append(_out(table, method, f"not begun: the budget of {wanted.budget} s was over"))
            continue
        try:
            synthesis = make(method)
        except SynthesisFailed as error:
            others.append(_out(table, method, str(error)))
            continue
        report = measure(synthesis)
        entrants.append(Entrant(synthesis, report, standing(policy, synthesis, report)))
    if not entrants:
        raise SynthesisFailed("; ".join(f"{each.synthesizer}: {each.reason}" for each in others))
    winner = max(entrants, key=lambda each: (each.standing.private, each.standing.score or 0.0))
    race = [dataclasses.replace(each.standing, chosen=each is winner) for each in entrants]
    log("race", table=table, candidates=len(race) + len(others), chosen=winner.synthesis.synthesizer)
    return dataclasses.replace(winner.synthesis, race=(*race, *others)), winner.report


def standing(policy: Policy, synthesis: Synthesis, report: CheckReport) -> Contender:
    """Return how a stand-in scores, and whether it meets the policy's privacy demands."""
    ends = {result.check: result.bad_end for result in report.results if result.check in (*SCORED, *PRIVATE)}
    scored = [end for name in SCORED if (end := ends.get(name)) is not None]
    gates = policy.gates.check
    missed = [name for name in PRIVATE if not getattr(gates, name).holds(ends.get(name))]
    reason = f"privacy demands not met: {', '.join(missed)}" if missed else ""
    score = sum(scored) / len(scored) if scored else None
    return Contender(synthesis.synthetic.name, synthesis.synthesizer, score, not missed, False, ends, reason)


def _out(table: str, method: str, reason: str) -> Contender:
    return Contender(table, method, None, False, False, {}, reason)


def attempts(syntheses: Sequence[Synthesis]) -> list[str]:
    """Return a sentence for each table on how many candidates were measured against its holdout."""
    return [
        f"{each.synthetic.name}: {len(each.race)} candidates, {each.synthesizer} was taken; every one that learnt the table was "
        "measured against the same holdout, so the winner's figures are a little flattered."
        for each in syntheses
        if each.race
    ]
