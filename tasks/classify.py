"""Classify: what each column holds, in which role, how sure that is, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasks import store
from tasks.stage import log, stage
from veil import recognizers
from veil.model import ColumnProfile, Finding, Table
from veil.recognizers.approved import Approved, Comparison, compare
from veil.recognizers.content import Content, content
from veil.recognizers.custom import CustomRecognizer, without_harmless

NO_APPROVALS: Mapping[str, Mapping[str, Approved]] = {}


@dataclass(frozen=True)
class Classification:
    """The findings and profiles of a table, the table with its types found, and the models that were not there to look.

    `null_values` are the cells that the policy declares to stand for null: they are no values of a column. `contents` say how
    values are written; `comparison` holds how that differs from what was approved of the table.
    """

    table: Table
    findings: tuple[Finding, ...]
    profiles: tuple[ColumnProfile, ...]
    missing_models: tuple[str, ...]
    null_values: frozenset[str] = frozenset()
    contents: tuple[Content, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)


@stage("classify")
def classify(
    tables: tuple[Table, ...],
    seed: int,
    null_values: Collection[str] = (),
    custom: Sequence[CustomRecognizer] = (),
    approved: Mapping[str, Mapping[str, Approved]] = NO_APPROVALS,
) -> tuple[Classification, ...]:
    """Classify every column of every table from its name, its distinct values and their counts.

    Parameters
    ----------
    null_values : cells that stand for null, as the policy declares them: they hide neither a type nor a format.
    custom : the policy's own recognizers.
    approved : table -> column -> what a reviewer approved of it; it corrects what is found.
    """
    models = recognizers.find_models()
    nulls = frozenset(null_values)
    return tuple(_classified(table, models, seed, nulls, custom, approved.get(table.name, {})) for table in tables)


def _classified(
    table: Table,
    models: recognizers.Models,
    seed: int,
    null_values: frozenset[str],
    custom: Sequence[CustomRecognizer],
    approved: Mapping[str, Approved],
) -> Classification:
    names = tuple(column.name for column in table.columns)
    profiles, samples = [], []
    for column in table.columns:
        every = store.distinct(table, column.name)
        counts = every[~every.index.isin(null_values)]
        n_null = store.n_nulls(table, column.name) + int(every.sum() - counts.sum())
        profile = recognizers.profile(column.name, counts, n_null)
        neighbours = tuple(name for name in names if name != column.name)
        profiles.append(profile)
        samples.append(without_harmless(recognizers.sample(profile, counts, neighbours, seed=seed), custom))
    contents = tuple(content(sample) for sample in samples)
    types = {profile.column: profile.type for profile in profiles}
    found = recognizers.classify(samples, models=models, table=table.name, custom=custom)
    comparison = compare(found, contents, types, approved)
    findings = comparison.findings
    typed = tuple(
        dataclasses.replace(column, type=profile.type, format=profile.format, nullable=profile.n_null > 0)
        for column, profile in zip(table.columns, profiles, strict=True)
    )
    log("classified", table=table.name, columns=len(names), found=sum(finding.entity is not None for finding in findings))
    return Classification(
        table=dataclasses.replace(table, columns=typed),
        findings=findings,
        profiles=tuple(profiles),
        missing_models=models.missing,
        null_values=null_values,
        contents=contents,
        comparison=comparison,
    )
