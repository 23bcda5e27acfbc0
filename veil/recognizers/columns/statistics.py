"""Numbers about a column: flags and constants are harmless, unique codes are record keys, long varied texts are free text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from veil.columns import parse_dates
from veil.model import ColumnProfile, ColumnSample, Evidence
from veil.recognizers.base import NOTHING, counted, known_values, share_of
from veil.recognizers.columns.numbers import are_measured
from veil.recognizers.columns.written_dates import MOSTLY, written_share, year_of, years_of

LIFETIME_YEARS: Final = 40
YOUNGEST_BIRTH_YEAR: Final = 2012
FREE_TEXT_WORDS: Final = 4.5
MIN_LENGTH: Final = 18
FREE_TEXT_DISTINCT: Final = 20
MIN_KEYS: Final = 20
MIN_RANDOM: Final = 0.8
SCREEN: Final = 5
LONGEST_DATE: Final = 40


@dataclass(frozen=True)
class Statistics:
    """Types, uniqueness, lengths and ranges. It never looks at what a name or a value says."""

    name: ClassVar[str] = "statistics"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return what the profile and the spread of the sampled values say."""
        spoken = (*self._harmless(sample.profile), *self._dates(sample), *self._texts(sample.profile), *self._keys(sample))
        return tuple(Evidence(entity, self.name, score, share, reason) for entity, score, share, reason in spoken)

    def _harmless(self, profile: ColumnProfile) -> Iterator[tuple[str, float, float, str]]:
        if profile.type == "boolean":
            yield NOTHING, 0.7, 0.0, "two values of a flag"
        elif profile.n_distinct <= 1:
            yield NOTHING, 0.3, 0.0, "one value or none in all rows"

    def _dates(self, sample: ColumnSample) -> Iterator[tuple[str, float, float, str]]:
        profile, values = sample.profile, known_values(sample)
        if profile.type in ("date", "datetime"):
            yield "EVENT_DATE", 0.6, 1.0, f"type is {profile.type}"
            if profile.type == "date" and _spans_a_lifetime(_years(values, profile.format or "")):
                yield "BIRTH_DATE", 0.62, 1.0, f"dates spread over more than {LIFETIME_YEARS} years, none recent"
        elif profile.type in ("text", "category") and profile.max_length <= LONGEST_DATE and values:
            share = written_share(values)
            if share >= MOSTLY:
                yield "EVENT_DATE", 0.6 * share, share, f"{counted(share, len(values))} are written as dates"
                if _spans_a_lifetime(years_of(values)):
                    yield "BIRTH_DATE", 0.62, share, f"dates spread over more than {LIFETIME_YEARS} years, none recent"

    def _texts(self, profile: ColumnProfile) -> Iterator[tuple[str, float, float, str]]:
        if profile.type == "json":
            yield "FREE_TEXT", 0.6, 1.0, "JSON documents can hold anything"
        varied = profile.n_distinct >= FREE_TEXT_DISTINCT or (profile.n_distinct > 2 and profile.unique_share >= 0.8)
        is_wordy = profile.mean_words >= FREE_TEXT_WORDS and profile.mean_length >= MIN_LENGTH
        if profile.type in ("text", "category") and varied and is_wordy:
            score = min(0.9, 0.55 + 0.03 * (profile.mean_words - FREE_TEXT_WORDS))
            yield "FREE_TEXT", score, 1.0, f"{profile.mean_words:.0f} words a cell on average"

    def _keys(self, sample: ColumnSample) -> Iterator[tuple[str, float, float, str]]:
        profile = sample.profile
        n_present = profile.n_rows - profile.n_null
        if profile.type not in ("text", "integer") or profile.mean_words > 1.05 or profile.n_distinct < 10:
            return
        values = known_values(sample)
        if are_measured(values):
            return
        if profile.type == "integer":
            if profile.unique_share >= 0.999 and profile.n_distinct >= MIN_KEYS:
                if _is_dense(values, profile.n_distinct):
                    yield "RECORD_ID", 0.45, 1.0, "whole numbers, each once, that fill their range"
                else:
                    yield "RECORD_ID", 0.4, 1.0, "whole numbers, each once"
        elif profile.unique_share >= 0.95 or (profile.n_distinct >= 0.05 * n_present and profile.mean_length >= 8):
            share = share_of(values, _looks_random) if share_of(values[:SCREEN], _looks_random) >= MIN_RANDOM else 0.0
            if share >= MIN_RANDOM:
                yield "RECORD_ID", 0.45, share, f"{counted(share, len(values))} are codes of letters and digits"


def _years(values: Sequence[str], pattern: str) -> Sequence[int]:
    import pandas as pd

    return [int(year) for year in parse_dates(pd.Series(values, dtype=object), pattern).dt.year.dropna()]


def _spans_a_lifetime(years: Sequence[int]) -> bool:
    if len(years) < MIN_KEYS:
        return False
    low, high = np.quantile(years, (0.02, 0.98))
    return bool(high - low >= LIFETIME_YEARS and low >= 1900 and high <= YOUNGEST_BIRTH_YEAR)


_NUMBERED_NAME = re.compile(r"[A-Z\u00c0-\u00de][^\W\d_]{1,20}\d{1,4}")


def _looks_random(value: str) -> bool:
    if _NUMBERED_NAME.fullmatch(value):
        return False
    has_digit, has_letter = any(char.isdigit() for char in value), any(char.isalpha() for char in value)
    is_code = len(value) >= 5 and has_digit and (has_letter or "-" in value) and " " not in value and "@" not in value
    return is_code and year_of(value) is None


def _is_dense(values: tuple[str, ...], n_distinct: int) -> bool:
    numbers = [int(value) for value in values if value.lstrip("-").isdigit()]
    return bool(numbers) and max(numbers) - min(numbers) < 1.2 * n_distinct
