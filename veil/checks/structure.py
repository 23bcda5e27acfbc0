"""Structure: does the synthetic table have the original's columns, in their order, and as many rows as were asked for?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from veil.checks.base import CheckInput, Family
from veil.model import CheckResult


@dataclass(frozen=True)
class Structure:
    """Share of the structure that is right: columns at their place, times the rows made or asked for.

    `n_rows` is how many rows were asked for; None stands for as many as train and holdout have together.
    """

    name: ClassVar[str] = "structure"
    family: ClassVar[Family] = "structure"
    measures: ClassVar[tuple[str, ...]] = ("structure",)

    n_rows: int | None = None

    def measure(self, tables: CheckInput) -> tuple[CheckResult, ...]:
        """Return one result in [0, 1]; exactly 1 if nothing differs."""
        wanted, made = list(tables.train.columns), list(tables.synthetic.columns)
        in_place = sum(left == right for left, right in zip(wanted, made, strict=False))
        asked = len(tables.train) + len(tables.holdout) if self.n_rows is None else self.n_rows
        columns = in_place / max(len(wanted), len(made), 1)
        n_rows = len(tables.synthetic)
        value = columns * (min(asked, n_rows) / max(asked, n_rows) if asked or n_rows else 1.0)
        detail = f"{in_place} of {len(wanted)} columns at their place; {n_rows} rows, {asked} asked for"
        return (CheckResult("structure", "structure", tables.table, tuple(wanted), value, value, value,
                            detail=detail, n=n_rows),)
