"""From a column's counts to a profile, a sample and one finding per column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.columns import infer
from veil.errors import StageFailed
from veil.model import ColumnProfile, ColumnSample, Evidence, Finding
from veil.recognizers.base import Recognizer
from veil.recognizers.columns.dictionary import Dictionary
from veil.recognizers.columns.names import ColumnNames
from veil.recognizers.columns.ner import NamedEntities
from veil.recognizers.columns.patterns import Patterns
from veil.recognizers.columns.scorer import fuse
from veil.recognizers.columns.statistics import Statistics
from veil.recognizers.models import Models
from veil.rng import generator

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SIZE: Final = 400
LONGEST_CELL: Final = 2000
_CHEAP: Final[tuple[Recognizer, ...]] = (ColumnNames(), Patterns(), Dictionary(), Statistics())


def profile(name: str, counts: pd.Series[Any], n_null: int) -> ColumnProfile:
    """Return the facts about a column.

    Parameters
    ----------
    name : the column's name.
    counts : index the distinct values that are not null, values the number of rows of each. The empty string may be among
        them; it counts as a row, but not as a value: a column of empty strings has no distinct value.
    n_null : number of null rows.
    """
    filled = counts[counts.index != ""]
    values = [str(value) for value in filled.index]
    n_present = int(filled.sum())
    kind, form = infer(values, n_present)
    rows = filled.to_numpy(dtype=np.float64)
    lengths = np.fromiter((len(value) for value in values), dtype=np.float64, count=len(values))
    words = np.fromiter((len(value.split()) for value in values), dtype=np.float64, count=len(values))
    return ColumnProfile(
        column=name,
        type=kind,
        format=form,
        n_rows=int(counts.sum()) + n_null,
        n_null=n_null,
        n_distinct=len(values),
        unique_share=float((rows == 1).sum() / n_present) if n_present else 0.0,
        mean_length=float(lengths @ rows / n_present) if n_present else 0.0,
        max_length=int(lengths.max()) if n_present else 0,
        mean_words=float(words @ rows / n_present) if n_present else 0.0,
    )


def sample(
    profile: ColumnProfile, counts: pd.Series[Any], neighbours: Sequence[str], size: int = SAMPLE_SIZE, seed: int = 0
) -> ColumnSample:
    """Return a sample of the distinct values: half of it the most frequent ones, half drawn from the rest.

    The same counts in any order give the same sample: values are ranked by count, then by text.
    """
    ranked = sorted((str(value) for value in counts.index if value != ""), key=_by_count(counts))
    frequent, rest = ranked[: size // 2], ranked[size // 2 :]
    n_drawn = min(len(rest), size - len(frequent))
    drawn = generator(seed, "classify", profile.column).choice(len(rest), size=n_drawn, replace=False) if n_drawn else ()
    values = (*frequent, *(rest[place] for place in sorted(drawn)))
    return ColumnSample(profile, tuple(neighbours), tuple(value[:LONGEST_CELL] for value in values))


def _by_count(counts: pd.Series[Any]) -> Any:
    rows = dict(zip(counts.index, counts.to_numpy(), strict=True))
    return lambda value: (-rows[value], value)


def classify(samples: Sequence[ColumnSample], *, models: Models | None, table: str = "") -> tuple[Finding, ...]:
    """Return one finding per column of a table, in the order of the samples.

    Parameters
    ----------
    samples : all columns of one table.
    models : what `find_models` found; the model is asked only about text columns that nothing else decided. None, or one
        without a model: it is not asked, and the caller reports `models.missing`.
    table : name of the table, for the findings.
    """
    return tuple(_classified(each, models, table) for each in samples)


def _classified(sample: ColumnSample, models: Models | None, table: str) -> Finding:
    failure = ""
    try:
        return _fused(sample, models, table)
    except Exception as error:  # noqa: BLE001 - a library's message may hold a cell
        failure = type(error).__name__
    raise StageFailed("classify", failure, f"column `{sample.name}`")


def _fused(sample: ColumnSample, models: Models | None, table: str) -> Finding:
    evidence: list[Evidence] = [each for recognizer in _CHEAP for each in recognizer.inspect(sample)]
    finding = fuse(sample, evidence, table=table)
    if finding.entity is None and models is not None and models.has_ner:
        asked = NamedEntities(models).inspect(sample)
        finding = fuse(sample, [*evidence, *asked], table=table) if asked else finding
    return finding
