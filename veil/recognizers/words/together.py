"""Words that are run together: `CUSTFIRSTNM`, `customeremailaddress`.

A word is cut only where every piece is a known one and the pieces fill it; of several ways, the one of fewest pieces, then of
the longest first piece. Short pieces are a list of their own (`[pieces]`), because any word ends like some abbreviation; words
that only look run together, such as `candidate`, are in `[whole words]`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from veil.recognizers.words.files import sections
from veil.recognizers.words.letters import words_in

SHORTEST: Final = 6
LONGEST: Final = 48
LONGEST_PIECE: Final = 16
MOST_PIECES: Final = 5
_LETTERS_IN_A_WORD: Final = 4
_LANGUAGES: Final = frozenset({"en", "technical", "all"})


def pieces_of(word: str) -> tuple[str, ...]:
    """Return the known words that fill a word of a name, or the word itself where they do not."""
    if not SHORTEST <= len(word) <= LONGEST or word.isdigit() or word in _vocabulary() or word in _whole_words():
        return (word,)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - LONGEST_PIECE), end):
            before = best[start]
            if before is None or word[start:end] not in _vocabulary() or len(before) == MOST_PIECES:
                continue
            candidate = (*before, word[start:end])
            if best[end] is None or len(candidate) < len(best[end] or ()):
                best[end] = candidate
    return _believed(best[-1], word)


def _believed(pieces: tuple[str, ...] | None, word: str) -> tuple[str, ...]:
    """At least one piece is a word of four letters, and no more than half of the name is abbreviations of two."""
    if not pieces or max(len(piece) for piece in pieces) < _LETTERS_IN_A_WORD:
        return (word,)
    return pieces if sum(len(piece) for piece in pieces if len(piece) < 3) * 2 <= len(word) else (word,)


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    written = (
        word
        for section, languages in sections().items()
        if section.isupper() or section in ("fillers", "harmless", "measures", "people")
        for language, entries in languages.items()
        if language in _LANGUAGES
        for entry in entries
        for word in words_in(entry.text)
    )
    return frozenset(word for word in written if len(word) >= _LETTERS_IN_A_WORD) | _section("pieces")


@lru_cache(maxsize=1)
def _whole_words() -> frozenset[str]:
    return _section("whole words")


def _section(name: str) -> frozenset[str]:
    return frozenset("".join(words_in(entry.text)) for entries in sections().get(name, {}).values() for entry in entries)
