"""One finding per column of a table, from what all recognizers say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from veil.errors import StageFailed
from veil.model import ColumnSample, Evidence, Finding
from veil.recognizers.base import Recognizer
from veil.recognizers.columns.dictionary import Dictionary
from veil.recognizers.columns.names import ColumnNames
from veil.recognizers.columns.ner import NamedEntities
from veil.recognizers.columns.patterns import Patterns
from veil.recognizers.columns.scorer import fuse
from veil.recognizers.columns.statistics import Statistics
from veil.recognizers.models import Models

_CHEAP: Final[tuple[Recognizer, ...]] = (ColumnNames(), Patterns(), Dictionary(), Statistics())


def classify(
    samples: Sequence[ColumnSample], *, models: Models | None, table: str = "", custom: Sequence[Recognizer] = ()
) -> tuple[Finding, ...]:
    """Return one finding per column of a table, in the order of the samples.

    Parameters
    ----------
    samples : all columns of one table.
    models : what `find_models` found; the model is asked only about text columns that nothing else decided. None, or one
        without a model: it is not asked, and the caller reports `models.missing`.
    table : name of the table, for the findings.
    custom : further recognizers, the policy's own.
    """
    return tuple(_classified(each, models, table, (*_CHEAP, *custom)) for each in samples)


def _classified(sample: ColumnSample, models: Models | None, table: str, cheap: Sequence[Recognizer]) -> Finding:
    failure = ""
    try:
        return _fused(sample, models, table, cheap)
    except Exception as error:  # noqa: BLE001 - a library's message may hold a cell
        failure = type(error).__name__
    raise StageFailed("classify", failure, f"column `{sample.name}`")


def _fused(sample: ColumnSample, models: Models | None, table: str, cheap: Sequence[Recognizer]) -> Finding:
    evidence: list[Evidence] = [each for recognizer in cheap for each in recognizer.inspect(sample)]
    finding = fuse(sample, evidence, table=table)
    if finding.entity is None and models is not None and models.has_ner:
        asked = NamedEntities(models).inspect(sample)
        finding = fuse(sample, [*evidence, *asked], table=table) if asked else finding
    return finding
