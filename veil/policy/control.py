"""`control`: what is asked of the stand-in of a table, beyond looking like the original. Plain data, no code.

Cells and bounds are those of the transformed table, which is what is learnt: a column of age bands is asked for by bands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from veil.policy.parts import STRICT, Words
from veil.policy.where import Bound
from veil.synthesizers import control as asked


def _share(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError("a share is a part of all rows, above 0 and at most 1: write 0.3 for 30 %")
    return value


Share = Annotated[float, AfterValidator(_share)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


def _cell(value: Any) -> str | None:
    if isinstance(value, (bool, float)):
        raise ValueError("a cell is text: put it in quotes, as the column writes it")
    return str(value) if isinstance(value, int) else value


class Cells(BaseModel):
    """Rows told by one column: a cell, a list of cells (null is the null cell), or `at_least` and `at_most`.

    `at_least`, `at_most`: numbers, or days such as 2026-01-31, bounds included; a null cell is within none.
    """

    model_config = STRICT

    cells: tuple[str | None, ...] = Field(default=(), alias="is")
    at_least: Bound | None = None
    at_most: Bound | None = None

    @model_validator(mode="before")
    @classmethod
    def _may_stand_alone(cls, value: Any) -> Any:
        said = value if isinstance(value, dict) else {"is": value}
        if "is" not in said:
            return said
        cells = said["is"] if isinstance(said["is"], (list, tuple)) else [said["is"]]
        return {**said, "is": tuple(_cell(cell) for cell in cells)}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Cells:
        bounded = self.at_least is not None or self.at_most is not None
        if bounded == bool(self.cells):
            raise ValueError("write a cell, a list of cells, or `{at_least: …, at_most: …}`")
        if self.at_least is not None and self.at_most is not None:
            if isinstance(self.at_least, str) != isinstance(self.at_most, str):
                raise ValueError("`at_least` and `at_most` are both numbers or both days")
            if self.at_least > self.at_most:  # type: ignore[operator]
                raise ValueError("`at_least` is more than `at_most`, so it never holds")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        words = {"type": ["string", "integer", "null"]}
        schema.update(type=["object", "array", "string", "integer", "null"], items=words)
        return schema

    def criterion(self, column: str) -> asked.Criterion:
        """Return it as the synthesizers know it."""
        return asked.Criterion(column, self.cells, self.at_least, self.at_most)


WhereRows = Annotated[Mapping[str, Cells], Field(min_length=1, description="Column and cells, or bounds; a row meets them all.")]


def _criteria(where: Mapping[str, Cells]) -> tuple[asked.Criterion, ...]:
    return tuple(cells.criterion(column) for column, cells in where.items())


class Quota(BaseModel):
    """So large a share of the rows meets `where`; the remaining rows do not."""

    model_config = STRICT

    where: WhereRows
    share: Share


class Oversample(BaseModel):
    """Rows that meet `where` come `factor` times as often as in the original."""

    model_config = STRICT

    where: WhereRows
    factor: float = Field(gt=0, le=1_000_000)


class Balance(BaseModel):
    """Shares of a column's cells; without `shares` every cell comes as often. Null and empty cells keep their share."""

    model_config = STRICT

    column: str
    shares: Mapping[str, Share] | None = Field(default=None, min_length=1)


class Parity(BaseModel):
    """The outcome comes at the same rate in every group of `across`: the overall `rate` by default, or the one that is given."""

    model_config = STRICT

    outcome: Annotated[Mapping[str, Cells], Field(min_length=1, max_length=1)]
    across: str
    rate: Share | None = None


class Extremes(BaseModel):
    """A share of rows with a number or date beyond all that was observed, by the fitted tail, as far as `bound`."""

    model_config = STRICT

    column: str
    share: Share
    side: Literal["upper", "lower"] = "upper"
    bound: Bound | None = None


class Constraint(BaseModel):
    """What all rows of the stand-in meet. One of these, by its key; a row with a null in a column of it meets it.

    `order`: numbers or dates, each at most the next, or less than it with `strict`. `total` is the sum `of` others. `unique`: no
    two rows agree in these columns. `one_filled`: exactly one of these columns holds something. `within`: a column's cells are
    from a list, or within bounds. `determines`: columns that are told by those of `by`, as the state by the city. `repair`: it is
    asked although the original does not hold it; else that is refused before training.
    """

    model_config = STRICT

    order: Names | None = None
    strict: bool = False
    total: str | None = None
    of: Names | None = None
    unique: Words | None = None
    one_filled: Names | None = None
    within: Annotated[Mapping[str, Cells], Field(min_length=1, max_length=1)] | None = None
    determines: Words | None = None
    by: Words | None = None
    repair: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Constraint:
        kinds = ("order", "total", "unique", "one_filled", "within", "determines")
        said = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(said) != 1:
            what = f"`{said[0]}` and `{said[1]}` are two" if said else "it says none"
            raise ValueError(f"a constraint is one of {', '.join(f'`{kind}`' for kind in kinds)}, and {what}")
        for kind, partner in (("total", "of"), ("determines", "by")):
            if (said[0] == kind) != (getattr(self, partner) is not None):
                raise ValueError(f"`{kind}` and `{partner}` belong together")
        if self.strict and said[0] != "order":
            raise ValueError("`strict` belongs to `order`")
        return self

    def constraint(self) -> asked.Constraint:
        """Return it as the synthesizers know it."""
        if self.order is not None:
            return asked.Order(self.order, self.strict, repair=self.repair)
        if self.total is not None:
            return asked.Total(self.total, self.of or (), repair=self.repair)
        if self.unique is not None:
            return asked.Unique(self.unique, repair=self.repair)
        if self.one_filled is not None:
            return asked.OneFilled(self.one_filled, repair=self.repair)
        if self.within is not None:
            return asked.Within(_criteria(self.within)[0], repair=self.repair)
        return asked.Determines(self.by or (), self.determines or (), repair=self.repair)


class TableControl(BaseModel):
    """What is asked of the stand-in of one table.

    `quotas`: shares of rows. `oversample`: rare rows, more often. `balance`: shares of a column's cells. `parity`: an outcome at
    one rate in all groups. `extremes`: numbers beyond what was observed; `mark` names a boolean column that is added and says
    which rows. `constraints`: what every row meets. `exclude`: columns that are not learnt: `empty` in the stand-in, or not there
    at all (`drop`).
    """

    model_config = STRICT

    quotas: tuple[Quota, ...] = ()
    oversample: tuple[Oversample, ...] = ()
    balance: tuple[Balance, ...] = ()
    parity: tuple[Parity, ...] = ()
    extremes: tuple[Extremes, ...] = ()
    mark: Annotated[str, Field(min_length=1)] | None = None
    constraints: tuple[Constraint, ...] = ()
    exclude: Mapping[str, Literal["empty", "drop"]] = Field(default_factory=dict)

    def control(self) -> asked.Control:
        """Return it as the synthesizers know it."""
        return asked.Control(
            quotas=tuple(asked.Quota(_criteria(each.where), each.share) for each in self.quotas),
            oversample=tuple(asked.Oversample(_criteria(each.where), each.factor) for each in self.oversample),
            balance=tuple(asked.Balance(each.column, each.shares) for each in self.balance),
            parity=tuple(asked.Parity(_criteria(each.outcome)[0], each.across, each.rate) for each in self.parity),
            extremes=tuple(asked.Extremes(each.column, each.share, each.side, each.bound) for each in self.extremes),
            constraints=tuple(each.constraint() for each in self.constraints),
            exclude=dict(self.exclude),
            mark=self.mark,
        )
