"""What every transform is: a frozen, strictly checked set of parameters, declared properties, and one working method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict

from veil.columns import factorize
from veil.errors import TransformFailed, UnknownColumn
from veil.model import Column, Span
from veil.transforms.canonical import Canonical, canonical
from veil.transforms.keys import roots, words_for

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from veil.transforms.keys import Key, Words
    from veil.transforms.own import OwnValues

    Cells: TypeAlias = pd.Series[Any]

T = TypeVar("T")
Number: TypeAlias = int | float
Pair: TypeAlias = Annotated[tuple[T, T], BeforeValidator(lambda pair: tuple(pair) if isinstance(pair, list) else pair)]
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
    canonical, region : the form in which equal values of the keyspace are written alike before they are keyed.
    subject : per row, who the row is about, in canonical form; aligned with the cells, without nulls.
    subject_keyspace : the keyspace that the subject's identifier lives in, so that subject 7 of one register is not
        subject 7 of another.
    related : other raw columns of the same rows that a parameter names (`from`, `sex_from`), by column name.
    related_keyspaces : the keyspaces of those columns, where they differ from `keyspace`.
    null_values : cells that stand for null and pass unchanged, besides null and the empty string.
    find_spans : finds personal data in texts; given to `redact_text` only.
    memo : what transforms of one partition have worked out and can share, such as the MACs of its subjects.
    distinct : whether no cell comes twice, so that there is nothing to factorize.
    own : what the structured columns hold about whom each row is about; given to `redact_text` and `redact_json` only.
    fitted : what the transform's `fit` returned; None for a transform that needs nothing of the whole column.
    """

    column: Column
    key: Key | None = None
    keyspace: str = ""
    canonical: Canonical = "text"
    region: str | None = None
    subject: Cells | None = field(default=None, repr=False)
    subject_keyspace: str = ""
    related: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    related_keyspaces: Mapping[str, str] = field(default_factory=dict)
    null_values: frozenset[str] = frozenset()
    find_spans: Callable[[Sequence[str]], Sequence[Sequence[Span]]] | None = field(default=None, repr=False)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)
    distinct: bool = False
    own: OwnValues | None = field(default=None, repr=False)
    fitted: Any = field(default=None, repr=False)

    def require_key(self) -> Key:
        """Return the key; refuse if the policy gave none."""
        if self.key is None:
            raise TransformFailed(self.column.name, "a keyed transform without a key; name one under `keys`")
        return self.key

    def require_subject(self) -> Cells:
        """Return the subject of each row; refuse if the table has none."""
        if self.subject is None:
            raise TransformFailed(self.column.name, "needs a data subject; name the table's `subject`")
        self.refuse(self.subject.isna(), "rows without a data subject")
        return self.subject

    def require_related(self, name: str, parameter: str) -> Cells:
        """Return the column that a parameter names; refuse if the table does not have it."""
        if name not in self.related:
            raise UnknownColumn(f"column `{self.column.name}`: `{parameter}` names `{name}`, which the table does not have")
        return self.related[name]

    def subject_codes(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the code of each row's subject and the distinct subjects, worked out once per partition."""
        found = self.memo.get("subjects")
        if found is None or found[0] is not self.subject:
            codes, levels = factorize(self.require_subject().to_numpy(dtype=object))
            found = self.memo["subjects"] = (self.subject, codes.astype(np.int64), list(levels))
        return found[1], found[2]

    def words(self, keyspace: str, values: Sequence[str], purpose: str) -> Words:
        """Return `mac_words` of canonical values; values that another column of the partition had too are keyed once."""
        key = self.require_key()
        place = ("roots", key.name, key.epoch, keyspace)
        found = self.memo.get(place)
        if found is None or found[0] != values:
            found = self.memo[place] = (values, roots(key, keyspace, values))
        return words_for(key, purpose, found[1])

    def canonical_forms(self, values: Sequence[str]) -> Sequence[str]:
        """Return what is keyed for each value: its canonical form in the column's keyspace."""
        return values if self.canonical == "text" else canonical(self.canonical, values, self.region, self.column.format)

    def refuse(self, failed: Sequence[bool] | npt.NDArray[np.bool_], reason: str) -> None:
        """Raise with the number of failed values, if there are any; never with a value."""
        count = int(np.count_nonzero(failed))
        if count:
            raise TransformFailed(self.column.name, reason, count=count)


@dataclass(frozen=True)
class Whole:
    """The whole column, and its table, for a transform whose results depend on other rows.

    Attributes
    ----------
    counts : returns the column's distinct non-null cells with their rows, sorted by cell: the same for any partitioning.
    frame : returns whole raw columns of the table by name, index the row's number; null where null. Dear: for what needs rows.
    shared : one dictionary per table and run, for a transform that decides several columns together.
    """

    counts: Callable[[], Cells] = field(repr=False)
    frame: Callable[[Sequence[str]], pd.DataFrame] = field(repr=False)
    shared: dict[str, Any] = field(default_factory=dict, repr=False)


class Transform(BaseModel):
    """Base of all transforms. Subclasses set `name` and `properties` and implement `apply`; parameters are fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    name: ClassVar[str]
    properties: ClassVar[Properties]

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Return the transformed cells of one partition.

        Parameters
        ----------
        cells : strings and None, the index holds each row's number in the table; never changed in place.

        Returns
        -------
        A new series with the same index and name, strings and None. Null, empty and declared null values pass
        unchanged unless the transform says otherwise.

        Raises
        ------
        TransformFailed : values that the transform cannot handle; the message holds their number only.
        """
        raise NotImplementedError

    def fit(self, whole: Whole, context: Context) -> Any:
        """Return what `apply` has to know of the whole column, as `context.fitted`; called once, if `needs_whole`.

        `context` has no rows: neither `subject` nor `related`.
        """
        raise NotImplementedError

    @property
    def needs_whole(self) -> bool:
        """Whether `fit` must see the whole column before any partition is transformed."""
        return False

    @property
    def by_value(self) -> bool:
        """Whether a result depends on nothing but the cell's own value, so that each distinct value is worked on once per run."""
        return not (self.declared.needs_subject or self.columns_needed or self.needs_whole)

    @property
    def declared(self) -> Properties:
        """What this transform promises with these parameters; the class's `properties` unless a parameter changes them."""
        return self.properties

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
    there = present(cells, context).to_numpy(dtype=bool)
    values = cells.to_numpy(dtype=object)[there]
    if not context.distinct:
        return replaced(cells, there, *distinct(values, function))
    results = np.empty(len(values), dtype=object)
    if len(values):
        results[:] = function(list(values))
    return replaced(cells, there, slice(None), results)


def distinct(values: npt.NDArray[Any], function: Callable[[list[str]], Sequence[str | None]]) -> tuple[Any, Any]:
    """Return the code of each value and the function's result for each code."""
    codes, levels = factorize(values)
    results = np.empty(len(levels), dtype=object)
    if len(levels):
        results[:] = function(list(levels))
    return codes, results


def distinct_rows(*columns: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the code of each row's combination of values, and the first row of each combination."""
    import pandas as pd

    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        codes, levels = factorize(column)
        combined = pd.factorize(combined * max(len(levels), 1) + codes)[0]
    firsts = np.unique(combined, return_index=True)[1]
    return combined, firsts


def replaced(cells: Cells, there: npt.NDArray[np.bool_], codes: Any, results: Any) -> Cells:
    """Return the cells with `results[codes]` in the rows that are `there`; the input is left as it is."""
    import pandas as pd

    values = cells.to_numpy(dtype=object, copy=True)
    values[there] = results[codes]
    return pd.Series(values, index=cells.index, name=cells.name, dtype=object)
