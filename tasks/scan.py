"""The full scan: every distinct value of a text column that passes for harmless is read for names of persons."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from tasks import store
from veil.errors import few
from veil.model import ColumnProfile, Finding, Span, Table
from veil.recognizers import ENTITIES, Models, TextAnalyzer
from veil.recognizers.custom import CustomRecognizer, FindSpans, with_custom

CONFIDENCE: Final = 0.6
LEAST_SCORE: Final = 0.8
AT_ONCE: Final = 5_000


def scanned(
    table: Table,
    findings: Sequence[Finding],
    profiles: Sequence[ColumnProfile],
    *,
    models: Models,
    null_values: Collection[str],
    custom: Sequence[CustomRecognizer] = (),
) -> tuple[Finding, ...]:
    """Return the findings after every distinct value of the columns without an entity was read.

    A column in which any value holds a name of two words or more is free text, however few do. One word alone is no name here:
    products, places and teams are called as people are. Columns of numbers, dates and the like hold no words, and every cell of
    the table was searched for identifiers with a form already. One column is in memory at a time; models read some hundred
    texts a second.

    Parameters
    ----------
    findings, profiles : one per column, in column order.
    null_values : cells that stand for null.
    custom : recognizers of the policy.
    """
    find = with_custom(TextAnalyzer(models=models).spans, custom)
    read = []
    for finding, profile in zip(findings, profiles, strict=True):
        holds_words = finding.entity is None and profile.type in ("text", "category", "json")
        read.append(_read(finding, table, find, null_values) if holds_words else finding)
    return tuple(dataclasses.replace(each, detectable_share=0.0) if each.entity is None else each for each in read)


def _read(finding: Finding, table: Table, find: FindSpans, null_values: Collection[str]) -> Finding:
    n_values = n_named = 0
    for texts in _texts(table, finding.column, null_values):
        n_values += len(texts)
        n_named += sum(_holds_name(text, spans) for text, spans in zip(texts, find(texts), strict=True))
    if not n_named:
        return finding
    return dataclasses.replace(
        finding,
        entity="FREE_TEXT",
        role=ENTITIES["FREE_TEXT"].role,
        recognizer="scan",
        confidence=CONFIDENCE,
        matched_share=round(n_named / n_values, 3),
        n_sampled=n_values,
        reason=f"of {few(n_values)} distinct values, all of them read, {few(n_named)} hold a person's name",
        free_text=True,
        detectable_share=0.0,
    )


def _holds_name(text: str, spans: Sequence[Span]) -> bool:
    return any(
        span.entity == "PERSON" and span.score >= LEAST_SCORE and len(text[span.start : span.end].split()) > 1 for span in spans
    )


def _texts(table: Table, column: str, null_values: Collection[str]) -> Iterator[list[str]]:
    values = store.count_column(table, column).without([*null_values, ""]).values
    for start in range(0, len(values), AT_ONCE):
        yield values.slice(start, AT_ONCE).to_pylist()
