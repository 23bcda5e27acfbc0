"""One finding per column of a table, from what all recognizers say of it and what its columns say of each other.

Three looks. First each column alone: name, patterns, dictionaries, statistics, the policy's own recognizers. Then the table: what
the first look found beside a column is evidence about it (`relations`). Last, for a text column that is still undecided, the
trained model, the dearest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from veil.errors import StageFailed
from veil.model import ColumnSample, Evidence, Finding
from veil.recognizers.base import NOTHING, Recognizer
from veil.recognizers.columns.codes import Codes
from veil.recognizers.columns.dictionary import Dictionary
from veil.recognizers.columns.names import ColumnNames
from veil.recognizers.columns.ner import NamedEntities
from veil.recognizers.columns.patterns import Patterns
from veil.recognizers.columns.relations import Table, related
from veil.recognizers.columns.scorer import fuse
from veil.recognizers.columns.statistics import Statistics
from veil.recognizers.columns.vocabularies import Vocabularies
from veil.recognizers.models import Models

AGAINST: Final = 0.5
_Result = TypeVar("_Result")
_CHEAP: Final[tuple[Recognizer, ...]] = (ColumnNames(), Patterns(), Codes(), Dictionary(), Vocabularies(), Statistics())


def classify(
    samples: Sequence[ColumnSample], *, models: Models | None, table: str = "", custom: Sequence[Recognizer] = ()
) -> tuple[Finding, ...]:
    """Return one finding per column of a table, in the order of the samples.

    Parameters
    ----------
    samples : all columns of one table.
    models : what `find_models` found; the model is asked only about text columns that nothing else decided. None, or one
        without a model: it is not asked, and the caller reports `models.missing`.
    table : name of the table, for the findings; `customers` also says that a `name` is a person's.
    custom : recognizers of the policy, asked beside the built-in ones.

    Raises
    ------
    StageFailed : a recognizer broke; the message names the column and the error's type, never a cell.
    """
    alone = [_guarded(each.name, partial(_inspected, each, custom)) for each in samples]
    first = tuple(fuse(each, evidence, table=table) for each, evidence in zip(samples, alone, strict=True))
    beside = _guarded("", partial(related, Table(tuple(samples), first, table)))
    return tuple(
        _guarded(each.name, partial(_decided, each, (*own, *others), models, table))
        for each, own, others in zip(samples, alone, beside, strict=True)
    )


def _guarded(column: str, look: Callable[[], _Result]) -> _Result:
    failure = ""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - a library's message may hold a cell
        failure = type(error).__name__
    raise StageFailed("classify", failure, f"column `{column}`" if column else "the relations of columns")


def _inspected(sample: ColumnSample, custom: Sequence[Recognizer]) -> tuple[Evidence, ...]:
    return tuple(each for recognizer in (*_CHEAP, *custom) for each in recognizer.inspect(sample))


def _decided(sample: ColumnSample, evidence: Sequence[Evidence], models: Models | None, table: str) -> Finding:
    finding = fuse(sample, evidence, table=table)
    if finding.entity is None and models is not None and models.has_ner and not _is_named_harmless(evidence):
        asked = NamedEntities(models).inspect(sample)
        finding = fuse(sample, [*evidence, *asked], table=table) if asked else finding
    return finding


def _is_named_harmless(evidence: Sequence[Evidence]) -> bool:
    """Against such a name the model alone is never believed, so it need not be asked."""
    return all(each.entity == NOTHING for each in evidence) and any(each.score >= AGAINST for each in evidence)
