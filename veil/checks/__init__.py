"""The checks, by the name that a policy's gates use for them; what each measures is in its `measures`."""

from collections.abc import Iterable, Mapping

from veil.checks.association import CorrelationDifference
from veil.checks.base import Check, CheckInput
from veil.checks.copies import ExactCopies
from veil.checks.drift import retraining_drift
from veil.checks.fidelity import Fidelity
from veil.checks.k import SmallestClass, k_results, smallest_class, unique_share
from veil.checks.membership import MembershipAuc
from veil.checks.neighbors import NearestShare
from veil.checks.run import run
from veil.checks.structure import Structure
from veil.checks.utility import UtilityKept, model_scores
from veil.checks.validity import Validity
from veil.model import CheckReport

_ALL: tuple[Check, ...] = (
    Structure(), Validity(), Fidelity(), CorrelationDifference(), UtilityKept(),
    ExactCopies(), NearestShare(), MembershipAuc(), SmallestClass(),
)

CHECKS: dict[str, Check] = {check.name: check for check in _ALL}

MEASURES: dict[str, str] = {measure: check.name for check in _ALL for measure in check.measures}
"""Which check measures what a gate names."""


def run_checks(
    tables: CheckInput, names: Iterable[str] | None = None, *, checks: Mapping[str, Check] = CHECKS
) -> CheckReport:
    """Run the named checks, or all, on one table and one thread; what could not run is `not_run`, and that is no pass.

    `names` are those of checks or of their results. To ask for another number of synthetic rows than train and holdout
    have, give `checks={**CHECKS, "structure": Structure(n_rows=...)}`.
    """
    return run(tables, names, checks)


__all__ = ["CHECKS", "MEASURES", "Check", "CheckInput", "Structure", "Validity", "k_results", "model_scores", "retraining_drift",
           "run_checks", "smallest_class", "unique_share"]
