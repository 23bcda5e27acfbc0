"""Transform: stream every table through its plan, partition by partition, and count what must not have changed or survived."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks import store
from tasks.classify import Classification
from tasks.plan import Planned
from tasks.references import Reference
from tasks.residual import Sources, residual_results
from tasks.settings import Keyring
from tasks.stage import log, stage
from tasks.subjects import table_subjects
from tasks.texts import text_columns
from veil.columns import infer
from veil.model import CheckResult, Column, Plan, Step, Table
from veil.plan import ColumnKeyspace, build_transforms, keyspaces
from veil.recognizers.custom import FindSpans, with_custom
from veil.transforms import Context, Transform

if TYPE_CHECKING:
    import pandas as pd

    from veil.policy import Policy
    from veil.recognizers.text.column import TextColumn


@dataclass(frozen=True)
class Fact:
    """A count that the transform gate puts against its bounds."""

    table: str
    name: str
    value: float | None
    at_least: float | None = None
    at_most: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Transformed:
    """The transformed tables, the plans they followed, and what was counted on them."""

    tables: tuple[Table, ...]
    plans: tuple[Plan, ...]
    facts: tuple[Fact, ...]
    results: tuple[CheckResult, ...]


@stage("transform")
def transform(
    policy: Policy, keyring: Keyring, classified: Sequence[Classification], planned: Planned, work: str, seed: int
) -> Transformed:
    """Transform every table of the drop.

    Parameters
    ----------
    keyring : the keys that the policy names.
    planned : a plan per table, in the order of `classified`, in which every column is decided; and the references.
    work : the run's work folder.
    seed : for the chance limits of the residual scan; no pseudonym depends on it.
    """
    plans = planned.plans
    sources = Sources.of(classified, plans)
    tables = []
    for each, plan in zip(classified, plans, strict=True):
        tables.append(_Transformation(policy, keyring, each.table, plan, sources).write(Path(work) / "transformed"))
        log("transformed", table=each.table.name, rows=tables[-1].n_rows, columns=len(tables[-1].columns))
    facts = [
        fact
        for each, plan, table in zip(classified, plans, tables, strict=True)
        for fact in _unchanged(policy, each.table, plan, table)
    ]
    if policy.gates.transform.referential == "exact":
        facts += _references(planned.references, classified, tables)
    results = residual_results(sources, classified, plans, tables, seed)
    return Transformed(tuple(tables), plans, tuple(facts), results)


@dataclass(frozen=True)
class _Transformation:
    """One table on its way through its plan."""

    policy: Policy
    keyring: Keyring
    raw: Table
    plan: Plan
    sources: Sources

    def write(self, folder: Path) -> Table:
        names = [step.column for step in self.plan.steps if step.transform != "drop"]
        kept = {step.column for step in self.plan.steps if step.effect == "keep"}
        raw = {name: self.raw.column(name) for name in names}
        # What is transformed keeps its physical type, a date of Parquet or a bare number of JSON, where its cells still have it.
        columns = tuple(raw[name] if name in kept else Column(name, physical=raw[name].physical) for name in names)
        table = store.write_table(
            self.raw.name, self._frames(names), folder / self.raw.name, columns=columns, stage="transform"
        )
        typed = tuple(column if column.name in kept else typed_column(table, column, self._null_values) for column in columns)
        return dataclasses.replace(table, columns=typed)

    def _frames(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        subject = self.plan.subject
        subjects = table_subjects(self.raw, self.plan, self._keyspaces[subject] if subject else None, self._null_values)
        for frame, subject in zip(store.read_partitions(self.raw), subjects, strict=True):
            yield self._transformed(frame, subject, names)

    def _transformed(self, frame: pd.DataFrame, subject: pd.Series[Any], names: Sequence[str]) -> pd.DataFrame:
        import pandas as pd

        cells = {name: self._cells(frame, name, subject) for name in names}
        return pd.DataFrame(cells, index=frame.index, dtype=object)

    def _cells(self, frame: pd.DataFrame, name: str, subject: pd.Series[Any]) -> pd.Series[Any]:
        method = self._methods[name]
        about_someone = self.plan.subject is not None or method.declared.needs_subject
        context = self._context(self.plan.step(name), method, frame, subject if about_someone else None)
        return method.apply(frame[name], context)

    def _context(self, step: Step, method: Transform, frame: pd.DataFrame, subject: pd.Series[Any] | None) -> Context:
        keyspace = self._keyspaces[step.column]
        return Context(
            column=self.raw.column(step.column),
            key=self.keyring.keys.get(keyspace.key) if keyspace.key else None,
            keyspace=keyspace.name,
            canonical=keyspace.canonical,
            region=keyspace.region,
            subject=subject,
            subject_keyspace=self._keyspaces[self.plan.subject].name if self.plan.subject else self.raw.name,
            related={needed: frame[needed] for needed in method.columns_needed},
            related_keyspaces={needed: self._keyspaces[needed].name for needed in method.columns_needed},
            null_values=self._null_values,
            find_spans=self._find_spans(step.column) if step.transform == "redact_text" else None,
        )

    @property
    def _null_values(self) -> frozenset[str]:
        return frozenset(self.policy.defaults.null_values)

    @cached_property
    def _keyspaces(self) -> dict[str, ColumnKeyspace]:
        return keyspaces(self.policy, self.plan)

    @cached_property
    def _methods(self) -> dict[str, Transform]:
        return build_transforms(self.plan)

    def _find_spans(self, column: str) -> FindSpans:
        """Return the search of a text column, with the policy's own recognizers."""
        return with_custom(self._texts[column].spans, self.policy.custom_recognizers())

    @cached_property
    def _texts(self) -> dict[str, TextColumn]:
        """The search of the text columns, prepared only if one is redacted; it knows the identifiers of the whole drop."""
        columns = [step.column for step in self.plan.steps if step.transform == "redact_text"]
        return text_columns(self.raw, columns, self.sources.known)


def typed_column(table: Table, column: Column, null_values: frozenset[str]) -> Column:
    """Return the column with the type and format that its cells have now; those that stand for null have neither."""
    every = store.distinct(table, column.name)
    counts = every[~every.index.isin(null_values)]
    values = [value for value in counts.index if value != ""]
    kind, pattern = infer(values, int(counts.sum()))
    nullable = store.n_nulls(table, column.name) > 0 or len(counts) < len(every)
    return dataclasses.replace(column, type=kind, format=pattern, nullable=nullable)


def _unchanged(policy: Policy, raw: Table, plan: Plan, table: Table) -> list[Fact]:
    """Count rows lost, columns whose nulls changed although their transform keeps nulls, and kept columns not byte-identical."""
    loss = policy.gates.transform.row_loss.value
    keeping_nulls = [column for column, method in build_transforms(plan).items() if "nulls" in method.declared.keeps]
    nulls = [column for column in keeping_nulls if store.n_nulls(raw, column) != store.n_nulls(table, column)]
    kept = [step.column for step in plan.steps if step.effect == "keep"]
    changed = [column for column in kept if store.column_sha256(raw, column) != store.column_sha256(table, column)]
    return [
        Fact(table.name, "rows lost", float(abs(raw.n_rows - table.n_rows)), at_most=loss),
        Fact(table.name, "columns whose nulls changed", float(len(nulls)), at_most=0, reason=", ".join(nulls)),
        Fact(table.name, "kept columns not byte-identical", float(len(changed)), at_most=0, reason=", ".join(changed)),
    ]


def _references(links: Sequence[Reference], classified: Sequence[Classification], tables: Sequence[Table]) -> list[Fact]:
    """Count rows whose reference pointed to a row before and no longer does, or the other way round."""
    raw = {each.table.name: each.table for each in classified}
    after = {table.name: table for table in tables}
    facts = []
    for link in links:
        before, now = (_orphans(group, link) for group in (raw, after))
        changed = None if before is None or now is None else float(abs(now - before))
        reason = f"to {link.parent}.{link.parent_column}"
        facts.append(Fact(link.child, f"references `{link.column}` changed", changed, at_most=0, reason=reason))
    return facts


def _orphans(tables: Mapping[str, Table], link: Reference) -> int | None:
    """Return how many rows refer to a row that is not there; None where one of the two columns was dropped."""
    child, parent = tables[link.child], tables[link.parent]
    if not _has(child, link.column) or not _has(parent, link.parent_column):
        return None
    counts = store.distinct(child, link.column)
    return int(counts[~counts.index.isin(store.distinct(parent, link.parent_column).index)].sum())


def _has(table: Table, column: str) -> bool:
    return column in {each.name for each in table.columns}
