"""The kinds of columns that a schema knows, each with its settings. Strict: an unknown key is an error."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

from veil.synthesizers.schemas.distributions import STRICT, Numbers
from veil.synthesizers.schemas.formulas import Formula, read_formula
from veil.synthesizers.schemas.parts import AnyColumn, Conditional, Counted, Day, Spelling, Weights, readable, require_whole

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
MAX_PLACES = 9


class Serial(BaseModel):
    """A key that counts: `prefix`, then the row's number from `start` on, padded with zeros to `width` digits."""

    model_config = STRICT

    kind: Literal["serial"]
    prefix: Annotated[str, Field(max_length=40)] = ""
    start: int = Field(default=1, ge=0, le=10**15)
    width: int = Field(default=0, ge=0, le=18)
    nulls: Literal[0] = 0

    @property
    def needed(self) -> tuple[str, ...]:
        """A key needs no other column."""
        return ()


class Uuid(BaseModel):
    """A key without order: a random UUID (version 4)."""

    model_config = STRICT

    kind: Literal["uuid"]
    nulls: Literal[0] = 0

    @property
    def needed(self) -> tuple[str, ...]:
        """A key needs no other column."""
        return ()


class Category(Conditional):
    """One of a list of `values`, or of values with weights."""

    kind: Literal["category"]
    values: Weights


class Boolean(Conditional):
    """True in a `share` of the rows, `written` as its two spellings, false first."""

    kind: Literal["boolean"]
    share: float = Field(default=0.5, ge=0, le=1)
    written: Spelling = "false|true"


class Integer(Conditional, Numbers):
    """Whole numbers of a distribution."""

    kind: Literal["integer"]


class Decimal(Conditional, Numbers):
    """Numbers of a distribution with `places` decimals after a `mark`."""

    kind: Literal["decimal"]
    places: int = Field(default=2, ge=1, le=MAX_PLACES)
    mark: Literal[".", ","] = "."


class Date(AnyColumn):
    """A day from `from` to `to`; or so many days `gap` after another date, null where that is, and at the latest `to`."""

    kind: Literal["date"]
    first: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    after: str | None = None
    gap: Counted | None = None
    format: str = "%Y-%m-%d"

    unit: Literal["days"] = "days"

    @model_validator(mode="after")
    def _is_anchored(self) -> Date:
        if self.after is None and (self.first is None or self.to is None):
            raise ValueError("write `from` and `to`, or `after: COLUMN` with `gap: {low: …, high: …}`")
        if (self.after is None) != (self.gap is None):
            raise ValueError("`after` and `gap` belong together: `after: signup, gap: {low: 0, high: 30}`")
        if self.after is not None and self.first is not None:
            raise ValueError("`from` and `after` are two beginnings; keep one of them")
        if self.first is not None and self.to is not None and self.first > self.to:
            raise ValueError("`from` is later than `to`")
        require_whole(self.format, self.kind)
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        return (self.after,) if self.after else ()


class Datetime(Date):
    """Date and time, to the second. `unit` is that of the gap."""

    kind: Literal["datetime"]  # type: ignore[assignment]
    format: str = "%Y-%m-%d %H:%M:%S"
    unit: Literal["seconds", "minutes", "hours", "days"] = "days"  # type: ignore[assignment]


class Code(AnyColumn):
    """Codes of a `pattern`: `#` is a digit, `@` a capital letter, all else stands as it is; `check: luhn` adds a check digit."""

    kind: Literal["code"]
    pattern: Annotated[str, Field(min_length=1, max_length=60, pattern="[#@]")]
    check: Literal["luhn"] | None = None
    unique: bool = False

    @model_validator(mode="after")
    def _can_be_checked(self) -> Code:
        if self.check and any(char == "@" or char.isalpha() for char in self.pattern):
            raise ValueError("`check: luhn` is for digits: the pattern has letters")
        return self


class Computed(AnyColumn):
    """What is computed from other columns: `is: net + tax`, with `places` decimals, or as a whole number with none."""

    kind: Literal["computed"]
    formula: Annotated[str, AfterValidator(readable)] = Field(alias="is")
    places: int = Field(default=2, ge=0, le=MAX_PLACES)
    mark: Literal[".", ","] = "."

    @property
    def read(self) -> Formula:
        """The formula, read."""
        return read_formula(self.formula)

    @property
    def needed(self) -> tuple[str, ...]:
        return self.read.names


class FakeColumn(AnyColumn):
    """A name, address or number that could be real and is nobody's; see `fake` of the policy language.

    What belongs to a person agrees in all columns of a row that are `about` the same one: `self`, or another word for another.
    """

    kind: Literal["fake"]
    of: str
    locale: str | None = None
    locale_from: str | None = None
    sex_from: str | None = None
    birth_from: str | None = None
    style: str | None = None
    unique: bool = False
    about: str = "self"

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(name for name in (self.locale_from, self.sex_from, self.birth_from) if name)


class Reference(AnyColumn):
    """A key of another table. With `each`, that many rows belong to every row there, and the table has no `rows` of its own.

    Without it, a row there is drawn for every row here: evenly, or by `skew`, the exponent of a Zipf distribution.
    """

    kind: Literal["reference"]
    to: Annotated[str, Field(pattern=rf"^{NAME}\..+$", description="table.column")]
    each: Counted | None = None
    skew: float | None = Field(default=None, gt=0, le=10)

    @property
    def table(self) -> str:
        """The table that it refers to."""
        return self.to.split(".", 1)[0]

    @property
    def column(self) -> str:
        """Its key there."""
        return self.to.split(".", 1)[1]

    @model_validator(mode="after")
    def _is_of_one_sort(self) -> Reference:
        if self.each is not None and (self.skew is not None or self.nulls):
            raise ValueError("with `each` every row has its parent: leave `skew` and `nulls` out")
        return self


Kind = Annotated[
    Serial | Uuid | Category | Boolean | Integer | Decimal | Date | Datetime | Code | Computed | FakeColumn | Reference,
    Field(discriminator="kind"),
]
BY_KIND: dict[str, type[BaseModel]] = {
    "serial": Serial, "uuid": Uuid, "category": Category, "boolean": Boolean, "integer": Integer, "decimal": Decimal,
    "date": Date, "datetime": Datetime, "code": Code, "computed": Computed, "fake": FakeColumn, "reference": Reference,
}  # fmt: skip
KINDS = tuple(BY_KIND)
NUMBER_KINDS = ("integer", "decimal", "computed")
DATE_KINDS = ("date", "datetime")
KEY_KINDS = ("serial", "uuid")
