"""What of the source survived: its identifiers in any output cell, own names and birth dates on their own rows, k."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks import store
from tasks.classify import Classification
from veil import rng
from veil.checks import k_results
from veil.checks.chance import chance_collisions, chance_result, own_value_result, own_value_survivors
from veil.checks.residual import ResidualScan, residual_result
from veil.model import CheckResult, Finding, Plan, Table
from veil.recognizers import ENTITIES

if TYPE_CHECKING:
    import pandas as pd

    Cells: TypeAlias = pd.Series[Any]

FULL_NAMES = frozenset({"PERSON"})
NUMBERS = frozenset({"integer", "decimal"})


@dataclass(frozen=True)
class Sources:
    """The distinct identifier values of a drop, per entity: those that must not survive, and those to look for in texts.

    A column that the policy keeps by its own name and with a reason is not among them: that is the controller's decision.
    """

    identifiers: Mapping[str, Sequence[str]] = field(repr=False)
    known: Mapping[str, Sequence[str]] = field(repr=False)

    @classmethod
    def of(cls, classified: Sequence[Classification], plans: Sequence[Plan]) -> Sources:
        """Collect the values of all tables."""
        known: dict[str, dict[str, None]] = {}
        for each, plan in zip(classified, plans, strict=True):
            for finding in each.findings:
                if finding.entity is None or finding.free_text or _is_kept_by_name(plan, finding.column):
                    continue
                every = store.distinct(each.table, finding.column).index
                values = every[~every.isin(each.null_values)]
                known.setdefault(finding.entity, {}).update(dict.fromkeys(values))
        identifiers = {entity: tuple(values) for entity, values in known.items() if ENTITIES[entity].high_entropy}
        return cls(identifiers, {entity: tuple(values) for entity, values in known.items()})


def residual_results(
    sources: Sources, classified: Sequence[Classification], plans: Sequence[Plan], tables: Sequence[Table], seed: int
) -> tuple[CheckResult, ...]:
    """Measure what survived in the transformed tables.

    Parameters
    ----------
    classified, plans, tables : of the same tables in the same order; rows of raw and transformed tables correspond.
    seed : for the limits of chance.
    """
    results = list(identifier_results(sources, tables))
    for each, plan, table in zip(classified, plans, tables, strict=True):
        pair = _Pair(each, table)
        results += pair.own_names()
        results += pair.own_birth_dates()
        results += pair.names_by_chance(seed)
        quasi = [column for column in plan.quasi_identifiers if pair.has(column)]
        if quasi:
            results += k_results(store.read_table(table, columns=quasi), quasi, table.name)
    return tuple(results)


def identifier_results(sources: Sources, tables: Sequence[Table]) -> tuple[CheckResult, ...]:
    """Count, per table, the distinct cells that hold a high-entropy identifier of the drop; every cell of it is looked at."""
    scan = ResidualScan.build(sources.identifiers)
    return tuple(_scanned(scan, table) for table in tables)


def _scanned(scan: ResidualScan, table: Table) -> CheckResult:
    counts = dict.fromkeys(scan.entities, 0)
    n_cells = 0
    for column in table.columns:
        cells = [str(cell) for cell in store.distinct(table, column.name).index]
        n_cells += len(cells)
        for entity, count in scan.scan(cells, numbers=column.type in NUMBERS).items():
            counts[entity] += count
    return residual_result(table.name, counts, n_cells)


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

    def own_names(self) -> list[CheckResult]:
        """Rows whose own full name stands in the column it came from, or in a text."""
        names = self._full_names(self.classified.table)
        outputs = self._full_names(self.table)
        texts = self._texts()
        columns = tuple(dict.fromkeys([column for group in names for column in group] + texts))
        if not names:
            return []
        survivors = 0
        for group in names:
            own = self._joined(self.classified.table, group)
            seen = [self._joined(self.table, group)] if group in outputs else []
            seen += [self._joined(self.table, (text,)) for text in texts]
            survivors += sum(own_value_survivors(own, output) for output in seen)
        return [own_value_result("own_names", self.table.name, columns, survivors, self.table.n_rows)]

    def own_birth_dates(self) -> list[CheckResult]:
        """Rows whose own birth date stands in the column it came from, or in a text."""
        dates = [finding.column for finding in self._found({"BIRTH_DATE"})]
        if not dates:
            return []
        survivors = 0
        for date in dates:
            own = self._joined(self.classified.table, (date,))
            outputs = [column for column in (date, *self._texts()) if self.has(column)]
            survivors += sum(own_value_survivors(own, self._joined(self.table, (output,))) for output in outputs)
        return [own_value_result("own_birth_dates", self.table.name, tuple(dates), survivors, self.table.n_rows)]

    def names_by_chance(self, seed: int) -> list[CheckResult]:
        """Output rows whose full name some person of the source has, beyond what chance brings about."""
        results = []
        for group in self._full_names(self.table):
            source = self._first_and_last(self.classified.table, group).dropna().drop_duplicates()
            output = self._first_and_last(self.table, group)
            generator = rng.generator(seed, "names by chance", self.table.name, *group)
            pairs = list(source.itertuples(index=False, name=None))
            chance = chance_collisions(output["first"], output["last"], pairs, generator)
            results.append(chance_result("names_by_chance", self.table.name, group, chance, self.table.n_rows))
        return results

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

    def _joined(self, table: Table, columns: tuple[str, ...]) -> Cells:
        frame = self._values(table, columns)
        joined = frame[columns[0]]
        for column in columns[1:]:
            joined = joined + " " + frame[column]
        return joined.where(joined.notna() & (joined != ""), None)

    def _first_and_last(self, table: Table, group: tuple[str, ...]) -> pd.DataFrame:
        frame = self._values(table, group)
        if len(group) == 2:
            return frame.set_axis(["first", "last"], axis=1)
        parts = frame[group[0]].str.split(" ", n=1, expand=True).reindex(columns=[0, 1])
        return parts.set_axis(["first", "last"], axis=1).astype(object).where(parts.notna().to_numpy(), None)

    def _values(self, table: Table, columns: tuple[str, ...]) -> pd.DataFrame:
        """Return cells, None where they stand for null: `NA` is nobody's name."""
        frame = store.read_table(table, columns=list(columns))
        return frame.where(~frame.isin(list(self.classified.null_values)), None) if self.classified.null_values else frame
