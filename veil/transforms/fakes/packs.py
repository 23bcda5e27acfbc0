"""The dictionary pack that fakes are drawn from: names and patterns per locale, written for Veil or frozen from Faker.

A fake is an index into these lists, so any change of them changes pseudonyms that are already released. Whoever changes a
list raises `PACK_VERSION`, and the frozen vectors of the tests with it.

The files under `pack/` hold one list a line, `name: entry, entry, …`; `#` starts a comment line. Those under `pack/names/` are
written by `freeze.py`. Street, city and company names are patterns with a tilde for an invented stem, so that no fake address
is anybody's; in patterns of numbers `#` is a digit and `@` a consonant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from veil.transforms.fakes.inflection import feminine
from veil.transforms.fakes.spelling import alphanumeric, as_strings, fold, spaced

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

PACK_VERSION = 2

Locale = Literal[
    "cs_CZ", "da_DK", "de_AT", "de_DE", "en_GB", "en_IE", "en_US", "es_ES", "fi_FI", "fr_BE", "fr_FR", "it_IT", "nb_NO", "nl_BE",
    "nl_NL", "pl_PL", "pt_PT", "sv_SE",
]  # fmt: skip
LOCALES: tuple[Locale, ...] = get_args(Locale)
HOUSE_NUMBERS = 399
DOMAINS = ("example.org", "example.com", "example.net")
# People of Spain and Portugal have two family names, the first of each parent.
TWO_FAMILY_NAMES: Final = frozenset({"es_ES", "pt_PT"})
_INSIDE: Final = re.compile(r"(?<=[^\W\d_])~")


@dataclass(frozen=True)
class Entries:
    """One list of a pack: as written, folded, as words between spaces, the first of them, and as letters; object arrays."""

    written: Strings
    folded: Strings
    words: Strings
    heads: Strings
    slugs: Strings

    def __len__(self) -> int:
        return len(self.written)


@dataclass(frozen=True)
class Pack:
    """The lists of one locale; pairs are female, male, and the two lists of family names run side by side.

    `fictional_phones` are kept for films by the regulator, `national_phones` have a prefix that is assigned to nobody; the
    first may be empty.
    """

    locale: Locale
    given: tuple[Entries, Entries]
    families: tuple[Entries, Entries]
    titles: tuple[Entries, Entries]
    streets: Entries
    cities: Entries
    companies: Entries
    jobs: Entries
    regions: Entries
    country: str
    street_line: str
    address_line: str
    postcodes: tuple[str, ...]
    plates: tuple[str, ...]
    fictional_phones: tuple[str, ...]
    national_phones: tuple[str, ...]

    @property
    def family(self) -> Entries:
        """Family names in the form that men bear; in most languages there is no other."""
        return self.families[1]

    @property
    def country_code(self) -> str:
        """The two letters of the country."""
        return self.locale[3:]

    @property
    def two_family_names(self) -> bool:
        """Whether people have the family names of both parents."""
        return self.locale in TWO_FAMILY_NAMES


@lru_cache
def load(locale: Locale) -> Pack:
    """Return the pack of a locale; it is read once."""
    lists = _read(locale)
    family = lists["family"]
    companies = [f"{name} {form}" for name in _filled(lists, "company") for form in lists["company forms"]]
    return Pack(
        locale=locale,
        given=(_entries(lists["female"]), _entries(lists["male"])),
        families=_families(family, locale),
        titles=(_entries(lists["titles"][:1]), _entries(lists["titles"][1:])),
        streets=_entries(_filled(lists, "street")),
        cities=_entries(_filled(lists, "city")),
        companies=_entries(companies),
        jobs=_entries(lists["jobs"]),
        regions=_entries(lists["regions"]),
        country=lists["country"][0],
        street_line=", ".join(lists["street line"]),
        address_line=lists["address line"][0].replace(";", ","),
        postcodes=tuple(lists["postcodes"]),
        plates=tuple(lists["plates"]),
        fictional_phones=tuple(lists.get("fictional phones", ())),
        national_phones=tuple(lists["national phones"]),
    )


def _families(family: Sequence[str], locale: str) -> tuple[Entries, Entries]:
    """Return the names of women and men; one list, twice, where they do not differ."""
    men, women = _entries(family), [feminine(name, locale) for name in family]
    return (men, men) if women == family else (_entries(women), men)


def _read(locale: str) -> dict[str, list[str]]:
    """Return the lists of a locale; where two files have one of the same name, the entries that are new in the second follow."""
    folder = files("veil.transforms") / "pack"
    lists: dict[str, list[str]] = {}
    for name in ("common", f"names/{locale}", locale):
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                key, _, entries = line.partition(":")
                lists.setdefault(key.strip(), []).extend(entry.strip() for entry in entries.split(","))
    return {key: _once(entries) for key, entries in lists.items()}


def _once(entries: Sequence[str]) -> list[str]:
    by_fold: dict[str, str] = {}
    for entry in entries:
        by_fold.setdefault(fold(entry), entry)
    return list(by_fold.values())


def _filled(lists: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    """Return every pattern with every stem; within a word the stem is written small."""
    stems = lists[f"{kind} stems"]
    return [_INSIDE.sub(stem.lower(), pattern).replace("~", stem) for stem in stems for pattern in lists[f"{kind} patterns"]]


def _entries(written: Sequence[str]) -> Entries:
    folded = [fold(entry) for entry in written]
    words, slugs = [spaced(entry) for entry in folded], [alphanumeric(entry) for entry in folded]
    heads = [entry.split(maxsplit=1)[0] if entry.strip() else "" for entry in words]
    return Entries(*(as_strings(column) for column in (written, folded, words, heads, slugs)))
