"""Texts folded for a search: plain lower case, cut into words, with the way back to the places in the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

_LIKE: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "\u0131": "i",
    "\u2019": "'", "\u2018": "'", "\u00b4": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-",
}  # fmt: skip
"""Letters that Unicode does not take apart but people type without their stroke; apostrophes and hyphens."""
_TYPED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""How the letters of German and the Nordic languages are typed where the keyboard lacks them."""
_WORD: Final = re.compile(r"[^\W_]+")
LONG: Final = 7


class _Fold(dict[int, str]):
    """Maps each character to its plain form: some to none (marks, invisible characters), some to two."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = "".join(self._plain(part) for part in unicodedata.normalize("NFKD", char))
        self[code] = plain
        return plain

    @staticmethod
    def _plain(part: str) -> str:
        if unicodedata.combining(part) or unicodedata.category(part) == "Cf":
            return ""
        low = part.lower()
        return _LIKE.get(low, low if len(low) == 1 else part)


_FOLD: Final = _Fold()


class Word(NamedTuple):
    """A run of letters and digits: its folded form and where it stands in the text. It holds a piece of a cell."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True)
class FoldedText:
    """A text as it is searched. It holds the text: never log, print or save it.

    Attributes
    ----------
    text : as it was written.
    plain : lower case, without accents, marks and invisible characters.
    """

    text: str = field(repr=False)

    @cached_property
    def plain(self) -> str:
        return fold(self.text)

    @cached_property
    def _places(self) -> Sequence[int] | None:
        """Per folded character and for the end, its place in the text; None where both are of one length, place by place."""
        if self.text.isascii() or all(len(_FOLD[ord(char)]) == 1 for char in set(self.text)):
            return None
        return [place for place, char in enumerate(self.text) for _ in _FOLD[ord(char)]] + [len(self.text)]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words in order."""
        places = self._places
        spans = ((match.group(), *match.span()) for match in _WORD.finditer(self.plain))
        if places is None:
            return tuple(Word(*span) for span in spans)
        return tuple(Word(plain, places[start], places[end - 1] + 1) for plain, start, end in spans)

    @cached_property
    def distinct_words(self) -> frozenset[str]:
        """The folded words."""
        return frozenset(word.plain for word in self.words)

    @cached_property
    def squeezed(self) -> str:
        """The words with nothing in between: what is found here is found however it is parted."""
        return "".join(word.plain for word in self.words)

    @cached_property
    def starts(self) -> list[int]:
        """Per word, its place in the squeezed text."""
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word.plain)
        return starts

    def stretches(self, needle: str) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of each place where the squeezed text holds a needle from word edge to word edge.

        A place where letters meet digits counts as an edge for needles of seven characters or more.
        """
        at = self.squeezed.find(needle)
        while at >= 0:
            first, last = self.word_at(at), self.word_at(at + len(needle) - 1)
            if self._is_edge(at, first, len(needle)) and self._is_edge(at + len(needle), last + 1, len(needle)):
                yield first, last
            at = self.squeezed.find(needle, at + 1)

    def word_at(self, place: int) -> int:
        """Return the word that a place of the squeezed text lies in."""
        return bisect_right(self.starts, place) - 1

    def _is_edge(self, place: int, word: int, length: int) -> bool:
        if place == len(self.squeezed) or (word < len(self.starts) and self.starts[word] == place):
            return True
        return length >= LONG and self.squeezed[place - 1].isdigit() != self.squeezed[place].isdigit()

    def between(self, word: int) -> str:
        """Return what stands between a word and the next."""
        return self.text[self.words[word].end : self.words[word + 1].start]


def fold(text: str) -> str:
    """Return a text in lower case without accents, marks and invisible characters."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def squeeze(text: str) -> str:
    """Return the folded letters and digits of a value, with nothing in between."""
    return "".join(_WORD.findall(fold(text)))


def spellings(text: str) -> tuple[str, ...]:
    """Return the folded forms of a word: without its accents and, in German and Nordic names, with their letters typed out."""
    plain = fold(text)
    if text.isascii():
        return (plain,)
    typed = fold(unicodedata.normalize("NFC", text).lower().translate(_TYPED))
    return (plain,) if typed == plain else (plain, typed)


def words_of(text: str) -> list[str]:
    """Return the words of a value as written."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def styled(new: str, like: str) -> str:
    """Return a word in capitals or lower case where the written one is."""
    letters = [char for char in like if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return new.upper()
    return new.lower() if letters and all(char.islower() for char in letters) else new
