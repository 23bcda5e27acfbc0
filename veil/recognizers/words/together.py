"""Words that are run together: `CUSTFIRSTNM`, `customeremailaddress`, `telephonedomicile`.

A word is cut only where every piece is a known one and the pieces fill it; of several ways, the one of fewest pieces, then of
the longest first piece. Short pieces are a list of their own (`[pieces]`), because any word ends like some abbreviation; words
that only look run together, such as `candidate`, are in `[whole words]`. English comes first. The pieces of another language
are never mixed with those of a third, are three letters at least, and their cut is believed only where they name an entity.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from veil.recognizers.words.files import sections
from veil.recognizers.words.letters import words_in

SHORTEST: Final = 6
LONGEST: Final = 48
LONGEST_PIECE: Final = 18
MOST_PIECES: Final = 5
LANGUAGES: Final = ("fr", "es", "it", "pt", "de", "nl", "pl")
_ENGLISH: Final = ("en", "technical", "all")
_LETTERS_IN_A_WORD: Final = 4
_LETTERS_IN_A_FOREIGN_PIECE: Final = 3


def pieces_of(word: str) -> tuple[str, ...]:
    """Return the known words that fill a word of a name, or the word itself where they do not."""
    if not SHORTEST <= len(word) <= LONGEST or word.isdigit() or word in _known() or word in _whole_words():
        return (word,)
    english = _believed(_cut(word, _vocabulary(_ENGLISH)))
    if english:
        return english
    cuts = (_foreign(_cut(word, _vocabulary((language,))), language) for language in LANGUAGES)
    return min((cut for cut in cuts if cut), key=len, default=(word,))


def _cut(word: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - LONGEST_PIECE), end):
            before = best[start]
            if before is None or word[start:end] not in vocabulary or len(before) == MOST_PIECES:
                continue
            candidate = (*before, word[start:end])
            if best[end] is None or len(candidate) < len(best[end] or ()):
                best[end] = candidate
    return best[-1] or ()


def _believed(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """At least one piece is a word of four letters, and no more than half of the name is abbreviations of two."""
    if not pieces or max(len(piece) for piece in pieces) < _LETTERS_IN_A_WORD:
        return ()
    abbreviated = sum(len(piece) for piece in pieces if len(piece) < _LETTERS_IN_A_FOREIGN_PIECE)
    return pieces if abbreviated * 2 <= sum(len(piece) for piece in pieces) else ()


def _foreign(pieces: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Two pieces at least, at most half of them of three letters, and some of them speak for an entity."""
    short = [piece for piece in pieces if len(piece) < _LETTERS_IN_A_WORD]
    if len(pieces) < 2 or len(short) * 2 > len(pieces) or min(map(len, pieces)) < _LETTERS_IN_A_FOREIGN_PIECE:
        return ()
    spans = (pieces[start:end] for start in range(len(pieces)) for end in range(start + 1, len(pieces) + 1))
    return pieces if any("".join(span) in _phrases(language) for span in spans) else ()


@lru_cache(maxsize=16)
def _vocabulary(languages: tuple[str, ...]) -> frozenset[str]:
    written = (
        word
        for section in sections()
        if section.isupper() or section in ("fillers", "harmless", "measures", "people")
        for word in _words(section, languages)
    )
    long = frozenset(word for word in written if len(word) >= _LETTERS_IN_A_WORD)
    return long | frozenset(_words("pieces", languages)) | (frozenset() if languages == _ENGLISH else _SHARED)


_SHARED: Final = frozenset({"email", "mail", "code", "date"})
"""Words that every language's tables use."""


def _words(section: str, languages: tuple[str, ...]) -> list[str]:
    entries = sections().get(section, {})
    return [word for language in languages for entry in entries.get(language, ()) for word in words_in(entry.text)]


@lru_cache(maxsize=16)
def _phrases(language: str) -> frozenset[str]:
    """The phrases of a language that speak for an entity by themselves: neither weak nor whole ones."""
    sure = (
        entry
        for section, entries in sections().items()
        if section.isupper()
        for entry in entries.get(language, ())
        if not entry.weak and not entry.whole
    )
    return frozenset("".join(words_in(entry.text)) for entry in sure)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    known = (_vocabulary(languages) for languages in (_ENGLISH, *((language,) for language in LANGUAGES)))
    return frozenset[str]().union(*known)


@lru_cache(maxsize=1)
def _whole_words() -> frozenset[str]:
    return frozenset("".join(words_in(entry.text)) for entries in sections().get("whole words", {}).values() for entry in entries)
