"""How many different fakes there are of a kind, and how many values can have one each."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from veil.transforms.fakes.cards import UNIQUE_CARDS
from veil.transforms.fakes.digits import pattern_sizes
from veil.transforms.fakes.draw import Draw
from veil.transforms.fakes.kinds import ADDRESS_KINDS, PERMUTED_KINDS, UNIQUE_KINDS, Kind, Style, fakes
from veil.transforms.fakes.names import SUFFIX_LETTERS, UNIQUE_SUFFIX_LETTERS
from veil.transforms.fakes.packs import DOMAINS, HOUSE_NUMBERS, Locale, Pack, load
from veil.transforms.fakes.phones import UNIQUE_PHONES
from veil.transforms.fakes.spelling import as_strings

COLLISION_CHANCE: Final = 1e-6
_LETTERS: Final = 20


def universe(of: Kind, locale: Locale, *, style: Style | None = None, unique: bool = False) -> int:
    """Return how many different fakes there are at least: few of them for many values make values meet.

    Of `date_of_birth` it is the days of the smallest band that says anything, one year; the policy's band multiplies it.
    """
    pack = load(locale)
    if of in ADDRESS_KINDS:
        suffixes = _LETTERS ** (UNIQUE_SUFFIX_LETTERS if unique else SUFFIX_LETTERS)
        return _given(pack) * len(pack.family) * suffixes * (len(DOMAINS) if of == "email" else 1)
    if unique and is_permuted(of, style):
        return UNIQUE_PHONES if of == "phone" else UNIQUE_CARDS
    listed = _listed(pack)
    return listed[of] if of in listed else _counted(of, pack, style, unique)


def is_permuted(of: Kind, style: Style | None) -> bool:
    """Return whether `unique` is a permutation: distinct values get distinct fakes without any chance."""
    return of in PERMUTED_KINDS and style in (None, "unreachable")


def unique_values(of: Kind, locale: Locale, *, style: Style | None = None) -> int:
    """Return for how many distinct values `unique` holds: 0 if the kind is a list; all of a permutation; and else as many as
    meet with a chance of no more than 1 in a million, by the birthday bound.
    """
    if of not in UNIQUE_KINDS:
        return 0
    size = universe(of, locale, style=style, unique=True)
    return size if is_permuted(of, style) else math.isqrt(int(2 * COLLISION_CHANCE * size))


def size_needed(n_values: int) -> int:
    """Return how many fakes there must be for so many values to meet with a chance of no more than 1 in a million."""
    return math.ceil(n_values * max(n_values - 1, 1) / 2 / COLLISION_CHANCE)


def _given(pack: Pack) -> int:
    return len(set(pack.given[0].slugs) | set(pack.given[1].slugs))


def _listed(pack: Pack) -> dict[Kind, int]:
    families = len(pack.family) ** (2 if pack.two_family_names else 1)
    return {
        "address": len(pack.streets) * HOUSE_NUMBERS * len(pack.cities),
        "city": len(pack.cities),
        "company": len(pack.companies),
        "country": 1,
        "date_of_birth": 365,
        "first_name": _given(pack),
        "house_number": HOUSE_NUMBERS,
        "initials": len({name[0] for entries in pack.given for name in entries.written})
        * len({n[0] for n in pack.family.written}),
        "job": len(pack.jobs),
        "last_name": families,
        "middle_name": _given(pack),
        "person_name": _given(pack) * families,
        "postcode": sum(pattern_sizes(pack.postcodes)),
        "region": len(pack.regions),
        "street": len(pack.streets) * HOUSE_NUMBERS,
        "title": 2,
    }


def _counted(of: Kind, pack: Pack, style: Style | None, unique: bool) -> int:
    """Return what one draw says of its own size."""
    if of == "phone" and style == "fictional" and not pack.fictional_phones:
        return 0
    words, nothing, trace = np.zeros((1, 4), dtype=np.uint64), as_strings([""]), list[int]()
    draw = Draw(words, words, words, np.zeros(1, dtype=np.int8), nothing, nothing, nothing, trace=trace)
    fakes(of, draw, pack, style=style, unique=unique)
    return trace[0]
