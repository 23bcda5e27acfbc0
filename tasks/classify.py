"""Classify: what each column holds, in which role, how sure that is, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import pyarrow as pa

from tasks import store
from tasks.scan import scanned
from tasks.singled_out import singled_out
from tasks.stage import log, stage
from veil import recognizers
from veil.model import ColumnProfile, ColumnSample, Finding, Table
from veil.recognizers.approved import Approved, Comparison, compare
from veil.recognizers.columns.quasi import Search
from veil.recognizers.content import Content, content
from veil.recognizers.custom import CustomRecognizer, without_harmless
from veil.recognizers.values.screen import Stray, screen

NO_APPROVALS: Mapping[str, Mapping[str, Approved]] = {}
NEIGHBORS: Final = 100
"""A column's neighbors are as many columns before it and after it, so that the work grows with the columns, not their square."""

STRAY_CONFIDENCE: Final = 0.9
"""Check digits passed that chance does not explain, or a form that nothing else has; whether it is a person's is not known."""


@dataclass(frozen=True)
class Classification:
    """The findings and profiles of a table, the table with its types found, and the models that were not there to look.

    `null_values` are the cells that the policy declares to stand for null: they are no values of a column. `contents` say how
    values are written; `comparison` holds how that differs from what was approved of the table. `strays` count, column by column,
    the distinct values that hold an identifier, by its entity: in every cell, and whether it belongs there or not. `n_alone`
    counts the rows of each column whose cell no other row has; `search` holds the columns that together single rows out, drawn
    with `seed`.
    """

    table: Table
    findings: tuple[Finding, ...]
    profiles: tuple[ColumnProfile, ...]
    missing_models: tuple[str, ...]
    null_values: frozenset[str] = frozenset()
    contents: tuple[Content, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    strays: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    n_alone: Mapping[str, int] = field(default_factory=dict)
    search: Search = field(default_factory=Search)
    seed: int = 0


@stage("classify")
def classify(
    tables: tuple[Table, ...],
    seed: int,
    null_values: Collection[str] = (),
    custom: Sequence[CustomRecognizer] = (),
    approved: Mapping[str, Mapping[str, Approved]] = NO_APPROVALS,
    scan: Literal["sample", "full"] = "sample",
) -> tuple[Classification, ...]:
    """Classify every column of every table from its name, its distinct values and their counts.

    Parameters
    ----------
    null_values : cells that stand for null, as the policy declares them: they hide neither a type nor a format.
    custom : the policy's own recognizers.
    approved : table -> column -> what a reviewer approved of it; it corrects what is found.
    scan : `full` reads every distinct value of the text columns that pass for harmless, `sample` those of a sample.
    """
    models = recognizers.find_models()
    nulls = frozenset(null_values)
    look = partial(_classified, models=models, seed=seed, null_values=nulls, custom=custom, scan=scan)
    return tuple(look(table, approved=approved.get(table.name, {})) for table in tables)


def _classified(
    table: Table,
    *,
    models: recognizers.Models,
    seed: int,
    null_values: frozenset[str],
    custom: Sequence[CustomRecognizer],
    approved: Mapping[str, Approved],
    scan: Literal["sample", "full"],
) -> Classification:
    looked = tuple(_looked_at(table, seed, null_values, custom))
    pa.default_memory_pool().release_unused()  # what Arrow keeps of the cells for later is memory that models need now
    samples, profiles = [each.sample for each in looked], tuple(each.sample.profile for each in looked)
    seen = recognizers.classify(samples, models=models, table=table.name, custom=custom)
    found: Sequence[Finding] = [_with_all_cells(finding, each) for finding, each in zip(seen, looked, strict=True)]
    if scan == "full":
        found = scanned(table, found, profiles, models=models, null_values=null_values, custom=custom)
    contents = tuple(content(each.sample, each.strays) for each in looked)
    comparison = compare(found, contents, {profile.column: profile.type for profile in profiles}, approved)
    typed = tuple(
        dataclasses.replace(column, type=profile.type, format=profile.format, nullable=profile.n_null > 0)
        for column, profile in zip(table.columns, profiles, strict=True)
    )
    n_found = sum(finding.entity is not None for finding in comparison.findings)
    n_alone = {each.sample.name: each.n_alone for each in looked}
    search = singled_out(table, comparison.findings, profiles, n_alone, seed)
    log("classified", table=table.name, columns=len(profiles), found=n_found, sets=len(search.sets))
    return Classification(
        table=dataclasses.replace(table, columns=typed),
        findings=comparison.findings,
        profiles=profiles,
        missing_models=models.missing,
        null_values=null_values,
        contents=contents,
        comparison=comparison,
        strays={each.sample.name: {entity: stray.n_holding for entity, stray in each.strays.items()} for each in looked},
        n_alone=n_alone,
        search=search,
        seed=seed,
    )


@dataclass(frozen=True)
class _Looked:
    """A column as it was looked at: a sample of its values, the identifiers in all of them, and the rows that stand alone."""

    sample: ColumnSample
    strays: Mapping[str, Stray]
    n_alone: int


def _looked_at(table: Table, seed: int, null_values: frozenset[str], custom: Sequence[CustomRecognizer]) -> Iterator[_Looked]:
    """Yield what is kept of each column; only those that are counted together are in memory at once."""
    names = [column.name for column in table.columns]
    for place, (every, n_null) in enumerate(store.count_columns(table)):
        counts = every.without(null_values)
        profile = recognizers.profile(names[place], counts, n_null + every.n_rows - counts.n_rows)
        beside = (*names[max(0, place - NEIGHBORS) : place], *names[place + 1 : place + 1 + NEIGHBORS])
        sampled = recognizers.sample(profile, counts, beside, seed=seed)
        n_alone = int((every.rows == 1).sum()) + (n_null == 1)
        yield _Looked(without_harmless(sampled, custom), screen(counts.filled.values), n_alone)


def _with_all_cells(finding: Finding, looked: _Looked) -> Finding:
    """Return the finding with what the sample can miss; a column that passed for harmless is free text if any cell is not."""
    finding = dataclasses.replace(finding, detectable_share=recognizers.detectable_share(looked.sample.profile.n_distinct))
    if finding.entity is not None or not looked.strays:
        return finding
    most = max(stray.n_holding for stray in looked.strays.values())
    return dataclasses.replace(
        finding,
        entity="FREE_TEXT",
        role=recognizers.ENTITIES["FREE_TEXT"].role,
        recognizer="screen",
        confidence=STRAY_CONFIDENCE,
        matched_share=round(most / max(looked.sample.profile.n_distinct, 1), 3),
        reason="; ".join(stray.reason for stray in looked.strays.values()),
        free_text=True,
    )
