"""Which columns a table's rules can ever decide: over every entity, type and kind of column that the classifier can tell apart.

There are a few thousand kinds, so each rule is one whole number whose bits are the kinds that it is for, and "which are
left for the next rule" is one bit operation. A rule with a `name` takes only some of the columns of a kind, so it takes
none away from later rules, except from those that look for the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, get_args

from veil.model import LogicalType, Role
from veil.policy.actions import When
from veil.recognizers.entities import Entity

Kind = Mapping[str, Any]
CONDITIONS = ("entity", "role", "type", "free_text", "unique")


@dataclass(frozen=True)
class Reach:
    """What one rule decides. `takers` are the earlier rules that share columns with it; `entities` what is left to it."""

    contradicts_itself: bool
    dead: bool
    takers: tuple[int, ...]
    entities: tuple[str, ...]


class Universe:
    """Every kind of column there can be, for a set of entities."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        roles: dict[str | None, Role] = {None: "other"}
        roles.update((name, entity.role) for name, entity in entities.items())
        self.kinds: list[Kind] = [
            {"entity": entity, "role": roles[entity], "type": logical_type, "free_text": free_text, "unique": unique}
            for entity, logical_type, free_text, unique in product(roles, get_args(LogicalType), (False, True), (False, True))
        ]
        self.all = (1 << len(self.kinds)) - 1
        told = {(name, kind[name]) for kind in self.kinds for name in CONDITIONS}
        self._bits = {(name, value): self._where(name, value) for name, value in told}

    def _where(self, name: str, value: Any) -> int:
        return sum(1 << place for place, kind in enumerate(self.kinds) if kind[name] == value)

    def kinds_of(self, when: When) -> int:
        """Return the kinds that a condition holds for, apart from its names."""
        bits = self.all
        for name in CONDITIONS:
            wanted = getattr(when, name)
            if wanted is not None:
                bits &= self._any(name, wanted if isinstance(wanted, tuple) else (wanted,))
        return bits

    def _any(self, name: str, values: Iterable[Any]) -> int:
        bits = 0
        for value in values:
            bits |= self._bits.get((name, value), 0)
        return bits

    def entities_in(self, bits: int) -> tuple[str, ...]:
        """Return the entities among some kinds, in the order of the entities."""
        found = (kind["entity"] for place, kind in enumerate(self.kinds) if bits >> place & 1)
        return tuple(dict.fromkeys(entity for entity in found if entity is not None))


@cache
def _universe(entities: tuple[Entity, ...]) -> Universe:
    return Universe({entity.name: entity for entity in entities})


def reaches(conditions: Sequence[When], entities: Mapping[str, Entity]) -> tuple[Reach, ...]:
    """Return what each of a table's rules decides, in order."""
    universe = _universe(tuple(entities.values()))
    kinds = [universe.kinds_of(when) for when in conditions]
    reached = []
    for place, when in enumerate(conditions):
        takers = [
            earlier
            for earlier in range(place)
            if kinds[earlier] & kinds[place] and _takes_all_names(conditions[earlier], when)
        ]
        left = kinds[place]
        for taker in takers:
            left &= ~kinds[taker]
        reached.append(Reach(kinds[place] == 0, left == 0, tuple(takers), universe.entities_in(left)))
    return tuple(reached)


def _takes_all_names(earlier: When, later: When) -> bool:
    if earlier.name is None:
        return True
    return later.name is not None and {name.casefold() for name in later.name} <= {name.casefold() for name in earlier.name}
