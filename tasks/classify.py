"""Classify: what each column holds, in which role, how sure that is, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

from tasks import store
from tasks.stage import log, stage
from veil import recognizers
from veil.model import ColumnProfile, Finding, Table


@dataclass(frozen=True)
class Classification:
    """The findings and profiles of a table, the table with its types found, and the models that were not there to look.

    `null_values` are the cells that the policy declares to stand for null: they are no values of a column.
    """

    table: Table
    findings: tuple[Finding, ...]
    profiles: tuple[ColumnProfile, ...]
    missing_models: tuple[str, ...]
    null_values: frozenset[str] = frozenset()


@stage("classify")
def classify(tables: tuple[Table, ...], seed: int, null_values: Collection[str] = ()) -> tuple[Classification, ...]:
    """Classify every column of every table from its name, its distinct values and their counts.

    Parameters
    ----------
    null_values : cells that stand for null, as the policy declares them: they hide neither a type nor a format.
    """
    models = recognizers.find_models()
    return tuple(_classified(table, models, seed, frozenset(null_values)) for table in tables)


def _classified(table: Table, models: recognizers.Models, seed: int, null_values: frozenset[str]) -> Classification:
    names = tuple(column.name for column in table.columns)
    profiles, samples = [], []
    for column in table.columns:
        every = store.distinct(table, column.name)
        counts = every[~every.index.isin(null_values)]
        n_null = store.n_nulls(table, column.name) + int(every.sum() - counts.sum())
        profile = recognizers.profile(column.name, counts, n_null)
        neighbours = tuple(name for name in names if name != column.name)
        profiles.append(profile)
        samples.append(recognizers.sample(profile, counts, neighbours, seed=seed))
    findings = recognizers.classify(samples, models=models, table=table.name)
    typed = tuple(
        dataclasses.replace(column, type=profile.type, format=profile.format, nullable=profile.n_null > 0)
        for column, profile in zip(table.columns, profiles, strict=True)
    )
    found = sum(finding.entity is not None for finding in findings)
    log("classified", table=table.name, columns=len(names), found=found)
    return Classification(dataclasses.replace(table, columns=typed), findings, tuple(profiles), models.missing, null_values)
