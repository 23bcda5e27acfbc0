"""How strong a transform is before any data is read: universes, bits and birthday bounds, for the policy's linter."""

from __future__ import annotations

import math

from veil.transforms.fakes.kinds import Kind, Style
from veil.transforms.fakes.packs import Locale
from veil.transforms.fakes.universe import universe
from veil.transforms.keys import CONSONANTS


def token_bits(length: int) -> float:
    """Return the bits of a token of `length` letters."""
    return length * math.log2(len(CONSONANTS))


def hash_bits(length: int) -> float:
    """Return the bits of a hash of `length` hexadecimal digits."""
    return 4.0 * length


def fake_universe(of: Kind, locale: Locale, *, fictional: bool = False, unique: bool = False, style: Style | None = None) -> int:
    """Return how many different fakes there are of a kind: few of them for many values make values meet."""
    return universe(of, locale, style="fictional" if fictional else style, unique=unique)


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
