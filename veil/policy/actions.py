"""What a policy can say about a column: `do` and the parameters of that transform, for one column or by a rule.

The forms are built from the transforms' own models, so that a transform that is entered in `TRANSFORMS` is in the
language, in its error messages and in the JSON schema at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from veil.model import LogicalType, Role
from veil.policy.parts import STRICT, Reason, Roles, Types, Words
from veil.policy.where import Where
from veil.transforms import TRANSFORMS, Transform

FORM = ConfigDict(**STRICT, defer_build=True)
"""Forms are many and hold one another: they are built once, as parts of the policy, and not each by itself."""


class Facts(BaseModel):
    """What is known of a column when its rule is looked for. `unique` is None where the column was not counted."""

    model_config = ConfigDict(frozen=True)

    name: str
    entity: str | None
    role: Role
    type: LogicalType
    free_text: bool = False
    unique: bool | None = None


class When(BaseModel):
    """Which columns a rule is for: all conditions that are named must hold; a list holds if one of its items does.

    `entity` and `role` are what the classifier found, `type` what the cells are, `name` a pattern such as `*_id` (case
    does not count), `free_text` whether people wrote sentences in it, `unique` whether (nearly) every row has its own value.
    """

    model_config = STRICT

    entity: Words | None = None
    role: Roles | None = None
    type: Types | None = None
    name: Words | None = None
    free_text: bool | None = None
    unique: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if all(value is None for value in self.__dict__.values()):
            raise ValueError("`when` has no condition; what is left over is decided by `defaults.unmatched`")
        return self

    def matches(self, facts: Facts) -> bool:
        """Return whether all conditions hold."""
        return self.matches_apart_from_name(facts) and self._name_matches(facts.name)

    def matches_apart_from_name(self, facts: Facts) -> bool:
        """Return whether all conditions but `name` hold."""
        return (
            (self.entity is None or facts.entity in self.entity)
            and (self.role is None or facts.role in self.role)
            and (self.type is None or facts.type in self.type)
            and (self.free_text is None or facts.free_text == self.free_text)
            and (self.unique is None or facts.unique == self.unique)
        )

    def _name_matches(self, name: str) -> bool:
        return self.name is None or any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in self.name)


class _Action(BaseModel):
    """What becomes of a column."""

    model_config = FORM

    do: str
    nulls: Literal["keep", "fill", "refuse"] | None = Field(default=None, description="If not `defaults.nulls`.")
    fill: str = Field(default="", description="What `nulls: fill` writes for null, empty and declared null cells.")
    keyspace: str | None = Field(default=None, alias="in", description="Equal values get equal pseudonyms in one keyspace.")

    @property
    def parameters(self) -> dict[str, Any]:
        """The transform's own parameters as JSON values, under the names that the policy uses; defaults filled in."""
        return self.model_dump(mode="json", by_alias=True, include=set(TRANSFORMS[self.do].model_fields))

    @property
    def written(self) -> dict[str, Any]:
        """Those of the `parameters` that the policy says itself: `fake` takes others over from the name it agrees with."""
        own = TRANSFORMS[self.do].model_fields.keys() & self.model_fields_set
        return self.model_dump(mode="json", by_alias=True, include=own)


class _Explained(_Action):
    reason: str = Field(default="", description="Why; shown in the plan and the report.")


class _Rule(BaseModel):
    model_config = STRICT

    when: When


class _Branching(BaseModel):
    model_config = STRICT

    where: Where | None = Field(default=None, description="The rows that this is for; then `otherwise` is needed.")

    @model_validator(mode="after")
    def _says_what_the_others_get(self) -> _Branching:
        said = getattr(self, "otherwise", None)
        if self.where is not None and said is None:
            raise ValueError("`where` needs `otherwise: {do: …}`: what becomes of the cells of the other rows")
        if self.where is None and said is not None:
            raise ValueError("`otherwise` needs `where: {column: …, is: …}`: the rows that the line is for")
        return self


def _plain_form(transform: type[Transform]) -> type[BaseModel]:
    """Return the form `{do: NAME, …parameters}`; `keep` must say why."""
    base = _Action if "reason" in transform.model_fields else _Explained
    fields: dict[str, Any] = {"do": (Literal[transform.name], ...)}
    if transform.properties.effect == "keep":
        fields["reason"] = (Reason, Field(description="Why the cells may stay as they are."))
    return create_model(f"do_{transform.name}", __base__=(transform, base), __doc__=transform.__doc__, **fields)


def _column_form(form: type[BaseModel]) -> type[BaseModel]:
    """Return the form with `where` and `otherwise`."""
    others = (OtherwiseForm | None, Field(default=None, description="What becomes of the cells of rows that `where` leaves out."))
    fields: dict[str, Any] = {"otherwise": others}
    return create_model(f"column_{form.__name__}", __base__=(form, _Branching), __doc__=form.__doc__, **fields)


def _rule_form(form: type[BaseModel]) -> type[BaseModel]:
    return create_model(f"rule_{form.__name__}", __base__=(form, _Rule), __doc__=form.__doc__)


def _union(forms: Mapping[str, type[BaseModel]]) -> Any:
    models = tuple(forms.values())
    return Annotated[Union[models], Field(discriminator="do")] if len(models) > 1 else models[0]  # noqa: UP007


_PLAIN_FORMS = {name: _plain_form(transform) for name, transform in TRANSFORMS.items()}
OtherwiseForm = _union(_PLAIN_FORMS)
_COLUMN_FORMS = {name: _column_form(form) for name, form in _PLAIN_FORMS.items()}

if TYPE_CHECKING:

    class PlainAction(Transform, _Explained):
        """What becomes of cells: the transform itself, with `do`, `in` and `reason`."""

    class ColumnAction(PlainAction, _Branching):
        """What becomes of one column; of the rows that `where` leaves out, what `otherwise` says."""

        otherwise: PlainAction | None

    class Rule(ColumnAction, _Rule):
        """What becomes of the columns that a condition holds for."""

    ColumnForm: TypeAlias = ColumnAction
    RuleForm: TypeAlias = Rule
else:
    PlainAction, ColumnAction, Rule = _Action, _Action, _Rule
    ColumnForm = _union(_COLUMN_FORMS)
    RuleForm = _union({name: _rule_form(form) for name, form in _COLUMN_FORMS.items()})
