"""Street lines by their build, where the words are of no list: a number that changes beside words that change."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from veil.model import ColumnSample
from veil.recognizers.base import share_of
from veil.recognizers.columns.thoroughfares import names_street
from veil.recognizers.words.lexicon import word_set, words_in
from veil.recognizers.words.spelling import spelled

MIN_VALUES: Final = 12
MIN_WHOLE: Final = 0.6
ENOUGH: Final = 3
FEW_STREETS: Final = 6
MANY_NUMBERS: Final = 12
SOME_NAMED: Final = 0.15
ALL_BUT_FEW: Final = 0.9
FEW_ORDINARY: Final = 0.05
MOST_ORDINARY: Final = 0.35
_TOWN = re.compile(
    r"[,\n;] ?(?:[A-Z]{1,2}-)?(?:\d{4,6}(?: ?[A-Z]{2})?|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}) [^\W\d_]{2,30}"
    r"|, ?[A-Z]{2},? \d{5}(?:-\d{4})?"
    r"|[,\n] ?[^\W\d_][^,\d]{1,40},? ?(?:\d{5}|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$"
)
_NUMBER = r"\d{1,5}(?:[A-Za-z]|[/-]\d{1,5})?"
_WORDS = r"[^\W\d_][\w'\u2019. -]{2,50}"
_LINE = re.compile(rf"(?P<number>{_NUMBER}),? (?P<words>{_WORDS}(?: (?:apt|suite|unit|ste|#)\.? ?[\w-]{{1,6}})?)"
                   rf"|(?P<last>{_WORDS}?),? (?P<after>{_NUMBER})", re.IGNORECASE)


def built_share(sample: ColumnSample, values: Sequence[str]) -> float:
    """Return the share of values built as a street line; 0 where numbers or words repeat, as in `Room 101` or `12 pieces`."""
    if len(values) < MIN_VALUES or not 1.8 <= sample.profile.mean_words <= 8:
        return 0.0
    matched = [match for match in map(_LINE.fullmatch, values) if match]
    matched = [match for match in matched if any(map(str.islower, match.group()))] or []
    words = {match["words"] or match["last"] for match in matched}
    numbers = {match["number"] or match["after"] for match in matched}
    is_varied = len(words) >= 0.6 * len(matched) and len(numbers) >= 0.4 * len(matched)
    if not is_varied and not (len(numbers) >= MANY_NUMBERS and _are_streets(words)):
        return 0.0
    return len(matched) / len(values)


def _are_streets(words: Collection[str]) -> bool:
    """A few streets with many numbers are those of a town, unless they are words of products, rooms or parts."""
    plain = sorted(words)
    if len(plain) < FEW_STREETS or share_of(plain, lambda line: line[:1].isupper()) < ALL_BUT_FEW:
        return False
    if share_of(plain, names_street) >= SOME_NAMED:
        return True
    return share_of(plain, _is_ordinary) <= FEW_ORDINARY and spelled(plain).get("word", 1.0) <= MOST_ORDINARY


def _is_ordinary(line: str) -> bool:
    return not word_set("harmless").isdisjoint(words_in(line))


def whole_share(sample: ColumnSample, values: Sequence[str]) -> float:
    """Return the share of values that are an address in one cell: a number, then a postcode with a town beside it."""
    if len(values) < ENOUGH or sample.profile.mean_words < 3.5:
        return 0.0
    return share_of(values, lambda value: any(map(str.isdigit, value[:40])) and bool(_TOWN.search(value)))


def named_share(sample: ColumnSample, values: Sequence[str]) -> float:
    """Return the share of values that hold a word for a kind of street, whether a number stands beside it or not."""
    if len(values) < FEW_STREETS or not 1.0 <= sample.profile.mean_words <= 6:
        return 0.0
    if share_of(values[:10], names_street) < 0.5:
        return 0.0
    return share_of(values, names_street)
