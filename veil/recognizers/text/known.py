"""Known values: what the structured columns hold about people is searched for in the texts beside them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from veil.model import Span
from veil.recognizers.base import PLACEHOLDERS
from veil.recognizers.entities import ENTITIES
from veil.recognizers.words.lexicon import word_set

SCORE: Final = 0.95
NAMES: Final = frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"})
ALSO_SEARCHED: Final = frozenset({"CITY", "POSTCODE", "BIRTH_DATE", "LOCATION"})
MIN_LETTERS: Final = 3
MIN_DIGITS: Final = 5


@dataclass(frozen=True)
class KnownValues:
    """An automaton over distinct values. It holds cells in memory: never log, print or save it.

    A value is found on word boundaries, whatever its case and accents. A name that is also a common word (`will`, `rose`)
    is found only where the text writes it with a capital.
    """

    automaton: Any = field(repr=False)
    entities: tuple[str, ...] = field(repr=False)
    need_capital: tuple[bool, ...] = field(repr=False)

    @classmethod
    def of(cls, known: Mapping[str, Iterable[str]]) -> KnownValues | None:
        """Build the automaton; None if there is nothing to search for.

        Parameters
        ----------
        known : entity -> distinct values. Only direct identifiers and places, postcodes and birth dates are searched. Values
            under 3 characters, and numbers under 5 digits, are left out: they would be found everywhere.
        """
        chosen: dict[str, tuple[str, bool]] = {}
        for entity in sorted(known):
            for value, common in _searchable(entity, known[entity]):
                chosen.setdefault(value, (entity, common))
        return automaton_of(chosen) if chosen else None

    def find(self, text: str) -> Iterator[Span]:
        """Yield the spans of known values; they may overlap."""
        for place, start, end in self.automaton.find_matches_as_indexes(folded(text), overlapping=True):
            before, after = text[start - 1 : start], text[end : end + 1]
            if (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum()):
                continue
            if not self.need_capital[place] or text[start].isupper():
                yield Span(start, end, self.entities[place], SCORE)


def automaton_of(chosen: Mapping[str, tuple[str, bool]]) -> KnownValues:
    """Build the automaton of folded values, each with its entity and whether it needs a capital."""
    import ahocorasick_rs

    values = sorted(chosen)
    automaton = ahocorasick_rs.AhoCorasick(values, matchkind=ahocorasick_rs.MatchKind.Standard)
    return KnownValues(automaton, tuple(chosen[value][0] for value in values), tuple(chosen[value][1] for value in values))


def _searchable(entity: str, values: Iterable[str]) -> Iterator[tuple[str, bool]]:
    if entity not in ENTITIES or entity == "FREE_TEXT" or (ENTITIES[entity].role != "direct" and entity not in ALSO_SEARCHED):
        return
    common = word_set("common")
    for value in values:
        stripped = folded(value.strip())
        if _is_telling(stripped):
            yield stripped, stripped in common
        if entity == "PERSON":
            parts = [part.strip(".,'") for part in stripped.split()]
            yield from ((part, part in common) for part in parts if len(part) > 3 and part not in word_set("particles"))


def _is_telling(value: str) -> bool:
    n_digits = sum(map(str.isdigit, value))
    n_letters = sum(map(str.isalpha, value))
    is_word = value not in PLACEHOLDERS and value not in word_set("particles")
    return is_word and (n_letters >= MIN_LETTERS or n_digits >= MIN_DIGITS)


class _Fold(dict[int, str]):
    """Maps each character to one lower-case character without accent, so that places in the text stay the same."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        self[code] = base if len(base) == 1 else chr(code)
        return self[code]


_FOLD = _Fold()


def folded(text: str) -> str:
    """Return the text in lower case without accents, of the same length."""
    return text.lower() if text.isascii() else text.translate(_FOLD)
