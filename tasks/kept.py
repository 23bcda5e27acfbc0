"""The demand that the columns which a policy keeps as they are single nobody out together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.classify import Classification
from tasks.singled_out import singled_out
from veil.gate import Demand
from veil.plan import make_plan
from veil.recognizers.columns.quasi import THOROUGH, Search

if TYPE_CHECKING:
    from veil.model import SourceFile
    from veil.policy import Policy, Threshold


def kept_together(policy: Policy, file: SourceFile, classified: Classification) -> Demand:
    """Demand that no set of the columns that the policy keeps singles out more rows than `gates.classify.singled_out`.

    The plan that comes after the gate is made here to see what it will keep. A search that had to leave columns or sets out, and
    found nothing, has measured nothing.

    Raises
    ------
    PolicyInvalid, UnknownColumn : no plan can be made; the plan stage would say the same.
    """
    threshold = policy.gates.classify.singled_out
    assert threshold is not None
    table = classified.table
    plan = make_plan(policy, policy.table_for(file.name)[1], table, classified.findings, classified.profiles)
    search = singled_out(
        table, classified.findings, classified.profiles, classified.n_alone, classified.seed,
        among={step.column for step in plan.steps if step.effect == "keep"}, tolerated=threshold.value, budget=THOROUGH,
    )  # fmt: skip
    observed, reason = _observed(search, threshold)
    return Demand(f"{table.name}: rows that kept columns single out", observed, at_most=threshold.value, reason=reason)


def _observed(search: Search, threshold: Threshold) -> tuple[float | None, str]:
    if search.sets:
        worst = max(search.sets, key=lambda each: each.high)
        names = " and ".join(f"`{column}`" for column in worst.columns)
        rows = f"{100 * worst.share:.1f} % of the rows" if worst.share * search.n_rows >= 10 else "fewer than 10 rows"
        return worst.high, f"{names} single out {rows}; band or drop one of them"
    if search.n_left_out or search.n_untried:
        left = f"{search.n_left_out} columns and {search.n_untried} sets of columns were not looked at"
        return None, f"{left}, too many to search; keep fewer columns as they are"
    return min(search.most, threshold.value), ""
