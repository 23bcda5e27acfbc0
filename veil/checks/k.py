"""k: how many records, at the least, share their combination of quasi-identifiers?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from veil.checks.base import CheckInput, Family, not_run
from veil.classes import sizes_of, value_codes
from veil.errors import UnknownColumn
from veil.model import CheckResult

if TYPE_CHECKING:
    import pandas as pd

    from veil.checks.view import Codes


@dataclass(frozen=True)
class SmallestClass:
    """`k` and `unique_share` of the transformed table (train and holdout together) over its quasi-identifiers."""

    name: ClassVar[str] = "k"
    family: ClassVar[Family] = "privacy"
    measures: ClassVar[tuple[str, ...]] = ("k", "unique_share")

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return k in records, higher is better, and the share of unique records in [0, 1], lower is better."""
        import pandas as pd

        quasi = list(tables.quasi_identifiers)
        if not quasi:
            reason = "no quasi-identifier declared or found"
            return not_run("k", "privacy", tables, reason), not_run("unique_share", "privacy", tables, reason, better="lower")
        known = [name for name in quasi if name in tables.train.columns]
        if len(known) < len(quasi):
            raise UnknownColumn(f"table `{tables.table}`: {len(quasi) - len(known)} quasi-identifiers are no column of it")
        real = pd.concat([tables.train[known], tables.holdout[known]], ignore_index=True)
        return k_results(real, quasi, tables.table)


def k_results(table: pd.DataFrame, quasi_identifiers: Sequence[str], name: str) -> tuple[CheckResult, CheckResult]:
    """Return `k` and `unique_share` of a table as results; both count every row, so they have no interval to speak of."""
    return results_of_sizes(class_sizes(table, quasi_identifiers), quasi_identifiers, name)


def results_of_sizes(sizes: Codes, quasi_identifiers: Sequence[str], name: str) -> tuple[CheckResult, CheckResult]:
    """Return `k` and `unique_share` from the sizes of the equivalence classes."""
    columns, n_rows = tuple(quasi_identifiers), int(sizes.sum())
    k = float(sizes.min()) if len(sizes) else 0.0
    share = float((sizes == 1).sum() / n_rows) if n_rows else 0.0
    detail = f"over {len(columns)} quasi-identifiers of the transformed table"
    return (
        CheckResult("k", "privacy", name, columns, k, k, k, "higher", detail=detail, n=n_rows),
        CheckResult("unique_share", "privacy", name, columns, share, share, share, "lower", detail=detail, n=n_rows),
    )


def class_sizes(table: pd.DataFrame, quasi_identifiers: Sequence[str]) -> Codes:
    """Return the sizes of the equivalence classes in records, in no particular order; nulls count as one value of their own.

    Values are compared whole: pandas groups texts as C strings, which end at a NUL, and would count two people as one class.

    Raises
    ------
    UnknownColumn : a name that `table` does not have, or no name at all.
    """
    missing = [name for name in quasi_identifiers if name not in table.columns]
    if missing or not quasi_identifiers:
        raise UnknownColumn(
            f"{len(missing)} of {len(quasi_identifiers)} quasi-identifiers are no column of the table; name at least one that is"
        )
    return sizes_of([value_codes(table[name].to_numpy()) for name in quasi_identifiers])


def smallest_class(table: pd.DataFrame, quasi_identifiers: Sequence[str]) -> int:
    """Return k, the size of the smallest equivalence class.

    Parameters
    ----------
    table : (n_rows, n_columns), one row per record; nulls count as one value of their own.
    quasi_identifiers : at least one column of `table`.

    Returns
    -------
    k : records, at least 1; 0 if the table is empty.

    Raises
    ------
    UnknownColumn : a name that `table` does not have, or no name at all.

    Source: Sweeney 2002, doi 10.1142/S0218488502001648.
    """
    sizes = class_sizes(table, quasi_identifiers)
    return int(sizes.min()) if len(sizes) else 0


def unique_share(table: pd.DataFrame, quasi_identifiers: Sequence[str]) -> float:
    """Return the share of records, in [0, 1], that are alone in their equivalence class; 0 if the table is empty.

    Raises
    ------
    UnknownColumn : a name that `table` does not have, or no name at all.
    """
    sizes = class_sizes(table, quasi_identifiers)
    return float((sizes == 1).sum() / len(table)) if len(table) else 0.0
