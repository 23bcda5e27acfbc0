"""Parts of raw tables, written beside them: the subjects that a policy draws, and what is left when rows are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks import store
from tasks.plan import Planned
from tasks.references import Reference, parents_first
from tasks.subjects import canonical_cells
from veil.columns import factorize
from veil.errors import DropRefused
from veil.model import Plan, Table
from veil.plan import keyspaces
from veil.transforms.keys import Key, mac_words

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.plan import ColumnKeyspace
    from veil.policy import Policy
    from veil.policy.models import Subset

    Rows = npt.NDArray[np.int64]
    Chosen = Callable[[pa.Table], pa.Array]


def without_rows(table: Table, rows: Rows, folder: Path) -> tuple[Table, Table]:
    """Write the table without some of its rows, and these rows by themselves; return both."""
    aside = _written(table, _split(table, rows, aside=True), folder / "aside")
    return _written(table, _split(table, rows, aside=False), folder / "rest"), aside


def _split(table: Table, rows: Rows, *, aside: bool) -> Iterator[pa.Table]:
    first = 0
    for batch in store.read_batches(table):
        numbers = np.arange(first, first + len(batch))
        first += len(batch)
        yield batch.filter(pa.array(np.isin(numbers, rows) == aside))


def _written(table: Table, batches: Iterator[pa.Table], folder: Path) -> Table:
    return store.write_table(table.name, batches, folder, columns=table.columns, stage=table.stage)


def drawn_subset(
    policy: Policy, keys: Mapping[str, Key], tables: Sequence[Table], planned: Planned, folder: Path
) -> dict[str, Table]:
    """Write the part of a drop that `subset` asks for, references whole; the same tables if it asks for none.

    Raises
    ------
    DropRefused : no row would be left of a table.
    """
    wanted, parts = policy.subset, {table.name: table for table in tables}
    if wanted is None:
        return parts
    names, plans = planned.names, {plan.table: plan for plan in planned.plans}
    reached = {name for name, own in names.items() if own == wanted.of}
    for name in parents_first(list(parts), planned.references):
        ways = [link for link in planned.references if link.child == name and link.parent in reached]
        if name in reached:
            choose = _drawn(policy, wanted, keys, parts[name], plans[name])
        elif ways and names[name] not in wanted.whole:
            choose = _referring(ways, parts)
            reached.add(name)
        else:
            continue
        parts[name] = _written(parts[name], _chosen(parts[name], choose), folder / name)
        if not parts[name].n_rows:
            raise DropRefused(name, "has no row left in the subset; ask for a larger `share` or more `subjects`")
    return parts


def _chosen(table: Table, choose: Chosen) -> Iterator[pa.Table]:
    for batch in store.read_batches(table):
        yield batch.filter(choose(batch))


def _drawn(policy: Policy, wanted: Subset, keys: Mapping[str, Key], table: Table, plan: Plan) -> Chosen:
    """Choose the rows of the subjects whose keyed numbers are lowest: the same subjects in every drop of the key's epoch."""
    column = str(plan.subject)
    keyspace = keyspaces(policy, plan)[column]
    key = keys[wanted.key or next(iter(keys))]
    every = store.distinct(table, column).index
    subjects = [form for form in factorize(_forms(every, keyspace))[1] if form not in ("", *policy.defaults.null_values)]
    numbers = mac_words(key, keyspace.name, subjects, purpose="subset")[:, 0]
    limit = _limit(numbers, wanted)
    drawn = pa.array([subject for subject, number in zip(subjects, numbers, strict=True) if number <= limit], pa.string())

    def choose(batch: pa.Table) -> pa.Array:
        forms = _forms(batch.column(column).to_numpy(), keyspace)
        return pc.is_in(pa.array(forms, pa.string(), from_pandas=True), drawn, skip_nulls=True)

    return choose


def _forms(cells: Any, keyspace: ColumnKeyspace) -> Any:
    import pandas as pd

    return canonical_cells(pd.Series(np.asarray(cells, dtype=object), dtype=object), keyspace).to_numpy(dtype=object)


def _limit(numbers: npt.NDArray[np.uint64], wanted: Subset) -> int:
    if wanted.share is not None:
        return int(wanted.share * 2**64)
    ordered = np.sort(numbers)
    return int(ordered[min(wanted.subjects or 1, len(ordered)) - 1]) if len(ordered) else 0


def _referring(ways: Sequence[Reference], parts: Mapping[str, Table]) -> Chosen:
    """Choose rows that refer to at least one row that is left, and to none that is gone; a null refers to nothing."""
    known = [pa.array(store.distinct(parts[link.parent], link.parent_column).index, pa.string()) for link in ways]

    def choose(batch: pa.Table) -> pa.Array:
        left = [pc.is_in(batch.column(link.column), keys, skip_nulls=True) for link, keys in zip(ways, known, strict=True)]
        gone = [pc.and_(pc.invert(found), batch.column(link.column).is_valid()) for link, found in zip(ways, left, strict=True)]
        return pc.and_(_any(left), pc.invert(_any(gone)))

    return choose


def _any(masks: Sequence[Any]) -> Any:
    whole = masks[0]
    for mask in masks[1:]:
        whole = pc.or_(whole, mask)
    return whole
