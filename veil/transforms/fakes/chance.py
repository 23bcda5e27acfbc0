"""How often fake names hit names of the source by chance: names come from real lists, so they must, and it has to be told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from veil.transforms.fakes.packs import Locale, load
from veil.transforms.fakes.spelling import fold, spaced


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
    families = {word: count for word, count in _counted(pack.family.words)}
    families |= {word: count for word, count in _counted(pack.families[0].words)}
    shared, chance = 0, 0.0
    given = [set(entries.words) for entries in pack.given]
    for words in {tuple(sorted(spaced(fold(name)).split())) for name in names}:
        pairs = _pairs(words, families, given)
        shared += bool(pairs)
        chance += sum(0.5 / len(given[sex]) / len(pack.family) for _, sex in pairs)
    second = 1 / len(pack.family) if pack.two_family_names else 1.0
    size = sum(len(entries) for entries in pack.given) * len(pack.family)
    return NameChance(int(size / second), shared, min(chance * second, 1.0))


def _counted(words: Iterable[str]) -> Iterable[tuple[str, int]]:
    return ((" ".join(sorted(word.split())), 1) for word in words)


def _pairs(words: tuple[str, ...], families: dict[str, int], given: list[set[str]]) -> list[tuple[str, int]]:
    """Return the given names, with their sex, that leave a family name of the rest of the words."""
    found = []
    for word in dict.fromkeys(words):
        rest = list(words)
        rest.remove(word)
        if " ".join(rest) in families:
            found += [(word, sex) for sex, names in enumerate(given) if f" {word} " in names]
    return found
