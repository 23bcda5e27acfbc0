"""Known values: what the structured columns hold about people is searched for in the texts beside them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from veil.model import Span
from veil.recognizers.text.collector import paused
from veil.recognizers.text.known_codes import KnownCodes, parted
from veil.recognizers.text.known_words import NAMES, searchable
from veil.recognizers.text.letters import Flags, are_alphanumeric, are_capital, codes_of, folded

__all__ = ["KnownValues", "automaton_of", "folded"]

SCORE: Final = 0.95
BLOCK: Final = 1 << 20
"""Characters that are searched at once: memory stays bounded whatever the number of texts."""
_BETWEEN: Final = "\x00"
_PARTICLES: Final = re.compile(r"(?<![^\W_])(?i:(?:van|von|ter|ten)(?: (?:de|der|den|dem|het|t))? |van '?t |de (?:la|los|las) )$")
_INITIALS: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.[ -]?){1,3} ?$|(?<![^\W_])[^\W\d_] $")
_INITIAL_AFTER: Final = re.compile(r",? (?:[^\W\d_a-z]\.[ -]?){0,2}[^\W\d_a-z]\.(?![^\W_])")
_FUNCTION_WORDS: Final = frozenset({
    "a", "am", "an", "and", "as", "at", "be", "but", "by", "can", "das", "de", "dem", "den", "der", "des", "die", "do",
    "does", "du", "e", "een", "ein", "eine", "el", "en", "et", "for", "from", "gli", "had", "has", "have", "he", "her", "het",
    "his", "how", "i", "if", "il", "im", "in", "is", "it", "its", "la", "las", "le", "les", "lo", "los", "me", "my", "na",
    "no", "not", "o", "of", "on", "op", "or", "our", "she", "so", "te", "than", "that", "the", "their", "them", "then",
    "there", "they", "this", "to", "too", "un", "una", "und", "une", "up", "us", "van", "was", "we", "were", "what", "when",
    "where", "who", "why", "with", "y", "you", "your", "zu",
})
"""Some are names too (An, Do, La, Na). At the start of a sentence their capital says nothing."""
_MONTHS: Final = frozenset({"april", "may", "june", "august", "mai", "mars", "juni", "augusta", "jan", "mar", "avril", "juin"})
_DAY_OR_YEAR: Final = re.compile(r"[ .,]{1,2}\d")


@dataclass(frozen=True)
class KnownValues:
    """An automaton over distinct values. It holds cells in memory: never log, print or save it.

    A value is found on word boundaries, whatever its case and accents. A name that is also a common word (`will`, `rose`)
    is found only where the text writes it with a capital. Initials before and after a name belong to it.
    """

    automaton: Any = field(repr=False)
    entities: tuple[str, ...] = field(repr=False)
    need_capital: tuple[bool, ...] = field(repr=False)
    codes: KnownCodes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, known: Mapping[str, Iterable[str]]) -> KnownValues | None:
        """Build the automaton; None if there is nothing to search for.

        Parameters
        ----------
        known : entity -> distinct values. Only direct identifiers and places, postcodes and birth dates are searched. Values
            under 3 characters, and numbers under 5 digits, are left out: they would be found everywhere.
        """
        return cls.among(known, None)

    @classmethod
    def among(cls, known: Mapping[str, Iterable[str]], words: Collection[str] | None) -> KnownValues | None:
        """Build the automaton of those values only whose every word is among the folded words of the texts; None: of all."""
        with paused():
            chosen: dict[str, tuple[str, bool]] = {}
            numbers: dict[str, Sequence[str]] = {}
            for entity in sorted(known):
                numbers[entity], others = parted(entity, [value.strip() for value in known[entity]])
                for value, common in searchable(entity, others, words):
                    chosen.setdefault(value, (entity, common))
            codes = KnownCodes.of(numbers)
        if not chosen and codes is None:
            return None
        return automaton_of(chosen, codes)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans of known values; they may overlap."""
        for place, start, end in self.automaton.find_matches_as_indexes(folded(text), overlapping=True):
            before, after = text[start - 1 : start], text[end : end + 1]
            if (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum()):
                continue
            span = self._whole(place, text, start, end) if not self.need_capital[place] or text[start].isupper() else None
            if span is not None:
                yield span
        if self.codes is not None:
            yield from self.codes.find(text)

    def find_all(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None, bare: Sequence[bool] | None = None
    ) -> list[list[Span]]:
        """Return the spans of known values in each text; they may overlap. Time is linear in the length of the texts.

        Parameters
        ----------
        spans : what was found already, by text; what lies in it is not looked up.
        bare : whether a text may hold a number that lies in none of them; not given: any may.
        """
        found: list[list[Span]] = [[] for _ in texts]
        for low, high in _blocks(texts):
            self._find_block(texts[low:high], found[low:high], spans[low:high] if spans else ())
        if self.codes is not None:
            for place, text in enumerate(texts):
                if bare is None or bare[place]:
                    found[place].extend(self.codes.find(text, spans[place] if spans else ()))
        return found

    @cached_property
    def _need_capital(self) -> Flags:
        return np.array(self.need_capital, dtype=np.bool_)

    def _find_block(self, texts: Sequence[str], found: list[list[Span]], spans: Sequence[Sequence[Span]]) -> None:
        joined = _BETWEEN.join(texts) + _BETWEEN
        matches = self.automaton.find_matches_as_indexes(folded(joined), overlapping=True)
        if not matches:
            return
        places, starts, ends = np.array(matches, dtype=np.int64).T
        codes = codes_of(joined)
        letters, capitals = are_alphanumeric(codes), are_capital(codes)
        inside = (letters[starts - 1] & letters[starts] & (starts > 0)) | (letters[ends] & letters[ends - 1])
        wanted = ~inside & (~self._need_capital[places] | capitals[starts])
        lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
        firsts = np.cumsum(lengths) - lengths
        if spans:
            covered = _covered(spans, firsts, len(joined))
            wanted &= ~(covered[starts] & covered[ends - 1])
        rows = np.searchsorted(firsts, starts[wanted], side="right") - 1
        for place, start, end, row, first in zip(
            *(each.tolist() for each in (places[wanted], starts[wanted], ends[wanted], rows, firsts[rows])), strict=True
        ):
            span = self._whole(place, texts[row], start - first, end - first)
            if span is not None:
                found[row].append(span)

    def _whole(self, place: int, text: str, start: int, end: int) -> Span | None:
        """Return the span with the initials around it; None where the word is a word there and no name."""
        entity = self.entities[place]
        if entity not in NAMES:
            return Span(start, end, entity, SCORE)
        if self.need_capital[place] and not _reads_as_name(text, start, end):
            return None
        after = _INITIAL_AFTER.match(text, end) if "." in text[end + 2 : end + 4] else None
        if start and text[start - 1] in " .-":
            start = _with_initials(text, start, is_sure=not self.need_capital[place])
        return Span(start, after.end() if after else end, entity, SCORE)


def automaton_of(chosen: Mapping[str, tuple[str, bool]], codes: KnownCodes | None = None) -> KnownValues:
    """Build the automaton of folded values, each with its entity and whether it needs a capital."""
    import ahocorasick_rs

    values = sorted(chosen)
    automaton = ahocorasick_rs.AhoCorasick(values, matchkind=ahocorasick_rs.MatchKind.Standard)
    entities, commons = tuple(chosen[value][0] for value in values), tuple(chosen[value][1] for value in values)
    return KnownValues(automaton, entities, commons, codes)


def _covered(spans: Sequence[Sequence[Span]], firsts: npt.NDArray[np.int64], length: int) -> Flags:
    """Return which characters of joined texts lie in a span."""
    shifts = np.repeat(firsts, [len(each) for each in spans])
    starts = np.array([span.start for each in spans for span in each], dtype=np.int64) + shifts
    ends = np.array([span.end for each in spans for span in each], dtype=np.int64) + shifts
    depth = np.bincount(starts, minlength=length + 1) - np.bincount(ends, minlength=length + 1)
    covered: Flags = np.cumsum(depth) > 0
    return covered


def _with_initials(text: str, start: int, *, is_sure: bool) -> int:
    """Return where the initials and the particles before a name start. `A` and `I` are words before a common word."""
    particles = _PARTICLES.search(text, max(0, start - 12), start)
    if particles:
        start = particles.start()
    initials = _INITIALS.search(text, max(0, start - 10), start)
    if initials is None or not initials.group()[0].isupper():
        return start
    return start if initials.group() in ("A ", "I ") and not is_sure else initials.start()


def _reads_as_name(text: str, start: int, end: int) -> bool:
    """Return whether a capitalized common word may be a name: `An` first in a sentence is an article, `May 5` a date."""
    word = folded(text[start:end])
    if word in _MONTHS and _DAY_OR_YEAR.match(text, end):
        return False
    if word not in _FUNCTION_WORDS and len(word) > 2:
        return True
    before = text[max(0, start - 8) : start].rstrip(" \"'(*-")
    return bool(before) and before[-1] not in ".!?:;\n\x00"


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    low, size = 0, 0
    for place, text in enumerate(texts):
        size += len(text) + 1
        if size >= BLOCK:
            yield low, place + 1
            low, size = place + 1, 0
    if low < len(texts):
        yield low, len(texts)
