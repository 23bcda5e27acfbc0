"""Recognizers that a policy brings along: a pattern, a list of values, a list of harmless values, names of columns.

Patterns are run by RE2, whose time is linear in the text: a pattern of a policy also meets hostile texts, and Python's own engine
explodes on `(a+)+$`. A reason names the recognizer, never what matched.

`inspect` is evidence about a column, `find` yields spans of a text; a name of columns says nothing of texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, ClassVar, Final, TypeAlias

from veil.model import ColumnSample, Evidence, Span
from veil.recognizers.base import NOTHING, counted, known_values, share_of
from veil.recognizers.text.letters import folded

NAME: Final = "custom"
STRENGTH: Final = 0.97
"""Somebody wrote the rule for this very data: it is believed like check digits are."""

STRAY: Final = 0.55
MIN_SHARE: Final = 0.5
SCORE: Final = 0.95
LONGEST: Final = 10_000
"""Longer cells are not tried as a whole; texts of any length are searched."""


class BadPattern(ValueError):
    """RE2 does not take a pattern. The text is RE2's own words: what it names is part of the pattern, not of the data."""


@cache
def compiled(pattern: str) -> Any:
    """Return a pattern compiled by RE2: of several matches at one place the longest is taken.

    Raises
    ------
    BadPattern : RE2 does not take it.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    options.longest_match = True
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        words = error.args[0] if error.args else "cannot be compiled"
    raise BadPattern(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))


@dataclass(frozen=True)
class Pattern:
    """An expression: the whole cell in a column, a piece with a word's edges in a text."""

    name: ClassVar[str] = NAME

    called: str
    entity: str
    pattern: str = field(repr=False)

    def is_whole(self, value: str) -> bool:
        """Return whether the whole value matches."""
        return len(value) <= LONGEST and compiled(self.pattern).fullmatch(value) is not None

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence if half of the values match; fewer in a column of texts make it free text."""
        values = known_values(sample)
        share = share_of(values, self.is_whole)
        if share >= MIN_SHARE:
            return (self._evidence(self.entity, STRENGTH * share, share, len(values), "match"),)
        holding = share_of(values, lambda value: any(self.find(value)))
        if holding and sample.profile.type in ("text", "category"):
            return (self._evidence("FREE_TEXT", STRAY, holding, len(values), "hold a match"),)
        return ()

    def _evidence(self, entity: str, score: float, share: float, n_values: int, verb: str) -> Evidence:
        reason = f"{counted(share, n_values)} {verb} the policy's recognizer `{self.called}`"
        return Evidence(entity, NAME, score, share, reason)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the matches that neither begin nor end inside a word."""
        for match in compiled(self.pattern).finditer(text):
            if _has_edges(text, *match.span()):
                yield Span(match.start(), match.end(), self.entity, SCORE)


@dataclass(frozen=True)
class Listed:
    """Values, whatever their case and accents. With `NOTHING` for an entity they are values that are never personal."""

    name: ClassVar[str] = NAME

    called: str
    entity: str
    values: tuple[str, ...] = field(repr=False)

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence if at least half of the values are in the list."""
        values = known_values(sample)
        listed = _folded_set(self.values)
        share = share_of(values, lambda value: folded(value) in listed)
        if share < MIN_SHARE:
            return ()
        reason = f"{counted(share, len(values))} are in the policy's list `{self.called}`"
        return (Evidence(self.entity, NAME, STRENGTH * share, share, reason),)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the listed values in a text, on the edges of words."""
        for _, start, end in _automaton(self.values).find_matches_as_indexes(folded(text), overlapping=True):
            if _has_edges(text, start, end):
                yield Span(start, end, self.entity, SCORE)


@dataclass(frozen=True)
class ColumnName:
    """Names of columns, such as `*_staff_number`, whatever their case."""

    name: ClassVar[str] = NAME

    called: str
    entity: str
    columns: tuple[str, ...]

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence if the column's name is one of them."""
        if not any(fnmatchcase(sample.name.casefold(), pattern.casefold()) for pattern in self.columns):
            return ()
        return (Evidence(self.entity, NAME, STRENGTH, 0.0, f"the policy's recognizer `{self.called}` names the column"),)


CustomRecognizer: TypeAlias = Pattern | Listed | ColumnName
FindSpans: TypeAlias = Callable[[Sequence[str]], Sequence[Sequence[Span]]]


def without_harmless(sample: ColumnSample, recognizers: Sequence[CustomRecognizer]) -> ColumnSample:
    """Return the sample without the values that the policy lists as never personal; the same sample if it lists none."""
    harmless = harmless_values(recognizers)
    if not harmless:
        return sample
    return replace(sample, values=tuple(value for value in sample.values if folded(value.strip()) not in harmless))


def harmless_values(recognizers: Sequence[CustomRecognizer]) -> frozenset[str]:
    """Return the values that the policy lists as never personal, folded."""
    lists = [_folded_set(each.values) for each in recognizers if isinstance(each, Listed) and each.entity == NOTHING]
    return frozenset().union(*lists)


def with_custom(find_spans: FindSpans, recognizers: Sequence[CustomRecognizer]) -> FindSpans:
    """Return a search that also finds what the policy's recognizers find, and leaves out what the policy lists as harmless.

    Where the two overlap, the policy's span is kept and what the other covers beyond it stays covered.
    """
    finders = [each for each in recognizers if not isinstance(each, ColumnName) and each.entity != NOTHING]
    harmless = harmless_values(recognizers)
    if not finders and not harmless:
        return find_spans

    def found(texts: Sequence[str]) -> list[tuple[Span, ...]]:
        return [_joined(text, spans, finders, harmless) for text, spans in zip(texts, find_spans(texts), strict=True)]

    return found


def _joined(
    text: str, spans: Sequence[Span], finders: Sequence[Pattern | Listed], harmless: frozenset[str]
) -> tuple[Span, ...]:
    from veil.recognizers.text.analyzer import resolved

    kept = [span for span in spans if folded(text[span.start : span.end].strip()) not in harmless]
    own = [span for finder in finders for span in finder.find(text)]
    return resolved([*((span, 0) for span in own), *((span, 1) for span in kept)], text) if own else tuple(kept)


@cache
def _folded_set(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(value.strip()) for value in values)


@cache
def _automaton(values: tuple[str, ...]) -> Any:
    import ahocorasick_rs

    return ahocorasick_rs.AhoCorasick(sorted(_folded_set(values)), matchkind=ahocorasick_rs.MatchKind.Standard)


def _has_edges(text: str, start: int, end: int) -> bool:
    """Return whether a match neither begins nor ends inside a word."""
    if start == end:
        return False
    inside_before = text[start - 1 : start].isalnum() and text[start].isalnum()
    return not inside_before and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
