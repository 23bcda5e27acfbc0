"""Which columns a table's rules can ever decide: over every entity, type and kind of column that the classifier can tell apart.

There are a few thousand kinds, so each rule is one whole number whose bits are the kinds that it is for, and "which are
left for the next rule" is one bit operation. A rule with a `name` takes only some of the columns of a kind, so it takes
none away from later rules, except from those that look for the same names or for some of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
    """What one rule decides.

    `takers` are the earlier rules that share columns with it; `entities` what is left to it; `nothing_found` the types of the
    columns left to it in which nothing was found.
    """

    contradicts_itself: bool
    dead: bool
    takers: tuple[int, ...]
    entities: tuple[str, ...]
    nothing_found: frozenset[str] = frozenset()


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

    def types_without_entity(self, bits: int) -> frozenset[str]:
        """Return the types of the columns among some kinds in which nothing was found."""
        kinds = (kind for place, kind in enumerate(self.kinds) if bits >> place & 1)
        return frozenset(kind["type"] for kind in kinds if kind["entity"] is None)


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
        nothing_found = universe.types_without_entity(left)
        reached.append(Reach(kinds[place] == 0, left == 0, tuple(takers), universe.entities_in(left), nothing_found))
    return tuple(reached)


def unanswered(conditions: Sequence[When], entities: Mapping[str, Entity]) -> tuple[str, ...]:
    """Return the entities that no rule answers in any kind of column; a rule for some names is no answer."""
    universe = _universe(tuple(entities.values()))
    answered = 0
    for when in conditions:
        answered |= universe.kinds_of(when) if when.name is None else 0
    told = set(universe.entities_in(answered))
    return tuple(name for name in entities if name not in told)


def _takes_all_names(earlier: When, later: When) -> bool:
    if earlier.name is None:
        return True
    return later.name is not None and all(any(_takes(pattern, name) for pattern in earlier.name) for name in later.name)


def _takes(earlier: str, later: str) -> bool:
    """Return whether every name of the later pattern is one of the earlier's.

    A `*` of the later one stands for any text, which nothing but a `*` of the earlier one takes whole; so the later pattern is
    matched as if it were a name. The signs `?` and `[…]` would take its `*` for one character: there only equal patterns count.
    """
    earlier, later = earlier.casefold(), later.casefold()
    if earlier == later:
        return True
    plain = not set("?[") & set(earlier + later)
    return plain and fnmatchcase(later, earlier)
