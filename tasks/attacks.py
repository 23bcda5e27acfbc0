"""Attackers on a transformed table, given what they know of the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks import classes
from tasks.aligned import aligned
from tasks.classify import Classification
from veil import rng
from veil.checks.attackers import date_linkage, frequency_matching, singling_out
from veil.columns import to_numbers
from veil.legal import TEXTS
from veil.model import CheckResult, Column, Plan, Step, Table

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_VALUES: Final = 100_000
"""Of a column with more distinct values, as many are attacked; those with the smallest hashes, for any order of the rows."""
MOST_ROWS: Final = 200_000
"""Of a longer table every so many-th row is attacked by its dates; fewer rows to be among make it easier."""
TOLD_APART: Final = 0.5
"""With a larger share of distinct values there is hardly a frequency to match."""
PSEUDONYMS: Final = frozenset({"pseudonymize", "encrypt", "fake"})


def attack_results(classified: Classification, plan: Plan, table: Table, seed: int) -> Iterator[CheckResult]:
    """Yield what attackers reach; nothing where there is nothing to attack.

    Parameters
    ----------
    classified, plan, table : the raw table, what became of its columns, and the transformed table of the same rows.
    seed : for guesses and samples.
    """
    left = {column.name for column in table.columns}
    quasi = [name for name in plan.quasi_identifiers if name in left]
    if quasi and table.n_rows:
        counted, raw = classes.classes(table, quasi), classes.classes(classified.table, quasi)
        yield singling_out(table.name, quasi, classes.sizes_of(counted), classes.codes_of(counted), classes.sizes_of(raw))
    yield from _by_frequency(classified, plan, table, seed)
    yield from _by_dates(classified, plan, table, seed)


def _by_frequency(classified: Classification, plan: Plan, table: Table, seed: int) -> Iterator[CheckResult]:
    """Attack the column of pseudonyms that tells most, by its own figure."""
    profiles = {profile.column: profile for profile in classified.profiles}
    results = []
    for step in plan.steps:
        profile = profiles.get(step.column)
        if step.effect not in PSEUDONYMS or step.transform in TEXTS or profile is None or profile.n_rows == 0:
            continue
        n_present = profile.n_rows - profile.n_null
        if 1 < profile.n_distinct <= TOLD_APART * n_present:
            pairs = _pairs(classified, table, step.column, profile.n_distinct)
            generator = rng.generator(seed, "attack by frequency", table.name, step.column)
            if pairs is not None:
                results.append(frequency_matching(table.name, step.column, pairs, generator))
    if results:
        yield max(results, key=lambda result: (result.high or 0.0, result.columns))


def _pairs(classified: Classification, table: Table, column: str, n_distinct: int) -> tuple[Any, Any, Any] | None:
    """Return codes of values and of their pseudonyms, and rows; null if none of the rows has both."""
    nulls = pa.array(sorted(classified.null_values | {""}), pa.string())
    parts = []
    for before, after in aligned(classified.table, [column], table, [column]):
        both = pa.table({"value": before.column(0), "pseudonym": after.column(0)})
        there = pc.and_(
            pc.invert(pc.is_in(both.column(0), nulls)), pc.and_(pc.is_valid(both.column(0)), pc.is_valid(both.column(1)))
        )
        chosen = both.filter(there)
        if n_distinct > MOST_VALUES:
            chosen = chosen.filter(pa.array(_hashed(chosen.column(0)) <= 2**64 // n_distinct * MOST_VALUES))
        parts.append(chosen.group_by(["value", "pseudonym"], use_threads=False).aggregate([([], "count_all")]))
    whole = pa.concat_tables(parts).group_by(["value", "pseudonym"], use_threads=False).aggregate([("count_all", "sum")])
    if not len(whole):
        return None
    codes = [pc.dictionary_encode(whole.column(name).combine_chunks()).indices.to_numpy() for name in ("value", "pseudonym")]
    return codes[0], codes[1], whole.column("count_all_sum").to_numpy()


def _by_dates(classified: Classification, plan: Plan, table: Table, seed: int) -> Iterator[CheckResult]:
    """Attack the first two columns of dates that still are dates."""
    now = {column.name: column for column in table.columns}
    dated = [column for column in classified.table.columns if _is_dated(plan.step(column.name), column, now)]
    if len(dated) < 2:
        return
    names = dated[0].name, dated[1].name
    every = max(1, -(-table.n_rows // MOST_ROWS))
    known, seen, first = [], [], 0
    for before, after in aligned(classified.table, names, table, names):
        rows = np.arange(-first % every, len(before), every)
        first += len(before)
        known.append(_days(before.take(pa.array(rows)), {column.name: column for column in dated[:2]}))
        seen.append(_days(after.take(pa.array(rows)), now))
    whole = np.concatenate(known), np.concatenate(seen)
    there = ~(np.isnan(whole[0]).any(axis=1) | np.isnan(whole[1]).any(axis=1))
    if there.any():
        generator = rng.generator(seed, "attack by dates", table.name)
        yield date_linkage(table.name, names, whole[0][there], whole[1][there], generator)


def _is_dated(step: Step, column: Column, now: Mapping[str, Column]) -> bool:
    here = now.get(column.name)
    return here is not None and all(each.type in ("date", "datetime") for each in (here, column)) and step.transform is not None


def _days(cells: pa.Table, columns: Mapping[str, Column]) -> npt.NDArray[np.float64]:
    """Return the cells of two columns as whole days."""
    import pandas as pd

    found = []
    for name in cells.column_names:
        numbers = to_numbers(pd.Series(cells.column(name).to_numpy().astype(object)), columns[name])
        found.append(np.floor(numbers / (86_400 if columns[name].type == "datetime" else 1)))
    return np.stack(found, axis=1)


def _hashed(cells: pa.ChunkedArray) -> Any:
    import pandas as pd

    return pd.util.hash_array(np.asarray(cells.to_numpy(), dtype=object), categorize=False)
