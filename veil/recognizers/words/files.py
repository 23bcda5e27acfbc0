"""The word files: one per language, and what may stand in them.

`[ENTITY]` opens the phrases of an entity; small-letter sections are the word lists of `WORD_LISTS`. Phrases stand on one or
more lines, parted by commas. `#` opens a comment line. Behind a phrase, `?` makes it weak (believed only where something
else agrees) and `!` lets it count only where it is the whole name. `@group = words` defines a group, in `all.txt` for every
file, elsewhere for its own; `@group` in a phrase stands for each of its words. Phrases are written with their own letters:
the plain Latin spellings are derived.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from veil.errors import VeilError
from veil.recognizers.words.letters import TRANSLITERATED, latin_spellings, words_in

WORD_LISTS: Final = frozenset({
    "harmless", "measures", "leads", "people", "fillers", "common", "particles", "genders", "gender letters", "pieces",
    "whole words", "honorifics", "no names",
})
_SECTION = re.compile(r"\[([^\[\]]{1,40})\]")
_GROUP = re.compile(r"@([a-z]{1,20})\s*=\s*(.{1,4000})")
_VAGUE: Final = 4
_ENTRY = re.compile(r"([^?!]{1,80}?)([?!]{0,2})")


@dataclass(frozen=True)
class Entry:
    """A phrase of a word file. A weak one needs support; a whole one must be the whole name."""

    text: str
    weak: bool = False
    whole: bool = False


@dataclass(frozen=True)
class _Line:
    file: str
    number: int
    text: str

    @property
    def is_group(self) -> bool:
        return self.text.startswith("@") and "=" in self.text

    def refuse(self, reason: str) -> VeilError:
        return VeilError(f"word file {self.file}, line {self.number}: {reason}")


@lru_cache(maxsize=1)
def sections() -> Mapping[str, Mapping[str, tuple[Entry, ...]]]:
    """Return the word files as section name -> language -> entries, languages in the order of their names."""
    folder = files("veil.recognizers.words")
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".txt")}
    shared = groups_in("all.txt", texts["all.txt"])
    found: dict[str, dict[str, tuple[Entry, ...]]] = {}
    for file in sorted(texts):
        for section, entries in read(file, texts[file], shared).items():
            found.setdefault(section, {})[file.removesuffix(".txt")] = entries
    return found


def groups_in(file: str, text: str) -> dict[str, tuple[str, ...]]:
    """Return the groups that a word file defines, by name."""
    return dict(_group(line) for line in _lines(file, text) if line.is_group)


def read(file: str, text: str, shared: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Entry, ...]]:
    """Return the sections of one word file.

    Parameters
    ----------
    file : name of the file; without its ending, the language.
    text : what is in it.
    shared : groups that every file may use.

    Raises
    ------
    VeilError : a malformed line, told by file and line.
    """
    groups = {**shared, **groups_in(file, text)}
    language, section = file.removesuffix(".txt"), ""
    found: dict[str, list[Entry]] = {}
    for line in _lines(file, text):
        if line.text.startswith("["):
            section = _section(line)
        elif not line.is_group:
            if not section:
                raise line.refuse("phrases before the first [SECTION]; open one above")
            found.setdefault(section, []).extend(_entries(line, language, groups))
    return {name: tuple(entries) for name, entries in found.items()}


def _lines(file: str, text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if stripped and not stripped.startswith("#"):
            yield _Line(file, number, stripped)


def _group(line: _Line) -> tuple[str, tuple[str, ...]]:
    match = _GROUP.fullmatch(line.text)
    if not match:
        raise line.refuse("a group is written `@name = word, word`")
    return f"@{match[1]}", _parted(match[2])


def _section(line: _Line) -> str:
    match = _SECTION.fullmatch(line.text)
    if not match:
        raise line.refuse("a section is written `[NAME]`, alone on its line")
    if not match[1].isupper() and match[1] not in WORD_LISTS:
        raise line.refuse(f"no list is called `{match[1]}`; entities stand in capitals, lists: {', '.join(sorted(WORD_LISTS))}")
    return match[1]


def _parted(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _entries(line: _Line, language: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[Entry]:
    for written in _parted(line.text):
        match = _ENTRY.fullmatch(written)
        if not match or "=" in written:
            raise line.refuse(f"`{written}` is not a phrase; marks (`?`, `!`) stand at its end, a group is `@name = words`")
        for phrase in _spelled(_expanded(line, match[1], groups), language):
            if not words_in(phrase):
                raise line.refuse(f"`{written}` holds no letter or digit")
            vague = _is_vague(phrase, language)
            yield Entry(phrase, weak=vague or "?" in match[2], whole=vague or "!" in match[2])


def _is_vague(phrase: str, language: str) -> bool:
    """Tell the few Latin letters of a word in another script, which are a word elsewhere: `дата` as `data`, `пол` as `pol`."""
    return language in TRANSLITERATED and phrase.isascii() and len(phrase) <= _VAGUE


def _expanded(line: _Line, entry: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    words = entry.split()
    unknown = [word for word in words if word.startswith("@") and word not in groups]
    if unknown:
        raise line.refuse(f"no group is called `{unknown[0]}`; define it as `{unknown[0]} = word, word`")
    yield from (" ".join(choice) for choice in itertools.product(*(groups.get(word, (word,)) for word in words)))


def _spelled(phrases: Iterable[str], language: str) -> Iterator[str]:
    for phrase in phrases:
        yield phrase
        if phrase.endswith("nummer"):
            yield phrase.removesuffix("nummer") + "nr"
        yield from latin_spellings(phrase, language)
