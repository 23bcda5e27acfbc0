"""In which country's numbering plan a column's telephone numbers are valid: as few questions as can tell.

Any list of digits is valid in *some* country, so the share is that of the one plan that fits best. International numbers name
theirs. The others are tried a handful at a time, and a plan that all of the handful fit is taken at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from veil.recognizers.base import share_of
from veil.recognizers.values.phones import REGIONS, is_valid

HANDFUL: Final = 4
JUDGED: Final = 20


def plan_share(values: Sequence[str], n_judged: int = JUDGED) -> float:
    """Return the share of the values that are valid in the plan that fits most of them.

    Parameters
    ----------
    values : at least one.
    n_judged : so many of them, spread over all, are looked at.
    """
    judged = values[:: max(1, len(values) // n_judged)][:n_judged]
    abroad = [value for value in judged if value.startswith("+")]
    at_home = [value for value in judged if not value.startswith("+")]
    valid = share_of(abroad, lambda value: is_valid(value, REGIONS[0])) * len(abroad)
    if at_home:
        region = _fitting(at_home[:: max(1, len(at_home) // HANDFUL)][:HANDFUL])
        valid += share_of(at_home, lambda value: is_valid(value, region)) * len(at_home)
    return valid / len(judged)


def _fitting(handful: Sequence[str]) -> str:
    best, most = REGIONS[0], -1.0
    for region in REGIONS:
        share = share_of(handful, partial(is_valid, region=region))
        if share > most:
            best, most = region, share
        if most == 1.0:
            break
    return best
