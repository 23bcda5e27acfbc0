"""Which columns of a table single rows out together: the candidates, their rows, and the search."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from tasks.store.probes import probe_rows
from veil.model import ColumnProfile, Finding, Table
from veil.recognizers.columns.quasi import (
    ABOVE,
    MOST_CANDIDATES,
    N_PROBES,
    USUAL,
    Budget,
    Rows,
    Search,
    single_out,
    tolerable,
)

MOST_CODES: Final = 150_000_000
"""So many cells are held as codes of two bytes; a longer table has fewer candidates."""


def singled_out(
    table: Table,
    findings: Sequence[Finding],
    profiles: Sequence[ColumnProfile],
    n_alone: Mapping[str, int],
    seed: int,
    *,
    among: Collection[str] | None = None,
    tolerated: float | None = None,
    budget: Budget = USUAL,
) -> Search:
    """Return the smallest sets of columns that single out more than a share of the table's rows.

    Candidates are the columns that are no identifiers, no free text and not constant: the most telling ones, by role and number
    of distinct values, where there are more than can be looked at.

    Parameters
    ----------
    findings, profiles : one per column, in column order.
    n_alone : per column, the rows whose cell no other row has; null counts as a value.
    among : the columns to look at; None looks at all.
    tolerated : the share in question, judged by the bad end of its interval; None takes the usual one, judged by its value.
    """
    if not table.n_rows:
        return Search()
    telling = [
        (finding.role != "quasi", -profile.n_distinct, place)
        for place, (finding, profile) in enumerate(zip(findings, profiles, strict=True))
        if _is_candidate(finding, profile) and (among is None or finding.column in among)
    ]
    most = max(2, min(MOST_CANDIDATES, MOST_CODES // table.n_rows))
    names = [findings[place].column for place in sorted(place for *_, place in sorted(telling)[:most])]
    return single_out(
        {name: n_alone[name] / table.n_rows for name in names},
        partial(_rows, table, seed),
        n_rows=table.n_rows,
        n_left_out=len(telling) - len(names),
        above=ABOVE if tolerated is None else tolerable(tolerated, table.n_rows),
        budget=budget,
    )


def _rows(table: Table, seed: int, columns: Sequence[str]) -> Rows:
    return probe_rows(table, columns, N_PROBES, seed)


def _is_candidate(finding: Finding, profile: ColumnProfile) -> bool:
    is_constant = profile.n_distinct + (profile.n_null > 0) < 2
    return finding.role != "direct" and not finding.free_text and not is_constant
