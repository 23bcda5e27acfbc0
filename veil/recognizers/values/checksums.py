"""Numbers with check digits: which kind a column of values is, and how sure check digits make that.

One number in ten passes a check digit by chance, so values alone prove a kind only if so many fit that chance is out of the
question: at least five distinct values, nine in ten of them valid, and a binomial probability under one in a million that values
of the right shape, dates included, pass that often. Where the column's name speaks for an entity, chance need not be ruled out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from veil.recognizers.base import NOTHING
from veil.recognizers.values.kinds import LONGEST, Kind, bare_of, by_length, kinds

FEWEST: Final = 5
SURE: Final = 0.9
NAMED: Final = 0.5
CHANCE: Final = 1e-6
SCREEN: Final = 8
SCREENED: Final = 0.75
_MOST_SPACES: Final = 6
_FEWEST_DIGITS: Final = 3
_CODES: Final = (8, 11)
_LETTERED: Final = frozenset({"letters", "country", "places of letters", "date", "date and letters"})
_VARIED: Final = 4


def checked(values: Sequence[str], named: Collection[str] = ()) -> list[tuple[str, str, float]]:
    """Return entity, kind of number and share of valid values for each kind that fits, the least likely by chance first.

    Parameters
    ----------
    values : distinct cells, stripped.
    named : entities that the column's name speaks for. Kinds of these entities need no proof: half of the values of the right
        form are enough, and kinds without check digits (passports, plates, security codes) are looked at too.

    Returns
    -------
    found : NOTHING as entity where the values are numbers of goods. Of two kinds that fit, goods are left out if the other is
        the less likely by chance, and the other way round.
    """
    pairs = [(value, bare_of(value)) for value in values]
    found = []
    for kind in _candidates(pairs, named):
        is_named = kind.entity in named
        share = _share(kind, pairs, NAMED if is_named else SURE)
        if share >= (NAMED if is_named else SURE) and (is_named or is_proof(kind, share, pairs)):
            found.append((_surprise(kind, share, len(pairs)), kind, share))
    found.sort(key=lambda each: (each[0], each[1].name))
    return [(kind.entity, kind.name, share) for _, kind, share in _consistent(found)]


def is_proof(kind: Kind, share: float, pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether so many valid values cannot be chance; where letters are the check, also whether they vary."""
    if len(pairs) < FEWEST or kind.one_in <= 1 or _surprise(kind, share, len(pairs)) > math.log(CHANCE):
        return False
    if kind.check not in _LETTERED:
        return True
    return len({"".join(char for char in bare if char.isalpha()) for _, bare in pairs}) >= max(_VARIED, len(pairs) // 4)


def chance(one_in: int, n_valid: int, n_values: int) -> float:
    """Return the probability that at least `n_valid` of `n_values` pass a check that one value in `one_in` passes.

    Source: the upper tail of a binomial distribution.
    """
    passes = 1 / one_in
    if n_valid == n_values:
        return passes**n_values
    return math.fsum(
        math.comb(n_values, k) * passes**k * (1 - passes) ** (n_values - k) for k in range(n_valid, n_values + 1)
    )


def _surprise(kind: Kind, share: float, n_values: int) -> float:
    """Return the logarithm of the chance; of many values only the first 200 count, which are more than enough."""
    n_judged = min(n_values, 200)
    return math.log(max(chance(kind.one_in, round(share * n_judged), n_judged), 1e-300))


def _candidates(pairs: Sequence[tuple[str, str]], named: Collection[str]) -> Iterator[Kind]:
    """Yield the kinds that can be, by the length of the first few values, before any expression is tried."""
    screened = pairs[:SCREEN]
    if not screened or (not named and sum(map(_is_number, screened)) < 0.75 * len(screened)):
        return
    seen: dict[str, int] = {}
    for _, bare in screened:
        for kind in by_length()[len(bare)] if len(bare) <= LONGEST else _raw():
            seen[kind.name] = seen.get(kind.name, 0) + 1
    for name, kind in kinds().items():
        is_named = kind.entity in named
        if seen.get(name, 0) >= (NAMED if is_named else 0.75) * len(screened) and (is_named or kind.one_in > 1):
            yield kind


@lru_cache(maxsize=1)
def _raw() -> tuple[Kind, ...]:
    return tuple(kind for kind in kinds().values() if kind.raw)


def _is_number(pair: tuple[str, str]) -> bool:
    """Return whether a value has the look of a number: at least three digits, or one word of capitals, and few spaces."""
    value, bare = pair
    if not len(bare) >= 7 or value.count(" ") > _MOST_SPACES:
        return False
    return bare.isdigit() or sum(map(str.isdigit, bare)) >= _FEWEST_DIGITS or (len(bare) in _CODES and value.isupper())


def _share(kind: Kind, pairs: Sequence[tuple[str, str]], least: float) -> float:
    """Return the share of valid values; 0 as soon as it cannot reach `least` any more, or if too few of the first eight are."""
    if len(pairs) > 2 * SCREEN and not _share(kind, pairs[:SCREEN], SCREENED * least):
        return 0.0
    allowed = (1 - least) * len(pairs) + 1e-9
    missed = 0
    for value, bare in pairs:
        if not kind.holds(value, bare):
            missed += 1
            if missed > allowed:
                return 0.0
    return 1 - missed / len(pairs)


def _consistent(found: Sequence[tuple[float, Kind, float]]) -> Iterable[tuple[float, Kind, float]]:
    """Leave out goods that a stricter kind explains, and kinds that stricter goods explain. Equal ones stay both."""
    strictest_goods = max((kind.one_in for _, kind, _ in found if kind.entity == NOTHING), default=0)
    strictest = max((_strictness(kind) for _, kind, _ in found if kind.entity != NOTHING), default=0)
    for each in found:
        kind = each[1]
        if kind.entity == NOTHING and strictest > kind.one_in:
            continue
        if kind.entity != NOTHING and strictest_goods > _strictness(kind):
            continue
        yield each


def _strictness(kind: Kind) -> int:
    return kind.one_in * 10 if kind.plain else kind.one_in


@lru_cache(maxsize=256)
def validator(name: str) -> Callable[[str], bool]:
    """Return the test of a kind for single values, for instance `be.nn`; `KeyError` if there is no such kind."""
    kind = kinds()[name]
    return lambda value: kind.holds(value, bare_of(value))
