"""`where`: for which rows of a table a line of the policy is meant. A closed grammar over one raw column; no code."""

from __future__ import annotations

import datetime
import math
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from veil.model import RowTest
from veil.policy.parts import STRICT, Words


def _bound(value: int | float | str) -> int | float | str:
    if isinstance(value, str):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError("write a number, or a day such as 2026-01-31") from None
    elif not math.isfinite(value):
        raise ValueError("write a number, or a day such as 2026-01-31")
    return value


Bound = Annotated[int | float | str, AfterValidator(_bound)]


class Where(BaseModel):
    """The rows that an action is for, told by the raw cells of one column of the same row; `otherwise` says what the others get.

    `is`: cells that are one of these words, letter by letter. `not`: cells that are none of them; a null cell is none of them.
    `at_least`, `at_most`: numbers, or days such as 2026-01-31, bounds included; a cell that cannot be read as one fails the drop.
    `null`: whether it holds for cells that are null, empty or a declared null value; alone, `true` means these and `false` the
    others. Beside bounds it must be said where such cells occur.
    """

    model_config = STRICT

    column: str = Field(min_length=1)
    values: Words | None = Field(default=None, alias="is")
    others: Words | None = Field(default=None, alias="not")
    null: bool | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None

    @model_validator(mode="after")
    def _tells_rows_apart(self) -> Where:
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        ways = [name for name, said in (("is", self.values), ("not", self.others), ("at_least", bounds)) if said]
        if not ways and self.null is None:
            raise ValueError("`where` has no condition; write one of `is`, `not`, `null`, `at_least` and `at_most`")
        if len(ways) > 1:
            raise ValueError(f"`{ways[0]}` and `{ways[1]}` do not go together; one condition tells the rows apart")
        if len(bounds) == 2:
            self._require_range(*bounds)
        return self

    @staticmethod
    def _require_range(low: int | float | str, high: int | float | str) -> None:
        if isinstance(low, str) != isinstance(high, str):
            raise ValueError("`at_least` and `at_most` are both numbers or both days")
        if low > high:  # type: ignore[operator]
            raise ValueError("`at_least` is more than `at_most`, so it never holds")

    @property
    def test(self) -> RowTest:
        """The condition as the plan holds it."""
        return RowTest(self.column, self.values or (), self.others or (), self.null, self.at_least, self.at_most)
