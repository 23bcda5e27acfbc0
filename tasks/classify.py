"""Classify: what each column holds, in which role, how sure that is, and why."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from tasks import store
from tasks.stage import log, stage
from veil import recognizers
from veil.model import ColumnProfile, Finding, Table


@dataclass(frozen=True)
class Classification:
    """The findings and profiles of a table, the table with its types found, and the models that were not there to look."""

    table: Table
    findings: tuple[Finding, ...]
    profiles: tuple[ColumnProfile, ...]
    missing_models: tuple[str, ...]


@stage("classify")
def classify(tables: tuple[Table, ...], seed: int) -> tuple[Classification, ...]:
    """Classify every column of every table from its name, its distinct values and their counts."""
    models = recognizers.find_models()
    return tuple(_classified(table, models, seed) for table in tables)


def _classified(table: Table, models: recognizers.Models, seed: int) -> Classification:
    names = tuple(column.name for column in table.columns)
    profiles, samples = [], []
    for column in table.columns:
        counts = store.distinct(table, column.name)
        profile = recognizers.profile(column.name, counts, store.n_nulls(table, column.name))
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
    return Classification(dataclasses.replace(table, columns=typed), findings, tuple(profiles), models.missing)
