"""What the columns of a drop hold about the person whom a text is about, with what became of it in the transformed tables.

A row's own cells count for its texts and, where the table has a data subject, so do the cells of all rows of that subject in any
table of the drop whose subject lives in the same keyspace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.subjects import ROW_MARK
from veil.columns import parse_dates
from veil.model import Column, Finding, Plan, Step
from veil.recognizers import ENTITIES
from veil.recognizers.base import PLACEHOLDERS
from veil.transforms.own import Owner, OwnValue, OwnValues

if TYPE_CHECKING:
    from tasks.classify import Classification
    from tasks.engine.job import Job
    from tasks.engine.partition import Partition

ALSO_LOOKED_FOR: Final = frozenset({"BIRTH_DATE", "EVENT_DATE", "DATE_TIME", "CITY", "POSTCODE", "LOCATION", "ORGANIZATION"})
OF_THE_ROW: Final = frozenset({"EVENT_DATE", "DATE_TIME", "RECORD_ID", "SESSION_ID"})
"""What tells of a record and not of a person: looked for in texts of the same row only."""
DATES: Final = frozenset({"BIRTH_DATE", "EVENT_DATE", "DATE_TIME"})
LIKE: Final = frozenset({"fake", "perturb"})
INSTEAD: Final = frozenset({"pseudonymize", "encrypt"})
MIN_LENGTH: Final = 2

Cell = tuple[int, str, str | None]
"""A source's place among the drop's, a raw cell and what became of it."""


@dataclass(frozen=True)
class _Source:
    """A column that holds something about people: looked for in their texts."""

    step: Step
    column: Column
    entity: str

    @property
    def is_told(self) -> bool:
        """Whether what the column became can stand in a text."""
        return self.step.effect in LIKE | INSTEAD and len(self.step.actions) == 1

    def values(self, cells: Sequence[tuple[str, str | None]]) -> list[OwnValue]:
        """Return raw cells and what became of them as own values."""
        if self.entity not in DATES:
            return [OwnValue(self.entity, raw, new, self.step.effect in LIKE) for raw, new in cells]
        before, after = (_days([cell[at] for cell in cells], self.column) for at in (0, 1))
        return [
            OwnValue(self.entity, raw, None, True, old, fresh)
            for (raw, _), old, fresh in zip(cells, before, after, strict=True)
        ]  # fmt: skip


@dataclass(frozen=True)
class Owners:
    """Whom texts of the drop are about, and what the drop holds about them. What it gives are cells: never log or save it.

    Parameters
    ----------
    jobs : of all tables of the drop.
    findings : of the same tables.
    """

    jobs: Sequence[Job] = field(repr=False)
    findings: Sequence[Sequence[Finding]]
    unique: frozenset[str] = frozenset()

    @classmethod
    def of(cls, jobs: Sequence[Job], classified: Sequence[Classification]) -> Owners:
        """Take the drop's tables; `jobs` and `classified` are in one order."""
        unique = frozenset(each.table.name for each, job in zip(classified, jobs, strict=True) if _is_unique(each, job.plan))
        return cls(jobs, [each.findings for each in classified], unique)

    def values(self, partition: Partition, done: Mapping[str, pa.Array]) -> OwnValues:
        """Return the own values of the rows of a partition.

        Parameters
        ----------
        done : the columns of the partition that are transformed already: all but the texts.
        """
        sources = self._sources_of(partition.job)
        own = _cells(sources, partition, done)
        others = self._register(partition.job).cells_of(partition.subject) if self._has_register(partition.job) else None
        return _owned(self._sources, own, others, len(partition.rows))

    @cached_property
    def _sources(self) -> tuple[_Source, ...]:
        return tuple(source for job, found in zip(self.jobs, self.findings, strict=True) for source in _sources(job, found))

    def _sources_of(self, job: Job) -> dict[int, _Source]:
        at, place = 0, 0
        for place, (each, found) in enumerate(zip(self.jobs, self.findings, strict=True)):
            own = _sources(each, found)
            if self.jobs[place].raw.name == job.raw.name:
                return dict(enumerate(own, at))
            at += len(own)
        raise KeyError(job.raw.name)

    def _has_register(self, job: Job) -> bool:
        """Rows of other tables, or other rows of this one, say something about the same subjects."""
        joined = self._joined(job)
        return len(joined) > 1 or (len(joined) == 1 and job.raw.name not in self.unique)

    def _joined(self, job: Job) -> list[Job]:
        """Return the tables whose subjects live in the keyspace of this table's subject."""
        keyspace = _subject_keyspace(job)
        return [each for each in self.jobs if keyspace is not None and _subject_keyspace(each) == keyspace]

    def _register(self, job: Job) -> _Register:
        keyspace = _subject_keyspace(job) or ""
        if keyspace not in self._registers:
            self._registers[keyspace] = _Register.of((each, self._sources_of(each)) for each in self._joined(job))
        return self._registers[keyspace]

    @cached_property
    def _registers(self) -> dict[str, _Register]:
        return {}


@dataclass(frozen=True)
class _Register:
    """The distinct cells about each subject, sorted by the subject's hash. Memory grows with subjects: some 100 bytes a cell."""

    hashes: Any = field(repr=False)
    cells: pa.Table = field(repr=False)

    @classmethod
    def of(cls, tables: Iterable[tuple[Job, dict[int, _Source]]]) -> _Register:
        """Read and transform the columns about people, partition by partition."""
        parts = [part for job, sources in tables for part in _of_subjects(job, sources)]
        if not parts:
            return cls(np.zeros(0, dtype=np.uint64), pa.table({}))
        every = pa.concat_tables(parts).group_by(["subject", "source", "raw", "new"], use_threads=False).aggregate([])
        hashes = _hashed(every.column("subject"))
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], every.take(pa.array(order)).combine_chunks())

    def cells_of(self, subjects: Any) -> tuple[dict[str, list[Cell]], Sequence[str]]:
        """Return the cells about the subjects of some rows, by subject, and each row's subject."""
        wanted = list(dict.fromkeys(subjects))
        keys = _hashed(pa.array(wanted, pa.large_string()))
        low, high = np.searchsorted(self.hashes, keys, "left"), np.searchsorted(self.hashes, keys, "right")
        rows = np.concatenate([np.arange(*ends) for ends in zip(low, high, strict=True)] or [np.zeros(0)]).astype(np.int64)
        found: dict[str, list[Cell]] = {}
        chosen = self.cells.take(pa.array(rows)) if len(rows) else self.cells.slice(0, 0)
        columns = [chosen.column(name).to_pylist() for name in ("subject", "source", "raw", "new")] if len(chosen) else []
        for subject, source, raw, new in zip(*columns, strict=True):
            found.setdefault(subject, []).append((source, raw, new))
        return {subject: sorted(cells, key=_order) for subject, cells in found.items()}, list(subjects)


def _order(cell: Cell) -> tuple[int, str, str]:
    return cell[0], cell[1], cell[2] or ""


def _of_subjects(job: Job, sources: Mapping[int, _Source]) -> Iterator[pa.Table]:
    from tasks.engine.partition import Columns
    from tasks.engine.work import Work

    kept = {place: source for place, source in sources.items() if source.entity not in OF_THE_ROW}
    told = [source.step.column for source in kept.values() if source.is_told and source.step.column not in job.late]
    work, columns = Work(job), Columns(job)
    for number in range(len(work.first_rows)):
        partition = work.partition(number)
        done = columns(partition, told)
        subject = pa.array(list(partition.subject), pa.large_string())
        for place, raw, new in _columns(kept, partition, done):
            there = pc.and_(pc.is_valid(raw), pc.invert(pc.starts_with(subject, ROW_MARK)))
            named = {"subject": subject, "source": pa.array(np.full(len(raw), place), pa.int32()), "raw": raw, "new": new}
            yield pa.table(named).filter(there).group_by(list(named), use_threads=False).aggregate([])


def _owned(
    sources: Sequence[_Source], own: Sequence[list[Cell]], others: tuple[dict[str, list[Cell]], Sequence[str]] | None, n_rows: int
) -> OwnValues:
    """Return one owner per distinct collection of cells."""
    known: dict[tuple[Any, ...], int] = {}
    collections: list[tuple[Cell, ...]] = []
    rows = np.full(n_rows, -1, dtype=np.int64)
    about, subjects = others if others is not None else ({}, [""] * n_rows)
    for row, cells in enumerate(zip(*own, strict=True) if own else [()] * n_rows):
        mine = tuple(cell for cell in cells if cell is not None)
        key = (subjects[row] if subjects[row] in about else "", mine)
        if key not in known:
            known[key] = len(collections)
            collections.append(tuple(dict.fromkeys([*mine, *about.get(subjects[row], ())])))
        rows[row] = known[key] if collections[known[key]] else -1
    return OwnValues(_built(sources, collections), rows)


def _built(sources: Sequence[_Source], collections: Sequence[tuple[Cell, ...]]) -> list[Owner]:
    """Make owners; each distinct cell is read once."""
    by_source: dict[int, dict[tuple[str, str | None], None]] = {}
    for cells in collections:
        for source, raw, new in cells:
            by_source.setdefault(source, {})[raw, new] = None
    values = {
        (source, *cell): value
        for source, cells in by_source.items()
        for cell, value in zip(cells, sources[source].values(list(cells)), strict=True)
    }
    return [Owner(tuple(values[cell] for cell in cells)) for cells in collections]


def _cells(sources: Mapping[int, _Source], partition: Partition, done: Mapping[str, pa.Array]) -> list[list[Any]]:
    """Return per source and row the cell, None where there is nothing to look for."""
    return [
        [None if old is None else (place, old, fresh) for old, fresh in zip(before.to_pylist(), after.to_pylist(), strict=True)]
        for place, before, after in _columns(sources, partition, done)
    ]


def _columns(
    sources: Mapping[int, _Source], partition: Partition, done: Mapping[str, pa.Array]
) -> Iterator[tuple[int, pa.Array, pa.Array]]:
    """Yield, per source, its raw cells, null where there is nothing to look for, and what became of them, null where not told."""
    for place, source in sources.items():
        name = source.step.column
        cells = partition.raw.column(name).combine_chunks().cast(pa.large_string())
        before = _telling(cells, partition.job.null_values)
        told = done[name].cast(pa.large_string()) if source.is_told and name in done else pa.nulls(len(before), pa.large_string())
        yield place, before, told


def _telling(cells: pa.Array, null_values: Sequence[str]) -> pa.Array:
    """Return the cells without those that say nothing: empty, standing for null, or `unknown`."""
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(cells))
    empty = pc.or_(pc.less(pc.utf8_length(lower), MIN_LENGTH), pc.is_in(lower, pa.array(sorted(PLACEHOLDERS), pa.large_string())))
    nothing = pc.or_(empty, pc.is_in(cells, pa.array(null_values, pa.large_string())))
    return pc.if_else(pc.fill_null(nothing, True), pa.scalar(None, pa.large_string()), cells)


def _sources(job: Job, findings: Sequence[Finding]) -> list[_Source]:
    """Return the columns to look for: those that point to somebody and that the policy does not keep as they are."""
    found = {finding.column: finding for finding in findings}
    sources = []
    for step in job.plan.steps:
        finding = found.get(step.column)
        if finding is None or finding.entity is None or finding.free_text or step.effect in ("keep", "none"):
            continue
        if ENTITIES[finding.entity].role == "direct" or finding.entity in ALSO_LOOKED_FOR:
            sources.append(_Source(step, job.raw.column(step.column), finding.entity))
    return sources


def _days(cells: Sequence[str | None], column: Column) -> list[tuple[int, int, int] | None]:
    """Return cells as days, None where they cannot be read in the column's format."""
    import pandas as pd

    if column.format is None or column.type not in ("date", "datetime"):
        return [None] * len(cells)
    stamps = parse_dates(pd.Series(list(cells), dtype=object), column.format)
    return [None if stamp is pd.NaT else (stamp.year, stamp.month, stamp.day) for stamp in stamps]


def _subject_keyspace(job: Job) -> str | None:
    return job.keyspaces[job.plan.subject].name if job.plan.subject else None


def _is_unique(classified: Classification, plan: Plan) -> bool:
    """Return whether no subject has two rows in the table."""
    profiles = {profile.column: profile for profile in classified.profiles}
    return plan.subject is not None and plan.subject in profiles and profiles[plan.subject].unique_share == 1.0


def _hashed(values: pa.Array | pa.ChunkedArray) -> Any:
    import pandas as pd

    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pd.util.hash_array(np.asarray(whole.to_numpy(zero_copy_only=False), dtype=object), categorize=False)
