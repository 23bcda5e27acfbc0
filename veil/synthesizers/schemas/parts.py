"""What the columns of a schema share: nulls, cases, and words that may be written in more than one way."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from veil.synthesizers.schemas.distributions import STRICT, Numbers
from veil.synthesizers.schemas.formulas import read_formula

NullShare = Annotated[float, Field(ge=0, le=1)]


FIRST_YEAR, LAST_YEAR = 1700, 2200


def _weights(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        cells = [_cell(cell) for cell in value]
        if len(set(cells)) < len(cells):
            raise ValueError("a value comes twice; give weights: `{gold: 1, silver: 3}`")
        return dict.fromkeys(cells, 1.0)
    return value


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, float)):
        raise ValueError("a cell is text: put it in quotes; for nulls, say `nulls: 0.1`")
    return str(value) if isinstance(value, int) else value


def _some(weights: Mapping[str, float]) -> Mapping[str, float]:
    if any(weight < 0 for weight in weights.values()) or not sum(weights.values()) > 0:
        raise ValueError("weights are 0 or more, and not all of them 0")
    return weights


def _day(value: str) -> str:
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        raise ValueError("write a day such as 2026-01-31") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"years from {FIRST_YEAR} to {LAST_YEAR} are known")
    return value


def _not_negative(numbers: Numbers) -> Numbers:
    low = 0 if numbers.low is None and numbers.distribution != "normal" else numbers.low
    if low is None or low < 0:
        raise ValueError("it may be negative; say `low: 0`")
    return numbers


def readable(value: str) -> str:
    """Return a formula that can be read; refuse any other."""
    read_formula(value)
    return value


Weights = Annotated[
    Mapping[str, float], BeforeValidator(_weights), AfterValidator(_some), Field(min_length=1, max_length=100_000)
]
Counted = Annotated[Numbers, AfterValidator(_not_negative)]
Day = Annotated[str, AfterValidator(_day)]
Spelling = Annotated[str, Field(pattern=r"^[^|]+\|[^|]+$", description="False, then true: `no|yes`.")]


class AnyColumn(BaseModel):
    """A column, some of whose cells may be null."""

    model_config = STRICT

    nulls: NullShare = Field(default=0.0, description="Share of the rows in which the cell is null.")

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be made before it: of the same table, or of the parent as `parent.column`."""
        return ()


class Conditional(AnyColumn):
    """`given` and `cases`: other settings for rows in which another column holds a certain cell."""

    given: str | None = None
    cases: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _cases_fit(self) -> Conditional:
        if (self.given is None) != (not self.cases):
            raise ValueError("`given` and `cases` belong together: `given: segment, cases: {gold: {…}}`")
        for cell in self.cases:
            wrong = self._wrong(cell)
            if wrong:
                raise ValueError(f"case `{cell}`: {wrong}")
        return self

    def _wrong(self, cell: str) -> str:
        try:
            self.case(cell)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            return f"{place}: {first['msg']}" if place else str(first["msg"]).removeprefix("Value error, ")
        except ValueError as error:
            return str(error)
        return ""

    def case(self, cell: str) -> Conditional:
        """Return the column as it is where `given` holds that cell."""
        own = self.cases[cell]
        if {"kind", "given", "cases", "nulls"} & own.keys():
            raise ValueError("a case changes neither `kind`, `given`, `cases` nor `nulls`")
        base = {name: getattr(self, name) for name in self.model_fields_set if name not in ("given", "cases")}
        changed = {**base, **own}
        if "distribution" in own:
            changed = {name: value for name, value in changed.items() if name in own or name not in Numbers.model_fields}
        return type(self).model_validate(changed)

    @property
    def needed(self) -> tuple[str, ...]:
        return (self.given,) if self.given else ()


def require_whole(pattern: str, kind: str) -> None:
    """Refuse a format from which the date, or the time of the day, cannot be read again."""
    moment = datetime.datetime(2013, 11, 23, 17, 58, 49)
    try:
        again = datetime.datetime.strptime(moment.strftime(pattern), pattern.replace("%-", "%"))
    except ValueError:
        again = None
    whole = again is not None and again.date() == moment.date() and (kind == "date" or again == moment)
    if not whole:
        parts = "day, month and year" if kind == "date" else "the date and hours, minutes and seconds"
        raise ValueError(f"a format that does not tell {parts}; write it with `%Y`, `%m`, `%d` and the like")
