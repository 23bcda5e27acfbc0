"""A schema: tables of columns that are invented together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from veil.synthesizers.schemas.distributions import STRICT
from veil.synthesizers.schemas.kinds import NAME, Kind, Reference

MAX_ROWS = 1_000_000_000

ColumnName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
TableName = Annotated[str, Field(pattern=f"^{NAME}$")]


class TableSchema(BaseModel):
    """One table. `rows`: how many, unless a reference with `each` tells."""

    model_config = STRICT

    rows: int | None = Field(default=None, ge=0, le=MAX_ROWS)
    columns: Mapping[ColumnName, Kind] = Field(min_length=1, max_length=2_000)

    @property
    def parent(self) -> tuple[str, Reference] | None:
        """The column whose `each` tells how many rows there are; None if none does."""
        return next(((name, kind) for name, kind in self.columns.items() if isinstance(kind, Reference) and kind.each), None)


class Schema(BaseModel):
    """Tables that are invented together. `locale`: of fakes whose column names none."""

    model_config = STRICT

    schema_name: Annotated[str, Field(pattern=f"^{NAME}$")] = Field(default="unnamed", alias="schema")
    version: int = Field(ge=1)
    locale: str = "en_US"
    tables: Mapping[TableName, TableSchema] = Field(min_length=1, max_length=200)
