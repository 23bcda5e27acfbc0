"""What the names that were found say of the words beside them.

In a list one name speaks for the others (`Novak, Bowman and Reed`); a family name found once is a name wherever the text repeats
it; who is `of` or `at` something, or owned by it with an apostrophe, belongs to an organization; and the line between a person
and an address names one too. Only what no span covers is added. Every repetition is bounded: hostile texts come here too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from veil.model import Span
from veil.recognizers.text.believed import is_unlisted
from veil.recognizers.text.letters import folded
from veil.recognizers.text.merging import resolved
from veil.recognizers.text.occupations import TRADES
from veil.recognizers.text.ordinary import is_ordinary
from veil.recognizers.words.dictionaries import calendar_words, lists

SCORE: Final = 0.6
MOST: Final = 400
"""Names of a text that are looked around; the rest of a long one is left as it is."""
_WORD: Final = r"[^\W\d_a-zß-ÿ][\w&'\u2019.-]{0,30}"
_NAME: Final = rf"{_WORD}(?: (?:of |and |& |van |de |del |der )?{_WORD}){{0,3}}"
_LISTED: Final = rf"{_WORD}(?: {_WORD}){{0,2}}"
_ENUMERATED = re.compile(rf"(?<![\w'\u2019]){_LISTED}(?:, {_LISTED}){{0,7}},? (?:and|und|et|y|e|en|&|or|oder|ou) {_LISTED}")
_ITEM = re.compile(rf"{_LISTED}")
_OF = re.compile(
    rf"(?:,? (?:[a-z]{{1,20}} ){{0,3}}(?:of|at|for|bei|von der|chez|de la société|de la empresa|presso|della|bij) "
    rf"(?:the |der |dem |het |la )?)({_NAME})(?=[,.;:!?)'\u2019\n]|$| [a-zß-ÿ(])"
)
_OWNER = re.compile(rf"(?:^|[\s(\"'\u201c])({_NAME})['\u2019]s? (?:[a-z]{{3,20}} ){{0,3}}$")
_TRADED = re.compile(rf"(?:^|[\s(\"'\u201c])({_NAME}) (?:[a-z]{{3,12}} )?(?:{TRADES}) $")
_ADDRESSES: Final = ("STREET_ADDRESS", "POSTCODE")
_NO_LINE: Final = re.compile(r"[:@\d()/]|https?|\.$")
_BULLET = re.compile(r"[\s>?*|\u2022-]{0,12}")

Added = Iterator[Span]


def with_companions(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return the spans with those that they give away; in order, without overlap."""
    found = tuple(spans)
    if not any(span.entity in ("PERSON", "ORGANIZATION", "LOCATION") for span in found):
        return found
    for finder in _FINDERS:
        found = _with(found, finder(found[:MOST], text), text)
    return found


def _with(spans: tuple[Span, ...], added: Added, text: str) -> tuple[Span, ...]:
    for span in added:
        if not _is_covered(spans, span):
            spans = resolved([*((other, 0) for other in spans), (span, 9)], text)
        elif span.entity == "ORGANIZATION":
            spans = _retyped(spans, span, text)
    return spans


def _retyped(spans: tuple[Span, ...], span: Span, text: str) -> tuple[Span, ...]:
    """Return the spans with an organization in place of what a model took for a person or a place that no list knows."""
    inside = [other for other in spans if other.start < span.end and span.start < other.end]
    if any(other.entity not in ("PERSON", "LOCATION") or other.start < span.start or other.end > span.end for other in inside):
        return spans
    if not all(is_unlisted([folded(word) for word in text[other.start : other.end].split()]) for other in inside):
        return spans
    return resolved([*((other, 0) for other in spans if other not in inside), (span, 9)], text)


def _is_covered(spans: Sequence[Span], span: Span) -> bool:
    place = bisect_left(spans, span.end, key=lambda other: other.start)
    return any(other.end > span.start for other in spans[max(0, place - 3) : place])


def _organizations(spans: Sequence[Span], text: str) -> Added:
    for span in spans:
        if span.entity != "PERSON":
            continue
        after = _OF.match(text, span.end)
        if after:
            yield from _organization(text, after)
        low = max(0, span.start - 120)
        for expression in (_OWNER, _TRADED):
            before = expression.search(text[low : span.start])
            if before:
                yield from _organization(text, before, low)


def _organization(text: str, match: re.Match[str], by: int = 0) -> Added:
    start, end = match.start(1) + by, match.end(1) + by
    end = _without_genitive(text, start, end)
    while start < end and is_ordinary(folded(_first_word(text, start, end))) and _starts_clause(text, start):
        start = _next_word(text, start, end)
    if start < end and _could_be_name(text[start:end]):
        name = folded(text[start:end])
        is_place = name in lists()["CITY"] or name in lists()["COUNTRY"] or name in lists()["REGION"]
        yield Span(start, end, "LOCATION" if is_place else "ORGANIZATION", SCORE)


def _first_word(text: str, start: int, end: int) -> str:
    return text[start:end].split(" ", 1)[0].strip(".,'")


def _next_word(text: str, start: int, end: int) -> int:
    space = text.find(" ", start, end)
    return end if space < 0 else space + 1


def _starts_clause(text: str, start: int) -> bool:
    before = text[max(0, start - 20) : start].rstrip(" \"'(*-\u201c")
    return not before or before[-1] in ".!?:;\n"


def _listed(spans: Sequence[Span], text: str) -> Added:
    """Yield the names in an enumeration of which others were found, as what most of those are."""
    for match in _ENUMERATED.finditer(text):
        found = (item.span() for item in _ITEM.finditer(text, match.start(), match.end()))
        items = [(low, _without_genitive(text, low, high)) for low, high in found]
        said = Counter(kind for low, high in items for kind in [_kind_of(spans, low, high)] if kind)
        if said:
            kind = min(said, key=lambda each: (-said[each], each))
            yield from (Span(low, high, kind, SCORE) for low, high in items if _is_name(text, low, high))


def _without_genitive(text: str, start: int, end: int) -> int:
    """Return where a name ends before `'s`, a lone apostrophe or a dot."""
    end -= 2 * text[start:end].endswith(("'s", "\u2019s"))
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return end


def _kind_of(spans: Sequence[Span], low: int, high: int) -> str:
    held = [span.entity for span in spans if span.start < high and low < span.end]
    return held[0] if held and held[0] in ("PERSON", "ORGANIZATION", "LOCATION") else ""


def _is_name(text: str, start: int, end: int) -> bool:
    is_first_common = _starts_clause(text, start) and is_ordinary(folded(_first_word(text, start, end)))
    return _could_be_name(text[start:end]) and not is_first_common


def _could_be_name(value: str) -> bool:
    """Return whether words with capitals may be a name: one of them is no common word, no month and no abbreviation."""
    words = [folded(word.strip(".,'\u2019")) for word in value.split()]
    if value.isupper() and len(value) < 5:
        return False
    return any(len(word) > 2 and not is_ordinary(word) and word not in calendar_words() for word in words)


def _repeated(spans: Sequence[Span], text: str) -> Added:
    """Yield the family names of found persons, where they stand again alone."""
    words = sorted({word for span in spans if span.entity == "PERSON" for word in _surnames(text[span.start : span.end])})
    for word in words[:MOST]:
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                yield Span(start, end, "PERSON", SCORE)
            start = text.find(word, end)


def _surnames(value: str) -> list[str]:
    words = value.split()
    return [word for word in words[-1:] if len(words) > 1 and len(word) > 2 and word[0].isupper() and word.isalpha()
            and not word.isupper()]  # fmt: skip


def _lines(spans: Sequence[Span], text: str) -> Added:
    """Yield the one line that stands between the line of a person and that of an address."""
    if "\n" not in text:
        return
    bounds = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)][:MOST]
    kinds = [_kind_of_line(spans, text, low, high) for low, high in bounds]
    for place in range(1, len(bounds) - 1):
        if kinds[place - 1] == "PERSON" and kinds[place] == "" and "PERSON" != kinds[place + 1] != "":
            low, high = _inner(text, *bounds[place])
            low = max([low, *(span.end + 1 for span in spans if low <= span.start and span.end < high)])
            if low < high <= low + 60 and not _NO_LINE.search(text[low:high]) and len(text[low:high].split()) <= 6:
                yield Span(low, high, "ORGANIZATION", SCORE)


def _kind_of_line(spans: Sequence[Span], text: str, low: int, high: int) -> str:
    """Return PERSON or STREET_ADDRESS where a line is nothing else, an empty text where it is free, else a question mark."""
    low, high = _inner(text, low, high)
    held = [span for span in spans if span.start < high and low < span.end]
    if all(span.entity == "NRP" for span in held):
        return ""
    if len(held) == 1 and held[0].entity == "PERSON" and held[0].start <= low + 1 and high <= held[0].end + 1:
        return "PERSON"
    return "STREET_ADDRESS" if held[0].entity in _ADDRESSES and held[0].start <= low + 1 else "?"


def _inner(text: str, low: int, high: int) -> tuple[int, int]:
    bullet = _BULLET.match(text, low, high)
    low = bullet.end() if bullet else low
    while low < high and text[high - 1].isspace():
        high -= 1
    return low, high


_FINDERS: Final[tuple[Callable[[Sequence[Span], str], Added], ...]] = (_repeated, _organizations, _listed, _lines)
