"""What every check is: a frozen set of parameters and one working method that measures tables and returns results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from veil.model import CheckResult, Column

if TYPE_CHECKING:
    import pandas as pd

Family = Literal["structure", "fidelity", "utility", "privacy"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class CheckInput:
    """What a check may look at, for one table.

    Attributes
    ----------
    table : its name.
    columns : the columns that were learnt and synthesized, with types and formats; identifiers are not among them.
    quasi_identifiers : the columns, declared or found, that together may single a subject out.
    train, holdout : transformed rows of disjoint data subjects; strings and None, (n_rows, all columns).
    synthetic : the stand-in, same columns in the same order.
    target : the column that the utility models predict; None lets the check choose.
    seed : for samples, attacks and models.
    """

    table: str
    columns: tuple[Column, ...]
    quasi_identifiers: tuple[str, ...]
    train: pd.DataFrame = field(repr=False)
    holdout: pd.DataFrame = field(repr=False)
    synthetic: pd.DataFrame = field(repr=False)
    target: str | None = None
    seed: int = 0


class Check(Protocol):
    """A measurement. `name` is what `CHECKS` calls it; `measures` are the names of its results, which gates use."""

    name: ClassVar[str]
    family: ClassVar[Family]
    measures: ClassVar[tuple[str, ...]]

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return at least one result; `not_run` with the reason in `detail` where nothing can be measured."""
        ...


def not_run(check: str, family: Family, tables: CheckInput, reason: str, *, better: Better = "higher") -> CheckResult:
    """Return the result of a check that could not measure; `reason` holds no cell. It is not a pass."""
    return CheckResult(check, family, tables.table, (), None, better=better, status="not_run", detail=reason)
