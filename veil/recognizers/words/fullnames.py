"""Full names: `Anna Svensson`, `SVENSSON, Anna`, `J. R. Müller`, `Dr. María de la Cruz`; not `Manchester United`, `Red Rose Tea`.

A given name must be listed. Where it is also a word or a place (`Jordan`, `Rose`), the family name must be listed too and be
nothing else: `Toy Story` and `Chelsea London` are refused, and `Jack White` with them. Names of places and jobs are refused,
and those with a word of teams, firms or products.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from veil.recognizers.words.dictionaries import ambiguous, calendar_words, lists
from veil.recognizers.words.letters import folded
from veil.recognizers.words.lexicon import word_set

MOST_WORDS: Final = 7
LONGEST: Final = 80
_LETTERS = re.compile(r"[^\W\d_][^\W\d_.,'’ -]*(?:[.,'’ -]{1,3}[^\W\d_]+){0,9}[.,]?")  # noqa: RUF001
_NUMERALS: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"})
_PLACES: Final = ("CITY", "COUNTRY", "REGION", "OCCUPATION")


@dataclass(frozen=True)
class _Name:
    """The words of a value that may be names, and the initials, each in order; `comma` where the family name stands first."""

    words: tuple[str, ...]
    initials: int
    comma: int


def reads_as_full_name(value: str) -> bool:
    """Return whether a value reads as a given and a family name, in either order, with initials, particles or a title.

    Parameters
    ----------
    value : a cell, in any spelling; nothing of it is kept.
    """
    if len(value) > LONGEST or any(char.isdigit() for char in value) or not _LETTERS.fullmatch(value.strip()):
        return False
    text = folded(value.strip())
    name = _parted(text)
    if not name or any(text in lists()[entity] for entity in _PLACES) or any(_is_a_thing(word) for word in name.words):
        return False
    return _with_initials(name) if len(name.words) == 1 else _spelled_out(name)


def _parted(text: str) -> _Name | None:
    before, _, after = text.partition(",")
    parts = [[word.strip(".'’") for word in re.split(r"[ .,]+", part)] for part in (before, after)]  # noqa: RUF001
    if sum(map(len, parts)) > MOST_WORDS + 1:
        return None
    dropped = word_set("honorifics") | word_set("particles") | _NUMERALS
    cores = [[word for word in part if len(word) > 1 and word not in dropped] for part in parts]
    initials = sum(len(word) == 1 for part in parts for word in part)
    words = (*cores[0], *cores[1])
    return _Name(words, initials, len(cores[0]) if cores[1] else 0) if words else None


def _is_a_thing(word: str) -> bool:
    is_name = word in lists()["FIRST_NAME"] or word in lists()["LAST_NAME"]
    return word in word_set("no names") or (not is_name and (word in word_set("harmless") or word in calendar_words()))


def _with_initials(name: _Name) -> bool:
    """`J. Smith`: one word and one to three initials; the word is a family name and nothing else."""
    return 1 <= name.initials <= 3 and name.words[0] in lists()["LAST_NAME"] and not ambiguous(name.words[0], "LAST_NAME")


def _spelled_out(name: _Name) -> bool:
    """With a comma both names listed are enough; else in the usual order, or turned round with a clear given name."""
    first, last = name.words[0], name.words[-1]
    if name.comma:
        given, family = name.words[name.comma], name.words[name.comma - 1]
        return (given in lists()["FIRST_NAME"] and family in lists()["LAST_NAME"]) or _fits(given, family)
    turned_round = first in lists()["LAST_NAME"] and last in lists()["FIRST_NAME"]
    return _fits(first, last) or (turned_round and not ambiguous(last, "FIRST_NAME"))


def _fits(given: str, family: str) -> bool:
    if given not in lists()["FIRST_NAME"]:
        return False
    if family in lists()["LAST_NAME"]:
        return not (ambiguous(given, "FIRST_NAME") and ambiguous(family, "LAST_NAME"))
    return not ambiguous(given, "FIRST_NAME") and not _is_a_place(family) and not ambiguous(family)


def _is_a_place(word: str) -> bool:
    return word not in lists()["FIRST_NAME"] and any(word in lists()[entity] for entity in ("COUNTRY", "REGION"))
