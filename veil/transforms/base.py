"""What every transform is: a frozen, strictly checked set of parameters, declared properties, and one working method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from veil.errors import TransformFailed
from veil.model import Column, Span

if TYPE_CHECKING:
    import pandas as pd

    from veil.transforms.keys import Key

    Cells: TypeAlias = pd.Series[Any]

Effect = Literal["keep", "suppress", "generalize", "perturb", "pseudonymize", "encrypt", "fake"]


@dataclass(frozen=True)
class Properties:
    """What a transform promises. `keeps` names what survives: nulls, length, format, order, intervals, equality."""

    effect: Effect
    keyed: bool = False
    deterministic: bool = True
    injective: bool = False
    reversible: bool = False
    needs_subject: bool = False
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Context:
    """What a transform may know besides the column's cells.

    Attributes
    ----------
    column : name, type and format of the column.
    key : the key of the column's keyspace; None if the policy gives none.
    keyspace : domain separation: equal values in another keyspace get other pseudonyms.
    subject : per row, who the row is about; aligned with the cells, without nulls.
    related : other raw columns of the same rows that a parameter names (`from`, `sex_from`), by column name.
    null_values : cells that stand for null and pass unchanged, besides null and the empty string.
    find_spans : finds personal data in texts; given to `redact_text` only.
    """

    column: Column
    key: Key | None = None
    keyspace: str = ""
    subject: Cells | None = field(default=None, repr=False)
    related: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    null_values: frozenset[str] = frozenset()
    find_spans: Callable[[Sequence[str]], Sequence[Sequence[Span]]] | None = field(default=None, repr=False)

    def require_key(self) -> Key:
        """Return the key; refuse if the policy gave none."""
        if self.key is None:
            raise TransformFailed(self.column.name, "a keyed transform without a key; name one under `keys`")
        return self.key

    def require_subject(self) -> Cells:
        """Return the subject of each row; refuse if the table has none."""
        if self.subject is None:
            raise TransformFailed(self.column.name, "needs a data subject; name the table's `subject`")
        return self.subject


class Transform(BaseModel):
    """Base of all transforms. Subclasses set `name` and `properties` and implement `apply`; parameters are fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    name: ClassVar[str]
    properties: ClassVar[Properties]

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Return the transformed cells of one partition.

        Parameters
        ----------
        cells : strings and None, any index; never changed in place.

        Returns
        -------
        A new series with the same index and name, strings and None. Null, empty and declared null values pass
        unchanged unless the transform says otherwise.

        Raises
        ------
        TransformFailed : values that the transform cannot handle; the message holds their number only.
        """
        raise NotImplementedError

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """Names of the other columns that `context.related` must hold."""
        return ()


def present(cells: Cells, context: Context) -> pd.Series[bool]:
    """Return True where a cell holds a value: not null, not empty, not one of the declared null values."""
    return cells.notna() & ~cells.isin(["", *context.null_values])


def map_distinct(cells: Cells, context: Context, function: Callable[[list[str]], Sequence[str | None]]) -> Cells:
    """Apply a function to the distinct present values only and put the results back in their rows.

    `function` takes the distinct values as a list and returns as many; this is what keeps a column of a million
    rows with a thousand values at a thousand calls.
    """
    import pandas as pd

    there = present(cells, context)
    distinct = pd.unique(cells[there])
    if len(distinct) == 0:
        return cells.copy()
    mapping = dict(zip(distinct, function(list(distinct)), strict=True))
    return cells.where(~there, cells.map(mapping)).astype(object)
