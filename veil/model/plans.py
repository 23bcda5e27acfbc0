"""What was found in columns, and what is to become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["direct", "quasi", "sensitive", "other"]


@dataclass(frozen=True)
class Evidence:
    """What one recognizer says of one column. `score` is its strength in [0, 1]; `reason` holds counts and no cell."""

    entity: str
    recognizer: str
    score: float
    matched_share: float
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a column holds, in which role, how sure that is, and why. `entity` is None where nothing was found.

    `detectable_share` is the smallest share of the distinct values of which the sample shows at least one with 95 % certainty; 0
    where all were looked at. It bounds what names, dictionaries and models can miss; identifiers with a fixed form are looked
    for in every cell.
    """

    table: str
    column: str
    entity: str | None
    role: Role
    recognizer: str
    confidence: float
    matched_share: float
    n_sampled: int
    reason: str
    special_category: bool = False
    free_text: bool = False
    detectable_share: float = 0.0


@dataclass(frozen=True, order=True)
class Span:
    """Where personal data stands in a text; the text itself is not in it. `end` is exclusive, `score` in [0, 1]."""

    start: int
    end: int
    entity: str
    score: float


@dataclass(frozen=True)
class RowTest:
    """Which rows a step is for, told by the raw cells of one column of the table.

    `values`: cells that pass; `others`: cells that do not; `at_least` and `at_most`: numbers, or days such as 2026-01-31. `null`:
    whether null, empty and declared null cells pass; None where the policy does not say.
    """

    column: str
    values: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    null: bool | None = None
    at_least: int | float | str | None = None
    at_most: int | float | str | None = None


@dataclass(frozen=True)
class Branch:
    """A step is for the rows that pass `where`; the others of the column get `otherwise`."""

    where: RowTest
    otherwise: Step


@dataclass(frozen=True)
class Step:
    """What becomes of one column, and which line of the policy decided it. `transform` is None where nothing did.

    `nulls`: what becomes of null, empty and declared null cells; `fill` is written for them where it says `fill`. `branch`: for
    which rows the step is, and what the others get; None where it is for all. `effect` is `keep` only if all rows keep theirs.
    """

    column: str
    role: Role
    entity: str | None
    transform: str | None
    parameters: Mapping[str, Any]
    effect: str
    reason: str
    decided_by: str
    nulls: Literal["keep", "fill", "refuse"] = "keep"
    fill: str = ""
    branch: Branch | None = None

    @property
    def actions(self) -> tuple[Step, ...]:
        """The step, and what the other rows get where it is for some rows only."""
        return (self,) if self.branch is None else (self, self.branch.otherwise)


@dataclass(frozen=True)
class Plan:
    """Exactly one step per column of a table, in column order.

    `weaknesses`: what of it is too weak for the rows that came, a sentence each; the plan gate holds it.
    """

    table: str
    policy_sha256: str
    table_sha256: str
    subject: str | None
    quasi_identifiers: tuple[str, ...]
    steps: tuple[Step, ...]
    weaknesses: tuple[str, ...] = ()

    def step(self, column: str) -> Step:
        """Return the step of that column; `KeyError` if there is none."""
        return {step.column: step for step in self.steps}[column]
