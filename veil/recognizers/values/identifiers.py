"""Numbers in texts: identifiers that a word announces, or whose form and check digits leave no doubt.

A mere check digit does not do: one number in ten has it. So a number counts if its kind is *plain* (fewer than 1 in 1,000 random
ones pass), or *written* in a way that only that kind is (`880320-0016`), or if a word such as `BSN` stands before it. Announced
numbers that fail the check count too, at a lower score: people mistype, and the typed digits still point to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from veil.model import Span
from veil.recognizers.base import NOTHING
from veil.recognizers.values.kinds import LONGEST, Kind, bare_of, by_length, kinds
from veil.recognizers.words.dictionaries import folded

PROVEN: Final = 0.95
ANNOUNCED: Final = 0.9
MISTYPED: Final = 0.6
REACH: Final = 48
SHORTEST: Final = 8
FARTHEST: Final = 28
MOST_PARTS: Final = 7
_DIGITS = re.compile(r"\d[ ./-]?\w?\d")
_HAS_DIGIT = re.compile(r"\d")
_PART = re.compile(r"[A-Za-z0-9]+(?:[./+-][A-Za-z0-9]+){0,8}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CONNECTING: Final = frozenset({
    "is", "was", "no", "nr", "n", "num", "number", "nummer", "numero", "id", "code", "card", "karte", "carte", "ist", "est", "es",
    "e", "lautet", "of", "de", "der", "the", "my", "her", "his", "their", "your", "on", "record", "reads", "are", "er",
    "ar", "jest", "var",
})
_ENDS = re.compile(r"[.;!?](?: |$)|\n\n")


def find_numbers(text: str) -> Iterator[Span]:
    """Yield the identifiers in a text, in order, without overlap. Takes linear time; texts without digits cost nothing."""
    if not _DIGITS.search(text):
        return
    parts = [(match.start(), match.end()) for match in _PART.finditer(text)]
    has_digit = [_HAS_DIGIT.search(text, low, high) is not None for low, high in parts]
    place = 0
    while place < len(parts):
        if not (has_digit[place] or (place + 1 < len(parts) and has_digit[place + 1])):
            place += 1
            continue
        span, n_parts = _at(text, parts, has_digit, place)
        if span:
            yield span
        place += n_parts


def _at(text: str, parts: list[tuple[int, int]], has_digit: list[bool], place: int) -> tuple[Span | None, int]:
    """Return the longest identifier that starts with that part, and how many parts to go on."""
    if not (has_digit[place] or (place + 1 < len(parts) and has_digit[place + 1] and parts[place][1] - parts[place][0] <= 5)):
        return None, 1
    announced = _announced(text, parts[place][0])
    for last in range(_last(text, parts, place), place - 1, -1):
        if has_digit[last] or last > place:
            span = _identifier(text, parts[place][0], parts[last][1], announced)
            if span:
                return span, last - place + 1
    return None, 1


def _last(text: str, parts: list[tuple[int, int]], place: int) -> int:
    """Return the last part that a number starting here can have: single separators between, short parts, 40 characters."""
    last = place
    while last + 1 < len(parts) and last - place + 1 < MOST_PARTS:
        low, high = parts[last + 1]
        if text[parts[last][1] : low] not in (" ", " - ", "\u00a0", " /") or high - parts[place][0] > 40:
            break
        last += 1
    return last


def _identifier(text: str, start: int, end: int, announced: Mapping[str, None]) -> Span | None:
    value = text[start:end]
    bare = bare_of(value)
    shortest = 3 if announced else SHORTEST
    if not shortest <= len(bare) <= LONGEST or not any(char.isdigit() for char in bare):
        return None
    strong, named = _told_apart()[len(bare)]
    fitting = [kind for kind in named if kind.name in announced or kind.plain or kind.written] if announced else strong
    best: tuple[int, Span] | None = None
    for kind in fitting:
        score = _score(kind, value, bare, kind.name in announced)
        if score and (best is None or (score, kind.one_in) > (best[1].score, best[0])):
            best = kind.one_in, Span(start, end, kind.entity, score)
    return best[1] if best else None


def _score(kind: Kind, value: str, bare: str, announced: bool) -> float:
    if kind.one_in == 1 and _YEAR.fullmatch(bare):
        return 0.0
    if kind.holds(value, bare):
        if kind.is_written(value):
            return PROVEN
        return ANNOUNCED if announced else 0.0
    is_shaped = announced and bool(kind.pattern.fullmatch(value if kind.raw else bare))
    return MISTYPED if is_shaped else 0.0


@lru_cache(maxsize=1)
def _told_apart() -> tuple[tuple[Sequence[Kind], Sequence[Kind]], ...]:
    """Return, by length, the kinds that need no word to announce them, and all that name an entity; both in order."""
    named = [[kind for kind in fitting if kind.entity != NOTHING] for fitting in by_length()]
    return tuple(([kind for kind in each if kind.plain or kind.written], each) for each in named)


def _announced(text: str, start: int) -> dict[str, None]:
    """Return the names of the kinds that a word shortly before announces; the nearest word decides.

    Kinds without check digits must be announced directly: between "patient" and "2019" in "a patient came in 2019" are words.
    """
    before = text[max(0, start - REACH) : start]
    ended = [match.end() for match in _ENDS.finditer(before)]
    words = _spaced(before[ended[-1] if ended else 0 :])
    nearest = max(_announcing().finditer(f" {words} "), key=lambda match: match.end(), default=None)
    between = words[nearest.end() :] if nearest else ""
    if nearest is None or len(between) > FARTHEST or any(char.isdigit() for char in between):
        return {}
    is_direct = all(word in _CONNECTING for word in between.split())
    names = _kinds_of()[nearest.group(1)]
    return dict.fromkeys(name for name in names if is_direct or kinds()[name].one_in > 1)


def _spaced(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", folded(text)).split())


@lru_cache(maxsize=1)
def _kinds_of() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for kind in kinds().values():
        for word in kind.words:
            key = _spaced(word)
            found[key] = (*found.get(key, ()), kind.name)
    return found


@lru_cache(maxsize=1)
def _announcing() -> re.Pattern[str]:
    longest_first = sorted(_kinds_of(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<=\s)({'|'.join(map(re.escape, longest_first))})(?=\s)")
