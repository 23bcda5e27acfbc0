"""Hierarchy: a value, as the name of the group that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, model_validator

from veil.transforms.anonymity.levels import Levels, LevelsFile, with_file
from veil.transforms.base import Context, Properties, Transform, map_distinct

if TYPE_CHECKING:
    from veil.transforms.base import Cells

HIDDEN = "*"


class Hierarchy(Transform):
    """Write what a value becomes at a `level` of a hierarchy: `health` for `nurse`, `services` at level 2.

    The hierarchy is written in the policy (`levels`) or in a CSV `file` beside it, which is read when the policy is and becomes
    part of it. A value that the hierarchy does not have is refused, or hidden as `*`.
    """

    name: ClassVar[str] = "hierarchy"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls"}))

    levels: Levels | None = None
    file: LevelsFile | None = None
    level: int = Field(default=1, ge=1)
    unknown: Literal["refuse", "hide"] = "refuse"

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return with_file(data, info)

    @model_validator(mode="after")
    def _has_the_level(self) -> Hierarchy:
        if self.levels is None:
            raise ValueError("give `levels` or the `file` that they stand in")
        if self.level >= len(self.levels[0]):
            raise ValueError(f"`level: {self.level}` of a hierarchy that has {len(self.levels[0]) - 1}")
        return self

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Generalize each distinct value."""
        groups = {row[0]: row[self.level] for row in self.levels or ()}

        def generalized(values: list[str]) -> list[str]:
            if self.unknown == "refuse":
                unknown = [value not in groups for value in values]
                context.refuse(unknown, "not in the hierarchy; add them to its levels, or say `unknown: hide`")
            return [groups.get(value, HIDDEN) for value in values]

        return map_distinct(cells, context, generalized)
