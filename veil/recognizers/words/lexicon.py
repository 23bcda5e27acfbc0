"""Column names as words: how a name is split, and the phrases in the word files that it is compared with.

A name is cut at case changes, digits and punctuation; accents go, so `Straße`, `strasse` and `STRASSE` are one word.
Phrases are compared without spaces: `e-mail`, `eMail` and `EMAIL` all meet `e mail`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_CASE = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "đ": "d", "œ": "oe"})
_LONGEST_PHRASE = 5


@dataclass(frozen=True)
class Phrase:
    """A phrase that a column name may hold, and its language. A weak one is believed only where something else agrees."""

    text: str
    language: str
    weak: bool = False

    @property
    def key(self) -> str:
        """The phrase as it is compared: no spaces, accents or capitals."""
        return "".join(words_of(self.text))


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
    return words_in(name)


def words_in(text: str) -> tuple[str, ...]:
    """Split like `words_of`, without keeping anything in memory: for cells."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(re.findall(r"\d+|[^\W\d_]+", _CASE.sub(" ", plain).lower()))


@lru_cache(maxsize=1)
def sections() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the word files as section name -> language -> phrases; a `@group` in a phrase stands for each of its words.

    One file per language, `all.txt` for what is of none, `@group = words` among it. `[ENTITY]` opens the phrases of an entity,
    `[harmless]` and other small-letter sections are word lists. A `?` after a phrase makes it weak.
    """
    folder = files("veil.recognizers.words")
    texts = {path.name.removesuffix(".txt"): path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".txt")}
    groups = dict(_groups(texts["all"]))
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for language in sorted(texts):
        section = ""
        for line in _lines(texts[language]):
            if line.startswith("["):
                section = line.strip("[]")
            elif "=" not in line:
                words = found.setdefault(section, {})
                words[language] = words.get(language, ()) + tuple(_expanded(_listed(line), groups))
    return found


def _groups(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in _lines(text):
        group, equals, words = line.partition("=")
        if equals:
            yield group.strip(), _listed(words)


def _lines(text: str) -> Iterator[str]:
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if line and not line.startswith("#"))


def _listed(line: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in line.split(",") if entry.strip())


def _expanded(entries: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for marked in entries:
        entry, weak = marked.rstrip("?"), "?" if marked.endswith("?") else ""
        choices = [groups[word] if word.startswith("@") else (word,) for word in entry.split()]
        yield from (" ".join(choice) + weak for choice in itertools.product(*choices))
        if entry.endswith("nummer"):
            yield entry.removesuffix("nummer") + "nr" + weak


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[Phrase, ...]]:
    """Return the phrases of each entity. A trailing `?` in a word file makes a phrase weak."""
    return {
        section: tuple(
            Phrase(entry.rstrip("?"), language, entry.endswith("?"))
            for language, entries in languages.items()
            for entry in entries
        )
        for section, languages in sections().items()
        if section.isupper()
    }


@lru_cache(maxsize=16)
def word_set(section: str) -> frozenset[str]:
    """Return all words of a section in lower case, such as `harmless` or `fillers`, as they are compared."""
    return frozenset("".join(words_of(entry)) for entries in sections()[section].values() for entry in entries)


@lru_cache(maxsize=1)
def _index() -> Mapping[str, tuple[tuple[str, Phrase], ...]]:
    index: dict[str, list[tuple[str, Phrase]]] = {}
    for entity, entries in phrases().items():
        for phrase in entries:
            index.setdefault(phrase.key, []).append((entity, phrase))
    return {key: tuple(pairs) for key, pairs in index.items()}


def matches(words: tuple[str, ...]) -> list[Match]:
    """Return the phrases found in a name; where two overlap, only the one that takes more words, or letters, stays."""
    found: list[Match] = []
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST_PHRASE) + 1):
            found += [Match(entity, phrase, start, end) for entity, phrase in _index().get("".join(words[start:end]), ())]
    found = found or _compound_heads(words)
    return [match for match in found if not any(_covers(other, match) for other in found)]


def _covers(other: Match, match: Match) -> bool:
    inside = other.start <= match.start and match.end <= other.end
    return inside and other.end - other.start > match.end - match.start


def _compound_heads(words: tuple[str, ...]) -> list[Match]:
    """Germanic compounds carry their meaning last: `Lieferadresse` is an `adresse`, `Geburtsort` is in the list itself."""
    for place, word in enumerate(words):
        for cut in range(2, len(word) - 4):
            pairs = [(entity, phrase) for entity, phrase in _index().get(word[cut:], ()) if phrase.language in ("de", "nl")]
            if pairs:
                return [Match(entity, phrase, place, place + 1) for entity, phrase in pairs]
    return []
