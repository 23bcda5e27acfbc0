"""How strong a transform is before any data is read: universes, bits and birthday bounds, for the policy's linter."""

from __future__ import annotations

import math

from veil.transforms.keys import CONSONANTS
from veil.transforms.packs import DOMAINS, HOUSE_NUMBERS, Locale, load
from veil.transforms.surrogates import PHONE_DIGITS, SUFFIX_LETTERS, UNIQUE_SUFFIX_LETTERS, Kind


def token_bits(length: int) -> float:
    """Return the bits of a token of `length` letters."""
    return length * math.log2(len(CONSONANTS))


def hash_bits(length: int) -> float:
    """Return the bits of a hash of `length` hexadecimal digits."""
    return 4.0 * length


def fake_universe(of: Kind, locale: Locale, *, fictional: bool = False, unique: bool = False) -> int:
    """Return how many different fakes there are of a kind: few of them for many values make values meet."""
    pack = load(locale)
    given = len(set(pack.given[0].slugs) | set(pack.given[1].slugs))
    if of in ("email", "user_name"):
        suffixes = int(len(CONSONANTS) ** (UNIQUE_SUFFIX_LETTERS if unique else SUFFIX_LETTERS))
        return given * len(pack.family) * suffixes * (len(DOMAINS) if of == "email" else 1)
    if of == "phone":
        return sum(10 ** pattern.count("#") for pattern in pack.fictional_phones) if fictional else int(10**PHONE_DIGITS)
    universes = {
        "first_name": given,
        "last_name": len(pack.family),
        "person_name": given * len(pack.family),
        "street": len(pack.streets) * HOUSE_NUMBERS,
        "city": len(pack.cities),
        "company": len(pack.companies),
    }
    return universes[of]


def shift_choices(days: tuple[int, int], *, weeks_only: bool = False) -> int:
    """Return how many shifts `date_shift` chooses from."""
    low, high = days
    step = 7 if weeks_only else 1
    return sum(1 for day in range(low, high + 1) if day != 0 and day % step == 0)


def collision_chance(n: int, bits: float) -> float:
    """Return the chance that at least two of `n` distinct values get the same pseudonym of so many bits.

    Source: the birthday approximation 1 - exp(-n(n-1)/2 · 2^-bits).
    """
    return -math.expm1(-0.5 * n * (n - 1) * 2.0**-bits)
