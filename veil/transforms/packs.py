"""The dictionary pack that fakes are drawn from: names and patterns per locale, written for Veil and frozen.

A fake is an index into these lists, so any change of them changes pseudonyms that are already released. Whoever changes a
list raises `PACK_VERSION`, and the frozen vectors of the tests with it.

The files under `pack/` hold one list a line, `name: entry, entry, …`; `#` starts a comment. Street, city and company names are
patterns with a tilde for an invented stem, so that no fake address is anybody's.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

PACK_VERSION = 1

Locale = Literal["de_DE", "en_GB", "en_US", "es_ES", "fr_FR", "it_IT", "nl_BE", "nl_NL", "pl_PL"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
HOUSE_NUMBERS = 399
DOMAINS = ("example.org", "example.com", "example.net")

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "\u2019": "'"}
)
_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation, " "))


@dataclass(frozen=True)
class Entries:
    """One list of a pack: as written, folded, as words between spaces, and as letters for an address; object arrays."""

    written: Strings
    folded: Strings
    words: Strings
    slugs: Strings

    def __len__(self) -> int:
        return len(self.written)


@dataclass(frozen=True)
class Pack:
    """The lists of one locale. `given` is female, male; `fictional_phones` has `#` for digits and may be empty."""

    locale: str
    given: tuple[Entries, Entries]
    family: Entries
    streets: Entries
    cities: Entries
    companies: Entries
    street_line: str
    fictional_phones: tuple[str, ...]


@lru_cache
def load(locale: Locale) -> Pack:
    """Return the pack of a locale; it is read once."""
    lists = _read(locale)
    companies = [f"{name} {form}" for name in _filled(lists, "company") for form in lists["company forms"]]
    return Pack(
        locale=locale,
        given=(_entries(lists["female"]), _entries(lists["male"])),
        family=_entries(lists["family"]),
        streets=_entries(_filled(lists, "street")),
        cities=_entries(_filled(lists, "city")),
        companies=_entries(companies),
        street_line=", ".join(lists["street line"]),
        fictional_phones=tuple(lists.get("fictional phones", ())),
    )


def fold(text: str) -> str:
    """Return the text without case, accents and compatibility forms: what two spellings of a name have in common."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).translate(_UNDECOMPOSED)


def spaced(folded: str) -> str:
    """Return a folded text as words with a space on both sides of each, so that `ian` is not found in `adriana`."""
    return f" {' '.join(folded.translate(_PUNCTUATION).split())} "


def _read(locale: str) -> dict[str, list[str]]:
    folder = files("veil.transforms") / "pack"
    lines = "\n".join((folder / f"{name}.txt").read_text(encoding="utf-8") for name in ("common", locale)).splitlines()
    named = (line.partition(":") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): [entry.strip() for entry in entries.split(",")] for name, _, entries in named}


def _filled(lists: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    """Return every pattern with every stem."""
    stems = lists[f"{kind} stems"]
    return [pattern.replace("~", stem) for stem in stems for pattern in lists[f"{kind} patterns"]]


def _entries(written: Sequence[str]) -> Entries:
    folded = [fold(entry) for entry in written]
    words = [spaced(entry) for entry in folded]
    slugs = ["".join(sign for sign in entry if sign.isalnum()) for entry in folded]
    return Entries(*(np.array(column, dtype=object) for column in (written, folded, words, slugs)))
