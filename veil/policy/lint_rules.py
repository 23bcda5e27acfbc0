"""Lint of a table's rules: what they can never decide, what they leave to nobody, and what they would let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from veil.policy.actions import Rule, When
from veil.policy.coverage import Reach, reaches, unanswered
from veil.policy.document import Path
from veil.policy.models import Defaults, TablePolicy
from veil.policy.problems import listed, near
from veil.recognizers.entities import Entity

WITHOUT_FORM = ("text", "json")
"""Types whose cells can hold anything: where nothing was found in them, something may have been missed."""

Found = Iterator[tuple[Path, str, str]]


def rules(name: str, table: TablePolicy, entities: Mapping[str, Entity], defaults: Defaults) -> Found:
    """Yield path, problem and repair of everything that is wrong with a table's rules."""
    path: Path = ("tables", name, "rules")
    conditions = [rule.when for rule in table.rules]
    for place, (rule, reach) in enumerate(zip(table.rules, reaches(conditions, entities), strict=True)):
        yield from _rule((*path, place), rule, reach, table, entities)
    if conditions and not table.columns:
        yield from _open(path, conditions, entities, defaults)


def _rule(path: Path, rule: Rule, reach: Reach, table: TablePolicy, entities: Mapping[str, Entity]) -> Found:
    unknown = [entity for entity in rule.when.entity or () if entity not in entities]
    for entity in unknown:
        yield (*path, "when", "entity"), f"unknown entity `{entity}`", near(entity, entities, "entities")
    if not unknown and reach.dead:
        yield path, *_why_dead(reach)
    elif rule.when.name and all(name in table.columns for name in rule.when.name):
        yield path, f"is never reached: `columns` decides {listed(rule.when.name)}", "remove it, or the lines under `columns`"
    if "keep" in {action.properties.effect for action in (rule, rule.otherwise) if action is not None}:
        yield from _kept(path, [entities[entity] for entity in reach.entities])
        if reach.nothing_found & set(WITHOUT_FORM):
            message = "`keep` would leave texts in which nothing was found, and with them whatever the classifier missed"
            yield path, message, "add `type: [integer, decimal, boolean, category]`, or name the column under `columns`"


def _why_dead(reach: Reach) -> tuple[str, str]:
    if reach.contradicts_itself:
        return "can never match: no entity has this role", "remove `role` or correct `entity`"
    takers = ", ".join(f"rules[{place}]" for place in reach.takers[:5])
    return f"is never reached: {takers} takes every column that it is for", "remove it or move it up"


def _kept(path: Path, exposed: Iterable[Entity]) -> Found:
    names = [entity.name for entity in exposed if entity.role == "direct" or entity.special_category]
    if names:
        repair = "add a condition such as `role: [quasi, other]`, or name the column under `columns` with a reason"
        yield path, f"`keep` would leave {listed(names)} as they are", repair


def _open(path: Path, conditions: Sequence[When], entities: Mapping[str, Entity], defaults: Defaults) -> Found:
    """A table that names no column is for drops never seen before: whatever can be found in one needs an answer."""
    left = [entities[name] for name in unanswered(conditions, entities)]
    special = [entity.name for entity in left if entity.special_category]
    others = [entity.name for entity in left if not entity.special_category]
    if special:
        message = f"no rule decides {listed(special)}, special categories or criminal records (GDPR art. 9 and 10)"
        yield path, message, "add a rule with `do: drop`; to use a column, name it under `columns` with its ground as `reason`"
    if others and defaults.unmatched == "refuse":
        message = f"no rule answers {listed(others)}, which the classifier can find: a drop with one would be held"
        yield path, message, "add rules for them, or say `defaults: {unmatched: drop}`"
