"""How often fake names hit names of the source by chance: names come from real lists, so they must, and it has to be told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from veil.transforms.fakes.packs import Locale, load
from veil.transforms.fakes.spelling import fold, spaced

MOST_WORDS: Final = 8


@dataclass(frozen=True)
class NameChance:
    """What a person can expect of fake names.

    Attributes
    ----------
    universe : different fake names.
    n_shared : how many of them are the name of somebody in the source.
    chance : that a row's fake name is the name of somebody in the source; of somebody else, since never its own.
    """

    universe: int
    n_shared: int
    chance: float

    def expected(self, n_people: int) -> float:
        """Return how many of so many people get the name of somebody in the source."""
        return n_people * self.chance

    def limit(self, n_people: int) -> float:
        """Return the number that chance exceeds once in a hundred times: mean and 2.33 deviations of a binomial, and one."""
        return self.expected(n_people) + 2.33 * math.sqrt(n_people * self.chance * (1 - self.chance)) + 1


def name_chance(names: Iterable[str], locale: Locale) -> NameChance:
    """Return the chance that fake names of a locale are names of the source.

    Parameters
    ----------
    names : the source's full names, in any order of given and family name.
    """
    pack = load(locale)
    families = {_in_any_order(word) for entries in pack.families for word in entries.words}
    given = [{_in_any_order(word) for word in entries.words} for entries in pack.given]
    shared, chance = 0, 0.0
    for words in sorted({_in_any_order(spaced(fold(name))) for name in names}):
        sexes = _sexes(words.split(), families, given)
        shared += bool(sexes)
        chance += sum(0.5 / len(given[sex]) / len(pack.family) for sex in sexes)
    second = len(pack.family) if pack.two_family_names else 1
    size = sum(len(entries) for entries in pack.given) * len(pack.family) * second
    return NameChance(size, shared, min(chance / second, 1.0))


def _in_any_order(words: str) -> str:
    return " ".join(sorted(words.split()))


def _sexes(words: list[str], families: set[str], given: list[set[str]]) -> list[int]:
    """Return the sexes of the given names, of one or two words, that leave a family name of the rest."""
    if len(words) > MOST_WORDS:
        return []
    parts = {part for size in (1, 2) for part in combinations(range(len(words)), size)}
    found = []
    for part in sorted(parts):
        name = " ".join(words[place] for place in part)
        rest = " ".join(word for place, word in enumerate(words) if place not in part)
        if rest in families:
            found += [sex for sex, names in enumerate(given) if name in names]
    return found
