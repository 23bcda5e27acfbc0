"""What of the source survived: its identifiers in any output cell, own names and birth dates on their own rows, k, attackers.

Everything is read partition by partition: memory grows with distinct names and combinations of quasi-identifiers, not with rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tasks import store
from tasks.aligned import aligned
from tasks.attacks import attack_results
from tasks.classes import k_of_table
from tasks.classify import Classification
from veil.checks.chance import FullNames, chance_result, own_value_result, own_value_survivors, rare_chance
from veil.checks.residual import Hits, ResidualScan, residual_result
from veil.model import CheckResult, Finding, Plan, Table
from veil.recognizers import ENTITIES
from veil.transforms.ciphers.ff1 import MIN_DOMAIN

if TYPE_CHECKING:
    import pandas as pd

    Cells: TypeAlias = pd.Series[Any]

FULL_NAMES = frozenset({"PERSON"})
NUMBERS = frozenset({"integer", "decimal"})
TAIL = 9


@dataclass(frozen=True)
class Sources:
    """Where a drop holds identifiers, per entity: those that must not survive, and those to look for in texts.

    A column that the policy keeps by its own name and with a reason is not among them: that is the controller's decision.
    """

    columns: Mapping[str, tuple[tuple[Table, str, frozenset[str]], ...]]

    @classmethod
    def of(cls, classified: Sequence[Classification], plans: Sequence[Plan]) -> Sources:
        """Collect the columns of all tables."""
        columns: dict[str, list[tuple[Table, str, frozenset[str]]]] = {}
        for each, plan in zip(classified, plans, strict=True):
            for finding in each.findings:
                if finding.entity is None or finding.free_text or _is_kept_by_name(plan, finding.column):
                    continue
                columns.setdefault(finding.entity, []).append((each.table, finding.column, each.null_values))
        return cls({entity: tuple(found) for entity, found in columns.items()})

    @cached_property
    def known(self) -> Mapping[str, Sequence[str]]:
        """The distinct values per entity, for the search of texts; memory grows with them, so only what is searched is asked."""
        return {entity: tuple(self._distinct(entity)) for entity in self.columns}

    def scan(self) -> ResidualScan:
        """Return the scan for all values of high entropy, which are read piece by piece; again if any may have survived."""
        return ResidualScan.of({entity: _Values(self, entity) for entity in self.columns if ENTITIES[entity].high_entropy})

    def values(self, entity: str) -> Iterator[pa.Array]:
        """Yield the values of an entity, partition by partition."""
        for table, column, null_values in self.columns[entity]:
            for batch in store.read_batches(table, [column]):
                cells = pc.unique(batch.column(0))
                yield cells.filter(pc.invert(pc.is_in(cells, pa.array(sorted(null_values), pa.string()))))

    def _distinct(self, entity: str) -> Mapping[str, None]:
        return {value: None for cells in self.values(entity) for value in cells.drop_null().to_pylist()}


@dataclass(frozen=True)
class _Values:
    """Reads the values of one entity from the start."""

    sources: Sources = field(repr=False)
    entity: str

    def __call__(self) -> Iterable[pa.Array]:
        return self.sources.values(self.entity)


def residual_results(
    sources: Sources, classified: Sequence[Classification], plans: Sequence[Plan], tables: Sequence[Table], seed: int
) -> tuple[CheckResult, ...]:
    """Measure what survived in the transformed tables.

    Parameters
    ----------
    classified, plans, tables : of the same tables in the same order; rows of raw and transformed tables correspond.
    seed : for the attackers' guesses.
    """
    results = list(identifier_results(sources, tables, plans))
    for each, plan, table in zip(classified, plans, tables, strict=True):
        pair = _Pair(each, table)
        results += pair.own_permuted(permuted_columns(plan))
        results += pair.own_names()
        results += pair.own_birth_dates()
        results += pair.names_by_chance()
        quasi = [column for column in plan.quasi_identifiers if pair.has(column)]
        if quasi:
            results += k_of_table(table, quasi)
        results += attack_results(each, plan, table, seed)
    return tuple(results)


def identifier_results(sources: Sources, tables: Sequence[Table], plans: Sequence[Plan]) -> tuple[CheckResult, ...]:
    """Count, per table, the distinct cells that hold a high-entropy identifier of the drop.

    Every cell is looked at but those of `permuted_columns`: among the numbers that `fpe` writes are others' by chance, so
    `own_permuted` compares them with their own row's.
    """
    if not tables:
        return ()
    scan = sources.scan()
    permuted = {plan.table: permuted_columns(plan) for plan in plans}
    found = [_searched(scan, table, permuted.get(table.name, frozenset())) for table in tables]
    counts = scan.counts([hits for hits, _ in found])
    told = zip(tables, counts, found, strict=True)
    return tuple(residual_result(table.name, held, n_cells) for table, held, (_, n_cells) in told)


def permuted_columns(plan: Plan) -> frozenset[str]:
    """Return the columns whose outputs are values like those that came in, of which each is somebody's."""
    return frozenset(step.column for step in plan.steps if any(each.transform == "fpe" for each in step.actions))


def _searched(scan: ResidualScan, table: Table, left_out: frozenset[str]) -> tuple[Hits, int]:
    """Return what may be an identifier in a table's cells, and how many cells were looked at: distinct ones of each partition."""
    hits, n_cells = [Hits.none()], 0
    columns = [column for column in table.columns if column.name not in left_out]
    for batch in store.read_batches(table, [column.name for column in columns]):
        for column, cells in zip(columns, batch.columns, strict=True):
            distinct = pc.unique(cells).drop_null()
            n_cells += len(distinct)
            hits.append(scan.find(distinct, numbers=column.type in NUMBERS))
    return Hits.joined(hits), n_cells


def _is_kept_by_name(plan: Plan, column: str) -> bool:
    step = plan.step(column)
    return step.effect == "keep" and step.decided_by.startswith("columns.")


@dataclass(frozen=True)
class _Pair:
    """A raw table and what became of it, row by row."""

    classified: Classification
    table: Table

    def has(self, column: str) -> bool:
        return column in {each.name for each in self.table.columns}

    def own_permuted(self, permuted: frozenset[str]) -> list[CheckResult]:
        """Rows whose permuted cell is their own source value, beyond what a permutation of a million values brings about."""
        columns = sorted(name for name in permuted if self.has(name))
        observed = 0
        for before, after in aligned(self.classified.table, columns, self.table, columns) if columns else ():
            observed += sum(_n_alike(before.column(name), after.column(name)) for name in columns)
        chance = rare_chance(observed, len(columns) * self.table.n_rows / MIN_DOMAIN)
        return [chance_result("own_permuted", self.table.name, tuple(columns), chance, self.table.n_rows)] if columns else []

    def own_names(self) -> list[CheckResult]:
        """Rows whose own full name stands in the column it came from, or in a text."""
        names, texts = self._full_names(self.classified.table), self._texts()
        columns = tuple(dict.fromkeys([column for group in names for column in group] + texts))
        outputs = self._full_names(self.table)
        pairs = [(own, seen) for own in names for seen in [*([own] if own in outputs else []), *((text,) for text in texts)]]
        return [self._own("own_names", columns, pairs)] if names else []

    def own_birth_dates(self) -> list[CheckResult]:
        """Rows whose own birth date stands in the column it came from, or in a text."""
        dates = [finding.column for finding in self._found({"BIRTH_DATE"})]
        pairs = [((date,), (seen,)) for date in dates for seen in (date, *self._texts()) if self.has(seen)]
        return [self._own("own_birth_dates", tuple(dates), pairs)] if dates else []

    def _own(self, check: str, columns: tuple[str, ...], pairs: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> CheckResult:
        """Count rows whose own value, of some raw columns, stands in some columns of the output."""
        raw, seen = ([name for pair in pairs for name in pair[at]] for at in (0, 1))
        survivors = 0
        for before, after in self._aligned(raw, seen) if pairs else ():
            survivors += sum(own_value_survivors(_joined(before, own), _joined(after, output)) for own, output in pairs)
        return own_value_result(check, self.table.name, columns, survivors, self.table.n_rows)

    def names_by_chance(self) -> list[CheckResult]:
        """Output rows whose full name some person of the source has, beyond what chance brings about."""
        return [self._by_chance(group) for group in self._full_names(self.table)]

    def _by_chance(self, group: tuple[str, ...]) -> CheckResult:
        names = FullNames()
        for frame in self._frames(self.classified.table, group):
            names.add_known(*_first_and_last(frame, group))
        for frame in self._frames(self.table, group):
            names.add(*_first_and_last(frame, group))
        return chance_result("names_by_chance", self.table.name, group, names.chance(), self.table.n_rows)

    def _full_names(self, table: Table) -> list[tuple[str, ...]]:
        """Return the columns that together hold full names: one of them, or a first and a last name."""
        has = {column.name for column in table.columns}
        whole = [(finding.column,) for finding in self._found(FULL_NAMES) if finding.column in has]
        firsts = [finding.column for finding in self._found({"FIRST_NAME"}) if finding.column in has]
        lasts = [finding.column for finding in self._found({"LAST_NAME"}) if finding.column in has]
        return whole + list(zip(firsts, lasts, strict=False))

    def _texts(self) -> list[str]:
        return [finding.column for finding in self.classified.findings if finding.free_text and self.has(finding.column)]

    def _found(self, entities: set[str] | frozenset[str]) -> list[Finding]:
        return [finding for finding in self.classified.findings if finding.entity in entities and not finding.free_text]

    def _aligned(self, raw: Sequence[str], output: Sequence[str]) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """Yield the same rows of both tables, piece by piece."""
        for before, after in aligned(self.classified.table, raw, self.table, output):
            yield self._frame(before), self._frame(after)

    def _frames(self, table: Table, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        return (self._frame(batch) for batch in store.read_batches(table, list(columns)))

    def _frame(self, batch: pa.Table) -> pd.DataFrame:
        """Return cells, None where they stand for null: `NA` is nobody's name."""
        import pandas as pd

        nulls = list(self.classified.null_values)
        cells = {name: batch.column(name).to_numpy().astype(object) for name in batch.column_names}
        frame = pd.DataFrame(cells, dtype=object)
        return frame.where(~frame.isin(nulls), None) if nulls else frame


def _joined(frame: pd.DataFrame, columns: tuple[str, ...]) -> Cells:
    joined = frame[columns[0]]
    for column in columns[1:]:
        joined = joined + " " + frame[column]
    return joined.where(joined.notna() & (joined != ""), None)


def _first_and_last(frame: pd.DataFrame, group: tuple[str, ...]) -> tuple[Cells, Cells]:
    if len(group) == 2:
        return frame[group[0]], frame[group[1]]
    parts = frame[group[0]].str.split(" ", n=1, expand=True).reindex(columns=[0, 1])
    parts = parts.astype(object).where(parts.notna().to_numpy(), None)
    return parts[0], parts[1]


def _n_alike(before: pa.ChunkedArray, after: pa.ChunkedArray) -> int:
    """Return in how many rows two cells have the same letters and digits; of long ones the last nine count, as of telephones."""
    one, other = (pc.utf8_lower(pc.replace_substring_regex(cells, r"[^\p{L}\p{N}]+", "")) for cells in (before, after))
    tails = (pc.utf8_slice_codeunits(cells, start=-TAIL, stop=None) for cells in (one, other))
    there = pc.greater(pc.utf8_length(one), 0)
    return int(pc.sum(pc.and_(pc.equal(*tails), there)).as_py() or 0)
