"""How stand-ins are made: by which synthesizer, how many rows, and what differs from table to table."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from veil.policy.control import TableControl
from veil.policy.parts import STRICT
from veil.policy.problems import near
from veil.synthesizers import SYNTHESIZERS
from veil.synthesizers.control import Control
from veil.synthesizers.relational import Relational
from veil.synthesizers.sequence import Sequence as Sequences


def _one_of(names: Sequence[str]) -> tuple[Any, ...]:
    """Return what makes a text one of some names: those of the synthesizers are registered, not written here again."""

    def known(name: str) -> str:
        if name not in names:
            raise ValueError(f"unknown synthesizer `{name}`; {near(name, names, 'synthesizers')}")
        return name

    return AfterValidator(known), WithJsonSchema({"enum": list(names)})


METHODS: dict[str, Any] = {**SYNTHESIZERS, Relational.name: Relational, Sequences.name: Sequences}
"""Every synthesizer by name; the last two see more than a table's rows, and so are no candidates of a race."""

Candidate = Annotated[str, *_one_of(sorted(SYNTHESIZERS))]
Method = Annotated[str, *_one_of(sorted(METHODS))]
Chosen = Annotated[str, *_one_of(["auto", *sorted(METHODS), "none"])]
Rows = Literal["same"] | Annotated[int, Field(ge=1)]
Setting = bool | int | float | str | tuple[str, ...] | Mapping[str, Any] | None
Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]
TableName = Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_-]*$")]

GIVEN_BY_THE_RUN = ("subjects", "noise")
OWN_KEYS = ("epochs", "batch_size", "max_seconds")


class Text(BaseModel):
    """A column of redacted notes that is to hold texts in the stand-in, each marked as synthetic.

    They are written by a model that writes only what `support` data subjects wrote. `by`: a learnt column by whose level.
    """

    model_config = STRICT

    by: str | None = None
    support: int = Field(default=5, ge=2)


class TableSynthesis(BaseModel):
    """What differs for one table: its synthesizer (`none` leaves the table without a stand-in), rows, and `options`.

    `order_by`: the columns that order a subject's rows, for `sequence` and `relational`. `control`: shares of rows, rare events,
    extremes, constraints, parity, and columns that are not learnt. `texts`: columns of `redact_text` that get texts; the others
    hold a marker.
    """

    model_config = STRICT

    synthesizer: Chosen | None = None
    rows: Rows | None = None
    options: Mapping[Method, Mapping[str, Setting]] = Field(default_factory=dict)
    control: TableControl | None = None
    order_by: Names = ()
    texts: Mapping[str, Text] = Field(default_factory=dict)

    @field_validator("options")
    @classmethod
    def _known(cls, options: Mapping[str, Mapping[str, Setting]]) -> Mapping[str, Mapping[str, Setting]]:
        return _sound(options)


class Synthesize(BaseModel):
    """How the stand-ins are made.

    `synthesizer`: a method, `none`, or `auto`: each of `candidates` learns the table, and of those that pass the privacy demands
    of `gates.check` the one is taken that is most like the holdout and most useful; the report shows the race. `budget`: seconds
    after which `auto` begins with no further candidate; which one wins then depends on the machine, so leave it out where the
    same drop must give the same output. `rows`: `same` or a number; `holdout`: share of the subjects that are never learnt.
    `max_seconds`: when a training ends at the latest. `options`: parameters of a method, such as `circuit: {states: 64}`.
    `tables`: what differs for a table. `generations`: a drop that is itself a stand-in that was released here counts as one
    generation of synthetic data; this many may go into a release, and with 0 such a drop is refused.
    """

    model_config = STRICT

    synthesizer: Chosen = "ctgan"
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)] = ("circuit", "ctgan")
    budget: int | None = Field(default=None, ge=1)
    rows: Rows = "same"
    epochs: int | None = Field(default=None, ge=1, le=10_000)
    batch_size: int | None = Field(default=None, ge=10, multiple_of=10)
    holdout: float = Field(default=0.2, ge=0.05, le=0.5)
    max_seconds: int | None = Field(default=None, ge=1)
    options: Mapping[Method, Mapping[str, Setting]] = Field(default_factory=dict)
    tables: Mapping[TableName, TableSynthesis] = Field(default_factory=dict)
    generations: int = Field(default=0, ge=0, le=100)

    @field_validator("candidates", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("options")
    @classmethod
    def _known(cls, options: Mapping[str, Mapping[str, Setting]]) -> Mapping[str, Mapping[str, Setting]]:
        return _sound(options)

    @model_validator(mode="after")
    def _names_each_once(self) -> Synthesize:
        twice = [name for name in self.candidates if self.candidates.count(name) > 1]
        if twice:
            raise ValueError(f"`{twice[0]}` is a candidate twice; name each once")
        return self

    def method(self, table: str) -> str:
        """Return which synthesizer a table has, `auto` and `none` among them."""
        return (self.tables[table].synthesizer if table in self.tables else None) or self.synthesizer

    def order_by(self, table: str) -> tuple[str, ...]:
        """Return the columns that order a subject's rows in a table."""
        return self.tables[table].order_by if table in self.tables else ()

    def texts(self, table: str) -> Mapping[str, Text]:
        """Return the columns of a table that are to hold texts."""
        return self.tables[table].texts if table in self.tables else {}

    def control(self, table: str) -> Control:
        """Return what is asked of a table's stand-in beyond likeness."""
        said = self.tables[table].control if table in self.tables else None
        return said.control() if said else Control()

    def n_rows(self, table: str, n_original: int) -> int:
        """Return how many rows a table's stand-in has."""
        rows = (self.tables[table].rows if table in self.tables else None) or self.rows
        return n_original if rows == "same" else int(rows)

    def parameters(self, table: str, method: str) -> dict[str, Any]:
        """Return what the policy sets of a method's parameters for a table; the table's own options come last."""
        names = parameters_of(method)
        given = {key: getattr(self, key) for key in OWN_KEYS if key in names}
        own = self.tables[table].options.get(method, {}) if table in self.tables else {}
        given = {**given, **self.options.get(method, {}), **own}
        return {name: value for name, value in given.items() if value is not None}


def parameters_of(method: str) -> dict[str, Any]:
    """Return the type of each parameter of a method."""
    made = METHODS[method]
    kinds = typing.get_type_hints(made)
    return {field.name: kinds[field.name] for field in dataclasses.fields(made) if field.name not in GIVEN_BY_THE_RUN}


def _sound(options: Mapping[str, Mapping[str, Setting]]) -> Mapping[str, Mapping[str, Setting]]:
    for method, settings in options.items():
        known = parameters_of(method)
        for name, value in settings.items():
            if name not in known:
                raise ValueError(f"`{method}` has no parameter `{name}`; {near(name, known, 'parameters')}")
            if not _fits(value, known[name]):
                raise ValueError(f"`{method}.{name}` is to be {_told(known[name])}")
    return options


def _fits(value: Any, kind: Any) -> bool:
    """Tell whether a value may stand for a parameter of that type; a whole number may stand for any number."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in inner)
    if origin is Literal:
        return value in inner
    if origin is Mapping:
        return isinstance(value, Mapping)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, inner[0]) for each in value)
    if kind in (None, type(None)):
        return value is None
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(kind, type) and isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _told(kind: Any) -> str:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_told(each) for each in inner)
    if origin is Literal:
        return "one of " + ", ".join(f"`{each}`" for each in inner)
    if origin is Mapping:
        return "a map"
    if origin is tuple:
        return "a list"
    names = {int: "a whole number", float: "a number", str: "a word", bool: "true or false", type(None): "null"}
    return names.get(kind, "something else")
