"""Column names as words: how a name is split, and the phrases in the word files that it is compared with.

A name is cut at case changes, digits and punctuation, and where known words are run together (`CUSTFIRSTNM`). Accents go, so
`Straße`, `strasse` and `STRASSE` are one word. Phrases are compared without spaces: `e-mail`, `eMail` and `EMAIL` all meet
`e mail`. The word files are read by `files`; what a name is about although it holds a personal word is judged by `heads`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from veil.recognizers.words.files import sections
from veil.recognizers.words.letters import words_in
from veil.recognizers.words.together import pieces_of

__all__ = ["Match", "Phrase", "harmless_in", "matches", "phrases", "sections", "word_set", "words_in", "words_of"]

COMPOUNDING: Final = frozenset({"de", "nl", "sv", "da", "no", "fi", "et", "hu"})
LONGEST_PHRASE: Final = 6
SHORTEST_KEPT: Final = 3
LEAST_LETTERS: Final = 3
_SMALL: Final = frozenset({
    "of", "the", "de", "du", "des", "la", "le", "el", "di", "del", "della", "da", "do", "das", "dos", "na", "на", "van",
    "von", "der", "den", "av", "af", "pri",
})
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {"harmless": ("harmless", "measures", "leads")}


@dataclass(frozen=True)
class Phrase:
    """A phrase that a column name may hold, and its language.

    A weak one is believed only where something else agrees; a whole one only where nothing but digits stands beside it.
    """

    text: str
    language: str
    weak: bool = False
    whole: bool = False

    @property
    def key(self) -> str:
        """The phrase as it is compared: no spaces, accents or capitals."""
        return "".join(words_in(self.text))


@dataclass(frozen=True)
class Match:
    """A phrase found in a name: which words of the name it takes, `end` exclusive."""

    entity: str
    phrase: Phrase
    start: int
    end: int


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Split a column name into lower-case words without accents; digits are words of their own. Never give it a cell."""
    words: list[str] = []
    for word in words_in(name):
        words.extend((word,) if word in _index() else pieces_of(word))
    return tuple(words)


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[Phrase, ...]]:
    """Return the phrases of each entity, in all languages."""
    return {
        section: tuple(
            Phrase(entry.text, language, entry.weak, entry.whole) for language, entries in languages.items() for entry in entries
        )
        for section, languages in sections().items()
        if section.isupper()
    }


@lru_cache(maxsize=16)
def word_set(section: str) -> frozenset[str]:
    """Return all words of a section in lower case, such as `harmless` or `fillers`, as they are compared."""
    lists = (sections().get(name, {}) for name in _LISTS.get(section, (section,)))
    return frozenset("".join(words_in(entry.text)) for languages in lists for entries in languages.values() for entry in entries)


@lru_cache(maxsize=1)
def _index() -> Mapping[str, tuple[tuple[str, Phrase], ...]]:
    index: dict[str, dict[tuple[str, str], tuple[str, Phrase]]] = {}
    for entity, entries in phrases().items():
        for phrase in entries:
            index.setdefault(phrase.key, {}).setdefault((entity, phrase.language), (entity, phrase))
    for entity, entries in phrases().items():
        for phrase in entries:
            for key in _shortened(phrase):
                index.setdefault(key, {(entity, phrase.language): (entity, phrase)})
    return {key: tuple(pairs.values()) for key, pairs in index.items()}


def _shortened(phrase: Phrase) -> tuple[str, ...]:
    """Return the key of a phrase without its small words, which names leave out: `fecha de nacimiento` as `fecha nacimiento`."""
    words = phrase.text.split()
    kept = [word for word in words if word not in _SMALL]
    if phrase.weak or phrase.whole or len(kept) == len(words) or words[0] in _SMALL or words[-1] in _SMALL:
        return ()
    if len(kept) < 2 or any(len(word) < SHORTEST_KEPT for word in kept):
        return ()
    if any(len(word) < LEAST_LETTERS for word in kept):  # the letters `a d t` would become the word `at`
        return ()
    return ("".join(words_in(" ".join(kept))),)


def matches(words: tuple[str, ...]) -> list[Match]:
    """Return the phrases found in a name; where two overlap, only the one that takes more words stays."""
    found: list[Match] = []
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST_PHRASE) + 1):
            found += [Match(entity, phrase, start, end) for entity, phrase in _index().get("".join(words[start:end]), ())]
    found = [match for match in found if not match.phrase.whole or _is_whole(match, words)] or _compound_heads(words)
    return [match for match in found if not any(_covers(other, match) for other in found)]


def _is_whole(match: Match, words: tuple[str, ...]) -> bool:
    return all(word.isdigit() for word in (*words[: match.start], *words[match.end :]))


def _covers(other: Match, match: Match) -> bool:
    inside = other.start <= match.start and match.end <= other.end
    return inside and other.end - other.start > match.end - match.start


def _compound_heads(words: tuple[str, ...]) -> list[Match]:
    """Germanic and Finnic compounds carry their meaning last: `Lieferadresse` is an `adresse`."""
    for place, word in enumerate(words):
        for cut in range(2, len(word) - 4):
            pairs = [
                (entity, phrase)
                for entity, phrase in _index().get(word[cut:], ())
                if phrase.language in COMPOUNDING and not phrase.whole
            ]
            if pairs:
                return [Match(entity, phrase, place, place + 1) for entity, phrase in pairs]
    return []


def harmless_in(words: tuple[str, ...], found: list[Match]) -> str | None:
    """Return the word that makes a name harmless although it holds a personal one, or None. See `heads`."""
    from veil.recognizers.words.heads import harmless_word

    return harmless_word(words, found)
