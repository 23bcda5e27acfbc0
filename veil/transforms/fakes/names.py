"""Names of one person: given and family name, title, initials, and the addresses that are built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.draw import Draw, next_free, unlike
from veil.transforms.fakes.packs import DOMAINS, Entries, Pack
from veil.transforms.fakes.source import below
from veil.transforms.fakes.spelling import as_strings
from veil.transforms.keys import letters

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

SUFFIX_LETTERS: Final = 10
UNIQUE_SUFFIX_LETTERS: Final = 15
_SUFFIX: Final = "bcdfghjklmnpqrstvwxz"
_SEX_BIT: Final = np.uint64(2**63 - 1)


def person_names(draw: Draw, pack: Pack) -> Strings:
    """Write given and family names."""
    return np.asarray(first_names(draw, pack) + " " + last_names(draw, pack))


def first_names(draw: Draw, pack: Pack) -> Strings:
    """Write given names of each row's sex."""
    return _by_sex(draw, pack.given, _given, "written")


def middle_names(draw: Draw, pack: Pack) -> Strings:
    """Write second given names of each row's sex, another than the first."""
    return _by_sex(draw, pack.given, _middle, "written")


def last_names(draw: Draw, pack: Pack) -> Strings:
    """Write family names, in the form of each row's sex; two where people have two."""
    first = _by_sex(draw, pack.families, _family, "written")
    if not pack.two_family_names:
        return first
    return np.asarray(first + " " + _by_sex(draw, pack.families, _second_family, "written"))


def initials(draw: Draw, pack: Pack) -> Strings:
    """Write the first letters of given and family name, in the manner of `A.B.`."""
    firsts = zip(first_names(draw, pack), last_names(draw, pack), strict=True)
    fakes = [f"{given[0]}.{family.split()[-1][0].upper()}." for given, family in firsts]
    return _other_than(draw, as_strings(fakes), lambda rows: as_strings([_next_initial(fakes[row]) for row in rows]))


def titles(draw: Draw, pack: Pack) -> Strings:
    """Write the form of address of each row's sex. It is what it is: the same as in the source as often as the sex is."""
    return np.asarray(as_strings([entries.written[0] for entries in pack.titles])[draw.sex])


def user_names(draw: Draw, pack: Pack, *, suffix: int) -> Strings:
    """Write given name, family name and letters of chance, in ASCII."""
    ends = as_strings(letters(draw.rest[:, 2:], suffix, _SUFFIX))
    given = _by_sex(draw, pack.given, _given, "slugs")
    fakes = np.asarray(given + "." + _by_sex(draw, pack.families, _family, "slugs") + "." + ends)
    return _other_than(draw, fakes, lambda rows: as_strings([_next_last(fake) for fake in fakes[rows]]))


def emails(draw: Draw, pack: Pack, *, suffix: int) -> Strings:
    """Write addresses at the domains that RFC 2606 keeps for examples."""
    local = user_names(draw, pack, suffix=suffix)
    domains = as_strings([f"@{domain}" for domain in DOMAINS])
    start = below(draw.rest[:, 1] >> np.uint64(32), len(DOMAINS))
    chosen = next_free(start, len(DOMAINS), lambda rows, taken: local[rows] + domains[taken] == draw.avoid[rows])
    return np.asarray(local + domains[chosen])


def name_indices(draw: Draw, pack: Pack) -> tuple[Indices, Indices]:
    """Return which given name of its sex and which family name each row has, for codes that hold letters of the name."""
    given, family = np.zeros(len(draw), dtype=np.int64), np.zeros(len(draw), dtype=np.int64)
    for sex in (0, 1):
        rows = np.flatnonzero(draw.sex == sex)
        part = draw.take(rows)
        given[rows], family[rows] = _given(part, pack.given[sex]), _family(part, pack.families[sex])
    return given, family


def _next_last(fake: str) -> str:
    return fake[:-1] + _SUFFIX[(_SUFFIX.index(fake[-1]) + 1) % len(_SUFFIX)]


def _next_initial(fake: str) -> str:
    return f"{fake[:2]}{'B' if fake[2] == 'A' else 'A'}."


def _by_sex(draw: Draw, lists: tuple[Entries, Entries], choose: Callable[[Draw, Entries], Indices], form: str) -> Strings:
    if lists[0] is lists[1]:
        return np.asarray(getattr(lists[0], form)[choose(draw, lists[0])])
    names, sexes = np.empty(len(draw), dtype=object), draw.sex
    for sex, entries in enumerate(lists):
        rows = np.flatnonzero(sexes == sex)
        if len(rows):
            names[rows] = getattr(entries, form)[choose(draw.take(rows), entries)]
    return names


def _given(draw: Draw, entries: Entries) -> Indices:
    start = below(draw.given[:, 0] & _SEX_BIT, len(entries))
    return unlike(entries, start, draw.avoid_given, runs_together=draw.runs_together)


def _middle(draw: Draw, entries: Entries) -> Indices:
    first = _given(draw, entries)
    start = below((draw.given[:, 0] & _SEX_BIT) // np.uint64(len(entries)), len(entries) - 1)
    start = (first + 1 + start) % len(entries)
    return unlike(entries, start, draw.avoid_given, runs_together=draw.runs_together)


def _family(draw: Draw, entries: Entries) -> Indices:
    start = below(draw.family[:, 1], len(entries))
    return unlike(entries, start, draw.avoid_family, runs_together=draw.runs_together)


def _second_family(draw: Draw, entries: Entries) -> Indices:
    start = below(draw.family[:, 1] // np.uint64(len(entries)), len(entries))
    return unlike(entries, start, draw.avoid_family, runs_together=draw.runs_together)


def _other_than(draw: Draw, fakes: Strings, instead: Callable[[Indices], Strings]) -> Strings:
    pairs = zip(fakes.tolist(), draw.avoid.tolist(), strict=True)
    rows = np.flatnonzero(np.fromiter((fake.lower() == text for fake, text in pairs), np.bool_, len(fakes)))
    fakes[rows] = instead(rows)
    return fakes
