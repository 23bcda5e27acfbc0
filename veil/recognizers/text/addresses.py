"""Addresses put together from the parts that were found, and cut where a postcode and a place follow the street.

`Main Street 12` and `Suite 4` beside each other are one address, and so are the lines below it that hold only a town, a country
and a postcode. But in `Hauptstraße 5, 10115 Berlin` the postcode and the town are spans of their own, since a policy may keep the
beginning of a postcode, or a region. Every repetition is bounded: hostile texts come here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from veil.model import Span
from veil.recognizers.text.letters import folded
from veil.recognizers.words.dictionaries import lists

STREET: Final = "STREET_ADDRESS"
_PARTS: Final = frozenset({STREET, "POSTCODE", "LOCATION"})
_SWALLOWED: Final = frozenset({*_PARTS, "PERSON", "FIRST_NAME", "LAST_NAME", "ORGANIZATION", "NRP"})
"""What a model may have called a line of an address."""
_UNITS: Final = r"(?:apartment|apt|suite|ste|unit|flat|floor|box|bus|appartement|wohnung|piso|interno)\.? ?#?\d[\w-]{0,5}"
_GAP = re.compile(r"[ \t.]{0,2}(?:,[ \t]{0,2})?(?:\r?\n[ \t]{0,3}(?:,[ \t]{0,2})?)?")
_CAPITAL: Final = r"(?:[^\W\d_a-zß-ÿ]|\()[\w'\u2019.()\u2206-]{0,30}"
_SMALL: Final = (
    r"(?:de|del|della|di|da|do|dos|du|la|le|les|el|los|las|en|sur|sous|aan|den|der|am|an|im|in|bei|ob|nad|na|pri|u|nan|of)"
)
_SEPARATOR: Final = r"[ \t]{0,2},?(?:[ \t]{1,2}|[ \t]{0,2}\r?\n[ \t]{0,3}(?:, ?)?)"
_TAIL = re.compile(rf"(?:{_SEPARATOR}(?:{_CAPITAL}|{_SMALL}|(?i:{_UNITS}))(?=[\s,.;:!?)]|$)){{0,8}}")
_NUMBER_LAST = re.compile(rf"{_SEPARATOR}(?:[A-Z]{{1,2}}-?)?\d{{3,6}}(?![\w/.,-]*\d)")
_NUMBER_FIRST = re.compile(r"(?<![\w.,/-])\d{1,5}[ ,] ?$")
_CORNER = re.compile(r"(?:\bthe )?\bcorner of $", re.IGNORECASE)
_CROSSING = re.compile(rf" (?:and|&) (?:the )?{_CAPITAL}(?: {_CAPITAL}){{0,3}}")
_NAMED = re.compile(
    rf"(?P<name>(?P<given>{_CAPITAL})(?: (?:(?:van|von|de|der|den|di|da|du|la) ){{0,2}}{_CAPITAL}){{1,3}})"
    r"(?:, ?| (?:to|in|au|a|an|naar|en) )(?=[^,]{0,40}\d|[^,]{0,40}$)"
)
_IS_UNIT = re.compile(rf"(?i:{_UNITS})$")
_POSTCODE_PLACE = re.compile(
    r"(?P<gap>(?:, ?|\r?\n ?| (?=\d{5} |\d{4} ?[A-Z]{2} )))(?P<code>\d{4} ?[A-Z]{2}(?= )|\d{2}-\d{3}|"
    r"(?:[A-Z]{1,2}-)?\d{4,5}|[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2})"
    rf"[ \t](?P<place>{_CAPITAL}(?:[ ,'/-]{{1,2}}(?:{_CAPITAL}|{_SMALL}(?= ))){{0,5}})\.?$"
)


def assembled(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return the spans, in order and without overlap, with the parts of each address joined; nothing found becomes uncovered."""
    if not any(span.entity == STREET for span in spans):
        return tuple(spans)
    joined = _joined(spans, text)
    limits = [min([other.start for other in joined[place + 1 :] if other.entity not in _SWALLOWED] or [len(text)])
              for place in range(len(joined))]  # fmt: skip
    extended = (
        _extended_one(span, text[:limit]) if span.entity == STREET else span for span, limit in zip(joined, limits, strict=True)
    )
    return tuple(piece for span in _without_inner(extended) for piece in _cut(span, text))


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Join a street with the parts of an address right behind it, and a number right before it."""
    kept: list[Span] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last and _are_one(last, span, text):
            kept[-1] = Span(last.start, span.end, STREET, max(last.score, span.score))
        else:
            kept.append(span)
    return kept


def _are_one(last: Span, span: Span, text: str) -> bool:
    if last.entity not in _PARTS or span.entity not in _PARTS or not _GAP.fullmatch(text, last.end, span.start):
        return False
    if last.entity == STREET:
        return True
    return span.entity == STREET and last.entity == "POSTCODE" and text[last.end : span.start] in ("", " ")


def _extended_one(span: Span, text: str) -> Span:
    """Return an address with a number before it, a second street of a corner, and the place and postcode behind it."""
    start, end = span.start, span.end
    number = _NUMBER_FIRST.search(text, max(0, start - 8), start)
    start = number.start() if number and text[start].isalnum() else start
    corner = _CORNER.search(text, max(0, start - 14), start)
    if corner:
        crossing = _CROSSING.match(text, end)
        start, end = corner.start(), crossing.end() if crossing else end
    end = _end_of_tail(span, text, end)
    while end > span.end and text[end - 1] in " .,(\t\n":
        end -= 1
    return Span(start, end, STREET, span.score)


def _end_of_tail(span: Span, text: str, end: int) -> int:
    """Return where the words behind a street end that a postcode, a place of the lists, or a unit before them makes a place."""
    if not any(char.isdigit() for char in text[span.start : end]):
        return end
    tail = _TAIL.match(text, end)
    if not tail:
        return end
    number = _NUMBER_LAST.match(text, tail.end())
    if number:
        return number.end()
    words = text[end : tail.end()]
    if not words.strip():
        return end
    last_line = words.rstrip(" .,").replace("\n", ",").split(",")[-1]
    is_behind_unit = _IS_UNIT.search(text, max(0, end - 20), end) is not None and len(words.split()) <= 4
    return tail.end() if is_behind_unit or _ends_in_place(last_line) else end


def _ends_in_place(line: str) -> bool:
    """Return whether the last one, two or three words are a country, a region or a town of the lists."""
    words = folded(line).split()
    found = (" ".join(words[-count:]) for count in (1, 2, 3) if len(words) >= count)
    return any(value in lists()[kind] for value in found for kind in ("COUNTRY", "REGION", "CITY"))


def _without_inner(spans: Iterable[Span]) -> list[Span]:
    """Return spans without those that a longer address has swallowed; one that it cuts into becomes part of it."""
    kept: list[Span] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            last = kept.pop()
            end = max(last.end, span.end)
            kept.append(Span(min(last.start, span.start), end, STREET, max(last.score, span.score)))
        else:
            kept.append(span)
    return kept


def _cut(span: Span, text: str) -> Iterator[Span]:
    """Yield an address; a name before it, and a postcode and a place that end it, by themselves."""
    named = _NAMED.match(text, span.start, span.end) if span.entity == STREET else None
    if named and folded(named["given"]) in lists()["FIRST_NAME"]:
        yield Span(span.start, named.end("name"), "PERSON", span.score)
        span = Span(named.end(), span.end, STREET, span.score)
    found = _POSTCODE_PLACE.search(text, span.start, span.end) if span.entity == STREET else None
    if found is None or ("," not in found["gap"] and not any(char.isdigit() for char in text[span.start : found.start()])):
        yield span
        return
    yield Span(span.start, found.start(), STREET, span.score)
    yield Span(found.start("code"), found.end("code"), "POSTCODE", span.score)
    yield Span(found.start("place"), span.end, "LOCATION", span.score)
