"""K-anonymize: columns that together single nobody out."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from veil.transforms.anonymity.demands import Demands, Diversity
from veil.transforms.anonymity.ladder import Period, Steps, require_nested
from veil.transforms.anonymity.levels import Levels, LevelsFile, with_file
from veil.transforms.anonymity.problem import SHARED, Joint, Problem
from veil.transforms.base import Context, Number, Properties, Transform, Whole
from veil.transforms.dates import DateFormat
from veil.transforms.numbers import exact

if TYPE_CHECKING:
    from veil.transforms.anonymity.problem import Solution
    from veil.transforms.base import Cells

T = TypeVar("T")
Several = Annotated[tuple[T, ...], BeforeValidator(lambda items: tuple(items) if isinstance(items, list) else items)]


@dataclass(frozen=True)
class Share:
    """One column's part of the problem that all its columns are; solved when it is first asked for."""

    problem: Problem = field(repr=False)

    def solution(self) -> Solution:
        """Return what the columns become."""
        return self.problem.solution()


class KAnonymize(Transform):
    """Generalize all columns that say `do: k_anonymize` together, until each combination of theirs has at least `k` rows.

    Optionally with `l` different values of every `sensitive` column in each class (`diversity: distinct`, `entropy`, or
    `recursive` with `c`), and with its distribution no further than `t` from the table's (earth mover's distance; `distance:
    ordered` for numbers, `equal` for categories). Sensitive columns are counted as they are before any transform: keep them. Rows
    are counted, not people: where people have several rows each, name their identifier as `sensitive` with an `l` of k.

    Each column is generalized by steps of its own: numbers by `widths`, dates by `periods`, texts by `prefixes`, categories by
    `levels` of a hierarchy; without them by what its type suggests. The last step hides the column, unless `may_hide: false`.
    `method: lattice` takes one step for each column, together those with the least loss, and suppresses at most `max_suppressed`
    of the rows: all their cells become `*`. `method: mondrian` cuts the table into ranges instead. Null is a value of its own.
    """

    name: ClassVar[str] = "k_anonymize"
    properties: ClassVar[Properties] = Properties("generalize")

    k: int = Field(ge=2, le=1_000_000)
    l: Number | None = Field(default=None, gt=1, le=1000, allow_inf_nan=False)  # noqa: E741 - its name in the literature
    diversity: Diversity = "distinct"
    c: Number | None = Field(default=None, gt=0, allow_inf_nan=False)
    t: Number | None = Field(default=None, gt=0, lt=1, allow_inf_nan=False)
    distance: Literal["ordered", "equal"] | None = None
    sensitive: Several[str] = ()
    max_suppressed: Number = Field(default=0, ge=0, lt=1, allow_inf_nan=False)
    method: Literal["lattice", "mondrian"] = "lattice"
    widths: Several[Number] | None = Field(default=None, min_length=1, max_length=20)
    periods: Several[Period] | None = Field(default=None, min_length=1)
    prefixes: Several[int] | None = Field(default=None, min_length=1, max_length=20)
    levels: Levels | None = None
    file: LevelsFile | None = None
    format: DateFormat = None
    may_hide: bool = True

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return with_file(data, info)

    @field_validator("sensitive", mode="before")
    @classmethod
    def _one_or_many(cls, sensitive: Any) -> Any:
        return (sensitive,) if isinstance(sensitive, str) else sensitive

    @model_validator(mode="after")
    def _steps_hold(self) -> KAnonymize:
        if sum(steps is not None for steps in (self.widths, self.periods, self.prefixes, self.levels)) > 1:
            raise ValueError("give one of `widths`, `periods`, `prefixes` and `levels`")
        if any(number <= 0 for number in (*(self.widths or ()), *(self.prefixes or ()))):
            raise ValueError("`widths` and `prefixes` are above zero")
        require_nested(self.widths, self.periods, self.prefixes)
        if self.method == "mondrian" and (self.max_suppressed or not self.may_hide):
            raise ValueError("`method: mondrian` takes no `max_suppressed` and no `may_hide`: it suppresses no rows")
        return self

    @model_validator(mode="after")
    def _demands_hold(self) -> KAnonymize:
        if bool(self.sensitive) != (self.l is not None or self.t is not None):
            raise ValueError("`l` or `t` and the `sensitive` columns that they are about go together")
        if (self.diversity == "recursive") != (self.c is not None):
            raise ValueError("`diversity: recursive` needs `c`, which no other has")
        if self.l is None and self.diversity != "distinct":
            raise ValueError("`diversity` needs `l`")
        if self.l is not None and self.diversity != "entropy" and exact(self.l) % 1:
            raise ValueError("`l` is a whole number, but for `diversity: entropy`")
        if self.distance is not None and self.t is None:
            raise ValueError("`distance` needs `t`")
        return self

    @property
    def needs_whole(self) -> bool:
        """A class is made of rows from anywhere in the table."""
        return True

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """The sensitive columns."""
        return self.sensitive

    def fit(self, whole: Whole, context: Context) -> Share:
        """Enter the column into its table's problem."""
        problem = whole.shared.setdefault(SHARED, Problem(self.joint, whole.frame))
        steps = Steps(self.widths, self.periods, self.prefixes, self.levels, self.format, self.may_hide)
        problem.add(self.joint, steps, context)
        return Share(problem)

    @property
    def joint(self) -> Joint:
        """What all columns of a table that say `k_anonymize` must say alike."""
        fraction = {name: None if number is None else Fraction(exact(number)) for name, number in (("l", self.l), ("t", self.t))}
        c = Fraction(1) if self.c is None else Fraction(exact(self.c))
        demands = Demands(self.k, fraction["l"], self.diversity, c, fraction["t"])
        ordered = None if self.distance is None else self.distance == "ordered"
        return Joint(demands, self.sensitive, ordered, Fraction(exact(self.max_suppressed)), self.method)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write what the column's rows become."""
        import numpy as np
        import pandas as pd

        solution: Solution = context.fitted.solution()
        name = context.column.name
        labels = np.empty(len(solution.labels[name]) or 1, dtype=object)
        labels[: len(solution.labels[name])] = solution.labels[name]
        written = labels[solution.codes[name][cells.index.to_numpy()]] if len(cells) else []
        return pd.Series(written, index=cells.index, name=cells.name, dtype=object)
