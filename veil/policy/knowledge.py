"""What a policy knows of its data beyond what any classifier can: recognizers of its own, and what a reviewer approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from veil.model import LogicalType, Role
from veil.policy.parts import Words
from veil.recognizers.approved import Approved, role_of
from veil.recognizers.base import NOTHING
from veil.recognizers.custom import ColumnName, CustomRecognizer, Listed, Pattern

NONE: Final = "none"
"""The word for "nothing personal" where a policy names an entity."""

LONGEST_PATTERN: Final = 500
WAYS: Final = ("pattern", "deny_list", "allow_list", "columns")

Share = Annotated[float, Field(ge=0, le=1)]


class PolicyRecognizer(BaseModel):
    """Something that is known about this data: one of a pattern, a list of values, or names of columns.

    `entity`: what it finds. `pattern`: an expression for RE2, so without lookaround and backreferences; it finds whole cells, and
    pieces of texts with the edges of words. `examples` must match and `counter_examples` must not. `deny_list`: values that are
    the entity, whatever their case; `allow_list`: values that are never personal, so without `entity`. `columns`: names of
    columns that hold the entity, such as `*_staff_number`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    entity: str | None = None
    pattern: Annotated[str, Field(min_length=1, max_length=LONGEST_PATTERN)] | None = None
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    deny_list: Words | None = None
    allow_list: Words | None = None
    columns: Words | None = None

    @model_validator(mode="after")
    def _is_of_one_way(self) -> PolicyRecognizer:
        ways = [way for way in WAYS if getattr(self, way) is not None]
        if len(ways) != 1:
            found = " and ".join(f"`{way}`" for way in ways) or "none of them"
            raise ValueError(f"one of `pattern`, `deny_list`, `allow_list` and `columns` is needed, and here is {found}")
        if self.allow_list is not None and self.entity is not None:
            raise ValueError("`allow_list` is for values that are never personal, so without `entity`; did you mean `deny_list`?")
        if self.allow_list is None and self.entity is None:
            raise ValueError(f"`{ways[0]}` needs an `entity`, such as `entity: EMPLOYEE_ID`")
        if self.pattern is None and (self.examples or self.counter_examples):
            raise ValueError("`examples` and `counter_examples` are for a `pattern`")
        return self

    def named(self, name: str) -> CustomRecognizer:
        """Return the recognizer that this describes."""
        if self.pattern is not None:
            return Pattern(name, str(self.entity), self.pattern)
        if self.columns is not None:
            return ColumnName(name, str(self.entity), self.columns)
        return Listed(name, self.entity or NOTHING, self.deny_list or self.allow_list or ())


class Approval(BaseModel):
    """What a reviewer approved of a column, in a line that `veil inventory` wrote.

    `entity`: what it holds, or `none`. `was`: what the classifier found, where the reviewer says something else; then `reason`
    says why. `role`: by default that of the entity. `type`, `confidence` and `kinds` are what was found then: how values are
    written and which identifiers stand in them, as coarse shares. The next drop is compared with them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    entity: str
    was: str | None = None
    role: Role | None = None
    reason: str = ""
    type: LogicalType | None = None
    confidence: Share | None = None
    kinds: Mapping[str, Share] = Field(default_factory=dict)

    def approved(self, where: str) -> Approved:
        """Return what the classifier is compared with. Both entities must be known."""
        entity = None if self.entity == NONE else self.entity
        was = entity if self.was is None else None if self.was == NONE else self.was
        return Approved(
            entity=entity,
            was=was,
            role=self.role or role_of(entity),
            reason=self.reason,
            type=self.type,
            kinds=self.kinds,
            where=where,
        )
