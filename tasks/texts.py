"""The search of a table's text columns: learnt once from a sample of a column's distinct texts, then alike in any partition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from tasks import store
from veil.model import Table
from veil.recognizers.models import Models, find_models
from veil.recognizers.text.analyzer import TextAnalyzer
from veil.recognizers.text.column import TextColumn
from veil.recognizers.text.known import KnownValues
from veil.recognizers.text.known_words import words_in
from veil.transforms import Transform
from veil.transforms.redact_json import RedactJson
from veil.transforms.redact_text import RedactText

SAMPLE: Final = 30_000
"""Distinct texts that a column is learnt from; it is learnt from all of them where there are fewer."""
MOST_WORDS: Final = 3_000_000
"""With more distinct words than this, known values are searched without asking first which can be in the texts."""

NO_SEARCHES: Final[Mapping[str, Search]] = MappingProxyType({})


@dataclass(frozen=True)
class Search:
    """How a text column is searched: with the models that find names or by patterns alone, and in which languages; none: all."""

    names: bool = True
    languages: tuple[str, ...] = ()


def text_columns(
    table: Table, columns: Sequence[str], known: Mapping[str, Sequence[str]], ways: Mapping[str, Search] = NO_SEARCHES
) -> dict[str, TextColumn]:
    """Return the search of each text column, learnt from the whole of it.

    Parameters
    ----------
    columns : the text columns of `table`.
    known : entity -> distinct values of the drop's structured columns, searched in every text.
    ways : how each column is searched, where it is not by all means.
    """
    if not columns:
        return {}
    words = _Words()
    samples = {name: text_sample(table, name, seen=words.add) for name in columns}
    values = KnownValues.among(known, words.found)
    found = {name: _column(ways.get(name, Search()), values) for name in columns}
    for name, counts in samples.items():
        found[name].learn(list(counts), list(counts.values()))
    return found


def searches(methods: Mapping[str, Transform]) -> dict[str, Search]:
    """Return how the policy wants its text columns to be searched.

    Parameters
    ----------
    methods : the transforms of the columns; those that search no text are passed over. One whose `using` names neither `ner` nor
        `patterns` asks for no search at all.
    """
    return {
        column: Search("ner" in method.using, tuple(method.language))
        for column, method in methods.items()
        if isinstance(method, (RedactText, RedactJson)) and method.finds
    }


def _column(search: Search, known: KnownValues | None) -> TextColumn:
    models = find_models() if search.names else Models()
    teacher = TextAnalyzer(models=models, languages=search.languages or None)
    return TextColumn(teacher, TextAnalyzer(models=Models(), names=False), known)


def text_sample(
    table: Table, column: str, size: int = SAMPLE, seen: Callable[[Sequence[str]], None] | None = None
) -> dict[str, int]:
    """Return distinct texts of a column with their rows: those with the smallest digests, in order of these.

    The same texts for any order and partitioning of the rows. Memory grows with `size`, not with the column.

    Parameters
    ----------
    seen : is given all texts of the column, partition by partition.
    """
    counts: dict[str, int] = {}
    digests: dict[str, bytes] = {}
    limit = b"\xff" * 9
    for values, rows in _value_counts(table, column):
        if seen is not None:
            seen(values)
        for text, n_rows in zip(values, rows, strict=True):
            if text in counts:
                counts[text] += n_rows
            elif (digest := _digest(text)) < limit:
                counts[text], digests[text] = n_rows, digest
        if len(counts) > 2 * size:
            limit = sorted(digests.values())[size]
            digests = {text: digest for text, digest in digests.items() if digest < limit}
            counts = {text: counts[text] for text in digests}
    chosen = sorted(counts, key=digests.__getitem__)[:size]
    return {text: counts[text] for text in chosen}


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


class _Words:
    """The words of all texts that were added; `found` is None once there are too many to keep."""

    def __init__(self) -> None:
        self.found: set[str] | None = set()

    def add(self, texts: Sequence[str]) -> None:
        if self.found is not None:
            self.found |= words_in(texts)
            self.found = self.found if len(self.found) <= MOST_WORDS else None


def _value_counts(table: Table, column: str) -> Iterator[tuple[list[str], list[int]]]:
    import pyarrow.compute as pc

    for batch in store.read_batches(table, [column]):
        counted: Any = pc.value_counts(batch.column(0).drop_null())
        yield counted.field(0).to_pylist(), counted.field(1).to_pylist()
